"""Worker processes for hostile input: each can be killed, and none outlives this process.

A page that hangs its parser, crashes it or eats its memory costs one job's outcome and one worker,
which is replaced. Workers are forked from one child process that has imported what their jobs need
(`ingest.workers.forkserver`): they share its memory, and another is there in some milliseconds.
`multiprocessing` has such a server as well, but would import this process's main module, and all
that it imports, into it.

One thread owns one worker and takes jobs from a common queue. The first of these threads to have a
job starts the server they are forked from. They live until the pool is closed, as they must: Linux
sends a child its parent-death signal when the starting *thread* ends. A worker whose parent is gone
ends by that signal; elsewhere by the end of its requests when idle, and by an alarm shortly after
its job's deadline when hung.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import queue
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from ingest.errors import OutcomeError, ParseCrashed, ParseDeadline, ParseFailed
from ingest.workers.child import (
    FAILED,
    OUT_OF_MEMORY,
    OUTCOME,
    PROCESSOR_SECONDS,
    RESULT,
    find,
    frame,
    name_of,
)
from ingest.workers.process import (
    ForkServer,
    WorkerDied,
    WorkerLate,
    WorkerProcess,
    WorkerUnavailable,
)

__all__ = ["WorkerPolicy", "WorkerPool", "WorkerUnavailable"]

log = logging.getLogger("wirecopy.workers")

P = ParamSpec("P")
T = TypeVar("T")

ALARM_GRACE = 5.0
"""Seconds after a job's deadline at which a worker ends itself: long enough that a living parent
always comes first, short enough that an orphan is soon gone."""

MIB = 1 << 20
LARGE = 2 * MIB
"""Parsing a document of that size may take fifty times as much memory, which the C library may
then keep: a worker that has grown heavy is replaced, which takes some milliseconds."""


@dataclass(frozen=True, slots=True)
class WorkerPolicy:
    """How many workers, and what each may use.

    `memory_bytes` bounds a worker's address space on Linux; macOS has no such limit to set, there
    only the deadline holds. `deadline` is in seconds per job, from when a worker takes it; one that
    does nothing but compute ends before, at `child.PROCESSOR_SECONDS`, and so the deadline is long
    enough for a busy machine to get there. A worker is replaced after `jobs_per_worker` jobs, so
    that what parsers leak stays bounded.
    """

    workers: int = 2
    memory_bytes: int = 200 << 20
    deadline: float = 20.0
    jobs_per_worker: int = 2000


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    function: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    url: str
    deadline: float
    size: int
    module: str | None


class WorkerPool:
    """Runs functions in worker processes; a context manager that kills them at its end.

    Workers are started when there is a first job for them. `preload` names, for some functions,
    the module that is imported before the first job of theirs, once for all workers, which counts
    towards no job's deadline.
    """

    def __init__(
        self, policy: WorkerPolicy, *, preload: Mapping[Callable[..., object], str] | None = None
    ) -> None:
        self._policy = policy
        self._preload = dict(preload or {})
        self._expected: set[str] = set()
        # By size in MiB, then first come, first served.
        self._jobs: queue.PriorityQueue[tuple[float, int, _Job | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._workers: set[WorkerProcess] = set()
        self._server: ForkServer | None = None
        self._server_lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def expect(self, function: Callable[..., object]) -> None:
        """Load what jobs of that function need as soon as there is any job, since some are sure to
        come: they will not wait for it."""
        if module := self._preload.get(function):
            with self._server_lock:
                self._expected.add(module)

    def submit(
        self,
        function: Callable[..., T],
        /,
        *args: object,
        url: str,
        deadline: float | None = None,
        size: int = 0,
        **kwargs: object,
    ) -> Future[T]:
        """Have a worker call a module-level function of an importable module.

        `url` is what the job is about: it goes into errors, not to the function. `deadline`
        replaces the policy's, in seconds. `size` is the document's, in bytes: one of a
        MiB or more lets smaller ones go first, since it is these that hang a parser, and a worker
        that has swollen on a large one is replaced.

        The future gives the result or raises: the function's own `OutcomeError`; `ParseFailed` for
        any other exception; `ParseCrashed` when the worker died or ran out of memory;
        `ParseDeadline`; `WorkerUnavailable` when no worker could be started, which is no fault of
        the job; `CancelledError` when the pool was closed before its end.
        """
        if function.__module__ == "__main__" or "<" in function.__qualname__:
            raise ValueError(f"{function!r} cannot be imported by a worker")
        seconds = self._policy.deadline if deadline is None else deadline
        future: Future[T] = Future()
        module = self._preload.get(function)
        job = _Job(future, name_of(function), args, kwargs, url, seconds, size, module)
        with self._lock:
            if self._closed:
                raise RuntimeError("the worker pool is closed")
            if len(self._threads) < self._policy.workers:
                name = f"worker-{len(self._threads)}"
                thread = threading.Thread(target=self._serve, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._jobs.put((size // MIB, next(self._order), job))
        return future

    def close(self) -> None:
        """Kill all workers at once, whatever they do; unfinished jobs' futures are cancelled."""
        waiting: list[_Job] = []
        with self._lock:
            self._closed = True
            for worker in self._workers:
                worker.kill()
            with contextlib.suppress(queue.Empty):
                while True:
                    if job := self._jobs.get_nowait()[2]:
                        waiting.append(job)
            for _ in self._threads:
                self._jobs.put((math.inf, next(self._order), None))
        for job in waiting:
            job.future.cancel()
        for thread in self._threads:
            if thread is not threading.current_thread():  # closed from a future's callback
                thread.join()
        with self._server_lock:
            if self._server:
                self._server.end()
                self._server = None

    def _serve(self) -> None:
        """One thread's life: its worker, and one job after another."""
        worker: WorkerProcess | None = None
        try:
            while job := self._jobs.get()[2]:
                if job.future.set_running_or_notify_cancel():
                    worker = self._do(job, worker)
                del job  # its arguments may be large, and the next one may be long in coming
        finally:
            if worker:
                self._retire(worker)

    def _do(self, job: _Job, worker: WorkerProcess | None) -> WorkerProcess | None:
        """Bring one job to its outcome. Returns the worker if it can be used again."""
        result: object = None
        error: BaseException | None = None
        keep = False
        try:
            alarm = job.deadline + ALARM_GRACE
            request = frame((job.function, job.args, job.kwargs, alarm))
            # One may have died after its last job, not of this one, or be older than a module.
            if worker and (worker.gone() or (job.module and job.module not in worker.loaded)):
                self._retire(worker)
                worker = None
            worker = worker or self._start(job.module)
            reply = worker.exchange(request, job.deadline)
            del request
            swollen = worker.swollen()
            result, error = _judge(reply, job, swollen=swollen)
            worn_out = worker.jobs >= self._policy.jobs_per_worker
            worn_out = worn_out or (job.size >= LARGE and worker.heavy())
            keep = reply[0] != OUT_OF_MEMORY and not worn_out and not swollen
        except WorkerLate:
            error = _late(job)
        except WorkerDied:
            error = self._death(job, worker)
            worker = None
        except BaseException as unexpected:  # noqa: BLE001 - a border: whoever waits must be told
            error = unexpected
        if worker and not keep:
            self._retire(worker)
            worker = None
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)
        return worker

    def _start(self, module: str | None) -> WorkerProcess:
        worker = WorkerProcess(self._forked_from(module), self._policy.memory_bytes)
        with self._lock:
            self._workers.add(worker)
            if self._closed:
                worker.kill()
        try:
            worker.wait_until_ready()
        except BaseException as error:
            self._retire(worker)
            if self._closed:
                raise CancelledError from None
            if not isinstance(error, WorkerDied | WorkerLate):
                raise
            words = worker.last_words().strip().splitlines() or ["it said nothing"]
            why = "was not ready in time" if isinstance(error, WorkerLate) else "ended at once"
            message = f"A worker process {why} (status {worker.status}): {words[-1][:300]}"
            raise WorkerUnavailable(message) from None
        return worker

    def _forked_from(self, module: str | None) -> ForkServer:
        """The server with that module, started by whichever worker's thread needs it first."""
        with self._server_lock:
            if self._server and self._server.gone():
                self._server.end()
                self._server = None
            if self._closed:
                raise CancelledError
            self._server = self._server or ForkServer(self._policy.memory_bytes)
            wanted = self._expected | ({module} if module else set())
            for missing in sorted(wanted - self._server.loaded):
                self._server.load(missing)
            return self._server

    def _retire(self, worker: WorkerProcess) -> None:
        with self._lock:  # so that close() never kills a process id that is no longer ours
            self._workers.discard(worker)
        worker.end()

    def _death(self, job: _Job, worker: WorkerProcess | None) -> BaseException:
        """What it means for the job that its worker has died."""
        assert worker is not None
        self._retire(worker)
        if self._closed:
            return CancelledError()
        if worker.status == -signal.SIGALRM:  # this process was stopped or starved meanwhile
            return _late(job)
        if worker.status == -signal.SIGPROF:
            message = f"Parsing took over {PROCESSOR_SECONDS:g} s of a processor and was stopped."
            return ParseDeadline(message, url=job.url)
        fields = {"job": job.function, "status": worker.status, "stderr": worker.last_words()}
        log.warning("worker.died", extra=fields)
        return ParseCrashed(
            f"The parser's process {_manner_of_death(worker.status)}; this document is skipped.",
            url=job.url,
        )


