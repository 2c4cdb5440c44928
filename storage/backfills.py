"""The ledger of backfills: which shards are planned, in hand, done or failed, and their counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, islice

import duckdb
import pyarrow as pa
import xxhash

from ingest.types import PlannedShard
from storage.arrow import TEXT, TIME, incoming
from storage.rows import one_row

TRIES = 3
"""A shard that failed so often is not tried again by itself."""

RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10))
"""From one try at a shard to the next. The others go first, so it is longer in a large backfill;
and what a publisher asks for (Retry-After) is waited for anyway."""

DEATHS = 30
"""A shard in whose midst the process died so often is left alone: it may be the cause."""

PLANNED_TOGETHER = 5000
"""Shards that are planned by one statement."""

FAILURES_SHOWN = 50
"""So many failed pages are listed; all are in the table."""


@dataclass(frozen=True, slots=True)
class BackfillSpec:
    """What a backfill is recognised by: the same spec is the same backfill. `filters` is JSON."""

    source: str
    since: datetime | None
    until: datetime | None
    filters: str


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
class PageProblem:
    """A page, row or record that could not be had or read."""

    url: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class ShardResult:
    """How a try at a shard ended.

    `left` is the plan of what is to be tried again, None when nothing is. With `error` the try has
    failed; without, the user has stopped it. `found` are the shards that it expands to, `tried` the
    addresses of its pages, of which nothing earlier holds any more.
    """

    shard: Shard
    judged: Judged
    problems: tuple[PageProblem, ...] = ()
    left: str | None = None
    error: str | None = None
    found: tuple[PlannedShard, ...] = ()
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backfill:
    """A backfill and how far it is. Counts of pages are those of `Judged`."""

    backfill_id: str
    source: str
    since: datetime | None
    until: datetime | None
    filters: str
    created_at: datetime
    status: str
    shards: int
    shards_done: int
    shards_failed: int
    judged: Judged
    pages_failed: int

    @property
    def shards_left(self) -> int:
        return self.shards - self.shards_done - self.shards_failed


@dataclass(frozen=True, slots=True)
class ShardRow:
    """A shard for showing."""

    shard: str
    status: str
    pages: int
    articles: int
    attempts: int
    error: str | None


def find_backfill(connection: duckdb.DuckDBPyConnection, spec: BackfillSpec) -> str | None:
    """The id of the backfill of that spec, the latest where it was restarted."""
    rows = connection.execute(
        """
        SELECT backfill_id FROM backfills
        WHERE source = $source AND since IS NOT DISTINCT FROM $since
          AND until IS NOT DISTINCT FROM $until AND filters::VARCHAR = $filters
        ORDER BY created_at DESC, backfill_id LIMIT 1
        """,
        {
            "source": spec.source,
            "since": spec.since,
            "until": spec.until,
            "filters": spec.filters,
        },
    ).fetchall()
    return rows[0][0] if rows else None


def add_backfill(
    connection: duckdb.DuckDBPyConnection, spec: BackfillSpec, backfill_id: str, *, now: datetime
) -> None:
    """A new backfill; an earlier one of the same spec is over."""
    earlier = find_backfill(connection, spec)
    if earlier:
        connection.execute(
            "UPDATE backfills SET status = 'cancelled' "
            "WHERE backfill_id = ? AND status NOT IN ('done', 'failed')",
            [earlier],
        )
    connection.execute(
        "INSERT INTO backfills VALUES (?, ?, ?, ?, ?, ?, 'planned')",
        [backfill_id, spec.source, spec.since, spec.until, spec.filters, now],
    )


def begin(connection: duckdb.DuckDBPyConnection, backfill_id: str, run_id: str) -> None:
    """A run sets to work on a backfill."""
    connection.execute("INSERT INTO internal.backfill_runs VALUES (?, ?)", [backfill_id, run_id])
    connection.execute(
        "UPDATE backfills SET status = 'running' WHERE backfill_id = ?", [backfill_id]
    )


def plan_shards(
    connection: duckdb.DuckDBPyConnection,
    backfill_id: str,
    shards: Iterable[PlannedShard],
    *,
    whole: bool = False,
) -> None:
    """Add shards to a backfill. One that is there already stays as it is, but is planned anew when
    its plan has changed. With `whole`, planned ones that are not among `shards` go."""
    names: list[str] = []
    waiting = iter(shards)
    while batch := list(islice(waiting, PLANNED_TOGETHER)):
        names += [shard.name for shard in batch] if whole else []
        _plan_batch(connection, backfill_id, batch)
    if whole:
        with incoming(connection, {"shard": TEXT}, [(name,) for name in names]):
            gone = (
                "shard IN (SELECT shard FROM backfill_shards ANTI JOIN incoming USING (shard) "
                "WHERE backfill_id = $id AND status = 'planned')"
            )
            for table in ("internal.shard_work", "backfill_shards"):
                connection.execute(
                    f"DELETE FROM {table} WHERE backfill_id = $id AND {gone}",  # noqa: S608
                    {"id": backfill_id},
                )


def _plan_batch(
    connection: duckdb.DuckDBPyConnection, backfill_id: str, batch: Sequence[PlannedShard]
) -> None:
    columns = {
        "shard": TEXT,
        "place": pa.int64(),
        "plan": TEXT,
        "plan_hash": TEXT,
        "expands": pa.bool_(),
        "planned_pages": pa.int32(),
        "bytes": pa.int64(),
    }
    rows = [
        (
            shard.name,
            place,
            shard.plan,
            xxhash.xxh3_128_hexdigest(shard.plan.encode()),
            shard.expands,
            shard.pages,
            shard.bytes,
        )
        for place, shard in enumerate(batch)
    ]
    with incoming(connection, columns, rows):
        connection.execute(_PLAN_ANEW, {"id": backfill_id})
        connection.execute(
            """
            UPDATE backfill_shards
            SET status = 'planned', finished_at = NULL, error = NULL
            FROM internal.shard_work AS work
            WHERE backfill_shards.backfill_id = $id AND work.backfill_id = $id
              AND backfill_shards.shard = work.shard AND work.plan IS NOT NULL
              AND backfill_shards.status IN ('done', 'failed') AND work.failures = 0
            """,
            {"id": backfill_id},
        )
        connection.execute(_PLAN, {"id": backfill_id})
        connection.execute(
            "INSERT INTO backfill_shards (backfill_id, shard, status) "
            "SELECT $id, shard, 'planned' FROM incoming "
            "ANTI JOIN (FROM backfill_shards WHERE backfill_id = $id) USING (shard)",
            {"id": backfill_id},
        )


_PLAN_ANEW = """
UPDATE internal.shard_work AS work
SET plan = incoming.plan, plan_hash = incoming.plan_hash, failures = 0, not_before = NULL
FROM incoming
WHERE work.backfill_id = $id AND work.shard = incoming.shard
  AND work.plan_hash <> incoming.plan_hash AND work.run_id IS NULL
