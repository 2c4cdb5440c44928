"""Schedules: when a feed is polled next, and when a page is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from ingest.errors import (
    AddressRefused,
    EntryRejected,
    Gone,
    OutcomeError,
    ParseError,
    RobotsDisallowed,
    Throttled,
    UrlRefused,
)

POLL_INTERVAL = timedelta(minutes=30)
"""For every feed that answers."""

LONGEST_BACK_OFF = timedelta(hours=24)
"""A failing feed is polled once a day at least: outages end."""

OFFLINE_RETRY = timedelta(minutes=5)
"""After a run that reached nothing, which is nobody's fault but the network's."""

RETRY_AFTER = (
    timedelta(minutes=15),
    timedelta(hours=2),
    timedelta(hours=12),
    timedelta(hours=58),
)
"""From one try at a page to the next: five tries over three days, which outlast a weekend's outage
and a deploy alike."""

FINAL_ERRORS = (
    AddressRefused,
    EntryRejected,
    Gone,
    ParseError,
    RobotsDisallowed,
    UrlRefused,
)
"""Another try would end the same way."""


def next_poll(
    *, now: datetime, failures: int, error: OutcomeError | None
) -> tuple[datetime, timedelta]:
    """When to poll a feed next, and the interval to it.

    `failures` counts those in a row, this one included. An answer that says how long to wait is
    obeyed.
    """
    interval = POLL_INTERVAL
    if failures:
        interval = min(POLL_INTERVAL * 2 ** min(failures - 1, 10), LONGEST_BACK_OFF)
    if isinstance(error, Throttled) and error.retry_after is not None:
        interval = max(interval, timedelta(seconds=error.retry_after))
    return now + interval, interval


def next_attempt(*, now: datetime, attempts: int, error: OutcomeError) -> datetime | None:
    """When to try a page again that has failed, or None when that was the last try.

    `attempts` counts the tries so far, this one included.
    """
    if isinstance(error, FINAL_ERRORS) or attempts > len(RETRY_AFTER):
        return None
    wait = RETRY_AFTER[attempts - 1]
    if isinstance(error, Throttled) and error.retry_after is not None:
        wait = max(wait, timedelta(seconds=error.retry_after))
    return now + wait
