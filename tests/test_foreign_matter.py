"""What one page shows to be none of its article."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from ingest.extraction.foreign_matter import Surroundings, clean
from ingest.extraction.page_blocks import linked_lines, prune

TEXT = (
    "The town council of Portneuf decided on Tuesday to keep the old ferry for another year, after "
    "weeks of protest by commuters who would have had to drive around the whole of the bay.",
    "Fares will fall a little in spring, a spokeswoman said on Wednesday. The bridge will have to "
    "wait until the region has found the forty millions that are still missing for its pillars.",
)
AROUND = Surroundings(
    titles=("Ferry sails on for another year", "Northern bay: Ferry stays"),
    authors=("Ida Moss",),
    labels=("Harbour", "Transport"),
    subheadings=("why the ferry matters",),
)

ABOVE = {
    "Ferry sails on for another year": "headline",
    "Portneuf: Ferry sails on for another year": "headline",
    "TRANSPORT": "kicker",
    "Northern bay": "kicker",
    "13": "kicker",
    "By Ida Moss, our reporter on the coast": "byline",
    "Von Ida Moos": "byline",
    "March 5, 2026 9:30 am": "date",
    "Stand: 22.04.2024, 06:00 Uhr": "date",
}
ANYWHERE = {
    "READ MORE: Council splits over the bridge": "pointer",
    "Lesen Sie auch: Streit um die Brücke": "pointer",
    "À lire aussi : le pont divise la ville": "pointer",
    "Lea también: El puente divide a la ciudad": "pointer",
    "Leggi anche: il ponte divide la città": "pointer",
    "Leia também: ponte divide a cidade": "pointer",
    "Lees ook: brug verdeelt de stad": "pointer",
    "Sign up for our newsletter here": "pitch",
    "Sign up for the Harbour Wire morning briefing and never miss a story.": "pitch",
    "Abonnez-vous à notre newsletter": "pitch",
    "Suscríbete a nuestro boletín": "pitch",
    "You can unsubscribe at any time. Read our Privacy Policy": "pitch",
    "Photo: AFP": "picture",
    "© 2026 Harbour Media. All rights reserved.": "rights",
    "Externer Inhalt nicht verfügbar": "consent",
}


@pytest.mark.parametrize("line", ABOVE)
def test_above_the_text(line: str) -> None:
    found = clean([line, *TEXT], AROUND)
    assert found.lines == TEXT
    assert found.removed == ((line, ABOVE[line]),)


@pytest.mark.parametrize(
    "line",
    [
        "Portneuf",  # a dateline
        "Why the ferry matters",  # a heading of the page
        "All must sail! A comment by Ida Moss",  # a standfirst
    ],
)
def test_what_stays_above_the_text(line: str) -> None:
    assert clean([line, *TEXT], AROUND).lines == (line, *TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "Recommended configuration:",
        "See more photos:",  # and there they are
        "More from the mayor’s speech:",
        "Credit/debit cards are taken on board",
        "© Reuters",
        "Posted on the door was a note",
    ],
)
def test_what_stays_between_paragraphs(line: str) -> None:
    assert clean([TEXT[0], line, TEXT[1]], AROUND).lines == (TEXT[0], line, TEXT[1])


def test_a_box_below_ends_at_a_heading_of_the_page() -> None:
    rest = ("Why the ferry matters", TEXT[1])
    found = clean([*TEXT, TEXT[0], "Related articles", "Bridge closed", *rest], AROUND)
    assert found.lines == (*TEXT, TEXT[0], *rest)


@pytest.mark.parametrize("line", ANYWHERE)
def test_between_paragraphs(line: str) -> None:
    found = clean([TEXT[0], line, TEXT[1]], AROUND)
    assert found.lines == TEXT
    assert found.removed == ((line, ANYWHERE[line]),)


@pytest.mark.parametrize(
    "line",
    [
        "The minister said: read the report.",
        "A subheading of the text",
        "He signed up for the army in 1939.",
        "You pay less if you sign up for the bundle of three services.",
        "By nightfall the ferry had sailed.",
        "More than forty people came.",
        "Reuters reported the figures first.",
        "Newsletters are how the club reaches its members.",
    ],
)
def test_the_articles_own_lines_stay(line: str) -> None:
    assert line in clean([TEXT[0], line, TEXT[1]], AROUND).lines


@pytest.mark.parametrize("line", ["BAAR, SWITZERLAND", "SAINT-MALO, France –"])
def test_a_dateline_above_the_text_stays(line: str) -> None:
    assert clean(["TRANSPORT", line, *TEXT], AROUND).lines == (line, *TEXT)


def test_who_worked_on_an_agencys_text() -> None:
    line = "Reporting by Ida Moss in Portneuf; Editing by Paul Reed"
    assert clean([*TEXT, line], AROUND).removed == ((line, "contributors"),)


def test_what_follows_below_goes() -> None:
    below = ["Related stories", "Dock owners answer", "- What the vote means"]
    assert clean([*TEXT, *below], AROUND).lines == TEXT
    assert (
        clean([*TEXT, "Comments", "First! This is what I have always said."], AROUND).lines == TEXT
    )


def test_something_is_left() -> None:
    pitch = TEXT[0] + " Sign up for our newsletter here."
    assert clean([pitch], AROUND).lines == (pitch,)


def test_blocks_are_pruned_by_their_names() -> None:
    tree = document_fromstring(
        '<div class="newsletter-box"><p>Sign</p></div>'
        '<div class="post-related-articles"><p>b</p></div>'
        '<div class="related"><h1>Ferry</h1></div>'
        '<div class="entry-content share"><p>Text</p></div>'
        '<div class="promo"><span itemprop="articleBody">Body</span></div>'
        '<section id="ot-sdk-box">We use them</section><div class="robot-sdk">Robots</div>'
        f'<div class="popular">{"Long. " * 600}</div><div class="cookie-bar">{"Law. " * 900}</div>'
    )
    prune(tree)
    assert list(tree.itertext()) == ["Ferry", "Text", "Body", "Robots", "Long. " * 600]


def test_lines_of_links() -> None:
    tree = document_fromstring(
        '<p><a href="/a">Another story of the day</a></p>'
        '<p>See <a href="/b">this</a> for details</p>'
        '<p><a href="#part">A part of this page</a></p>'
    )
    assert linked_lines(tree) == {"another story of the day"}
