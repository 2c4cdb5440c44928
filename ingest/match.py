"""Matching: is one text a copy of another, and how?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from ingest.types import Relation
from ingest.words import folded_words, shingles

SHINGLE_WORDS = 5

MIN_SHINGLES = 30
"""Texts with fewer shingles are too short to tell a copy from a coincidence."""

COPY_CONTAINMENT = 0.45
"""Least share of the smaller text's shingles in the larger. Wrapped originals keep above 0.9,
heavily cut or edited ones above 0.45; different reports of one event stay below 0.2."""

SAME_PUBLISHER_CONTAINMENT = 0.8
"""For two articles of one publisher, which share its frame whatever they are about."""

SPREAD_TENTHS = 7
"""The match must reach so many tenths of the smaller text: a shared frame reaches its ends only."""

RUN_GAP = 5
"""A run of matching shingles goes on over so many that do not match: what changing a word costs."""

RUN_SHARE = 0.45
"""Or one run must hold so much of the smaller text: a copy broken off early, inside a frame."""

RUN_START = 0.12
"""And begin before this share of one of the two, the original: frames begin at both ends."""

TEMPLATE_RATIO = 0.8
"""When so much less of the text matches with its digits than without, only the figures differ: two
issues of a market or weather report, not copies."""

FULL_CONTAINMENT = 0.9
"""A reprint that holds so much of the original is a full one: extraction and typography cost a few
shingles."""

TRUNCATED_HEAD = 0.8
"""A truncated reprint holds so much of the original up to where it breaks off."""

TRUNCATED_END = 0.9
"""And breaks off before this share of the original."""

TRUNCATED_TAIL = 0.2
"""Of what follows it holds less than this share: stock phrases, not text."""

_DIGITS = re.compile(r"\d+")


class Text:
    """A text with its shingles, made when they are first wanted."""

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self._text.split("\n") if line.strip()]

    @cached_property
    def sequence(self) -> list[str]:
        """Shingles in order."""
        return shingles(folded_words(self._text), SHINGLE_WORDS)

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.sequence)

    @cached_property
    def masked(self) -> frozenset[str]:
        """Shingles with every number made the same."""
        return frozenset(_DIGITS.sub("0", shingle) for shingle in self.distinct)


@dataclass(frozen=True, slots=True)
class Match:
    """Two texts that carry the same text. `containment` is the share of the smaller one's shingles
    found in the larger, 0 to 1."""

    containment: float


def compare(one: Text, other: Text, *, same_publisher: bool) -> Match | None:
    """The match between two texts, or None when neither is a copy of the other."""
    smaller, larger = sorted((one, other), key=lambda text: len(text.distinct))
    if len(smaller.distinct) < MIN_SHINGLES:
        return Match(1.0) if smaller.distinct and smaller.sequence == larger.sequence else None
    containment = share(smaller.distinct, larger.distinct)
    needed = SAME_PUBLISHER_CONTAINMENT if same_publisher else COPY_CONTAINMENT
    if containment < needed:
        return None
    if _tenths_reached(smaller, larger) < SPREAD_TENTHS and not _broken_off(smaller, larger):
        return None
    if containment < TEMPLATE_RATIO * share(smaller.masked, larger.masked):
        return None
    return Match(containment)


def share(part: frozenset[str], whole: frozenset[str]) -> float:
    """Share of `part` that is in `whole`, 0 to 1."""
    return len(part & whole) / len(part) if part else 0.0


def similarity(one: Text, other: Text) -> float:
    """Jaccard similarity of two texts' shingles, 0 to 1."""
    union = len(one.distinct | other.distinct)
    return len(one.distinct & other.distinct) / union if union else 0.0


def relation(original: Text, reprint: Text) -> Relation:
    """How a reprint carries its original."""
    if share(original.distinct, reprint.distinct) >= FULL_CONTAINMENT:
        return "full"
    found = [shingle in reprint.distinct for shingle in original.sequence]
    # Where it breaks off: stray wording shared further down must not count as the end.
    gains = list(accumulate(1 if shared else -1 for shared in found))
    end = gains.index(max(gains)) + 1 if gains else 0
    cut = end < TRUNCATED_END * len(found) and sum(found[:end]) >= TRUNCATED_HEAD * end
    if cut and sum(found[end:]) < TRUNCATED_TAIL * (len(found) - end):
        return "truncated"
    return "edited"


def added_paragraphs(original: Text, reprint: Text) -> list[str]:
    """The reprint's paragraphs that the original does not have, most of their shingles missing.
    Lines without words, such as asterisks between parts, are nobody's text."""
    whole = " " + " ".join(folded_words("\n".join(original.paragraphs))) + " "
    added = []
    for paragraph in reprint.paragraphs:
        words = folded_words(paragraph)
        if not words:
            continue
        if len(words) <= SHINGLE_WORDS:
            known = f" {' '.join(words)} " in whole
        else:
            known = share(frozenset(shingles(words, SHINGLE_WORDS)), original.distinct) >= 0.5
        if not known:
            added.append(paragraph)
    return added


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


def _tenths_reached(smaller: Text, larger: Text) -> int:
    sequence = smaller.sequence
    bounds = [len(sequence) * tenth // 10 for tenth in range(11)]
    return sum(
        2 * sum(shingle in larger.distinct for shingle in sequence[start:end]) >= end - start
        for start, end in pairwise(bounds)
    )


def _broken_off(smaller: Text, larger: Text) -> bool:
    """Whether one run of text, from the start of one of the two, is most of the smaller."""
    wanted = RUN_SHARE * len(smaller.sequence)
    for text, other in ((smaller, larger), (larger, smaller)):
        start, end = _longest_run([shingle in other.distinct for shingle in text.sequence])
        if end - start >= wanted and start <= RUN_START * len(text.sequence):
            return True
    return False


def _longest_run(found: Sequence[bool]) -> tuple[int, int]:
    """Start and end of the longest run of matches, gaps of up to RUN_GAP bridged."""
    best, start, last = (0, 0), 0, None
    for at, hit in enumerate(found):
        if not hit:
            continue
        if last is None or at - last > RUN_GAP + 1:
            start = at
        last = at
        best = max(best, (start, at + 1), key=lambda run: run[1] - run[0])
    return best
