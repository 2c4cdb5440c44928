"""When a feed publishes: what its polls have taught, and what is to be expected of it.

The model is a rate of *updates* for every hour of the day and every weekday, in UTC. An update is
one entry, or several that came within `BATCH_SECONDS` of the first: a batch costs one poll,
however large it is. Counts fade, so that a feed that changes its habits is learnt anew.

Aggregators have found the same before: feeds keep a daily pattern that holds for weeks, and polling
by it brings news sooner for the same number of requests (K. C. Sia, J. Cho, H.-K. Cho: Efficient
Monitoring Algorithm for Fast News Alerts, IEEE TKDE 19 (7), 2007).

Times are seconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

HOUR = 3600.0
DAY = 86400.0

BATCH_SECONDS = 600.0
"""Entries this close together are one update: no poll could part them, polls being 5 minutes apart
at least."""

MEMORY_DAYS = 21.0
"""After this time an observation counts for a half. Three weeks show each weekday three times; a
summer-time shift or a new editor is learnt within two."""

LONGEST_PAUSE = 28 * DAY
"""A longer silence between two polls says more of us, or of our clock, than of a feed."""

PRIOR_DAYS = 1 / 12
PRIOR_UPDATES = 1.0
"""A feed of which nothing is known is taken for one that publishes twelve times a day, on the
strength of two hours' watching: polled hourly at first, daily after two silent days. Little enough
that a first document whose entries are of the last half hour prevails."""

HOURS_LEARNABLE_DAYS = 3.0
"""Days of watching before hours of the day are told apart."""

WEEKDAYS_LEARNABLE_DAYS = 10.0
"""Days of watching before weekdays are told apart."""

HOUR_PRIOR = 24.0
WEEKDAY_PRIOR = 20.0
"""Updates that are taken to be spread evenly, besides those seen, so that no hour is ever dead.
That of the hours is less, by the square, for a feed that keeps to few hours: one that publishes
every night at three is not to be polled all day for what might come."""

HOUR_DOUBT = 4.0
"""So many updates must be seen before a feed may be found to keep to few hours: three entries are
always at three hours."""

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
        """Plain numbers and lists, to be stored as JSON (under 600 bytes)."""
        return {
            "hours": [round(number, 6) for number in self.hours],
            "weekdays": [round(number, 6) for number in self.weekdays],
            "updates": round(self.updates, 6),
            "entries": round(self.entries, 6),
            "days": round(self.days, 6),
            "faded_at": round(self.faded_at, 6),
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
    for time in sorted(times):
        if not starts or time - starts[-1] > BATCH_SECONDS:
            starts.append(time)
    return starts


def learn(rhythm: FeedRhythm, times: Sequence[float], watched: float, now: float) -> FeedRhythm:
    """Add what a poll showed: new entries' times, after `watched` seconds of watching.

    However long the pause, or however far the clock has jumped, no more than `LONGEST_PAUSE` is
    made of it.
    """
    watched = min(watched, LONGEST_PAUSE)
    if now < rhythm.faded_at:
        rhythm = replace(rhythm, faded_at=now)
    if not times and now - rhythm.faded_at < DAY:
        days = rhythm.days + watched / DAY
        return FeedRhythm(
            rhythm.hours, rhythm.weekdays, rhythm.updates, rhythm.entries, days, rhythm.faded_at
        )
    hours, weekdays = list(rhythm.hours), list(rhythm.weekdays)
    updates, entries = rhythm.updates, rhythm.entries
    days, faded_at = rhythm.days, rhythm.faded_at
    if now - faded_at >= DAY:
        # Fading once a day is enough, and cheap.
        pause = min(now - faded_at, LONGEST_PAUSE) if faded_at else 0.0
        kept = 0.5 ** (pause / DAY / MEMORY_DAYS)
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
    scale = _scale(rhythm)
    total, time = 0.0, start
    while time < end:
        until = min((time // HOUR + 1) * HOUR, end)
        total += _rate(rhythm, scale, time) * (until - time)
        time = until
    return total


def wait_for(rhythm: FeedRhythm, updates: float, start: float, longest: float) -> float:
    """Seconds from `start` until so many updates are to be expected, `longest` at most."""
    scale = _scale(rhythm)
    waited, wanted = 0.0, updates
    while waited < longest:
        time = start + waited
        rate = _rate(rhythm, scale, time)
        step = (time // HOUR + 1) * HOUR - time
        if rate * step >= wanted:
            return min(waited + wanted / rate, longest)
        wanted -= rate * step
        waited += step
    return longest


def lively_after(rhythm: FeedRhythm, start: float, longest: float, per_hour: float) -> float:
    """Seconds from `start` until so many entries an hour are to be expected, `longest` at most."""
    scale = _scale(rhythm)
    wanted = per_hour / HOUR / rhythm.entries_per_update
    waited = 0.0
    while waited < longest and _rate(rhythm, scale, start + waited) < wanted:
        time = start + waited
        waited += (time // HOUR + 1) * HOUR - time
    return min(waited, longest)


def _weekday(time: float) -> int:
    # 1 January 1970 was a Thursday.
    return (int(time // DAY) + 3) % 7


def _scale(rhythm: FeedRhythm) -> tuple[float, float]:
    """What `_rate` need not compute anew for every hour: a factor, and the prior of each hour."""
    scale = (rhythm.updates + PRIOR_UPDATES) / (rhythm.days + PRIOR_DAYS) / DAY
    prior = 0.0
    if rhythm.days >= HOURS_LEARNABLE_DAYS:
        prior = _hour_prior(rhythm.hours)
        scale *= 24 / (rhythm.updates + 24 * prior)
    if rhythm.days >= WEEKDAYS_LEARNABLE_DAYS:
        scale *= 7 / (rhythm.updates + WEEKDAY_PRIOR)
    return scale, prior


def _hour_prior(hours: Sequence[float]) -> float:
    """Updates that are taken to fall into any hour besides those seen; see `HOUR_PRIOR`."""
    doubted = [count + HOUR_DOUBT / 24 for count in hours]
    hours_in_use = sum(doubted) ** 2 / sum(count * count for count in doubted)
    return HOUR_PRIOR / 24 * (hours_in_use / 24) ** 2


def _rate(rhythm: FeedRhythm, scale: tuple[float, float], time: float) -> float:
    """Updates per second at a time."""
    factor, prior = scale
    if rhythm.days < HOURS_LEARNABLE_DAYS:
        return factor
    rate = factor * (rhythm.hours[int(time // HOUR) % 24] + prior)
    if rhythm.days < WEEKDAYS_LEARNABLE_DAYS:
        return rate
    return rate * (rhythm.weekdays[_weekday(time)] + WEEKDAY_PRIOR / 7)
