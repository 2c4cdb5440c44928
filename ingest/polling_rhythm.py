"""When a feed publishes: what its polls have taught, and what is to be expected of it.

The model is a rate of *updates* for every hour of the day and every weekday, in UTC. An update is
one entry, or several that came within `BATCH_SECONDS` of each other: a batch costs one poll, however
large it is. Counts fade, so that a feed that changes its habits is learnt anew.

Aggregators have found the same before: feeds keep a daily pattern that holds for weeks, and polling
by it brings news sooner for the same number of requests (K. C. Sia, J. Cho, H.-K. Cho: Efficient
Monitoring Algorithm for Fast News Alerts, IEEE TKDE 19 (7), 2007).

Times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

HOUR = 3600.0
DAY = 86400.0

BATCH_SECONDS = 600.0
"""Entries this close together are one update: no poll could part them, polls being 5 minutes apart
at least."""

MEMORY_DAYS = 21.0
"""After this time an observation counts for a half. Three weeks show each weekday three times; a
summer-time shift or a new editor is learnt within two."""

PRIOR_DAYS = 0.5
PRIOR_UPDATES = 6.0
"""A feed of which nothing is known is taken for one that publishes twelve times a day, on the
strength of half a day's watching: polled hourly at first, daily after some two silent weeks."""

HOURS_LEARNABLE_DAYS = 3.0
"""Days of watching before hours of the day are told apart."""

WEEKDAYS_LEARNABLE_DAYS = 10.0
"""Days of watching before weekdays are told apart."""

HOUR_PRIOR = 6.0
WEEKDAY_PRIOR = 3.0
"""Updates that are taken to be spread evenly, besides those seen, so that no hour is ever dead."""

OWN_HOUR = 0.6
"""Share of an update that counts for its own hour; the rest goes to the hours beside it, for it
might as well have come a little earlier or later."""


@dataclass(frozen=True, slots=True)
class FeedRhythm:
    """What is known of a feed's habits.

    `hours` (24, UTC) and `weekdays` (7, Monday first) hold updates seen, `updates` is their sum,
    `entries` the entries in them, `days` the time watched; all of them fade. `faded_at` is when
    they last did.
    """

    hours: tuple[float, ...] = (0.0,) * 24
    weekdays: tuple[float, ...] = (0.0,) * 7
    updates: float = 0.0
    entries: float = 0.0
    days: float = 0.0
    faded_at: float = 0.0

    @property
    def updates_per_day(self) -> float:
        """Mean over the week."""
        return (self.updates + PRIOR_UPDATES) / (self.days + PRIOR_DAYS)

    @property
    def entries_per_update(self) -> float:
        return (self.entries + 1.0) / (self.updates + 1.0)

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, to be stored as JSON (under 500 bytes)."""
        plain = asdict(self)
        return {
            name: [round(number, 3) for number in value]
            if isinstance(value, (list, tuple))
            else round(value, 3)
            for name, value in plain.items()
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> FeedRhythm:
        """The rhythm that `as_dict` gave. Raises KeyError or ValueError for anything else."""
        rhythm = cls(
            hours=tuple(map(float, plain["hours"])),
            weekdays=tuple(map(float, plain["weekdays"])),
            updates=float(plain["updates"]),
            entries=float(plain["entries"]),
            days=float(plain["days"]),
            faded_at=float(plain["faded_at"]),
        )
        if len(rhythm.hours) != 24 or len(rhythm.weekdays) != 7:
            raise ValueError("a rhythm has 24 hours and 7 weekdays")
        return rhythm


def update_times(times: Sequence[float]) -> list[float]:
    """The first moment of each update among entries' times."""
    starts: list[float] = []
    last = float("-inf")
    for time in sorted(times):
        if time - last > BATCH_SECONDS:
            starts.append(time)
        last = time
    return starts


def learn(rhythm: FeedRhythm, times: Sequence[float], watched: float, now: float) -> FeedRhythm:
    """Add what a poll showed: new entries' times, after `watched` seconds of watching."""
    hours, weekdays = list(rhythm.hours), list(rhythm.weekdays)
    updates, entries = rhythm.updates, rhythm.entries
    days, faded_at = rhythm.days, rhythm.faded_at
    if now - faded_at >= DAY:
        # Fading once a day is enough, and cheap.
        kept = 0.5 ** ((now - faded_at) / DAY / MEMORY_DAYS) if faded_at else 1.0
        hours, weekdays = [count * kept for count in hours], [count * kept for count in weekdays]
        updates, entries, days, faded_at = updates * kept, entries * kept, days * kept, now
    if times:
        side = (1.0 - OWN_HOUR) / 2
        for time in update_times(times):
            hour = int(time // HOUR) % 24
            hours[hour] += OWN_HOUR
            hours[hour - 1] += side
            hours[(hour + 1) % 24] += side
            weekdays[_weekday(time)] += 1.0
            updates += 1.0
        entries += len(times)
    return FeedRhythm(
        tuple(hours), tuple(weekdays), updates, entries, days + watched / DAY, faded_at
    )


def expected_updates(rhythm: FeedRhythm, start: float, end: float) -> float:
    """How many updates to expect between two times."""
    total, time = 0.0, start
    while time < end:
        until = min((time // HOUR + 1) * HOUR, end)
        total += _rate(rhythm, time) * (until - time)
        time = until
    return total


def wait_for(rhythm: FeedRhythm, updates: float, start: float, longest: float) -> float:
    """Seconds from `start` until so many updates are to be expected, `longest` at most."""
    waited, wanted = 0.0, updates
    while waited < longest:
        time = start + waited
        rate = _rate(rhythm, time)
        step = (time // HOUR + 1) * HOUR - time
        if rate * step >= wanted:
            return min(waited + wanted / rate, longest)
        wanted -= rate * step
        waited += step
    return longest


def _weekday(time: float) -> int:
    # 1 January 1970 was a Thursday.
    return (int(time // DAY) + 3) % 7


def _rate(rhythm: FeedRhythm, time: float) -> float:
    """Updates per second at a time."""
    rate = (rhythm.updates + PRIOR_UPDATES) / (rhythm.days + PRIOR_DAYS) / DAY
    if rhythm.days >= HOURS_LEARNABLE_DAYS:
        share = rhythm.hours[int(time // HOUR) % 24] + HOUR_PRIOR / 24
        rate *= 24 * share / (rhythm.updates + HOUR_PRIOR)
        if rhythm.days >= WEEKDAYS_LEARNABLE_DAYS:
            share = rhythm.weekdays[_weekday(time)] + WEEKDAY_PRIOR / 7
            rate *= 7 * share / (rhythm.updates + WEEKDAY_PRIOR)
    return rate
