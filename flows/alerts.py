"""What an operator should be told: decided here, from what a run has found.

Each alert is told once, when it begins to stand, as an event of Prefect in a flow run, and to the
`webhook` setting. `docs/deploy.md` lists events and payloads.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from flows.tally import Alert
from ingest.errors import FetchError
from ingest.fetching.connections import post_json
from storage.check import Violation
from storage.database import Connection
from storage.health import Arrivals, FailingFeed, arrivals, failing_feeds, keep_alerts

log = logging.getLogger("wirecopy.alerts")

FEED_FAILING = "wirecopy.feed.failing"
PUBLISHER_SILENT = "wirecopy.publisher.silent"
RUN_OFFLINE = "wirecopy.run.offline"
CHECK_VIOLATION = "wirecopy.check.violation"
DISK_LOW = "wirecopy.disk.low"

FAILING_AFTER = 3
"""Failed polls in a row: fewer pass by themselves (a restart, a certificate renewed late)."""

ARRIVALS_WINDOW = timedelta(days=28)
"""From how long a publisher's habit is read."""

SILENT_GAPS = 10
"""A publisher is silent after so many of its mean gaps between entries: by chance alone that is one
in twenty thousand."""

SILENT_LEAST = timedelta(hours=84)
"""And after no less than a long weekend, which many newsrooms take."""

LEAST_ENTRIES = 10
"""Fewer within the window say nothing about a habit."""

LOW_DISK = 2
"""Free space is low below so many times `min_free_bytes`."""


def failing(feeds: Iterable[FailingFeed]) -> Iterator[Alert]:
    """Feeds that keep failing; each given has failed FAILING_AFTER times or more in a row."""
    for feed in feeds:
        yield Alert(
            FEED_FAILING,
            feed.feed_id,
            {
                "url": feed.url,
                "publisher": feed.publisher,
                "outcome": feed.outcome,
                "error": feed.error,
                "consecutive_failures": feed.failures,
            },
        )


def silent(habits: Iterable[Arrivals], *, now: datetime) -> Iterator[Alert]:
    """Publishers whose feeds answer, and bring nothing for far longer than they use to."""
    for habit in habits:
        if habit.entries < LEAST_ENTRIES:
            continue
        gap = (habit.last_at - habit.first_at) / (habit.entries - 1)
        silence = habit.answered_at - habit.last_at
        if silence > max(SILENT_LEAST, SILENT_GAPS * gap):
            yield Alert(
                PUBLISHER_SILENT,
                habit.publisher,
                {
                    "last_entry_at": habit.last_at.isoformat(),
                    "usual_gap_seconds": round(gap.total_seconds()),
                    "silent_seconds": round((now - habit.last_at).total_seconds()),
                },
            )


def offline(outcome: str, errors_by_kind: dict[str, int]) -> Iterator[Alert]:
    """A run that reached nothing."""
    if outcome == "offline":
        yield Alert(RUN_OFFLINE, "home", {"errors_by_kind": errors_by_kind})


def low_disk(free: int, min_free_bytes: int) -> Iterator[Alert]:
    """Too little room for the runs to come."""
    if free < LOW_DISK * min_free_bytes:
        yield Alert(DISK_LOW, "home", {"free_bytes": free, "min_free_bytes": min_free_bytes})


def violated(violations: Sequence[Violation]) -> Iterator[Alert]:
    """Invariants of the database that do not hold."""
    for violation in violations:
        yield Alert(
            CHECK_VIOLATION,
            violation.invariant,
            {"count": violation.count, "examples": list(violation.examples)},
        )


def after_poll(
    connection: Connection,
    *,
    outcome: str,
    errors_by_kind: dict[str, int],
    free: int,
    min_free_bytes: int,
    now: datetime,
) -> tuple[Alert, ...]:
    """What has begun to be wrong since the last poll run, kept so that it is told once."""
    found = [*offline(outcome, errors_by_kind), *low_disk(free, min_free_bytes)]
    looked_for = {RUN_OFFLINE, DISK_LOW}
    if outcome != "offline":  # who reached nothing knows nothing of feeds
        found += failing(failing_feeds(connection, least=FAILING_AFTER))
        found += silent(arrivals(connection, now=now, window=ARRIVALS_WINDOW), now=now)
        looked_for |= {FEED_FAILING, PUBLISHER_SILENT}
    return _begun(connection, found, looked_for, now=now)


def after_check(
    connection: Connection, violations: Sequence[Violation], *, now: datetime
) -> tuple[Alert, ...]:
    """The violations that were not known yet, kept so that each is told once."""
    return _begun(connection, [*violated(violations)], {CHECK_VIOLATION}, now=now)


def _begun(
    connection: Connection, found: Sequence[Alert], looked_for: set[str], *, now: datetime
) -> tuple[Alert, ...]:
    rows = [(alert.event, alert.resource, alert.payload) for alert in found]
    new = keep_alerts(connection, looked_for, rows, now=now)
    return tuple(alert for alert in found if (alert.event, alert.resource) in new)


def tell(alerts: Sequence[Alert], webhook: str | None, *, now: datetime) -> None:
    """Log alerts, and post each to the webhook as a JSON object: event, resource, at, payload.

    A webhook that cannot be reached is logged; the alerts stand in `wirecopy status` all the same.
    """
    for alert in alerts:
        log.warning(
            alert.event, extra={"resource": alert.resource, "payload": json.dumps(alert.payload)}
        )
        if webhook:
            try:
                post_json(webhook, {**asdict(alert), "at": now.isoformat()})
            except FetchError as error:
                log.error("webhook.failed", extra={"error": error.message})
