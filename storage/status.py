"""What the database holds, in a few figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from storage.feeds import IS_DUE
from storage.health import StandingAlert, standing_alerts
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
    """Rows held, work waiting, the last run (None before the first), and what is wrong.

    `overdue`: how long the feed that has waited longest has been due. `errors`: failed polls of the
    last day by kind, and pages given up in it. `rechecks_planned`: recent articles that are to be
    fetched again; `edits` and `gone`: what that found in the last day."""

    feeds: int
    feeds_failing: int
    feeds_due: int
    entries_waiting: int
    entries_rejected: int
    articles: int
    stories: int
    reprints: int
    rechecks_due: int
    rechecks_planned: int
    edits: int
    gone: int
    published_at: datetime | None
    overdue: timedelta
    last_run: LastRun | None
    errors: dict[str, int]
    alerts: tuple[StandingAlert, ...]


def holdings(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> Holdings:
    """The figures as of `now`."""
    since = now - timedelta(days=1)
    counts = one_row(
        connection,
        f"""
        SELECT (SELECT count(*) FROM feeds WHERE active),
               (SELECT count(*) FROM feeds WHERE active AND consecutive_failures > 0),
               (SELECT count(*) FROM feeds WHERE {IS_DUE}),
               (SELECT count(*) FROM entries WHERE status IN ('pending', 'fetched')),
               (SELECT count(*) FROM entries WHERE status = 'rejected'),
               (SELECT count(*) FROM articles),
               (SELECT count(*) FROM stories),
               (SELECT count(*) FROM reprints),
               (SELECT count(*) FROM internal.rechecks WHERE next_check_at <= $now),
               (SELECT count(next_check_at) FROM internal.rechecks),
               (SELECT count(*) FROM internal.versions WHERE version > 1 AND seen_at > $since),
               (SELECT count(*) FROM internal.rechecks WHERE gone_at > $since),
               (SELECT published_at FROM internal.revision),
               (SELECT greatest(coalesce($now - min(next_poll_at), INTERVAL 0 SECOND),
                                INTERVAL 0 SECOND)
                FROM feeds WHERE active)
        """,  # noqa: S608 - our own text
        {"now": now, "since": since},
    )
    runs = connection.execute(
        "SELECT run_id, kind, started_at, finished_at, outcome, errors FROM runs "
        "ORDER BY started_at DESC LIMIT 1"
    ).fetchall()
    last_run = LastRun(*runs[0]) if runs else None
    errors = connection.execute(
        """
        SELECT kind, count(*) AS failures
        FROM (SELECT outcome AS kind FROM polls
              WHERE started_at > $since
                AND outcome NOT IN ('new_entries', 'no_change', 'not_modified')
              UNION ALL
              SELECT reason FROM entries WHERE status = 'rejected' AND first_seen_at > $since)
        GROUP BY kind ORDER BY failures DESC, kind
        """,
        {"since": since},
    ).fetchall()
    alerts = tuple(standing_alerts(connection))
    return Holdings(*(*counts, last_run, dict(errors), alerts))
