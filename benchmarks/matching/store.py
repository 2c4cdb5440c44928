"""A store in memory that does for matching what the database does: it remembers blocks, finds
candidates by sketch and by address, and keeps what was decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.articles import MATCHED
from ingest.matching.boilerplate import (
    LEARNT_STORIES,
    BlockMemory,
    Cleaned,
    clean,
    learn,
    read,
    restore,
    teach,
    wanted,
)
from ingest.matching.comparisons import Comparisons
from ingest.matching.sketch import sketch_of
from ingest.matching.stories import as_copy, canonical_key, decide_stories
from ingest.types import (
    Article,
    ArticleLink,
    Candidates,
    Copy,
    Reprint,
    Story,
    StoryDecisions,
)

SHARED_HASHES = 3
CANDIDATES_EACH = 24
COMMON_HASH_STORIES = 50


class MemoryStore:
    """Holds articles, blocks and stories; `cleaning=False` leaves texts as they come."""

    def __init__(self, publisher_of: Callable[[str], str], *, cleaning: bool = True) -> None:
        self._publisher_of = publisher_of
        self._cleaning = cleaning
        self.copies: dict[str, Copy] = {}
        self.sketches: dict[str, tuple[int, ...]] = {}
        self.holders: dict[int, set[str]] = defaultdict(set)
        self.by_key: dict[str, str] = {}
        self.by_canonical: dict[str, set[str]] = defaultdict(set)
        self.blocks: dict[tuple[str, int], BlockMemory] = {}
        self.roles: dict[str, str] = {}
        self.stories: dict[str, Story] = {}
        self.reprints: dict[str, Reprint] = {}
        self.links: dict[tuple[str, str, str], ArticleLink] = {}

    def take_in(self, batch: Sequence[Article]) -> StoryDecisions:
        """Clean, match and keep a batch of articles whose bodies are as extraction left them."""
        readings = [read(a.article_id, a.publisher, a.title, a.body) for a in batch]
        memory = {key: self.blocks[key] for key in wanted(readings) if key in self.blocks}
        again: tuple[str, ...] = ()
        if self._cleaning:
            learnt = learn(readings, memory)
            again = self._clean_again(learnt.again)
            batch = [
                _cleaned(
                    article,
                    clean(
                        article.body,
                        learnt.of.get(article.publisher, frozenset()),
                        blocks=reading.blocks,
                    ),
                )
                for article, reading in zip(batch, readings, strict=True)
            ]
        decided = self._place(batch, again)
        if self._cleaning:
            story_of = {name: story for name, (story, _) in decided.roles.items()}
            for block in teach(readings, memory, story_of):
                self.blocks[block.publisher, block.hash] = block
        return decided

    def settle(self) -> None:
        """Place everything anew, as maintenance does."""
        again = self._clean_again(tuple(sorted(self.copies)))
        del again
        self._place([], tuple(sorted(self.copies)))

    def _clean_again(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of the stored articles whose text has changed by cleaning them again."""
        changed = []
        for name in names:
            copy = self.copies[name]
            text = restore(copy.body, copy.removed)
            reading = read(name, copy.publisher, copy.title, text)
            gone = frozenset(
                block.hash
                for block in reading.blocks
                if (m := self.blocks.get((copy.publisher, block.hash)))
                and len(m.stories) + 1 >= LEARNT_STORIES
                and not m.forgotten
            )
            cleaned = clean(text, gone, blocks=reading.blocks)
            if cleaned.body != copy.body:
                self.copies[name] = replace(copy, body=cleaned.body, removed=cleaned.removed)
                self._index(name, sketch_of(cleaned.body, text))
                changed.append(name)
        return tuple(changed)

    def _index(self, name: str, numbers: tuple[int, ...]) -> None:
        for number in self.sketches.get(name, ()):
            self.holders[number].discard(name)
        self.sketches[name] = numbers
        for number in numbers:
            self.holders[number].add(name)

    def _place(self, batch: Sequence[Article], again: tuple[str, ...]) -> StoryDecisions:
        decided = decide_stories(
            batch,
            self.candidates(batch, again),
            publisher_of=self._publisher_of,
            compared=Comparisons(),
            again=again,
            movable=True,
        )
        for article in batch:
            self.copies[article.article_id] = as_copy(article)
            self._index(article.article_id, article.sketch)
            for key in article.url_keys:
                self.by_key.setdefault(key, article.article_id)
            if named := canonical_key(article):
                self.by_canonical[named].add(article.article_id)
        self._record(decided)
        return decided

    def _record(self, decided: StoryDecisions) -> None:
        for name, (story, role) in decided.roles.items():
            self.copies[name] = replace(self.copies[name], story_id=story)
            self.roles[name] = role
        for gone in decided.redirects:
            del self.stories[gone.old_story_id]
        touched = {story.story_id for story in decided.stories}
        self.stories |= {story.story_id: story for story in decided.stories}
        dropped = touched | {gone.old_story_id for gone in decided.redirects}
        kept = {n: r for n, r in self.reprints.items() if r.story_id not in dropped}
        self.reprints = kept | {r.article_id: r for r in decided.reprints}
        again = set(decided.relinked)
        self.links = {
            key: link
            for key, link in self.links.items()
            if not again.intersection((link.from_article_id, link.to_article_id))
        }
        for link in decided.links:
            self.links[link.from_article_id, link.to_article_id, link.relation] = link

    def candidates(self, batch: Sequence[Article], again: Sequence[str]) -> Candidates:
        """What is held that these may be copies of."""
        pairs = {new.article_id: self._alike(new.article_id, new.sketch) for new in batch}
        pairs |= {name: self._alike(name, self.sketches[name]) for name in again}
        wanted_names = {name for found in pairs.values() for name in found} | {*again}
        for new in batch:
            if (key := canonical_key(new)) and key in self.by_key:
                wanted_names.add(self.by_key[key])
            for key in new.url_keys:
                wanted_names |= self.by_canonical.get(key, set())
        stories = {self.copies[name].story_id for name in wanted_names}
        copies = {n: copy for n, copy in self.copies.items() if copy.story_id in stories}
        holds: dict[str, set[str]] = defaultdict(set)
        for link in self.links.values():
            if link.relation == "roundup":
                holds[link.from_article_id].add(self.copies[link.to_article_id].story_id or "")
        roundups = {name for name, held in holds.items() if len(held) > 1}
        return Candidates(0, pairs, copies, frozenset(roundups & copies.keys()), self._habits())

    def _habits(self) -> dict[str, float]:
        """Of publishers with five or more stories that others carry too."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for name, role in self.roles.items():
            copy = self.copies[name]
            if role != "update" and self.stories[copy.story_id or ""].publisher_count > 1:
                counts[copy.publisher][role] += 1
        return {p: c["original"] / c.total() for p, c in counts.items() if c.total() >= 5}

    def _alike(self, name: str, numbers: Sequence[int]) -> tuple[str, ...]:
        shared: Counter[str] = Counter()
        rarity: dict[str, float] = defaultdict(float)
        for number in numbers:
            names = self.holders.get(number, ())
            stories = {self.copies[other].story_id for other in names}
            if len(stories) <= COMMON_HASH_STORIES:
                for other in names:
                    shared[other] += 1
                    rarity[other] += 1 / len(stories)
        found = [other for other, n in shared.items() if n >= SHARED_HASHES and other != name]
        return tuple(sorted(found, key=lambda other: (-rarity[other], other))[:CANDIDATES_EACH])


def _cleaned(article: Article, cleaned: Cleaned) -> Article:
    return replace(
        article,
        body=cleaned.body,
        removed=cleaned.removed,
        sketch=sketch_of(cleaned.body, article.body) if article.content_status in MATCHED else (),
    )
