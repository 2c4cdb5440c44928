"""Comparisons of articles, each made once, and what they mean for their stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from ingest.matching.boilerplate import TITLE_AGREEMENT
from ingest.matching.match import Match, Text, compare
from ingest.matching.originals import Signal, canonical_key, publication_order, stated_signals
from ingest.matching.shingles import found_at, share
from ingest.types import Copy, StoryOverride
from ingest.words import count_words, folded_words

WHOLE_PART = 0.33
"""A text that fills less of another than this is one piece among others on a later page, or was
quoted from an earlier one, unless it is that one's beginning. Known wrappers leave at least 0.5."""

UPDATE_PART = 0.6
"""Of one publisher's two tellings, each holds so much of the other; a report that repeats the
background of an earlier one holds less."""

WHOLE_QUOTED = 0.8
"""A page that holds so much of another article contains it; less is an excerpt."""

TRUNCATED_START = 0.12
"""A copy broken off early begins before this share of its original."""

TEASER_WORDS = 80
"""Texts with fewer words may be a teaser, which need not quote what it announces."""

SAME_HEADLINE = 0.5
"""Headlines with half of their words in common are one, shortened or edited; a page of several
texts has a headline of its own."""

TEXTS_KEPT = 500
"""Texts with their shingles, of 125 KB or so each, that are kept at a time; with 800 a batch of 200
took a tenth less time than with 300, and 60 MB more. Comparisons are kept all."""

EdgeKind = Literal["copy", "roundup", "excerpt", "template"]


@dataclass(frozen=True, slots=True)
class Edge:
    """What two articles are to each other. For `copy`: of one story; `larger` holds `smaller`
    between `start` and `end` (shares of its length). Otherwise `larger` is the page that quotes or
    contains, `smaller` the article quoted. `containment`: share of `smaller` that `larger` holds;
    `coverage`: share of `larger` that is shared. `template`: they share wording, and their facts
    are in conflict."""

    kind: EdgeKind
    larger: str
    smaller: str
    containment: float
    coverage: float
    start: float = 0.0
    end: float = 1.0


class Comparisons:
    """Texts and their comparisons, each made once: a batch that has to be judged again, because
    others were loaded meanwhile, costs only what is new. A text that was cleaned again is another
    text."""

    def __init__(self, overrides: Iterable[StoryOverride] = ()) -> None:
        self._texts: dict[str, tuple[str, Text]] = {}
        self._edges: dict[tuple[str, str], tuple[str, str, Edge | None]] = {}
        self._signals: dict[str, tuple[str, tuple[Signal, ...]]] = {}
        self.rule(overrides)

    def rule(self, overrides: Iterable[StoryOverride]) -> None:
        """Follow what a person has said, and nothing said before."""
        self.same: set[frozenset[str]] = set()
        self.different: set[frozenset[str]] = set()
        self.originals: set[str] = set()
        self._cluster: dict[str, set[str]] = {}
        for override in overrides:
            pair = frozenset((override.article_id, override.other_article_id))
            if override.verdict == "original":
                self.originals.add(override.article_id)
            elif override.verdict == "different":
                self.different.add(pair)
            else:
                self.same.add(pair)
                joined = set().union(*(self._cluster.get(name, {name}) for name in pair))
                self._cluster.update(dict.fromkeys(joined, joined))

    def ruled_with(self, name: str) -> frozenset[str]:
        """The articles that a person has said to be of one story with this one, directly or through
        others."""
        return frozenset(self._cluster.get(name, {name})) - {name}

    def text(self, copy: Copy) -> Text:
        known = self._texts.pop(copy.article_id, None)
        if known is None or known[0] != copy.body:
            known = (copy.body, Text(copy.body, copy.removed))
        self._texts[copy.article_id] = known  # the last one used comes last
        if len(self._texts) > TEXTS_KEPT:
            del self._texts[next(iter(self._texts))]
        return known[1]

    def signals(self, copy: Copy, publisher_of: Callable[[str], str]) -> tuple[Signal, ...]:
        """What the article says of its source."""
        known = self._signals.get(copy.article_id)
        if known is None or known[0] != copy.body:
            known = (copy.body, stated_signals(copy, publisher_of))
            self._signals[copy.article_id] = known
        return known[1]

    def edge(self, one: Copy, other: Copy) -> Edge | None:
        """What the two are to each other, or None."""
        if one.article_id > other.article_id:
            one, other = other, one
        pair = (one.article_id, other.article_id)
        if frozenset(pair) in self.different:
            return None
        if frozenset(pair) in self.same:
            return Edge("copy", one.article_id, other.article_id, 1.0, 1.0)
        known = self._edges.get(pair)
        if known is None or known[0] != one.body or known[1] != other.body:
            known = (one.body, other.body, self._judge(one, other))
            self._edges[pair] = known
        return known[2]

    def in_conflict(self, one: Copy, other: Copy) -> bool:
        edge = self.edge(one, other)
        return edge is not None and edge.kind == "template"

    def copies(self, one: Copy, other: Copy) -> bool:
        edge = self.edge(one, other)
        return edge is not None and edge.kind == "copy"

    def shared_with(self, page: Copy, one: Copy, other: Copy) -> float:
        """Of what a page shares with the one, the share that the other has too, 0 to 1."""
        wording = self.text(one).distinct
        common, _ = found_at(wording, self.text(page).distinct)
        return share(wording[common], self.text(other).distinct)

    def _judge(self, one: Copy, other: Copy) -> Edge | None:
        same_publisher = one.publisher == other.publisher
        match = compare(self.text(one), self.text(other), same_publisher=same_publisher)
        if match is None:
            return _teaser(one, other)
        smaller, larger = (one, other) if match.first_is_smaller else (other, one)
        return _edge(match, smaller, larger, same_publisher=same_publisher)


def titles_agree(one: Copy, other: Copy, share: float) -> bool:
    """Whether two headlines have so much of their words in common."""
    title, other_title = set(folded_words(one.title)), set(folded_words(other.title))
    return len(title & other_title) >= share * max(1, len(title | other_title))


def _teaser(one: Copy, other: Copy) -> Edge | None:
    """A few words that name the other's address as the original's, under its headline."""
    for teaser, named in ((one, other), (other, one)):
        if canonical_key(teaser) not in named.url_keys:
            continue
        if titles_agree(teaser, named, TITLE_AGREEMENT) and count_words(teaser.body) < TEASER_WORDS:
            return Edge("copy", named.article_id, teaser.article_id, 1.0, 0.0)
    return None


def _edge(match: Match, smaller: Copy, larger: Copy, *, same_publisher: bool) -> Edge | None:
    later = publication_order(larger) > publication_order(smaller)
    inside = Edge(
        "copy",
        larger.article_id,
        smaller.article_id,
        match.containment,
        match.coverage,
        match.start,
        match.end,
    )
    quoted = Edge(
        "excerpt", smaller.article_id, larger.article_id, match.coverage, match.containment
    )
    if match.kind == "template":
        return replace(inside, kind="template")
    if match.kind == "excerpt":
        return replace(inside, kind="excerpt") if later else quoted
    if same_publisher and match.coverage < UPDATE_PART:
        return None
    if match.coverage < WHOLE_PART:
        if match.start <= TRUNCATED_START and titles_agree(smaller, larger, SAME_HEADLINE):
            return inside  # a beginning under the same headline, whatever the clocks say
        if later:
            contains = match.containment >= WHOLE_QUOTED
            return replace(inside, kind="roundup" if contains else "excerpt")
        if match.start > TRUNCATED_START:
            return quoted
    return inside
