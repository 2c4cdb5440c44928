"""Stories: which articles carry the same text, and which of them is the original."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime

from ingest.ids import mint
from ingest.matching.comparisons import Comparisons
from ingest.matching.match import shared_hashes
from ingest.matching.originals import canonical_key
from ingest.matching.placement import Placement
from ingest.matching.story_judgement import Judgement, judge
from ingest.types import (
    Article,
    ArticleLink,
    Candidates,
    Copy,
    StoryDecisions,
    StoryRedirect,
)

__all__ = ["Comparisons", "as_copy", "canonical_key", "decide_stories"]

SHARED_HASHES = 3
"""Two articles of one batch are compared when their sketches share so many hashes."""


def as_copy(article: Article) -> Copy:
    """A new article, as far as matching needs it."""
    return Copy(
        article_id=article.article_id,
        story_id=None,
        publisher=article.publisher,
        title=article.title,
        body=article.body,
        language=article.language,
        url_keys=article.url_keys,
        declared_canonical_url=article.declared_canonical_url,
        published_at=article.published_at,
        published_precision=article.published_precision,
        sort_at=article.sort_at,
        first_seen_at=article.first_seen_at,
        authors=article.authors,
        credits=article.credits,
        removed=article.removed,
        statements=article.statements,
    )


def decide_stories(
    batch: Sequence[Article],
    candidates: Candidates,
    *,
    publisher_of: Callable[[str], str],
    compared: Comparisons,
    again: Mapping[str, Sequence[int]] | None = None,
    movable: bool = False,
) -> StoryDecisions:
    """Place every article of the batch in a story, and judge the stories it touches.

    `again` are stored articles, with their sketches, that are to be placed anew, because their text
    was cleaned again or late arrivals changed what is around them: `candidates.copies` has them as
    they are now, and `candidates.pairs` what they may be copies of. Only when `movable` may stored
    articles change their story: the caller then records `redirects` and `links`.

    The order within the batch does not matter.
    """
    again = again or {}
    copies = {**candidates.copies, **{a.article_id: as_copy(a) for a in batch}}
    sketches = {**again, **{article.article_id: article.sketch for article in batch}}
    stored_story = {name: copy.story_id for name, copy in copies.items() if copy.story_id}
    placement = Placement(
        copies,
        {name: story for name, story in stored_story.items() if name not in sketches},
        _likely_pairs(sketches, candidates, copies, compared.same),
        compared,
        publisher_of,
        roundups=candidates.roundups - sketches.keys(),
        movable=movable,
    )
    placement.place(_in_order(sketches, copies))
    before = _by_story(stored_story)
    touched = _touched(placement.group_of, sketches.keys(), before)
    story_ids = _story_ids(touched, stored_story, before, copies)
    members = {story_ids[group]: [copies[n] for n in names] for group, names in touched.items()}
    judged = [
        judge(story_id, of_story, compared, publisher_of, candidates.habits)
        for story_id, of_story in sorted(members.items())
    ]
    now_in = {name: story_ids[group] for group, names in touched.items() for name in names}
    return StoryDecisions(
        stories=tuple(one.story for one in judged),
        roles={
            name: (one.story.story_id, role) for one in judged for name, role in one.roles.items()
        },
        reprints=tuple(reprint for one in judged for reprint in one.reprints),
        links=tuple(_links(sketches, placement, judged, now_in, stored_story)),
        relinked=tuple(sorted(sketches.keys() | (placement.roundups - candidates.roundups))),
        redirects=tuple(_redirects(stored_story, now_in, set(story_ids.values()), copies)),
    )


def _in_order(unplaced: Iterable[str], copies: Mapping[str, Copy]) -> list[str]:
    """In which order articles are placed: that of their publication. Those that name their original
    come after the others, so that it has its story by then."""
    held = {key for copy in copies.values() for key in copy.url_keys}

    def turn(name: str) -> tuple[bool, datetime, str]:
        return canonical_key(copies[name]) in held, copies[name].sort_at, name

    return sorted(unplaced, key=turn)


def _touched(
    group_of: Mapping[str, str], unplaced: Set[str], before: Mapping[str, set[str]]
) -> dict[str, list[str]]:
    """The members of each group that holds an article placed now, or others than before."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(group_of):
        groups[group_of[name]].append(name)
    return {
        group: names
        for group, names in groups.items()
        if not unplaced.isdisjoint(names) or before.get(group, set()) != {*names}
    }


