"""How few requests could have 95 of 100 entries within a fixed quarter of an hour's p95 delay.

    python -m benchmarks.polling.bounds [--feeds 5000] [--days 30] [--seed 1]

For two who know more than any policy can: one knows the future, the other the habits of each feed
by hour and weekday, past and future days taken together. Both may leave the 5 entries of 100 that
cost most unseen for ever.
"""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Sequence

import numpy as np

from benchmarks.polling.feeds_mix import DAY, HISTORY_DAYS, HOUR, START, Floats, feeds_mix

DELAY = 14.2 * 60
"""Seconds; what the fixed quarter of an hour has in `docs/polling.md`."""

SHARE = 0.95


def knowing_the_future(published: Sequence[Floats]) -> float:
    """Requests per entry that no policy can do with less.

    A request finds in time what was published within DELAY before it. Let each entry pay for its
    part of the request that could find it together with most others: no request is paid more than
    once over, so the sum of what the cheapest entries pay is no more than the requests for them.
    """
    parts = np.sort(np.concatenate([1 / _most_together(times) for times in published]))
    return float(parts[: int(parts.size * SHARE)].sum() / parts.size)


def _most_together(times: Floats) -> Floats:
    """For each entry, how many can be found at once with it."""
    together = np.searchsorted(times, times + DELAY, side="right") - np.arange(times.size)
    most = np.empty(times.size)
    fullest: deque[int] = deque()  # first entries of requests, the fullest in front
    for place, time in enumerate(times):
        while fullest and together[fullest[-1]] <= together[place]:
            fullest.pop()
        fullest.append(place)
        while times[fullest[0]] < time - DELAY:
            fullest.popleft()
        most[place] = together[fullest[0]]
    return most


def knowing_the_habits(history: Sequence[Floats], days: int) -> float:
    """Requests per entry of one who polls every DELAY in the hours of the week that bring most by
    each feed's habits, and never in the others."""
    rates, counts = [], []
    for times in history:
        hours = np.bincount((times // HOUR % 24).astype(int), minlength=24) + 0.5
        weekdays = np.bincount((times // DAY % 7).astype(int), minlength=7) + 0.5
        rates.append(np.outer(weekdays / weekdays.sum(), hours / hours.sum()).ravel() * times.size)
        now = times[times > START]
        cell = (now // DAY % 7).astype(int) * 24 + (now // HOUR % 24).astype(int)
        counts.append(np.bincount(cell, minlength=168))
    of_week = np.bincount(((START + np.arange(days) * DAY) // DAY % 7).astype(int), minlength=7)
    seconds = np.tile(np.repeat(of_week, 24) * HOUR, len(history))
    best = np.argsort(-np.concatenate(rates))
    found = np.cumsum(np.concatenate(counts)[best])
    polled = int(np.searchsorted(found, SHARE * found[-1])) + 1
    return float(seconds[best][:polled].sum() / DELAY / found[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    begin, end = START - HISTORY_DAYS * DAY, START + args.days * DAY
    feeds = feeds_mix(args.feeds, args.days, args.seed)
    history = [feed.published[(feed.published > begin) & (feed.published < end)] for feed in feeds]
    history = [times for times in history if times.size and times[-1] > START]
    published = [times[times > START] for times in history]
    print(f"knowing the future: {knowing_the_future(published):.2f} requests per entry")
    print(f"knowing the habits: {knowing_the_habits(history, args.days):.2f} requests per entry")


if __name__ == "__main__":
    main()
