"""Queries by users on the published file: read-only, and shut off from everything else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from ingest.errors import ConfigurationError
from storage.home import Home

ROWS_TOGETHER = 1000
"""Rows that are fetched at a time."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of a query. `columns` has each column's name and DuckDB type."""

    columns: tuple[tuple[str, str], ...]
    rows: Iterator[tuple[object, ...]]


@contextmanager
def open_published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The last snapshot, read-only, in UTC. Raises ConfigurationError when there is none, or when
    it cannot be read."""
    if not home.published.exists():
        raise ConfigurationError(
            f"There is no {home.published} yet. `wirecopy poll` makes it, or `wirecopy publish` "
            "when there is something to show; --home or WIRECOPY_HOME names another home."
        )
    with tempfile.TemporaryDirectory(prefix="wirecopy-") as spill:
        try:
            connection = _connected(home, spill)
        except duckdb.Error as error:
            raise ConfigurationError(
                f"{home.published} cannot be read: {str(error).splitlines()[0]}. "
                "`wirecopy publish` takes a new snapshot."
            ) from error
        with connection:
            connection.execute("SET TimeZone = 'UTC'")
            yield connection


def _connected(home: Home, spill: str) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": spill,
    }
    try:
        return duckdb.connect(str(home.published), read_only=True, config=config)
    except duckdb.Error:
        # DuckDB reads a file's header, and opens the file once more for the rest: in the few
        # microseconds between, a new snapshot may have come.
        return duckdb.connect(str(home.published), read_only=True, config=config)


@contextmanager
def ask(home: Home, sql: str) -> Iterator[QueryResult]:
    """The rows of the last statement in `sql`. It can read nothing but the snapshot: no file, no
    network, no variable of this program.

    Raises ConfigurationError with DuckDB's words when the query cannot be answered.
    """
    with open_published(home) as connection:
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        with query_errors():
            statements = connection.extract_statements(sql)
            if not statements:
                raise ConfigurationError("There is no SQL in the query.")
            for statement in statements:
                connection.execute(statement)
            described = connection.description or []
        columns = tuple((str(column[0]), str(column[1])) for column in described)
        yield QueryResult(columns, _rows(connection))


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while True:
        with query_errors():
            rows = connection.fetchmany(ROWS_TOGETHER)
        if not rows:
            return
        yield from rows


@contextmanager
def query_errors() -> Iterator[None]:
    """A user's query that fails is a mistake in usage."""
    try:
        yield
    except duckdb.Error as error:
        raise ConfigurationError(f"{str(error).strip()}") from error
