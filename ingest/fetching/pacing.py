"""Politeness as arithmetic: when each publisher may be asked next. No clock, no sleep, no threads;
times are monotonic seconds that the caller passes in.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Generic, TypeVar

MAX_RETRY_AFTER: Final = 24 * 3600.0
"""Seconds; a longer Retry-After is a mistake or a trap, and the feed is asked again after a day."""

DEFAULT_RETRY_AFTER: Final = 60.0
"""Seconds to leave a publisher alone after a 429 that does not say how long."""

MAX_THROTTLE_WAIT: Final = 30.0
"""Seconds that a request waits for a throttled publisher; with more to wait it fails at once, so
that a run does not last as long as the strictest publisher's Retry-After."""

Queued = TypeVar("Queued")


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """A Retry-After header in seconds from `now`, between 0 and `MAX_RETRY_AFTER`; None when it is
    missing or garbage. Both forms of RFC 9110 (10.2.3): seconds, or a date."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # Longer digit strings than int() takes at once are beyond the cap anyway.
        return min(float(text[:20]), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class Throttle:
    """A publisher's word that it wants no requests for so many seconds more, and the status that
    said so."""

    seconds: float
    status: int


@dataclass(frozen=True, slots=True)
class ThrottleRecord:
    """A throttle that outlasts a run: until when, and the status that said so."""

    publisher: str
    status: int
    until: datetime


@dataclass(slots=True)
class _Publisher:
    in_flight: int = 0
    unsent: bool = False
    next_start: float = -math.inf
    last_start: float = -math.inf
    delay: float = 0.0
    throttled_until: float = -math.inf
    throttled_by: int = 429


class Pacing:
    """Spacing and concurrency per publisher: two requests sent at least `delay` seconds apart, at
    most `connections` in flight, none while the publisher is throttled.

    A request that has started is sent when its connection stands, which may take a while. No other
    one starts before, or the two could reach the publisher together.
    """

    def __init__(self, delay: float, connections: int) -> None:
        self._delay = delay
        self._connections = connections
        self._publishers: dict[str, _Publisher] = {}

    def wait(self, publisher: str, now: float) -> float:
        """Seconds until a request may start; `inf` when another has to be sent or to end first."""
        state = self._publishers.get(publisher)
        if state is None:
            return 0.0
        if state.in_flight >= self._connections or state.unsent:
            return math.inf
        return max(state.next_start - now, state.throttled_until - now, 0.0)

    def start(self, publisher: str, now: float) -> None:
        """A request starts now. Each start must be followed by `sent` and by `finish`."""
        state = self._state(publisher)
        state.in_flight += 1
        state.unsent = state.delay > 0
        self._space(state, now)

    def sent(self, publisher: str, now: float) -> bool:
        """The request that started last goes out now, or will not go out any more. True when
        others were kept waiting by it."""
        state = self._publishers[publisher]
        kept_waiting, state.unsent = state.unsent, False
        self._space(state, now)
        return kept_waiting

    def finish(self, publisher: str) -> None:
        self._publishers[publisher].in_flight -= 1

    def slow_down(self, publisher: str, delay: float) -> None:
        """Keep at least `delay` seconds between two starts (a Crawl-delay), counted from the last
        start on. Hosts of one publisher may differ; the slowest counts."""
        state = self._state(publisher)
        if delay > state.delay:
            state.delay = delay
            state.next_start = state.last_start + delay

    def throttle(self, publisher: str, seconds: float, status: int, now: float) -> None:
        """No request starts within the next `seconds`. A shorter wait does not undo a longer."""
        state = self._state(publisher)
        if now + seconds > state.throttled_until:
            state.throttled_until = now + seconds
            state.throttled_by = status

    def hopeless(self, publisher: str, now: float) -> Throttle | None:
        """The throttle on the publisher when it is too long to wait for, else None."""
        state = self._publishers.get(publisher)
        if state is None or state.throttled_until - now <= MAX_THROTTLE_WAIT:
            return None
        return Throttle(state.throttled_until - now, state.throttled_by)

    def throttles(self, now: float) -> dict[str, Throttle]:
        """Who wants to be left alone for some time more."""
        return {
            publisher: Throttle(state.throttled_until - now, state.throttled_by)
            for publisher, state in self._publishers.items()
            if state.throttled_until > now
        }

    @staticmethod
    def _space(state: _Publisher, now: float) -> None:
        state.last_start = now
        state.next_start = now + state.delay

    def _state(self, publisher: str) -> _Publisher:
        return self._publishers.setdefault(publisher, _Publisher(delay=self._delay))


class ReadyQueue(Generic[Queued]):
    """What waits for its turn, by publisher: hands out first what may go first.

    Publishers wait in a heap by the time at which they may be asked; within a publisher it is first
    come, first served. Not thread-safe: its user holds one lock over it and its Pacing.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._waiting: dict[str, deque[Queued]] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._at_limit: set[str] = set()
        self._order = itertools.count()

    def __len__(self) -> int:
        return sum(len(line) for line in self._waiting.values())

    def add(self, publisher: str, queued: Queued, now: float, *, first: bool = False) -> None:
        """`first`: it has waited already, and goes before the publisher's others."""
        line = self._waiting.get(publisher)
        if line is None:
            line = self._waiting[publisher] = deque()
            self._schedule(publisher, now)
        if first:
            line.appendleft(queued)
        else:
            line.append(queued)

    def take(self, now: float) -> tuple[str, Queued] | None:
        """What may go now, or will not for long (see `Pacing.hopeless`); None if nothing."""
        for publisher in [p for p in self._at_limit if math.isfinite(self._pacing.wait(p, now))]:
            self._at_limit.discard(publisher)
            self._schedule(publisher, now)
        while self._heap and self._heap[0][0] <= now:
            _, _, publisher = heapq.heappop(self._heap)
            hopeless = self._pacing.hopeless(publisher, now) is not None
            if self._pacing.wait(publisher, now) > 0 and not hopeless:
                self._schedule(publisher, now)
                continue
            line = self._waiting[publisher]
            queued = line.popleft()
            if line:
                # Evaluated anew when it is on top: this one may start a request, or end without.
                heapq.heappush(self._heap, (now, next(self._order), publisher))
            else:
                del self._waiting[publisher]
            return publisher, queued
        return None

    def wait(self, now: float) -> float | None:
        """Seconds until `take` may have something; None when time alone will not bring it."""
        return max(self._heap[0][0] - now, 0.0) if self._heap else None

    def recheck(self, publisher: str, now: float) -> None:
        """The publisher's throttle has changed: look at it at the next `take`."""
        if publisher in self._waiting:
            self._at_limit.discard(publisher)
            self._heap = [entry for entry in self._heap if entry[2] != publisher]
            self._heap.append((now, next(self._order), publisher))
            heapq.heapify(self._heap)

    def drain(self) -> list[Queued]:
        """All that is queued, in no particular order; the queue is empty afterwards."""
        left = [queued for line in self._waiting.values() for queued in line]
        self._waiting.clear()
        self._heap.clear()
        self._at_limit.clear()
        return left

    def _schedule(self, publisher: str, now: float) -> None:
        if self._pacing.hopeless(publisher, now) is not None:
            heapq.heappush(self._heap, (now, next(self._order), publisher))
            return
        wait = self._pacing.wait(publisher, now)
        if math.isinf(wait):
            self._at_limit.add(publisher)
        else:
            heapq.heappush(self._heap, (now + wait, next(self._order), publisher))
