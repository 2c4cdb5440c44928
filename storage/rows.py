"""Single rows, and transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit at the end of the block, roll back when it raises."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a database that has failed refuses even this
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
