"""The day of an article whose page states none to machines: the one that its readers see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.extraction.extract import extract_page
from ingest.types import Extraction

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PROSE = (
    "The old ferry sails on for another year, the council of Portneuf decided on Tuesday evening"
    " after a long debate about what a new one would cost the town and its guests in the summer.",
    "Most of the members had asked for a bridge, which nobody wants to pay for, and so the ferry"
    " that has sailed since the war will be painted, and its engine looked after by hand again.",
)


def extract(*, above: str = "", below: str = "", foot: str = "", head: str = "") -> Extraction:
    text = "".join(f"<p>{line}</p>" for line in PROSE * 2)
    page = (
        f"<html lang=en><head><title>Ferry sails on</title>{head}</head><body>{above}<article>"
        f"<h1>Ferry sails on</h1>{below}{text}</article>{foot}</body></html>"
    )
    url = "https://harbour.example/news/ferry"
    return extract_page(page.encode(), url=url, content_type="text/html", now=NOW)


@pytest.mark.parametrize(
    ("below", "day"),
    [
        ("<p>By Ida Moss | November 19, 2026</p>", "2026-11-19"),
        ("<div>Posted on 19th November 2026</div>", "2026-11-19"),
        ("<span>19. März 2026, 08:30 Uhr</span>", "2026-03-19"),
        ("<span>19 de marzo de 2026</span>", "2026-03-19"),
        ("<span>2026年11月19日 08:30</span>", "2026-11-19"),
        ("<span>19.11.2026</span>", "2026-11-19"),
        ("<span>2026/11/19</span>", "2026-11-19"),
        ("<p>18 November 2026</p><p>Updated: 19 November 2026</p>", "2026-11-18"),
        ("<p>Updated 19 November 2026</p><p>18 November 2026</p>", "2026-11-18"),
        ("<p>© 18 November 2025 by Ida Moss</p><p>18 November 2026</p>", "2026-11-18"),
        ("<aside>18 November 2025</aside><p>18 November 2026</p>", "2026-11-18"),
        ("<a href=/2>18 November 2025: other news</a><p>18 November 2026</p>", "2026-11-18"),
        # WordPress names an article's topics in its class.
        ("<div class='post category-popular tag-latest'>18 November 2026</div>", "2026-11-18"),
        ("<div class='latest-popular'>18 November 2025</div><p>18 November 2026</p>", "2026-11-18"),
        # Two different days on two continents.
        ("<span>03/04/2026</span><span>19 March 2026</span>", "2026-03-19"),
    ],
)
def test_the_day_below_the_headline(below: str, day: str) -> None:
    found = extract(below=below)
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == day
    assert (found.published_precision, found.published_source) == ("day", "page")
    assert found.published_guessed


def test_the_day_above_the_headline_and_not_that_of_the_masthead() -> None:
    masthead = "<header><p>20 November 2026</p><p>News</p><p>Sport</p><p>Town</p></header>"
    found = extract(above=f"{masthead}<p>19 November 2026</p>")
    assert found.published_at == datetime(2026, 11, 19, tzinfo=UTC)
    below = extract(above=masthead, below="<p>18 November 2026</p>")
    assert below.published_at == datetime(2026, 11, 18, tzinfo=UTC)


def test_a_stated_time_that_cannot_be_read_gives_way_to_the_day_shown() -> None:
    head = '<meta property="article:published_time" content="03/04/2026 05:22 pm">'
    found = extract(head=head, below="<p>19 March 2026</p>")
    assert (found.published_at, found.published_guessed) == (
        datetime(2026, 3, 19, tzinfo=UTC),
        True,
    )


def test_a_year_of_rights_is_no_day() -> None:
    assert extract(foot="<footer>© 2025 Harbour Times</footer>").published_at is None
