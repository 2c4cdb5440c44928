"""Stories as a person asks for them: by their id, a former id, or an article's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from ingest.types import ArticleLink, Copy, LinkRelation, Reprint, Role, Story
from storage.rows import one_row
from storage.stories import stored_copies, stored_reprints


@dataclass(frozen=True, slots=True)
class HeldStory:
    """A story with its members (as far as matching knows them), their roles, addresses and what is
    said of the reprints, by article id; and what links its members to other articles."""

    story: Story
    copies: dict[str, Copy]
    roles: dict[str, Role]
    urls: dict[str, str]
    reprints: dict[str, Reprint]
    links: tuple[LinkedArticle, ...]
    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """A link from or to a member, with the publisher and headline of both ends."""

    link: ArticleLink
    publisher: str
    title: str
    other_publisher: str
    other_title: str


@dataclass(frozen=True, slots=True)
class Override:
    """What a person has decided about a member; see story_overrides."""

    article_id: str
    other_article_id: str
    verdict: str
    reason: str
    decided_by: str
    decided_at: datetime


def story_named(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """The id of the story that is meant by its id, a former id, or an article's id."""
    rows = connection.execute(
        "SELECT story_id FROM stories WHERE story_id = $name "
        "UNION SELECT story_id FROM story_redirects WHERE old_story_id = $name "
        "UNION SELECT story_id FROM articles WHERE article_id = $name",
        {"name": name},
    ).fetchall()
    return rows[0][0] if rows else None


def members_of(connection: duckdb.DuckDBPyConnection, story_id: str) -> list[str]:
    """The articles of a story, the one seen first first."""
    rows = connection.execute(
        "SELECT article_id FROM articles WHERE story_id = ? ORDER BY first_seen_at, article_id",
        [story_id],
    ).fetchall()
    return [row[0] for row in rows]


def held_story(connection: duckdb.DuckDBPyConnection, story_id: str) -> HeldStory:
    """A story that is."""
    story = Story(
        *one_row(
            connection, "SELECT * EXCLUDE (changed_at) FROM stories WHERE story_id = ?", [story_id]
        )
    )
    copies = stored_copies(connection, [story.representative_article_id])
    rows = connection.execute(
        "SELECT article_id, role, url FROM articles WHERE story_id = ?", [story_id]
    ).fetchall()
    return HeldStory(
        story=story,
        copies=copies,
        roles={name: role for name, role, _ in rows},
        urls={name: url for name, _, url in rows},
        reprints=stored_reprints(connection, story_id),
        links=tuple(_links(connection, list(copies))),
        overrides=tuple(_overrides(connection, list(copies))),
    )


def _links(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> list[LinkedArticle]:
    rows = connection.execute(
        """
        SELECT links.from_article_id, links.to_article_id, relation, containment,
               one.publisher, one.title, other.publisher, other.title
        FROM article_links AS links
        JOIN articles AS one ON one.article_id = from_article_id
        JOIN articles AS other ON other.article_id = to_article_id
        WHERE from_article_id IN (SELECT unnest($ids)) OR to_article_id IN (SELECT unnest($ids))
        ORDER BY ALL
        """,
        {"ids": list(article_ids)},
    ).fetchall()
    made: list[LinkedArticle] = []
    for one, other, relation, containment, *names in rows:
        kind: LinkRelation = relation
        made.append(LinkedArticle(ArticleLink(one, other, kind, containment), *names))
    return made


def _overrides(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> list[Override]:
    rows = connection.execute(
        "FROM story_overrides WHERE article_id IN (SELECT unnest($ids)) "
        "OR other_article_id IN (SELECT unnest($ids)) "
        "ORDER BY decided_at, verdict, article_id, other_article_id",
        {"ids": list(article_ids)},
    ).fetchall()
    return [Override(*row) for row in rows]
