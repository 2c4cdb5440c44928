"""What an operator has to know: feeds that fail, publishers that fell silent, alerts that stand."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from storage.arrow import TEXT, incoming


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A feed that is followed and whose last polls have failed."""

    feed_id: str
    url: str
    publisher: str
    failures: int
    outcome: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """New entries of a publisher within a window, and when a feed of it last answered."""

    publisher: str
    entries: int
    first_at: datetime
    last_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class ReprintedStory:
    """A story and how many reprints it got of late."""

    story_id: str
    title: str
    publisher: str
    url: str
    reprints: int


@dataclass(frozen=True, slots=True)
class StandingAlert:
    """Something that is wrong now; `since`: when a run first found it."""

    event: str
    resource: str
    payload: dict[str, object]
    since: datetime


def failing_feeds(connection: duckdb.DuckDBPyConnection, *, least: int) -> list[FailingFeed]:
    """Followed feeds with `least` or more failed polls in a row, the longest failing first."""
    rows = connection.execute(
        """
        SELECT feed_id, current_url, publisher, consecutive_failures, last_outcome, last_error
        FROM feeds WHERE active AND consecutive_failures >= ?
        ORDER BY consecutive_failures DESC, feed_id
        """,
        [least],
    ).fetchall()
    return [FailingFeed(*row) for row in rows]


def arrivals(
    connection: duckdb.DuckDBPyConnection, *, now: datetime, window: timedelta
) -> list[Arrivals]:
    """What each publisher with a followed feed has brought within the window. Entries found by a
    feed's first poll are left out: they say when we came, not how often it publishes."""
    rows = connection.execute(
        """
        SELECT feeds.publisher, count(DISTINCT entries.url), min(first_seen_at),
               max(first_seen_at), max(last_poll_at) FILTER (consecutive_failures = 0)
        FROM entries JOIN feeds USING (feed_id)
        WHERE active AND first_seen_at > $since AND first_seen_at > added_at + INTERVAL 1 HOUR
        GROUP BY feeds.publisher
        HAVING max(last_poll_at) FILTER (consecutive_failures = 0) IS NOT NULL
        ORDER BY feeds.publisher
        """,
        {"since": now - window},
    ).fetchall()
    return [Arrivals(*row) for row in rows]


def most_reprinted(
    connection: duckdb.DuckDBPyConnection, *, since: datetime, limit: int
) -> list[ReprintedStory]:
    """The stories with most reprints first seen since then."""
    rows = connection.execute(
        """
        SELECT story_id, stories.title, shown.publisher, shown.canonical_url, count(*)
        FROM reprints
        JOIN articles USING (article_id, story_id)
        JOIN stories USING (story_id)
        JOIN articles AS shown ON shown.article_id = representative_article_id
        WHERE articles.fetched_at >= $since
        GROUP BY ALL
        ORDER BY count(*) DESC, story_id
        LIMIT $limit
        """,
        {"since": since, "limit": limit},
    ).fetchall()
    return [ReprintedStory(*row) for row in rows]


def standing_alerts(connection: duckdb.DuckDBPyConnection) -> list[StandingAlert]:
    """What is wrong now, the oldest first."""
    rows = connection.execute(
        "SELECT event, resource, payload, since FROM internal.alerts "
        "ORDER BY since, event, resource"
    ).fetchall()
    return [StandingAlert(event, about, json.loads(said), at) for event, about, said, at in rows]


def keep_alerts(
    connection: duckdb.DuckDBPyConnection,
    looked_for: Collection[str],
    found: Sequence[tuple[str, str, dict[str, object]]],
    *,
    now: datetime,
) -> set[tuple[str, str]]:
    """Make the alerts of the events that were `looked_for` stand as `found` (event, resource,
    payload), and give back which of them are new."""
    rows = [(event, resource, json.dumps(payload)) for event, resource, payload in found]
    columns = {"event": TEXT, "resource": TEXT, "payload": TEXT}
    with incoming(connection, columns, rows):
        connection.execute(
            "DELETE FROM internal.alerts WHERE event IN (SELECT unnest($events)) "
            "AND (event, resource) NOT IN (SELECT (event, resource) FROM incoming)",
            {"events": sorted(looked_for)},
        )
        added = connection.execute(
            "INSERT INTO internal.alerts BY NAME "
            "SELECT *, $now AS since "
            "FROM incoming ANTI JOIN internal.alerts USING (event, resource) "
            "RETURNING event, resource",
            {"now": now},
        ).fetchall()
    return {(event, resource) for event, resource in added}
