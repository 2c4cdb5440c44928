"""Facts in conflict: numbers and names that differ where two texts otherwise say the same.

Two market reports share most of their words and are different stories; a copy with every twelfth
word changed shares fewer and is the same. What tells them apart is which words differ.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from typing import Protocol

import numpy as np

from ingest.matching.shingles import Flags, Hashes, Places, Shingles, found_at, word_hashes

GAP_WORDS = 12
"""A gap of more words, on either side, is other text and not another figure of one sentence."""

LEAST_CONFLICTS = 2
"""One figure that differs is a correction, or an update."""

LEAST_NUMBERS = 4
"""Numbers are judged by themselves when the shared sentences hold at least so many."""

NEAR_NAME = 0.5
"""Two names that share so much of the longer one at both ends are one, misread or inflected."""

_IN_SENTENCE = re.compile(r"(?<=[^\W\d_][ ,;)])\s?([^\W\d_a-z]\w+)")
_FIGURE = re.compile(r"\d")


def names_in(text: str) -> frozenset[str]:
    """Words with a capital within a sentence, folded; in German all nouns. Empty in scripts without
    capitals."""
    found = _IN_SENTENCE.findall(text)
    return frozenset(word.casefold() for word in found if word[0].isupper())


def is_number(word: str) -> bool:
    """Whether a folded word holds a figure."""
    return word[0].isdecimal() or word[-1].isdecimal()


def figures_in(words: Sequence[str]) -> frozenset[str]:
    """Those of these folded words that hold a figure."""
    if not _FIGURE.search(" ".join(words)):
        return frozenset()  # as in most lines
    return frozenset(filter(is_number, words))


class Wording(Protocol):
    """What conflicts are looked for in: a text's folded words and their hashes; those that hold a
    figure, and its names; which words these are; and its runs of `size` words."""

    @property
    def words(self) -> Sequence[str]: ...
    @property
    def hashes(self) -> Hashes: ...
    @property
    def numbers(self) -> Flags: ...
    @property
    def figures(self) -> frozenset[str]: ...
    @property
    def names(self) -> frozenset[str]: ...
    @property
    def named(self) -> Flags: ...
    @property
    def size(self) -> int: ...
    @property
    def shingles(self) -> Shingles: ...


REPEATED = 0.05
"""Where so many of a text's runs of words stand in it before, as in a horoscope, the run that a gap
is looked for at may be another's, and the gaps are looked for from the other text's side too."""


def conflict(one: Wording, other: Wording) -> float:
    """Share of the facts in the shared sentences of the texts that differ, 0 to 1: the larger of
    the share among all and the share among numbers."""
    found = _conflict(one, other)
    if _repeats(one) or _repeats(other):
        found = max(found, _conflict(other, one))
    return found


def _repeats(text: Wording) -> bool:
    runs = len(text.shingles.sequence)
    return runs - len(text.shingles.distinct) > REPEATED * runs


def _conflict(one: Wording, other: Wording) -> float:
    known, at = found_at(one.shingles.distinct, other.shingles.distinct)
    found = known[one.shingles.which]
    if found.all():
        return 0.0
    names = one.names | other.names
    clashes = [0, 0]  # of numbers, of names
    agreements = [0, 0]
    for gap, other_gap in _short_gaps(one, other, found, at[one.shingles.which]):
        for kind, (ours, theirs) in enumerate(
            (
                (one.figures.intersection(gap), other.figures.intersection(other_gap)),
                (names.intersection(gap), names.intersection(other_gap)),
            )
        ):
            if ours and theirs:
                agreements[kind] += len(ours & theirs)
                clashes[kind] += _clashes(ours - theirs, theirs - ours)
    total = sum(clashes)
    if total < LEAST_CONFLICTS:
        return 0.0
    covered = np.zeros(len(one.words), np.bool_)
    for at_word in range(one.size):
        covered[at_word : at_word + len(found)] |= found[: len(covered) - at_word]
    strangers = word_hashes([*(other.names - one.names)])
    named = one.named | np.isin(one.hashes, strangers)
    agreements[0] += int(np.count_nonzero(covered & one.numbers))
    agreements[1] += int(np.count_nonzero(covered & named & ~one.numbers))
    of_all = total / (total + sum(agreements))
    numbers = clashes[0] + agreements[0]
    if numbers < LEAST_NUMBERS or clashes[0] < LEAST_CONFLICTS:
        return of_all
    return max(of_all, clashes[0] / numbers)


def _short_gaps(
    one: Wording, other: Wording, found: Flags, which: Places
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Pairs of short gaps between the same words in both texts. `found` says which runs of the one
    the other has, and `which` of its distinct ones they are."""
    hits = np.flatnonzero(found)
    wide = np.diff(hits)
    short = (wide > 1) & (wide <= GAP_WORDS + one.size)
    ends = zip(hits[:-1][short].tolist(), hits[1:][short].tolist(), strict=True)
    expected = 0
    for last, at in ends:
        lefts = other.shingles.places(which[last])
        left = lefts[min(bisect_left(lefts, expected), len(lefts) - 1)]
        rights = other.shingles.places(which[at])
        nearest = bisect_left(rights, left + 1)
        if nearest < len(rights):
            expected = right = rights[nearest]
            if right - left <= GAP_WORDS + one.size:
                yield one.words[last + one.size : at], other.words[left + one.size : right]


def _clashes(ours: Set[str], theirs: Set[str]) -> int:
    """How many of these stand against each other; one name in two spellings does not."""
    if not ours or not theirs:
        return 0
    near = sum(any(_near(one, other) for other in theirs) for one in ours)
    return max(0, min(len(ours), len(theirs)) - near)


def _near(one: str, other: str) -> bool:
    if is_number(one) or is_number(other):
        return False
    longest = max(len(one), len(other))
    least = min(len(one), len(other))
    head = next((i for i in range(least) if one[i] != other[i]), least)
    tail = next((i for i in range(least - head) if one[-1 - i] != other[-1 - i]), least - head)
    return head + tail > NEAR_NAME * longest
