"""Polls: what came of them, and the entries they brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import orjson
import pyarrow as pa

from ingest.types import ListedEntry, PollResult
from storage.arrow import TEXT, TEXTS, TIME, incoming
from storage.articles import unlisted
from storage.publishers import add_publishers, count_feeds


def add_entries(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[ListedEntry], *, now: datetime
) -> dict[str, set[str]]:
    """Add the entries not known yet; returns their ids by feed.

    Known is an entry whose link's key, guid, or hash its feed has listed before. One whose page is
    an article already is done at once, unless that has come without a feed's word and its page is
    kept, to be read again with it; one without a page to fetch is rejected. Belongs into the
    transaction of `record_polls`, which counts them.
    """
    with incoming(connection, _ENTRY_COLUMNS, [_entry_row(entry) for entry in entries]):
        connection.execute(_NEW_ENTRIES)
        _read_unlisted_again(connection)
        connection.execute(_INSERT_ENTRIES, {"now": now})
        connection.execute(
            "INSERT INTO internal.entry_keys BY NAME "
            "SELECT entry_id, feed_id, url_key, entry_hash FROM new_entries"
        )
        connection.execute(
            "INSERT INTO internal.entry_details BY NAME "
            "SELECT entry_id, published_precision, date_refused, tags, content_html "
            "FROM new_entries JOIN entries USING (entry_id) WHERE status IN ('pending', 'fetched')"
        )
        return _taken(connection)


def _read_unlisted_again(connection: duckdb.DuckDBPyConnection) -> None:
    """Have those in `new_entries` wait for their kept page whose article no feed has listed."""
    held = connection.execute(
        "SELECT article_id FROM new_entries WHERE article_id IS NOT NULL"
    ).fetchall()
    if names := unlisted(connection, [name for (name,) in held]):
        connection.execute(
            "UPDATE new_entries SET kept = true, article_id = NULL "
            "WHERE article_id IN ? AND url_key IN (SELECT url_key FROM internal.raw_pages)",
            [sorted(names)],
        )


def find_new(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[ListedEntry]
) -> dict[str, set[str]]:
    """The ids by feed of the entries that `add_entries` would add. Stores nothing."""
    with incoming(connection, _ENTRY_COLUMNS, [_entry_row(entry) for entry in entries]):
        connection.execute(_NEW_ENTRIES)
        return _taken(connection)


def _taken(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The ids in `new_entries` by feed; the table is dropped."""
    new = connection.execute(
        "SELECT feed_id, list(entry_id) FROM new_entries GROUP BY feed_id"
    ).fetchall()
    connection.execute("DROP TABLE new_entries")
    return {feed_id: set(entry_ids) for feed_id, entry_ids in new}


def record_polls(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    polls: Sequence[PollResult],
    *,
    now: datetime,
) -> None:
    """Store what came of polls: poll rows, feed state, validators, what the policy keeps. All or
    nothing together with the polls' entries (`add_entries`)."""
    add_publishers(connection, [poll.publisher for poll in polls], now=now)
    with incoming(connection, _POLL_COLUMNS, [_poll_row(poll, run_id) for poll in polls]):
        connection.execute(_INSERT_POLLS)
        connection.execute(_UPDATE_FEEDS)
        connection.execute(_NAME_PUBLISHERS)
        connection.execute(
            "DELETE FROM internal.feed_state "
            "WHERE feed_id IN (SELECT feed_id FROM incoming WHERE has_validators)"
        )
        connection.execute(
            """
            INSERT INTO internal.feed_state BY NAME
            SELECT feed_id, etag, incoming.last_modified, body_hash,
                   feeds.entries_seen AS entries_known
            FROM incoming JOIN feeds USING (feed_id) WHERE has_validators
            """
        )
        connection.execute(
            "DELETE FROM internal.poll_states WHERE feed_id IN (SELECT feed_id FROM incoming)"
        )
        connection.execute(
            "INSERT INTO internal.poll_states SELECT feed_id, poll_state FROM incoming"
        )
        connection.execute(
            "DELETE FROM internal.claims WHERE kind = 'feed' AND run_id = ? "
            "AND key IN (SELECT feed_id FROM incoming)",
            [run_id],
        )
    count_feeds(connection)


_ENTRY_COLUMNS = {
    "entry_id": TEXT,
    "feed_id": TEXT,
    "url_key": TEXT,
    "entry_hash": TEXT,
    "guid": TEXT,
    "url": TEXT,
    "title": TEXT,
    "summary": TEXT,
    "authors": TEXTS,
    "published_at": TIME,
    "published_precision": TEXT,
    "date_refused": TEXT,
    "published_raw": TEXT,
    "tags": TEXTS,
    "content_html": TEXT,
}


def _entry_row(listed: ListedEntry) -> tuple[object, ...]:
    entry = listed.entry
    return (
        listed.entry_id,
        listed.feed_id,
        listed.url_key,
        listed.entry_hash,
        entry.guid,
        entry.url,
        entry.title,
        entry.summary,
        list(entry.authors),
        entry.published_at,
        entry.published_precision,
        entry.date_refused,
        entry.published_raw,
        list(entry.tags),
        entry.content_html,
    )


