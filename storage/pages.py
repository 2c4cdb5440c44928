"""The queue of pages: which to fetch next, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from ingest.types import ArchivePlace, FeedEntry, PageFailure, WantedPage
from storage.arrow import TEXT, TIME, incoming


def wanted_pages(
    connection: duckdb.DuckDBPyConnection, *, now: datetime, limit: int
) -> list[WantedPage]:
    """Up to `limit` pages that entries wait for and that no run has in hand, each once.

    Publishers take turns, so that one with many new entries does not hold up the others; within a
    publisher the entries seen first come first.
    """
    rows = connection.execute(_WANTED, {"now": now, "limit": limit}).fetchall()
    return _pages(rows)


def waiting_pages(
    connection: duckdb.DuckDBPyConnection, url_keys: Sequence[str]
) -> tuple[list[WantedPage], set[str]]:
    """Those of these pages that entries wait for, and the keys of those that a run has in hand."""
    with incoming(connection, {"url_key": TEXT}, [(key,) for key in url_keys]):
        rows = connection.execute(_WAITING).fetchall()
        claimed = connection.execute(
            "SELECT key FROM internal.claims SEMI JOIN incoming ON key = url_key "
            "WHERE kind = 'page'"
        ).fetchall()
    return _pages(rows), {key for (key,) in claimed}


def _pages(rows: Sequence[tuple[Any, ...]]) -> list[WantedPage]:
    return [
        WantedPage(
            url_key=url_key,
            url=url,
            entry=FeedEntry(
                guid=None,
                url=url,
                title=title,
                summary=summary,
                authors=tuple(authors),
                published_at=published_at,
                published_precision=precision,
                published_raw=raw,
                tags=tuple(tags),
                content_html=content_html,
            ),
            attempts=attempts,
            first_seen_at=first_seen_at,
            archived=ArchivePlace(file, offset, length) if file else None,
        )
        for (url_key, url, title, summary, authors, published_at, precision, raw, tags,
             content_html, attempts, first_seen_at, file, offset, length) in rows
    ]  # fmt: skip


_WANTED = """
WITH waiting AS (
    SELECT url_key, published_precision, tags, content_html, entries.*
    FROM entries JOIN internal.entry_keys USING (entry_id)
    LEFT JOIN internal.entry_details USING (entry_id)
    WHERE status IN ('pending', 'fetched') AND next_attempt_at <= $now
),
pages AS (
    SELECT url_key,
           arg_min(waiting, (first_seen_at, entry_id)) AS entry,
           max(attempts) AS attempts,
           bool_or(status = 'fetched') AS fetched
    FROM waiting
    WHERE url_key NOT IN (SELECT key FROM internal.claims WHERE kind = 'page')
    GROUP BY url_key
),
raw AS (
    SELECT url_key, arg_max(raw_pages, fetched_at) AS place
    FROM internal.raw_pages SEMI JOIN pages USING (url_key)
    GROUP BY url_key
)
SELECT url_key, entry.url, entry.title, entry.summary, entry.authors, entry.published_at,
       entry.published_precision, entry.published_raw, coalesce(entry.tags, []),
       entry.content_html, attempts, entry.first_seen_at,
       CASE WHEN fetched THEN place.file END, place."offset", place.length
FROM pages LEFT JOIN raw USING (url_key)
ORDER BY row_number() OVER (PARTITION BY split_part(url_key, '/', 3)
                            ORDER BY entry.first_seen_at, url_key),
         url_key
LIMIT $limit
"""

_WAITING = """
SELECT url_key, entry.url, entry.title, entry.summary, entry.authors, entry.published_at,
       entry.published_precision, entry.published_raw, coalesce(entry.tags, []),
       entry.content_html, attempts, entry.first_seen_at, NULL, NULL, NULL
FROM (
    SELECT url_key, arg_min(waiting, (first_seen_at, entry_id)) AS entry, max(attempts) AS attempts
    FROM (
        SELECT url_key, published_precision, tags, content_html, entries.*
        FROM entries JOIN internal.entry_keys USING (entry_id)
        SEMI JOIN incoming USING (url_key)
        LEFT JOIN internal.entry_details USING (entry_id)
        WHERE status IN ('pending', 'fetched')
    ) AS waiting
    GROUP BY url_key
)
"""


def mark_fetched(
    connection: duckdb.DuckDBPyConnection,
    places: Mapping[str, tuple[ArchivePlace, datetime]],
) -> None:
    """Record where the raw pages (by URL key, with the time of fetching) lie. The archive must be
    durable by now: these entries are not fetched again."""
    columns = {
        "url_key": TEXT,
        "file": TEXT,
        "offset": pa.int64(),
        "length": pa.int64(),
        "fetched_at": TIME,
    }
    rows = [
        (key, place.file, place.offset, place.length, fetched_at)
        for key, (place, fetched_at) in places.items()
    ]
    with incoming(connection, columns, rows):
        connection.execute(
            "INSERT INTO internal.raw_pages BY NAME FROM incoming "
            'ANTI JOIN internal.raw_pages USING (url_key, file, "offset")'
        )
        connection.execute(
            """
            UPDATE entries SET status = 'fetched'
            FROM internal.entry_keys JOIN incoming USING (url_key)
            WHERE entries.entry_id = entry_keys.entry_id AND status = 'pending'
            """
        )


def settle_done(connection: duckdb.DuckDBPyConnection, articles: Mapping[str, str]) -> None:
    """Entries that waited for these pages (URL key to article id) are done."""
    with incoming(connection, {"url_key": TEXT, "article_id": TEXT}, list(articles.items())):
        connection.execute(
            """
            UPDATE entries SET status = 'done', reason = date_refused, next_attempt_at = NULL,
                               attempts = attempts + 1, article_id = incoming.article_id
            FROM internal.entry_keys JOIN incoming USING (url_key)
            LEFT JOIN internal.entry_details USING (entry_id)
            WHERE entries.entry_id = entry_keys.entry_id AND status IN ('pending', 'fetched')
            """
        )
        _forget_settled(connection)


def settle_failed(connection: duckdb.DuckDBPyConnection, failures: Sequence[PageFailure]) -> None:
    """Entries whose page could not be had wait for the next try, or are rejected."""
    rows = [(failure.url_key, failure.reason, failure.next_attempt_at) for failure in failures]
    columns = {"url_key": TEXT, "reason": TEXT, "next_attempt_at": TIME}
    with incoming(connection, columns, rows):
        connection.execute(
            """
            UPDATE entries
            SET status = CASE WHEN incoming.next_attempt_at IS NULL THEN 'rejected'
                              ELSE 'pending' END,
                reason = incoming.reason, next_attempt_at = incoming.next_attempt_at,
                attempts = attempts + 1
            FROM internal.entry_keys JOIN incoming USING (url_key)
            WHERE entries.entry_id = entry_keys.entry_id AND status IN ('pending', 'fetched')
            """
        )
        _forget_settled(connection)


def _forget_settled(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop claims on the pages in `incoming`, and what else the feed said of settled entries."""
    connection.execute(
        "DELETE FROM internal.claims WHERE kind = 'page' AND key IN (SELECT url_key FROM incoming)"
    )
    connection.execute(
        """
        DELETE FROM internal.entry_details
        WHERE entry_id IN (SELECT entry_id
                           FROM internal.entry_keys JOIN incoming USING (url_key)
                           JOIN entries USING (entry_id)
                           WHERE status IN ('done', 'rejected'))
        """
    )
