"""The backfills: which there are, who is at them, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from storage.rows import one_row
from storage.shards import Judged, release_shards


@dataclass(frozen=True, slots=True)
class BackfillSpec:
    """What a backfill is recognised by: the same spec is the same backfill. `filters` is JSON."""

    source: str
    since: datetime | None
    until: datetime | None
    filters: str


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
    """Let go of the backfills that a run is at, and of the shards that it has in hand
    (`release_shards`)."""
    release_shards(connection, run_id, orderly=orderly)
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
