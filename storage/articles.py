"""Articles: recognising those already held, and adding new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import Article, KnownArticle, Role
from storage.arrow import TEXT, TEXTS, TIME, incoming
from storage.blocks import add_removed
from storage.publishers import add_publishers, count_articles
from storage.rows import one_row
from storage.sketches import add_sketches


def known_articles(
    connection: duckdb.DuckDBPyConnection, url_keys: Sequence[str]
) -> dict[str, KnownArticle]:
    """The articles held under any of these URL keys, by key."""
    with incoming(connection, {"url_key": TEXT}, [(key,) for key in url_keys]):
        rows = connection.execute(
            "SELECT url_key, article_id, publisher, title, content_hash "
            "FROM internal.article_urls JOIN incoming USING (url_key) "
            "JOIN articles USING (article_id)"
        ).fetchall()
    of_no_feed = unlisted(connection, [name for _, name, *_ in rows])
    return {
        key: KnownArticle(name, publisher, title, content_hash, name in of_no_feed)
        for key, name, publisher, title, content_hash in rows
    }


def unlisted(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> set[str]:
    """Those of these articles that a backfill came upon, and no feed has had its word about yet."""
    if not article_ids:
        return set()
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(
            "SELECT article_id FROM incoming JOIN articles USING (article_id) "
            "ANTI JOIN entries USING (article_id) WHERE found_by = 'backfill'"
        ).fetchall()
    return {name for (name,) in rows}


def add_articles(
    connection: duckdb.DuckDBPyConnection,
    articles: Sequence[Article],
    roles: Mapping[str, tuple[str, Role]],
    *,
    now: datetime,
    canonical_keys: Sequence[tuple[str, str]] = (),
) -> None:
    """Add new articles with their story and role (by article id), addresses and sketches, and what
    was taken out of their bodies. `canonical_keys` (URL key, article id) are addresses that they
    declare as their original's."""
    add_publishers(connection, [article.publisher for article in articles], now=now)
    rows = [_article_row(article, *roles[article.article_id]) for article in articles]
    with incoming(connection, ARTICLE_COLUMNS, rows):
        connection.execute("INSERT INTO articles BY NAME FROM incoming")
    add_urls(
        connection, [(key, article.article_id) for article in articles for key in article.url_keys]
    )
    add_sketches(connection, [(article.article_id, article.sketch) for article in articles])
    add_removed(connection, {a.article_id: a.removed for a in articles if a.removed})
    if canonical_keys:
        with incoming(connection, {"url_key": TEXT, "article_id": TEXT}, canonical_keys):
            connection.execute("INSERT INTO internal.canonical_keys BY NAME FROM incoming")
    count_articles(connection, [article.publisher for article in articles])


def add_urls(connection: duckdb.DuckDBPyConnection, urls: Sequence[tuple[str, str]]) -> None:
    """Add addresses (URL key, article id) by which articles are known; known ones stay."""
    if not urls:
        return
    with incoming(connection, {"url_key": TEXT, "article_id": TEXT}, urls):
        added = one_row(
            connection,
            "INSERT INTO internal.article_urls BY NAME "
            "SELECT DISTINCT ON (url_key) url_key, article_id "
            "FROM incoming ANTI JOIN internal.article_urls USING (url_key)",
        )[0]
    if added:  # who looked addresses up before must do so again
        connection.execute("UPDATE internal.revision SET articles_revision = articles_revision + 1")


ARTICLE_COLUMNS = {
    "article_id": TEXT,
    "url": TEXT,
    "canonical_url": TEXT,
    "declared_canonical_url": TEXT,
    "publisher": TEXT,
    "title": TEXT,
    "authors": TEXTS,
    "published_at": TIME,
    "published_precision": TEXT,
    "published_source": TEXT,
    "sort_at": TIME,
    "modified_at": TIME,
    "first_seen_at": TIME,
    "fetched_at": TIME,
    "found_by": TEXT,
    "language": TEXT,
    "lead": TEXT,
    "body": TEXT,
    "word_count": pa.int32(),
    "tags": TEXTS,
    "section": TEXT,
    "image_url": TEXT,
    "credits": TEXTS,
    "credit_source": TEXT,
    "rights": TEXT,
    "content_status": TEXT,
    "content_hash": TEXT,
    "extractor": TEXT,
    "story_id": TEXT,
    "role": TEXT,
}
"""Columns of the table `articles`, by name: those of the fields of an Article that it keeps, and
two that matching decides."""


def _article_row(article: Article, story_id: str, role: Role) -> tuple[object, ...]:
    judged = {"story_id": story_id, "role": role}
    return tuple(
        judged[column] if column in judged else plain(getattr(article, column))
        for column in ARTICLE_COLUMNS
    )


def plain(value: object) -> object:
    """A field of an article as Arrow takes it."""
    return list(value) if isinstance(value, tuple) else value