_NEW_ENTRIES = """
CREATE TEMP TABLE new_entries AS
SELECT DISTINCT ON (entry_id) *, false AS kept
FROM incoming LEFT JOIN internal.article_urls USING (url_key)
WHERE NOT EXISTS (FROM internal.entry_keys AS known
                  WHERE known.feed_id = incoming.feed_id AND known.entry_id = incoming.entry_id)
  AND NOT EXISTS (FROM internal.entry_keys AS known
                  WHERE known.feed_id = incoming.feed_id AND known.url_key = incoming.url_key)
  AND NOT EXISTS (FROM internal.entry_keys AS known
                  WHERE known.feed_id = incoming.feed_id AND known.entry_hash = incoming.entry_hash)
  AND NOT EXISTS (FROM entries AS known
                  WHERE known.feed_id = incoming.feed_id AND known.guid = incoming.guid)
"""

_INSERT_ENTRIES = """
INSERT INTO entries BY NAME
SELECT entry_id, feed_id, guid, url, title, summary, authors, published_at, published_raw,
       $now AS first_seen_at,
       CASE WHEN url_key IS NULL THEN 'rejected' WHEN article_id IS NOT NULL THEN 'done'
            WHEN kept THEN 'fetched' ELSE 'pending' END AS status,
       CASE WHEN url IS NULL THEN 'no_link' WHEN url_key IS NULL THEN 'url_refused'
            WHEN article_id IS NOT NULL THEN date_refused END AS reason,
       CASE WHEN url_key IS NOT NULL AND article_id IS NULL THEN $now END AS next_attempt_at,
       article_id
FROM new_entries
"""

_POLL_COLUMNS = {
    "poll_id": TEXT,
    "run_id": TEXT,
    "feed_id": TEXT,
    "started_at": TIME,
    "elapsed_ms": pa.int32(),
    "outcome": TEXT,
    "http_status": pa.int16(),
    "bytes": pa.int64(),
    "entries_seen": pa.int32(),
    "entries_new": pa.int32(),
    "error": TEXT,
    "overflowed": pa.bool_(),
    "next_poll_at": TIME,
    "poll_interval": pa.duration("us"),
    "next_poll_reason": TEXT,
    "poll_state": TEXT,
    "consecutive_failures": pa.int32(),
    "current_url": TEXT,
    "publisher": TEXT,
    "title": TEXT,
    "site_url": TEXT,
    "format": TEXT,
    "language": TEXT,
    "has_validators": pa.bool_(),
    "etag": TEXT,
    "last_modified": TEXT,
    "body_hash": TEXT,
}


def _poll_row(poll: PollResult, run_id: str) -> tuple[object, ...]:
    feed, validators = poll.feed, poll.validators
    return (
        poll.poll_id,
        run_id,
        poll.feed_id,
        poll.started_at,
        poll.elapsed_ms,
        poll.outcome,
        poll.http_status,
        poll.bytes,
        len(feed.entries) if feed else 0,
        poll.entries_new,
        poll.error,
        poll.overflowed,
        poll.next_poll_at,
        poll.poll_interval,
        poll.next_poll_reason,
        orjson.dumps(poll.poll_state).decode(),
        poll.consecutive_failures,
        poll.current_url,
        poll.publisher,
        feed.title if feed else None,
        feed.site_url if feed else None,
        feed.format if feed else None,
        feed.language if feed else None,
        validators is not None,
        validators.etag if validators else None,
        validators.last_modified if validators else None,
        validators.body_hash if validators else None,
    )


_INSERT_POLLS = """
INSERT INTO polls BY NAME
SELECT poll_id, run_id, feed_id, started_at, elapsed_ms, outcome, http_status, bytes, entries_seen,
       entries_new, error, overflowed
FROM incoming
"""

_UPDATE_FEEDS = """
UPDATE feeds
SET last_poll_at = incoming.started_at,
    next_poll_at = incoming.next_poll_at,
    poll_interval = incoming.poll_interval,
    next_poll_reason = incoming.next_poll_reason,
    current_url = incoming.current_url,
    overflows = feeds.overflows + incoming.overflowed::INTEGER,
    last_outcome = incoming.outcome,
    last_error = incoming.error,
    consecutive_failures = incoming.consecutive_failures,
    publisher = incoming.publisher,
    entries_seen = feeds.entries_seen + incoming.entries_new,
    title = coalesce(incoming.title, feeds.title),
    site_url = coalesce(incoming.site_url, feeds.site_url),
    format = coalesce(incoming.format, feeds.format),
    language = coalesce(incoming.language, feeds.language)
FROM incoming
WHERE feeds.feed_id = incoming.feed_id
"""

_NAME_PUBLISHERS = """
UPDATE publishers SET name = named.title
FROM (SELECT publisher, min(title) AS title FROM incoming
      WHERE nullif(title, '') IS NOT NULL
      GROUP BY publisher) AS named
WHERE publishers.publisher = named.publisher AND publishers.name IS NULL
"""
