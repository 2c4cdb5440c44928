"""Claims: what a run has in hand, so that another run at the same time leaves it alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import duckdb

from storage.arrow import TEXT, incoming
from storage.backfills import release_backfills
from storage.lock import LiveRuns
from storage.rows import one_row


def claim(
    connection: duckdb.DuckDBPyConnection,
    kind: Literal["feed", "page"],
    keys: Sequence[str],
    run_id: str,
    *,
    now: datetime,
) -> None:
    """Take feeds or pages in hand."""
    with incoming(connection, {"key": TEXT}, [(key,) for key in keys]):
        connection.execute(
            "INSERT INTO internal.claims SELECT ?, key, ?, ? FROM incoming", [kind, run_id, now]
        )


def held_by_others(connection: duckdb.DuckDBPyConnection, kind: str, run_id: str) -> bool:
    """Whether another run has anything of that kind in hand."""
    held = "SELECT count(*) > 0 FROM internal.claims WHERE kind = ? AND run_id <> ?"
    return bool(one_row(connection, held, [kind, run_id])[0])


def release(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Let go of everything the run has in hand."""
    _let_go(connection, run_id, orderly=True)


def _let_go(connection: duckdb.DuckDBPyConnection, run_id: str, *, orderly: bool) -> None:
    connection.execute("DELETE FROM internal.claims WHERE run_id = ?", [run_id])
    release_backfills(connection, run_id, orderly=orderly)


def bury_dead_runs(connection: duckdb.DuckDBPyConnection, live: LiveRuns, *, now: datetime) -> None:
    """Void the claims of runs whose process has died, and say in `runs` that they were cut off."""
    rows = connection.execute(
        "SELECT DISTINCT run_id FROM internal.claims "
        "UNION SELECT run_id FROM runs WHERE finished_at IS NULL"
    ).fetchall()
    open_runs = [row[0] for row in rows]
    dead = set(open_runs) - live.among(open_runs)
    for run_id in dead:
        _let_go(connection, run_id, orderly=False)
        connection.execute(
            "UPDATE runs SET finished_at = $now, outcome = 'interrupted' "
            "WHERE run_id = $run_id AND finished_at IS NULL",
            {"now": now, "run_id": run_id},
        )
    if dead:
        connection.execute("UPDATE internal.revision SET revision = revision + 1")
