"""Reading single rows."""

from __future__ import annotations

from typing import Any

import duckdb


def one_row(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: object = None
) -> tuple[Any, ...]:
    """The only row of a query that has exactly one.

    All rows are fetched: DuckDB 2 refuses other work on a connection whose last result was read in
    part.
    """
    (row,) = connection.execute(sql, parameters).fetchall()
    found: tuple[Any, ...] = row
    return found
