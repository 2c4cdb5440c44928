"""Databases of any size: invented articles, stories and polls, made by SQL from a seed.

Bodies are put together from 40,000 invented paragraphs, about 2.6 KB each as on real news pages;
one article in four is a reprint; publishers and days share the articles unevenly.
"""

from __future__ import annotations

import random
from pathlib import Path

from newsroom.english import ENGLISH
from newsroom.prose import Writer
from storage.arrow import TEXT, incoming
from storage.database import Connection, Database
from storage.home import Home

PARAGRAPHS = 40_000
PARAGRAPHS_EACH = 14
DAYS = 365
ARTICLES_EACH = 400
"""Articles of an average publisher in the year."""
POLL_DAYS = 30
POLLS_A_DAY = 12
TOGETHER = 20_000
"""Articles that are made in one transaction, so that 256 MB of buffers suffice."""


def generate(folder: Path, articles: int, *, seed: int = 1) -> Database:
    """A home whose working database holds so many articles."""
    database = Database(Home(folder))
    publishers = max(10, articles // ARTICLES_EACH)
    with database.write() as connection:
        _add_publishers(connection, publishers)
        _add_polls(connection)
    pool = paragraphs(seed, min(PARAGRAPHS, PARAGRAPHS_EACH * articles))
    for start in range(0, articles, TOGETHER):
        with (
            database.write() as connection,
            incoming(connection, {"text": TEXT}, [(text,) for text in pool], name="pool"),
        ):
            _add_articles(connection, start, articles, publishers)
    with database.write() as connection:
        connection.execute(_STORIES)
        connection.execute(_REPRINTS)
        connection.execute(_COUNTS)
    return database


def paragraphs(seed: int, count: int = PARAGRAPHS) -> list[str]:
    """So many invented paragraphs."""
    writer, rng = Writer(ENGLISH), random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        found += writer.article(rng, words=600).paragraphs
    return found[:count]


def _add_publishers(connection: Connection, publishers: int) -> None:
    connection.execute(
        """
        INSERT INTO publishers BY NAME
        SELECT 'outlet' || i || '.example' AS publisher, 'Outlet ' || i AS name, 1 AS feeds,
               TIMESTAMPTZ '2025-11-20 00:00+00' AS first_seen_at
        FROM range($publishers) AS t(i)
        """,
        {"publishers": publishers},
    )
    connection.execute(
        """
        INSERT INTO feeds BY NAME
        SELECT 'f' || lpad(row_number() OVER ()::VARCHAR, 13, '0') AS feed_id,
               'https://' || publisher || '/feed.xml' AS url, url AS current_url, publisher,
               name AS title, 'rss' AS format, 'en' AS language,
               first_seen_at AS added_at, TIMESTAMPTZ '2026-11-20 12:00+00' AS last_poll_at,
               TIMESTAMPTZ '2026-11-20 14:00+00' AS next_poll_at, INTERVAL 2 HOUR AS poll_interval,
               'no_change' AS last_outcome
        FROM publishers
        """
    )


def _add_polls(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO runs (run_id, kind, started_at, finished_at, outcome) "
        "VALUES ('r0000000000001', 'poll', '2026-11-20', '2026-11-20', 'completed')"
    )
    connection.execute(
        """
        INSERT INTO polls BY NAME
        SELECT 'p' || lpad(row_number() OVER ()::VARCHAR, 13, '0') AS poll_id,
               'r0000000000001' AS run_id, feed_id,
               TIMESTAMPTZ '2026-11-20 12:00+00' - to_hours(i * 24 // $a_day)
                   + to_seconds(hash(feed_id, i) % 3600) AS started_at,
               (hash(i, feed_id) % 900)::INTEGER AS elapsed_ms,
               CASE hash(feed_id, i, 1) % 20 WHEN 0 THEN 'http_5xx' WHEN 1 THEN 'new_entries'
                    ELSE 'not_modified' END AS outcome, 200 AS http_status
        FROM feeds, range($polls) AS t(i)
        ORDER BY started_at
        """,
        {"polls": POLL_DAYS * POLLS_A_DAY, "a_day": POLLS_A_DAY},
    )


def _add_articles(connection: Connection, start: int, total: int, publishers: int) -> None:
    end = min(total, start + TOGETHER)
    connection.execute(
        _ARTICLES,
        {
            "start": start,
            "end": end,
            "total": total,
            "publishers": publishers,
            "days": DAYS,
            "each": PARAGRAPHS_EACH,
        },
    )
    connection.execute(
        """
        INSERT INTO internal.article_urls
        SELECT url, article_id FROM articles
        WHERE article_id BETWEEN 'a' || lpad($start::VARCHAR, 13, '0')
                             AND 'a' || lpad(($end - 1)::VARCHAR, 13, '0')
        """,
        {"start": start, "end": end},
    )
    connection.execute(
        """
        INSERT INTO internal.sketches
        SELECT (hash(i, n) % 4294967296)::UINTEGER,
               list_reduce(list_transform(string_split(i::VARCHAR, ''), lambda x: x::UBIGINT),
                           lambda number, digit: number * 32 + digit)
        FROM range($start, $end) AS t(i), range(32) AS s(n)
        """,
        {"start": start, "end": end},
    )


# Article i is a reprint of article i - 1, i - 2 or i - 3 when i % 4 is not 0 and a draw says so.
_ARTICLES = """
INSERT INTO articles BY NAME
WITH numbers AS (
    SELECT i, i - CASE WHEN hash(i, 'reprint') % 3 = 0 THEN i % 4 ELSE 0 END AS source
    FROM range($start, $end) AS t(i)
),
texts AS (
    SELECT list(text) AS pool FROM pool
),
made AS (
    SELECT i, source, hash(i, 'publisher') % $publishers AS p, hash(i, 'publisher', 2) % $publishers
               AS q,
           TIMESTAMPTZ '2025-11-20 12:00+00'
               + to_seconds((source::BIGINT * $days * 86400 // $total)
                            + (i - source) * 5000) AS moment,
           pool[(1 + hash(source, 'title') % len(pool))::BIGINT] AS about,
           list_transform(range($each), lambda n: pool[(1 + hash(source, n) % len(pool))::BIGINT])
               AS paragraphs
    FROM numbers, texts
)
SELECT 'a' || lpad(i::VARCHAR, 13, '0') AS article_id,
       'https://outlet' || least(p, q) || '.example/news/' || i || '-some-words-of-a-title' AS url,
       url AS canonical_url, 'outlet' || least(p, q) || '.example' AS publisher,
       about[:50 + hash(i) % 30] AS title, ['Ann Author ' || hash(i, 'author') % 900] AS authors,
       moment AS published_at, 'second' AS published_precision, 'feed' AS published_source,
       moment AS sort_at, moment AS first_seen_at, moment + INTERVAL 1 HOUR AS fetched_at,
       'poll' AS found_by,
       'en' AS language, paragraphs[1] AS lead, array_to_string(paragraphs, chr(10)) AS body,
       len(string_split(body, ' '))::INTEGER AS word_count, ['news'] AS tags,
       'full' AS content_status, hash(source)::VARCHAR AS content_hash,
       'generated 1' AS extractor, 's' || lpad(source::VARCHAR, 13, '0') AS story_id,
       CASE WHEN i = source THEN 'original' ELSE 'reprint' END AS role
FROM made
"""

_STORIES = """
INSERT INTO stories BY NAME
SELECT story_id, min(article_id) AS representative_article_id, min(article_id)
           AS original_article_id,
       'held' AS original_status, min_by(title, article_id) AS title, 'en' AS language,
       min(sort_at) AS first_published_at, max(sort_at) AS last_published_at,
       count(*) AS article_count, count(DISTINCT publisher) AS publisher_count,
       max(sort_at) AS changed_at
FROM articles GROUP BY story_id
"""

_REPRINTS = """
INSERT INTO reprints BY NAME
SELECT articles.article_id, story_id, original_article_id, 'full' AS relation, 1 AS containment,
       0.95 AS similarity, sort_at - first_published_at AS lag, '' AS added_text, '[]' AS evidence
FROM articles JOIN stories USING (story_id) WHERE role = 'reprint'
"""

_COUNTS = """
UPDATE publishers SET articles = counted.articles
FROM (SELECT publisher, count(*) AS articles FROM articles GROUP BY publisher) AS counted
WHERE publishers.publisher = counted.publisher
"""
