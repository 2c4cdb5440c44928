"""Common ways to find copies, on the same articles: exact hash, URL and title, SimHash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import combinations

import xxhash

from benchmarks.matching.documents import Labelled
from benchmarks.matching.scoring import grouped, pair_scores
from ingest.types import Article
from ingest.words import folded_words, shingles

SIMHASH_BITS = 3
"""The usual bound for 64-bit SimHash of pages."""


def peer_scores(labelled: Labelled) -> dict[str, dict[str, float]]:
    """Pairwise scores of each peer."""
    true = grouped({name: label.story for name, label in labelled.labels.items()})
    return {
        "exact hash": pair_scores(true, _equal(labelled.articles, lambda a: a.content_hash)),
        "URL and title": pair_scores(
            true, _equal(labelled.articles, lambda a: " ".join(folded_words(a.title)))
        ),
        "SimHash": pair_scores(true, _simhash(labelled.articles)),
    }


def _equal(articles: Iterable[Article], key: Callable[[Article], Hashable]) -> set[tuple[str, str]]:
    return grouped({article.article_id: str(key(article)) for article in articles})


def _simhash(articles: Iterable[Article]) -> set[tuple[str, str]]:
    values = {article.article_id: _simhash_of(article.body) for article in articles}
    tables: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name, value in values.items():
        for quarter in range(4):  # two values within 3 bits agree in one quarter of four
            tables[quarter, value >> 16 * quarter & 0xFFFF].append(name)
    return {
        (min(one, other), max(one, other))
        for names in tables.values()
        for one, other in combinations(names, 2)
        if (values[one] ^ values[other]).bit_count() <= SIMHASH_BITS
    }


def _simhash_of(text: str) -> int:
    weights = [0] * 64
    for shingle in shingles(folded_words(text), 3):
        number = xxhash.xxh3_64_intdigest(shingle.encode("utf-8", "surrogatepass"))
        for bit in range(64):
            weights[bit] += 1 if number >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if weights[bit] > 0)
