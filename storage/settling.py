"""What maintenance has to look at again, and which blocks of text recur by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import duckdb

from storage.arrow import TEXT, incoming
from storage.blocks import KEY_COLUMNS, Key
from storage.rows import one_row

Step = Literal["learn", "clean", "judge"]
"""See internal.unsettled."""


def mark_unsettled(
    connection: duckdb.DuckDBPyConnection, step: Step, article_ids: Iterable[str]
) -> None:
    """These articles have to be looked at again by this step."""
    rows = [(step, name) for name in article_ids]
    if not rows:
        return
    with incoming(connection, {"step": TEXT, "article_id": TEXT}, rows):
        connection.execute("INSERT INTO internal.unsettled BY NAME FROM incoming")


def settled(connection: duckdb.DuckDBPyConnection, step: Step, article_ids: Sequence[str]) -> None:
    """These articles have been looked at by this step."""
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        connection.execute(
            "DELETE FROM internal.unsettled "
            "WHERE step = ? AND article_id IN (SELECT article_id FROM incoming)",
            [step],
        )


def unsettled(connection: duckdb.DuckDBPyConnection, step: Step, limit: int) -> list[str]:
    """Up to so many articles that wait for this step, a publisher's together."""
    rows = connection.execute(
        "SELECT article_id FROM articles SEMI JOIN "
        "(SELECT article_id FROM internal.unsettled WHERE step = ?) USING (article_id) "
        "ORDER BY publisher, article_id LIMIT ?",
        [step, limit],
    ).fetchall()
    return [row[0] for row in rows]


def count_unsettled(connection: duckdb.DuckDBPyConnection, step: Step) -> int:
    """How many articles wait for this step."""
    sql = "SELECT count(DISTINCT article_id) FROM internal.unsettled WHERE step = ?"
    return int(one_row(connection, sql, [step])[0])


def recurring(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str], least: int
) -> tuple[dict[Key, str], list[Key]]:
    """Of the blocks that these articles hold: those that `least` stories or more of the publisher
    hold, but are not known as boilerplate, each with an article that holds it; and those that are
    known, but held by fewer."""
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(
            """
            WITH held AS (
                SELECT DISTINCT publisher, hash
                FROM internal.block_sightings SEMI JOIN incoming USING (article_id)
            ),
            counted AS (
                SELECT publisher, hash, count(DISTINCT story_id) AS stories,
                       min(article_id) AS holder
                FROM internal.block_sightings SEMI JOIN held USING (publisher, hash)
                JOIN (SELECT article_id, story_id FROM articles) USING (article_id)
                GROUP BY publisher, hash
            )
            SELECT publisher, hash, holder, stories >= $least
            FROM counted LEFT JOIN internal.blocks USING (publisher, hash)
            WHERE (stories >= $least AND forgotten IS NULL)
               OR (stories < $least AND NOT forgotten)
            ORDER BY publisher, hash
            """,
            {"least": least},
        ).fetchall()
    new = {(publisher, number): holder for publisher, number, holder, more in rows if more}
    return new, [(publisher, number) for publisher, number, _, more in rows if not more]


def forget_learnt(connection: duckdb.DuckDBPyConnection, keys: Sequence[Key]) -> None:
    """These blocks are no boilerplate, and may be learnt again."""
    with incoming(connection, KEY_COLUMNS, keys):
        connection.execute(
            "DELETE FROM internal.blocks "
            "WHERE (publisher, hash) IN (SELECT (publisher, hash) FROM incoming)"
        )
