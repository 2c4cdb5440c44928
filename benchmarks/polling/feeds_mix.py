"""The feeds of the simulation: a seeded mix of classes, each with its own habits.

How much feeds publish is spread as studies of real ones found: a few publish most. (N. Travers and
others, RSS feeds behavior analysis, structure and vocabulary, IJWIS 10 (3), 2014: of 12,611 feeds
8,155 published anything in eight months, and 17 per cent of these published 97 per cent of the
entries.) Here 17 per cent publish about 89: a news desk follows fewer feeds that hardly publish.
Shares, rates, windows, floors and outages of the classes are estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DAY = 86400.0
HOUR = 3600.0
HISTORY_DAYS = 45
"""Feeds have published before they are followed: their documents are full on the first day."""

START = 1_767_571_200.0
"""Monday, 5 January 2026, 00:00 UTC."""

CLASSES = {
    "steady": 0.25,
    "office hours": 0.17,
    "bursty": 0.12,
    "agency": 0.05,
    "nightly": 0.06,
    "weekly": 0.06,
    "sporadic": 0.13,
    "silent": 0.05,
    "dead": 0.04,
    "flapping": 0.04,
    "lying dates": 0.02,
    "lying validators": 0.01,
}
"""Share of each class among the feeds."""

Floats = NDArray[np.float64]

OFFICE = np.array(
    [0.1] * 6 + [0.5, 1.2, 2, 2.2, 2.2, 2, 1.8, 2, 2, 2, 1.8, 1.4] + [0.6] * 4 + [0.2] * 2
)
NEWSROOM = np.array(
    [0.3] * 5
    + [0.6, 0.9, 1.2, 1.4, 1.5, 1.5, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.3, 1.2, 1, 0.9, 0.8, 0.6, 0.4]
)
AGENCY = np.array(
    [0.5] * 5
    + [0.7, 0.9, 1.1, 1.3, 1.4, 1.4, 1.3, 1.2, 1.3, 1.4, 1.4, 1.3, 1.2, 1.1, 1, 0.9, 0.8, 0.7, 0.6]
)
"""Relative rates by local hour."""


@dataclass(frozen=True, slots=True)
class SimulatedFeed:
    """One feed: what it publishes when, and how its server behaves.

    `published` has the times at which entries appear, in order, `stated` the times they give (NaN:
    none, or only a day). The document shows the newest `window`. The server fails during `down`
    (from, until), with 410 if `gone`. With `stale` it answers 304 to every conditional request.
    Floors are in seconds. `syndication` is the `sy:` interval.
    """

    feed_id: str
    kind: str
    published: Floats
    stated: Floats
    window: int
    down: tuple[tuple[float, float], ...] = ()
    gone: bool = False
    stale: bool = False
    ttl: float | None = None
    syndication: float | None = None
    max_age: float | None = None


@dataclass(slots=True)
class _Habit:
    """What a class of feeds has in common; drawn anew for each feed."""

    per_day: float
    hours: Floats = field(default_factory=lambda: np.ones(24))
    weekend: float = 1.0
    batch: float = 1.0
    burst_days: float = 0.0


def feeds_mix(count: int, days: int, seed: int) -> list[SimulatedFeed]:
    """The feeds, in no particular order of classes; each depends only on the seed and its place."""
    names = list(CLASSES)
    shares = np.array(list(CLASSES.values()))
    kinds = np.random.default_rng(seed).choice(names, size=count, p=shares / shares.sum())
    return [
        _feed(str(kind), number, days, np.random.default_rng([seed, number]))
        for number, kind in enumerate(kinds)
    ]


def _feed(kind: str, number: int, days: int, rng: np.random.Generator) -> SimulatedFeed:
    published = _published(kind, days, rng)
    lying = kind == "lying dates"
    stated = _lies(published, rng) if lying else np.round(published - rng.exponential(40.0))
    ttl, syndication, max_age = _floors(kind, rng)
    return SimulatedFeed(
        feed_id=f"f{number:05}",
        kind=kind,
        published=published,
        stated=stated,
        window=_window(kind, rng),
        down=_down(kind, days, rng),
        gone=kind == "dead" and rng.random() < 0.3,
        stale=kind == "lying validators",
        ttl=ttl,
        syndication=syndication,
        max_age=max_age,
    )


def _published(kind: str, days: int, rng: np.random.Generator) -> Floats:
    zone = float(rng.choice([-8, -6, -5, -3, 0, 1, 1, 2, 3, 5.5, 8, 9]))
    start, end = START - HISTORY_DAYS * DAY, START + days * DAY
    if kind == "silent":
        return np.sort(rng.uniform(start - 300 * DAY, start, size=20))
    if kind == "nightly":
        times = _nightly(days, rng)
    elif kind == "weekly":
        times = _weekly(days, rng)
    else:
        times = _rated(_habit(kind, rng), days, rng)
    times = np.sort(times - zone * HOUR)
    return times[(times >= start) & (times < end)]


def _habit(kind: str, rng: np.random.Generator) -> _Habit:
    if kind == "agency":
        rate = float(np.clip(rng.lognormal(np.log(180), 0.9), 30, 1500))
        return _Habit(rate, AGENCY, weekend=0.7, batch=1.3, burst_days=0.08)
    if kind == "office hours":
        rate = float(np.clip(rng.lognormal(np.log(3), 1.1), 0.2, 60))
        return _Habit(rate, OFFICE, weekend=0.08, batch=1.4)
    if kind == "bursty":
        rate = float(np.clip(rng.lognormal(np.log(4), 1.1), 0.2, 80))
        return _Habit(rate, NEWSROOM, weekend=0.7, batch=5.0, burst_days=0.05)
    if kind == "sporadic":
        rate = float(np.clip(rng.lognormal(np.log(0.3), 0.9), 0.03, 3))
        return _Habit(rate, NEWSROOM, weekend=0.8, batch=1.1)
    rate = float(np.clip(rng.lognormal(np.log(3), 1.4), 0.2, 250))
    return _Habit(rate, NEWSROOM, weekend=0.6, batch=1.5, burst_days=0.03)


def _rated(habit: _Habit, days: int, rng: np.random.Generator) -> Floats:
    """Updates by hour and weekday, some days busier than others, each a batch of entries."""
    total = HISTORY_DAYS + days + 2
    weekday = (np.arange(total) - HISTORY_DAYS - 1) % 7
    by_day = np.where(weekday >= 5, habit.weekend, 1.0)
    by_day = by_day * 7 / (5 + 2 * habit.weekend) * rng.gamma(6.0, 1 / 6.0, size=total)
    by_day = np.where(rng.random(total) < habit.burst_days, by_day * 3.5, by_day)
    # No two newsrooms keep the same hours.
    hours = np.roll(habit.hours, int(rng.integers(-1, 2))) * rng.gamma(8.0, 1 / 8.0, size=24)
    rates = np.outer(by_day, hours / hours.sum()) * habit.per_day / habit.batch
    updates = rng.poisson(rates)
    cell = np.repeat(np.arange(updates.size), updates.ravel())
    begin = START - (HISTORY_DAYS + 1) * DAY + cell * HOUR + rng.uniform(0, HOUR, size=cell.size)
    sizes = rng.geometric(1 / habit.batch, size=cell.size)
    batch = np.repeat(np.arange(cell.size), sizes)
    # A third of the batches appear at one moment, the others in a row.
    spread = np.where(rng.random(cell.size) < 1 / 3, 0.0, 150.0)
    return np.asarray(begin[batch] + rng.exponential(1.0, size=batch.size) * spread[batch])


def _nightly(days: int, rng: np.random.Generator) -> Floats:
    nights = np.arange(-HISTORY_DAYS - 1, days + 2)
    nights = nights[rng.random(nights.size) < 0.93]
    hour, size = float(rng.uniform(0, 6)), float(rng.lognormal(np.log(12), 0.6))
    moments = START + nights * DAY + hour * HOUR + rng.normal(0, 8 * 60, size=nights.size)
    sizes = rng.poisson(size, size=nights.size)
    spread = 0.0 if rng.random() < 0.5 else 300.0
    times = np.repeat(moments, sizes)
    return np.asarray(times + rng.uniform(0, 1, size=times.size) * spread)


def _weekly(days: int, rng: np.random.Generator) -> Floats:
    weeks = np.arange(-HISTORY_DAYS // 7 - 1, days // 7 + 2)
    moment = rng.uniform(0, 5 * DAY) // DAY * DAY + rng.uniform(7, 18) * HOUR
    moments = START + weeks * 7 * DAY + moment + rng.normal(0, 1.5 * HOUR, size=weeks.size)
    sizes = rng.geometric(1 / 2.5, size=weeks.size)
    times = np.repeat(moments, sizes)
    return np.asarray(times + rng.exponential(1.0, size=times.size) * 400.0)


def _window(kind: str, rng: np.random.Generator) -> int:
    """Most software shows 10 to 50 entries; agencies often show few for what they publish."""
    if kind == "agency":
        return int(
            rng.choice([10, 15, 20, 25, 30, 50, 100], p=[0.08, 0.1, 0.27, 0.15, 0.15, 0.15, 0.1])
        )
    return int(
        rng.choice(
            [10, 12, 15, 20, 25, 30, 50, 100], p=[0.35, 0.03, 0.1, 0.2, 0.1, 0.07, 0.1, 0.05]
        )
    )


def _lies(published: Floats, rng: np.random.Generator) -> Floats:
    lie = rng.choice(["none", "day", "zone", "late"])
    if lie in ("none", "day"):
        return np.full(published.size, np.nan)
    if lie == "zone":
        return published + float(rng.choice([-8, -5, -2, -1, 1, 2, 5])) * HOUR
    return published - rng.exponential(3 * HOUR, size=published.size)


def _floors(kind: str, rng: np.random.Generator) -> tuple[float | None, float | None, float | None]:
    """ttl, sy: and max-age. A site that publishes all day seldom asks for an hour; WordPress, which
    always writes `sy:` hourly, runs four sites in ten but few agencies."""
    busy = kind == "agency"
    sy = 3600.0 if rng.random() < (0.1 if busy else 0.4) else None
    ttls = [None, 5, 10, 15, 30, 60, 1440]
    shares = (
        [0.76, 0.08, 0.06, 0.06, 0.02, 0.02, 0]
        if busy
        else [0.78, 0.03, 0.03, 0.04, 0.03, 0.08, 0.01]
    )
    ttl = ttls[int(rng.choice(len(ttls), p=shares))]
    ages = [None, 60, 300, 600, 900, 1800, 3600]
    shares = (
        [0.55, 0.2, 0.17, 0.05, 0.02, 0.01, 0]
        if busy
        else [0.6, 0.12, 0.14, 0.05, 0.03, 0.02, 0.04]
    )
    age = ages[int(rng.choice(len(ages), p=shares))]
    return ttl and ttl * 60.0, sy, age and float(age)


def _down(kind: str, days: int, rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """When the server fails: dead ones for ever, flapping ones daily, any once in a while."""
    end = START + days * DAY
    if kind == "dead":
        born = START - 1 if rng.random() < 0.5 else rng.uniform(START, end)
        return ((float(born), float("inf")),)
    between, lasts = (20 * HOUR, 1.5 * HOUR) if kind == "flapping" else (25 * DAY, 1.5 * HOUR)
    spells: list[tuple[float, float]] = []
    time = START + float(rng.exponential(between))
    while time < end:
        until = time + float(rng.exponential(lasts)) + 300
        spells.append((time, until))
        time = until + float(rng.exponential(between))
    return tuple(spells)
