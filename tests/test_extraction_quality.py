"""The gate: no figure of extraction may fall below the recorded one by more than its error.

The project's own pages are always measured; of the larger corpus, a sample, where it is at hand.
After a change that is meant to move figures: python -m benchmarks.extraction --record
(and once more with --every 6, the sample's).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

# The benchmarks are no part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.extraction.extractors import ours
from benchmarks.extraction.figures import measure_ours, recorded
from benchmarks.extraction.labelled_pages import SHARED_SET, LabelledPage, own_pages, shared_pages

SAMPLE = 6
OWN = tuple(own_pages())


def gate(pages: Sequence[LabelledPage], which: str) -> None:
    expected = recorded(which)
    assert expected, "nothing is recorded"
    figures = measure_ours(pages, [ours(page) for page in pages])
    fallen = {
        name: (figures[name].value, value)
        for name, (value, error) in expected.items()
        if figures[name].value < value - error - 0.0005
    }
    assert fallen == {}


def test_own_pages() -> None:
    gate(OWN, "own")


@pytest.mark.skipif(not (SHARED_SET / "pages.jsonl").exists(), reason="the corpus is not here")
def test_sample_of_the_corpus() -> None:
    gate(list(shared_pages(("aeb", "fundus", "wcxb", "traf"), every=SAMPLE)), f"every {SAMPLE}")


@pytest.mark.parametrize("page", OWN, ids=lambda page: page.page_id)
def test_each_trap(page: LabelledPage) -> None:
    found = ours(page)
    assert found.body.split("\n") == (page.body or "").split("\n")
    assert found.title == page.title
    assert found.authors == page.authors
    assert found.credits == page.credits
    assert (found.published or "")[:10] == (page.published or "")
    assert found.status == page.status
