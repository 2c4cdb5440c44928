"""What a year of polling leaves in the database.

    nice python -m benchmarks.analysts.growth [--feeds 5000] [--days 365] [--keep-polls 90]

Goes through the year a day at a time: that day's polls, entries and articles come in, and once a
week old polls are counted by publisher and day and dropped, as `wirecopy maintain` does. Each
quarter it prints the size of every table and of the working file, what retiring the polls took, and
at the end what a snapshot takes. Numbers of polls are those that the polling policy spends on the
simulated mix of feeds (docs/polling.md), agencies apart; articles are `--articles` a feed and day.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.analysts.generated import paragraphs
from storage.arrow import TEXT, incoming
from storage.database import Connection, Database
from storage.home import Home
from storage.publish import publish
from storage.retention import retire_polls

START = date(2025, 11, 20)
POLLS_A_DAY = 37
"""Of a feed, on average: 5.6 million in 30 days for 5,000 feeds."""

FAILED_OF_A_THOUSAND = 30
LISTED_TWICE = 1.2
"""Entries an article: sections of one outlet list the same pages."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--articles", type=float, default=0.5, help="a feed and day")
    parser.add_argument("--keep-polls", type=int, default=90, help="days, as keep_polls_days")
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(Home(args.folder or Path(scratch)))
        with database.write() as connection:
            _run(connection, _FEEDS, feeds=args.feeds, start=START)
        pool = paragraphs(1)
        each = round(args.feeds * args.articles)
        for day in range(args.days):
            _add_day(database, day, each, pool)
            if day % 7 == 6 or day == args.days - 1:
                took = _retire(database, day, args.keep_polls)
            if day % 91 == 90 or day == args.days - 1:
                print(f"\nafter {day + 1} days; retiring polls: {took:.1f} s of CPU\n")
                print(_sizes(database), flush=True)
        began, cpu = time.monotonic(), time.process_time()
        taken = publish(database, run_id=None, wirecopy_version="bench", now=datetime.now(UTC))
        print(
            f"\nsnapshot: {taken.bytes / 1e6:,.0f} MB, {time.monotonic() - began:.1f} s, "
            f"{time.process_time() - cpu:.1f} s of CPU"
        )


def _add_day(database: Database, day: int, articles: int, pool: list[str]) -> None:
    start, first, end = START + timedelta(days=day), day * articles, (day + 1) * articles
    with (
        database.write() as connection,
        incoming(connection, {"text": TEXT}, [(text,) for text in pool], name="pool"),
    ):
        _run(connection, _POLLS, start=start, polls=POLLS_A_DAY, failing=FAILED_OF_A_THOUSAND)
        _run(connection, _ARTICLES, start=start, first=first, end=end)
        _run(connection, _STORIES + _URLS + _SKETCHES, first=first, end=end)
        listed = {"first": int(first * LISTED_TWICE), "end": int(end * LISTED_TWICE)}
        _run(connection, _ENTRIES, start=start, twice=LISTED_TWICE, **listed)


def _run(connection: Connection, sql: str, **values: object) -> None:
    """Execute statements one by one, each with those of the values that it names."""
    for statement in sql.split(";"):
        named = {name: value for name, value in values.items() if f"${name}" in statement}
        connection.execute(statement, named)


def _retire(database: Database, day: int, keep: int) -> float:
    began = time.process_time()
    now = datetime.combine(START, datetime.min.time(), UTC) + timedelta(days=day + 1, hours=3)
    with database.write() as connection:
        retire_polls(connection, now=now, keep=timedelta(days=keep))
    return time.process_time() - began


def _sizes(database: Database) -> str:
    with database.open() as connection:
        lines = [*table_sizes(connection), ""]
        used, total, block = connection.execute(
            "SELECT used_blocks, total_blocks, block_size FROM pragma_database_size() "
            "WHERE database_name = 'working'"
        ).fetchall()[0]
    lines.append(
        f"file: {total * block / 1e6:,.0f} MB, of which {(total - used) * block / 1e6:,.0f} free"
    )
    return "\n".join(lines)


