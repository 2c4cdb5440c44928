"""What the analysts' database costs as it grows.

    nice python -m benchmarks.analysts [--articles 10000,100000] [--folder DIR]

For each size: seconds of CPU to publish, bytes an article, and each documented question in seconds
of CPU and as a ratio to a bare scan of the same columns. Prints Markdown. DIR keeps the databases.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.analysts.generated import generate
from benchmarks.analysts.growth import table_sizes
from benchmarks.analysts.questions import QUESTIONS
from storage.database import Database
from storage.home import Home
from storage.publish import publish

REPEATS = 3
"""The quickest of so many counts; what else the machine does adds time and never takes any."""

Figures = dict[str, tuple[float, float]]


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
            question.name: (_cpu(connection, question.query), _cpu(connection, question.scan))
            for question in QUESTIONS
        }


def _cpu(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Seconds of CPU, on all threads."""
    found = []
    for _ in range(REPEATS):
        began = time.process_time()
        connection.execute(sql).fetchall()
        found.append(time.process_time() - began)
    return min(found)


def _table(asked: dict[int, Figures]) -> str:
    heads = "".join(f" {size:,}: CPU s | ratio |" for size in asked)
    lines = ["", f"| question |{heads}", f"| --- |{' ---: | ---: |' * len(asked)}"]
    for question in QUESTIONS:
        cells = ""
        for figures in asked.values():
            took, scan = figures[question.name]
            cells += f" {took:.3f} | {took / max(scan, 1e-4):.1f} |"
        lines.append(f"| {question.name} |{cells}")
    return "\n".join(lines)


def _tables(database: Database) -> str:
    """The size of each table in the largest file."""
    with duckdb.connect(str(database.home.published), read_only=True) as connection:
        return "\n".join(["", *table_sizes(connection)])


if __name__ == "__main__":
    main()
