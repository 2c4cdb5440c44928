"""When the page of a recent article is fetched again."""

from __future__ import annotations

from datetime import datetime, timedelta

RECHECK_AFTER = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)
"""Since the page was first fetched. Corrections come soon or not at all."""

LEAST_GAP = 0.25
"""A check that comes late replaces the next one when that would follow within so much of its own
distance from the first fetch."""


def next_recheck(first_fetched_at: datetime, now: datetime) -> datetime | None:
    """When to fetch the page again, or None when it was fetched often enough. After an outage the
    checks that were missed are not made up for."""
    for after in RECHECK_AFTER:
        at = first_fetched_at + after
        if at - now >= LEAST_GAP * after:
            return at
    return None
