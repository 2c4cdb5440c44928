"""The shards of backfills: taken in hand, settled, tried again, let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

import duckdb
import pyarrow as pa

from ingest.types import PlannedShard
from storage.arrow import TEXT, TIME, incoming
from storage.page_problems import PageProblem, add_problems, forget_problems
from storage.rows import one_row
from storage.shard_plans import plan_shards

TRIES = 3
"""A shard that failed so often is not tried again by itself."""

RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10))
"""From one try at a shard to the next. The others go first, so it is longer in a large backfill;
and what a publisher asks for (Retry-After) is waited for anyway."""

DEATHS = 30
"""A shard in whose midst the process died so often is left alone: it may be the cause."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard that a run has in hand."""

    backfill_id: str
    name: str
    plan: str
    pages: int | None
    expands: bool
    failures: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of pages: read or fetched and judged (`pages`), new `articles`, pages of
    articles that are `known`, published `outside` the period, `undated`, in an `other_language`."""

    pages: int = 0
    articles: int = 0
    known: int = 0
    outside: int = 0
    undated: int = 0
    other_language: int = 0


@dataclass(frozen=True, slots=True)
class ShardResult:
    """How a try at a shard ended.

    `left` is the plan of what is to be tried again, None when nothing is. With `error` the try has
    failed, for the last time when it is `final`; without, the user has stopped it. `found` are the
    shards that it expands to, `tried` the addresses of its pages, of which nothing earlier holds
    any more.
    """

    shard: Shard
    judged: Judged
    problems: tuple[PageProblem, ...] = ()
    left: str | None = None
    error: str | None = None
    final: bool = False
    found: tuple[PlannedShard, ...] = ()
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShardRow:
    """A shard for showing."""

    shard: str
    status: str
    pages: int
    articles: int
    attempts: int
    error: str | None


def lease(
    connection: duckdb.DuckDBPyConnection,
    backfill_id: str,
    run_id: str,
    *,
    most: int,
    pages: int,
    pages_each: float,
    now: datetime,
) -> list[Shard]:
    """Take up to `most` shards in hand, failed ones last: lists of further shards, and when none of
    these waits others that hold about so many `pages`, taken for `pages_each` where it is not
    known. None when the backfill was cancelled."""
    rows = connection.execute(
        """
        SELECT shard, plan, planned_pages, expands, failures
        FROM internal.shard_work JOIN backfill_shards USING (backfill_id, shard)
        JOIN backfills USING (backfill_id)
        WHERE backfill_id = $id AND backfill_shards.status = 'planned'
          AND backfills.status = 'running'
          AND (not_before IS NULL OR not_before <= $now)
        ORDER BY failures, expands DESC, number
        LIMIT $limit
        """,
        {"id": backfill_id, "now": now, "limit": most},
    ).fetchall()
    rows = [row for row in rows if row[3] == rows[0][3]]
    if rows and not rows[0][3]:
        held = accumulate(pages_each if row[2] is None else row[2] for row in rows)
        rows = rows[: max(1, sum(count <= pages for count in held))]
    with incoming(connection, {"shard": TEXT}, [(row[0],) for row in rows]):
        connection.execute(
            "UPDATE backfill_shards SET status = 'running', started_at = $now, finished_at = NULL, "
            "attempts = attempts + 1 "
            "WHERE backfill_id = $id AND shard IN (SELECT shard FROM incoming)",
            {"id": backfill_id, "now": now},
        )
        connection.execute(
            "UPDATE internal.shard_work SET run_id = $run_id "
            "WHERE backfill_id = $id AND shard IN (SELECT shard FROM incoming)",
            {"id": backfill_id, "run_id": run_id},
        )
    return [Shard(backfill_id, *row) for row in rows]


def settle(
    connection: duckdb.DuckDBPyConnection, results: Sequence[ShardResult], *, now: datetime
) -> None:
    """Record how tries at shards ended, with the failed pages and the shards that were found."""
    for result in results:
        if result.found:
            plan_shards(connection, result.shard.backfill_id, result.found)
    _settle_shards(connection, results, now)
    for result in results:
        forget_problems(connection, result.shard.backfill_id, result.shard.name, result.tried)
        add_problems(
            connection, result.shard.backfill_id, result.shard.name, result.problems, now=now
        )


def _settle_shards(
    connection: duckdb.DuckDBPyConnection, results: Sequence[ShardResult], now: datetime
) -> None:
    counts = ("pages", "articles", "known", "outside", "undated", "other_language")
    rows = [
        (
            result.shard.backfill_id,
            result.shard.name,
            *_state(result, now),
            *(getattr(result.judged, count) for count in counts),
        )
        for result in results
    ]
    columns = {
        "backfill_id": TEXT,
        "shard": TEXT,
        "status": TEXT,
        "plan": TEXT,
        "error": TEXT,
        "failures": pa.int32(),
        "not_before": TIME,
        "stopped": pa.int32(),
        **dict.fromkeys(counts, pa.int32()),
    }
    with incoming(connection, columns, rows):
        connection.execute(
            """
            UPDATE backfill_shards AS shards
            SET status = incoming.status, error = incoming.error,
                pages = shards.pages + incoming.pages,
                articles = shards.articles + incoming.articles,
                attempts = shards.attempts - stopped,
                finished_at = CASE WHEN incoming.status = 'planned' THEN NULL ELSE $now END
            FROM incoming
            WHERE shards.backfill_id = incoming.backfill_id AND shards.shard = incoming.shard
            """,
            {"now": now},
        )
        connection.execute(
            """
            UPDATE internal.shard_work AS work
            SET run_id = NULL, plan = incoming.plan, failures = incoming.failures,
                not_before = incoming.not_before,
                known = work.known + incoming.known,
                outside = work.outside + incoming.outside,
                undated = work.undated + incoming.undated,
                other_language = work.other_language + incoming.other_language
            FROM incoming
            WHERE work.backfill_id = incoming.backfill_id AND work.shard = incoming.shard
            """
        )


def _state(
    result: ShardResult, now: datetime
) -> tuple[str, str | None, str | None, int, datetime | None, int]:
    """status, plan, error, failures, not_before, and 1 when the try is not to be counted."""
    failures = result.shard.failures
    if result.left is None and result.error is None:
        return "done", None, None, failures, None, 0
    plan = result.left or result.shard.plan
    if result.error is None:
        return "planned", plan, None, failures, None, 1
    failures += 1
    if result.final or failures >= TRIES:
        return "failed", plan, result.error, failures, None, 0
    return "planned", plan, result.error, failures, now + RETRY_AFTER[failures - 1], 0


def next_try(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> datetime | None:
    """When the next of the failed shards that wait may be tried again; None when none waits."""
    moment: datetime | None = one_row(
        connection,
        "SELECT min(not_before) FROM internal.shard_work "
        "JOIN backfill_shards USING (backfill_id, shard) "
        "JOIN backfills USING (backfill_id) "
        "WHERE backfill_id = ? AND backfill_shards.status = 'planned' "
        "AND backfills.status = 'running'",
        [backfill_id],
    )[0]
    return moment


def retry_failed(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> None:
    """Failed shards are planned again, with as many tries as new ones."""
    connection.execute(
        "UPDATE internal.shard_work SET failures = 0, not_before = NULL FROM backfill_shards "
        "WHERE shard_work.backfill_id = $id AND backfill_shards.backfill_id = $id "
        "AND shard_work.shard = backfill_shards.shard AND backfill_shards.status = 'failed'",
        {"id": backfill_id},
    )
    connection.execute(
        "UPDATE backfill_shards SET status = 'planned', finished_at = NULL "
        "WHERE backfill_id = ? AND status = 'failed'",
        [backfill_id],
    )


def release_shards(connection: duckdb.DuckDBPyConnection, run_id: str, *, orderly: bool) -> None:
    """Let go of the shards that a run has in hand. Its tries at them count when its process died
    (not `orderly`), since a shard may be the cause of that."""
    held = "(SELECT shard FROM internal.shard_work AS work WHERE run_id = $run_id AND {same})"
    mine = "EXISTS " + held.format(
        same="work.backfill_id = backfill_shards.backfill_id AND work.shard = backfill_shards.shard"
    )
    connection.execute(
        f"""
        UPDATE backfill_shards
        SET status = CASE WHEN attempts >= $deaths THEN 'failed' ELSE 'planned' END,
            error = CASE WHEN attempts >= $deaths
                         THEN 'The process died too often while it was at this shard.'
                         ELSE error END,
            attempts = attempts - $given_back
        WHERE status = 'running' AND {mine}
        """,  # noqa: S608
        {"run_id": run_id, "deaths": DEATHS, "given_back": int(orderly)},
    )
    connection.execute("UPDATE internal.shard_work SET run_id = NULL WHERE run_id = ?", [run_id])


def shards_of(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> list[ShardRow]:
    """The shards of a backfill, in the order in which they are done."""
    rows = connection.execute(
        "SELECT shard, status, pages, articles, attempts, error FROM backfill_shards "
        "JOIN internal.shard_work USING (backfill_id, shard) "
        "WHERE backfill_id = ? ORDER BY expands DESC, number",
        [backfill_id],
    ).fetchall()
    return [ShardRow(*row) for row in rows]
