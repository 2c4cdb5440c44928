"""trafilatura by its inner steps finds what it finds by its documented door. When a new version
fails here, ingest/extraction/main_text.py is to be read beside its bare_extraction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import trafilatura
from lxml import etree
from lxml.html import HtmlElement, document_fromstring
from stored_stories import prose
from trafilatura import external, main_extractor, xpaths

from ingest.extraction.frame import frame_of
from ingest.extraction.main_text import Remembered, text_of_block, text_of_page
from ingest.extraction.page_blocks import prune
from ingest.extraction.page_tree import parse_page

PAGES = sorted((Path(__file__).parent / "extraction_pages").glob("*.html"))
URL = "https://harbour.example/1"
ASIDE = "".join(
    f'<div class="{name}">{text}</div>'
    for name, text in zip(
        ("social-share", "comments-title", "Comments", "infinite-scroll", "teaser", "text"),
        prose(7, 120),
        strict=False,
    )
)


def block(name: str) -> HtmlElement:
    """The block of one of the project's pages that its article stands in, as a page."""
    body = next(path for path in PAGES if path.stem == name).read_bytes()
    tree = parse_page(body, url=URL, content_type=None)
    prune(tree)
    frame = frame_of(tree)
    assert frame is not None
    return frame.alone()


def written(inside: str) -> HtmlElement:
    paragraphs = "".join(f"<p>{text}</p>" for text in prose(3, 300))
    return document_fromstring(
        f'<html><body><div itemprop="articleBody">{paragraphs}{inside}</div></body></html>'
    )


def by_documented_door(page: HtmlElement) -> str | None:
    found = trafilatura.bare_extraction(page, fast=True, include_comments=False)
    return getattr(found, "text", None)


FRAMED = ("agency-dateline", "related-below", "read-also", "newsletter-box", "next-story-below")


@pytest.mark.parametrize("name", FRAMED)
def test_a_block_gives_the_text_that_the_documented_door_gives(name: str) -> None:
    expected = by_documented_door(block(name))
    assert expected
    assert text_of_block(block(name)) == expected


@pytest.mark.parametrize(
    "inside",
    [
        ASIDE,
        "<ul><li>One thing</li><li>Another <b>thing</b></li></ul>",
        "<table><tr><td>Berth</td><td>4</td></tr></table>",
        "<blockquote><p>Said aloud</p></blockquote><p style='display:none'>Hidden words here</p>",
        '<div class="infinite-scroll"><p>The next story begins here.</p></div>',
    ],
    ids=["boxes", "list", "table", "quote", "next story"],
)
def test_what_is_cut_is_what_the_documented_door_cuts(inside: str) -> None:
    expected = by_documented_door(written(inside))
    assert expected
    assert text_of_block(written(inside)) == expected


NAMES_CUT = (
    "Comments", "comments-area", "commentary", "comol", "disqus_thread", "dsq-comments-7",
    "welcome", "article-comments", "mvp-post-add-box", "infinite-scroll", "elementor-share-buttons",
)  # fmt: skip


@pytest.mark.parametrize("attribute", ["id", "class"])
def test_what_is_cut_first_goes_by_ids_and_classes(attribute: str) -> None:
    for name in NAMES_CUT:
        aside = f'<div {attribute}="{name}"><p>{prose(5, 40)[0]}</p></div>'
        expected = by_documented_door(written(aside))
        assert expected
        assert text_of_block(written(aside)) == expected, name


LISTS = {
    "discarded": xpaths.OVERALL_DISCARD_XPATH,
    "comments": xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
}


@pytest.mark.parametrize("name", LISTS)
def test_expressions_asked_once_pick_what_they_pick_on_the_page(name: str) -> None:
    expressions = LISTS[name]
    words = sorted({word for one in expressions for word in re.findall(r"[a-zA-Z-]{3,}", one.path)})
    page = etree.Element("html")
    for word in words:
        for tag in ("div", "p", "span", "ul", "article", "b"):
            for attribute in ("class", "id", "role", "style"):
                etree.SubElement(page, tag, {attribute: f"x {word} y"})
            both = etree.SubElement(page, tag, {"id": word, "class": "x"})
            etree.SubElement(both, tag, {"class": word, "id": "x", "href": "/"})
    picked = {element for one in expressions for element in one(page)}
    assert picked
    assert Remembered(*expressions)(page) == [one for one in page.iter() if one in picked]


def test_the_library_is_left_as_it_was() -> None:
    before = main_extractor.__dict__.copy()
    text_of_block(block("agency-dateline"))
    assert main_extractor.__dict__ == before


def test_only_tag_and_attributes_are_asked_about() -> None:
    for expressions in LISTS.values():
        for one in expressions:
            assert one.path.strip().startswith(".//*[")
            assert not re.search(
                r"//|\.\.|::(?!\*)", re.sub(r"self::\w+", "", one.path.strip()[4:])
            )


@pytest.mark.parametrize("language", ["de", "ja"])
def test_of_a_declared_language_no_other_stop_words_are_read(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def all_languages() -> None:
        raise AssertionError("the stop words of all languages were read")

    monkeypatch.setattr(external, "get_stoplists", all_languages)
    monkeypatch.setattr(external, "JT_STOPLIST", None)
    judged: list[object] = []
    by_justext = external.try_justext

    def seen(tree: HtmlElement, *asked: Any) -> Any:
        judged.append(asked)
        return by_justext(tree, *asked)

    monkeypatch.setattr(external, "try_justext", seen)
    page = document_fromstring("<html><body><p>Die Fähre legt um acht Uhr ab.</p></body></html>")
    assert "Fähre" in text_of_page(page, url=URL, fast=False, language=language)
    assert judged
    assert external.JT_STOPLIST is None
