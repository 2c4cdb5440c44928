"""Scores of a matching: pairs, false merges, relations and originals against the labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from benchmarks.matching.documents import Labelled
from benchmarks.matching.store import Held

Pairs = set[tuple[str, str]]
"""Pairs of article ids, the smaller first."""


def scores(labelled: Labelled, held: Held) -> dict[str, float]:
    """Figures between 0 and 1 by name. For named pairs: the share joined, by what the pair shows;
    to be high when it is a copy and low (`false_…`) when it is not."""
    stories = story_of(held)
    figures = scores_of_pairs(labelled, grouped({name: stories[name] for name in labelled.labels}))
    figures["ari"] = agreement(
        {name: label.story for name, label in labelled.labels.items()}, stories
    )
    figures["relation"] = _relations(labelled, held)
    figures["original"] = _originals(labelled, held)
    return figures


def story_of(held: Held) -> dict[str, str]:
    """The story of each article."""
    return {name: copy.story_id or "" for name, copy in held.copies.items()}


def scores_of_pairs(labelled: Labelled, found: Pairs) -> dict[str, float]:
    """What can be said of pairs alone: precision, recall, F1, and the share of the named pairs that
    were found."""
    figures = pair_scores(
        grouped({name: label.story for name, label in labelled.labels.items()}), found
    )
    counts: dict[str, list[bool]] = defaultdict(list)
    for one, other, shows, same in labelled.pairs:
        pair = (min(one, other), max(one, other))
        counts[shows if same else f"false_{shows}"].append(pair in found)
    return figures | {name: sum(joined) / len(joined) for name, joined in counts.items()}


def agreement(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Adjusted Rand index of two groupings of the same names (Hubert and Arabie 1985)."""
    both = _pairs(Counter((one[name], other[name]) for name in one))
    ours, theirs = _pairs(Counter(one.values())), _pairs(Counter(other.values()))
    chance = ours * theirs / max(1, len(one) * (len(one) - 1) // 2)
    most = (ours + theirs) / 2
    return (both - chance) / (most - chance) if most > chance else 1.0


def _pairs(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def grouped(group_of: Mapping[str, str]) -> Pairs:
    """All pairs of names that are in one group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, group in group_of.items():
        groups[group].append(name)
    return {pair for names in groups.values() for pair in combinations(sorted(names), 2)}


def pair_scores(true: Pairs, found: Pairs) -> dict[str, float]:
    both = len(true & found)
    precision = both / len(found) if found else 1.0
    recall = both / len(true) if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def _relations(labelled: Labelled, held: Held) -> float:
    judged = [
        label.relation == reprint.relation
        for name, reprint in held.reprints.items()
        if (label := labelled.labels[name]).relation
    ]
    return sum(judged) / len(judged) if judged else 1.0


def _originals(labelled: Labelled, held: Held) -> float:
    """Share of the stories with an original held among several articles in which it was found."""
    first = {label.story: name for name, label in labelled.labels.items() if label.relation is None}
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for name, label in labelled.labels.items():
        members[held.copies[name].story_id or ""][label.story] += 1
    judged = []
    for story_id, labels in members.items():
        original = first.get(labels.most_common(1)[0][0])
        story = held.stories[story_id]
        if story.article_count > 1 and original and held.copies[original].story_id == story_id:
            judged.append(story.original_article_id == original)
    return sum(judged) / len(judged) if judged else 1.0
