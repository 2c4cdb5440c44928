"""Facts in conflict: numbers and names that differ where two texts otherwise say the same.

Two market reports share most of their words and are different stories; a copy with every twelfth
word changed shares fewer and is the same. What tells them apart is which words differ.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

GAP_WORDS = 12
"""A gap of more words, on either side, is other text and not another figure of one sentence."""

LEAST_CONFLICTS = 2
"""One figure that differs is a correction, or an update."""

LEAST_NUMBERS = 4
"""Numbers are judged by themselves when the shared sentences hold at least so many."""

NEAR_NAME = 0.5
"""Two names that share so much of the longer one at both ends are one, misread or inflected."""

_IN_SENTENCE = re.compile(r"(?<=[^\W\d_][ ,;)])\s?([^\W\d_]\w+)")


def names_in(text: str) -> frozenset[str]:
    """Words with a capital within a sentence, folded; in German all nouns. Empty in scripts without
    capitals."""
    found = _IN_SENTENCE.findall(text)
    return frozenset(word.casefold() for word in found if word[0].isupper())


def is_number(word: str) -> bool:
    """Whether a folded word holds a figure."""
    return word[0].isdigit() or word[-1].isdigit()


def conflict(
    words: Sequence[str],
    others: Sequence[str],
    found: Sequence[bool],
    other_shingles: Sequence[tuple[str, ...]],
    names: frozenset[str],
    size: int,
) -> float:
    """Share of the facts in the shared sentences that differ, 0 to 1: the larger of the share among
    all and the share among numbers.

    `found` says for each run of `size` words of the one whether the other has it, `other_shingles`
    are the other's runs in order.
    """
    clashes = [0, 0]  # of numbers, of names
    agreements = [0, 0]
    for gap, other_gap in _short_gaps(words, others, found, other_shingles, size):
        for kind, (ours, theirs) in enumerate(
            (
                ({w for w in gap if is_number(w)}, {w for w in other_gap if is_number(w)}),
                ({*names.intersection(gap)}, {*names.intersection(other_gap)}),
            )
        ):
            agreements[kind] += len(ours & theirs)
            clashes[kind] += _clashes(ours - theirs, theirs - ours)
    total = sum(clashes)
    if total < LEAST_CONFLICTS:
        return 0.0
    for at, word in enumerate(words):
        kind = 0 if is_number(word) else 1
        if (kind == 0 or word in names) and any(found[max(0, at - size + 1) : at + 1]):
            agreements[kind] += 1
    of_all = total / (total + sum(agreements))
    numbers = clashes[0] + agreements[0]
    if numbers < LEAST_NUMBERS or clashes[0] < LEAST_CONFLICTS:
        return of_all
    return max(of_all, clashes[0] / numbers)


def _short_gaps(
    words: Sequence[str],
    others: Sequence[str],
    found: Sequence[bool],
    other_shingles: Sequence[tuple[str, ...]],
    size: int,
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Pairs of short gaps between the same words in both texts."""
    hits = [at for at, hit in enumerate(found) if hit]
    gaps = [(a, b) for a, b in pairwise(hits) if 1 < b - a <= GAP_WORDS + size]
    places: dict[tuple[str, ...], list[int]] = {
        tuple(words[at : at + size]): [] for gap in gaps for at in gap
    }
    if not places:
        return
    for at, shingle in enumerate(other_shingles):
        if shingle in places:
            places[shingle].append(at)
    expected = 0
    for last, at in gaps:
        lefts = places[tuple(words[last : last + size])]
        left = lefts[min(bisect_left(lefts, expected), len(lefts) - 1)]
        rights = places[tuple(words[at : at + size])]
        nearest = bisect_left(rights, left + 1)
        if nearest < len(rights):
            expected = right = rights[nearest]
            if right - left <= GAP_WORDS + size:
                yield words[last + size : at], others[left + size : right]


def _clashes(ours: set[str], theirs: set[str]) -> int:
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
