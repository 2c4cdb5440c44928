"""Many fetches at once, each taking its turns: no thread sleeps for one publisher's sake while
another publisher could be asked.

A fetch is a generator of steps. It yields what it has to wait for (`Turn`, `Claimed`) and does its
network work when it is resumed; between two steps it is a value in a queue and holds no thread.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.errors import FetchError, Postponed, Throttled
from ingest.fetching.pacing import Pacing, ReadyQueue
from ingest.redact import redact_url
from ingest.types import FetchRequest, FetchResponse

STOP_SECONDS: Final = 5.0
"""How long an abandoned run waits for its threads, whose connections were cut, to notice."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The next step is one request to this publisher."""

    publisher: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """Another fetch is finding out the same thing; the next step wants its result."""

    key: str


Steps = Generator[Turn | Claimed, None, FetchResponse]
Outcome = FetchResponse | BaseException


class Turnstile:
    """What all fetches of a Fetcher share: one lock over the pacing and the claims, and a condition
    that is notified whenever someone who waits may be able to go on."""

    def __init__(self, pacing: Pacing, clock: Callable[[], float]) -> None:
        self.changed = threading.Condition()
        self.pacing = pacing
        self.now = clock
        self._claims: set[str] = set()
        self.busy = 0  # threads of all runs that take a step
        self.waiting = 0  # who waits for `changed`
        self.closed = False

    def wait(self, seconds: float | None = None) -> None:
        """Wait for a change. The lock must be held."""
        self.waiting += 1
        try:
            self.changed.wait(seconds)
        finally:
            self.waiting -= 1

    def claim(self, key: str) -> bool:
        """False: someone else has claimed it. The lock must be held."""
        if key in self._claims:
            return False
        self._claims.add(key)
        return True

    def is_claimed(self, key: str) -> bool:
        return key in self._claims

    def release(self, key: str) -> None:
        with self.changed:
            self._claims.discard(key)
            self.changed.notify_all()

    def sent(self, publisher: str) -> None:
        with self.changed:
            if self.pacing.sent(publisher, self.now()):
                self.changed.notify_all()

    def finish(self, publisher: str) -> None:
        with self.changed:
            self.pacing.finish(publisher)
            self.changed.notify_all()

    def refusal(self, publisher: str, url: str) -> Throttled | None:
        """The error for a request to a publisher that has asked to be left alone for long."""
        throttle = self.pacing.hopeless(publisher, self.now())
        if throttle is None:
            return None
        return Throttled(
            f"{publisher} asked to be left alone for {throttle.seconds:.0f} s more:"
            " it is asked again later.",
            url=redact_url(url),
            status=throttle.status,
            retry_after=throttle.seconds,
        )


def given_up(url: str) -> FetchError:
    return FetchError("The fetch was given up, because the run was stopped.", url=redact_url(url))


def postponed(url: str) -> Postponed:
    return Postponed(
        "Its publisher's turn did not come in this run: the next one asks.", url=redact_url(url)
    )


def run_one(request: FetchRequest, steps: Steps, turnstile: Turnstile) -> FetchResponse:
    """Take the steps in this thread, sleeping between them."""
    publisher: str | None = None
    try:
        while True:
            try:
                wanted = next(steps)
            except StopIteration as stop:
                response: FetchResponse = stop.value
                return response
            finally:
                if publisher is not None:
                    turnstile.finish(publisher)
                    publisher = None
            publisher = _wait_for(wanted, request, turnstile)
    finally:
        steps.close()
        if publisher is not None:  # interrupted between the grant and its use
            turnstile.sent(publisher)
            turnstile.finish(publisher)


def _wait_for(wanted: Turn | Claimed, request: FetchRequest, turnstile: Turnstile) -> str | None:
    with turnstile.changed:
        if isinstance(wanted, Claimed):
            while turnstile.is_claimed(wanted.key) and not turnstile.closed:
                turnstile.wait()
            return None
        while True:
            if turnstile.closed:
                raise given_up(request.url)
            refusal = turnstile.refusal(wanted.publisher, request.url)
            if refusal is not None:
                raise refusal
            now = turnstile.now()
            seconds = turnstile.pacing.wait(wanted.publisher, now)
            if seconds <= 0:
                turnstile.pacing.start(wanted.publisher, now)
                return wanted.publisher
            turnstile.wait(min(seconds, threading.TIMEOUT_MAX))