"""

_PLAN = """
INSERT INTO internal.shard_work
    (backfill_id, shard, number, plan, plan_hash, expands, planned_pages, bytes)
SELECT $id, shard,
       place + (SELECT coalesce(max(number) + 1, 0) FROM internal.shard_work
                WHERE backfill_id = $id),
       plan, plan_hash, expands, planned_pages, bytes
FROM incoming ANTI JOIN (FROM internal.shard_work WHERE backfill_id = $id) USING (shard)
"""


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
        _forget_problems(connection, result)
        add_problems(
            connection, result.shard.backfill_id, result.shard.name, result.problems, now=now
        )


def _forget_problems(connection: duckdb.DuckDBPyConnection, result: ShardResult) -> None:
    if result.tried:
        with incoming(connection, {"url": TEXT}, [(url,) for url in result.tried]):
            connection.execute(
                "DELETE FROM internal.backfill_failures WHERE backfill_id = ? AND shard = ? "
                "AND url IN (SELECT url FROM incoming)",
                [result.shard.backfill_id, result.shard.name],
            )


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
    with incoming(connection, {"url": TEXT, "reason": TEXT, "message": TEXT}, rows):
        place = {"id": backfill_id, "shard": shard}
        connection.execute(
            "DELETE FROM internal.backfill_failures WHERE backfill_id = $id AND shard = $shard "
            "AND url IN (SELECT url FROM incoming)",
            place,
        )
        connection.execute(
            "INSERT INTO internal.backfill_failures "
            "SELECT $id, $shard, url, reason, message, $now FROM incoming",
            {**place, "now": now},
        )


def _settle_shards(
    connection: duckdb.DuckDBPyConnection, results: Sequence[ShardResult], now: datetime
) -> None:
    rows = [
        (
            result.shard.backfill_id,
            result.shard.name,
            *_state(result, now),
            result.judged.pages,
            result.judged.articles,
            result.judged.known,
            result.judged.outside,
            result.judged.undated,
            result.judged.other_language,
        )
        for result in results
    ]
    counts = ("pages", "articles", "known", "outside", "undated", "other_language")
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
    if failures >= TRIES:
        return "failed", plan, result.error, failures, None, 0
    return "planned", plan, result.error, failures, now + RETRY_AFTER[failures - 1], 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many shards a backfill has, and how many of them are done or have failed for good."""

    shards: int
    finished: int


