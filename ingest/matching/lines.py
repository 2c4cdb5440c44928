"""Lines of text as matching reads them: their words, and these as numbers. They are kept for a
while, since lines come again: in copies, in frames, in one text before and after cleaning."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np

from ingest.matching.facts import figures_in, names_in
from ingest.matching.shingles import NO_HASHES, Hashes, word_hashes
from ingest.words import UNSPACED, folded_words

LINES_KEPT = 8_000
"""Of 3 KB or so each."""

_UNSPACED = re.compile(f"[{UNSPACED}]")


class Line:
    """A line, or a piece of one; what is made of it is made when it is first wanted."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = tuple(folded_words(text))  # of no interest to the garbage collector

    @cached_property
    def hashes(self) -> Hashes:
        """A number for each word."""
        return word_hashes(self.words)

    @cached_property
    def characters(self) -> int:
        """How many of its words are characters of a script without spaces."""
        return 0 if self.text.isascii() else len(_UNSPACED.findall(" ".join(self.words)))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The words that hold a figure."""
        return figures_in(self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        return names_in(self.text)


line_of = lru_cache(maxsize=LINES_KEPT)(Line)


class Lines:
    """Several lines, read as one."""

    def __init__(self, text: str) -> None:
        self._lines = [line_of(line) for line in text.split("\n")]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable([line.words for line in self._lines]))

    @property
    def unspaced(self) -> bool:
        """Whether most of it is in a script without spaces."""
        characters = sum([line.characters for line in self._lines])
        return 2 * characters > sum([len(line.words) for line in self._lines])

    @cached_property
    def hashes(self) -> Hashes:
        return np.concatenate([NO_HASHES, *[line.hashes for line in self._lines]])

    @cached_property
    def figures(self) -> frozenset[str]:
        return frozenset().union(*[line.figures for line in self._lines])

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset().union(*[line.names for line in self._lines])
