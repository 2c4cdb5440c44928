"""Measure matching: `python -m benchmarks.matching [--documents N] [--seeds N] [--record]`."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean

from benchmarks.matching.documents import Labelled, available, newsroom_articles, republished
from benchmarks.matching.peers import peer_scores
from benchmarks.matching.scoring import match, scores

RECORDED = Path(__file__).parent / "recorded.json"
GATE_DOCUMENTS = 600
GATE_SEED = 101
NEWSROOM_SEEDS = (1, 2)


def measure(sets: list[Labelled]) -> dict[str, tuple[float, float]]:
    """Mean and spread (half of highest less lowest) of every figure over these sets."""
    figures: dict[str, list[float]] = defaultdict(list)
    for labelled in sets:
        held, cost = match(labelled)
        for name, value in {**scores(labelled, held), "cpu_ms": cost}.items():
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="keep what the checks compare with")
    asked = parser.parse_args()
    if asked.record:
        recorded = {name: measure(sets) for name, sets in gate_sets().items()}
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
        return
    if available():
        sets = [republished(asked.documents, seed) for seed in range(1, asked.seeds + 1)]
    else:
        sets = [newsroom_articles(seed) for seed in range(1, asked.seeds + 1)]
    for name, (value, spread) in sorted(measure(sets).items()):
        print(f"{name:24} {value:8.4f} ± {spread:.4f}")
    for peer, figures in peer_scores(sets[0]).items():
        shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        print(f"{peer:24} {shown}")


if __name__ == "__main__":
    main()
