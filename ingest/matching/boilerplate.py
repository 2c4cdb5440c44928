"""Boilerplate: blocks that a publisher repeats around its articles, learnt as articles arrive.

Nothing is read or written here: storage hands over what it knows of the blocks of a batch, and
keeps what `teach` returns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.matching.blocks import Block, blocks_of
from ingest.types import RemovedBlock
from ingest.words import folded_words

LEARNT_STORIES = 3
"""A block in so many different stories of one publisher is its boilerplate. Two would take for
boilerplate what a report and its follow-up share; four leaves one more article in its frame."""

LEAST_WORDS = 25
"""When fewer words would be left, the text is kept whole: an issue of a templated report."""

SHORT_BLOCK = 5
"""A sentence of fewer words goes only beside others that go: 'he said.' recurs everywhere."""

HOLDERS_KEPT = 12
"""Articles remembered for a block that is not learnt yet: they are cleaned when it is."""

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


@dataclass(frozen=True, slots=True)
class BlockMemory:
    """What is known of one block of one publisher: the first LEARNT_STORIES different stories that
    held it, and the first articles, which are to be cleaned once it is learnt. `forgotten`: a
    person has said that it belongs to the articles."""

    publisher: str
    hash: int
    stories: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    seen: int = 0
    forgotten: bool = False

    @property
    def learnt(self) -> bool:
        return len(self.stories) >= LEARNT_STORIES and not self.forgotten


Memory = Mapping[tuple[str, int], BlockMemory]
"""From (publisher, hash of the block) to what is known of it."""


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """What a batch is to be cleaned of, by publisher, and the held articles to clean again because
    a block of theirs has been learnt just now."""

    of: Mapping[str, frozenset[int]]
    again: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its publisher's boilerplate; `restore` makes it whole again."""

    body: str
    removed: tuple[RemovedBlock, ...]


def read(article_id: str, publisher: str, title: str, text: str) -> Reading:
    """The blocks of an article's text."""
    return Reading(article_id, publisher, title, blocks_of(text))


def wanted(readings: Iterable[Reading]) -> tuple[tuple[str, int], ...]:
    """The (publisher, hash) that storage has to look up for these."""
    keys = {(r.publisher, block.hash) for r in readings for block in r.blocks if block.hash}
    return tuple(sorted(keys))


def learn(readings: Sequence[Reading], memory: Memory) -> Boilerplate:
    """The boilerplate of the batch's publishers, learnt from what is held and from the batch.

    The stories of the batch are not known yet: articles of one publisher that look like tellings
    of one story count once.
    """
    holders: dict[tuple[str, int], set[str]] = defaultdict(set)
    telling = _tellings(readings)
    for reading in readings:
        for block in reading.blocks:
            if block.hash:
                holders[reading.publisher, block.hash].add(telling[reading.article_id])
    boilerplate: dict[str, set[int]] = defaultdict(set)
    again: set[str] = set()
    for key, tellings in holders.items():
        known = memory.get(key) or BlockMemory(*key)
        if known.forgotten or len(known.stories) + len(tellings) < LEARNT_STORIES:
            continue
        boilerplate[key[0]].add(key[1])
        if not known.learnt:
            again.update(known.articles)
    again -= {reading.article_id for reading in readings}
    return Boilerplate({p: frozenset(h) for p, h in boilerplate.items()}, tuple(sorted(again)))


def teach(
    readings: Sequence[Reading], memory: Memory, story_of: Mapping[str, str]
) -> tuple[BlockMemory, ...]:
    """The memory of every block in these readings, as it is to be kept. `story_of` is what matching
    decided: two copies of one story do not teach twice."""
    after: dict[tuple[str, int], BlockMemory] = {}
    for reading in readings:
        story = story_of[reading.article_id]
        for number in {block.hash for block in reading.blocks if block.hash}:
            key = (reading.publisher, number)
            known = after.get(key) or memory.get(key) or BlockMemory(*key)
            if not known.learnt:
                known = replace(
                    known,
                    stories=tuple(dict.fromkeys((*known.stories, story)))[:LEARNT_STORIES],
                    articles=tuple(dict.fromkeys((*known.articles, reading.article_id)))[
                        :HOLDERS_KEPT
                    ],
                )
            after[key] = replace(known, seen=known.seen + 1)
    return tuple(after.values())


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
            if only is not None and pieces and pieces[-1] and not pieces[-1][-1].isspace():
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
