"""A real reprint beside its original: the copy is the original inside the republisher's frame.

The text is not part of this project; without it beside the checkout these tests are skipped.
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from stored_stories import StoryStore

from ingest.types import Article, FeedEntry, RawPage, WantedPage
from ingest.urls import url_key
from ingest.workers.jobs import read_article

SEEDS = sorted((Path(__file__).parents[2] / "shared" / "seeds").glob("*.txt"))
NOW = datetime(2022, 11, 20, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not SEEDS, reason="the text is not here")


def seed_lines() -> list[str]:
    lines = SEEDS[0].read_text("utf-8").splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def own_lines() -> list[str]:
    """The article itself, without what the republisher put around it."""
    lines = seed_lines()
    start = next(at for at, line in enumerate(lines) if line.startswith("Chairman of the Joint"))
    return lines[start : lines.index("*")]


def page(lines: list[str], *, title: str, published: str, site: str) -> bytes:
    body = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
    <title>{escape(title)} - {site}</title><meta property="og:title" content="{escape(title)}">
    <meta property="article:published_time" content="{published}"></head>
    <body><header><a href="/">{site}</a></header>
    <nav><ul><li><a href="/about">About</a></li><li><a href="/archive">Archive</a></li></ul></nav>
    <main><article><h1>{escape(title)}</h1><div class="entry-content">{body}</div></article></main>
    <footer><p>{site}</p></footer></body></html>""".encode()


def read(url: str, body: bytes) -> Article:
    key = url_key(url)
    assert key
    entry = FeedEntry(guid=None, url=url, title="", summary="")
    wanted = WantedPage(key, url, entry, attempts=0, first_seen_at=NOW)
    headers = (("content-type", "text/html; charset=UTF-8"),)
    return read_article(wanted, RawPage(url, url, 200, headers, body, NOW), "poll", {}, NOW)


@pytest.fixture(scope="module")
def original() -> Article:
    body = page(
        own_lines(),
        title="Gen. Milley Sees Opportunity for Peace Talks Between Russia and Ukraine",
        published="2022-11-10T22:16:05+00:00",
        site="News From Antiwar.com",
    )
    return read("https://news.antiwar.com/2022/11/10/gen-milley-sees-opportunity/", body)


@pytest.fixture(scope="module")
def reprint() -> Article:
    lines = seed_lines()
    body = page(
        lines[1:],
        title=lines[0],
        published="2022-11-14T14:02:31+00:00",
        site="Global Research",
    )
    return read("https://www.globalresearch.ca/seize-moment-joint-chiefs-staff/5799076", body)


@pytest.mark.parametrize("order", ["original first", "reprint first", "together"])
def test_the_reprint_is_told_from_its_original(
    order: str, original: Article, reprint: Article
) -> None:
    store = StoryStore()
    if order == "together":
        store.add(reprint, original)
    else:
        arriving = [original, reprint]
        for article in arriving if order == "original first" else arriving[::-1]:
            store.add(article)
    (story,) = store.stories.values()
    assert story.original_article_id == original.article_id
    assert store.copies[original.article_id].publisher == "antiwar.com"
    assert (story.article_count, story.publisher_count) == (2, 2)
    (row,) = store.reprints.values()
    assert row.article_id == reprint.article_id
    assert row.relation == "full"
    assert row.containment > 0.97
    assert row.lag is not None
    assert row.lag.days == 3


def test_what_it_added_is_the_republishers_frame(original: Article, reprint: Article) -> None:
    store = StoryStore()
    store.add(original, reprint)
    added = store.reprints[reprint.article_id].added_text.split("\n")
    for own in own_lines():
        assert own not in added
    frame = [line for line in seed_lines()[1:] if line not in own_lines() and line.strip("*")]
    assert [line for line in added if line not in frame and line != reprint.title] == []
    missing = [line for line in frame if line not in added and line in reprint.body]
    assert missing == []
    for mark in ("Daily Newsletter", "Note to readers", "Disclaimer", "fair use", "news editor of"):
        # pitches for newsletters are taken out of the text before it is compared
        assert any(mark in line for line in added) or mark not in reprint.body, mark
