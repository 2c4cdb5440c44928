"""The boilerplate memory over labelled pages, each publisher's in date order, as a pipeline meets
them: nothing is known of pages that come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.extraction.extractors import Found
from benchmarks.extraction.labelled_pages import LabelledPage
from ingest.matching.boilerplate import clean, learn, read, wanted
from ingest.types import BlockMemory

NOTHING = frozenset[int]()


class _Memory(dict[tuple[str, int], BlockMemory]):
    """What is known of blocks: of one not seen yet, nothing."""

    def __missing__(self, key: tuple[str, int]) -> BlockMemory:
        return BlockMemory(*key)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the memory made of each page, in the pages' order: `arrived`, cleaned of what was known
    when it came; `settled`, also of what was learnt later."""

    arrived: tuple[Found, ...]
    settled: tuple[Found, ...]


def remember(pages: Sequence[LabelledPage], found: Sequence[Found]) -> Remembered:
    """Run the memory over extracted pages."""
    memory = _Memory()
    known: dict[str, frozenset[int]] = {}
    arrived = list(found)
    order = sorted(
        range(len(pages)),
        key=lambda at: (pages[at].publisher, pages[at].published or "", pages[at].page_id),
    )
    for at in order:
        page, one = pages[at], found[at]
        reading = read(page.page_id, page.publisher, one.title, one.body)
        boilerplate = learn([reading], {key: memory[key] for key in wanted([reading])})
        hashes = known.get(page.publisher, NOTHING) | boilerplate.of.get(page.publisher, NOTHING)
        known[page.publisher] = hashes
        arrived[at] = _cleaned(one, hashes)
        for key in wanted([reading]):
            memory[key] = _taught(memory[key], page.page_id, key in boilerplate.learnt)
    settled = [_cleaned(one, known[page.publisher]) for page, one in zip(pages, found, strict=True)]
    return Remembered(tuple(arrived), tuple(settled))


def _taught(block: BlockMemory, article: str, learnt: bool) -> BlockMemory:
    """What is known of a block when one more article, a story of its own, holds it."""
    return replace(
        block,
        holders=(*block.holders, (article, article)),
        learnt=block.learnt or learnt,
    )


def _cleaned(found: Found, boilerplate: frozenset[int]) -> Found:
    cleaned = clean(found.body, boilerplate)
    cut = tuple(block.text for block in cleaned.removed if block.hash)
    return replace(found, body=cleaned.body, removed=(*found.removed, *cut))
