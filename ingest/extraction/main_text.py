"""trafilatura, which finds an article's text on a page: the one place that calls it.

Its documented door copies the tree four times and tests each element against regular expressions
from within XPath, one call into Python for each: half of what it costs. `text_of_block` calls the
same steps on a tree that is ours to change, and asks the expressions once for each combination of
tag and attributes. tests/test_main_text.py fails when a new version has other steps.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import external, main_extractor, xpaths
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import JUSTEXT_LANGUAGES, Extractor
from trafilatura.xml import xmltotxt

from ingest.extraction.phrases import Phrases

EXTRACTOR = f"trafilatura {trafilatura.__version__}"
"""What made the text, as `articles.extractor` has it."""

CHARACTERS_KEPT = 1_000_000
"""Of attributes, with their tags, of which it is known whether an expression picks them."""
OTHER = "other"
"""In place of a tag that an expression does not name."""

_OPTIONS = Extractor(output_format="python", fast=True, comments=False)

# Their names for what we put something of our own in place of are not exported.
_main: Any = main_extractor
_fallbacks: Any = external

# What it says about single pages is either an outcome of ours or of no use to the operator.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_Combination = tuple[Any, ...]
"""A tag, and those attributes in their order: (tag, (name, value), ...)."""


class Remembered:
    """XPath expressions that pick elements by tag and attributes alone, asked once for each
    combination of them. Called with a tree, gives what any of them picks, in the page's order."""

    def __init__(self, *expressions: etree.XPath) -> None:
        paths = " ".join(expression.path for expression in expressions)
        self._expressions = expressions
        self._names = frozenset(re.findall(r"@([\w-]+)", paths))
        self._tags = frozenset(re.findall(r"self::(\w+)", paths))
        self._picks: dict[_Combination, bool] = {}
        self._characters = 0

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        if self._characters > CHARACTERS_KEPT:
            self._characters = 0
            self._picks.clear()
        asked = [
            (element, (element.tag if element.tag in self._tags else OTHER, *named))
            for element in tree.iterdescendants()
            if (named := [pair for pair in element.items() if pair[0] in self._names])
        ]
        unknown = {combination for _, combination in asked if combination not in self._picks}
        if unknown:
            self._ask(unknown)
        return [element for element, combination in asked if self._picks[combination]]

    def _ask(self, combinations: Collection[_Combination]) -> None:
        root = etree.Element("root")
        # In their order: of "@id|@class", XPath reads the one that stands first.
        elements = [etree.SubElement(root, tag, dict(named)) for tag, *named in combinations]
        picked = {element for expression in self._expressions for element in expression(root)}
        for combination, element in zip(combinations, elements, strict=True):
            self._picks[combination] = element in picked
            self._characters += sum([len(value) for _, value in combination[1:]])


_CUT_FIRST = [*xpaths.RAW_TREE_PRUNE_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH]
"""What follows the article on its page, and comments: picked by what stands in ids and classes."""
_MAY_BE_CUT = Phrases.of(
    "|".join(literal for cut in _CUT_FIRST for literal in re.findall("'([^']*)'", cut.path))
)
_NAMES = etree.XPath(".//@id | .//@class", smart_strings=False)
_DISCARDED = [Remembered(*xpaths.OVERALL_DISCARD_XPATH)]
_BODY = [etree.XPath("body/*"), *xpaths.BODY_XPATH[1:]]


def text_of_block(page: HtmlElement) -> str:
    """The text that trafilatura's quick mode takes from a page that holds one block, called the
    article's body, and nothing else; without the retries by which it makes up for a short one.
    The page is used up.
    """
    try:
        if _MAY_BE_CUT.possible_in(" ".join(_NAMES(page))).by_cue:
            prune_unwanted_nodes(page, _CUT_FIRST)
        tree = convert_tags(tree_cleaning(page, _OPTIONS), _OPTIONS)
        with _remembering():
            body, _ = main_extractor.extract_content(tree, _OPTIONS)
    except (TypeError, ValueError):  # as trafilatura itself gives a page up
        return ""
    return xmltotxt(body, include_formatting=False)


def text_of_page(tree: HtmlElement, *, url: str, fast: bool, language: str | None) -> str:
    """The text that trafilatura takes from a whole page, which stays as it is. `language` is what
    the page declares."""
    with _stop_words(language):
        document = trafilatura.bare_extraction(
            tree, url=url, fast=fast, include_comments=False, with_metadata=False
        )
    return getattr(document, "text", None) or ""


@contextmanager
def _stop_words(language: str | None) -> Iterator[None]:
    """As long as this lasts, justext, the last of trafilatura's fallbacks, tells sentences by the
    stop words of one language: to read those of all hundred takes a fifth of a second."""
    before = _fallbacks.JT_STOPLIST
    if language:
        _fallbacks.JT_STOPLIST = _stop_words_of(language)
    try:
        yield
    finally:
        if language:
            _fallbacks.JT_STOPLIST = before


@cache
def _stop_words_of(language: str) -> tuple[str, ...]:
    """The stop words of a language; nothing that is a word where justext has none, as of languages
    that set no spaces between words."""
    name = JUSTEXT_LANGUAGES.get(language)
    return tuple(_fallbacks.get_stoplist(name)) if name else ("",)


@contextmanager
def _remembering() -> Iterator[None]:
    """As long as this lasts, trafilatura asks by way of ours what is no text, and takes the one
    block of the page for the article's body."""
    discarded, body = _main.OVERALL_DISCARD_XPATH, _main.BODY_XPATH
    _main.OVERALL_DISCARD_XPATH, _main.BODY_XPATH = _DISCARDED, _BODY
    try:
        yield
    finally:
        _main.OVERALL_DISCARD_XPATH, _main.BODY_XPATH = discarded, body
