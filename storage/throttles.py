"""Publishers that asked earlier runs to be left alone for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from storage.arrow import TEXT, TIME, incoming

Throttled = tuple[str, int, datetime]
"""Publisher, HTTP status, until when."""


def known_throttles(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> list[Throttled]:
    """What still holds."""
    return connection.execute(
        "SELECT publisher, status, until FROM internal.throttles WHERE until > ?", [now]
    ).fetchall()


def keep_throttles(
    connection: duckdb.DuckDBPyConnection, records: Sequence[Throttled], *, now: datetime
) -> None:
    """Keep what a run was told; what is over goes. Of two words for one publisher, which runs at
    the same time may hear, the longer holds."""
    columns = {"publisher": TEXT, "status": pa.int16(), "until": TIME}
    with incoming(connection, columns, records):
        connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE throttled AS
            SELECT publisher, arg_max(status, until) AS status, max(until) AS until
            FROM (FROM internal.throttles UNION ALL BY NAME FROM incoming)
            WHERE until > ?
            GROUP BY publisher
            """,
            [now],
        )
        connection.execute("DELETE FROM internal.throttles")
        connection.execute("INSERT INTO internal.throttles BY NAME FROM throttled")
        connection.execute("DROP TABLE throttled")
