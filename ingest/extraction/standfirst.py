"""The standfirst: the sentence or two between a headline and the article's text.

It belongs to the article, and often stands outside the block that holds the rest of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from ingest.extraction.foreign_matter import width
from ingest.plaintext import plain_text
from ingest.words import folded_words

LEAST_CHARACTERS = 40
"""Shorter lines between headline and text are kickers, bylines and dates."""
MOST_CHARACTERS = 900
"""A longer one is the article's text."""
ELEMENTS = 150
"""So many elements below the headline are looked at."""
COMPARED_WORDS = 8
"""A line that begins with the same words as the page's description is its standfirst."""

_LINES = frozenset({"p", "h2", "h3", "h4", "div", "span", "strong", "b", "em", "li", "section"})
_ELSEWHERE = frozenset({"nav", "aside", "footer", "form", "figure", "figcaption", "button", "a"})
_NO_LINE = frozenset({"p", "div", "li", "section", "ul", "script", "style", "img", "time"})
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
    stated = folded_words(description or "")[:COMPARED_WORDS]
    if len(stated) < COMPARED_WORDS:
        return None
    for element, text, words in _candidates(tree, heading):
        if words[:COMPARED_WORDS] == stated:
            return None if _is_elsewhere(element, _NO_PART) else text
    return None


def standfirst(
    tree: HtmlElement, *, heading: str | None, stated: str | None, lines: Sequence[str]
) -> str | None:
    """The standfirst of a page whose headline is `heading` and whose article's text is `lines`,
    where these lack it: the one that the page has `stated`, else what stands below the headline
    and is called a standfirst by its class."""
    known = f" {' '.join(folded_words(' '.join(lines)))} "
    if stated and lines:
        return None if _begins_within(folded_words(stated), known) else stated
    for element, text, words in _candidates(tree, heading) if lines else ():
        if _begins_within(words, known):
            return None
        if _is_named(element):
            return None if _is_elsewhere(element, _NO_STANDFIRST) else text
    return None


def _begins_within(words: Sequence[str], known: str) -> bool:
    return f" {' '.join(words[:COMPARED_WORDS])} " in known


def _candidates(
    tree: HtmlElement, heading: str | None
) -> Iterator[tuple[HtmlElement, str, list[str]]]:
    """The lines of a standfirst's length below the headline: element, text and its words."""
    headline = next(
        (h1 for h1 in tree.iter("h1") if plain_text(h1.text_content()) == heading), None
    )
    if headline is None:
        return
    for element in _below(headline):
        if element.tag not in _LINES or any(
            child.tag in _NO_LINE for child in element.iterdescendants()
        ):
            continue
        text = " ".join(element.text_content().split())
        if LEAST_CHARACTERS <= width(text) <= MOST_CHARACTERS:
            yield element, text, folded_words(text)


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
