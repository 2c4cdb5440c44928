"""The jobs of worker processes: whole steps on one document, so that only results travel back.

Parsers are imported by the first job that needs them: a run over unchanged feeds needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from ingest.types import Article, FoundBy, ListedEntry, ParsedFeed, RawPage, WantedPage


def read_feed(
    body: bytes, feed_id: str, url: str, content_type: str | None, now: datetime
) -> tuple[ParsedFeed, tuple[ListedEntry, ...]]:
    """A feed's document and its entries. Raises the errors of `ingest.feeds.parse.parse_feed`."""
    from ingest.feeds.entries import list_entries
    from ingest.feeds.parse import parse_feed

    feed = parse_feed(body, url=url, content_type=content_type, now=now)
    return feed, list_entries(feed_id, feed)


def read_article(
    wanted: WantedPage,
    page: RawPage,
    found_by: FoundBy,
    aliases: Mapping[str, str],
    now: datetime,
) -> Article:
    """The article of a page. Raises the errors of `ingest.extraction.extract.extract_page`."""
    from ingest.articles import make_article
    from ingest.extraction.extract import extract_page
    from ingest.publishers import publisher_of

    extraction = extract_page(
        page.body, url=page.final_url, content_type=page.header("content-type"), now=now
    )
    return make_article(
        wanted,
        page,
        extraction,
        found_by=found_by,
        publisher_of=partial(publisher_of, aliases=aliases),
    )
