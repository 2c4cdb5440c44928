"""Versions of articles: what a page says when it is fetched again.

The newest content is in `articles`; `internal.versions` keeps what it replaced. An article that was
fetched once has no row there, so that the usual article costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import ArticleVersion
from storage.arrow import TEXT, TIME, incoming, of_incoming


def record_versions(
    connection: duckdb.DuckDBPyConnection, versions: Sequence[ArticleVersion]
) -> None:
    """Make these the newest content of their articles, one for each; what they replace is kept.

    Call it only for content that differs. Stories, sketches and reprints stay as they are until
    the article is matched anew.
    """
    rows = [tuple(getattr(version, column) for column in _COLUMNS) for version in versions]
    with incoming(connection, _COLUMNS, rows):
        _keep_first_versions(connection)
        connection.execute(
            """
            INSERT INTO internal.versions BY NAME
            SELECT article_id, max(versions.version) + 1 AS version,
                   any_value(incoming.seen_at) AS seen_at, any_value(incoming.change) AS change
            FROM internal.versions AS versions JOIN incoming USING (article_id)
            GROUP BY article_id
            """
        )
        connection.execute(
            f"""
            UPDATE internal.versions AS kept SET title = held.title, body = held.body
            FROM (SELECT article_id, title, body FROM articles
                  WHERE {of_incoming("articles")}) AS held
            WHERE kept.article_id = held.article_id AND kept.body IS NULL
              AND kept.version = (SELECT max(version) - 1 FROM internal.versions AS other
                                  WHERE other.article_id = kept.article_id)
            """  # noqa: S608
        )
        connection.execute(
            """
            UPDATE articles
            SET title = incoming.title, lead = incoming.lead, body = incoming.body,
                word_count = incoming.word_count, content_hash = incoming.content_hash,
                modified_at = coalesce(incoming.modified_at, articles.modified_at),
                extractor = incoming.extractor, fetched_at = incoming.seen_at
            FROM incoming WHERE articles.article_id = incoming.article_id
            """
        )
        connection.execute(
            "UPDATE stories SET title = incoming.title FROM incoming "
            "WHERE representative_article_id = incoming.article_id"
        )


def record_refetches(
    connection: duckdb.DuckDBPyConnection, fetched: Mapping[str, datetime]
) -> None:
    """Articles (by id) were fetched again, and said the same."""
    with incoming(connection, {"article_id": TEXT, "seen_at": TIME}, list(fetched.items())):
        _keep_first_versions(connection)
        connection.execute(
            "UPDATE articles SET fetched_at = incoming.seen_at FROM incoming "
            "WHERE articles.article_id = incoming.article_id"
        )


def _keep_first_versions(connection: duckdb.DuckDBPyConnection) -> None:
    """Before `fetched_at` moves: since when the first version has been known."""
    connection.execute(
        """
        INSERT INTO internal.versions BY NAME
        SELECT article_id, 1 AS version, fetched_at AS seen_at, '' AS change
        FROM articles SEMI JOIN incoming USING (article_id)
        ANTI JOIN internal.versions USING (article_id)
        """
    )


_COLUMNS = {
    "article_id": TEXT,
    "seen_at": TIME,
    "title": TEXT,
    "lead": TEXT,
    "body": TEXT,
    "word_count": pa.int32(),
    "content_hash": TEXT,
    "modified_at": TIME,
    "extractor": TEXT,
    "change": TEXT,
}
