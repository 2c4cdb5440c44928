"""Shards planned: added to a backfill, or planned anew when what they hold has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import duckdb
import pyarrow as pa
import xxhash

from ingest.types import PlannedShard
from storage.arrow import TEXT, incoming

PLANNED_TOGETHER = 5000
"""Shards that are planned by one statement."""


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
