"""Runs: when the pipeline ran, and what it did."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import duckdb

from ingest.types import RunCounts


def start_run(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    kind: str,
    *,
    now: datetime,
    flow_run_id: str | None,
) -> None:
    """Record that a run has begun."""
    connection.execute(
        "INSERT INTO runs (run_id, kind, flow_run_id, started_at) VALUES (?, ?, ?, ?)",
        [run_id, kind, flow_run_id, now],
    )


def finish_run(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    counts: RunCounts,
    *,
    outcome: str,
    now: datetime,
) -> None:
    """Record how the run ended, and what it did."""
    connection.execute(
        "UPDATE runs SET finished_at = $now, outcome = $outcome, feeds = $feeds, "
        "entries = $entries, pages = $pages, articles = $articles, stories = $stories, "
        "reprints = $reprints, errors = $errors, rechecks = $rechecks, edits = $edits "
        "WHERE run_id = $run_id",
        {**dataclasses.asdict(counts), "now": now, "outcome": outcome, "run_id": run_id},
    )
