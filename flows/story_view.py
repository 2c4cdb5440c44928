"""A story as a person reads it: who carried it when, what each cut and added, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.errors import ConfigurationError
from ingest.matching.match import Text, side_by_side
from ingest.matching.originals import publication_order
from ingest.matching.relations import added_paragraphs
from ingest.types import Copy, Precision, Relation, Role
from storage.database import Connection
from storage.story_view import HeldStory, LinkedArticle, Override, held_story, story_named


@dataclass(frozen=True, slots=True)
class MemberView:
    """One article of the story. Of a reprint, beside the original or, where that is not held, the
    representative: `relation`, the share of its text that is `contained`, the paragraphs that were
    `cut` and `added`, and the evidence. `boilerplate` is what was taken out of its body."""

    article_id: str
    publisher: str
    title: str
    url: str
    role: Role
    published_at: datetime | None
    published_precision: Precision | None
    first_seen_at: datetime
    authors: tuple[str, ...]
    credits: tuple[str, ...]
    relation: Relation | None
    containment: float | None
    similarity: float | None
    lag: timedelta | None
    cut: tuple[str, ...]
    added: tuple[str, ...]
    boilerplate: tuple[str, ...]
    evidence: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story, its members in the order of their publication, what they are linked to, and what
    persons have decided. `asked` is the id it was asked for by."""

    asked: str
    story_id: str
    title: str
    language: str | None
    original_status: str
    original_article_id: str | None
    original_credit: str | None
    representative_article_id: str
    members: tuple[MemberView, ...]
    links: tuple[LinkedArticle, ...]
    overrides: tuple[Override, ...]


def named_story(connection: Connection, name: str) -> str:
    """The story meant by an id. Raises ConfigurationError when there is none."""
    story_id = story_named(connection, name)
    if story_id is None:
        raise ConfigurationError(
            f"There is no story or article {name}. The columns story_id and article_id of "
            "news.duckdb have the ids."
        )
    return story_id


def view_story(connection: Connection, name: str) -> StoryView:
    """The story meant by its id, a former one, or an article's. Raises ConfigurationError when
    there is none."""
    held = held_story(connection, named_story(connection, name))
    story = held.story
    members = sorted(held.copies.values(), key=publication_order)
    return StoryView(
        asked=name,
        story_id=story.story_id,
        title=story.title,
        language=story.language,
        original_status=story.original_status,
        original_article_id=story.original_article_id,
        original_credit=story.original_credit,
        representative_article_id=story.representative_article_id,
        members=tuple(_member(copy, held) for copy in members),
        links=held.links,
        overrides=held.overrides,
    )


def _member(copy: Copy, held: HeldStory) -> MemberView:
    reprint = held.reprints.get(copy.article_id)
    cut: list[str] = []
    if reprint and copy.article_id != held.story.representative_article_id:
        source = held.copies[held.story.representative_article_id]
        whole, text = side_by_side(Text(source.body, source.removed), Text(copy.body, copy.removed))
        cut = added_paragraphs(text, whole)
    return MemberView(
        article_id=copy.article_id,
        publisher=copy.publisher,
        title=copy.title,
        url=held.urls[copy.article_id],
        role=held.roles[copy.article_id],
        published_at=copy.published_at,
        published_precision=copy.published_precision,
        first_seen_at=copy.first_seen_at,
        authors=copy.authors,
        credits=copy.credits,
        relation=reprint.relation if reprint else None,
        containment=reprint.containment if reprint else None,
        similarity=reprint.similarity if reprint else None,
        lag=reprint.lag if reprint else None,
        cut=tuple(cut),
        added=tuple(reprint.added_text.split("\n")) if reprint and reprint.added_text else (),
        boilerplate=tuple(cut.text.strip() for cut in copy.removed if cut.text.strip()),
        evidence=reprint.evidence if reprint else (),
    )
