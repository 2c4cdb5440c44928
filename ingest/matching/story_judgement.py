"""Judging a story: its original, its representative, and what each reprint did to the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from ingest.matching.comparisons import Comparisons
from ingest.matching.match import Text, side_by_side, similarity
from ingest.matching.originals import CONTAINED_WEIGHT, Attribution, attribute, publication_order
from ingest.matching.relations import added_paragraphs, relation
from ingest.matching.shingles import count_shared, share
from ingest.types import ArticleLink, Copy, Reprint, Role, Story

NEARLY_FULL = 0.9
"""Members that hold so much of the text that others hold too may represent a story."""

MOSTLY_MORE = 1.67
"""A member so much longer than another is the text that the other cut short; one less longer has a
frame around it."""


MOST_FRAME = 300
"""Words: hardly a publisher puts more around an article."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A story with the role of each member, its reprints, and links from its updates."""

    story: Story
    roles: Mapping[str, Role]
    reprints: tuple[Reprint, ...]
    links: tuple[ArticleLink, ...]


def judge(
    story_id: str,
    members: Sequence[Copy],
    compared: Comparisons,
    publisher_of: Callable[[str], str],
    habits: Mapping[str, float],
) -> Judgement:
    """What is to be said of a story with these members (at least one)."""
    found = _attribution(members, compared, publisher_of, habits)
    original = found.original
    representative = original or (_fullest(members, compared) if members[1:] else members[0])
    roles = {copy.article_id: _role(copy, original) for copy in members}
    story = Story(
        story_id=story_id,
        representative_article_id=representative.article_id,
        original_article_id=original.article_id if original else None,
        original_status=found.status,
        original_credit=found.credit,
        title=representative.title,
        language=representative.language,
        first_published_at=min(copy.sort_at for copy in members),
        last_published_at=max(copy.sort_at for copy in members),
        article_count=len(members),
        publisher_count=len({copy.publisher for copy in members}),
    )
    reprints = tuple(
        _reprint(copy, story, representative, found, compared)
        for copy in members
        if roles[copy.article_id] == "reprint"
    )
    links = tuple(
        ArticleLink(
            copy.article_id,
            representative.article_id,
            "update",
            share(compared.text(representative).distinct, compared.text(copy).distinct),
        )
        for copy in members
        if roles[copy.article_id] == "update"
    )
    return Judgement(story, roles, reprints, links)


def _attribution(
    members: Sequence[Copy],
    compared: Comparisons,
    publisher_of: Callable[[str], str],
    habits: Mapping[str, float],
) -> Attribution:
    if len(members) == 1:  # as most are: nothing to compare
        return attribute(members, lambda copy: compared.signals(copy, publisher_of), habits=habits)
    names = [copy.article_id for copy in members]
    chosen = next((name for name in names if name in compared.originals), None)
    extra = _extras(members, compared)
    size = {copy.article_id: len(compared.text(copy).distinct) for copy in members}
    longest = max(size.values())
    # What is far shorter than another has been cut short, and is no plainer for that.
    whole = [n for n in size if size[n] * MOSTLY_MORE > longest or longest - size[n] < MOST_FRAME]
    least = min(extra[name] for name in whole)

    def contained(copy: Copy) -> float:
        """The plainest text is the one that others have put a frame around."""
        plain = copy.article_id in whole and extra[copy.article_id] == least
        return CONTAINED_WEIGHT if plain else 0

    return attribute(
        members,
        lambda copy: compared.signals(copy, publisher_of),
        contained=contained,
        chosen=chosen,
        habits=habits,
    )


def _extras(members: Sequence[Copy], compared: Comparisons) -> dict[str, int]:
    """How many shingles of each member no other has."""
    texts = {copy.article_id: compared.text(copy).distinct for copy in members}
    found, counts = np.unique(np.concatenate([*texts.values()]), return_counts=True)
    single = found[counts == 1]
    return {name: count_shared(shingles, single) for name, shingles in texts.items()}


def _role(copy: Copy, original: Copy | None) -> Role:
    if original is None:
        return "reprint"
    if copy.article_id == original.article_id:
        return "original"
    return "update" if copy.publisher == original.publisher else "reprint"


def _fullest(members: Sequence[Copy], compared: Comparisons) -> Copy:
    """The member that holds most of the text which others hold too, with the least around it; of
    equals the earliest."""
    extra = _extras(members, compared)
    size = {copy.article_id: len(compared.text(copy).distinct) for copy in members}
    shared = {name: size[name] - extra[name] for name in size}
    most = max(shared.values())
    full = [copy for copy in members if shared[copy.article_id] >= NEARLY_FULL * most]
    shortest = min(size[copy.article_id] for copy in full)
    longest = max(size[copy.article_id] for copy in full)
    if longest > MOSTLY_MORE * max(shortest, 1):
        full = [copy for copy in full if size[copy.article_id] * MOSTLY_MORE > longest]
    return min(full, key=lambda copy: (extra[copy.article_id], publication_order(copy)))


def _reprint(
    copy: Copy, story: Story, representative: Copy, found: Attribution, compared: Comparisons
) -> Reprint:
    whole, reprinted = compared.text(representative), compared.text(copy)
    source, text = side_by_side(whole, reprinted)
    return Reprint(
        article_id=copy.article_id,
        story_id=story.story_id,
        original_article_id=story.original_article_id,
        relation=relation(source, text),
        containment=share(source.distinct, text.distinct),
        similarity=similarity(source, text),
        lag=_lag(found.original, copy) if found.original else None,
        added_text="\n".join(_added(source, reprinted)),
        evidence=tuple(signal.as_evidence() for signal in found.signals[copy.article_id]),
    )


def _added(source: Text, reprinted: Text) -> list[str]:
    """What the reprinter's page says beside the source, its boilerplate included."""
    return added_paragraphs(source, reprinted.whole)


def _lag(original: Copy, copy: Copy) -> timedelta | None:
    exact = ("second", "minute")
    if copy.published_precision not in exact or original.published_precision not in exact:
        return None
    if copy.published_at is None or original.published_at is None:
        return None
    return copy.published_at - original.published_at
