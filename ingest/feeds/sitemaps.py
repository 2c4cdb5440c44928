"""News sitemaps, polled like feeds (https://www.sitemaps.org, and Google's news extension)."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from ingest.errors import BrokenFeed, NotAFeed
from ingest.feeds.fields import TITLE_LIMIT, language_tag, one_line, tag_terms
from ingest.feeds.repair import FeedDocument
from ingest.plaintext import plain_text
from ingest.times import parse_feed_time
from ingest.types import FeedEntry, ParsedFeed
from ingest.urls import clean_link


def parse_sitemap(document: FeedDocument, *, url: str, now: datetime) -> ParsedFeed:
    """Read a `urlset` as a feed.

    Only a `news:publication_date` is a publication date: `lastmod` says when a page was touched,
    and is left alone. The feed's title is the first publication's name.

    Raises NotAFeed for a sitemap index, BrokenFeed when no entry could be read.
    """
    if document.root == "sitemapindex":
        raise NotAFeed("a sitemap index lists sitemaps; add its news sitemap instead", url=url)
    root = _root(document.body)
    if root is None:
        raise BrokenFeed("the sitemap's XML is damaged beyond reading", url=url)
    pages = [fields_below(element) for element in root if local_name(element) == "url"]
    if not pages and (document.truncated or not document.well_formed):
        raise BrokenFeed("the sitemap's XML is damaged and holds no readable entry", url=url)
    first = next((page for page in pages if page.get("name")), {})
    return ParsedFeed(
        format="sitemap",
        title=plain_text(first.get("name", ""), TITLE_LIMIT),
        site_url=None,
        language=language_tag(first.get("language", "")),
        entries=tuple(_entry(page, url, now) for page in pages),
        partial=document.truncated,
        overlong=document.overlong,
    )


def _root(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(body, parser) if body else None
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        return None


def fields_below(page: etree._Element) -> dict[str, str]:
    """The texts below a sitemap's `url` element by local name, the first of each."""
    texts: dict[str, str] = {}
    for element in page.iter():
        # An image's or video's own title and address are not the page's.
        parent = element.getparent()
        if parent is not None and local_name(parent) in ("image", "video"):
            continue
        text = (element.text or "").strip()
        if text:
            texts.setdefault(local_name(element), text)
    return texts


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace, in lower case."""
    tag = element.tag
    # Comments and processing instructions have a function for a tag.
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _entry(page: dict[str, str], base: str, now: datetime) -> FeedEntry:
    raw_time = page.get("publication_date", "")
    time = parse_feed_time(raw_time, now=now) if raw_time else None
    return FeedEntry(
        guid=None,
        url=clean_link(page.get("loc", ""), base),
        title=plain_text(page.get("title", ""), TITLE_LIMIT),
        summary="",
        published_at=time.at if time else None,
        published_precision=time.precision if time else None,
        published_raw=one_line(raw_time) or None,
        date_refused=time.reason if time else None,
        tags=tag_terms(page.get("keywords", "").split(",")),
    )
