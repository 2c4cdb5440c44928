"""The jobs of worker processes: whole steps on one document, so that only results travel back.

Parsers are imported by the first job that needs them, unless the pool has preloaded them: the
process that starts a run needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from ingest.types import (
    Article,
    DateSource,
    FoundBy,
    ListedEntry,
    ParsedFeed,
    RawPage,
    WantedPage,
)

if TYPE_CHECKING:
    from ingest.backfill.sitemaps import Listing
    from ingest.backfill.terms import Left, Terms
    from ingest.feeds.opml import ListedFeed


def read_feed(
    body: bytes, feed_id: str, url: str, content_type: str | None, now: datetime
) -> tuple[ParsedFeed, tuple[ListedEntry, ...]]:
    """A feed's document and its entries. Raises the errors of `ingest.feeds.parse.parse_feed`."""
    from ingest.feeds.entries import list_entries
    from ingest.feeds.parse import parse_feed

    feed = parse_feed(body, url=url, content_type=content_type, now=now)
    return feed, list_entries(feed_id, feed)


def find_linked_feeds(body: bytes, url: str, content_type: str | None) -> tuple[str, ...]:
    """See `ingest.feeds.discovery.linked_feeds`."""
    from ingest.feeds.discovery import linked_feeds

    return linked_feeds(body, url, content_type)


def read_opml_list(body: bytes, url: str) -> tuple[list[ListedFeed], list[str]]:
    """See `ingest.feeds.opml.read_opml`."""
    from ingest.feeds.opml import read_opml

    return read_opml(body, url=url)


def read_article(
    wanted: WantedPage,
    page: RawPage,
    found_by: FoundBy,
    aliases: Mapping[str, str],
    now: datetime,
) -> Article:
    """The article of a page, with the feed's text where the page holds less. Raises the errors of
    `ingest.extraction.extract.extract_page`."""
    from ingest.articles import make_article
    from ingest.errors import NoText
    from ingest.extraction.extract import extract_page
    from ingest.extraction.feed_text import NOTHING, with_feed_text
    from ingest.publishers import publisher_of

    entry = wanted.entry
    try:
        extraction = extract_page(
            page.body, url=page.final_url, content_type=page.header("content-type"), now=now
        )
    except NoText:
        extraction = with_feed_text(NOTHING, entry.content_html, title=entry.title)
        if not extraction.body:
            raise
    return make_article(
        wanted,
        page,
        with_feed_text(extraction, entry.content_html, title=entry.title),
        found_by=found_by,
        publisher_of=partial(publisher_of, aliases=aliases),
    )


def judge_page(
    wanted: WantedPage,
    page: RawPage,
    aliases: Mapping[str, str],
    terms: Terms,
    source: DateSource,
    now: datetime,
) -> Article | Left:
    """The article of a page that a backfill has come upon, or why it is left out. `source` is where
    the date in `wanted` comes from. Raises what `read_article` raises."""
    if terms.other_language(page):
        return "other_language"
    article = read_article(wanted, page, "backfill", aliases, now)
    if article.published_source == "feed":
        article = replace(article, published_source=source)
    return terms.refusal(article) or article


def list_sitemap(body: bytes, url: str, now: datetime) -> Listing:
    """What a sitemap lists. Raises the errors of `ingest.backfill.sitemaps.read_sitemap`."""
    from ingest.backfill.sitemaps import read_sitemap

    return read_sitemap(body, url, now)


PRELOADED: Mapping[Callable[..., object], str] = {
    read_feed: "ingest.workers.feed_readers",
    read_article: "ingest.workers.page_readers",
    judge_page: "ingest.workers.page_readers",
}
"""What a pool should import before its workers are there. Many a run finds feeds changed and no new
page: reading pages takes libraries that cost three times as much to load."""
