"""One worker process as its parent sees it: started, talked to under a deadline, killed."""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from ingest.errors import WirecopyError
from ingest.workers.child import FAILED, HEADER

START_SECONDS = 60.0
"""How long a worker may take to start and import what is preloaded: generous, for a cold disk."""

SWOLLEN_SHARE = 0.75
"""Share of its memory limit. With all parsers loaded a worker has taken 0.25 of 256 MiB, and 0.4
in the largest of 1,082 news pages (2 MB)."""

HEAVY_SHARE = 0.3
"""Share of its memory limit. With all parsers loaded and some pages read a worker holds 0.25."""

_STDERR_BYTES = 4096
_CHUNK = 1 << 16  # what a pipe holds on Linux
_SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class WorkerUnavailable(WirecopyError):
    """No worker process could be started: this machine's trouble, not a document's."""


class WorkerDied(Exception):
    """The process ended before it replied."""


class WorkerLate(Exception):
    """The process did not reply in time."""


class WorkerProcess:
    """A child that runs `ingest.workers.child`, in a session (so a process group) of its own.

    All but `kill` is for one thread. `jobs` counts the exchanges; `status` is the exit status, or
    minus the signal that ended it, once `end` was called.
    """

    def __init__(self, memory_bytes: int, preload: Sequence[str]) -> None:
        self.jobs = 0
        self.status: int | None = None
        self._memory_bytes = memory_bytes
        self._words = b""
        command = [sys.executable, "-P", "-m", "ingest.workers.child"]
        # The child finds modules where this process does, wherever that was told to look. Numeric
        # libraries reserve address space per thread, and would break the memory limit on a machine
        # with many cores.
        environment = os.environ | _SINGLE_THREADED | {"PYTHONPATH": os.pathsep.join(sys.path)}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*command, str(os.getpid()), str(memory_bytes), *preload],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            message = f"No worker process could be started: {error.strerror}."
            raise WorkerUnavailable(message) from error
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        self._pipes = [pipe for pipe in pipes if pipe]
        self._requests, self._replies, self._errors = (pipe.fileno() for pipe in self._pipes)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._replies, select.POLLIN)
        self._writable.register(self._requests, select.POLLOUT)
        for pipe in self._requests, self._replies, self._errors:
            os.set_blocking(pipe, False)
        for poller in self._readable, self._writable:
            poller.register(self._errors, select.POLLIN)

    def wait_until_ready(self) -> None:
        """Wait until a job can be sent. Raises `WorkerUnavailable` when a preloaded module cannot
        be imported, `WorkerLate`, `WorkerDied`."""
        reply = self._receive(time.monotonic() + START_SECONDS)
        if reply[0] == FAILED:
            _, name, message, _ = reply
            raise WorkerUnavailable(f"A worker process could not start: {name}: {message}")

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
            with open(f"/proc/{self._process.pid}/status", "rb") as status:
                line = next(line for line in status if line.startswith(name))
        except (OSError, StopIteration):
            return 0
        return int(line.split()[1]) * 1024

    def kill(self) -> None:
        """Kill the process and whatever it has started. Only before `end`."""
        # macOS answers EPERM when nothing but zombies is left in the group
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill the process unless it is dead, and let go of all that belongs to it."""
        if self.status is not None:
            return
        self.kill()
        self.status = self._process.wait()
        self._collect_words()
        for pipe in self._pipes:
            pipe.close()

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
