"""robots.txt files that earlier runs have read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb

from storage.arrow import TEXT, TIME, incoming


def known_robots(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> list[tuple[Any, ...]]:
    """What still holds: (origin, state, expires_at, text)."""
    return connection.execute(
        "SELECT origin, state, expires_at, text FROM internal.robots WHERE expires_at > ?", [now]
    ).fetchall()


def keep_robots(
    connection: duckdb.DuckDBPyConnection,
    records: Sequence[tuple[str, str, datetime, str]],
    *,
    now: datetime,
) -> None:
    """Keep what a run has read, in the form of `known_robots`; what has expired goes."""
    columns = {"origin": TEXT, "state": TEXT, "expires_at": TIME, "text": TEXT}
    with incoming(connection, columns, records):
        connection.execute(
            "DELETE FROM internal.robots "
            "WHERE expires_at <= ? OR origin IN (SELECT origin FROM incoming)",
            [now],
        )
        connection.execute("INSERT INTO internal.robots BY NAME FROM incoming")
