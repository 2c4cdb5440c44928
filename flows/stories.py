"""Articles into stories: cleaned of what their publishers repeat, matched, loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.articles import FRAMED, Identified, identify
from ingest.matching.boilerplate import (
    Boilerplate,
    Memory,
    Reading,
    learn,
    read,
    unlearn,
    wanted,
)
from ingest.matching.cleaning import NOTHING, clean_again, clean_article
from ingest.matching.stories import Comparisons, canonical_key, decide_stories
from ingest.types import Article, Candidates, CleanedText, StoryDecisions
from storage.articles import add_articles, add_urls, known_articles
from storage.blocks import held_texts, keep_blocks, remembered, rewrite_texts
from storage.database import Connection, Database
from storage.forget import refusals
from storage.overrides import overrides
from storage.settling import mark_unsettled
from storage.stories import articles_revision, candidates, record_stories

PublisherOf = Callable[[str], str]
Connect = Callable[[], AbstractContextManager[Connection]]
Batch = Sequence[tuple[str, Article]]
"""Articles by the URL key of their page, their bodies as extraction left them."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many articles, stories and reprints a batch has added."""

    articles: int
    stories: int
    reprints: int


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is to be recorded of a batch, as of `revision`: its new articles cleaned, stored
    texts that were cleaned again, what was learnt, and the stories."""

    revision: int
    identified: Identified
    new: tuple[Article, ...]
    cleaned: tuple[CleanedText, ...]
    readings: tuple[Reading, ...]
    boilerplate: Boilerplate
    found: Candidates
    decisions: StoryDecisions


def take_in(
    database: Database,
    batch: Batch,
    *,
    publisher_of: PublisherOf,
    now: datetime,
    beside: Callable[[Connection, Identified], None] = lambda *_: None,
) -> TakenIn:
    """Load a batch with all that follows from it, in one transaction with what `beside` does; that
    is given which articles are new, and the one that each page's URL key led to.

    Matching runs outside the writer lock; when another run has changed articles meanwhile, the
    batch is judged again under it, which costs only the comparisons that are new.
    """
    compared = Comparisons()
    judged = _judge(database.open, batch, compared, publisher_of)
    with database.write() as connection:
        if articles_revision(connection) != judged.revision:
            judged = _judge(lambda: nullcontext(connection), batch, compared, publisher_of)
        _record(connection, judged, now=now)
        beside(connection, judged.identified)
    return _taken(judged)


def _judge(
    connect: Connect, batch: Batch, compared: Comparisons, publisher_of: PublisherOf
) -> Judged:
    """Decide everything about a batch. Connections are opened for look-ups only: nobody waits for
    the work between them."""
    texts = {  # read while no connection is open, though some may be held already
        article.article_id: read(article.article_id, article.publisher, article.title, article.body)
        for _, article in reversed(batch)  # of two at one address the first counts
        if article.content_status in FRAMED
    }
    with connect() as connection:
        revision = articles_revision(connection)
        refused = refusals(connection)
        batch = [(key, one) for key, one in batch if not refused.cover(one.publisher, one.url_keys)]
        keys = sorted({key for _, article in batch for key in article.url_keys})
        compared.rule(overrides(connection))
        identified = identify(batch, known_articles(connection, keys))
        readings = tuple(texts[a.article_id] for a in identified.new if a.article_id in texts)
        memory = remembered(connection, wanted(readings))
    boilerplate = learn(readings, memory)
    judged = _place(connect, identified, readings, boilerplate, compared, publisher_of)
    confirmed = _confirmed(judged, memory)
    if confirmed.learnt.keys() != boilerplate.learnt.keys():
        judged = _place(connect, identified, readings, confirmed, compared, publisher_of)
    return replace(judged, revision=revision)


def _confirmed(judged: Judged, memory: Memory) -> Boilerplate:
    """What was learnt of the batch, when its stories are known."""
    story_of = {name: story for name, (story, _) in judged.decisions.roles.items()}
    return unlearn(judged.boilerplate, judged.readings, memory, story_of)


def _place(
    connect: Connect,
    identified: Identified,
    readings: tuple[Reading, ...],
    boilerplate: Boilerplate,
    compared: Comparisons,
    publisher_of: PublisherOf,
) -> Judged:
    """Clean the batch and place it in stories."""
    if not identified.new:
        nothing = StoryDecisions(stories=(), roles={}, reprints=())
        return Judged(0, identified, (), (), (), boilerplate, Candidates(0, {}, {}), nothing)
    blocks = {reading.article_id: reading.blocks for reading in readings}
    new = tuple(
        clean_article(
            article,
            boilerplate.of.get(article.publisher, NOTHING),
            blocks=blocks[article.article_id],
        )
        if article.article_id in blocks
        else article
        for article in identified.new
    )
    cleaned = _cleaned_again(connect, boilerplate)
    again = {text.article_id: text.sketch for text in cleaned}
    canonical = [key for article in new if (key := canonical_key(article))]
    with connect() as connection:
        found = with_texts(candidates(connection, new, canonical, again), cleaned)
    decisions = decide_stories(
        new, found, publisher_of=publisher_of, compared=compared, again=again, movable=True
    )
    return Judged(0, identified, new, cleaned, readings, boilerplate, found, decisions)


def _cleaned_again(connect: Connect, boilerplate: Boilerplate) -> tuple[CleanedText, ...]:
    """The stored texts that hold what has just been learnt, without it."""
    if not boilerplate.again:
        return ()
    with connect() as connection:
        held = held_texts(connection, boilerplate.again)
    texts = (clean_again(one, boilerplate.of.get(one.publisher, NOTHING)) for one in held)
    return tuple(text for text in texts if text)


def with_texts(found: Candidates, cleaned: Sequence[CleanedText]) -> Candidates:
    """The candidates with these texts in place of those that are stored."""
    copies = dict(found.copies)
    for text in cleaned:
        copies[text.article_id] = replace(
            copies[text.article_id], body=text.body, removed=text.removed
        )
    return replace(found, copies=copies)


def _record(connection: Connection, judged: Judged, *, now: datetime) -> None:
    """Make the tables say what was decided."""
    add_urls(connection, judged.identified.urls)
    if not judged.new:
        return
    named = [(key, a.article_id) for a in judged.new if (key := canonical_key(a))]
    add_articles(connection, judged.new, judged.decisions.roles, canonical_keys=named, now=now)
    rewrite_texts(connection, judged.cleaned)
    record_stories(connection, judged.decisions, now=now)
    sightings = [
        (reading.publisher, number, reading.article_id)
        for reading in judged.readings
        for number in sorted({block.hash for block in reading.blocks if block.hash})
    ]
    keep_blocks(connection, sightings, judged.boilerplate.learnt)
    matched = [article.article_id for article in judged.new if article.sketch]
    cleaned = [text.article_id for text in judged.cleaned]
    teaching = [reading.article_id for reading in judged.readings]
    mark_unsettled(connection, "learn", [*teaching, *moved(judged.decisions, judged.found)])
    mark_unsettled(connection, "judge", [*matched, *cleaned])


def moved(decisions: StoryDecisions, found: Candidates) -> list[str]:
    """Stored articles that are in another story now."""
    return [
        name
        for name, (story, _) in decisions.roles.items()
        if name in found.copies and found.copies[name].story_id != story
    ]


def _taken(judged: Judged) -> TakenIn:
    stored = {copy.story_id for copy in judged.found.copies.values()}
    new = {article.article_id for article in judged.new}
    return TakenIn(
        articles=len(new),
        stories=sum(story.story_id not in stored for story in judged.decisions.stories),
        reprints=sum(reprint.article_id in new for reprint in judged.decisions.reprints),
    )
