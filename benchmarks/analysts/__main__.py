"""What the analysts' database costs as it grows.

    nice python -m benchmarks.analysts [--articles 10000,100000] [--folder DIR]

For each size: seconds to publish, bytes an article, and each documented question in seconds of CPU
and of the clock on two threads, and as a ratio of CPU to a bare scan of the same columns. Prints
Markdown. DIR keeps the databases.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.analysts.generated import generate
from benchmarks.analysts.growth import table_sizes
from benchmarks.analysts.questions import QUESTIONS
from storage.database import Database
from storage.home import Home
from storage.publish import publish

REPEATS = 3
"""The quickest of so many counts; what else the machine does adds time and never takes any."""


class Took(NamedTuple):
    """Seconds of CPU on all threads, and of the clock."""

    cpu: float
    wall: float


Figures = dict[str, tuple[Took, Took]]
"""Of each question, and of the bare scan beside it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", default="10000,100000")
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    sizes = [int(size) for size in args.articles.split(",")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder or Path(scratch)
        asked: dict[int, Figures] = {}
        print("| articles | publish, CPU s | publish, s | file, MB | bytes an article |")
        print("| ---: | ---: | ---: | ---: | ---: |")
        for size in sizes:
            home = folder / str(size)
            made = Database(Home(home)) if home.exists() else generate(home, size)
            print(_published(made, size), flush=True)
            asked[size] = _questions(made)
    print(_table(asked))
    print(_tables(made))


def _published(database: Database, articles: int) -> str:
    cpu, wall = time.process_time(), time.monotonic()
    taken = publish(database, run_id=None, wirecopy_version="bench", now=datetime.now(UTC))
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    return (
        f"| {articles:,} | {cpu:.2f} | {wall:.2f} | {taken.bytes / 1e6:,.0f} "
        f"| {taken.bytes / articles:,.0f} |"
    )


def _questions(database: Database) -> Figures:
    with duckdb.connect(str(database.home.published), read_only=True) as connection:
        connection.execute("SET threads = 2")
        return {
            question.name: (_took(connection, question.query), _took(connection, question.scan))
            for question in QUESTIONS
        }


def _took(connection: duckdb.DuckDBPyConnection, sql: str) -> Took:
    found = []
    for _ in range(REPEATS):
        cpu, wall = time.process_time(), time.monotonic()
        connection.execute(sql).fetchall()
        found.append(Took(time.process_time() - cpu, time.monotonic() - wall))
    return min(found)


def _table(asked: dict[int, Figures]) -> str:
    heads = "".join(f" {size:,}: CPU s | s | ratio |" for size in asked)
    lines = ["", f"| question |{heads}", f"| --- |{' ---: | ---: | ---: |' * len(asked)}"]
    for question in QUESTIONS:
        cells = ""
        for figures in asked.values():
            took, scan = figures[question.name]
            ratio = took.cpu / max(scan.cpu, 1e-4)
            cells += f" {took.cpu:.3f} | {took.wall:.3f} | {ratio:.1f} |"
        lines.append(f"| {question.name} |{cells}")
    return "\n".join(lines)


def _tables(database: Database) -> str:
    """The size of each table in the largest file."""
    with duckdb.connect(str(database.home.published), read_only=True) as connection:
        return "\n".join(["", *table_sizes(connection)])


if __name__ == "__main__":
    main()
