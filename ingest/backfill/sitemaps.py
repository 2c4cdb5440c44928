"""Sitemaps (https://www.sitemaps.org/protocol.html) as lists of pages and of further sitemaps.

`lastmod` is never taken for a publication date; only a news sitemap's `news:publication_date` is.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from ingest.backfill.periods import Period
from ingest.errors import ConfigurationError, NotAFeed, TooLarge
from ingest.feeds.parse import parse_feed
from ingest.feeds.sitemaps import fields_below, local_name
from ingest.fetching.bodies import BodyDamaged, BodyOverflow, decoded
from ingest.fetching.fetch import MAX_SITEMAP_BYTES
from ingest.plaintext import plain_text
from ingest.redact import redact_url
from ingest.times import parse_feed_time
from ingest.types import ListedPage, PlannedShard
from ingest.urls import clean_link, url_key

MAX_DEPTH = 4
"""Lists within lists. The protocol knows one level; some sites have two."""

_GZIP_MAGIC = b"\x1f\x8b"
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a sitemap lists: pages and further sitemaps, each with its `lastmod` where that could be
    read. `damaged`: it ended or broke before its end."""

    pages: tuple[tuple[ListedPage, datetime | None], ...]
    sitemaps: tuple[tuple[str, datetime | None], ...]
    damaged: bool = False


def plan_sitemap(url: str, *, depth: int = 0, from_robots: bool = False) -> PlannedShard:
    """The shard that is one sitemap, or a robots.txt that names some."""
    plan = {"kind": "sitemap", "url": url, "depth": depth, "robots": from_robots}
    return PlannedShard(url, json.dumps(plan), expands=True)


def first_sitemap(source: str) -> PlannedShard:
    """Where to begin: the sitemap that was named, or the robots.txt of the site that was. Raises
    ConfigurationError for what is no address of either."""
    url = source if "://" in source else f"https://{source}"
    if url_key(url) is None:
        raise ConfigurationError(
            f"sitemap:{source} is no http or https address: name a site or a sitemap, as in "
            "sitemap:https://example.org."
        )
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise ConfigurationError(
            f"sitemap:{redact_url(url)} must have no user name or password: they would be stored."
        )
    if parts.path.strip("/") or parts.query:
        return plan_sitemap(url)
    return plan_sitemap(f"{parts.scheme}://{parts.netloc}/robots.txt", from_robots=True)


def named_in_robots(text: str, url: str) -> list[str]:
    """The sitemaps that a robots.txt names; the usual place when it names none."""
    named = [link for name in _SITEMAP_LINE.findall(text) if (link := clean_link(name, url))]
    named = [link for link in named if url_key(link)]
    return list(dict.fromkeys(named)) or [urljoin(url, "/sitemap.xml")]


def read_sitemap(body: bytes, url: str, now: datetime) -> Listing:
    """A sitemap or sitemap index, gzipped or not; a list of URLs as text; or a feed.

    Raises NotAFeed for anything else, TooLarge, and what `parse_feed` raises.
    """
    if body.startswith(_GZIP_MAGIC):
        body, whole = _unpacked(body, url)
    else:
        whole = True
    opening = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not opening:
        raise NotAFeed("the answer is empty; check the sitemap's address", url=url)
    if opening == b"<":
        root = _root_of(body)
        if root in ("urlset", "sitemapindex"):
            listing = _read_xml(body, url, now)
            return listing if whole else Listing(listing.pages, listing.sitemaps, damaged=True)
        return _from_feed(body, url, now)
    return _from_text(body, url)


def _unpacked(body: bytes, url: str) -> tuple[bytes, bool]:
    """As much as can be unpacked, and whether that is all."""
    parts = []
    try:
        for part in decoded([body], "gzip", MAX_SITEMAP_BYTES):
            parts.append(part)
    except BodyOverflow:
        raise TooLarge(
            f"The sitemap is larger than {MAX_SITEMAP_BYTES:,} bytes unpacked, which the protocol "
            "does not allow.",
            url=url,
        ) from None
    except BodyDamaged:
        return b"".join(parts), False
    return b"".join(parts), True


def _root_of(body: bytes) -> str:
    try:
        for _, element in etree.iterparse(
            io.BytesIO(body[:65536]), events=("start",), recover=True, no_network=True
        ):
            return local_name(element)
    except etree.XMLSyntaxError:
        pass
    return ""


def _read_xml(body: bytes, url: str, now: datetime) -> Listing:
    pages: list[tuple[ListedPage, datetime | None]] = []
    sitemaps: list[tuple[str, datetime | None]] = []
    events = etree.iterparse(
        io.BytesIO(body), events=("end",), recover=True, no_network=True, resolve_entities=False,
        huge_tree=True,
    )  # fmt: skip
    try:
        for _, element in events:
            name = local_name(element)
            if name not in ("url", "sitemap"):
                continue
            fields = fields_below(element)
            link = clean_link(fields.get("loc", ""), url)
            changed = parse_feed_time(fields.get("lastmod", ""), now=now).at
            if link and url_key(link):
                if name == "url":
                    pages.append((_page(link, fields), changed))
                else:
                    sitemaps.append((link, changed))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return Listing(tuple(pages), tuple(sitemaps), damaged=True)
    damaged = b"</urlset" not in body[-200:] and b"</sitemapindex" not in body[-200:]
    return Listing(tuple(pages), tuple(sitemaps), damaged)


def _page(link: str, fields: dict[str, str]) -> ListedPage:
    return ListedPage(
        link, plain_text(fields.get("title", ""), 1000), fields.get("publication_date") or None
    )


def _from_feed(body: bytes, url: str, now: datetime) -> Listing:
    """A feed may stand in for a sitemap, says the protocol."""
    feed = parse_feed(body, url=url, content_type=None, now=now)
    pages = [
        (ListedPage(entry.url, entry.title, entry.published_raw), None)
        for entry in feed.entries
        if entry.url and url_key(entry.url)
    ]
    return Listing(tuple(pages), (), feed.partial)


def _from_text(body: bytes, url: str) -> Listing:
    lines = body.decode("utf-8-sig", "replace").split()
    links = [line for line in lines if url_key(line)]
    if not links or len(links) < len(lines) / 2:
        raise NotAFeed("this is no sitemap; check its address", url=url)
    return Listing(tuple((ListedPage(link), None) for link in links), ())


def pages_in(listing: Listing, period: Period) -> list[ListedPage]:
    """The pages that were changed late enough to have been published in the period."""
    return [
        page for page, changed in listing.pages if changed is None or period.may_hold_older(changed)
    ]


def sitemaps_in(listing: Listing, period: Period, depth: int) -> Iterator[PlannedShard]:
    """The further sitemaps that may list pages of the period."""
    if depth >= MAX_DEPTH:
        return
    for url, changed in listing.sitemaps:
        old = changed is not None and not period.may_hold_older(changed)
        if not old and period.may_hold_url(url, listing=True):
            yield plan_sitemap(url, depth=depth + 1)
