"""Where a site's feeds may be: in its page's links, at the usual places, in its robots.txt."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from ingest.feeds.encoding import decode_feed
from ingest.urls import clean_link, url_key

COMMON_PATHS = (
    "/feed/",
    "/feed",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/rss",
    "/index.xml",
    "/feed.json",
)
"""Where the feeds of WordPress, Substack, Hugo, Jekyll, Ghost, Drupal and hand-made sites are."""

NEWS_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml")

MAX_LINKED = 20
"""Feeds taken from one page; portals list hundreds, one for each section."""

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_FEED_WORDS = re.compile(r"(?:^|[/.?=_-])(?:rss|atom|feeds?|rdf)(?:[/.?=_&-]|\d?$)", re.IGNORECASE)
_COMMENTS = re.compile(r"comments?(?:[/.?_-]|$)|kommentare|commentaires", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"news|nachrichten|noticias|actu", re.IGNORECASE)


def linked_feeds(body: bytes, url: str, content_type: str | None) -> tuple[str, ...]:
    """Addresses that a page gives for its feeds, the likeliest first: what its head declares, then
    links that look like feeds. Feeds of comments come last."""
    text = decode_feed(body, content_type).strip("\ufeff \t\r\n\0")
    try:
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing in it
        return ()
    base = next((urljoin(url, href) for href in root.xpath("//base/@href")), url)
    declared, looking = [], []
    for link in root.iter("link"):
        kinds = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if ("alternate" in kinds and kind in _FEED_TYPES) or "feed" in kinds:
            declared.append(link)
    for anchor in root.iter("a"):
        if _FEED_WORDS.search(urlsplit_path(anchor.get("href") or "")):
            looking.append(anchor)
    found: dict[str, str] = {}
    for element in (*declared, *looking):
        address = clean_link(element.get("href") or "", base)
        key = url_key(address) if address else None
        if address and key:
            found.setdefault(key, address)
    ranked = sorted(found.values(), key=lambda address: bool(_COMMENTS.search(address)))
    return tuple(ranked[:MAX_LINKED])


def urlsplit_path(address: str) -> str:
    """Path and query of a link as written; "" when it cannot be read."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def usual_places(url: str) -> tuple[str, ...]:
    """Addresses to try where a page declares no feed."""
    return tuple(urljoin(url, path) for path in COMMON_PATHS)


def news_sitemaps(robots: str, url: str) -> tuple[str, ...]:
    """Sitemaps that are likely to be news sitemaps: those that robots.txt names so, and the usual
    places when it names none."""
    named = [clean_link(link, url) for link in _SITEMAP_LINE.findall(robots)]
    news = [link for link in named if link and url_key(link) and _NEWS.search(link)]
    return tuple(dict.fromkeys(news))[:3] or tuple(urljoin(url, path) for path in NEWS_SITEMAPS)
