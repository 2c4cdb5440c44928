"""Worker processes as their parent sees them: forked, talked to under a deadline, killed."""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from ingest.errors import WirecopyError
from ingest.workers.child import HEADER
from ingest.workers.forkserver import FORK, REPLY, REQUEST, WAIT

START_SECONDS = 60.0
"""How long a worker may take to start and import what is preloaded: generous, for a cold disk."""

SWOLLEN_SHARE = 0.75
"""Share of its memory limit. With all parsers loaded a worker has taken 0.3 of 200 MiB, and 0.5 in
the largest of 1,082 news pages (2 MB)."""

HEAVY_SHARE = 0.4
"""Share of its memory limit. With all parsers loaded and some pages read a worker holds 0.3."""

_STDERR_BYTES = 4096
_CHUNK = 1 << 16  # what a pipe holds on Linux
_SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class WorkerUnavailable(WirecopyError):
    """No worker process could be started: this machine's trouble, not a document's."""


class WorkerDied(Exception):
    """The process ended before it replied."""


class WorkerLate(Exception):
    """The process did not reply in time."""


class ForkServer:
    """The process that workers are forked from, in a session of its own.

    Made by a thread that lives as long as it is needed: Linux sends a child its parent-death signal
    when the starting *thread* ends. `fork` and `wait` may be called by any. Raises
    `WorkerUnavailable` when the process cannot be started or a module of `preload` cannot be
    imported.
    """

    def __init__(self, memory_bytes: int, preload: Sequence[str]) -> None:
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair()
        ours.settimeout(START_SECONDS)
        self._socket = ours
        # The child finds modules where this process does, wherever that was told to look. Numeric
        # libraries reserve address space per thread, and would break the memory limit on a machine
        # with many cores.
        environment = os.environ | _SINGLE_THREADED | {"PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-P", "-m", "ingest.workers.forkserver"]
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [*command, str(os.getpid()), str(memory_bytes), *preload],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise _unavailable(error.strerror) from error
        try:
            (size,) = HEADER.unpack(self._take(HEADER.size))
            problem = self._take(size).decode()
        except OSError as error:
            problem = f"it ended at once or was not ready in time ({error})"
        if problem:
            self.end()
            raise _unavailable(problem)

    def fork(self, pipes: Sequence[int]) -> int:
        """A new worker's process id; it has these ends of its pipes for requests, replies and
        standard error. Raises `WorkerUnavailable`."""
        try:
            process = self._ask(FORK, 0, pipes)
        except OSError as error:
            raise _unavailable(error.strerror or "the process it is forked from is gone") from error
        if process < 0:
            raise _unavailable(os.strerror(-process))
        return process

    def wait(self, process: int) -> int:
        """The exit status of a worker that has been killed, or minus the signal that ended it."""
        try:
            return self._ask(WAIT, process)
        except OSError:
            return -signal.SIGKILL  # its parent is gone, and it has died with it

    def gone(self) -> bool:
        """Whether the process has ended, so that another is needed."""
        return self._process.poll() is not None

    def end(self) -> None:
        """Kill the process, and with it on Linux whatever workers are left."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _ask(self, operation: bytes, process: int, pipes: Sequence[int] = ()) -> int:
        with self._lock:
            try:
                socket.send_fds(self._socket, [REQUEST.pack(operation, process)], pipes)
                (answer,) = REPLY.unpack(self._take(REPLY.size))
            except OSError:
                self._process.kill()  # an answer that comes late would be taken for the next one's
                raise
        return int(answer)

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            part = self._socket.recv(size - len(taken))
            if not part:
                raise ConnectionResetError
            taken += part
        return taken


def _unavailable(why: str | None) -> WorkerUnavailable:
    return WorkerUnavailable(f"No worker process could be started: {why}.")


class WorkerProcess:
    """A child that runs `ingest.workers.child.serve`, in a process group of its own.

    All but `kill` is for one thread. `jobs` counts the exchanges; `status` is the exit status, or
    minus the signal that ended it, once `end` was called. Raises `WorkerUnavailable`.
    """

    def __init__(self, server: ForkServer, memory_bytes: int) -> None:
        self.jobs = 0
        self.status: int | None = None
        self._server = server
        self._memory_bytes = memory_bytes
        self._words = b""
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        self._errors, errors = os.pipe()
        self._pipes = self._requests, self._replies, self._errors
        theirs = requests, replies, errors
        try:
            self._process = server.fork(theirs)
        except BaseException:
            for pipe in self._pipes:
                os.close(pipe)
            raise
        finally:
            for pipe in theirs:
                os.close(pipe)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._replies, select.POLLIN)
        self._writable.register(self._requests, select.POLLOUT)
        for pipe in self._pipes:
            os.set_blocking(pipe, False)
        for poller in self._readable, self._writable:
            poller.register(self._errors, select.POLLIN)

    def wait_until_ready(self) -> None:
        """Wait until a job can be sent. Raises `WorkerLate`, `WorkerDied`."""
        self._receive(time.monotonic() + START_SECONDS)

    def exchange(self, request: bytes, seconds: float) -> tuple[Any, ...]:
        """Send a frame and return the reply. Raises `WorkerLate`, `WorkerDied`."""
        self.jobs += 1
        self._words = b""
        ends = time.monotonic() + seconds
        try:
            self._send(request, ends)
        except BrokenPipeError:
            raise WorkerDied from None
        return self._receive(ends)

    def gone(self) -> bool:
        """Whether an idle process has died, or says something unasked, which is as bad."""
        return any(pipe == self._replies for pipe, _ in self._readable.poll(0))

    def swollen(self) -> bool:
        """Whether it has come near its memory limit at some time. Never where the system does not
        tell, which is where it keeps no limit either (macOS)."""
        return self._space(b"VmPeak:") > SWOLLEN_SHARE * self._memory_bytes

    def heavy(self) -> bool:
        """Whether it holds on to much of what it may have."""
        return self._space(b"VmSize:") > HEAVY_SHARE * self._memory_bytes

    def _space(self, name: bytes) -> int:
        """Bytes of address space; 0 where the system does not tell."""
        try:
            with open(f"/proc/{self._process}/status", "rb") as status:
                line = next(line for line in status if line.startswith(name))
        except (OSError, StopIteration):
            return 0
        return int(line.split()[1]) * 1024

    def kill(self) -> None:
        """Kill the process and whatever it has started. Only before `end`."""
        # macOS answers EPERM when nothing but zombies is left in the group
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process, signal.SIGKILL)

    def end(self) -> None:
        """Kill the process unless it is dead, and let go of all that belongs to it."""
        if self.status is not None:
            return
        self.kill()
        self.status = self._server.wait(self._process)
        self._collect_words()
        for pipe in self._pipes:
            os.close(pipe)

    def last_words(self) -> str:
        """The end of what the process wrote to standard error (and output) during its last job."""
        return self._words.decode("utf-8", "replace")

    def _send(self, request: bytes, ends: float) -> None:
        view = memoryview(request)
        while True:
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(self._requests, view) :]
            if not view:
                return
            self._wait(self._writable, self._requests, ends)

    def _receive(self, ends: float) -> tuple[Any, ...]:
        (size,) = HEADER.unpack(self._take(HEADER.size, ends))
        if size > self._memory_bytes:  # not written by our own code
            raise WorkerDied
        reply: tuple[Any, ...] = pickle.loads(self._take(size, ends))  # noqa: S301 - our own child
        return reply

    def _take(self, size: int, ends: float) -> bytearray:
        body = bytearray(size)
        view, done = memoryview(body), 0
        while done < size:
            self._wait(self._readable, self._replies, ends)
            count = os.readv(self._replies, [view[done:]])
            if not count:
                raise WorkerDied
            done += count
        return body

    def _wait(self, poller: select.poll, pipe: int, ends: float) -> None:
        """Wait until something can be done with the pipe; meanwhile standard error is emptied, or
        a talkative child would block on it."""
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                raise WorkerLate
            ready = {found for found, _ in poller.poll(math.ceil(left * 1000))}
            if self._errors in ready:
                self._collect_words()
            if pipe in ready:
                return

    def _collect_words(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._errors, _CHUNK):
                self._words = (self._words + chunk)[-_STDERR_BYTES:]
            # Its end: no longer to be waited for, as it would always be ready.
            for poller in self._readable, self._writable:
                with contextlib.suppress(KeyError):
                    poller.unregister(self._errors)
