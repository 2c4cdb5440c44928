"""Articles to match, and a store of them in memory, for the tests of matching."""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from ingest.articles import MATCHED
from ingest.ids import mint
from ingest.matching.sketch import sketch
from ingest.matching.stories import Comparisons, decide_stories
from ingest.publishers import publisher_of
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
from ingest.words import content_hash, count_words, folded_words
from newsroom.english import ENGLISH
from newsroom.prose import Writer

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package
from benchmarks.matching.store import Store

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
        content_hash=content_hash(folded_words(body)),
        extractor="none",
        url_keys=(key,),
        sketch=sketch(folded_words(body)) if status in MATCHED else (),
    )


def decide(*batch: Article) -> StoryDecisions:
    """What is decided about a batch when nothing is held."""
    nothing = Candidates(0, {}, {})
    return decide_stories(batch, nothing, publisher_of=publisher_of, compared=Comparisons())


class StoryStore(Store):
    """A store whose publishers are those of the addresses."""

    def __init__(self) -> None:
        super().__init__(publisher_of, kept_open=True)

    def add(self, *batch: Article) -> None:
        self.take_in(batch)

    @property
    def copies(self) -> Mapping[str, Copy]:
        return self.held.copies

    @property
    def roles(self) -> Mapping[str, str]:
        return self.held.roles

    @property
    def stories(self) -> Mapping[str, Story]:
        return self.held.stories

    @property
    def reprints(self) -> Mapping[str, Reprint]:
        return self.held.reprints

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
