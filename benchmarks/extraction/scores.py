"""Scores of one page, and their mean over pages with its error.

Texts are compared as in the article-extraction-benchmark (Scrapinghub, 2020): bags of 4-token
shingles, precision and recall averaged over pages, F1 of the two averages.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ingest.words import SOFT_HYPHEN

SHINGLE = 4
BOOTSTRAP_DRAWS = 300
_TOKEN = re.compile(r"\w+")


def text_overlap(found: str, gold: str) -> tuple[float | None, float | None]:
    """Precision and recall of a text; None where there is nothing to have it of."""
    ours, theirs = _shingles(found), _shingles(gold)
    common = sum((ours & theirs).values())
    total, wanted = sum(ours.values()), sum(theirs.values())
    return (common / total if total else None, common / wanted if wanted else None)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text.replace(SOFT_HYPHEN, ""))
    if not tokens:
        return Counter()
    count = max(1, len(tokens) - SHINGLE + 1)
    return Counter(tuple(tokens[at : at + SHINGLE]) for at in range(count))


def plain(text: str) -> str:
    """Letters and digits only, case aside."""
    bare = unicodedata.normalize("NFKC", text.replace(SOFT_HYPHEN, ""))
    return " ".join(_TOKEN.findall(bare.casefold()))


def same_title(found: str, gold: str) -> float:
    return float(plain(found) == plain(gold))


def authors_f1(found: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of the set of names; 1 when both are empty."""
    ours, theirs = ({plain(name) for name in names} for names in (found, gold))
    if not ours and not theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def chunk_scores(text: str, wanted: Sequence[str], unwanted: Sequence[str]) -> tuple[float, float]:
    """Share of the wanted pieces that the text holds, and of the unwanted ones that it does not."""
    folded = " ".join(text.split())

    def held(pieces: Sequence[str]) -> float:
        return sum(" ".join(piece.split()) in folded for piece in pieces) / max(1, len(pieces))

    return held(wanted), 1 - held(unwanted)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over a set of pages. `error` is its standard deviation over bootstrap samples of
    publishers."""

    value: float
    error: float
    pages: int


Scored = Mapping[str, float | None]
"""The scores of one page by name; None where the page has no gold for it."""


def mean(rows: Sequence[Scored], name: str) -> float:
    known = [value for row in rows if (value := row.get(name)) is not None]
    return sum(known) / len(known) if known else 0.0


def f1(rows: Sequence[Scored]) -> float:
    precision, recall = mean(rows, "precision"), mean(rows, "recall")
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def with_error(
    rows: Sequence[Scored],
    publishers: Sequence[str],
    statistic: Callable[[Sequence[Scored]], float],
) -> Figure:
    """The statistic over pages, its error from drawing publishers with replacement: pages of one
    publisher succeed and fail together."""
    groups: dict[str, list[Scored]] = defaultdict(list)
    for publisher, row in zip(publishers, rows, strict=True):
        groups[publisher].append(row)
    names = sorted(groups)
    draws = random.Random(1)
    values = [
        statistic([row for name in draws.choices(names, k=len(names)) for row in groups[name]])
        for _ in range(BOOTSTRAP_DRAWS)
    ]
    centre = sum(values) / len(values)
    spread = (sum((value - centre) ** 2 for value in values) / len(values)) ** 0.5
    return Figure(statistic(rows), spread, len(rows))
