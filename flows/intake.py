"""What comes in from several sources at once, in batches; and a bound on what waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

BATCH_SECONDS = 10.0
"""A batch that is not full by then is taken as it is, so that a slow server holds up little."""

QUIET_SECONDS = 0.5
"""So is one to which nothing was added for so long: what is still to come may hang."""

T = TypeVar("T")
Coming = Iterable[tuple[T, Future[Any] | None]]
"""Things, each with the future that it waits for, if any."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """The end of a source."""

    error: BaseException | None


class Stream(Generic[T]):
    """Things of one kind on their way in: from any number of sources, to one `take` by the batch.

    A source is an iterator, which gets a thread of its own. A thing that comes with a future has
    arrived when that is done, so that one that takes long holds up no other.
    """

    def __init__(
        self,
        intake: Intake,
        size: float,
        take: Callable[[list[T]], None],
        weigh: Callable[[T], float],
    ) -> None:
        self._intake = intake
        self._size = size
        self._take = take
        self._weigh = weigh
        self._weight = 0.0
        self._arrived: list[T] = []
        self._first_at = self._last_at = 0.0
        self._lock = threading.Lock()
        self._expected = 0

    def add(self, source: Coming[T]) -> None:
        """Start taking in from a source."""
        self._expect(1)
        threading.Thread(target=self._run, args=(source,), name="intake", daemon=True).start()

    def _run(self, source: Coming[T]) -> None:
        error: BaseException | None = None
        try:
            for thing, future in source:
                self._expect(1)
                if future is None:
                    self._put(thing)
                else:
                    future.add_done_callback(lambda _, thing=thing: self._put(thing))  # type: ignore[misc]
                if self._intake.stopped.is_set():
                    return
        except BaseException as raised:  # noqa: BLE001 - raised again by whoever takes the batches
            error = raised
        finally:
            self._put(_Ended(error))

    def _put(self, thing: T | _Ended) -> None:
        self._intake._queue.put((self, thing))

    def _expect(self, more: int) -> None:
        with self._lock:
            self._expected += more

    def _ripe_at(self) -> float | None:
        """The monotonic time at which what has arrived is a batch; None when nothing has."""
        if not self._arrived:
            return None
        if self._weight >= self._size or not self._expected:
            return self._first_at
        return min(self._first_at + BATCH_SECONDS, self._last_at + QUIET_SECONDS)

    def _arrive(self, thing: T | _Ended) -> None:
        self._expect(-1)
        if isinstance(thing, _Ended):
            if thing.error is not None:
                raise thing.error
            return
        self._last_at = time.monotonic()
        if not self._arrived:
            self._first_at = self._last_at
        self._arrived.append(thing)
        self._weight += self._weigh(thing)

    def _hand_over(self) -> None:
        batch: list[T] = []
        weight = 0.0
        for thing in self._arrived:
            if weight >= self._size:
                break
            batch.append(thing)
            weight += self._weigh(thing)
        self._arrived = self._arrived[len(batch) :]
        self._weight = sum(map(self._weigh, self._arrived))
        self._take(batch)


class Intake:
    """Several streams, whose batches are taken one after another in the thread that calls `run`.

    A context manager: at its end sources are told to stop, by the event `stopped`.
    """

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._streams: list[Stream[Any]] = []
        self._queue: queue.SimpleQueue[tuple[Stream[Any], Any]] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stopped.set()

    def stream(
        self,
        size: float,
        take: Callable[[list[T]], None],
        weigh: Callable[[T], float] = lambda _: 1.0,
    ) -> Stream[T]:
        """A stream whose batches are full when their things weigh `size` together."""
        stream = Stream(self, size, take, weigh)
        self._streams.append(stream)
        return stream

    def run(self) -> None:
        """Hand out batches until all sources have ended; the taking of one may add sources. Raises
        what a source or a take raises."""
        while True:
            while not self._queue.empty():
                self._receive(0)
            ripe = [(at, index) for index, s in enumerate(self._streams) if (at := s._ripe_at())]
            at, index = min(ripe, default=(None, 0))
            if at is not None and at <= time.monotonic():
                self._streams[index]._hand_over()
            elif at is not None or any(stream._expected for stream in self._streams):
                self._receive(None if at is None else max(0.0, at - time.monotonic()))
            else:
                return

    def _receive(self, timeout: float | None) -> None:
        with suppress(queue.Empty):
            stream, thing = self._queue.get(timeout=timeout)
            stream._arrive(thing)


class ByteBudget:
    """A bound on bytes in memory: who wants more waits until others have given theirs back.

    A request larger than the whole budget is let through when nothing else is out. Nobody waits any
    more once `stop` is set.
    """

    def __init__(self, limit: int, stop: threading.Event) -> None:
        self._limit = limit
        self._out = 0
        self._stop = stop
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        with self._changed:
            while self._out and self._out + size > self._limit and not self._stop.is_set():
                self._changed.wait(timeout=0.5)
            self._out += size

    def give_back(self, size: int) -> None:
        with self._changed:
            self._out -= size
            self._changed.notify_all()
