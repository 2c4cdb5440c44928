"""Publishing: the working database, whole, as the file that analysts open."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from storage.copies import copy_whole
from storage.database import Database
from storage.home import Home
from storage.migrate import schema_version
from storage.rows import one_row, transaction

PUBLISH_SHARE = 30
"""A publish may take one thirtieth of the time: the next waits 30 times what the last one took."""

PUBLISH_INTERVAL = timedelta(minutes=5)
"""During a run, snapshots are not taken more often than this."""

QUICK_MS = 2000
"""Milliseconds. A run's end is always shown at once when the last snapshot took no longer."""


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot that was taken. `set_aside` is a write-ahead log that somebody who opened the old
    file for writing had left beside it."""

    path: Path
    bytes: int
    elapsed_ms: int
    set_aside: Path | None


def publish(
    database: Database, *, run_id: str | None, wirecopy_version: str, now: datetime
) -> Published:
    """Replace `news.duckdb` by a complete, consistent copy of the working database.

    Readers of the old file keep it; whoever opens the path from now on sees the new one. Raises
    DiskFull when there is no room for the copy.
    """
    home, began = database.home, time.monotonic()
    with database.hold():
        with database.connect() as connection:
            _describe(connection, run_id, wirecopy_version, now)
            connection.execute("CHECKPOINT")
        set_aside = _set_aside_log(home, now)
        size = _replace(home)
        elapsed_ms = round((time.monotonic() - began) * 1000)
        with database.connect() as connection:
            connection.execute(
                "UPDATE internal.revision "
                "SET published_revision = revision, published_at = ?, publish_ms = ?",
                [now, elapsed_ms],
            )
    return Published(home.published, size, elapsed_ms, set_aside)


def publish_due(
    connection: duckdb.DuckDBPyConnection,
    *,
    now: datetime,
    interval: timedelta | None,
    run_started_at: datetime,
    at_end: bool,
) -> bool:
    """Whether a snapshot is wanted: something changed and the last one is old enough.

    `interval` is the user's setting. Without one it is the larger of PUBLISH_INTERVAL and what
    PUBLISH_SHARE allows; but a run that ends takes one whenever that is quick.
    """
    revision, published_revision, published_at, publish_ms = one_row(
        connection,
        "SELECT revision, published_revision, published_at, publish_ms FROM internal.revision",
    )
    if revision == published_revision:
        return False
    if at_end and (published_at is None or (interval is None and publish_ms <= QUICK_MS)):
        return True
    if interval is None:
        by_cost = timedelta(milliseconds=PUBLISH_SHARE * (publish_ms or 0))
        interval = max(by_cost, PUBLISH_INTERVAL)
    last = published_at or run_started_at
    return bool(now < last or now - last >= interval)  # a clock set back must not stop snapshots


def _describe(
    connection: duckdb.DuckDBPyConnection, run_id: str | None, version: str, now: datetime
) -> None:
    with transaction(connection):
        connection.execute("DELETE FROM snapshot")
        connection.execute(
            "INSERT INTO snapshot VALUES (?, ?, ?, ?)",
            [now, run_id, schema_version(connection), version],
        )


def _replace(home: Home) -> int:
    return copy_whole(
        home.working,
        home.published,
        mode=0o444,
        no_room="The last snapshot stays; make room and run `wirecopy publish`.",
    )


def _set_aside_log(home: Home, now: datetime) -> Path | None:
    """A log left by somebody who wrote to an older snapshot would alter the new one, or make it
    unopenable."""
    log = home.published_log
    if not log.exists():
        return None
    aside = log.with_name(f"news.duckdb.wal.{now:%Y%m%dT%H%M%S%f}.stray")
    os.replace(log, aside)
    return aside
