"""Headlines without the site's name, chosen where the page's places agree."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from ingest.extraction.metadata import read_metadata
from ingest.extraction.titles import choose_title, main_heading, without_site

SITES = ("Harbour Times", "harbour.example", "harbour")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry sails on | Harbour Times", "Ferry sails on"),
        ("Ferry sails on - Harbour Times", "Ferry sails on"),
        ("Ferry sails on – Harbour Times – 13.06.2026", "Ferry sails on"),
        ("Ferry sails on * The Harbour Times * by Ida Moss", "Ferry sails on"),
        ("Ferry sails on | Harbour.example", "Ferry sails on"),
        ("Harbour Times | Ferry sails on", "Ferry sails on"),
        ("Ferry sails on - for another year", "Ferry sails on - for another year"),
        ("Harbour-master retires", "Harbour-master retires"),
        ("Harbour Times", "Harbour Times"),
        ("", None),
        (
            "Ferry sails on for the last year of all | Coast Desk",
            "Ferry sails on for the last year of all",
        ),
        (
            "Ferry sails on for the last year of all › harbour.example",
            "Ferry sails on for the last year of all",
        ),
        (
            "LIVE | Ferry sails on for the last year of all",
            "LIVE | Ferry sails on for the last year of all",
        ),
        ("Ferry sails on | Storm", "Ferry sails on | Storm"),
        ("13.06.2026 | Ferry sails on", "Ferry sails on"),
        (
            "Ferry sails on for another year: Harbour - where to",
            "Ferry sails on for another year: Harbour - where to",
        ),
    ],
)
def test_site_names_are_cut(title: str, expected: str | None) -> None:
    assert without_site(title, SITES) == expected


@pytest.mark.parametrize(
    ("page", "heading", "shared", "document", "expected"),
    [
        ("A b c", "A b c", "X y z", "X y z", "A b c"),
        ("A b c", "D e f", "X y z", "A b c", "A b c"),
        (None, "D e f", "D e f", "X y z", "D e f"),
        (None, "Ferry sails on", "Ferry sails on | Unknown Site", None, "Ferry sails on"),
        ("Late ferry: Harbour opens at last", "Late ferry: Harbour opens at last",
         "Harbour opens at last", None, "Harbour opens at last"),
        ("Harbour opens at last", "Harbour opens at last", "Late ferry: Harbour opens at last",
         None, "Harbour opens at last"),
        ("Late ferry: it sails", "Late ferry: it sails", "It sails", None, "Late ferry: it sails"),
        ("Harbour opens at last", None, "Harbour opens at last-politics", None,
         "Harbour opens at last"),
        (None, "Harbour Times", "Harbour Times", "Ferry sails on", "Ferry sails on"),
        # Heading against what is written for search engines.
        (None, "The harbour ferry sails on for another year", "Harbour ferry 2026: all sailings",
         "Harbour ferry 2026: all sailings", "The harbour ferry sails on for another year"),
        # Not where the heading has a kicker before the same, or speaks of something else.
        (None, "Portneuf The ferry sails on", "The ferry sails on", "The ferry sails on",
         "The ferry sails on"),
        (None, "Choose your own newsletter now", "The ferry sails on", "The ferry sails on",
         "The ferry sails on"),
        # One with words of its own in between or behind is the headline in full.
        (None, "The harbour ferry sails on: what it means", "Harbour ferry sails on",
         "Harbour ferry sails on", "The harbour ferry sails on: what it means"),
        # What the page's data agree on is not cut where the heading ends.
        ("Ferry sails on - Harbour news", "Ferry sails on", "Ferry sails on - Harbour news",
         "Ferry sails on - Harbour news", "Ferry sails on - Harbour news"),
        # Kickers that differ are no part of the headline.
        (None, "Trouble in the bay - The old ferry sails on", "Portneuf: The old ferry sails on",
         "Portneuf: The old ferry sails on", "The old ferry sails on"),
        (None, None, None, "Harbour Times", "Harbour Times"),
        (None, None, None, "Ferry", "Ferry"),
        (None, None, None, None, None),
    ],
)  # fmt: skip
def test_places_vote(
    page: str | None,
    heading: str | None,
    shared: str | None,
    document: str | None,
    expected: str | None,
) -> None:
    chosen = choose_title(
        page=page, heading=heading, shared=shared, document=document, site_names=SITES
    )
    assert chosen == expected


def test_a_heading_that_opens_the_title_before_one_that_ends_it() -> None:
    headings = ["A year by the bay", "Ferry sails on today"]
    assert main_heading(headings, ["Ferry sails on today - A year by the bay"]) == headings[1]


def test_a_heading_as_it_is_read() -> None:
    tree = document_fromstring(
        "<h1><style>.x{color:red}</style><ruby>渡<rt>わた</rt></ruby>し<ruby>船<rp>(</rp><rt>ぶね"
        "</rt><rp>)</rp></ruby>の運航</h1>"
    )
    assert read_metadata(tree, url="https://harbour.example/1").title == "渡し船の運航"


@pytest.mark.parametrize(
    ("alternative", "expected"),
    [
        ("Harbour keeps its old ferry", "Harbour keeps its old ferry"),
        ("The old ferry - and who pays for it", "The old ferry – and who pays for it"),
        # What neither JSON-LD nor og:title gives is a second headline or a standfirst.
        ("Ferry 2026: all sailings", "Ferry 2026: all sailings, all prices"),
        ("Ferry 2026: all sailings, all prices", "Ferry 2026: all sailings, all prices"),
    ],
)
def test_the_alternative_headline_tells_which_of_two_it_is(alternative: str, expected: str) -> None:
    search = "Ferry 2026: all sailings, all prices"
    for page, shared in (
        ("Harbour keeps its old ferry", search), (search, "The old ferry – and who pays for it"),
    ):  # fmt: skip
        found = choose_title(
            page=page, heading=search, shared=shared, document=search, alternative=alternative
        )
        assert found == (expected if expected in (page, shared) else search)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ('<span class="headline__kicker">Storm</span>The ferry stays', "The ferry stays"),
        ('<span class="overline">Storm<b>!</b></span> : <b>The ferry stays</b>', "The ferry stays"),
        ("<time>13 June 2026</time> The ferry stays", "The ferry stays"),
        ("<small>Storm</small> The ferry stays", "The ferry stays"),
        # Set apart behind the headline, or nothing but the headline: it stays whole.
        ('The ferry <span class="topline">stays</span>', "The ferry stays"),
        ('<span class="label">The ferry stays</span>', "The ferry stays"),
        ("<b>Storm:</b> The ferry stays", "Storm: The ferry stays"),
    ],
)
def test_a_kicker_in_the_heading_is_no_headline(heading: str, expected: str) -> None:
    tree = document_fromstring(f"<h1>Harbour Times</h1><h1>{heading}</h1>")
    assert read_metadata(tree, url="https://harbourtimes.example/1").title == expected


def test_the_heading_is_not_the_logo() -> None:
    headings = ["Harbour Times", "Ferry sails on for a year", "Museum opens"]
    assert main_heading(headings, ["Ferry sails on"]) == "Ferry sails on for a year"
    assert main_heading(headings, [], ["harbourtimes"]) == "Ferry sails on for a year"
    assert main_heading(headings[:1], [], ["harbourtimes"]) == "Harbour Times"
