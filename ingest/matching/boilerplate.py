"""Boilerplate: blocks that a publisher repeats around its articles, learnt as articles arrive.

Nothing is read or written here: storage hands over what it knows of the blocks of a batch, and
keeps what was learnt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.matching.blocks import Block, blocks_of
from ingest.types import BlockMemory, RemovedBlock
from ingest.words import folded_words

LEARNT_STORIES = 3
"""A block in so many different stories of one publisher is its boilerplate. Two would take for
boilerplate what a report and its follow-up share; four leaves one more article in its frame."""

LEAST_WORDS = 25
"""When fewer words would be left, the text is kept whole: an issue of a templated report."""

SHORT_BLOCK = 5
"""A sentence of fewer words goes only beside others that go: 'he said.' recurs everywhere."""

SAME_TELLING = 0.5
"""Two articles of one publisher that share so much of the shorter one's blocks, by words, and that
are not told apart by headline and text, teach as one."""

TITLE_AGREEMENT = 0.3
"""Share of words two headlines have in common when they announce one story."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to learn from, as it came: nothing removed."""

    article_id: str
    publisher: str
    title: str
    blocks: tuple[Block, ...]


Key = tuple[str, int]
"""Publisher and hash of a block."""

Memory = Mapping[Key, BlockMemory]
"""What is known of blocks; one that was never seen may be missing."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What publishers repeat: the hashes of their blocks. `learnt` are those among them that were
    learnt just now, with their text, and `again` the held articles that hold one of these and are
    to be cleaned again."""

    of: Mapping[str, frozenset[int]]
    learnt: Mapping[Key, str]
    again: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its publisher's boilerplate; `restore` makes it whole again."""

    body: str
    removed: tuple[RemovedBlock, ...]


def read(article_id: str, publisher: str, title: str, text: str) -> Reading:
    """The blocks of an article's text."""
    return Reading(article_id, publisher, title, blocks_of(text))


def wanted(readings: Iterable[Reading]) -> tuple[Key, ...]:
    """The blocks that storage has to look up for these."""
    keys = {(r.publisher, block.hash) for r in readings for block in r.blocks if block.hash}
    return tuple(sorted(keys))


def learn(readings: Sequence[Reading], memory: Memory) -> Boilerplate:
    """The boilerplate of a batch's publishers, from what is remembered and from the batch.

    The stories of the batch are not known yet: articles of one publisher that look like tellings
    of one story count once. When they are, `unlearn` says what was learnt wrongly.
    """
    telling = _tellings(readings)
    counts = _different(readings, memory, telling, wanted(readings))
    text_of = {
        (reading.publisher, block.hash): block.text.strip()
        for reading in sorted(readings, key=lambda one: one.article_id, reverse=True)
        for block in reversed(reading.blocks)
    }
    return _learnt({key: text_of[key] for key in counts}, counts, readings, memory)


def unlearn(
    boilerplate: Boilerplate,
    readings: Sequence[Reading],
    memory: Memory,
    story_of: Mapping[str, str],
) -> Boilerplate:
    """The same without what too few different stories hold, by what matching has decided of the
    batch, and of held articles that went over to another story: copies of a story teach once."""
    counts = _different(readings, memory, story_of, boilerplate.learnt)
    return _learnt(boilerplate.learnt, counts, readings, memory)


def _different(
    readings: Sequence[Reading],
    memory: Memory,
    story_of: Mapping[str, str],
    keys: Iterable[Key],
) -> dict[Key, int]:
    """How many different stories hold each of these blocks of the batch."""
    stories: dict[Key, set[str]] = {key: set() for key in keys}
    if not stories:
        return {}
    for reading in readings:
        for block in reading.blocks:
            key = (reading.publisher, block.hash)
            if key in stories:
                stories[key].add(story_of[reading.article_id])
    for key, found in stories.items():
        if key in memory:
            found.update(story_of.get(name, story) for name, story in memory[key].holders)
    return {key: len(found) for key, found in stories.items()}


