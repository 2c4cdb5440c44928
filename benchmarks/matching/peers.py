"""Common ways to find copies, on the same articles: exact hash, title, SimHash, and MinHash LSH as
datasketch and rensa have it (left out when they are not installed), on the texts as they come and
on texts cleaned by us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from itertools import combinations
from typing import Any

import xxhash

from benchmarks.matching.documents import Labelled
from benchmarks.matching.scoring import Pairs, grouped, scores_of_pairs
from ingest.types import Article
from ingest.words import folded_words

SIMHASH_BITS = 3
"""The usual bound for 64-bit SimHash of pages."""

PERMUTATIONS = 128
"""Both libraries' own default."""

BANDS = 32
"""Of four: a pair at the lower threshold is looked at with a chance of 87%."""

THRESHOLDS = (0.5, 0.7)
"""Jaccard similarity from which two texts are said to be copies: what tutorials use, and less."""


def peer_scores(labelled: Labelled, cleaned: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Scores of each peer. `cleaned` are the bodies without boilerplate, by article id."""
    articles = labelled.articles
    found = {
        "exact hash": _equal(articles, lambda a: a.content_hash),
        "exact hash, cleaned": _equal(
            articles, lambda a: " ".join(folded_words(cleaned[a.article_id]))
        ),
        "URL and title": _equal(articles, lambda a: " ".join(folded_words(a.title))),
        "SimHash": _simhash({a.article_id: a.body for a in articles}),
        "SimHash, cleaned": _simhash(cleaned),
    }
    for library, similar in (("datasketch", _datasketch), ("rensa", _rensa)):
        if find_spec(library):
            for threshold in THRESHOLDS:
                name = f"{library} {threshold}"
                found[name] = similar({a.article_id: a.body for a in articles}, threshold)
                found[f"{name}, cleaned"] = similar(cleaned, threshold)
    return {name: scores_of_pairs(labelled, pairs) for name, pairs in found.items()}


def _equal(articles: Iterable[Article], key: Callable[[Article], Hashable]) -> Pairs:
    return grouped({article.article_id: str(key(article)) for article in articles})


def _simhash(texts: Mapping[str, str]) -> Pairs:
    values = {name: _simhash_of(text) for name, text in texts.items()}
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


def _datasketch(texts: Mapping[str, str], threshold: float) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    index: Any = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    made: dict[str, Any] = {}
    found: Pairs = set()
    for name, text in texts.items():
        made[name] = MinHash(num_perm=PERMUTATIONS)
        made[name].update_batch([one.encode() for one in set(shingles(folded_words(text), 5))])
        for other in index.query(made[name]):
            if made[name].jaccard(made[other]) >= threshold:
                found.add((min(name, other), max(name, other)))
        index.insert(name, made[name])
    return found


def _rensa(texts: Mapping[str, str], threshold: float) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    index: Any = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=BANDS)
    names = list(texts)
    made: list[Any] = []
    found: Pairs = set()
    for key, name in enumerate(names):
        made.append(RMinHash(num_perm=PERMUTATIONS, seed=1))
        made[key].update(sorted(set(shingles(folded_words(texts[name]), 5))))
        for other in index.query(made[key]):
            if made[key].jaccard(made[other]) >= threshold:
                found.add((min(name, names[other]), max(name, names[other])))
        index.insert(key, made[key])
    return found


def shingles(words: Sequence[str], size: int) -> list[str]:
    """All runs of `size` words, in order; the whole text when it is shorter."""
    if len(words) <= size:
        return [" ".join(words)] if words else []
    return [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
