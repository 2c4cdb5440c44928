"""Full text that a feed carries stands in for a page that has less."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stored_stories import prose

from ingest.errors import NoText
from ingest.types import Article, FeedEntry, RawPage, WantedPage
from ingest.workers.jobs import read_article

URL = "https://a.example/news/ferry"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROSE = prose(1, 200)
OTHER = prose(2, 200)
CARRIED = (
    "<h2>The ferry sails on</h2>"
    + "".join(f"<p>{paragraph}<br></p>" for paragraph in PROSE)
    + '<ul><li><p>Twelve boats</p></li></ul><script>track("x")</script>'
    "<p>Sign up to our newsletter today.</p>"
)


def page(*paragraphs: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html lang=en><title>The ferry sails on</title><body><article>{body}</article></body>"


def read(html: str, content_html: str | None) -> Article:
    entry = FeedEntry(
        guid=None, url=URL, title="The ferry sails on", summary="", content_html=content_html
    )
    wanted = WantedPage(URL, URL, entry, attempts=0, first_seen_at=NOW)
    raw = RawPage(URL, URL, 200, (("content-type", "text/html"),), html.encode(), NOW)
    return read_article(wanted, raw, "poll", {}, NOW)


LESS = {
    "a teaser": page("The ferry sails on and on again, the harbour board has decided."),
    "a wall": page(PROSE[0], "Subscribe now to continue reading this article."),
    "nothing": "<html><body></body></html>",
    "a wall of another kind": page("Checking your browser. Please enable JavaScript and cookies."),
}


@pytest.mark.parametrize("kind", LESS)
def test_the_feeds_text_where_the_page_has_less(kind: str) -> None:
    article = read(LESS[kind], CARRIED)
    assert article.content_status == "full"
    assert article.body.split("\n") == [*PROSE, "Twelve boats"]
    assert article.extractor == "feed"
    assert article.word_count > 190
    assert article.sketch
    assert (article.title, article.language) == ("The ferry sails on", "en")


def test_a_whole_page_before_the_feed() -> None:
    assert read(page(*OTHER), CARRIED).body.split("\n") == list(OTHER)


@pytest.mark.parametrize(
    "carried",
    [None, "", "<p></p>", "<p>The ferry sails on and on again.</p>", "<!-- -->", "<" * 1000],
)
def test_a_feed_without_more_changes_nothing(carried: str | None) -> None:
    assert read(LESS["a teaser"], carried).content_status == "teaser"
    with pytest.raises(NoText):
        read(LESS["nothing"], carried)


def test_a_feed_that_nests_without_end() -> None:
    assert read(LESS["a teaser"], "<div>" * 50_000 + CARRIED).content_status in ("full", "teaser")
