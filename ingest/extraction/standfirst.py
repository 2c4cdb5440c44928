"""The standfirst: the sentence or two between a headline and the article's text.

It belongs to the article, and often stands outside the block that holds the rest of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from ingest.extraction.foreign_matter import width
from ingest.plaintext import plain_text
from ingest.words import SOFT_HYPHEN, folded_words

LEAST_CHARACTERS = 40
"""Shorter lines between headline and text are kickers, bylines and dates."""
MOST_CHARACTERS = 900
"""A longer one is the article's text."""
ELEMENTS = 150
"""So many elements below the headline are looked at."""
COMPARED_WORDS = 8
"""A line that begins with the same words as the page's description is its standfirst."""
TOP = 4
"""Lines of a text that are looked at first for its standfirst."""
TELLING = 4
"""Letters of a word that has to be in a text in which a phrase stands."""

_LINES = frozenset({"p", "h2", "h3", "h4", "div", "span", "strong", "b", "em", "li", "section"})
_ELSEWHERE = frozenset({"nav", "aside", "footer", "form", "figure", "figcaption", "button", "a"})
_NO_LINE = ("p", "div", "li", "section", "ul", "script", "style", "img", "time")
_NO_STANDFIRST = re.compile(
    r"caption|credit|photo|image|gallery|video|author|byline|bio(?:$|[\s_-])|related|teaser|comment",
    re.IGNORECASE,
)
# Of what begins as the page's description does, even a block called a teaser may be the standfirst.
_NO_PART = re.compile(r"caption|(?<!ac)credit|gallery|related|comment", re.IGNORECASE)
_NAMED = re.compile(
    r"stand-?first|(?:^|[\s_-])(?:dek|deck|lede|lead|intro|ingress|perex|chapo|chapeau|abstract|summary|"
    r"sub-?(?:title|head(?:line|ing)?)|strap-?line|vorspann|sommario|occhiello|entradilla|bajada|copete|"
    r"excerpt|description|spot|anons|nut-?graph)(?:$|[\s_-])|articleLead|articleIntro|ArticleSummary",
    re.IGNORECASE,
)


def stated_standfirst(
    tree: HtmlElement, *, heading: str | None, description: str | None
) -> str | None:
    """The line below the headline `heading` that begins as the page's description does. Looked for
    while the page is whole: some sites call the block that holds it a teaser."""
    stated = _opening(description or "")
    if len(stated) < COMPARED_WORDS:
        return None
    for element, text in _candidates(tree, heading):
        if _opening(text) == stated:
            return None if _is_elsewhere(element, _NO_PART) else text
    return None


def standfirst(
    tree: HtmlElement, *, heading: str | None, stated: str | None, lines: Sequence[str]
) -> str | None:
    """The standfirst of a page whose headline is `heading` and whose article's text is `lines`,
    where these lack it: the one that the page has `stated`, else what stands below the headline
    and is called a standfirst by its class."""
    if not lines:
        return None
    if stated:
        return None if _begins_within(stated, lines) else stated
    for element, text in _candidates(tree, heading):
        if _begins_within(text, lines):
            return None
        if _is_named(element):
            return None if _is_elsewhere(element, _NO_STANDFIRST) else text
    return None


def _opening(text: str) -> list[str]:
    """The first words of a text."""
    tokens = text.split()
    words = folded_words(" ".join(tokens[: 2 * COMPARED_WORDS]))
    if len(words) < COMPARED_WORDS < len(tokens):
        words = folded_words(text)
    return words[:COMPARED_WORDS]


def _begins_within(text: str, lines: Sequence[str]) -> bool:
    """Whether the first words of a text stand somewhere in these lines: mostly where one begins."""
    opening = _opening(text)
    if len(opening) == COMPARED_WORDS and any(_opening(line) == opening for line in lines[:TOP]):
        return True
    whole = " ".join(lines)
    lowered = whole.casefold()
    missing = any(len(word) >= TELLING and word not in lowered for word in opening)
    if missing and _is_as_folded(whole):
        return False
    return f" {' '.join(opening)} " in f" {' '.join(folded_words(whole))} "


def _is_as_folded(text: str) -> bool:
    """Whether folding a text would change nothing within its words but their case."""
    return SOFT_HYPHEN not in text and unicodedata.is_normalized("NFC", text)


def _candidates(tree: HtmlElement, heading: str | None) -> Iterator[tuple[HtmlElement, str]]:
    """The lines of a standfirst's length below the headline: element and text."""
    headline = next(
        (h1 for h1 in tree.iter("h1") if plain_text(h1.text_content()) == heading), None
    )
    if headline is None:
        return
    for element in _below(headline):
        if element.tag not in _LINES or _holds_lines(element):
            continue
        text = " ".join(element.text_content().split())
        if LEAST_CHARACTERS <= width(text) <= MOST_CHARACTERS:
            yield element, text


def _holds_lines(element: HtmlElement) -> bool:
    return len(element) > 0 and next(element.iterdescendants(_NO_LINE), None) is not None


def _is_named(element: HtmlElement) -> bool:
    parent = element.getparent()
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    if parent is not None and len(parent) <= 2:
        names += f" {parent.get('class') or ''}"
    return _NAMED.search(names) is not None


def _is_elsewhere(element: HtmlElement, names: re.Pattern[str]) -> bool:
    for at, node in enumerate((element, *element.iterancestors())):
        if at > 4 or node.tag in ("body", "article", "main"):
            return False
        if node.tag in _ELSEWHERE or names.search(node.get("class") or ""):
            return True
    return False


def _below(heading: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that follow the headline, in the order of the page."""
    seen = 0
    for node in (heading, *heading.iterancestors()):
        for sibling in node.itersiblings():
            if sibling.tag in _ELSEWHERE:
                continue
            for element in sibling.iter():
                seen += 1
                if seen > ELEMENTS:
                    return
                yield element
