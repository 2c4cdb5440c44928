"""When a page says that its article was published and changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.extraction.linked_data import LinkedData, text_of
from ingest.plaintext import plain_text
from ingest.times import FeedTime, parse_feed_time
from ingest.types import DateSource

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

_UPDATED = re.compile(r"updat|modif|aktualisi|actuali|aggiorn|edited", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"comment|related|sidebar|teaser|widget|footer|popular|latest|recommend", re.I
)


def stated_times(tree: HtmlElement, meta: Mapping[str, list[str]], linked: LinkedData) -> list[str]:
    """Publication times by the page's own word, most trusted first: JSON-LD's article, meta tags,
    JSON-LD's page or broken JSON-LD, marked-up dates, then the first `time` of the page."""
    found: list[str | None] = [text_of(linked.article.get("datePublished"))]
    found += [plain_text(meta[name][0]) for name in PUBLISHED_META if name in meta]
    found += [text_of(linked.page.get("datePublished")), linked.broken_published]
    if not any(found):  # the others cost a walk over the page
        found += [*_marked_up(tree), *_time_elements(tree)]
    return list(dict.fromkeys(text for text in found if text))


def choose_published(
    texts: list[str], *, url: str, now: datetime
) -> tuple[FeedTime | None, DateSource | None]:
    """The first stated time that can be read and believed; else the day in the page's address."""
    refused = None
    for text in texts:
        found = parse_feed_time(text, now=now)
        if found.at:
            return found, "page"
        refused = refused or found
    day = day_in_url(url)
    if day:
        found = parse_feed_time(day.isoformat(), now=now)
        if found.at:
            return found, "url"
    return refused, None


def day_in_url(url: str) -> date | None:
    """The day that a URL's path names, or None."""
    try:
        match = URL_DAY.search(urlsplit(url).path)
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def guessed_day(tree: HtmlElement, *, url: str) -> date | None:
    """The day that the page shows somewhere, by htmldate's rules, or None. On labelled pages that
    state no date, four of five of these were right: any other source goes before it."""
    from htmldate import find_date

    found = find_date(deepcopy(tree), extensive_search=False, original_date=True, url=url)
    return date.fromisoformat(found) if found else None


def _marked_up(tree: HtmlElement) -> Iterator[str]:
    """Microdata and RDFa: elements whose itemprop or property is datePublished."""
    for element in tree.xpath(
        "//*[@itemprop='datePublished' or @property='datePublished' or @itemprop='dateCreated'"
        " or @pubdate][not(self::meta)]"
    )[:5]:
        for text in (element.get("datetime"), element.get("content"), element.text_content()):
            if text and text.strip():
                yield " ".join(text.split())[:100]
                break


def _time_elements(tree: HtmlElement) -> list[str]:
    """`time` elements outside comments and teasers, those not called an update first."""
    published: list[str] = []
    updated: list[str] = []
    after_heading: list[str] = []
    heading = next(iter(tree.iter("h1")), None)
    passed = heading is None
    for element in tree.iter("h1", "time"):
        if element.tag == "h1":
            passed = True
            continue
        text = (element.get("datetime") or "").strip() or " ".join(element.text_content().split())
        if not any(mark.isdigit() for mark in text) or _is_elsewhere(element):
            continue
        parent = element.getparent()
        described = " ".join(
            (node.get("class") or "") for node in (element, parent) if node is not None
        )
        near = f"{described} {(parent.text or '') if parent is not None else ''}"
        if _UPDATED.search(near):
            updated.append(text)
        elif passed:
            after_heading.append(text)
        else:
            published.append(text)
        if len(after_heading) >= 3:
            break
    return (after_heading + published + updated)[:4]


def _is_elsewhere(element: HtmlElement) -> bool:
    for at, ancestor in enumerate(element.iterancestors()):
        if at > 6 or ancestor.tag in ("body", "html"):
            return False
        if ancestor.tag in ("aside", "footer", "nav"):
            return True
        if _ELSEWHERE.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            return True
    return False
