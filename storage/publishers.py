"""Publishers: one row per outlet that a feed or an article has shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from storage.arrow import TEXT, incoming
from storage.rows import one_row


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


def known_publisher(connection: duckdb.DuckDBPyConnection, publisher: str) -> bool:
    """Whether there is such an outlet."""
    sql = "SELECT count(*) > 0 FROM publishers WHERE publisher = ?"
    return bool(one_row(connection, sql, [publisher])[0])


def set_aliases(connection: duckdb.DuckDBPyConnection, aliases: dict[str, list[str]]) -> None:
    """Make the rows of `publishers` say what the feeds file says about aliases."""
    connection.execute("UPDATE publishers SET aliases = [] WHERE len(aliases) > 0")
    for publisher, names in aliases.items():
        connection.execute(
            "UPDATE publishers SET aliases = $names WHERE publisher = $publisher",
            {"names": names, "publisher": publisher},
        )


def move_aliased(
    connection: duckdb.DuckDBPyConnection, aliases: Mapping[str, str], *, now: datetime
) -> None:
    """Articles, feeds and days stored under an alias become those of its publisher.

    Articles of one story that are now of one publisher keep their role until they are judged anew.
    """
    columns = {"alias": TEXT, "domain": TEXT}
    with incoming(connection, columns, list(aliases.items()), name="aliases_now"):
        moving = connection.execute(
            "SELECT DISTINCT domain FROM aliases_now JOIN publishers ON publisher = alias"
        ).fetchall()
        if not moving:
            return
        domains = [domain for (domain,) in moving]
        add_publishers(connection, domains, now=now)
        connection.execute(
            """
            UPDATE publishers SET first_seen_at = least(publishers.first_seen_at, found.first)
            FROM (SELECT domain, min(first_seen_at) AS first
                  FROM publishers JOIN aliases_now ON publisher = alias GROUP BY domain) AS found
            WHERE publishers.publisher = found.domain
            """
        )
        tables = ("articles", "feeds", "publisher_days", "internal.blocks",
                  "internal.block_sightings", "internal.throttles")  # fmt: skip
        for table in tables:
            connection.execute(
                f"UPDATE {table} SET publisher = domain FROM aliases_now WHERE publisher = alias"  # noqa: S608
            )
        connection.execute(
            "DELETE FROM publishers WHERE publisher IN (SELECT alias FROM aliases_now)"
        )
        for table, merged in _MERGED.items():
            connection.execute(f"CREATE TEMP TABLE merged_rows AS {merged}")
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            connection.execute(f"INSERT INTO {table} BY NAME FROM merged_rows")
            connection.execute("DROP TABLE merged_rows")
        connection.execute(_COUNT_PUBLISHERS_OF_STORIES)
    count_feeds(connection)
    count_articles(connection, domains)


_MERGED = {
    "publisher_days": """
        SELECT publisher, day, sum(polls) AS polls, sum(polls_failed) AS polls_failed,
               sum(entries) AS entries, sum(articles) AS articles, sum(stories) AS stories,
               sum(reprints) AS reprints
        FROM publisher_days GROUP BY publisher, day ORDER BY day, publisher""",
    "internal.blocks": """
        SELECT publisher, hash, any_value(text) AS text, sum(articles) AS articles,
               min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at,
               bool_or(forgotten) AS forgotten
        FROM internal.blocks GROUP BY publisher, hash""",
    "internal.throttles": """
        SELECT DISTINCT ON (publisher) * FROM internal.throttles""",
}
"""Tables in which an alias and its publisher may both have a row for one thing: one row of both."""

_COUNT_PUBLISHERS_OF_STORIES = """
UPDATE stories SET publisher_count = counted.publishers
FROM (SELECT story_id, count(DISTINCT publisher) AS publishers FROM articles GROUP BY story_id)
     AS counted
WHERE stories.story_id = counted.story_id AND publisher_count <> counted.publishers
"""


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
