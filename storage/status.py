"""What the database holds, in a few figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from storage.rows import one_row


@dataclass(frozen=True, slots=True)
class LastRun:
    run_id: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    errors: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """Rows held, work waiting, and the last run (None before the first)."""

    feeds: int
    feeds_failing: int
    feeds_due: int
    entries_waiting: int
    entries_rejected: int
    articles: int
    stories: int
    reprints: int
    published_at: datetime | None
    last_run: LastRun | None


def holdings(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> Holdings:
    """The figures as of `now`."""
    counts = one_row(
        connection,
        """
        SELECT (SELECT count(*) FROM feeds WHERE active),
               (SELECT count(*) FROM feeds WHERE active AND consecutive_failures > 0),
               (SELECT count(*) FROM feeds WHERE active AND next_poll_at <= $now),
               (SELECT count(*) FROM entries WHERE status IN ('pending', 'fetched')),
               (SELECT count(*) FROM entries WHERE status = 'rejected'),
               (SELECT count(*) FROM articles),
               (SELECT count(*) FROM stories),
               (SELECT count(*) FROM reprints),
               (SELECT published_at FROM internal.revision)
        """,
        {"now": now},
    )
    runs = connection.execute(
        "SELECT run_id, kind, started_at, finished_at, outcome, errors FROM runs "
        "ORDER BY started_at DESC LIMIT 1"
    ).fetchall()
    last_run = LastRun(*runs[0]) if runs else None
    return Holdings(*(*counts, last_run))
