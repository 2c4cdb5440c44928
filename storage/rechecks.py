"""Recent articles whose page is to be fetched again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import Validators
from storage.arrow import TEXT, TIME, incoming
from storage.rows import one_row


@dataclass(frozen=True, slots=True)
class Recheck:
    """A page that is due to be fetched again. `validators` are those of the last answer."""

    article_id: str
    url: str
    validators: Validators
    first_fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What came of it. `outcome` is as in the view rechecks; `next_check_at` is None when that was
    the last time, `validators` when those that are stored stay."""

    article_id: str
    at: datetime
    outcome: str
    next_check_at: datetime | None
    gone: bool
    validators: Validators | None


def plan_rechecks(
    connection: duckdb.DuckDBPyConnection,
    planned: Sequence[tuple[str, datetime, datetime, Validators]],
) -> None:
    """Have the pages of new articles fetched again: article id, when it was fetched, when it is to
    be fetched next, and its validators."""
    columns = {
        "article_id": TEXT, "first_fetched_at": TIME, "next_check_at": TIME,
        "etag": TEXT, "last_modified": TEXT, "body_hash": TEXT,
    }  # fmt: skip
    rows = [
        (name, first, following, known.etag, known.last_modified, known.body_hash)
        for name, first, following, known in planned
    ]
    with incoming(connection, columns, rows):
        connection.execute(
            "INSERT INTO internal.rechecks BY NAME FROM incoming "
            "ANTI JOIN internal.rechecks USING (article_id)"
        )


def due_rechecks(
    connection: duckdb.DuckDBPyConnection, *, now: datetime, limit: int
) -> list[Recheck]:
    """Up to `limit` articles that are due, those of no run in hand; publishers take turns, and of
    each those that have waited longest come first."""
    rows = connection.execute(
        """
        SELECT article_id, url, etag, last_modified, body_hash, first_fetched_at
        FROM internal.rechecks JOIN (SELECT article_id, url, publisher FROM articles)
            USING (article_id)
        WHERE next_check_at <= $now
          AND article_id NOT IN (SELECT key FROM internal.claims WHERE kind = 'page')
        ORDER BY row_number() OVER (PARTITION BY publisher ORDER BY next_check_at, article_id),
                 article_id
        LIMIT $limit
        """,
        {"now": now, "limit": limit},
    ).fetchall()
    return [
        Recheck(name, url, Validators(etag, last_modified, body_hash), first)
        for name, url, etag, last_modified, body_hash, first in rows
    ]


def count_due(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> int:
    """How many articles are due."""
    sql = "SELECT count(*) FROM internal.rechecks WHERE next_check_at <= ?"
    return int(one_row(connection, sql, [now])[0])


def record_rechecks(connection: duckdb.DuckDBPyConnection, checked: Sequence[Rechecked]) -> None:
    """Write down what came of checks, and when the next ones are."""
    columns = {
        "article_id": TEXT, "at": TIME, "outcome": TEXT, "next_check_at": TIME, "gone": pa.bool_(),
        "known": pa.bool_(), "etag": TEXT, "last_modified": TEXT, "body_hash": TEXT,
    }  # fmt: skip
    rows = []
    for one in checked:
        known = one.validators or Validators()
        rows.append((
            one.article_id, one.at, one.outcome, one.next_check_at, one.gone,
            one.validators is not None, known.etag, known.last_modified, known.body_hash,
        ))  # fmt: skip
    with incoming(connection, columns, rows):
        connection.execute(
            "DELETE FROM internal.rechecks WHERE article_id IN "
            "(SELECT article_id FROM incoming WHERE next_check_at IS NULL AND NOT gone)"
        )
        connection.execute(
            """
            UPDATE internal.rechecks
            SET next_check_at = incoming.next_check_at, checked_at = incoming."at",
                checks = checks + 1, outcome = incoming.outcome,
                gone_at = CASE WHEN gone THEN coalesce(gone_at, incoming."at") END,
                etag = CASE WHEN known THEN incoming.etag ELSE rechecks.etag END,
                last_modified = CASE WHEN known THEN incoming.last_modified
                                     ELSE rechecks.last_modified END,
                body_hash = CASE WHEN known THEN incoming.body_hash ELSE rechecks.body_hash END
            FROM incoming WHERE rechecks.article_id = incoming.article_id
            """
        )