def table_sizes(connection: Connection) -> list[str]:
    """Markdown: rows and megabytes of each table that has rows, by the blocks it fills."""
    (block,) = connection.execute("SELECT max(block_size) FROM pragma_database_size()").fetchall()[
        0
    ]
    tables = connection.execute(
        "SELECT schema_name || '.' || table_name, estimated_size FROM duckdb_tables() "
        "WHERE database_name = current_database() ORDER BY ALL"
    ).fetchall()
    lines = ["| table | rows | MB |", "| --- | ---: | ---: |"]
    for table, rows in tables:
        (blocks,) = connection.execute(
            "SELECT count(DISTINCT block_id) FROM ("
            f"SELECT block_id FROM pragma_storage_info('{table}') WHERE persistent "
            f"UNION SELECT unnest(additional_block_ids) FROM pragma_storage_info('{table}'))"
        ).fetchall()[0]
        if rows:
            lines.append(f"| {table} | {rows:,} | {blocks * block / 1e6:,.1f} |")
    return lines


# Ids as they are: of 13 characters that look like chance.


def _id(letter: str, number: str) -> str:
    return f"'{letter}' || substr(md5('{letter}' || ({number})::BIGINT), 1, 13)"


_FEEDS = f"""
INSERT INTO publishers (publisher, name, feeds, first_seen_at)
SELECT 'outlet' || i || '.example', 'Outlet ' || i, 2, $start FROM range($feeds // 2) AS t(i);
INSERT INTO feeds BY NAME
SELECT {_id("f", "i")} AS feed_id, 'https://outlet' || i // 2 || '.example/feed' || i AS url,
       url AS current_url, 'outlet' || i // 2 || '.example' AS publisher, 'Feed' AS title,
       $start AS next_poll_at, 'rss' AS format, 'en' AS language, $start AS added_at,
       INTERVAL 1 HOUR AS poll_interval,
       'no_change' AS last_outcome
FROM range($feeds) AS t(i)
"""

_POLLS = f"""
INSERT INTO polls BY NAME
SELECT * EXCLUDE (draw) FROM (
    SELECT {_id("p", "hash(feed_id, i, $start)::HUGEINT % 1e18")} AS poll_id,
           {_id("r", "hash($start, i * 288 // $polls)::HUGEINT % 1e18")} AS run_id, feed_id,
           $start::TIMESTAMPTZ + to_seconds(i * 86400 // $polls + hash(feed_id) % 600)
               AS started_at,
           (hash(i, feed_id, $start) % 900)::INTEGER AS elapsed_ms,
           hash(feed_id, i, $start) % 1000 AS draw,
           CASE WHEN draw < $failing THEN 'http_5xx' WHEN draw < 5 * $failing THEN 'new_entries'
                WHEN draw < 9 * $failing THEN 'no_change' ELSE 'not_modified' END AS outcome,
           CASE WHEN draw < $failing THEN 503 WHEN draw < 9 * $failing THEN 200 ELSE 304 END
               AS http_status,
           CASE WHEN draw < 9 * $failing THEN 5000 + hash(feed_id, i) % 60000 ELSE 0 END AS bytes,
           CASE WHEN draw < $failing THEN 'The server said 503 Service Unavailable.' END AS error
    FROM feeds, range($polls) AS t(i)
)
ORDER BY started_at
"""

