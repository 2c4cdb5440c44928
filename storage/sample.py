"""A story to show: who republished it, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb


@dataclass(frozen=True, slots=True)
class StoryMember:
    publisher: str
    role: str
    title: str
    published_at: datetime | None
    relation: str | None
    containment: float | None
    lag: timedelta | None
    added_text: str | None


@dataclass(frozen=True, slots=True)
class StorySample:
    story_id: str
    title: str
    members: tuple[StoryMember, ...]


def widest_story(connection: duckdb.DuckDBPyConnection) -> StorySample | None:
    """The story that most publishers carry, its articles in order of time; None when no story has
    a reprint."""
    chosen = connection.execute(
        "SELECT story_id, title FROM stories SEMI JOIN reprints USING (story_id) "
        "ORDER BY publisher_count DESC, article_count DESC, story_id LIMIT 1"
    ).fetchall()
    if not chosen:
        return None
    story_id, title = chosen[0]
    rows = connection.execute(
        "SELECT publisher, role, title, published_at, relation, containment, lag, added_text "
        "FROM articles LEFT JOIN reprints USING (article_id) "
        "WHERE articles.story_id = ? ORDER BY role <> 'original', sort_at, articles.article_id",
        [story_id],
    ).fetchall()
    return StorySample(story_id, title, tuple(StoryMember(*row) for row in rows))
