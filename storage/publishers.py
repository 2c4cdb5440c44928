"""Publishers: one row per outlet that a feed or an article has shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from storage.arrow import TEXT, incoming


def add_publishers(
    connection: duckdb.DuckDBPyConnection, publishers: Sequence[str], *, now: datetime
) -> None:
    """Add those not known yet."""
    with incoming(connection, {"publisher": TEXT}, [(name,) for name in publishers]):
        connection.execute(
            "INSERT INTO publishers BY NAME SELECT DISTINCT publisher, $now AS first_seen_at "
            "FROM incoming ANTI JOIN publishers USING (publisher)",
            {"now": now},
        )


def set_aliases(connection: duckdb.DuckDBPyConnection, aliases: dict[str, list[str]]) -> None:
    """Make the rows of `publishers` say what the feeds file says about aliases."""
    connection.execute("UPDATE publishers SET aliases = [] WHERE len(aliases) > 0")
    for publisher, names in aliases.items():
        connection.execute(
            "UPDATE publishers SET aliases = $names WHERE publisher = $publisher",
            {"names": names, "publisher": publisher},
        )


def count_feeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring `publishers.feeds` up to date."""
    connection.execute(
        """
        UPDATE publishers SET feeds = counted.feeds
        FROM (SELECT publishers.publisher, count(feed_id) AS feeds
              FROM publishers LEFT JOIN feeds USING (publisher)
              GROUP BY publishers.publisher) AS counted
        WHERE publishers.publisher = counted.publisher AND publishers.feeds <> counted.feeds
        """
    )


def count_articles(connection: duckdb.DuckDBPyConnection, publishers: Sequence[str]) -> None:
    """Bring `publishers.articles` of these publishers up to date."""
    with incoming(connection, {"publisher": TEXT}, [(name,) for name in set(publishers)]):
        connection.execute(
            """
            UPDATE publishers SET articles = counted.articles
            FROM (SELECT publisher, count(*) AS articles FROM articles
                  WHERE publisher IN (SELECT publisher FROM incoming)
                  GROUP BY publisher) AS counted
            WHERE publishers.publisher = counted.publisher
            """
        )
