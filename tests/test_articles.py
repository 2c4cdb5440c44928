"""One record from page and feed, and which articles are known already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stored_stories import article, prose, text

from ingest.articles import identify, make_article
from ingest.errors import UrlRefused
from ingest.publishers import publisher_of
from ingest.types import (
    Article,
    Extraction,
    FeedEntry,
    KnownArticle,
    Precision,
    RawPage,
    WantedPage,
)
from ingest.urls import url_key

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SEEN = NOW - timedelta(hours=2)
URL = "https://a.example/news/ferry"
BODY = text(*prose(1, 200))
ENTRY = FeedEntry(guid=None, url=URL, title="Feed's title", summary="Feed's summary")
PAGE = Extraction(
    title="Page's title",
    authors=(),
    published_at=None,
    published_precision=None,
    modified_at=None,
    declared_canonical_url=None,
    language="en",
    lead="Page's lead",
    body=BODY,
    tags=("ports",),
    section=None,
    image_url=None,
    rights=None,
    content_status="full",
    extractor="none",
)


def made(
    entry: FeedEntry = ENTRY,
    extraction: Extraction = PAGE,
    *,
    url: str = URL,
    final_url: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Article:
    key = url_key(url)
    assert key
    wanted = WantedPage(key, url, entry, attempts=0, first_seen_at=SEEN)
    page = RawPage(url, final_url or url, 200, headers, b"", NOW)
    return make_article(wanted, page, extraction, found_by="poll", publisher_of=publisher_of)


def test_an_article_has_what_page_and_feed_say() -> None:
    article = made(replace(ENTRY, authors=("Ida Moss",), tags=("ferries", "ports")))
    assert article.title == "Page's title"
    assert article.lead == "Page's lead"
    assert article.authors == ("Ida Moss",)
    assert article.tags == ("ports", "ferries")
    assert (article.url, article.canonical_url, article.publisher) == (URL, URL, "a.example")
    assert article.url_keys == (url_key(URL),)
    assert (article.first_seen_at, article.fetched_at, article.found_by) == (SEEN, NOW, "poll")
    assert article.sketch
    assert article.article_id[0] == "a"


def test_the_feed_fills_what_the_page_leaves_open() -> None:
    article = made(extraction=replace(PAGE, title="", lead="", authors=("Page Author",)))
    assert (article.title, article.lead) == ("Feed's title", "Feed's summary")
    assert article.authors == ("Page Author",)


def day(number: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, number, hour, minute, tzinfo=UTC)


Time = tuple[datetime | None, Precision | None]

PUBLISHED: dict[str, tuple[Time, Time, Time, str | None]] = {
    "the feed's": (
        (day(19, 8, 30), "second"),
        (day(19, 7), "second"),
        (day(19, 8, 30), "second"),
        "feed",
    ),
    "only the page's": ((None, None), (day(19, 7), "minute"), (day(19, 7), "minute"), "page"),
    "the finer of one day": (
        (day(19), "day"),
        (day(19, 7), "second"),
        (day(19, 7), "second"),
        "page",
    ),
    "a day in the feed, another in the page": (
        (day(19), "day"),
        (day(18, 7), "second"),
        (day(19), "day"),
        "feed",
    ),
    "a day in both": ((day(19), "day"), (day(19), "day"), (day(19), "day"), "feed"),
    "a time in the feed, its day in the page": (
        (day(19, 8), "second"),
        (day(19), "day"),
        (day(19, 8), "second"),
        "feed",
    ),
    "none": ((None, None), (None, None), (None, None), None),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_publication_time(name: str) -> None:
    (feed, feed_precision), (page, page_precision), expected, source = PUBLISHED[name]
    article = made(
        replace(ENTRY, published_at=feed, published_precision=feed_precision),
        replace(PAGE, published_at=page, published_precision=page_precision),
    )
    assert (article.published_at, article.published_precision) == expected
    assert article.published_source == source
    assert article.sort_at == (expected[0] or SEEN)


CANONICALS = {
    "its own": ("https://a.example/news/ferry-line", "https://a.example/news/ferry-line"),
    "another host of the publisher": (
        "https://www.a.example/n/ferry",
        "https://www.a.example/n/ferry",
    ),
    "a front page": ("https://a.example/", None),
    "a front page with a query": ("https://a.example/?page=1", None),
    "another publisher's": ("https://wire.example/ferry", None),
    "no address": ("javascript:void(0)", None),
    "nothing": (None, None),
}


@pytest.mark.parametrize("name", CANONICALS)
def test_canonical_address(name: str) -> None:
    declared, canonical = CANONICALS[name]
    article = made(extraction=replace(PAGE, declared_canonical_url=declared))
    assert article.declared_canonical_url == declared
    assert article.canonical_url == (canonical or URL)
    keys = [url_key(URL), url_key(canonical) if canonical else None]
    assert article.url_keys == tuple(key for key in keys if key)


def test_a_redirected_page_is_known_by_both_addresses() -> None:
    article = made(url="https://agg.example/r?id=7", final_url="https://a.example/news/ferry")
    assert (article.url, article.publisher) == ("https://a.example/news/ferry", "a.example")
    assert article.url_keys == ("https://agg.example/r?id=7", "https://a.example/news/ferry")


def test_a_page_that_ends_nowhere_is_refused() -> None:
    with pytest.raises(UrlRefused):
        made(final_url="about:blank")


def test_what_is_no_article_is_not_sketched() -> None:
    assert made(extraction=replace(PAGE, content_status="teaser")).sketch
    assert made(extraction=replace(PAGE, content_status="paywall")).sketch == ()


@pytest.mark.parametrize(
    ("stated", "headers", "rights"),
    [
        (None, (), None),
        ("noai", (), "noai"),
        (None, (("X-Robots-Tag", "noindex, NoArchive"),), "noarchive"),
        ("noarchive", (("x-robots-tag", "noarchive"),), "noarchive"),
        ("noai", (("tdm-reservation", " 1 "),), "noai; tdm-reservation: 1"),
        ("noarchive; noai", (("x-robots-tag", "wirecopy: noai"),), "noarchive; noai"),
        (None, (("tdm-policy", "https://a.example/p"),), "tdm-policy: https://a.example/p"),
        (
            None,
            (("link", '</style.css>; rel=preload, </licence>; title="L"; rel="license"'),),
            "license: https://a.example/licence",
        ),
        (None, (("link", "<http://[broken>; rel=license"),), None),
        (None, (("link", "<https://a.example/>; rel=canonical"),), None),
    ],
)
def test_rights(stated: str | None, headers: tuple[tuple[str, str], ...], rights: str) -> None:
    assert made(extraction=replace(PAGE, rights=stated), headers=headers).rights == rights


def known(one: Article) -> dict[str, KnownArticle]:
    same = KnownArticle(one.article_id, one.publisher, one.title, one.content_hash)
    return dict.fromkeys(one.url_keys, same)


HELD = made(extraction=replace(PAGE, declared_canonical_url="https://a.example/f/1"))


def test_a_new_article_is_new() -> None:
    found = identify([(URL, HELD)], {})
    assert found.new == (HELD,)
    assert found.article_of == {URL: HELD.article_id}
    assert found.urls == ()


def changed(title: str) -> Extraction:
    return replace(PAGE, title=title, body=text(*prose(2, 200)))


KNOWN_BY = {
    "the address asked for": made(extraction=changed("Other words"), final_url=URL + "/2"),
    "the address fetched from": made(
        extraction=changed("Other words"), url="https://agg.example/9", final_url=URL
    ),
    "a tracked address": made(
        extraction=changed("Other words"), url=URL + "?utm_source=x", final_url=URL + "/2"
    ),
    "the canonical, with the headline": made(
        extraction=replace(
            changed("Page's new title"), declared_canonical_url="https://a.example/f/1"
        ),
        url="https://a.example/amp/77",
    ),
    "the canonical, with the text": made(
        extraction=replace(
            PAGE, title="Other words", declared_canonical_url="https://a.example/f/1"
        ),
        url="https://a.example/amp/77",
    ),
    "the canonical's address itself": made(
        extraction=changed("Other words"), url="https://a.example/f/1"
    ),
}


@pytest.mark.parametrize("name", KNOWN_BY)
def test_a_known_article_is_recognised(name: str) -> None:
    again = KNOWN_BY[name]
    page_key = again.url_keys[0]
    found = identify([(page_key, again)], known(HELD))
    assert found.new == ()
    assert found.article_of == {page_key: HELD.article_id}
    assert set(found.urls) == {(key, HELD.article_id) for key in again.url_keys}
    # and the same when the two come together
    together = identify([(URL, HELD), (page_key, again)], {})
    assert together.new == (HELD,)
    assert together.article_of[page_key] == HELD.article_id


def test_a_feed_has_its_word_about_an_article_that_came_without_one() -> None:
    unlisted = {key: replace(one, unlisted=True) for key, one in known(HELD).items()}
    found = identify([(URL, HELD)], unlisted)
    assert dict(found.listed) == {HELD.article_id: HELD}
    assert identify([(URL, HELD)], known(HELD)).listed == {}
    by_another_backfill = replace(HELD, found_by="backfill")
    assert identify([(URL, by_another_backfill)], unlisted).listed == {}


def section(number: int, canonical: str) -> Article:
    """One of a section's articles, each with a headline and a text of its own."""
    headlines = ["Ferry line sails on", "Museum opens its maps", "Herring dearer than ever"]
    extraction = replace(
        PAGE,
        title=headlines[number],
        body=text(*prose(10 + number, 150)),
        declared_canonical_url=canonical,
    )
    return made(extraction=extraction, url=f"https://a.example/news/{number}")


