"""Exports: the public tables as Parquet, CSV or JSON Lines, one folder per month.

A folder holds `TABLE/month=YYYY-MM/TABLE.parquet`, or `TABLE/TABLE.parquet` for the small tables.
`export.json` in it says what each file was made from, so that the next export writes only what has
changed and removes what is no more.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from ingest.errors import ConfigurationError
from storage.database import storage_errors
from storage.home import Home
from storage.query import open_published

MANIFEST = "export.json"

MONTHS = {
    "articles": "sort_at",
    "article_versions": "seen_at",
    "entries": "first_seen_at",
    "polls": "started_at",
    "publisher_days": "day",
    "reprints": "(SELECT sort_at FROM articles WHERE articles.article_id = reprints.article_id)",
    "stories": "first_published_at",
}
"""Tables that are divided by month, and the time that decides; the others are one file each."""

TEXTS = {
    "articles": ("body",),
    "article_versions": ("body",),
    "entries": ("summary",),
    "reprints": ("added_text",),
}
"""Columns that carry the articles' texts: left out of an export that is to be shared."""

SOURCES = {
    "article_versions": "(FROM article_versions WHERE article_id IN "
    "(SELECT article_id FROM internal.versions WHERE version > 1))"
}
"""Views that are exported too. Articles with one version are left out: articles has their text."""

WRITING = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT json",
}


class Progress(Protocol):
    """Told how far the export is."""

    def stage(self, name: str, total: int) -> None: ...

    def advance(self, name: str, done: int = 1) -> None: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: files written (and their bytes), left as they were since nothing had
    changed, and removed."""

    folder: Path
    form: str
    body: bool
    written: int
    unchanged: int
    removed: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A file to write: a table's rows of one month (None: all rows), and their fingerprint."""

    table: str
    month: str | None
    fingerprint: str

    def path(self, form: str) -> str:
        month = f"month={self.month}/" if self.month else ""
        return f"{self.table}/{month}{self.table}.{form}"


def export_tables(
    home: Home, folder: Path, *, form: str, body: bool, progress: Progress
) -> Exported:
    """Bring the folder up to date with the last snapshot; `form` is parquet, csv or jsonl.

    Raises ConfigurationError when there is no snapshot, or when the folder is not one that an
    export of the same kind has made; DiskFull or StorageError when it cannot be written.
    """
    with open_published(home) as connection, storage_errors(home):
        before = _manifest(folder, form=form, body=body)
        columns = {table: _columns(connection, table, body) for table in _tables(connection)}
        parts = [
            part for table, names in columns.items() for part in _parts(connection, table, names)
        ]
        stale = [
            part
            for part in parts
            if before.get(part.path(form)) != part.fingerprint
            or not (folder / part.path(form)).exists()
        ]
        progress.stage("files", len(stale))
        written = 0
        for part in stale:
            written += _write(connection, folder, part, form, columns[part.table])
            progress.advance("files")
        wanted = {part.path(form): part.fingerprint for part in parts}
        removed = [path for path in before if path not in wanted]
        for path in removed:
            _remove(folder, path)
        _describe(folder, form=form, body=body, files=wanted)
    return Exported(folder, form, body, len(stale), len(parts) - len(stale), len(removed), written)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary"
    ).fetchall()
    return sorted([*(row[0] for row in rows), *SOURCES])


def _columns(
    connection: duckdb.DuckDBPyConnection, table: str, body: bool
) -> list[tuple[str, str]]:
    """Names and types of the columns to export."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE schema_name = 'main' AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    left_out = () if body else TEXTS.get(table, ())
    return [(name, kind) for name, kind in rows if name not in left_out]


def _parts(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]
) -> Iterator[_Part]:
    """The files of a table. The fingerprint does not depend on the order of rows."""
    names = ", ".join(f'"{name}"' for name, _ in columns)
    month = f"strftime({_moment(table)}, '%Y-%m')" if table in MONTHS else "NULL"
    rows = connection.execute(
        f"SELECT month, count(*) || '-' || bit_xor(fingerprint) || '-' || sum(fingerprint) "  # noqa: S608
        f"FROM (SELECT {month} AS month, hash({names}) AS fingerprint FROM {_source(table)}) "
        "GROUP BY month ORDER BY month"
    ).fetchall()
    schema = hashlib.sha256(repr(columns).encode()).hexdigest()[:8]
    for found, fingerprint in rows or [(None, "0")]:
        if found is None and table in MONTHS:
            continue
        yield _Part(table, found, f"{fingerprint}-{schema}")


def _source(table: str) -> str:
    return SOURCES.get(table, table)


def _moment(table: str) -> str:
    moment = MONTHS[table]
    return moment if moment == "day" else f"{moment} AT TIME ZONE 'UTC'"


def _write(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    part: _Part,
    form: str,
    columns: list[tuple[str, str]],
) -> int:
    path = folder / part.path(form)
    path.parent.mkdir(parents=True, exist_ok=True)
    unready = path.with_name(f".{path.name}.part")
    chosen = ", ".join(_value(name, kind, form) for name, kind in columns)
    where = f"WHERE strftime({_moment(part.table)}, '%Y-%m') = '{part.month}'" if part.month else ""
    target = str(unready).replace("'", "''")
    try:
        connection.execute(
            f"COPY (SELECT {chosen} FROM {_source(part.table)} {where} ORDER BY 1) "  # noqa: S608
            f"TO '{target}' ({WRITING[form]})"
        )
        size = unready.stat().st_size
        os.replace(unready, path)
    finally:
        unready.unlink(missing_ok=True)
    return size


def _value(name: str, kind: str, form: str) -> str:
    """A column as the format has it. In CSV, lists and structures are JSON, and no text can be
    taken for a formula."""
    column = f'"{name}"'
    if form != "csv":
        return column
    if kind.endswith("[]") or kind == "JSON":
        column = f"to_json({column})::VARCHAR"
    elif kind != "VARCHAR":
        return column
    formula = f"regexp_matches({column}, '^[=+\\-@\\t\\r]')"
    return f"CASE WHEN {formula} THEN '''' || {column} ELSE {column} END AS \"{name}\""


def _manifest(folder: Path, *, form: str, body: bool) -> Mapping[str, str]:
    """The files of earlier exports to this folder, and what they were made from."""
    file = folder / MANIFEST
    if not file.exists():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigurationError(
                f"{folder} is no empty folder and no earlier export: name another, or a new one."
            )
        return {}
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
        same = (made["format"], made["body"]) == (form, body)
        files: dict[str, str] = dict(made["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error}. Remove the folder, or name another."
        ) from None
    if not same:
        kind = f"{made['format']} {'with' if made['body'] else 'without'} texts"
        raise ConfigurationError(
            f"{folder} holds an export as {kind}. Export to another folder, or remove this one."
        )
    return files


def _describe(folder: Path, *, form: str, body: bool, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unready = folder / f".{MANIFEST}.part"
    said = {"format": form, "body": body, "files": files}
    unready.write_text(json.dumps(said, indent=1), encoding="utf-8")
    os.replace(unready, folder / MANIFEST)


def _remove(folder: Path, path: str) -> None:
    file = folder / path
    file.unlink(missing_ok=True)
    for empty in (file.parent, file.parent.parent):
        if empty != folder and empty.is_dir() and not any(empty.iterdir()):
            empty.rmdir()
