"""Articles: what page and feed say, weighed into one record; and which are known already."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ingest.errors import UrlRefused
from ingest.extraction.agencies import agency_named
from ingest.extraction.credits import statements
from ingest.extraction.person_names import clean_authors
from ingest.extraction.titles import without_site
from ingest.ids import mint
from ingest.matching.sketch import sketch
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
from ingest.urls import clean_link, url_key
from ingest.words import content_hash, folded_words, word_count

TITLE_AGREEMENT = 0.3
"""Share of words two headlines must have in common for a canonical address to be believed: some
sites declare their front page or a section as canonical for everything."""

AGREEING = timedelta(hours=36)
"""Times of feed and page that differ by less mean one publication: a day, and a zone left out."""

MATCHED = ("full", "teaser")
"""Only articles of these content_status values are matched."""

FRAMED = (*MATCHED, "index")
"""The text of these stands in its publisher's frame: it teaches boilerplate and is cleaned of it. A
wall's text is the same on pages that have nothing in common."""


def make_article(
    wanted: WantedPage,
    page: RawPage,
    extraction: Extraction,
    *,
    found_by: FoundBy,
    publisher_of: Callable[[str], str],
) -> Article:
    """The article of a page that entries waited for.

    Title: see `_title`. Authors: the page's, then the feed's people. Publication
    time: see `_published`. Credits: a canonical address at another publisher, then the page's.
    """
    final_key = url_key(page.final_url)
    if final_key is None:
        raise UrlRefused("The page's address after redirects is not http(s).", url=page.final_url)
    publisher = publisher_of(page.final_url)
    canonical = _own_canonical(extraction.declared_canonical_url, publisher, publisher_of)
    keys = (wanted.url_key, final_key, url_key(canonical) if canonical else None)
    published_at, precision, source = _published(wanted.entry, extraction)
    matched = extraction.content_status in MATCHED
    words = folded_words(extraction.body)
    credits, credit_source = _credits(extraction, wanted.entry, publisher, publisher_of)
    return Article(
        article_id=mint("a", wanted.url_key),
        url=page.final_url,
        canonical_url=canonical or page.final_url,
        declared_canonical_url=extraction.declared_canonical_url,
        publisher=publisher,
        title=_title(wanted.entry, extraction, publisher),
        authors=extraction.authors or clean_authors(wanted.entry.authors, (publisher,)),
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
        word_count=word_count(words),
        tags=tuple(dict.fromkeys((*extraction.tags, *wanted.entry.tags))),
        section=extraction.section,
        image_url=extraction.image_url,
        rights=_rights(extraction, page),
        content_status=extraction.content_status,
        content_hash=content_hash(words),
        extractor=extraction.extractor,
        url_keys=tuple(dict.fromkeys(key for key in keys if key)),
        sketch=sketch(words) if matched else (),
        credits=credits,
        credit_source=credit_source,
        statements=statements(extraction.body) if matched else None,
    )


def _title(entry: FeedEntry, extraction: Extraction, publisher: str) -> str:
    """The page's headline. Where the page spells it in several ways, the one that the feed has;
    a title that only the feed has (often shortened) counts only where the page has none."""
    feed = without_site(entry.title, (publisher, publisher.split(".")[0])) or ""
    words = folded_words(feed)
    agreeing = (title for title in extraction.titles if words and folded_words(title) == words)
    return next(agreeing, None) or extraction.title or entry.title


def _own_canonical(
    declared: str | None, publisher: str, publisher_of: Callable[[str], str]
) -> str | None:
    """The declared canonical URL where it can be the article's: not a front page or foreign."""
    if declared is None or url_key(declared) is None:
        return None
    if not urlsplit(declared).path.strip("/") or publisher_of(declared) != publisher:
        return None
    return declared


def _credits(
    extraction: Extraction,
    entry: FeedEntry,
    publisher: str,
    publisher_of: Callable[[str], str],
) -> tuple[tuple[str, ...], str | None]:
    """The sources that canonical address, page and feed name, and what named the first."""
    named: list[tuple[str, str]] = []
    declared = extraction.declared_canonical_url
    if declared and url_key(declared) and urlsplit(declared).path.strip("/"):
        named.append((publisher_of(declared), "canonical"))
    named += [(name, extraction.credit_source or "statement") for name in extraction.credits]
    named += [(name, "byline") for author in entry.authors if (name := agency_named(author))]
    others = [(name, source) for name, source in named if name and name != publisher]
    return tuple(dict.fromkeys(name for name, _ in others)), others[0][1] if others else None


