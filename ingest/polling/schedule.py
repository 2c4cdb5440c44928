"""When a page is tried again."""

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
