"""Tables of phrases, long ones, looked for in many short lines.

Of an alternation of a hundred phrases, `re` tries each one at every character of a line. A line
that holds none of the words which a phrase cannot do without need not be tried with it, and
looking for a word costs next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

try:
    from re import _constants, _parser  # type: ignore[attr-defined]
except ImportError:  # private to CPython: without them, phrases are found all the same
    _constants = _parser = None

Cues = frozenset[str]
"""Pieces of text, in small letters: where one of them is missing from all of a text, so is the
phrase."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """An alternation of phrases to be found in any case: for each cue the phrases that need it."""

    by_cue: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, alternation: str) -> Phrases:
        by_cue: dict[str, list[str]] = {}
        for phrase in split(alternation):
            for cue in cues_of(phrase):
                by_cue.setdefault(cue, []).append(phrase)
        return cls(tuple((cue, "|".join(phrases)) for cue, phrases in by_cue.items()))

    def possible_in(self, text: str) -> Phrases:
        """Those of them that are worth looking for in the lines of a text."""
        lowered = text.lower()
        return Phrases(tuple([pair for pair in self.by_cue if pair[0] in lowered]))

    def within(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        if not self.by_cue:
            return False
        return any(_compiled(phrases).search(text) for _, phrases in self.possible_in(text).by_cue)


@cache
def _compiled(phrases: str) -> re.Pattern[str]:
    # When they are first met: few runs meet them all.
    return re.compile(phrases, re.IGNORECASE)


def split(alternation: str) -> list[str]:
    """The phrases of an alternation: what stands between its outermost bars."""
    phrases, start, depth, at = [], 0, 0, 0
    in_class = False
    while at < len(alternation):
        mark = alternation[at]
        if mark == "\\":
            at += 1
        elif in_class:
            in_class = mark != "]"
        elif mark == "[":
            in_class = True
        elif mark in "()":
            depth += 1 if mark == "(" else -1
        elif mark == "|" and depth == 0:
            phrases.append(alternation[start:at])
            start = at + 1
        at += 1
    return [*phrases, alternation[start:]]


def cues_of(phrase: str) -> Cues:
    """Pieces of text of which each match of a phrase holds at least one; the empty text, which is
    everywhere, when none can be told."""
    if _parser is None:
        return frozenset({""})
    return _required(_parser.parse(phrase, re.IGNORECASE)) or frozenset({""})


def _required(parsed: Iterable[tuple[Any, Any]]) -> Cues | None:
    found: list[Cues] = []
    letters = ""
    for operation, argument in parsed:
        if operation is _constants.LITERAL:
            letters += chr(argument).lower()
            continue
        found.append(frozenset({letters}))
        letters = ""
        if operation is _constants.SUBPATTERN:
            inner = _required(argument[-1])
        elif operation is _constants.BRANCH:
            branches = [_required(branch) for branch in argument[1]]
            inner = None if None in branches else frozenset().union(*branches)  # type: ignore[arg-type]
        elif operation is _constants.MAX_REPEAT and argument[0] > 0:
            inner = _required(argument[2])
        else:
            continue
        found += [inner] if inner else []
    found.append(frozenset({letters}))
    best = max(found, key=lambda cues: (min(map(len, cues)), -len(cues)))
    return best if min(map(len, best)) else None
