"""Entries: what recognises one when its feed lists it again."""

from __future__ import annotations

import xxhash

from ingest.ids import mint
from ingest.types import FeedEntry, ListedEntry, ParsedFeed
from ingest.urls import url_key


def list_entries(feed_id: str, feed: ParsedFeed) -> tuple[ListedEntry, ...]:
    """A document's entries, each with its id and what recognises it."""
    return tuple(_listed(feed_id, entry) for entry in feed.entries)


def _listed(feed_id: str, entry: FeedEntry) -> ListedEntry:
    key = url_key(entry.url) if entry.url else None
    entry_hash = None
    if key is None and entry.guid is None:
        words = f"{entry.url}\x1f{entry.title}\x1f{entry.summary}"
        entry_hash = xxhash.xxh3_64_hexdigest(words.encode("utf-8", "surrogatepass"))
    mark = key or entry.guid or entry_hash or ""
    return ListedEntry(mint("e", feed_id, mark), feed_id, key, entry_hash, entry)
