"""Blocks of a text: its sentences, each list item and headline one of its own."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import xxhash

from ingest.month_names import MONTHS
from ingest.words import folded_words

_SENTENCE_END = re.compile(r"[.!?…][\"”’»)]*\s+|[。！？]\s*")
_DIGITS = re.compile(r"\d+")
_DOT_WITHIN = re.compile(r"\.(?<=\w\.)[a-z]")
_ADDRESS = re.compile(r"(?:https?://|\b[\w.+-]+@)?\b(?:[\w-]+\.)+[a-z]{2,}\b(?:/[^\s<>\"]*)?")

LINES_KEPT = 20_000
"""Lines come again: in a text before and after cleaning, in copies, in frames. So many (some 20 MB)
are kept with their blocks."""


class Block(NamedTuple):
    """A sentence, or a line that is none. `start` and `end` are its place in the text, in
    characters, the white space that follows it included, so that all blocks make up the text.

    `hash` is the same for blocks that differ in digits, month names, addresses (of pages, sites and
    people), case, spacing or punctuation only, and 0 for a block without words. `whole_line`: it
    shares its line with no other block.
    """

    text: str
    start: int
    end: int
    hash: int
    words: int
    whole_line: bool


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a text, in order. Joined by their places they are the text again."""
    blocks: list[Block] = []
    at = 0
    for line in text.splitlines(keepends=True):
        found = _in_line(line)
        blocks += [
            Block(line[start:end], at + start, at + end, number, words, len(found) == 1)
            for start, end, number, words in found
        ]
        at += len(line)
    return tuple(blocks)


@lru_cache(maxsize=LINES_KEPT)
def _in_line(line: str) -> tuple[tuple[int, int, int, int], ...]:
    """Start, end, hash and number of words of each block of a line."""
    found = []
    for start, end in _sentence_bounds(line):
        words = folded_words(line[start:end])
        found.append((start, end, _hash(line[start:end], words), len(words)))
    return tuple(found)


def _sentence_bounds(line: str) -> list[tuple[int, int]]:
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(line)), len(line)]
    bounds = [(a, b) for a, b in pairwise(cuts) if line[a:b].strip()]
    if not bounds:
        return [(0, len(line))]
    starts = [0, *(start for start, _ in bounds[1:])]
    return list(zip(starts, [*starts[1:], len(line)], strict=True))


def _hash(piece: str, words: list[str]) -> int:
    if not words:
        return 0
    if len(words) > 1 and _DOT_WITHIN.search(piece):
        said = folded_words(_ADDRESS.sub("0", piece))
        if len(said) > 1:  # a line that is an address, and no more, says just that
            words = said
    if not MONTHS.keys().isdisjoint(words):
        words = ["0" if word in MONTHS else word for word in words]
    masked = _DIGITS.sub("0", " ".join(words))
    return xxhash.xxh3_64_intdigest(masked.encode("utf-8", "surrogatepass"))
