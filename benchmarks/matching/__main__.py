"""Measure matching: `python -m benchmarks.matching`; see --help."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import mean

from benchmarks.matching import documents
from benchmarks.matching.command import backfilled
from benchmarks.matching.documents import (
    Labelled,
    available,
    host_of,
    newsroom_articles,
    republished,
)
from benchmarks.matching.peers import peer_scores
from benchmarks.matching.scoring import agreement, scores, story_of
from benchmarks.matching.stages import by_stage
from benchmarks.matching.store import Store
from benchmarks.matching.variants import (
    reprints_first,
    shuffled,
    without_dates,
    without_phrases,
)

RECORDED = Path(__file__).parent / "recorded.json"
GATE_DOCUMENTS = 600
GATE_SEED = 101
NEWSROOM_SEEDS = (1, 2)

Figures = dict[str, tuple[float, float]]
"""Mean and spread (half of highest less lowest) by name."""


def measure(sets: list[Labelled]) -> Figures:
    """Every figure over these sets."""
    return _means([_measured(labelled)[0] for labelled in sets])


def _measured(labelled: Labelled) -> tuple[dict[str, float], dict[str, str]]:
    """The figures of a set, and the cleaned body of each article."""
    held, cost = backfilled(labelled)
    bodies = {name: copy.body for name, copy in held.copies.items()}
    return {**scores(labelled, held), "cpu_ms": cost}, bodies


def _means(measured: list[dict[str, float]]) -> Figures:
    figures: dict[str, list[float]] = defaultdict(list)
    for one in measured:
        for name, value in one.items():
            figures[name].append(value)
    return {
        name: (round(mean(values), 4), round((max(values) - min(values)) / 2, 4))
        for name, values in figures.items()
    }


def gate_sets() -> dict[str, list[Labelled]]:
    """What the checks measure: small, and always the same."""
    sets = {"newsroom": [newsroom_articles(seed) for seed in NEWSROOM_SEEDS]}
    if available():
        sets["republished"] = [republished(GATE_DOCUMENTS, GATE_SEED)]
    return sets


def with_less(labelled: Labelled) -> dict[str, float]:
    """How often the original is right when there is less to go by."""
    changed = {
        "original, dates removed": without_dates(labelled),
        "original, phrases removed": without_phrases(labelled),
        "original, reprints seen first": reprints_first(labelled),
    }
    return {name: scores(one, backfilled(one)[0])["original"] for name, one in changed.items()}


def by_order(labelled: Labelled) -> dict[str, float]:
    """How far stories agree (adjusted Rand index) when the articles come in 8 batches, in 400, and
    shuffled; before they are settled, and after it."""
    count = len(labelled.articles)
    orders = {
        "8 batches": (labelled, -(-count // 8)),
        "400 batches": (labelled, -(-count // 400)),
        "shuffled": (shuffled(labelled), -(-count // 8)),
    }
    found = {name: _loaded(one, batch) for name, (one, batch) in orders.items()}
    first, *others = found
    return {
        f"ARI, {first} and {other}{when}": agreement(found[first][at], found[other][at])
        for other in others
        for at, when in enumerate(("", ", settled"))
    }


def _loaded(labelled: Labelled, batch: int) -> tuple[dict[str, str], dict[str, str]]:
    """The story of each article when they are loaded in batches of so many, and when these are
    settled."""
    store = Store(host_of, kept_open=True)
    for start in range(0, len(labelled.articles), batch):
        store.take_in(labelled.articles[start : start + batch])
    before = story_of(store.held)
    store.settle()
    return before, story_of(store.held)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("--documents", type=int, default=4000, help="of a set (default 4000)")
    parser.add_argument("--seeds", type=int, default=5, help="so many sets (default 5)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="SEED")
    parser.add_argument(
        "--variants", action="store_true", help="also originals with less to go by (fourfold time)"
    )
    parser.add_argument(
        "--orders", action="store_true", help="only how far other orders of arrival agree"
    )
    parser.add_argument(
        "--stages", action="store_true", help="only what the command's CPU goes into"
    )
    parser.add_argument("--shared", type=Path, help="folder with tools/republish.py and its corpus")
    parser.add_argument("--record", action="store_true", help="keep what the checks compare with")
    return parser.parse_args()


def main() -> None:
    asked = _asked()
    if asked.shared:
        documents.SHARED = asked.shared
    if asked.record:
        recorded = {name: measure(sets) for name, sets in gate_sets().items()}
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
        return
    measured: dict[str, list[dict[str, float]]] = defaultdict(list)
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        made = republished(asked.documents, seed) if available() else newsroom_articles(seed)
        if asked.orders:
            measured["Wirecopy"].append(by_order(made))
        elif asked.stages:
            measured["Wirecopy"].append(by_stage(made))
        else:
            for name, figures in _beside_peers(made, variants=asked.variants).items():
                measured[name].append(figures)
        print(f"seed {seed}: {measured['Wirecopy'][-1]}", file=sys.stderr, flush=True)
    print(table({name: _means(of_sets) for name, of_sets in measured.items()}))


def _beside_peers(labelled: Labelled, *, variants: bool) -> dict[str, dict[str, float]]:
    """The figures of a set, ours first."""
    ours, bodies = _measured(labelled)
    if variants:
        ours |= with_less(labelled)
    return {"Wirecopy": ours, **peer_scores(labelled, bodies)}


def table(measured: Mapping[str, Figures]) -> str:
    """The figures as a Markdown table: a row each, a column for each way to find copies."""
    names = sorted({name for figures in measured.values() for name in figures})
    lines = ["| | " + " | ".join(measured) + " |", "|---" * (len(measured) + 1) + "|"]
    for name in names:
        cells = [
            "{:.3f} ± {:.3f}".format(*figures[name]) if name in figures else "–"
            for figures in measured.values()
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
