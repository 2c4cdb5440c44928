"""Articles: what page and feed say, weighed into one record; and which are known already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ingest.errors import UrlRefused
from ingest.ids import mint
from ingest.sketch import sketch
from ingest.types import (
    Article,
    DateSource,
    Extraction,
    FeedEntry,
    FoundBy,
    KnownArticle,
    Precision,
    RawPage,
    WantedPage,
)
from ingest.urls import url_key
from ingest.words import content_hash, count_words, folded_words

TITLE_AGREEMENT = 0.3
"""Share of words two headlines must have in common for a canonical address to be believed: some
sites declare their front page or a section as canonical for everything."""

MATCHED = ("full", "teaser")
"""Only articles of these content_status values are matched."""


def make_article(
    wanted: WantedPage,
    page: RawPage,
    extraction: Extraction,
    *,
    found_by: FoundBy,
    publisher_of: Callable[[str], str],
) -> Article:
    """The article of a page that entries waited for.

    Publication time: the feed's, then the page's; of two for one day, the more precise one. Title:
    the page's, then the feed's. Authors: the page's, then the feed's.
    """
    final_key = url_key(page.final_url)
    if final_key is None:
        raise UrlRefused("The page's address after redirects is not http(s).", url=page.final_url)
    publisher = publisher_of(page.final_url)
    canonical = _own_canonical(extraction.declared_canonical_url, publisher, publisher_of)
    keys = (wanted.url_key, final_key, url_key(canonical) if canonical else None)
    published_at, precision, source = _published(wanted.entry, extraction)
    matched = extraction.content_status in MATCHED
    return Article(
        article_id=mint("a", wanted.url_key),
        url=page.final_url,
        canonical_url=canonical or page.final_url,
        declared_canonical_url=extraction.declared_canonical_url,
        publisher=publisher,
        title=extraction.title or wanted.entry.title,
        authors=extraction.authors or wanted.entry.authors,
        published_at=published_at,
        published_precision=precision,
        published_source=source,
        sort_at=published_at or wanted.first_seen_at,
        modified_at=extraction.modified_at,
        first_seen_at=wanted.first_seen_at,
        fetched_at=page.fetched_at,
        found_by=found_by,
        language=extraction.language,
        lead=extraction.lead or wanted.entry.summary,
        body=extraction.body,
        word_count=count_words(extraction.body),
        tags=tuple(dict.fromkeys((*extraction.tags, *wanted.entry.tags))),
        section=extraction.section,
        image_url=extraction.image_url,
        rights=_rights(extraction, page),
        content_status=extraction.content_status,
        content_hash=content_hash(extraction.body),
        extractor=extraction.extractor,
        url_keys=tuple(dict.fromkeys(key for key in keys if key)),
        sketch=sketch(extraction.body) if matched else (),
    )


def _own_canonical(
    declared: str | None, publisher: str, publisher_of: Callable[[str], str]
) -> str | None:
    """The declared canonical URL where it can be the article's: not a front page or foreign."""
    if declared is None or url_key(declared) is None:
        return None
    if not urlsplit(declared).path.strip("/") or publisher_of(declared) != publisher:
        return None
    return declared


def _published(
    entry: FeedEntry, extraction: Extraction
) -> tuple[datetime | None, Precision | None, DateSource | None]:
    feed, page = entry.published_at, extraction.published_at
    finer = entry.published_precision == "day" and extraction.published_precision != "day"
    if feed and page and finer and page.date() == feed.date():
        return page, extraction.published_precision, "page"
    if feed:
        return feed, entry.published_precision, "feed"
    if page:
        return page, extraction.published_precision, "page"
    return None, None, None


def _rights(extraction: Extraction, page: RawPage) -> str | None:
    """Reservations of the page, and those of its HTTP headers."""
    stated = [extraction.rights] if extraction.rights else []
    if "noarchive" in (page.header("x-robots-tag") or "").lower():
        stated.append("noarchive")
    if reservation := page.header("tdm-reservation"):
        stated.append(f"tdm-reservation: {reservation.strip()[:20]}")
    return "; ".join(dict.fromkeys(stated)) or None


@dataclass(frozen=True, slots=True)
class Identified:
    """A batch told apart: new articles, and for every page's URL key the article it led to.

    `urls` are further addresses (URL key, article id) by which articles are now known.
    """

    new: tuple[Article, ...]
    article_of: Mapping[str, str]
    urls: tuple[tuple[str, str], ...]


def identify(batch: Sequence[tuple[str, Article]], known: Mapping[str, KnownArticle]) -> Identified:
    """Which articles of a batch (page's URL key, article) are new, which known by an address.

    An article is known when the address it was asked for or fetched from is; by its canonical
    address alone only when its headline or its text agrees with the known one.
    """
    by_key = dict(known)
    new: list[Article] = []
    article_of: dict[str, str] = {}
    urls: list[tuple[str, str]] = []
    for key, article in batch:
        same = _known_as(article, by_key)
        if same is None:
            new.append(article)
            same = KnownArticle(
                article.article_id, article.publisher, article.title, article.content_hash
            )
        else:
            urls += [(other, same.article_id) for other in article.url_keys]
        article_of[key] = same.article_id
        for other in article.url_keys:
            by_key.setdefault(other, same)
    return Identified(tuple(new), article_of, tuple(urls))


def _known_as(article: Article, by_key: Mapping[str, KnownArticle]) -> KnownArticle | None:
    fetched = {article.url_keys[0], url_key(article.url)}
    for key in article.url_keys:
        same = by_key.get(key)
        if same is None:
            continue
        if key in fetched:
            return same
        if same.publisher == article.publisher and _agrees(same, article):
            return same
    return None


def _agrees(known: KnownArticle, article: Article) -> bool:
    if known.content_hash == article.content_hash:
        return True
    words, others = set(folded_words(known.title)), set(folded_words(article.title))
    return len(words & others) >= TITLE_AGREEMENT * max(1, len(words | others))
