"""Rows of a query as a table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from storage.query import QueryResult

TABLE_ROWS = 1000
"""A table for people has no more rows; CSV and JSON have all."""

CELL_WIDTH = 60
"""Columns of the terminal that one cell of a table may take."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula (OWASP, "CSV Injection")."""


def print_rows(result: QueryResult, form: str, out: TextIO | None = None) -> None:
    """Print a query's rows, to standard output unless told otherwise; `form` is table, csv or
    json."""
    write = {"table": _write_table, "csv": _write_csv, "json": _write_json}[form]
    try:
        write(result, out or sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_table(result: QueryResult, out: TextIO) -> None:
    rows = [[_cell(value) for value in row] for row in islice(result.rows, TABLE_ROWS)]
    more = next(iter(result.rows), None) is not None
    names = [name for name, _ in result.columns]
    if not names:
        return
    widths = [
        max(cell_len(name), *(cell_len(row[at]) for row in rows), 1)
        if rows
        else max(cell_len(name), 1)
        for at, name in enumerate(names)
    ]
    right = [_is_number(kind) for _, kind in result.columns]
    out.write(_line(names, widths, right))
    out.write("  ".join("-" * width for width in widths) + "\n")
    for row in rows:
        out.write(_line(row, widths, right))
    shown = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    out.write(
        f"({'the first ' if more else ''}{shown}{'; --format csv has all' if more else ''})\n"
    )


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (width - cell_len(cell)) + cell if flush else set_cell_size(cell, width)
        for cell, width, flush in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip() + "\n"


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL") or kind in {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
        "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE",
    }  # fmt: skip


def _cell(value: object) -> str:
    text = " ".join(_text(value).split())
    return text if cell_len(text) <= CELL_WIDTH else set_cell_size(text, CELL_WIDTH - 1) + "…"


def _write_csv(result: QueryResult, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(harmless(name) for name, _ in result.columns)
    for row in result.rows:
        writer.writerow(
            harmless(_text(value)) if isinstance(value, (str, list, dict)) else _text(value)
            for value in row
        )


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before one that looks like
    it."""
    return "'" + text if text.startswith(FORMULA) else text


def _write_json(result: QueryResult, out: TextIO) -> None:
    names = _distinct(name for name, _ in result.columns)
    documents = [kind == "JSON" for _, kind in result.columns]
    out.write("[")
    for number, row in enumerate(result.rows):
        values = [
            json.loads(value) if document and isinstance(value, str) else _plain(value)
            for value, document in zip(row, documents, strict=True)
        ]
        out.write(",\n " if number else "\n ")
        out.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False))
    out.write("\n]\n")


def _distinct(names: Iterable[str]) -> list[str]:
    """Column names, those that occur twice numbered."""
    made: list[str] = []
    for name in names:
        free, number = name, 1
        while free in made:
            number += 1
            free = f"{name}_{number}"
        made.append(free)
    return made


def _plain(value: object) -> object:
    """A value as JSON has it: times as ISO 8601, intervals in seconds, NaN as null."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def _text(value: object) -> str:
    """A value as text: NULL is empty, lists and structures are JSON, times are as DuckDB prints
    them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        said = value.isoformat(sep=" ")
        return said.removesuffix(":00") if value.tzinfo else said
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(_plain(value), ensure_ascii=False)
    return str(value)
