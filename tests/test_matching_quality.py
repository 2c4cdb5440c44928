"""Matching stays as good as it was measured to be: on the demo newsroom's articles always, and on
republished copies of real articles where these can be made."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package
from benchmarks.matching.__main__ import RECORDED, gate_sets, measure

LEAST_SPREAD = 0.005
"""One set has no spread; a pair more or less is no loss."""


@pytest.mark.parametrize("name", ["newsroom", "republished"])
def test_no_figure_drops_below_the_recorded_one(name: str) -> None:
    sets = gate_sets().get(name)
    if sets is None:
        pytest.skip("republished copies cannot be made here")
    recorded = json.loads(RECORDED.read_text())[name]
    measured = measure(sets)
    worse = {}
    for figure, (value, spread) in recorded.items():
        allowed = max(spread, LEAST_SPREAD)
        now = measured[figure][0]
        if figure == "cpu_ms":
            continue  # other work on the machine weighs in
        if (now > value + allowed) if figure.startswith("false_") else (now < value - allowed):
            worse[figure] = (now, value, allowed)
    assert not worse
