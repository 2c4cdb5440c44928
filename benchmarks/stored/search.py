"""What the search for stored copies of new articles costs: `python -m benchmarks.stored.search`.

Invented sketches of a year of articles; 1,000 new ones are looked up with sketches as whole as they
come, and again when `wirecopy maintain` has shortened the old ones. Prints seconds of CPU on all
threads, the least of five, of the join and of the whole search (the stories of what was found
included), and the bytes of sketches an article.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from ingest.ids import random_id
from ingest.matching.sketch import SKETCH_SIZE
from storage.arrow import TEXT, incoming
from storage.database import Connection, Database
from storage.home import Home
from storage.rows import one_row, transaction
from storage.sketches import ARTICLE_ID, HASHES_KEPT, alike, shorten_sketches, sketch_parts

NEW = 1_000
RUNS = 5
SHINGLES = 600
"""Of an article: its smallest hashes lie in the low end of the range, where all search."""

NOW = datetime(2026, 11, 20, tzinfo=UTC)

_INVENT = f"""
CREATE TEMP TABLE invented AS
SELECT article_number, {ARTICLE_ID} AS article_id, first_seen_at
FROM (SELECT hash(number) AS article_number,
             $now - INTERVAL 365 days * (1 - number / $articles) AS first_seen_at
      FROM range($articles) AS numbers(number));

INSERT INTO articles BY NAME
SELECT article_id, '' AS url, '' AS canonical_url, '' AS publisher, '' AS title,
       first_seen_at AS sort_at, first_seen_at, first_seen_at AS fetched_at, 'poll' AS found_by,
       '' AS lead, '' AS body, 0 AS word_count, 'full' AS content_status, '' AS content_hash,
       '' AS extractor, 's' || article_id[2:] AS story_id, 'original' AS role
FROM invented ORDER BY first_seen_at;

INSERT INTO internal.sketches BY NAME
SELECT ((place + random()) / $shingles * 4294967295)::UINTEGER AS hash, article_number
FROM invented, range($kept) AS places(place) ORDER BY first_seen_at, article_number, place;
"""

_JOIN = "SELECT count(*) FROM internal.sketches JOIN searched USING (hash)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    print("| stored articles | old sketches | join of hashes | whole search | bytes an article |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for articles in parser.parse_args().articles:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(Home(Path(folder)))
            _invent(database, articles)
            _say(database, articles, "whole")
            began = time.process_time()
            with database.open() as connection:
                parts = sketch_parts(connection)
            for part in parts:
                with database.open() as connection, transaction(connection):
                    shorten_sketches(connection, part, now=NOW)
            took = time.process_time() - began
            _say(database, articles, f"short ({took:.1f} s to shorten them)")


def _invent(database: Database, articles: int) -> None:
    values = {"now": NOW, "articles": articles, "shingles": SHINGLES, "kept": HASHES_KEPT}
    with database.open() as connection, transaction(connection):
        connection.execute("SELECT setseed(0.5)")
        for sql in _INVENT.split(";\n"):
            if sql.strip():
                used = {name: value for name, value in values.items() if f"${name}" in sql}
                connection.execute(sql, used)


def _say(database: Database, articles: int, sketches: str) -> None:
    chosen = random.Random(1)
    searched = [
        (int((place + chosen.random()) / SHINGLES * (2**32 - 1)), name)
        for name in (random_id("a") for _ in range(NEW))
        for place in range(SKETCH_SIZE)
    ]
    with database.open() as connection:
        connection.execute("CHECKPOINT")
        with incoming(connection, {"hash": pa.uint32(), "new_id": TEXT}, searched, name="searched"):
            join = _cpu(lambda: connection.execute(_JOIN).fetchall())
        search = _cpu(lambda: alike(connection, searched))
        each = _bytes(connection) / articles
    print(f"| {articles:,} | {sketches} | {join:.3f} | {search:.2f} | {each:,.0f} |", flush=True)


def _cpu(do: Callable[[], object]) -> float:
    took = []
    for _ in range(RUNS):
        began = time.process_time()
        do()
        took.append(time.process_time() - began)
    return min(took)


def _bytes(connection: Connection) -> int:
    """Of the blocks that sketches take in the file."""
    blocks = one_row(
        connection,
        "SELECT count(DISTINCT block_id) FROM pragma_storage_info('working.internal.sketches') "
        "WHERE block_id >= 0",
    )[0]
    size = one_row(connection, "SELECT block_size FROM pragma_database_size() LIMIT 1")[0]
    return int(blocks) * int(size)


if __name__ == "__main__":
    main()