def _learnt(
    text_of: Mapping[Key, str],
    counts: Mapping[Key, int],
    readings: Sequence[Reading],
    memory: Memory,
) -> Boilerplate:
    """Boilerplate with those of these blocks that enough stories hold."""
    known = {key for key, block in memory.items() if block.learnt or block.forgotten}
    learnt = {
        key: text
        for key, text in text_of.items()
        if counts[key] >= LEARNT_STORIES and key not in known
    }
    again = {name for key in learnt if key in memory for name, _ in memory[key].holders}
    again -= {reading.article_id for reading in readings}
    of: dict[str, set[int]] = defaultdict(set)
    for publisher, number in (*learnt, *(key for key in known if memory[key].learnt)):
        of[publisher].add(number)
    return Boilerplate(
        {name: frozenset(numbers) for name, numbers in of.items()}, learnt, tuple(sorted(again))
    )


def clean(text: str, boilerplate: frozenset[int], *, blocks: Sequence[Block] = ()) -> Cleaned:
    """The text without these blocks, unless that leaves fewer than LEAST_WORDS words."""
    blocks = blocks or blocks_of(text)
    gone = _gone(blocks, boilerplate)
    if not any(gone):
        return Cleaned(text, ())
    if sum(b.words for b, out in zip(blocks, gone, strict=True) if not out) < LEAST_WORDS:
        return Cleaned(text, ())
    body = ""
    removed: list[RemovedBlock] = []
    for block, out in zip(blocks, gone, strict=True):
        if out:
            removed.append(RemovedBlock(len(body), block.text, block.hash))
        else:
            body += block.text
    end = len(body.rstrip())
    if end < len(body):  # the white space before what was cut off at the end goes with it
        space = body[end:]
        first = next((i for i, cut in enumerate(removed) if cut.at == len(body)), len(removed))
        tail = [replace(cut, at=end) for cut in removed[first:]]
        removed = [*removed[:first], RemovedBlock(end, space, 0), *tail]
        body = body[:end]
    return Cleaned(body, tuple(removed))


def restore(body: str, removed: Sequence[RemovedBlock], only: frozenset[int] | None = None) -> str:
    """The text with what was removed put back: all of it, or only the blocks of these hashes."""
    pieces: list[str] = []
    last = 0
    for cut in removed:
        pieces.append(body[last : cut.at])
        last = cut.at
        if only is None or cut.hash in only:
            before = next((piece[-1] for piece in reversed(pieces) if piece), "\n")
            if only is not None and not before.isspace():
                pieces.append("\n")
            pieces.append(cut.text)
    return "".join((*pieces, body[last:]))


def _gone(blocks: Sequence[Block], boilerplate: frozenset[int]) -> list[bool]:
    """Which blocks go. Short sentences and lines without words follow their neighbours."""
    known = [block.hash in boilerplate for block in blocks]
    gone = [
        hit and (block.words >= SHORT_BLOCK or block.whole_line)
        for block, hit in zip(blocks, known, strict=True)
    ]
    places = list(range(len(blocks)))
    for order in (places, places[::-1]):
        beside = True
        for at in order:
            if not gone[at] and (known[at] or not blocks[at].hash):
                gone[at] = beside and (known[at] or not blocks[at].hash)
            beside = gone[at]
    return gone


def _tellings(readings: Sequence[Reading]) -> dict[str, str]:
    """For each article the first of its publisher's in the batch that tells the same story."""
    by_publisher: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_publisher[reading.publisher].append(reading)
    told: dict[str, str] = {}
    for group in by_publisher.values():
        sizes = [{b.hash: b.words for b in reading.blocks if b.hash} for reading in group]
        titles = [frozenset(folded_words(reading.title)) for reading in group]
        for at, reading in enumerate(group):
            told[reading.article_id] = reading.article_id
            for before in range(at):
                if _one_story(sizes[before], sizes[at], titles[before], titles[at]):
                    told[reading.article_id] = told[group[before].article_id]
                    break
    return told


def _one_story(
    one: Mapping[int, int],
    other: Mapping[int, int],
    title: frozenset[str],
    other_title: frozenset[str],
) -> bool:
    shared = sum(one[number] for number in one.keys() & other.keys())
    least = min(sum(one.values()), sum(other.values()))
    if shared < SAME_TELLING * least or not shared:
        return False
    agree = len(title & other_title) >= TITLE_AGREEMENT * max(1, len(title | other_title))
    return agree or least - shared < LEAST_WORDS
