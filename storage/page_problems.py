"""Pages, rows and records that a backfill could not have or read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from storage.arrow import TEXT, incoming

FAILURES_SHOWN = 50
"""So many failed pages are listed; all are in the table."""


@dataclass(frozen=True, slots=True)
class PageProblem:
    """A page, row or record that could not be had or read."""

    url: str
    reason: str
    message: str


def add_problems(
    connection: duckdb.DuckDBPyConnection,
    backfill_id: str,
    shard: str,
    problems: Sequence[PageProblem],
    *,
    now: datetime,
) -> None:
    """Record pages, rows or records that could not be had or read."""
    if not problems:
        return
    rows = [(problem.url, problem.reason, problem.message) for problem in problems]
    forget_problems(connection, backfill_id, shard, [problem.url for problem in problems])
    with incoming(connection, {"url": TEXT, "reason": TEXT, "message": TEXT}, rows):
        connection.execute(
            "INSERT INTO internal.backfill_failures "
            "SELECT $id, $shard, url, reason, message, $now FROM incoming",
            {"id": backfill_id, "shard": shard, "now": now},
        )


def forget_problems(
    connection: duckdb.DuckDBPyConnection, backfill_id: str, shard: str, urls: Sequence[str]
) -> None:
    """What is recorded of these addresses holds no more: they were tried again."""
    if not urls:
        return
    with incoming(connection, {"url": TEXT}, [(url,) for url in urls]):
        connection.execute(
            "DELETE FROM internal.backfill_failures WHERE backfill_id = ? AND shard = ? "
            "AND url IN (SELECT url FROM incoming)",
            [backfill_id, shard],
        )


def problems_of(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> list[PageProblem]:
    """The first failed pages of a backfill."""
    rows = connection.execute(
        "SELECT url, reason, message FROM internal.backfill_failures "
        "WHERE backfill_id = ? ORDER BY failed_at, url LIMIT ?",
        [backfill_id, FAILURES_SHOWN],
    ).fetchall()
    return [PageProblem(*row) for row in rows]
