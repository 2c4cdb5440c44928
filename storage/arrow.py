"""Rows on their way into SQL: one Arrow table per batch, registered as `incoming`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import duckdb
import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
TEXTS = pa.list_(pa.string())


def of_incoming(table: str) -> str:
    """SQL: whether a row of this table is of an article of `incoming`. By numbers of rows, so that
    only their texts are read: a join would read those of all (of a million articles, 3 s of CPU
    instead of 0.1)."""
    return f"rowid IN (SELECT rowid FROM {table} SEMI JOIN incoming USING (article_id))"  # noqa: S608


@contextmanager
def incoming(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, pa.DataType],
    rows: Sequence[Sequence[object]],
    *,
    name: str = "incoming",
) -> Iterator[None]:
    """Make `rows` (in the order of `columns`) a table that SQL in the block can read as `name`."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [pa.array(column, kind) for column, kind in zip(values, columns.values(), strict=True)]
    connection.register(name, pa.table(dict(zip(columns, arrays, strict=True))))
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # in a transaction that an error has ended: that error counts
            connection.unregister(name)
        raise
    connection.unregister(name)