@pytest.mark.parametrize(
    "canonical",
    [
        "https://a.example/",
        "https://a.example/news",
        "https://a.example/news/0",
        "https://b.example/news/0",
    ],
)
def test_articles_under_one_canonical_stay_apart(canonical: str) -> None:
    batch = [(article.url_keys[0], article) for article in (section(n, canonical) for n in (1, 2))]
    found = identify(batch, {})
    assert len(found.new) == 2
    assert len(set(found.article_of.values())) == 2
    held = identify(batch[1:], known(batch[0][1]))
    assert len(held.new) == 1


def test_another_publishers_canonical_is_no_identity() -> None:
    held = article("https://wire.example/ferry", BODY, title="Page's title")
    reprint = made(extraction=replace(PAGE, declared_canonical_url="https://wire.example/ferry"))
    found = identify([(URL, reprint)], known(held))
    assert found.new == (reprint,)


def test_one_page_asked_for_twice_in_a_batch_is_one_article() -> None:
    first = made(url="https://agg.example/1", final_url=URL)
    second = made(url="https://agg.example/2", final_url=URL)
    found = identify([(one.url_keys[0], one) for one in (first, second)], {})
    assert found.new == (first,)
    assert set(found.article_of.values()) == {first.article_id}
    assert ("https://agg.example/2", first.article_id) in found.urls


TITLES = ("Page's title", "The ferry sails on", "Ferry: the ferry sails on")
TITLE_OF_FEED = {
    "one of the page's spellings": ("The ferry sails on", "The ferry sails on"),
    "the same but for case and quotes": ("“THE FERRY sails on”", "The ferry sails on"),
    "with the site's name": ("The ferry sails on - a.example", "The ferry sails on"),
    "shortened": ("The ferry sails", "Page's title"),
    "empty": ("", "Page's title"),
}


@pytest.mark.parametrize("name", TITLE_OF_FEED)
def test_the_feed_votes_on_the_spelling_of_the_headline(name: str) -> None:
    feed, title = TITLE_OF_FEED[name]
    assert made(replace(ENTRY, title=feed), replace(PAGE, titles=TITLES)).title == title
