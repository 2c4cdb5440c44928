"""Feeds: which are followed, and which are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from ingest.types import DueFeed, FollowedFeed, Validators
from storage.arrow import TEXT, TEXTS, incoming
from storage.publishers import add_publishers, count_feeds

IS_DUE = """
active AND (next_poll_at <= $now OR last_poll_at > $now OR next_poll_at > $now + INTERVAL 8 DAY)
"""
"""Whether a row of `feeds` is to be polled now. Also when its times are beyond belief, for a clock
has gone wrong and been put right: polled in the future, or planned farther ahead than the policy
plans, which is a week and a little."""


def follow(
    connection: duckdb.DuckDBPyConnection, feeds: Sequence[FollowedFeed], *, now: datetime
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
                   $now AS added_at, $now AS next_poll_at, INTERVAL 0 SECOND AS poll_interval
            FROM incoming ANTI JOIN feeds USING (feed_id)
            """,
            {"now": now},
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
        f"""
        {_STORED}
        WHERE {"active AND $now IS NOT NULL" if every else IS_DUE}
          AND feed_id NOT IN (SELECT key FROM internal.claims WHERE kind = 'feed')
        ORDER BY next_poll_at, feed_id
        """,  # noqa: S608 - either text is ours
        {"now": now},
    ).fetchall()
    return [_due_feed(row) for row in rows]


def stored_feeds(connection: duckdb.DuckDBPyConnection) -> dict[str, DueFeed]:
    """Every feed that is or was followed, by id, whoever has it in hand."""
    return {row[0]: _due_feed(row) for row in connection.execute(_STORED).fetchall()}


_STORED = """
SELECT feed_id, url, current_url, publisher, etag, last_modified, body_hash, state
FROM feeds LEFT JOIN internal.feed_state USING (feed_id)
           LEFT JOIN internal.poll_states USING (feed_id)
"""


def _due_feed(row: tuple[Any, ...]) -> DueFeed:
    feed_id, url, current_url, publisher, etag, modified, body_hash, state = row
    return DueFeed(
        feed_id=feed_id,
        url=url,
        current_url=current_url,
        publisher=publisher,
        validators=Validators(etag, modified, body_hash),
        poll_state=orjson.loads(state) if state else {},
    )


@dataclass(frozen=True, slots=True)
class LearntFeed:
    """What is known of a feed; see the columns of `feeds`."""

    feed_id: str
    url: str
    current_url: str
    publisher: str
    title: str | None
    site_url: str | None
    format: str | None
    last_poll_at: datetime | None
    next_poll_at: datetime
    poll_interval: timedelta
    next_poll_reason: str | None
    last_outcome: str | None
    last_error: str | None
    consecutive_failures: int
    entries_seen: int
    overflows: int


def learnt_feeds(connection: duckdb.DuckDBPyConnection) -> dict[str, LearntFeed]:
    """Every feed that is or was followed, by id."""
    columns = ", ".join(column.name for column in fields(LearntFeed))
    rows = connection.execute(f"SELECT {columns} FROM feeds").fetchall()  # noqa: S608 - names of ours
    return {row[0]: LearntFeed(*row) for row in rows}


def planned_polls(
    connection: duckdb.DuckDBPyConnection, feeds: Sequence[str], *, now: datetime
) -> dict[str, list[datetime]]:
    """By host (with its port), when polls are planned of feeds other than these, on their hosts."""
    with incoming(connection, {"feed_id": TEXT}, [(feed_id,) for feed_id in feeds]):
        rows = connection.execute(
            """
            WITH hosts AS (
                SELECT feed_id, next_poll_at,
                       split_part(split_part(current_url, '://', 2), '/', 1) AS host
                FROM feeds WHERE active)
            SELECT host, list(next_poll_at)
            FROM hosts ANTI JOIN incoming USING (feed_id)
            WHERE next_poll_at > $now
              AND host IN (SELECT host FROM hosts SEMI JOIN incoming USING (feed_id))
            GROUP BY host
            """,
            {"now": now},
        ).fetchall()
    return dict(rows)