def _published(
    entry: FeedEntry, extraction: Extraction
) -> tuple[datetime | None, Precision | None, DateSource | None]:
    """The feed's time where the page agrees within a day (zones differ), with the page's hour when
    the feed has only the day.

    Where they differ by more: the page's, when the feed's has day and month in the wrong order;
    else the earlier, because feeds and pages both stamp articles anew when they change. A day read
    from the page's address, or seen somewhere on a page that states none, gives way to any feed.
    """
    feed, page = entry.published_at, extraction.published_at
    ours = (page, extraction.published_precision, extraction.published_source or "page")
    theirs: tuple[datetime | None, Precision | None, DateSource | None]
    theirs = (feed, entry.published_precision, "feed")
    if feed is None:
        return ours if page else (None, None, None)
    if page is None or ours[2] == "url" or extraction.published_guessed:
        return theirs
    if page.date() == feed.date():
        finer = entry.published_precision == "day" and extraction.published_precision != "day"
        return ours if finer else theirs
    if abs(page - feed) <= AGREEING or (not _swapped(feed, page) and feed < page):
        return theirs
    return ours


def _swapped(one: datetime, other: datetime) -> bool:
    return (one.year, one.month, one.day) == (other.year, other.day, other.month)


_LICENCE_LINK = re.compile(
    r"<([^<>\s]{1,500})>(?:\s*;\s*(?!rel\b)[\w*]+=(?:\"[^\"]*\"|[^\s;,]+))*"
    r"\s*;\s*rel=\"?(?:[^\",;]*\s)?license\b",
    re.IGNORECASE,
)
"""In a Link header (RFC 8288)."""


def _rights(extraction: Extraction, page: RawPage) -> str | None:
    """Reservations of the page, and those of its HTTP headers."""
    stated = [extraction.rights] if extraction.rights else []
    directives = re.split(r"[\s,:]+", (page.header("x-robots-tag") or "").lower())
    stated += [name for name in ("noarchive", "noai", "noimageai") if name in directives]
    for name in ("tdm-reservation", "tdm-policy"):
        if value := page.header(name):
            stated.append(f"{name}: {value.strip()[:500]}")
    licence = _LICENCE_LINK.search(page.header("link") or "")
    link = clean_link(licence[1], page.final_url) if licence else None
    if link and url_key(link):
        stated.append(f"license: {link}")
    return "; ".join(dict.fromkeys("; ".join(stated).split("; "))) or None


@dataclass(frozen=True, slots=True)
class Identified:
    """A batch told apart: new articles, and for every page's URL key the article it led to.

    `urls` are further addresses (URL key, article id) by which articles are now known. `listed` are
    articles held already that a feed lists for the first time, by id, as page and feed tell them.
    """

    new: tuple[Article, ...]
    article_of: Mapping[str, str]
    urls: tuple[tuple[str, str], ...]
    listed: Mapping[str, Article]


def identify(batch: Sequence[tuple[str, Article]], known: Mapping[str, KnownArticle]) -> Identified:
    """Which articles of a batch (page's URL key, article) are new, which known by an address.

    An article is known when the address it was asked for or fetched from is; by its canonical
    address alone only when its headline or its text agrees with the known one.
    """
    by_key = dict(known)
    new: list[Article] = []
    article_of: dict[str, str] = {}
    urls: list[tuple[str, str]] = []
    listed: dict[str, Article] = {}
    for key, article in batch:
        same = _known_as(article, by_key)
        if same is None:
            new.append(article)
            same = KnownArticle(
                article.article_id, article.publisher, article.title, article.content_hash
            )
        else:
            urls += [(other, same.article_id) for other in article.url_keys]
            if same.unlisted and article.found_by == "poll":
                listed.setdefault(same.article_id, article)
        article_of[key] = same.article_id
        for other in article.url_keys:
            by_key.setdefault(other, same)
    return Identified(tuple(new), article_of, tuple(urls), listed)


def _known_as(article: Article, by_key: Mapping[str, KnownArticle]) -> KnownArticle | None:
    fetched = {article.url_keys[0], url_key(article.url)}
    for key in article.url_keys:
        same = by_key.get(key)
        if same is None:
            continue
        if key in fetched:
            return same
        if same.publisher == article.publisher and agrees(same, article):
            return same
    return None


def agrees(known: KnownArticle, article: Article) -> bool:
    """Whether a page may be the known article's: by its text, or by its headline."""
    if known.content_hash == article.content_hash:
        return True
    words, others = set(folded_words(known.title)), set(folded_words(article.title))
    return len(words & others) >= TITLE_AGREEMENT * max(1, len(words | others))
