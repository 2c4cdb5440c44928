"""What persons have decided about stories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from ingest.types import StoryOverride
from storage.arrow import TEXT, incoming


def overrides(connection: duckdb.DuckDBPyConnection) -> list[StoryOverride]:
    """All of them, oldest first."""
    rows = connection.execute(
        "SELECT article_id, other_article_id, verdict FROM story_overrides "
        "ORDER BY decided_at, article_id, other_article_id"
    ).fetchall()
    return [StoryOverride(*row) for row in rows]


def add_overrides(
    connection: duckdb.DuckDBPyConnection,
    decided: Sequence[StoryOverride],
    *,
    reason: str,
    decided_by: str,
    now: datetime,
) -> None:
    """Keep these, in place of what was said of the same two articles before."""
    rows = [(one.article_id, one.other_article_id, one.verdict) for one in decided]
    columns = {"article_id": TEXT, "other_article_id": TEXT, "verdict": TEXT}
    with incoming(connection, columns, rows):
        connection.execute(
            """
            DELETE FROM story_overrides
            USING incoming AS new
            WHERE least(story_overrides.article_id, story_overrides.other_article_id)
                  = least(new.article_id, new.other_article_id)
              AND greatest(story_overrides.article_id, story_overrides.other_article_id)
                  = greatest(new.article_id, new.other_article_id)
              AND story_overrides.verdict IN ('same', 'different')
              AND new.verdict IN ('same', 'different')
            """
        )
        connection.execute(
            "INSERT INTO story_overrides BY NAME "
            "SELECT *, $reason AS reason, $decided_by AS decided_by, $now AS decided_at "
            "FROM incoming",
            {"reason": reason, "decided_by": decided_by, "now": now},
        )


def drop_overrides(
    connection: duckdb.DuckDBPyConnection, verdict: str, among: Sequence[str]
) -> None:
    """Drop what was said by this verdict of two of these articles."""
    connection.execute(
        "DELETE FROM story_overrides WHERE verdict = $verdict "
        "AND article_id IN (SELECT unnest($names)) AND other_article_id IN (SELECT unnest($names))",
        {"verdict": verdict, "names": list(among)},
    )