@dataclass(eq=False, slots=True)
class Job:
    """One fetch of many. `begin` makes its generator when it is first due; `has_asked` once that
    waits for a turn at `publisher`."""

    request: FetchRequest
    publisher: str
    begin: Callable[[], Steps]
    steps: Steps | None = None
    has_asked: bool = False

    def advance(self) -> Turn | Claimed | Outcome:
        """Take one step: what it waits for next, or how it ended."""
        if self.steps is None:
            self.steps = self.begin()
        try:
            return next(self.steps)
        except StopIteration as stop:
            response: FetchResponse = stop.value
            return response
        except BaseException as error:  # noqa: BLE001  (yielded or raised in the consumer's thread)
            return error

    def abandon(self) -> None:
        if self.steps is not None:
            self.steps.close()


class Run:
    """One `fetch_all`: a dispatching thread, which waits for what may go next, and up to `threads`
    threads that take the steps for which a turn was granted. While all of these are busy, each
    that has done finds itself the next: to wake the dispatcher, which would wake it again, costs
    as much processor time as half a request."""

    def __init__(
        self,
        jobs: Sequence[Job],
        turnstile: Turnstile,
        *,
        threads: int,
        buffered_bytes: int,
        patience: float,
        cancel: Callable[[], None],
    ) -> None:
        self._left = len(jobs)
        self._turnstile = turnstile
        self._max_threads = threads
        self._max_buffered = buffered_bytes
        self._patience_ends = turnstile.now() + patience
        self._cancel = cancel
        self._threads: list[threading.Thread] = []
        self._granted: queue.SimpleQueue[tuple[str, Job] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Job | None, Outcome]] = queue.SimpleQueue()
        # Under the turnstile's lock from here on.
        self._ready: ReadyQueue[Job] = ReadyQueue(turnstile.pacing)
        self._claimed: dict[str, list[Job]] = {}
        self._busy = 0
        self._buffered = 0
        self._stopping = False
        self._all_busy = False  # and the dispatcher waits for it to end
        for job in jobs:
            self._ready.add(job.publisher, job, turnstile.now())

    def results(self) -> Iterator[tuple[FetchRequest, FetchResponse | FetchError]]:
        """Every job's outcome as it comes. Ends all threads when exhausted, closed or broken off;
        raises what a step raised that is no FetchError."""
        dispatcher = threading.Thread(target=self._dispatch, name="wirecopy-dispatch", daemon=True)
        dispatcher.start()
        try:
            while self._left:
                job, outcome = self._results.get()
                if job is None or not isinstance(outcome, (FetchResponse, FetchError)):
                    assert isinstance(outcome, BaseException)
                    raise outcome
                self._left -= 1
                yield job.request, outcome
                # The consumer wants the next one, so it is done with this one.
                self._consumed(outcome)
        finally:
            self._stop(dispatcher)

    def _consumed(self, outcome: FetchResponse | FetchError) -> None:
        if isinstance(outcome, FetchResponse) and outcome.body:
            with self._turnstile.changed:
                held_back = self._buffered > self._max_buffered
                self._buffered -= len(outcome.body)
                if held_back:
                    self._turnstile.changed.notify_all()

    def _stop(self, dispatcher: threading.Thread) -> None:
        with self._turnstile.changed:
            self._stopping = True
            self._turnstile.changed.notify_all()
        if self._left:
            self._cancel()
        deadline = time.monotonic() + STOP_SECONDS
        dispatcher.join(STOP_SECONDS)
        for _ in self._threads:
            self._granted.put(None)
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))

    def _dispatch(self) -> None:
        try:
            while (taken := self._next_job()) is not None:
                if self._may_ask(*taken):
                    self._granted.put(taken)
        except BaseException as error:  # noqa: BLE001  (raised in the consumer's thread)
            self._results.put((None, error))
        finally:
            with self._turnstile.changed:
                left = self._ready.drain()
                left += [job for jobs in self._claimed.values() for job in jobs]
            for job in left:
                job.abandon()

    def _next_job(self) -> tuple[str, Job] | None:
        """Waits for a job that may go now; None when the run is over."""
        turnstile = self._turnstile
        with turnstile.changed:
            while not self._stopping:
                if turnstile.closed:
                    self._give_up()
                now = turnstile.now()
                for key in [key for key in self._claimed if not turnstile.is_claimed(key)]:
                    for job in reversed(self._claimed.pop(key)):
                        self._ready.add(job.publisher, job, now, first=True)
                if self._is_full():
                    self._all_busy = True
                    turnstile.wait()
                    self._all_busy = False
                    continue
                if (taken := self._ready.take(now)) is not None:
                    return taken
                if now >= self._patience_ends:
                    self._postpone()
                turnstile.wait(self._seconds_to_wait(now))
        return None

    def _is_full(self) -> bool:
        return self._turnstile.busy >= self._max_threads or self._buffered > self._max_buffered

    def _seconds_to_wait(self, now: float) -> float | None:
        seconds = self._ready.wait(now)
        if len(self._ready) and math.isfinite(self._patience_ends):
            return min(self._patience_ends - now, math.inf if seconds is None else seconds)
        return seconds

    def _postpone(self) -> None:
        """Threads are free, and yet these wait: for their publishers. The lock must be held."""
        for job in self._ready.drain():
            job.abandon()
            self._results.put((job, postponed(job.request.url)))

    def _give_up(self) -> None:
        """The Fetcher was closed: nobody gets another turn. The lock must be held."""
        left = self._ready.drain() + [job for jobs in self._claimed.values() for job in jobs]
        self._claimed.clear()
        for job in left:
            job.abandon()
            self._results.put((job, given_up(job.request.url)))

    def _may_ask(self, publisher: str, job: Job) -> bool:
        """Refuse a job whose publisher is throttled, let it take the first step, which needs no
        network and tells what it waits for, or grant it the turn it waits for: then it is True."""
        turnstile = self._turnstile
        refusal = turnstile.refusal(publisher, job.request.url)
        if refusal is not None:
            job.abandon()
            self._results.put((job, refusal))
            return False
        if not job.has_asked:
            wanted = job.advance()
            if not isinstance(wanted, Turn) or wanted.publisher != publisher:
                with turnstile.changed:
                    self._settle(job, publisher, wanted, turnstile.now())
                return False
        with turnstile.changed:
            now = turnstile.now()
            quicker = turnstile.busy >= self._max_threads or turnstile.pacing.wait(publisher, now)
            if quicker or self._stopping:  # another thread was, with another fetch
                self._settle(job, publisher, Turn(publisher), now)
                return False
            turnstile.pacing.start(publisher, now)
            self._busy += 1
            turnstile.busy += 1
            job.has_asked = False
            if self._busy > len(self._threads):
                thread = threading.Thread(target=self._work, name="wirecopy-fetch", daemon=True)
                self._threads.append(thread)
                thread.start()
        return True

    def _settle(
        self, job: Job, publisher: str, outcome: Turn | Claimed | Outcome, now: float
    ) -> None:
        """Queue a job by what it waits for, or deliver its outcome. The lock must be held."""
        if self._stopping:
            job.abandon()
        elif isinstance(outcome, Turn):
            job.publisher, job.has_asked = outcome.publisher, True
            self._ready.add(outcome.publisher, job, now, first=True)
        elif isinstance(outcome, Claimed):
            self._claimed.setdefault(outcome.key, []).append(job)
        else:
            if isinstance(outcome, FetchResponse):
                self._buffered += len(outcome.body)
            self._results.put((job, outcome))
        if self._turnstile.pacing.hopeless(publisher, now) is not None:
            self._ready.recheck(publisher, now)

    def _work(self) -> None:
        try:
            while (taken := self._granted.get()) is not None:
                while taken is not None:
                    self._ask(*taken)
                    taken = self._another()
        except BaseException as error:  # noqa: BLE001  (raised in the consumer's thread)
            self._results.put((None, error))

    def _ask(self, publisher: str, job: Job) -> None:
        """Take the step for which a turn was granted."""
        turnstile = self._turnstile
        outcome = None if self._stopping else job.advance()
        with turnstile.changed:
            self._busy -= 1
            turnstile.busy -= 1
            now = turnstile.now()
            if outcome is None:
                turnstile.pacing.sent(publisher, now)
            turnstile.pacing.finish(publisher)
            self._settle(job, publisher, outcome or Turn(publisher), now)

    def _another(self) -> tuple[str, Job] | None:
        """A job that may ask now, when nobody waits for what has changed but our own dispatcher,
        and that for a thread. Otherwise those who wait are told."""
        turnstile = self._turnstile
        while True:
            with turnstile.changed:
                ours = turnstile.waiting == int(self._all_busy) and not self._stopping
                taken = None
                if ours and not turnstile.closed and not self._is_full():
                    taken = self._ready.take(turnstile.now())
                if taken is None:
                    turnstile.changed.notify_all()
                    return None
            if self._may_ask(*taken):
                return taken