_ARTICLES = f"""
INSERT INTO articles BY NAME
WITH texts AS (SELECT list(text) AS pool FROM pool),
made AS (
    SELECT i, i - CASE WHEN i % 4 = 3 THEN 1 ELSE 0 END AS source,
           hash(i) % (SELECT count(*) FROM publishers) AS p, pool
    FROM range($first, $end) AS t(i), texts
)
SELECT {_id("a", "i")} AS article_id,
       'https://outlet' || p || '.example/news/' || i || '-some-words-of-a-title' AS url,
       url AS canonical_url, 'outlet' || p || '.example' AS publisher,
       pool[(1 + hash(source) % len(pool))::BIGINT][:60] AS title,
       ['Ann Author ' || hash(i) % 900] AS authors,
       $start::TIMESTAMPTZ + to_seconds(hash(i, 1) % 86400) AS published_at,
       'second' AS published_precision, 'feed' AS published_source, published_at AS sort_at,
       published_at + INTERVAL 20 MINUTE AS first_seen_at, first_seen_at AS fetched_at,
       'poll' AS found_by, 'en' AS language,
       array_to_string(
           list_transform(range(14), lambda n: pool[(1 + hash(source, n) % len(pool))::BIGINT]),
           chr(10)) AS body,
       body[:200] AS lead, len(string_split(body, ' '))::INTEGER AS word_count, ['news'] AS tags,
       'full' AS content_status, md5(source::VARCHAR) AS content_hash, 'generated' AS extractor,
       {_id("s", "source")} AS story_id,
       CASE WHEN i = source THEN 'original' ELSE 'reprint' END AS role
FROM made
"""

_STORIES = f"""
INSERT INTO stories BY NAME
SELECT story_id, min(article_id) FILTER (role = 'original') AS representative_article_id,
       representative_article_id AS original_article_id, 'held' AS original_status,
       min(title) AS title, 'en' AS language, min(sort_at) AS first_published_at,
       max(sort_at) AS last_published_at, count(*) AS article_count,
       count(DISTINCT publisher) AS publisher_count, max(sort_at) AS changed_at
FROM articles
WHERE article_id IN (SELECT {_id("a", "i")} FROM range($first, $end) AS t(i))
GROUP BY story_id HAVING representative_article_id IS NOT NULL;
"""

_URLS = f"""
INSERT INTO internal.article_urls
SELECT 'outlet.example/news/' || i || '-some-words-of-a-title', {_id("a", "i")}
FROM range($first, $end) AS t(i);
"""

_SKETCHES = f"""
INSERT INTO internal.sketches
SELECT (hash(i, n) % 4294967296)::UINTEGER, hash(i)
FROM range($first, $end) AS t(i), range(32) AS s(n) ORDER BY i, n;
INSERT INTO internal.block_sightings
SELECT 'outlet' || hash(i) % (SELECT count(*) FROM publishers) || '.example', hash(i, n),
       {_id("a", "i")}
FROM range($first, $end) AS t(i), range(14) AS s(n) ORDER BY i, n
"""

_ENTRIES = f"""
INSERT INTO entries BY NAME
SELECT {_id("e", "i")} AS entry_id, {_id("f", "hash(i) % (SELECT count(*) FROM feeds)")} AS feed_id,
       'https://outlet.example/news/' || (i / $twice)::BIGINT || '-some-words-of-a-title' AS url,
       url AS guid, md5(i::VARCHAR) || md5(url) AS title,
       md5(title) || md5(guid) || md5(url) || md5(title || url) AS summary,
       $start::TIMESTAMPTZ + to_seconds(hash(i, 1) % 86400) AS published_at,
       published_at::VARCHAR AS published_raw, published_at + INTERVAL 20 MINUTE AS first_seen_at,
       'done' AS status, 1 AS attempts, {_id("a", "(i / $twice)::BIGINT")} AS article_id
FROM range($first, $end) AS t(i);
INSERT INTO internal.entry_keys
SELECT {_id("e", "i")}, {_id("f", "hash(i) % (SELECT count(*) FROM feeds)")},
       'outlet.example/news/' || (i / $twice)::BIGINT || '-some-words-of-a-title', md5(i::VARCHAR)
FROM range($first, $end) AS t(i)
"""


if __name__ == "__main__":
    main()
