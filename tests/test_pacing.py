"""Spacing, concurrency and throttling per publisher, with time as a number."""

from __future__ import annotations

import itertools
import math
import random
from datetime import UTC, datetime

import pytest

from ingest.fetching.pacing import (
    MAX_RETRY_AFTER,
    MAX_THROTTLE_WAIT,
    Pacing,
    ReadyQueue,
    retry_after_seconds,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sunday, 22-Nov-26 12:01:30 GMT", 90),
        ("Sun Nov 22 12:01:30 2026", 90),
        ("Sun, 22 Nov 2026 13:01:30 +0100", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("999999999", MAX_RETRY_AFTER),
        ("9" * 5000, MAX_RETRY_AFTER),
        ("Sun, 22 Nov 2099 12:00:00 GMT", MAX_RETRY_AFTER),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("Sun, 99 Nov 2026 12:01:30 GMT", None),
        ("Sun, 22 Nov 99999999999999999999 12:01:30 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


def test_requests_are_spaced_from_the_moment_they_are_sent() -> None:
    pacing = Pacing(delay=2.0, connections=5)
    assert pacing.wait("p", 100.0) == 0
    pacing.start("p", 90.0)
    assert math.isinf(pacing.wait("p", 99.0)), "it is still connecting"
    assert pacing.wait("other", 99.0) == 0
    pacing.sent("p", 100.0)
    assert pacing.wait("p", 100.5) == 1.5
    assert pacing.wait("p", 102.0) == 0
    assert pacing.wait("other", 100.5) == 0


def test_requests_in_flight_are_limited() -> None:
    pacing = Pacing(delay=0.0, connections=2)
    pacing.start("p", 0.0)
    pacing.start("p", 0.0)
    assert math.isinf(pacing.wait("p", 1000.0))
    pacing.finish("p")
    assert pacing.wait("p", 1000.0) == 0


def test_a_crawl_delay_slows_down_and_never_speeds_up() -> None:
    pacing = Pacing(delay=1.0, connections=2)
    pacing.start("p", 10.0)
    pacing.sent("p", 10.0)
    pacing.slow_down("p", 5.0)
    assert pacing.wait("p", 11.0) == 4.0, "counted from the start that there has been"
    pacing.slow_down("p", 0.2)
    assert pacing.wait("p", 11.0) == 4.0
    unhurried = Pacing(delay=0.0, connections=2)
    unhurried.slow_down("p", 3.0)
    assert unhurried.wait("p", 0.0) == 0, "nothing was asked yet"
    unhurried.start("p", 0.0)
    unhurried.sent("p", 0.0)
    assert unhurried.wait("p", 1.0) == 2.0


def test_a_throttled_publisher_is_left_alone() -> None:
    pacing = Pacing(delay=0.0, connections=2)
    pacing.throttle("p", 20.0, 429, 100.0)
    assert pacing.wait("p", 110.0) == 10.0
    assert pacing.hopeless("p", 100.0) is None
    pacing.throttle("p", 5.0, 503, 100.0)
    assert pacing.wait("p", 110.0) == 10.0, "a shorter wait does not undo the longer"
    pacing.throttle("p", 3600.0, 503, 100.0)
    hopeless = pacing.hopeless("p", 160.0)
    assert hopeless is not None
    assert (hopeless.seconds, hopeless.status) == (3540.0, 503)
    assert pacing.hopeless("p", 3700.0 - MAX_THROTTLE_WAIT) is None
    assert pacing.wait("other", 100.0) == 0


def test_the_queue_gives_what_may_go_first() -> None:
    pacing = Pacing(delay=1.0, connections=2)
    queue: ReadyQueue[str] = ReadyQueue(pacing)
    for name in ("a1", "a2", "a3", "b1"):
        queue.add(name[0], name, 0.0)
    assert queue.take(0.0) == ("a", "a1")
    pacing.start("a", 0.0)
    pacing.sent("a", 0.0)
    assert queue.take(0.0) == ("b", "b1"), "another publisher goes while this one is waited for"
    pacing.start("b", 0.0)
    pacing.sent("b", 0.0)
    assert queue.take(0.5) is None
    assert queue.wait(0.5) == 0.5
    assert queue.take(1.0) == ("a", "a2")
    pacing.start("a", 1.0)
    pacing.sent("a", 1.0)
    assert queue.take(5.0) is None, "two are in flight"
    assert queue.wait(5.0) is None, "time alone does not help"
    pacing.finish("a")
    queue.add("a", "again", 5.0, first=True)
    assert queue.take(5.0) == ("a", "again")
    assert queue.drain() == ["a3"]
    assert queue.take(99.0) is None


def test_what_asks_nobody_does_not_take_the_turn() -> None:
    pacing = Pacing(delay=1.0, connections=1)
    queue: ReadyQueue[int] = ReadyQueue(pacing)
    for number in range(5):
        queue.add("p", number, 0.0)
    # Taken, found to be forbidden, and so never started.
    assert [queue.take(0.0) for _ in range(5)] == [("p", number) for number in range(5)]


def test_jobs_of_a_publisher_that_is_out_for_long_come_at_once() -> None:
    pacing = Pacing(delay=1.0, connections=1)
    queue: ReadyQueue[int] = ReadyQueue(pacing)
    for number in range(3):
        queue.add("p", number, 0.0)
    assert queue.take(0.0) == ("p", 0)
    pacing.start("p", 0.0)
    assert queue.take(0.0) is None
    pacing.throttle("p", 3600.0, 429, 0.1)
    pacing.finish("p")
    queue.recheck("p", 0.1)
    assert queue.take(0.1) == ("p", 1)
    assert queue.take(0.1) == ("p", 2)
    assert queue.take(0.1) is None
    queue.add("p", 3, 0.2)
    assert queue.wait(0.2) == 0, "what comes later need not wait for hours either"
    assert queue.take(0.2) == ("p", 3)


@pytest.mark.parametrize("seed", range(5))
def test_a_simulated_crawl_is_polite_and_never_idle(seed: int) -> None:
    """40 publishers with 1 to 30 requests, each taking up to 3 s, on 8 threads: limits are kept at
    every moment, all is done, and no thread was free while something could have gone."""
    rng = random.Random(seed)
    pacing = Pacing(delay=1.0, connections=2)
    queue: ReadyQueue[int] = ReadyQueue(pacing)
    sizes = {f"p{number}": rng.randint(1, 30) for number in range(40)}
    for name, size in sizes.items():
        for number in range(size):
            queue.add(name, number, 0.0)
    now, running, starts = 0.0, [], {name: [] for name in sizes}  # type: ignore[var-annotated]
    waiting = dict(sizes)
    while any(waiting.values()) or running:
        while len(running) < 8 and (taken := queue.take(now)) is not None:
            name, _ = taken
            assert pacing.wait(name, now) == 0
            pacing.start(name, now)
            pacing.sent(name, now)
            starts[name].append(now)
            waiting[name] -= 1
            running.append((now + rng.uniform(0.01, 3.0), name))
            assert sum(1 for _, other in running if other == name) <= 2
        if len(running) < 8:
            assert all(pacing.wait(name, now) > 0 for name, left in waiting.items() if left)
        wait = queue.wait(now) if len(running) < 8 else None
        ends = [end for end, _ in running]
        now = min([*ends, *([now + wait] if wait is not None else [])])
        for end, name in [entry for entry in running if entry[0] <= now]:
            running.remove((end, name))
            pacing.finish(name)
    for name, times in starts.items():
        assert len(times) == sizes[name]
        assert all(later - earlier >= 1.0 for earlier, later in itertools.pairwise(times))
