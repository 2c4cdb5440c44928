"""Articles from a file: text that somebody else has extracted, matched and loaded as any other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from flows.pages import load_articles
from flows.run import Run, Setup, finish, publish_if_due, report, started
from flows.tally import RunReport
from ingest.errors import BadRow, ConfigurationError
from ingest.imports import imported_article
from ingest.types import Article

ROWS_TOGETHER = 500
"""Rows that are loaded in one transaction."""

JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")


def import_articles(setup: Setup, file: Path) -> RunReport:
    """Load every row of the file. A bad row is counted and reported, and the rest goes on; rows
    loaded before are known by their URL and stay as they are, so that the command can be repeated.

    Raises ConfigurationError when the file is missing, or neither JSON Lines nor Parquet.
    """
    rows = _rows(file)
    with started(setup, "backfill") as run:
        setup.progress.stage("rows", 0)
        seen = 0
        while batch := list(islice(rows, ROWS_TOGETHER)):
            seen += len(batch)
            setup.progress.stage("rows", seen)
            setup.step(f"load {len(batch)} rows", partial(_load_rows, run, batch))
            publish_if_due(run)
        finish(run, "completed")
    return report(run, "completed", publish_if_due(run, at_end=True))


def _load_rows(run: Run, rows: list[Mapping[str, Any] | BadRow]) -> None:
    articles: list[tuple[str, Article]] = []
    for row in rows:
        try:
            if isinstance(row, BadRow):
                raise row
            article = imported_article(row, now=run.now(), publisher_of=run.publisher_of)
            articles.append((article.url_keys[0], article))
        except BadRow as error:
            run.tally.fail(error.url or "row without url", error)
    load_articles(run, articles, [])
    run.setup.progress.advance("rows", len(rows))


def _rows(file: Path) -> Iterator[Mapping[str, Any] | BadRow]:
    if not file.is_file():
        raise ConfigurationError(f"There is no file {file}.")
    if file.suffix in PARQUET:
        return _parquet_rows(file)
    if file.suffix in JSON_LINES:
        return _json_rows(file)
    raise ConfigurationError(
        f"{file} is neither JSON Lines ({', '.join(JSON_LINES)}) nor Parquet ({PARQUET[0]})."
    )


def _json_rows(file: Path) -> Iterator[Mapping[str, Any] | BadRow]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
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


def _parquet_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        table = parquet.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise ConfigurationError(f"{file} is not readable as Parquet: {error}.") from None
    for batch in table.iter_batches(ROWS_TOGETHER):
        yield from batch.to_pylist()