def _late(job: _Job) -> ParseDeadline:
    message = f"Parsing took longer than {job.deadline:g} s and was stopped."
    return ParseDeadline(message, url=job.url)


def _manner_of_death(status: int | None) -> str:
    if status == -signal.SIGKILL:
        return "was killed, most likely because the machine ran out of memory"
    if status is not None and status < 0:
        return f"died of signal {-status} ({signal.strsignal(-status)})"
    return f"exited with status {status}"


def _judge(
    reply: tuple[Any, ...], job: _Job, *, swollen: bool
) -> tuple[object, BaseException | None]:
    """A worker's reply as a result or an error.

    Parsers have many ways to say that there is no more memory ("unknown error" is one), so whatever
    was raised unexpectedly in a process that was about to reach its limit counts as that.
    """
    kind, *rest = reply
    if kind == RESULT:
        return rest[0], None
    if kind == OUTCOME:
        error = _rebuilt(*rest, url=job.url)
        if swollen and isinstance(error, ParseFailed):
            return None, _out_of_memory(job)
        return None, error
    if kind == FAILED:
        name, message, trace = rest
        if swollen:
            return None, _out_of_memory(job)
        if name in ("ImportError", "ModuleNotFoundError"):  # no fault of the page
            return None, WorkerUnavailable(
                f"A worker process cannot work: {message}. Install Wirecopy's dependencies again."
            )
        log.debug("job.failed", extra={"job": job.function, "error": name, "traceback": trace})
        text = f"The parser raised {name}: {message}" if message else f"The parser raised {name}"
        return None, ParseFailed(text, url=job.url)
    assert kind == OUT_OF_MEMORY, kind
    return None, _out_of_memory(job)


def _out_of_memory(job: _Job) -> ParseCrashed:
    return ParseCrashed("The parser ran out of the memory allowed to it.", url=job.url)


def _rebuilt(
    name: str, args: tuple[object, ...], attributes: dict[str, object], *, url: str
) -> OutcomeError:
    kind = find(name)
    error: OutcomeError = kind.__new__(kind, *args)
    vars(error).update(attributes)
    if error.url is None:
        error.url = url
    return error
