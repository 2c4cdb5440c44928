"""Rows on their way into SQL: one Arrow table per batch, registered as `incoming`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import duckdb
import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
TEXTS = pa.list_(pa.string())


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
