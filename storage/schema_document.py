"""The schema of the published file as a document, read from a database made by the migrations.

    python -m storage.schema_document [FILE]

Prints it, or writes FILE. Relations are those that the columns' comments state, as in
``(stories.story_id)``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from storage.migrate import migrate

_REFERENCE = re.compile(r"\((\w+)\.(\w+)\)")
_SHORT = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}

INTRODUCTION = """\
# The schema of news.duckdb

Made from the database by `make docs`; a test fails when it is not current. The same words are in
the file itself: `SELECT table_name, column_name, comment FROM duckdb_columns()`.

All times are TIMESTAMPTZ; days are days in UTC, whatever the TimeZone of the session. Lists are
empty, never NULL. Ids are text: a letter and 13 characters. The schema `internal` is the pipeline's
own and not described here.
"""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    nullable: bool
    comment: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A table or view, with its columns in order."""

    name: str
    comment: str
    columns: tuple[_Column, ...]


def schema_document() -> str:
    """The document, in Markdown."""
    with duckdb.connect() as connection:
        migrate(connection, now=datetime(2000, 1, 1, tzinfo=UTC))
        tables = _read(connection, "duckdb_tables()", "table_name")
        views = _read(connection, "duckdb_views()", "view_name")
        macros = connection.execute(
            "SELECT DISTINCT function_name, parameters, comment, function_type = 'table_macro' "
            "FROM duckdb_functions() WHERE NOT internal AND schema_name = 'main' ORDER BY ALL"
        ).fetchall()
    parts = [INTRODUCTION, _diagram(tables), "## Tables\n", *map(_section, tables)]
    parts += ["## Views\n", *map(_section, views), "## Macros\n", _macros(macros)]
    return "\n".join(parts)


def _read(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> list[_Table]:
    named = connection.execute(
        f"SELECT {name}, comment FROM {source} "  # noqa: S608
        "WHERE NOT internal AND schema_name = 'main' ORDER BY 1"
    ).fetchall()
    found = []
    for table, comment in named:
        columns = connection.execute(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
            "WHERE schema_name = 'main' AND table_name = ? ORDER BY column_index",
            [table],
        ).fetchall()
        found.append(
            _Table(
                table,
                comment,
                tuple(
                    _Column(column, _SHORT.get(kind, kind), nullable, said)
                    for column, kind, nullable, said in columns
                ),
            )
        )
    return found


def _diagram(tables: Sequence[_Table]) -> str:
    lines = ["```mermaid", "erDiagram"]
    names = {table.name for table in tables}
    for table in tables:
        for column in table.columns:
            for target, _ in _REFERENCE.findall(column.comment):
                if target in names and target != table.name:
                    ends = "|o--o{" if column.nullable else "||--o{"
                    lines.append(f"    {target} {ends} {table.name} : {column.name}")
    for table in tables:
        lines.append(f"    {table.name} {{")
        lines += [
            f"        {column.kind.replace('[]', '_list')} {column.name}"
            for column in table.columns
        ]
        lines.append("    }")
    return "\n".join([*lines, "```\n"])


def _section(table: _Table) -> str:
    lines = [f"### {table.name}\n", f"{_plain(table.comment)}\n"]
    lines += ["| column | type | meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `{column.name}` | {column.kind} | {_plain(column.comment)} |"
        for column in table.columns
    ]
    return "\n".join(lines) + "\n"


def _macros(macros: Sequence[tuple[str, list[str], str, bool]]) -> str:
    lines = ["| macro | gives | meaning |", "| --- | --- | --- |"]
    for name, parameters, comment, rows in macros:
        gives = "rows" if rows else "a value"
        lines.append(f"| `{name}({', '.join(parameters)})` | {gives} | {_plain(comment)} |")
    return "\n".join(lines) + "\n"


def _plain(comment: str) -> str:
    return comment.replace("|", "\\|")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(schema_document(), encoding="utf-8")
    else:
        print(schema_document(), end="")
