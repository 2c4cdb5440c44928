"""Stored articles whose page was read again: cleaned as new ones, and written where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from ingest.articles import FRAMED, MATCHED
from ingest.matching.boilerplate import Boilerplate, Reading, learn, read, restore, wanted
from ingest.matching.cleaning import NOTHING, clean_article, lead_of
from ingest.matching.stories import canonical_key
from ingest.rereading import changed_fields, is_other, is_worse, of_same
from ingest.types import Article, CleanedText, StoredArticle
from storage.blocks import (
    forget_sightings,
    forget_unheld,
    holders_of,
    keep_blocks,
    remembered,
)
from storage.database import Connection
from storage.rereading import rewrite_articles, stored_articles
from storage.settling import mark_unsettled

Connect = Callable[[], AbstractContextManager[Connection]]

Read = Sequence[tuple[StoredArticle, Article]]
"""Stored articles, each with what was read of its page now: as extraction left it, or with the
stored text."""


@dataclass(frozen=True, slots=True)
class Reread:
    """The articles as they would be stored now, by id. `texts` are those whose text is another than
    when its page was read last; `readings` is what these teach of boilerplate."""

    articles: Mapping[str, Article]
    texts: frozenset[str]
    readings: tuple[Reading, ...]
    boilerplate: Boilerplate


class Cleanings:
    """Texts read and cleaned, each once: what is cleaned before the writer lock is taken, and again
    under it, costs there only what has changed meanwhile."""

    def __init__(self) -> None:
        self._readings: dict[str, tuple[str, Reading]] = {}
        self._cleaned: dict[str, tuple[Article, frozenset[int], Article]] = {}

    def reading(self, one: Article) -> Reading:
        known = self._readings.get(one.article_id)
        if known is None or known[0] != one.body:
            known = (one.body, read(one.article_id, one.publisher, one.title, one.body))
            self._readings[one.article_id] = known
        return known[1]

    def cleaned(self, one: Article, boilerplate: frozenset[int], reading: Reading) -> Article:
        known = self._cleaned.get(one.article_id)
        if known is None or known[:2] != (one, boilerplate):
            known = (one, boilerplate, clean_article(one, boilerplate, blocks=reading.blocks))
            self._cleaned[one.article_id] = known
        return known[2]


def clean_reread(connect: Connect, batch: Read, cleanings: Cleanings) -> Reread:
    """Clean what was read of stored articles. Blocks that the batch is the third to bring are
    learnt first, so that a new pitch on every page does not make every article look edited."""
    same = {
        stored.article.article_id: _with_same_text(stored, article) for stored, article in batch
    }
    others = [article for _, article in batch if same[article.article_id] is None]
    reading_of = {
        one.article_id: cleanings.reading(one) for one in others if one.content_status in FRAMED
    }
    readings = tuple(reading_of.values())
    with connect() as connection:
        memory = remembered(connection, wanted(readings))
    boilerplate = learn(readings, memory)
    cleaned = {
        one.article_id: cleanings.cleaned(
            one, boilerplate.of.get(one.publisher, NOTHING), reading_of[one.article_id]
        )
        if one.article_id in reading_of
        else one
        for one in others
    }
    articles = {name: article or cleaned[name] for name, article in same.items()}
    return Reread(articles, frozenset(cleaned), readings, boilerplate)


def _with_same_text(stored: StoredArticle, article: Article) -> Article | None:
    """The article with the stored text, when that came of the same words; else None."""
    old = stored.article
    whole = restore(old.body, old.removed)
    for kind in (MATCHED, FRAMED):
        if (old.content_status in kind) != (article.content_status in kind):
            return None
    if article.body != whole and (article.body, article.removed) != (old.body, old.removed):
        return None
    return replace(
        article,
        body=old.body,
        removed=old.removed,
        word_count=old.word_count,
        content_hash=old.content_hash,
        lead=lead_of(article.lead, article.body, old.body),
    )


def write_reread(connection: Connection, reread: Reread, article_ids: Sequence[str]) -> None:
    """Make these of the articles say what was read, and mark them to be judged anew. What all of
    them teach is kept."""
    _teach(connection, reread)
    articles = [reread.articles[name] for name in article_ids]
    if not articles:
        return
    texts = [_text(article) for article in articles if article.article_id in reread.texts]
    keys = [(key, one.article_id) for one in articles if (key := canonical_key(one))]
    rewrite_articles(connection, articles, texts, keys)
    mark_unsettled(connection, "learn", [text.article_id for text in texts])
    mark_unsettled(connection, "judge", article_ids)


def write_listed(connection: Connection, listed: Mapping[str, Article]) -> list[str]:
    """Make articles that a backfill had come upon say what their page and a feed tell together, as
    if the feed had been polled before; which of them have changed."""
    if not listed:
        return []
    stored = stored_articles(connection, list(listed))
    read = [
        (held, of_same(held, listed[name]))
        for name, held in stored.items()
        if not is_other(held, listed[name]) and not is_worse(held, listed[name])
    ]
    reread = clean_reread(lambda: nullcontext(connection), read, Cleanings())
    changed = [
        name
        for name, article in reread.articles.items()
        if changed_fields(stored[name].article, article)
    ]
    write_reread(connection, reread, changed)
    return changed


def _teach(connection: Connection, reread: Reread) -> None:
    if not reread.texts:
        return
    forget_sightings(connection, sorted(reread.texts))
    sightings = [
        (reading.publisher, number, reading.article_id)
        for reading in reread.readings
        for number in sorted({block.hash for block in reading.blocks if block.hash})
    ]
    learnt = reread.boilerplate.learnt
    keep_blocks(connection, sightings, learnt)
    forget_unheld(connection)
    mark_unsettled(connection, "clean", holders_of(connection, list(learnt)))


def _text(article: Article) -> CleanedText:
    return CleanedText(
        article_id=article.article_id,
        lead=article.lead,
        body=article.body,
        word_count=article.word_count,
        content_hash=article.content_hash,
        removed=article.removed,
        sketch=article.sketch,
    )
