"""Articles to match, and a store of them in memory, for the tests of matching."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

from ingest.articles import MATCHED
from ingest.ids import mint
from ingest.publishers import publisher_of
from ingest.sketch import sketch
from ingest.stories import Comparisons, as_copy, canonical_key, decide_stories
from ingest.types import (
    Article,
    Candidates,
    ContentStatus,
    Copy,
    Precision,
    Reprint,
    Story,
    StoryDecisions,
)
from ingest.urls import url_key
from ingest.words import content_hash, count_words
from newsroom.english import ENGLISH
from newsroom.prose import Writer
from storage.stories import CANDIDATES_EACH, COMMON_HASH_STORIES, SHARED_HASHES

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

_WRITER = Writer(ENGLISH)


def prose(seed: int, words: int = 300) -> tuple[str, ...]:
    """Paragraphs of an invented article; another seed, another article."""
    return _WRITER.article(random.Random(seed), words=words).paragraphs


def frame(seed: int, words: int) -> str:
    """Running text of exactly so many words that belongs to no article."""
    return " ".join(" ".join(prose(90_000 + seed, words)).split()[:words])


def text(*paragraphs: str) -> str:
    return "\n".join(paragraphs)


def article(
    url: str,
    body: str,
    *,
    at: datetime | None = NOW,
    precision: Precision = "second",
    first_seen: datetime = NOW + 24 * HOUR,
    title: str = "A headline of some words",
    canonical: str | None = None,
    status: ContentStatus = "full",
    language: str = "en",
) -> Article:
    """An article at that address, published `at`."""
    key = url_key(url)
    assert key
    return Article(
        article_id=mint("a", key),
        url=url,
        canonical_url=url,
        declared_canonical_url=canonical,
        publisher=publisher_of(url),
        title=title,
        authors=(),
        published_at=at,
        published_precision=precision if at else None,
        published_source="feed" if at else None,
        sort_at=at or first_seen,
        modified_at=None,
        first_seen_at=first_seen,
        fetched_at=first_seen,
        found_by="poll",
        language=language,
        lead="",
        body=body,
        word_count=count_words(body),
        tags=(),
        section=None,
        image_url=None,
        rights=None,
        content_status=status,
        content_hash=content_hash(body),
        extractor="none",
        url_keys=(key,),
        sketch=sketch(body) if status in MATCHED else (),
    )


def decide(*batch: Article) -> StoryDecisions:
    """What is decided about a batch when nothing is held."""
    nothing = Candidates(0, {}, {})
    return decide_stories(batch, nothing, publisher_of=publisher_of, compared=Comparisons())


class StoryStore:
    """Holds what was decided, and finds candidates by the rules of `storage.stories`."""

    def __init__(self) -> None:
        self.copies: dict[str, Copy] = {}
        self.holders: dict[int, set[str]] = defaultdict(set)
        self.roles: dict[str, str] = {}
        self.stories: dict[str, Story] = {}
        self.reprints: dict[str, Reprint] = {}

    def add(self, *batch: Article) -> StoryDecisions:
        decided = decide_stories(
            batch, self.candidates(batch), publisher_of=publisher_of, compared=Comparisons()
        )
        self.copies |= {a.article_id: as_copy(a) for a in batch}
        for new in batch:
            for number in new.sketch:
                self.holders[number].add(new.article_id)
        for name, (story_id, role) in decided.roles.items():
            self.copies[name] = replace(self.copies[name], story_id=story_id)
            self.roles[name] = role
        touched = {story.story_id for story in decided.stories}
        self.stories |= {story.story_id: story for story in decided.stories}
        kept = {n: r for n, r in self.reprints.items() if r.story_id not in touched}
        self.reprints = kept | {r.article_id: r for r in decided.reprints}
        return decided

    def candidates(self, batch: Sequence[Article]) -> Candidates:
        pairs = {new.article_id: self._alike(new) for new in batch}
        canonical = {key for new in batch if (key := canonical_key(new))}
        wanted = {name for found in pairs.values() for name in found}
        wanted |= {n for n, copy in self.copies.items() if canonical.intersection(copy.url_keys)}
        stories = {self.copies[name].story_id for name in wanted}
        copies = {n: copy for n, copy in self.copies.items() if copy.story_id in stories}
        return Candidates(0, pairs, copies)

    def _alike(self, new: Article) -> tuple[str, ...]:
        shared: Counter[str] = Counter()
        rarity: dict[str, float] = defaultdict(float)
        for number in new.sketch:
            names = self.holders.get(number, ())
            stories = {self.copies[name].story_id for name in names}
            if len(stories) <= COMMON_HASH_STORIES:
                for name in names:
                    shared[name] += 1
                    rarity[name] += 1 / len(stories)
        found = [name for name, count in shared.items() if count >= SHARED_HASHES]
        return tuple(sorted(found, key=lambda name: (-rarity[name], name))[:CANDIDATES_EACH])

    def story_of(self, one: Article) -> Story:
        story_id = self.copies[one.article_id].story_id
        assert story_id
        return self.stories[story_id]


def pairs_of(group_of: Mapping[str, str]) -> set[tuple[str, str]]:
    """All pairs of names that are in one group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, group in group_of.items():
        groups[group].append(name)
    return {pair for names in groups.values() for pair in combinations(sorted(names), 2)}


def in_batches(articles: Sequence[Article], size: int) -> Iterable[Sequence[Article]]:
    return (articles[start : start + size] for start in range(0, len(articles), size))
