"""The boilerplate memory over labelled pages, each publisher's in date order, as a pipeline meets
them: nothing is known of pages that come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.extraction.extractors import Found
from benchmarks.extraction.labelled_pages import LabelledPage
from ingest.matching.boilerplate import BlockMemory, clean, learn, read, teach


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the memory made of each page, in the pages' order: `arrived`, cleaned of what was known
    when it came; `settled`, also of what was learnt later."""

    arrived: tuple[Found, ...]
    settled: tuple[Found, ...]


def remember(pages: Sequence[LabelledPage], found: Sequence[Found]) -> Remembered:
    """Run the memory over extracted pages."""
    memory: dict[tuple[str, int], BlockMemory] = {}
    known: dict[str, frozenset[int]] = {}
    arrived = list(found)
    order = sorted(
        range(len(pages)),
        key=lambda at: (pages[at].publisher, pages[at].published or "", pages[at].page_id),
    )
    for at in order:
        page, one = pages[at], found[at]
        reading = read(page.page_id, page.publisher, one.title, one.body)
        learnt = learn([reading], memory)
        hashes = known.get(page.publisher, frozenset()) | learnt.of.get(page.publisher, frozenset())
        known[page.publisher] = hashes
        arrived[at] = _cleaned(one, hashes)
        for block in teach([reading], memory, {page.page_id: page.page_id}):
            memory[block.publisher, block.hash] = block
    settled = [_cleaned(one, known[page.publisher]) for page, one in zip(pages, found, strict=True)]
    return Remembered(tuple(arrived), tuple(settled))


def _cleaned(found: Found, boilerplate: frozenset[int]) -> Found:
    cleaned = clean(found.body, boilerplate)
    cut = tuple(block.text for block in cleaned.removed if block.hash)
    return replace(found, body=cleaned.body, removed=(*found.removed, *cut))
