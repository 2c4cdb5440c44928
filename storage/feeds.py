"""Feeds: which are followed, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from ingest.types import DueFeed, FollowedFeed, Validators
from storage.arrow import TEXT, TEXTS, incoming
from storage.publishers import add_publishers, count_feeds


def follow(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FollowedFeed],
    *,
    now: datetime,
    interval: timedelta,
) -> None:
    """Make the feeds table say what the feeds file says. Feeds that left it become inactive."""
    add_publishers(connection, [feed.publisher for feed in feeds], now=now)
    columns = {
        "feed_id": TEXT,
        "url": TEXT,
        "publisher": TEXT,
        "fixed_publisher": pa.bool_(),
        "tags": TEXTS,
    }
    rows = [
        (feed.feed_id, feed.url, feed.publisher, feed.fixed_publisher, list(feed.tags))
        for feed in feeds
    ]
    with incoming(connection, columns, rows):
        connection.execute(
            """
            INSERT INTO feeds BY NAME
            SELECT feed_id, url, url AS current_url, publisher, tags,
                   $now AS added_at, $now AS next_poll_at, $interval AS poll_interval
            FROM incoming ANTI JOIN feeds USING (feed_id)
            """,
            {"now": now, "interval": interval},
        )
        connection.execute(
            """
            UPDATE feeds
            SET active = true, tags = incoming.tags,
                publisher = CASE WHEN fixed_publisher THEN incoming.publisher
                                 ELSE feeds.publisher END
            FROM incoming
            WHERE feeds.feed_id = incoming.feed_id
              AND (NOT active OR feeds.tags <> incoming.tags
                   OR fixed_publisher AND feeds.publisher <> incoming.publisher)
            """
        )
        connection.execute(
            "UPDATE feeds SET active = false "
            "WHERE active AND feed_id NOT IN (SELECT feed_id FROM incoming)"
        )
    count_feeds(connection)


def due(connection: duckdb.DuckDBPyConnection, *, now: datetime, every: bool) -> list[DueFeed]:
    """Active feeds whose time has come (or `every` active feed) that no run has in hand."""
    rows = connection.execute(
        """
        SELECT feed_id, url, publisher, etag, last_modified, body_hash, poll_interval,
               consecutive_failures
        FROM feeds LEFT JOIN internal.feed_state USING (feed_id)
        WHERE active AND ($every OR next_poll_at <= $now)
          AND feed_id NOT IN (SELECT key FROM internal.claims WHERE kind = 'feed')
        ORDER BY next_poll_at, feed_id
        """,
        {"now": now, "every": every},
    ).fetchall()
    return [
        DueFeed(feed_id, url, publisher, Validators(etag, modified, body_hash), interval, failures)
        for feed_id, url, publisher, etag, modified, body_hash, interval, failures in rows
    ]


def forgive(connection: duckdb.DuckDBPyConnection, run_id: str, *, due_at: datetime) -> None:
    """Undo what a run that was offline holds against its feeds: they are due again at `due_at`."""
    connection.execute(
        """
        UPDATE feeds
        SET consecutive_failures = greatest(consecutive_failures - 1, 0),
            next_poll_at = least(next_poll_at, $due_at)
        WHERE feed_id IN (SELECT feed_id FROM polls WHERE run_id = $run_id)
        """,
        {"run_id": run_id, "due_at": due_at},
    )
