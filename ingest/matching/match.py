"""Matching: is one text a copy of another, and how?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from ingest.matching.blocks import blocks_of
from ingest.matching.boilerplate import restore
from ingest.matching.facts import conflict
from ingest.matching.lines import Lines
from ingest.matching.shingles import (
    Flags,
    Hashes,
    Shingles,
    count_shared,
    found_at,
    shingled,
)
from ingest.types import RemovedBlock

Kind = Literal["copy", "excerpt", "template"]

SHINGLE_WORDS = 3
"""Copies with one word in seven changed still share 0.6 of their runs of three words, and 0.3 of
their runs of five."""

SHINGLE_CHARACTERS = 6
"""In scripts without spaces: three words or so."""

MIN_SHINGLES = 30
"""Texts with fewer shingles are too short to tell a copy from a coincidence."""

COPY_CONTAINMENT = 0.35
"""Least share of the smaller text's shingles in the larger. Reports of one event stay below 0.2;
copies inside an unknown frame of twice their length keep 0.35."""

SAME_PUBLISHER_CONTAINMENT = 0.8
"""For two articles of one publisher, which share frame and background whatever their subject."""

TENTHS = 7
"""The match must reach so many tenths of the smaller text: a shared frame reaches its ends only."""

TENTH_SHARE = 0.25
"""A tenth is reached when so many of its shingles match; one letter in 30 misread leaves 0.5."""

TRUNCATED_CONTAINMENT = 0.55
TRUNCATED_START = 0.12
"""Or so much of the smaller is in one piece that starts before this share of the larger: a copy
broken off early, inside a frame."""

MOST_CONFLICT = 0.33
CONFLICT_SHARE = 0.45
"""Copies have fewer facts in conflict than both MOST_CONFLICT and CONFLICT_SHARE of their
containment; issues of a templated report have more. Copies with one word in seven replaced stay
below 0.2."""

SHORT_WORDS = 120
"""Of a report in a template so little may be left when both publishers have learnt its wording that
this wording has to be looked at too."""

EXCERPT_WORDS = 50
"""A quotation of fewer words is what every report has."""

RUN_GAP = 5
"""A run of matching shingles goes on over so many that do not match: what changing a word costs."""


class Text:
    """A text with its shingles, made when they are first wanted. `removed` is the boilerplate that
    has been taken out of it."""

    def __init__(self, text: str, removed: Sequence[RemovedBlock] = ()) -> None:
        self._text = text
        self._removed = removed
        self._restored: dict[frozenset[int], Text] = {}

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self._text.split("\n") if line.strip()]

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)

    @property
    def words(self) -> tuple[str, ...]:
        return self._lines.words

    @property
    def hashes(self) -> Hashes:
        """A number for each word."""
        return self._lines.hashes

    @cached_property
    def size(self) -> int:
        """Words in a shingle."""
        return SHINGLE_CHARACTERS if self._lines.unspaced else SHINGLE_WORDS

    @cached_property
    def shingles(self) -> Shingles:
        return Shingles(shingled(self.hashes, self.size))

    @property
    def distinct(self) -> Hashes:
        """Its shingles, each once, ascending."""
        return self.shingles.distinct

    @property
    def figures(self) -> frozenset[str]:
        """The words that hold a figure."""
        return self._lines.figures

    @property
    def names(self) -> frozenset[str]:
        return self._lines.names

    @cached_property
    def numbers(self) -> Flags:
        """Which words hold a figure."""
        return self._among(self.figures)

    @cached_property
    def named(self) -> Flags:
        """Which words are among its names."""
        return self._among(self.names)

    def _among(self, some: frozenset[str]) -> Flags:
        return np.fromiter(map(some.__contains__, self.words), np.bool_, len(self.words))

    @cached_property
    def kept_hashes(self) -> frozenset[int]:
        return frozenset(block.hash for block in blocks_of(self._text) if block.hash)

    @cached_property
    def removed_hashes(self) -> frozenset[int]:
        return frozenset(cut.hash for cut in self._removed if cut.hash)

    @cached_property
    def removed_within(self) -> frozenset[int]:
        """What was removed from between what is left: what stands before and after it is a frame,
        whose figures (minutes of reading, comments, shares) say nothing."""
        end = len(self._text)
        return frozenset(cut.hash for cut in self._removed if cut.hash and 0 < cut.at < end)

    @cached_property
    def removed_shingles(self) -> Hashes:
        removed = Lines("\n".join([cut.text for cut in self._removed if cut.hash]))
        return shingled(removed.hashes, self.size)

    def with_back(self, hashes: frozenset[int]) -> Text:
        """This text with the removed blocks of these hashes put back."""
        hashes &= self.removed_hashes
        if not hashes:
            return self
        if hashes not in self._restored:
            only = None if hashes == self.removed_hashes else hashes
            self._restored[hashes] = Text(restore(self._text, self._removed, only))
        return self._restored[hashes]

    @property
    def whole(self) -> Text:
        return self.with_back(self.removed_hashes)


@dataclass(frozen=True, slots=True)
class Match:
    """What two texts have in common. `containment` is the share of the smaller one's shingles found
    in the larger, `coverage` the share of the larger one's found in the smaller; `start` and `end`
    are where in the larger the common part lies; all 0 to 1. `first_is_smaller` tells which is
    which. `conflict` is the share of facts that differ."""

    kind: Kind
    containment: float
    coverage: float = 1.0
    start: float = 0.0
    end: float = 1.0
    conflict: float = 0.0
    first_is_smaller: bool = True

    @property
    def copy(self) -> bool:
        return self.kind == "copy"


def side_by_side(one: Text, other: Text) -> tuple[Text, Text]:
    """Both texts as they are compared: what one publisher repeats and the other merely carries is
    put back, since an agency's template is content in a reprint."""
    if not one.removed_hashes and not other.removed_hashes:
        return one, other
    return one.with_back(_carried(one, other)), other.with_back(_carried(other, one))


