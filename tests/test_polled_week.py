"""The simulation and the real code: they must say the same of the same feeds.

LONG_TESTS=1 makes it two days of a hundred feeds, ten minutes."""

from __future__ import annotations

import sys

import pytest
from homes import LONG, ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.polling.week import INTERVALS, differing, polled, sample, simulated, total

FEEDS, DAYS = (100, 2.0) if LONG else (10, 0.15)


@pytest.mark.parametrize("name", ["ours", "fixed 15 min"] if LONG else ["ours"])
def test_runs_poll_and_find_what_the_simulation_says(name: str) -> None:
    """One feed of each class at least: floors, outages, lies, bursts and all."""
    feeds, interval = sample(FEEDS, seed=1), INTERVALS[name]
    (mine,), (theirs,) = polled(feeds, interval, [DAYS]), simulated(feeds, interval, [DAYS])
    assert differing(feeds, mine, theirs) == []
    ours, told = total(mine, feeds), total(theirs, feeds)
    assert ours.found > 10
    assert [ours.delay(50), ours.delay(95)] == pytest.approx([told.delay(50), told.delay(95)])
