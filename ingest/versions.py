"""What changed from one version of an article to the next, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.words import folded_words

REWORDED = 0.5
"""A new paragraph is an old one reworded when it shares so many of the words of the longer of the
two."""

COMPARED = 200
"""So many changed paragraphs on each side are compared with each other; more are counted as added
and removed, since the comparison grows with the product."""


def describe_change(old_title: str, old_body: str, title: str, body: str) -> str:
    """For example ``title changed; 2 paragraphs added, 1 reworded; 31 words more``. Empty when
    nothing but case, punctuation or spacing differs."""
    parts = []
    if folded_words(old_title) != folded_words(title):
        parts.append("title changed")
    before, after = _paragraphs(old_body), _paragraphs(body)
    removed, added = list((before - after).elements()), list((after - before).elements())
    reworded = _reworded(removed, added)
    counts = {
        "added": len(added) - reworded,
        "removed": len(removed) - reworded,
        "reworded": reworded,
    }
    said = [f"{number} {what}" for what, number in counts.items() if number]
    if said:
        first = next(number for number in counts.values() if number)
        number, _, what = said[0].partition(" ")
        said[0] = f"{number} paragraph{'s' if first > 1 else ''} {what}"
        parts.append(", ".join(said))
    elif folded_words(old_body) != folded_words(body):
        parts.append("paragraphs moved")
    more = len(folded_words(body)) - len(folded_words(old_body))
    if more:
        plural = "s" if abs(more) > 1 else ""
        parts.append(f"{abs(more)} word{plural} {'more' if more > 0 else 'fewer'}")
    return "; ".join(parts)


def _paragraphs(body: str) -> Counter[tuple[str, ...]]:
    paragraphs = (tuple(folded_words(line)) for line in body.split("\n"))
    return Counter(words for words in paragraphs if words)


def _reworded(removed: Sequence[tuple[str, ...]], added: Sequence[tuple[str, ...]]) -> int:
    """How many of the removed paragraphs are among the added ones in other words."""
    left = [Counter(words) for words in added[:COMPARED]]
    pairs = 0
    for words in removed[:COMPARED]:
        old = Counter(words)
        for number, new in enumerate(left):
            if (old & new).total() >= REWORDED * max(old.total(), new.total()):
                del left[number]
                pairs += 1
                break
    return pairs
