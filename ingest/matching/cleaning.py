"""Articles without their publisher's boilerplate: new ones, and stored ones cleaned again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.articles import MATCHED
from ingest.matching.blocks import Block
from ingest.matching.boilerplate import clean, restore
from ingest.matching.sketch import sketch_of
from ingest.types import Article, CleanedText, HeldText
from ingest.words import content_hash, folded_words, word_count

NOTHING = frozenset[int]()


def clean_article(
    article: Article, boilerplate: frozenset[int], *, blocks: Sequence[Block] = ()
) -> Article:
    """The article, as extraction left it, without these blocks. What is said of its text (word
    count, hash, sketch) is said of the text that is left."""
    cleaned = clean(article.body, boilerplate, blocks=blocks)
    if not cleaned.removed:
        return article
    matched = article.content_status in MATCHED
    words = folded_words(cleaned.body)
    return replace(
        article,
        lead=lead_of(article.lead, article.body, cleaned.body),
        body=cleaned.body,
        word_count=word_count(words),
        content_hash=content_hash(words),
        removed=cleaned.removed,
        sketch=sketch_of(words, cleaned.body, article.body) if matched else (),
    )


def clean_again(held: HeldText, boilerplate: frozenset[int]) -> CleanedText | None:
    """A stored text without these blocks, and with whatever else had been removed put back; None
    when that is what it is already."""
    whole = restore(held.body, held.removed)
    cleaned = clean(whole, boilerplate)
    if cleaned.body == held.body:
        return None
    words = folded_words(cleaned.body)
    return CleanedText(
        article_id=held.article_id,
        lead=lead_of(held.lead, held.body, cleaned.body),
        body=cleaned.body,
        word_count=word_count(words),
        content_hash=content_hash(words),
        removed=cleaned.removed,
        sketch=sketch_of(words, cleaned.body, whole) if held.matched else (),
    )


def lead_of(lead: str, before: str, after: str) -> str:
    """A lead that was the text's first paragraph stays so."""
    return after.split("\n", 1)[0] if lead == before.split("\n", 1)[0] else lead
