"""The same articles with less to go by, or in another order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from benchmarks.matching.documents import Labelled
from ingest.extraction.credits import statements
from ingest.matching.blocks import blocks_of
from ingest.matching.sketch import sketch
from ingest.types import Article
from ingest.words import content_hash, folded_words


def without_dates(labelled: Labelled) -> Labelled:
    """No article says when it was published."""
    return _changed(
        labelled,
        lambda article: replace(
            article,
            published_at=None,
            published_precision=None,
            published_source=None,
            sort_at=article.first_seen_at,
        ),
    )


def without_phrases(labelled: Labelled) -> Labelled:
    """Sentences that say where a text comes from are left out."""

    def silent(article: Article) -> Article:
        kept = (block.text for block in blocks_of(article.body) if not statements(block.text))
        body = "".join(kept)
        words = folded_words(body)
        return replace(article, body=body, sketch=sketch(words), content_hash=content_hash(words))

    return _changed(labelled, silent)


def reprints_first(labelled: Labelled) -> Labelled:
    """Originals are seen after everything else, in their order."""
    last = max(article.first_seen_at for article in labelled.articles)

    def is_original(article: Article) -> bool:
        return labelled.labels[article.article_id].relation is None

    reprints = [article for article in labelled.articles if not is_original(article)]
    originals = [
        replace(article, first_seen_at=last + timedelta(minutes=number))
        for number, article in enumerate(filter(is_original, labelled.articles), start=1)
    ]
    return replace(labelled, articles=[*reprints, *originals])


def shuffled(labelled: Labelled) -> Labelled:
    """The articles in any order."""
    return replace(
        labelled, articles=random.Random(1).sample(labelled.articles, len(labelled.articles))
    )


def _changed(labelled: Labelled, change: Callable[[Article], Article]) -> Labelled:
    return replace(labelled, articles=[change(article) for article in labelled.articles])
