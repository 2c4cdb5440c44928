"""A feed's bytes to its entries: the public door for everything that can be polled."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from ingest.errors import BrokenFeed, NotAFeed, ParseFailed
from ingest.feeds.encoding import decode_feed
from ingest.feeds.fields import (
    CONTENT_LIMIT,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    author_names,
    language_tag,
    one_line,
    storable,
    syndication_seconds,
    tag_terms,
    ttl_seconds,
)
from ingest.feeds.json_feed import parse_json_feed
from ingest.feeds.repair import FeedDocument, repair_xml
from ingest.feeds.sitemaps import parse_sitemap
from ingest.plaintext import plain_text
from ingest.times import parse_feed_time
from ingest.types import FeedEntry, FeedFormat, ParsedFeed
from ingest.urls import clean_link, url_key

MAX_ENTRIES = 2000
"""Entries taken from one document. News feeds list 10 to 100; sitemaps and archives dumped into a
feed list tens of thousands, and those belong to a backfill."""

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_HTTP_URL = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_Element = dict[str, Any]
_UTF8_XML = {"content-type": "application/xml; charset=utf-8"}


def parse_feed(body: bytes, *, url: str, content_type: str | None, now: datetime) -> ParsedFeed:
    """Read an RSS, Atom, RDF or JSON feed or a news sitemap, recognised by its bytes.

    `url` is where the document came from, `content_type` the header of that name (for its charset
    only), `now` the time that dates are judged by. Nothing is fetched. Entries that lead to the
    same page are one entry, and a guid that several entries share counts as none. On absurd input
    this can take long: run it where it can be killed.

    Raises NotAFeed for anything else (HTML, other XML, nothing at all), BrokenFeed when a feed
    is too damaged to give one complete entry, and ParseFailed when the parser raises.
    """
    text = decode_feed(body, content_type)
    opening = text.lstrip("\ufeff \t\r\n\0")[:1]
    if not opening:
        raise NotAFeed("the answer is empty; check the feed's address", url=url)
    if opening == "{":
        return _distinct(parse_json_feed(text, url=url, now=now, max_entries=MAX_ENTRIES))
    if "<" not in text:
        raise NotAFeed("neither XML nor a JSON Feed; check the feed's address", url=url)
    document = repair_xml(text, max_entries=MAX_ENTRIES)
    if document.root in ("urlset", "sitemapindex"):
        return _distinct(parse_sitemap(document, url=url, now=now))
    if document.root not in _FEED_ROOTS:
        raise NotAFeed(
            f"the document is <{document.root[:40]}>, not a feed; check the feed's address",
            url=url,
        )
    if not document.body:
        raise BrokenFeed("the feed breaks off before its first entry ends", url=url)
    return _distinct(_parse_xml(document, url=url, now=now))


def _parse_xml(document: FeedDocument, *, url: str, now: datetime) -> ParsedFeed:
    try:
        # A stream, because feedparser takes bytes for the name of a file first.
        parsed = loaded_feedparser().parse(
            io.BytesIO(document.body),
            response_headers=_UTF8_XML,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:
        # The border to feedparser, which raises whatever its input makes Python raise.
        message = f"feedparser raised {type(error).__name__}: {error}"[:300]
        raise ParseFailed(message, url=url) from error
    feed, entries, version = parsed["feed"], parsed["entries"], parsed["version"] or ""
    if not entries and not version and document.root != "channel":
        raise NotAFeed("XML in no format of feeds; check the feed's address", url=url)
    if not entries and (document.truncated or not document.well_formed):
        raise BrokenFeed("the feed's XML is damaged and holds no readable entry", url=url)
    format_ = _format(version, document.root)
    site_url = clean_link(_alternate(feed) or "", url)
    # An Atom document's links are relative to the document; RSS knows no rule, and its feeds
    # (often served from another host) mean their site.
    base = site_url if format_ != "atom" and site_url and _HTTP_URL.match(site_url) else url
    return ParsedFeed(
        format=format_,
        title=plain_text(_text(feed, "title"), TITLE_LIMIT),
        site_url=site_url,
        language=language_tag(_text(feed, "language")),
        entries=tuple(_entry(entry, version, base, now) for entry in entries[:MAX_ENTRIES]),
        partial=document.truncated,
        overlong=document.overlong or len(entries) > MAX_ENTRIES,
        ttl=ttl_seconds(_text(feed, "ttl")),
        syndication=syndication_seconds(
            _text(feed, "sy_updateperiod"), _text(feed, "sy_updatefrequency")
        ),
    )


@cache
def loaded_feedparser() -> Any:
    """The library. Imported on first use, since only processes that parse need it."""
    import feedparser.api

    feedparser.api.PREFERRED_XML_PARSERS.insert(0, "ingest.feeds.sax")
    return feedparser


def _format(version: str, root: str) -> FeedFormat:
    if version.startswith("atom"):
        return "atom"
    # RSS 0.90 and 1.0 are RDF; what has no known version is named by its root.
    return "rdf" if version in ("rss090", "rss10") or (not version and root == "rdf") else "rss"


def _entry(entry: _Element, version: str, base: str, now: datetime) -> FeedEntry:
    raw_time = _first_text(entry, ("published", "created", "updated"))
    time = parse_feed_time(raw_time, now=now) if raw_time else None
    link = _link(entry, version)
    contents = [part for part in _elements(entry, "content") if _text(part, "value")]
    html = max(
        (_text(part, "value") for part in contents if _text(part, "type") in _HTML_TYPES),
        key=len,
        default="",
    )
    summary = _text(entry, "summary") or (_text(contents[0], "value") if contents else "")
    return FeedEntry(
        guid=one_line(_text(entry, "id")) or None,
        url=clean_link(link, base) if link else None,
        title=plain_text(_text(entry, "title"), TITLE_LIMIT),
        summary=plain_text(summary, SUMMARY_LIMIT),
        authors=author_names(_author_texts(entry)),
        published_at=time.at if time else None,
        published_precision=time.precision if time else None,
        published_raw=one_line(raw_time) or None,
        date_refused=time.reason if time else None,
        tags=tag_terms(
            _text(tag, "term") or _text(tag, "label") for tag in _elements(entry, "tags")
        ),
        content_html=storable(html[:CONTENT_LIMIT]) or None,
    )


def _link(entry: _Element, version: str) -> str:
    """The address of the entry's page: FeedBurner's original, a link element, a permalink guid."""
    guid, link = _text(entry, "id"), _text(entry, "link")
    found = _text(entry, "feedburner_origlink") or _alternate(entry)
    if found:
        return found
    # feedparser sets `link` from a guid unless that says isPermaLink="false"; RDF names each item
    # by its address.
    if guid and _HTTP_URL.match(guid) and (link == guid or version in ("rss090", "rss10")):
        return guid
    return link if link != guid else ""


def _alternate(element: _Element) -> str:
    """The first link to a page, and failing that to the same thing in another form."""
    links = [link for link in _elements(element, "links") if _text(link, "href").strip()]
    alternates = [link for link in links if _text(link, "rel") in ("alternate", "")]
    pages = [link for link in alternates if _text(link, "type") in (*_HTML_TYPES, "html", "")]
    return _text((pages or alternates)[0], "href") if alternates else ""


def _author_texts(entry: _Element) -> list[str]:
    names = [_text(author, "name") for author in _elements(entry, "authors")]
    return [name for name in names if name] or [_text(entry, "author")]


def _first_text(element: _Element, keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := _text(element, key).strip())), "")


def _text(element: _Element, key: str) -> str:
    # dict.get, because feedparser's own follows aliases and guesses one date for another.
    value = dict.get(element, key)
    return value if isinstance(value, str) else ""


def _elements(element: _Element, key: str) -> list[_Element]:
    value = dict.get(element, key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _distinct(feed: ParsedFeed) -> ParsedFeed:
    """Each page once (the first entry for it), and no guid that two entries share.

    Entries without a link are the same when guid, title and summary are.
    """
    seen: set[object] = set()
    kept: list[FeedEntry] = []
    for entry in feed.entries:
        identity: object = (entry.guid, entry.title, entry.summary)
        if entry.url is not None:
            identity = url_key(entry.url) or entry.url
        elif entry.guid is None:
            identity = (None, entry.title, entry.summary, entry.published_raw)
        if identity not in seen:
            seen.add(identity)
            kept.append(entry)
    guids = Counter(entry.guid for entry in kept)
    entries = tuple(
        entry if guids[entry.guid] == 1 else replace(entry, guid=None) for entry in kept
    )
    return replace(feed, entries=entries)
