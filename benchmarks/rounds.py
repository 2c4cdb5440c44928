"""Rounds: all contestants one after the other, several times over."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.environments import Environments
from benchmarks.process_tree import Cost

Contestants = Mapping[str, Callable[[int], Cost]]
"""What each name does, given the number of the round."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a part is to be run. `short` asks for the smallest version that still does everything;
    `scratch` is an empty folder of this run, `cache` one that later runs have too; `shared` holds
    a corpus of real pages, or is None."""

    rounds: int
    short: bool
    scratch: Path
    cache: Path
    environments: Environments
    shared: Path | None = None


@dataclass(frozen=True, slots=True)
class Medians:
    """Of all rounds: seconds of CPU and wall, bytes."""

    cpu: float
    wall: float
    memory: float


def in_rounds(
    rounds: int, contestants: Contestants, *, before: Callable[[int], None] = lambda _: None
) -> dict[str, Medians]:
    """Run every contestant in every round, after what is to be done `before` the round."""
    found: dict[str, list[Cost]] = defaultdict(list)
    for number in range(rounds):
        before(number)
        for name, run in contestants.items():
            cost = run(number)
            found[name].append(cost)
            say(f"round {number + 1}: {name}: CPU {cost.cpu:.2f} s, wall {cost.wall:.2f} s")
    return {name: medians(costs) for name, costs in found.items()}


def medians(costs: list[Cost]) -> Medians:
    return Medians(
        median(cost.cpu for cost in costs),
        median(cost.wall for cost in costs),
        median(cost.memory for cost in costs),
    )


def say(line: str) -> None:
    """Progress, for whoever waits."""
    print(line, file=sys.stderr, flush=True)