def _carried(one: Text, other: Text) -> frozenset[int]:
    """What was removed from the one and stands in the other."""
    if not count_shared(one.removed_shingles, other.distinct):
        return frozenset()  # most often; telling blocks apart costs more
    return one.removed_hashes & other.kept_hashes


def compare(one: Text, other: Text, *, same_publisher: bool) -> Match | None:
    """What the texts have in common, or None when that is nothing that matters."""
    first, second = side_by_side(one, other)
    match = _compare(first, second, same_publisher=same_publisher)
    if match is None or not match.copy:
        return match
    allowed = _allowed_conflict(match.containment)
    for view in _whole_views(one, other, same_publisher=same_publisher):
        clash = conflict(*_ordered(*view))
        if clash > allowed:
            return replace(match, kind="template", conflict=clash)
    return match


def _whole_views(one: Text, other: Text, *, same_publisher: bool) -> Iterator[tuple[Text, Text]]:
    """The texts with boilerplate put back, in which facts may be in conflict. What the issues of a
    report share is its publisher's boilerplate: within one publisher it is put back on both sides,
    between two only on one, since their frames differ in figures too; and of a frame that shares no
    wording with the other text nothing follows."""
    if same_publisher:
        if one.removed_hashes or other.removed_hashes:
            yield one.whole, other.whole
        return
    if count_shared(one.removed_shingles, other.distinct):
        yield one.whole, other
    if count_shared(other.removed_shingles, one.distinct):
        yield one, other.whole
    both = one.removed_hashes & other.removed_hashes & (one.removed_within | other.removed_within)
    if both and min(len(one.words), len(other.words)) < SHORT_WORDS:
        yield one.with_back(both), other.with_back(both)


def _ordered(one: Text, other: Text) -> tuple[Text, Text]:
    return (one, other) if len(one.distinct) <= len(other.distinct) else (other, one)


