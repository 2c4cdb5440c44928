"""What recognises an entry when its feed lists it again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.feeds.entries import list_entries
from ingest.types import FeedEntry, ListedEntry, ParsedFeed

ENTRY = FeedEntry(guid="g-1", url="https://a.example/news/1", title="Title", summary="Summary")


def listed(*entries: FeedEntry, feed_id: str = "f1") -> tuple[ListedEntry, ...]:
    feed = ParsedFeed("rss", "Feed", "https://a.example/", "en", entries)
    return list_entries(feed_id, feed)


def test_entries_keep_their_order_and_words() -> None:
    other = replace(ENTRY, url="https://a.example/news/2")
    first, second = listed(ENTRY, other)
    assert (first.entry, second.entry) == (ENTRY, other)
    assert first.url_key == "https://a.example/news/1"
    assert first.feed_id == "f1"
    assert first.entry_id[0] == "e"
    assert len(first.entry_id) == 14
    assert first.entry_id != second.entry_id


SAME = {
    "retitled": replace(ENTRY, title="New title", summary="Longer"),
    "new guid": replace(ENTRY, guid="g-2"),
    "no guid": replace(ENTRY, guid=None),
    "tracked link": replace(ENTRY, url="http://www.a.example/news/1/?utm_source=rss#top"),
}


@pytest.mark.parametrize("name", SAME)
def test_an_entry_with_a_link_is_known_by_it(name: str) -> None:
    (known,), (again,) = listed(ENTRY), listed(SAME[name])
    assert again.entry_id == known.entry_id
    assert (again.url_key, again.entry_hash) == (known.url_key, None)


@pytest.mark.parametrize("url", [None, "mailto:desk@a.example", "news/1"])
def test_without_a_usable_link_the_guid_counts(url: str | None) -> None:
    entry = replace(ENTRY, url=url)
    (known,), (again,) = listed(entry), listed(replace(entry, title="Retitled"))
    assert known.entry_id == again.entry_id
    assert (known.url_key, known.entry_hash) == (None, None)
    (other,) = listed(replace(entry, guid="g-2"))
    assert other.entry_id != known.entry_id


def test_without_link_and_guid_the_words_count() -> None:
    bare = replace(ENTRY, guid=None, url=None)
    one, same, other = listed(bare, replace(bare), replace(bare, summary="Another"))
    assert one.entry_hash
    assert (one.entry_id, one.entry_hash) == (same.entry_id, same.entry_hash)
    assert other.entry_id != one.entry_id
    assert other.entry_hash != one.entry_hash


def test_lone_surrogates_do_no_harm() -> None:
    (entry,) = listed(FeedEntry(guid=None, url=None, title="a \ud800 b", summary=""))
    assert entry.entry_hash


def test_each_feed_has_entries_of_its_own() -> None:
    (one,), (other,) = listed(ENTRY, feed_id="f1"), listed(ENTRY, feed_id="f2")
    assert one.entry_id != other.entry_id
    assert one.url_key == other.url_key


def test_an_empty_feed_lists_nothing() -> None:
    assert listed() == ()
