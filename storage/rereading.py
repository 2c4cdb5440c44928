"""Stored articles whose page is read again: what is stored of them, and what is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from ingest.types import ArchivePlace, Article, CleanedText, FeedEntry, StoredArticle
from storage.arrow import TEXT, incoming, of_incoming
from storage.articles import ARTICLE_COLUMNS, add_urls, plain
from storage.blocks import removed_blocks, rewrite_texts


def stored_articles(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> dict[str, StoredArticle]:
    """Those of these articles that are held, by id."""
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(_STORED).fetchall()
    removed = removed_blocks(connection, article_ids)
    stored = {}
    for row in rows:
        fields: dict[str, Any] = dict(zip(_FIELDS, map(_frozen, row), strict=False))
        seen_at, url_keys, entry, file, offset, length = row[len(_FIELDS) :]
        article = Article(
            **fields,
            url_keys=tuple(url_keys),
            sketch=(),
            removed=removed.get(fields["article_id"], ()),
        )
        place = ArchivePlace(file, offset, length) if file else None
        stored[article.article_id] = StoredArticle(article, _entry(entry), place, seen_at)
    return stored


def _entry(entry: dict[str, Any] | None) -> FeedEntry | None:
    if entry is None:
        return None
    return FeedEntry(guid=None, **{name: _frozen(value) for name, value in entry.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_FIELDS = tuple(name for name in ARTICLE_COLUMNS if name not in ("story_id", "role"))

_STAYING = (
    "url", "publisher", "first_seen_at", "fetched_at", "found_by", "story_id", "role",
    "body", "word_count", "content_hash",
)  # fmt: skip
"""What reading a page again leaves alone, and (the second line) what `rewrite_texts` writes."""

_COLUMNS = {name: kind for name, kind in ARTICLE_COLUMNS.items() if name not in _STAYING}

SAME_FETCH_SECONDS = 1.5
"""A raw page fetched within so much of the time that the article remembers is the one that gave its
content: archive files keep whole seconds."""

_STORED = f"""
WITH held AS (SELECT * FROM articles WHERE {of_incoming("articles")}),
newest AS (
    SELECT article_id, max(seen_at) AS seen_at
    FROM internal.versions SEMI JOIN held USING (article_id) GROUP BY article_id
),
dated AS (
    SELECT article_id, coalesce(newest.seen_at, fetched_at) AS seen_at
    FROM held LEFT JOIN newest USING (article_id)
),
known AS (
    SELECT article_id, list(url_key ORDER BY url_key) AS url_keys
    FROM internal.article_urls SEMI JOIN held USING (article_id) GROUP BY article_id
),
raw AS (
    SELECT article_id,
           arg_min(raw_pages, abs(epoch(raw_pages.fetched_at) - epoch(dated.seen_at))) AS place
    FROM internal.article_urls JOIN dated USING (article_id)
    JOIN internal.raw_pages USING (url_key)
    WHERE abs(epoch(raw_pages.fetched_at) - epoch(dated.seen_at)) < {SAME_FETCH_SECONDS}
    GROUP BY article_id
),
fed AS (
    SELECT article_id,
           arg_min({{url: entries.url, title: title, summary: summary, authors: authors,
                     published_at: published_at, published_raw: published_raw}},
                   (first_seen_at, entry_id)) AS entry
    FROM entries SEMI JOIN held USING (article_id) GROUP BY article_id
)
SELECT {", ".join(f"held.{name}" for name in _FIELDS)},
       dated.seen_at, coalesce(url_keys, []), entry, place.file, place."offset", place.length
FROM held JOIN dated USING (article_id) LEFT JOIN known USING (article_id)
LEFT JOIN raw USING (article_id) LEFT JOIN fed USING (article_id)
ORDER BY article_id
"""  # noqa: S608 - our own text


def rewrite_articles(
    connection: duckdb.DuckDBPyConnection,
    articles: Sequence[Article],
    texts: Sequence[CleanedText],
    canonical_keys: Sequence[tuple[str, str]],
) -> None:
    """Make these stored articles say what their page says by now; `texts` are those of them whose
    text, or what was taken out of it, is another. `canonical_keys` (URL key, article id) are the
    addresses that they declare as their original's.

    Stories stay as they are until the articles are judged anew. No version is recorded.
    """
    rows = [tuple(plain(getattr(article, name)) for name in _COLUMNS) for article in articles]
    setting = ", ".join(f"{name} = incoming.{name}" for name in _COLUMNS if name != "article_id")
    with incoming(connection, _COLUMNS, rows):
        connection.execute(
            f"UPDATE articles SET {setting} FROM incoming "  # noqa: S608 - our own text
            "WHERE articles.article_id = incoming.article_id"
        )
        connection.execute(
            "DELETE FROM internal.canonical_keys "
            "WHERE article_id IN (SELECT article_id FROM incoming)"
        )
    rewrite_texts(connection, texts)
    with incoming(connection, {"url_key": TEXT, "article_id": TEXT}, canonical_keys):
        connection.execute("INSERT INTO internal.canonical_keys BY NAME FROM incoming")
    add_urls(connection, [(key, one.article_id) for one in articles for key in one.url_keys])
