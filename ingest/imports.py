"""Articles that somebody else has extracted: one row of a file to one article."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from ingest.errors import BadRow
from ingest.extraction.language import language_of
from ingest.ids import mint
from ingest.matching.sketch import sketch
from ingest.plaintext import plain_text
from ingest.times import FeedTime, parse_feed_time
from ingest.types import Article
from ingest.urls import url_key
from ingest.words import content_hash, folded_words, word_count

EXTRACTOR = "imported"

_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Control characters, and halves of surrogate pairs, which cannot be stored.

TEASER_WORDS = 50
"""A text with fewer words is not taken for the whole article."""

FIELDS = frozenset(
    {
        "url",
        "title",
        "body",
        "publisher",
        "authors",
        "published",
        "language",
        "canonical_url",
    }
)
"""What a row may hold; url and body it must. Others are ignored."""


def imported_article(
    row: Mapping[str, object], *, now: datetime, publisher_of: Callable[[str], str]
) -> Article:
    """The article of one row. Raises BadRow when its url or body is missing or of a wrong type."""
    url, body = _text(row, "url"), _text(row, "body")
    key = url_key(url) if url else None
    if url is None or key is None:
        raise BadRow("The row's url is missing or not http(s).", url=url)
    if not body or not body.strip():
        raise BadRow("The row's body is missing or empty.", url=url)
    canonical = _text(row, "canonical_url")
    publisher = _text(row, "publisher") or publisher_of(url)
    own = canonical if canonical and publisher_of(canonical) == publisher_of(url) else None
    published = _published(row, now)
    at = published.at if published else None
    text = "\n".join(line for line in (" ".join(part.split()) for part in body.split("\n")) if line)
    words, language = folded_words(text), _text(row, "language")
    count = word_count(words)
    keys = (key, url_key(own) if own else None)
    return Article(
        article_id=mint("a", key),
        url=url,
        canonical_url=own or url,
        declared_canonical_url=canonical,
        publisher=publisher.lower(),
        title=plain_text(_text(row, "title") or "", 1000),
        authors=_authors(row),
        published_at=at,
        published_precision=published.precision if published and at else None,
        published_source="page" if at else None,
        sort_at=at or now,
        modified_at=None,
        first_seen_at=now,
        fetched_at=now,
        found_by="import",
        language=language.lower()[:2] if language else language_of(text),
        lead=text.split("\n", 1)[0],
        body=text,
        word_count=count,
        tags=(),
        section=None,
        image_url=None,
        rights=None,
        content_status="full" if count >= TEASER_WORDS else "teaser",
        content_hash=content_hash(words),
        extractor=EXTRACTOR,
        url_keys=tuple(dict.fromkeys(known for known in keys if known)),
        sketch=sketch(words),
    )


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRow(f"The row's {name} is not text.", url=str(row.get("url") or "") or None)
    return _UNUSABLE.sub("\ufffd", value)


def _published(row: Mapping[str, object], now: datetime) -> FeedTime | None:
    value = row.get("published")
    if value is None:
        return None
    if isinstance(value, datetime | date):
        value = value.isoformat()
    return parse_feed_time(str(value), now=now)


def _authors(row: Mapping[str, object]) -> tuple[str, ...]:
    value = row.get("authors")
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple):
        return ()
    found = (plain_text(name, 200) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in found if name))