def _likely_pairs(
    sketches: Mapping[str, Sequence[int]],
    candidates: Candidates,
    copies: Mapping[str, Copy],
    ruled: Iterable[frozenset[str]],
) -> dict[str, set[str]]:
    """For each article, those that it is worth comparing with; for stored ones too."""
    likely: dict[str, set[str]] = defaultdict(set)

    def pair(one: str, other: str) -> None:
        if one != other and one in copies and other in copies:
            likely[one].add(other)
            likely[other].add(one)

    for name, others in candidates.pairs.items():
        for other in others:
            pair(name, other)
    for one, other in shared_hashes(sketches, least=SHARED_HASHES):
        pair(one, other)
    for names in ruled:
        pair(*sorted(names))
    by_key = {key: name for name, copy in copies.items() for key in copy.url_keys}
    for name, copy in copies.items():
        named = by_key.get(canonical_key(copy) or "")
        if named:
            pair(name, named)
    return likely


def _by_story(stored_story: Mapping[str, str]) -> dict[str, set[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    for name, story in stored_story.items():
        members[story].add(name)
    return members


def _first_seen(names: Iterable[str], copies: Mapping[str, Copy]) -> str:
    return min(names, key=lambda name: (copies[name].first_seen_at, name))


def _story_ids(
    groups: Mapping[str, Sequence[str]],
    stored_story: Mapping[str, str],
    before: Mapping[str, set[str]],
    copies: Mapping[str, Copy],
) -> dict[str, str]:
    """The story id of each group. A split leaves the id with the first-seen member; of several, a
    group keeps the one whose first member was seen first."""
    group_of = {name: group for group, names in groups.items() for name in names}
    claims: dict[str, list[str]] = defaultdict(list)
    for story, members in before.items():
        first = _first_seen(members, copies)
        if first in group_of:
            claims[group_of[first]].append(story)
    ids: dict[str, str] = {}
    for group, stories in claims.items():
        ids[group] = min(
            stories,
            key=lambda story: (copies[_first_seen(before[story], copies)].first_seen_at, story),
        )
    taken = {*before, *ids.values()}
    for group in sorted(groups.keys() - ids.keys()):
        first = _first_seen(groups[group], copies)
        key, turn = copies[first].url_keys[0], 1
        ids[group] = mint("s", key)
        while ids[group] in taken:
            turn += 1
            ids[group] = mint("s", f"{key}#{turn}")
        taken.add(ids[group])
    return ids


def _redirects(
    stored_story: Mapping[str, str],
    now_in: Mapping[str, str],
    living: set[str],
    copies: Mapping[str, Copy],
) -> Iterator[StoryRedirect]:
    """For each story that has no member left: the story of its first-seen one."""
    for story, members in sorted(_by_story(stored_story).items()):
        if story in living or any(name not in now_in for name in members):
            continue
        yield StoryRedirect(story, now_in[_first_seen(members, copies)], "merged")


def _links(
    placed: Iterable[str],
    placement: Placement,
    judged: Sequence[Judgement],
    now_in: Mapping[str, str],
    stored_story: Mapping[str, str],
) -> Iterator[ArticleLink]:
    """Quotations and round-ups among the articles placed, and updates."""
    for one in judged:
        yield from one.links
    seen: set[tuple[str, str]] = set()
    for name in sorted({*placed, *placement.roundups}):
        for _, edge in placement.edges(name):
            pair = (edge.larger, edge.smaller)
            story, other = (now_in.get(n) or stored_story.get(n) for n in pair)
            if pair in seen or (story is not None and story == other):
                continue
            seen.add(pair)
            if edge.larger in placement.roundups:
                yield ArticleLink(*pair, "roundup", edge.containment)
            elif edge.kind in ("excerpt", "roundup"):
                yield ArticleLink(*pair, edge.kind, edge.containment)
