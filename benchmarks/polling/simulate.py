"""Polls simulated feeds under a policy, and counts what that cost and brought."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.polling.feeds_mix import DAY, START, SimulatedFeed

TICK = 300.0
"""A run starts every five minutes, as in prefect.yaml: a feed due in between waits for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request brought. `new` are the stated times of new entries, NaN for none;
    `entries` is 0 when the server answered 304."""

    entries: int
    new: list[float]
    not_modified: bool


class FeedPolicy(Protocol):
    """A policy at work on one feed. Times are seconds since the epoch; a next time of infinity
    means never again."""

    def conditional(self, now: float) -> bool: ...
    def answered(self, answer: Answer, now: float) -> float: ...
    def failed(self, now: float, *, gone: bool) -> float: ...


Policy = Callable[[SimulatedFeed], FeedPolicy]


@dataclass(slots=True)
class Tally:
    """Of one class of feeds, or all. `delays` are in seconds, from publication to poll."""

    feeds: int = 0
    requests: int = 0
    published: int = 0
    found: int = 0
    lost: int = 0
    delays: list[NDArray[np.float64]] = field(default_factory=list)

    def delay(self, percent: float) -> float:
        """A percentile of the delays, in minutes; NaN when nothing was found."""
        delays = np.concatenate(self.delays) if self.delays else np.empty(0)
        return float(np.percentile(delays, percent)) / 60 if delays.size else float("nan")

    @property
    def requests_per_entry(self) -> float:
        return self.requests / self.found if self.found else float("nan")

    def add(self, other: Tally) -> None:
        self.feeds += other.feeds
        self.requests += other.requests
        self.published += other.published
        self.found += other.found
        self.lost += other.lost
        self.delays += other.delays

    def since(self, earlier: Tally) -> Tally:
        """What was added to an earlier tally of the same feed."""
        delays = np.concatenate(self.delays)[earlier.found :]
        return Tally(
            self.feeds,
            self.requests - earlier.requests,
            self.published - earlier.published,
            self.found - earlier.found,
            self.lost - earlier.lost,
            [delays],
        )


def simulate(feeds: Iterable[SimulatedFeed], policy: Policy, days: int) -> dict[str, Tally]:
    """Tallies by class of feed, and that of all under "all"."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for feed in feeds:
        # Feeds do not all have their turn at the same moment of a run.
        phase = (int(feed.feed_id[1:]) * 37 % 290) + 1.0
        tally = poll_feed(feed, policy(feed), START + phase, START + days * DAY)
        tallies[feed.kind].add(tally)
        tallies["all"].add(tally)
    return dict(tallies)


def poll_feed(feed: SimulatedFeed, policy: FeedPolicy, begin: float, end: float) -> Tally:
    """Poll one feed from `begin` on, at every `TICK` if need be, until `end`."""
    published, stated = feed.published.tolist(), feed.stated.tolist()
    first = bisect_right(published, START)
    window, down, stale = feed.window, list(feed.down), feed.stale
    time = begin
    requests, lost, seen = 0, 0, 0
    read = False
    delays: list[float] = []
    while time < end:
        requests += 1
        while down and down[0][1] <= time:
            down.pop(0)
        if down and down[0][0] <= time:
            next_time = policy.failed(time, gone=feed.gone)
        else:
            conditional = read and policy.conditional(time)
            available = bisect_right(published, time, lo=seen)
            if conditional and (stale or available == seen):
                next_time = policy.answered(Answer(0, [], True), time)
            else:
                shown = max(seen, available - window)
                lost += max(0, shown - max(seen, first))
                delays += [time - moment for moment in published[max(shown, first) : available]]
                answer = Answer(min(available, window), stated[shown:available], False)
                seen, read = available, True
                next_time = policy.answered(answer, time)
        ticks = -((begin - next_time) // TICK) if next_time < end else float("inf")
        time = max(begin + ticks * TICK, time + TICK)
    # What has not been seen by the end, though it has been there for a day, was missed so far.
    late = bisect_right(published, end - DAY) - max(seen, first)
    lost += max(0, late)
    counted = len(published) - first
    return Tally(1, requests, counted, len(delays), lost, [np.array(delays)])
