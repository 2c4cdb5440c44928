"""The boilerplate memory over labelled pages, each publisher's in date order, as a pipeline meets
them: nothing is known of pages that come later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.extraction.extractors import Found
from benchmarks.extraction.labelled_pages import LabelledPage
from ingest.matching.boilerplate import Key, clean, learn, read, wanted
from ingest.types import BlockMemory


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the memory made of each page, in the pages' order: `arrived`, cleaned of what was known
    when it came; `settled`, also of what was learnt later."""

    arrived: tuple[Found, ...]
    settled: tuple[Found, ...]


def remember(pages: Sequence[LabelledPage], found: Sequence[Found]) -> Remembered:
    """Run the memory over extracted pages, each of which is taken for a story of its own."""
    holders: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    known: dict[str, frozenset[int]] = defaultdict(frozenset)
    arrived = list(found)
    order = sorted(
        range(len(pages)),
        key=lambda at: (pages[at].publisher, pages[at].published or "", pages[at].page_id),
    )
    for at in order:
        page, one = pages[at], found[at]
        reading = read(page.page_id, page.publisher, one.title, one.body)
        keys = wanted([reading])
        memory = {key: BlockMemory(*key, holders=tuple(holders[key])) for key in keys}
        learnt = learn([reading], memory).of.get(page.publisher, frozenset())
        known[page.publisher] |= learnt
        arrived[at] = _cleaned(one, known[page.publisher])
        for key in keys:
            holders[key].append((page.page_id, page.page_id))
    settled = [_cleaned(one, known[page.publisher]) for page, one in zip(pages, found, strict=True)]
    return Remembered(tuple(arrived), tuple(settled))


def _cleaned(found: Found, boilerplate: frozenset[int]) -> Found:
    cleaned = clean(found.body, boilerplate)
    cut = tuple(block.text for block in cleaned.removed if block.hash)
    return replace(found, body=cleaned.body, removed=(*found.removed, *cut))
