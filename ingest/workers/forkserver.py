"""The process that worker processes are forked from: it has imported what they need, once.

Started as ``python -P -m ingest.workers.forkserver PARENT_PID MEMORY_BYTES`` with one end of a
socket pair as its standard input. It answers requests of nine bytes, an operation and a number,
with eight:

- `LOAD`, with the length of a module's name, which follows: the length of an error's text, which
  follows too; 0 when the module has been imported;
- `FORK`, together with three file descriptors (the worker's end of its pipes for requests, replies
  and standard error): the new worker's process id, or minus an error number;
- `WAIT`, with a process id: the exit status of that worker, which has been killed, or minus its
  signal.

It has one thread, and so can be forked at any time. It dies with its parent, and its workers with
it (on Linux by the parent-death signal; elsewhere at the end of the socket and of their pipes).
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Sequence

from ingest.workers.child import serve

LOAD, FORK, WAIT = b"l", b"f", b"w"
REQUEST = struct.Struct("!cq")
REPLY = struct.Struct("!q")
PIPES = 3


def main(arguments: Sequence[str]) -> None:
    parent, memory_bytes = arguments
    _end_with(int(parent))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    parents = socket.fromfd(0, socket.AF_UNIX, socket.SOCK_STREAM)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    while True:
        request, pipes, _, _ = socket.recv_fds(parents, REQUEST.size, PIPES)
        if not request:
            return
        operation, number = REQUEST.unpack(request)
        if operation == LOAD:
            error = _load(parents.recv(number, socket.MSG_WAITALL).decode()).encode()
            parents.sendall(REPLY.pack(len(error)) + error)
        elif operation == FORK:
            parents.sendall(REPLY.pack(_fork(parents, pipes, int(memory_bytes))))
        else:
            parents.sendall(REPLY.pack(_wait(number)))


def _load(module: str) -> str:
    """Import a module; an error's text, or nothing."""
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a border: the parent is told, whatever it is
        return f"{type(error).__name__}: {error}"
    gc.freeze()  # or each worker's first collection would copy every page of memory
    return ""


def _fork(parents: socket.socket, pipes: Sequence[int], memory_bytes: int) -> int:
    own = os.getpid()
    try:
        process = os.fork()
    except OSError as error:
        process = -(error.errno or errno.EAGAIN)
    if process == 0:
        try:
            os.setpgid(0, 0)  # to be killed with whatever it starts
            _end_with(own)
            parents.close()
            requests, replies, errors = pipes
            for standard in 1, 2:  # a stray print must not get among the replies
                os.dup2(errors, standard)
            os.close(errors)
            serve(requests, replies, memory_bytes)
        except BaseException:  # noqa: BLE001 - a border: nothing of this may run the parent's code
            traceback.print_exc()
        finally:
            os._exit(1)
    if process > 0:
        with contextlib.suppress(OSError):  # it has ended already
            os.setpgid(process, process)  # whoever comes first: it can be killed from now on
    for pipe in pipes:
        os.close(pipe)
    return process


def _wait(process: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except ChildProcessError:
        return -signal.SIGKILL


def _end_with(parent: int) -> None:
    """Make sure that this process does not outlive its parent."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1  # prctl(2)
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
