"""How a reprint carries its original, and what it added."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from ingest.matching.lines import line_of
from ingest.matching.match import Text
from ingest.matching.shingles import Flags, Places, found_at, share, shingled
from ingest.types import Relation

FULL_CONTAINMENT = 0.97
"""A full reprint holds so much of the original: extraction and typography cost a few shingles, and
two words changed in a hundred cost 0.06."""

FULL_IN_ORDER = 0.94
"""And so much of it in the original's order: a standfirst or a caption set elsewhere is a few
shingles in a hundred, a paragraph moved up is more."""

TRUNCATED_HEAD = 0.7
"""A truncated reprint holds so much of the original up to where it breaks off: light edits leave
0.85."""

TRUNCATED_END = 0.9
"""And breaks off before this share of the original."""

CUT_CLEAN = 0.97
"""Or it holds so much of what comes before, and only its last lines are missing,"""

LEAST_TAIL = 10
"""so many words at least: fewer are an edit."""

TRUNCATED_TAIL = 0.2
"""Of what follows it holds less than this share: stock phrases, not text."""

KNOWN_PARAGRAPH = 0.5
"""A paragraph is the original's when it shares so many of its shingles."""


def relation(original: Text, reprint: Text) -> Relation:
    """How a reprint carries its original."""
    known, at = found_at(original.distinct, reprint.distinct)
    if np.count_nonzero(known) >= FULL_CONTAINMENT * len(known):
        return "full" if _in_order(original, reprint, known, at) >= FULL_IN_ORDER else "edited"
    # What the original says twice may be held from the first time.
    places = np.unique(original.shingles.which, return_index=True)[1]
    found = known[original.shingles.which[np.sort(places)]]
    # Where it breaks off: stray wording shared further down must not count as the end.
    gains = np.cumsum(np.where(found, 1, -1))
    end = int(np.argmax(gains)) + 1 if len(found) else 0
    held = found[:end].sum()
    early = end < TRUNCATED_END * len(found) and held >= TRUNCATED_HEAD * end
    left = len(found) - end
    late = left >= LEAST_TAIL and held >= CUT_CLEAN * end
    if (early or late) and found[end:].sum() < TRUNCATED_TAIL * left:
        return "truncated"
    return "edited"


def _in_order(original: Text, reprint: Text, known: Flags, at: Places) -> float:
    """The largest share of the original's shingles that stand in the reprint in the same order, of
    those that stand in each of them once."""
    once = known & (np.bincount(original.shingles.which) == 1)
    once[known] &= np.bincount(reprint.shingles.which)[at[known]] == 1
    first = np.full(len(reprint.distinct), -1, np.intp)
    first[reprint.shingles.which] = np.arange(len(reprint.shingles.which))
    which = original.shingles.which[once[original.shingles.which]]
    places = first[at[which]].tolist()
    ends: list[int] = []  # of the ascending runs of each length, the least last place
    for place in places:
        after = bisect_left(ends, place)
        ends[after : after + 1] = [place]
    return len(ends) / len(places) if places else 1.0


def added_paragraphs(original: Text, reprint: Text) -> list[str]:
    """The reprint's paragraphs that the original does not have, most of their shingles missing.
    Lines without words, such as asterisks between parts, are nobody's text."""
    whole = " " + " ".join(original.words) + " "
    added = []
    for paragraph in reprint.paragraphs:
        line = line_of(paragraph)
        words = line.words
        if not words:
            continue
        if len(words) <= original.size + 2:
            known = f" {' '.join(words)} " in whole
        else:
            pieces = np.unique(shingled(line.hashes, original.size))
            known = share(pieces, original.distinct) >= KNOWN_PARAGRAPH
        if not known:
            added.append(paragraph)
    return added
