"""When a page says that its article was published and changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.extraction.linked_data import LinkedData, text_of
from ingest.extraction.shown_dates import day_by_headline, first_day, marked_up, time_elements
from ingest.plaintext import plain_text
from ingest.times import parse_feed_time
from ingest.types import DateSource, Precision

PUBLISHED_META = (
    "article:published_time",
    "article:published:time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "article.published",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "published_time",
    "cxenseparse:recs:publishtime",
    "date",
)
MODIFIED_META = (
    "article:modified_time",
    "article:modified:time",
    "og:updated_time",
    "datemodified",
    "last-modified",
)
URL_DAY = re.compile(
    r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)"
)
"""A day in a URL's path: /2024/04/25/, /2024-04-25-, /20240425/."""


def stated_times(tree: HtmlElement, meta: Mapping[str, list[str]], linked: LinkedData) -> list[str]:
    """Publication times by the page's own word, most trusted first: JSON-LD's article, meta tags,
    JSON-LD's page or broken JSON-LD, marked-up dates, then the first `time` of the page."""
    found: list[str | None] = [text_of(linked.article.get("datePublished"))]
    found += [plain_text(meta[name][0]) for name in PUBLISHED_META if name in meta]
    found += [text_of(linked.page.get("datePublished")), linked.broken_published]
    if not any(found):  # the others cost a walk over the page
        found += [*marked_up(tree), *time_elements(tree)]
    return list(dict.fromkeys(text for text in found if text))


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, in UTC, what says so, and whether that is a day which the page
    only shows somewhere: any other source goes before it."""

    at: datetime | None = None
    precision: Precision | None = None
    source: DateSource | None = None
    guessed: bool = False


def choose_published(
    tree: HtmlElement, stated: Iterable[str], *, heading: str | None, url: str, now: datetime
) -> Published:
    """The first stated time that can be read and believed; else the day in the page's address; else
    one that the page shows, beside the headline `heading` or elsewhere. On 142 labelled pages that
    state no date, 107 of these were right and 24 wrong."""
    for text in stated:
        found = parse_feed_time(text, now=now)
        if found.at:
            return Published(found.at, found.precision, "page")
    if day := _believed(_day_in_url(url), now=now):
        return Published(day, "day", "url")
    if day := _believed(_guessed_day(tree, heading=heading, url=url, now=now), now=now):
        return Published(day, "day", "page", guessed=True)
    return Published()


def _believed(day: date | None, *, now: datetime) -> datetime | None:
    return parse_feed_time(day.isoformat(), now=now).at if day else None


def _day_in_url(url: str) -> date | None:
    """The day that a URL's path names, or None."""
    try:
        match = URL_DAY.search(urlsplit(url).path)
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _guessed_day(tree: HtmlElement, *, heading: str | None, url: str, now: datetime) -> date | None:
    """The day beside the headline, else what htmldate finds in the markup, else the first day that
    the page shows. (htmldate's search through the page's text takes as long as an extraction, and
    of fifteen days that it alone gave, six were right.)"""
    if day := day_by_headline(tree, heading=heading, now=now):
        return day
    from htmldate import find_date

    found = find_date(deepcopy(tree), extensive_search=False, original_date=True, url=url)
    return date.fromisoformat(found) if found else first_day(tree, now=now)