def progress(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> Progress:
    """How far a backfill is."""
    return Progress(
        *one_row(
            connection,
            "SELECT count(*), count(*) FILTER (status IN ('done', 'failed')) FROM backfill_shards "
            "WHERE backfill_id = ?",
            [backfill_id],
        )
    )


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


def end(connection: duckdb.DuckDBPyConnection, backfill_id: str, run_id: str) -> None:
    """A run has ended its work on a backfill: done, failed, or left for the next run."""
    release_backfills(connection, run_id, orderly=True)
    connection.execute(
        """
        UPDATE backfills
        SET status = CASE WHEN left_over > 0 THEN 'interrupted'
                          WHEN failed > 0 THEN 'failed' ELSE 'done' END
        FROM (SELECT count(*) FILTER (status IN ('planned', 'running')) AS left_over,
                     count(*) FILTER (status = 'failed') AS failed
              FROM backfill_shards WHERE backfill_id = $id)
        WHERE backfill_id = $id AND status = 'interrupted'
        """,
        {"id": backfill_id},
    )


def release_backfills(connection: duckdb.DuckDBPyConnection, run_id: str, *, orderly: bool) -> None:
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
    connection.execute(
        """
        UPDATE backfills SET status = 'interrupted'
        WHERE status = 'running'
          AND backfill_id IN (SELECT backfill_id FROM internal.backfill_runs WHERE run_id = $run_id)
          AND backfill_id NOT IN
              (SELECT backfill_id FROM internal.backfill_runs WHERE run_id <> $run_id)
        """,
        {"run_id": run_id},
    )
    connection.execute("DELETE FROM internal.backfill_runs WHERE run_id = ?", [run_id])


def cancel(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> None:
    """No more shards are begun, unless the backfill is started again."""
    connection.execute(
        "UPDATE backfills SET status = 'cancelled' "
        "WHERE backfill_id = ? AND status NOT IN ('done', 'failed')",
        [backfill_id],
    )


def backfills(
    connection: duckdb.DuckDBPyConnection, backfill_id: str | None = None
) -> list[Backfill]:
    """All backfills, or the one of that id, the latest first."""
    rows = connection.execute(
        """
        SELECT backfill_id, source, since, until, filters::VARCHAR, created_at,
               any_value(backfills.status), count(shard),
               count(*) FILTER (shards.status = 'done'), count(*) FILTER (shards.status = 'failed'),
               sum(pages), sum(articles), sum(known), sum(outside), sum(undated),
               sum(other_language),
               (SELECT count(*) FROM internal.backfill_failures AS failures
                WHERE failures.backfill_id = backfills.backfill_id)
        FROM backfills
        LEFT JOIN backfill_shards AS shards USING (backfill_id)
        LEFT JOIN internal.shard_work USING (backfill_id, shard)
        WHERE $id IS NULL OR backfill_id = $id
        GROUP BY ALL ORDER BY created_at DESC, backfill_id
        """,
        {"id": backfill_id},
    ).fetchall()
    told = [
        (*row[:10], Judged(*(int(count or 0) for count in row[10:16])), row[16]) for row in rows
    ]
    return [Backfill(*row) for row in told]


def shards_of(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> list[ShardRow]:
    """The shards of a backfill, in the order in which they are done."""
    rows = connection.execute(
        "SELECT shard, status, pages, articles, attempts, error FROM backfill_shards "
        "JOIN internal.shard_work USING (backfill_id, shard) "
        "WHERE backfill_id = ? ORDER BY expands DESC, number",
        [backfill_id],
    ).fetchall()
    return [ShardRow(*row) for row in rows]


def problems_of(connection: duckdb.DuckDBPyConnection, backfill_id: str) -> list[PageProblem]:
    """The first failed pages of a backfill."""
    rows = connection.execute(
        "SELECT url, reason, message FROM internal.backfill_failures "
        "WHERE backfill_id = ? ORDER BY failed_at, url LIMIT ?",
        [backfill_id, FAILURES_SHOWN],
    ).fetchall()
    return [PageProblem(*row) for row in rows]