def _compare(one: Text, other: Text, *, same_publisher: bool) -> Match | None:
    smaller, larger = _ordered(one, other)
    first = smaller is one
    if len(smaller.distinct) < MIN_SHINGLES:
        same = bool(smaller.words) and smaller.words == larger.words
        return Match("copy", 1.0, first_is_smaller=first) if same else None
    known, at = found_at(smaller.distinct, larger.distinct)
    common = int(np.count_nonzero(known))
    containment = common / len(smaller.distinct)
    if common < EXCERPT_WORDS and containment < COPY_CONTAINMENT:
        return None
    in_distinct = np.zeros(len(larger.distinct), np.bool_)
    in_distinct[at[known]] = True
    found, in_larger = known[smaller.shingles.which], in_distinct[larger.shingles.which]
    start, end = _extent(in_larger)
    match = Match("copy", containment, float(in_larger.mean()), start, end, first_is_smaller=first)
    needed = SAME_PUBLISHER_CONTAINMENT if same_publisher else COPY_CONTAINMENT
    truncated = containment >= TRUNCATED_CONTAINMENT and _from_the_start(found, in_larger)
    if containment < needed or not (_tenths_reached(found) >= TENTHS or truncated):
        quoted = _longest_run(found)
        if not same_publisher and quoted[1] - quoted[0] >= EXCERPT_WORDS:
            return replace(match, kind="excerpt")
        return None
    clash = conflict(smaller, larger)
    kind: Kind = "template" if clash > _allowed_conflict(containment) else "copy"
    return replace(match, kind=kind, conflict=clash)


def _allowed_conflict(containment: float) -> float:
    return min(MOST_CONFLICT, CONFLICT_SHARE * containment)


def _tenths_reached(found: Flags) -> int:
    bounds = np.arange(11) * len(found) // 10
    counts = np.diff(np.append(0, np.cumsum(found))[bounds])
    return int(np.count_nonzero(counts >= TENTH_SHARE * np.diff(bounds)))


def _from_the_start(found: Flags, in_larger: Flags) -> bool:
    """Whether one run that starts the larger text is a good part of the smaller."""
    start, end = _longest_run(in_larger)
    reach = TRUNCATED_CONTAINMENT * len(found)
    return start <= TRUNCATED_START * len(in_larger) and end - start >= reach


def _extent(in_larger: Flags) -> tuple[float, float]:
    """Where the common part lies, stray matches apart: its middle three quarters."""
    hits = np.flatnonzero(in_larger)
    if not len(hits):
        return 0.0, 0.0
    trim = len(hits) // 8
    total = len(in_larger)
    return int(hits[trim]) / total, (int(hits[-1 - trim]) + 1) / total


def similarity(one: Text, other: Text) -> float:
    """Jaccard similarity of two texts' shingles, 0 to 1."""
    common = count_shared(one.distinct, other.distinct)
    union = len(one.distinct) + len(other.distinct) - common
    return common / union if union else 0.0


def shared_hashes(sketches: Mapping[str, Sequence[int]], *, least: int) -> list[tuple[str, str]]:
    """Pairs among these texts (by name) whose sketches share at least `least` hashes."""
    holders: dict[int, list[str]] = {}
    counts: dict[tuple[str, str], int] = {}
    for name, sketch in sketches.items():
        for number in sketch:
            earlier = holders.setdefault(number, [])
            for other in earlier:
                counts[other, name] = counts.get((other, name), 0) + 1
            earlier.append(name)
    return [pair for pair, count in counts.items() if count >= least]


def _longest_run(found: Flags) -> tuple[int, int]:
    """Start and end of the longest run of matches, gaps of up to RUN_GAP bridged."""
    hits = np.flatnonzero(found)
    if not len(hits):
        return 0, 0
    breaks = np.flatnonzero(np.diff(hits) > RUN_GAP + 1)
    starts = hits[np.append(0, breaks + 1)]
    ends = hits[np.append(breaks, len(hits) - 1)] + 1
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])
