"""Articles whose page is read again: what is new, and what is not to be believed."""

from __future__ import annotations

from dataclasses import replace

from ingest.articles import agrees
from ingest.times import parse_feed_time
from ingest.types import Article, FeedEntry, KnownArticle, StoredArticle, WantedPage
from ingest.urls import url_key

FIELDS = (
    "title",
    "authors",
    "published_at",
    "published_precision",
    "published_source",
    "modified_at",
    "declared_canonical_url",
    "canonical_url",
    "language",
    "lead",
    "body",
    "tags",
    "section",
    "image_url",
    "credits",
    "credit_source",
    "rights",
    "content_status",
)
"""What a page says of its article. Others follow from these, or are the pipeline's own."""

_WORTH = {"full": 3, "teaser": 2, "paywall": 1}
_PUBLISHED = ("published_at", "published_precision", "published_source", "sort_at")
_TEXT = (
    "lead", "body", "word_count", "content_hash", "content_status", "language", "removed",
    "extractor", "statements",
)  # fmt: skip

FEEDS_TEXT = 1.5
"""A stored text with so many times the words that its page gives was carried by the feed."""


def wanted_page(stored: StoredArticle) -> WantedPage:
    """The page of a stored article, with what feed or list said of it, as far as that is kept."""
    old, entry = stored.article, stored.entry
    if entry is None:
        listed = old.published_source in ("feed", "sitemap")
        entry = FeedEntry(
            guid=None,
            url=old.url,
            title="",
            summary="",
            published_at=old.published_at if listed else None,
            published_precision=old.published_precision if listed else None,
        )
    return with_precision(
        WantedPage(
            url_key=url_key(old.url) or old.url_keys[0],
            url=old.url,
            entry=entry,
            attempts=0,
            first_seen_at=old.first_seen_at,
            archived=stored.place,
        )
    )


def with_precision(wanted: WantedPage) -> WantedPage:
    """The same with the precision of the feed's time, which is not kept, from its words."""
    entry = wanted.entry
    if entry.published_at is None or entry.published_raw is None:
        return wanted
    time = parse_feed_time(entry.published_raw, now=entry.published_at)
    return replace(wanted, entry=replace(entry, published_precision=time.precision))


def of_same(stored: StoredArticle, read: Article) -> Article:
    """What was read of a stored article's page, as a later state of that article: its identity, and
    what only its feed said of it, stay."""
    old = stored.article
    source = read.published_source
    if source == "feed" and stored.entry is None:
        source = old.published_source  # a sitemap's word is kept as if it were a feed's
    return replace(
        read,
        article_id=old.article_id,
        url=old.url,
        publisher=old.publisher,
        first_seen_at=old.first_seen_at,
        fetched_at=old.fetched_at,
        found_by=old.found_by,
        title=read.title or old.title,
        lead=read.lead or old.lead,
        tags=tuple(dict.fromkeys((*read.tags, *old.tags))),
        published_source=source,
        sort_at=read.published_at or old.first_seen_at,
    )


def with_first_date(stored: StoredArticle, read: Article) -> Article:
    """The same with the publication time that was first known: publishers date pages anew when they
    edit them."""
    old = stored.article
    if old.published_at is None:
        return read
    return replace(read, **{name: getattr(old, name) for name in _PUBLISHED})


def with_stored_text(stored: StoredArticle, read: Article) -> Article:
    """The same with the text that is stored, where that must have been the feed's: what the feed
    carried is not kept, and the page alone gives much less."""
    old = stored.article
    if read.content_status == "full" or old.content_status != "full":
        return read
    if old.word_count < FEEDS_TEXT * read.word_count:
        return read
    return replace(read, **{name: getattr(old, name) for name in _TEXT})


def is_other(stored: StoredArticle, read: Article) -> bool:
    """Whether the page shows another article than it did: an address that led elsewhere."""
    old = stored.article
    if url_key(read.url) in old.url_keys and url_key(read.canonical_url) in old.url_keys:
        return False
    known = KnownArticle(old.article_id, old.publisher, old.title, old.content_hash)
    return not agrees(known, read)


def is_worse(stored: StoredArticle, read: Article) -> bool:
    """Whether a page that was fetched again gives less than is held: a wall, a teaser, a list."""
    return _WORTH.get(read.content_status, 0) < _WORTH.get(stored.article.content_status, 0)


def changed_fields(old: Article, new: Article) -> tuple[str, ...]:
    """Which of FIELDS differ."""
    return tuple(name for name in FIELDS if getattr(old, name) != getattr(new, name))
