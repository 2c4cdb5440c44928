"""Articles in a file, already extracted: JSON Lines or Parquet, in shards of rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.errors import BadRow, ConfigurationError
from ingest.types import PlannedShard

SHARD_ROWS = 250
"""Rows that are one shard."""

JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")

Row = Mapping[str, Any] | BadRow


def plan_rows(file: Path) -> Iterator[PlannedShard]:
    """The shards of a file of articles. A file that has changed gives others.

    Raises ConfigurationError when it is missing, or neither JSON Lines nor Parquet.
    """
    if not file.is_file():
        raise ConfigurationError(f"There is no file {file}.")
    file = file.absolute()
    if file.suffix in PARQUET:
        ranges = _parquet_ranges(file)
    elif file.suffix in JSON_LINES:
        ranges = _line_ranges(file)
    else:
        raise ConfigurationError(
            f"{file} is neither JSON Lines ({', '.join(JSON_LINES)}) nor Parquet ({PARQUET[0]})."
        )
    changed = file.stat().st_mtime_ns
    first = 1
    for start, rows, size in ranges:
        plan = {"kind": "rows", "file": str(file), "start": start, "rows": rows, "first": first}
        name = f"{file}:{first}-{first + rows - 1}"
        text = json.dumps({**plan, "changed": changed})
        yield PlannedShard(name, text, pages=rows, bytes=size)
        first += rows


def _line_ranges(file: Path) -> Iterator[tuple[int, int, int]]:
    """First byte, lines and bytes of each shard."""
    start = at = rows = 0
    with file.open("rb") as lines:
        for line in lines:
            at += len(line)
            rows += 1
            if rows == SHARD_ROWS:
                yield start, rows, at - start
                start, rows = at, 0
    if rows:
        yield start, rows, at - start


def _parquet_ranges(file: Path) -> Iterator[tuple[int, int, int]]:
    """First row, rows and roughly the bytes of each shard."""
    total = _parquet(file).metadata.num_rows
    size = file.stat().st_size // max(1, total)
    for start in range(0, total, SHARD_ROWS):
        rows = min(SHARD_ROWS, total - start)
        yield start, rows, rows * size


def read_rows(plan: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a shard, with a BadRow in place of each that is none. Raises ConfigurationError
    when the file has gone."""
    file = Path(plan["file"])
    try:
        if file.suffix in PARQUET:
            yield from _parquet_rows(file, plan["start"], plan["rows"])
        else:
            yield from _json_rows(file, plan["start"], plan["rows"], plan["first"])
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror or error}.") from None


def _json_rows(file: Path, start: int, rows: int, first: int) -> Iterator[Row]:
    with file.open("rb") as lines:
        lines.seek(start)
        for number in range(first, first + rows):
            line = lines.readline().decode("utf-8-sig", "replace")
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                yield BadRow(f"Line {number} of {file.name} is not JSON: {error}.")
                continue
            if isinstance(row, dict):
                yield row
            else:
                yield BadRow(f"Line {number} of {file.name} is not a JSON object.")


def _parquet_rows(file: Path, start: int, rows: int) -> Iterator[Row]:
    table = _parquet(file)
    at = 0
    for group in range(table.num_row_groups):
        size = table.metadata.row_group(group).num_rows
        first, last = max(start - at, 0), min(start + rows - at, size)
        if first < last:
            yield from table.read_row_group(group).slice(first, last - first).to_pylist()
        at += size


def _parquet(file: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        return parquet.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise ConfigurationError(f"{file} is not readable as Parquet: {error}.") from None
