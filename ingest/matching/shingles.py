"""Shingles: the runs of words of a text as numbers, in arrays, so that texts are compared fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

NO_HASHES: Hashes = np.empty(0, np.uint64)

_FACTORS = np.random.default_rng(1).integers(2**63, size=16, dtype=np.uint64) * 2 + 1
"""What the words of a run are multiplied by, place by place, so that their order counts."""


def word_hashes(words: Sequence[str]) -> Hashes:
    """A number for each word, the same within this process only. Two words of a million have the
    same one with a chance of 1 in 40 million."""
    return np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)


def shingled(words: Hashes, size: int) -> Hashes:
    """A number for each run of `size` words, in order; for the whole text when it is shorter."""
    if not len(words):
        return words
    size = min(size, len(words))
    runs = len(words) - size + 1
    found: Hashes = words[:runs] * _FACTORS[0]
    for at in range(1, size):
        found += words[at : at + runs] * _FACTORS[at]
    return found


@dataclass(frozen=True, eq=False)
class Shingles:
    """The shingles of a text. `sequence` has them in order."""

    sequence: Hashes

    @cached_property
    def order(self) -> Places:
        """Places in the text, by shingle and place."""
        return np.argsort(self.sequence, kind="stable")

    @cached_property
    def _first(self) -> Flags:
        """Which of `order` are the first places of their shingles."""
        ordered = self.sequence[self.order]
        first = np.ones(len(ordered), np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        return first

    @cached_property
    def distinct(self) -> Hashes:
        """Each shingle once, ascending."""
        return self.sequence[self.order[self._first]]

    @cached_property
    def which(self) -> Places:
        """For each place in the text, the place in `distinct` of what stands there."""
        which = np.empty(len(self.sequence), np.intp)
        which[self.order] = np.cumsum(self._first) - 1
        return which

    @cached_property
    def _bounds(self) -> Places:
        return np.append(np.flatnonzero(self._first), len(self.order))

    def places(self, which: int) -> list[int]:
        """Where in the text a shingle of `distinct` stands, in order."""
        places: list[int] = self.order[self._bounds[which] : self._bounds[which + 1]].tolist()
        return places


def found_at(some: Hashes, known: Hashes) -> tuple[Flags, Places]:
    """For each of `some` whether it is among `known` (ascending), and where there."""
    if not len(known):
        return np.zeros(len(some), np.bool_), np.zeros(len(some), np.intp)
    at = np.searchsorted(known, some)
    at[at == len(known)] = 0
    return known[at] == some, at


def share(part: Hashes, whole: Hashes) -> float:
    """Share of `part` that is in `whole` (ascending), 0 to 1."""
    return count_shared(part, whole) / len(part) if len(part) else 0.0


def count_shared(part: Hashes, whole: Hashes) -> int:
    """How many of `part` are in `whole` (ascending)."""
    return int(np.count_nonzero(found_at(part, whole)[0]))
