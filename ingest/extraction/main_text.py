"""trafilatura, which finds an article's text on a page: the one place that calls it.

Its documented door copies the tree four times and tests each element against regular expressions
from within XPath, one call into Python for each: half of what it costs. `text_of_block` calls the
same steps on a tree that is ours to change, and asks the expressions once for each combination of
tag and attributes. tests/test_main_text.py fails when a new version has other steps.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import main_extractor, xpaths
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

EXTRACTOR = f"trafilatura {trafilatura.__version__}"
"""What made the text, as `articles.extractor` has it."""

COMBINATIONS_KEPT = 5_000
"""Tags with their attributes of which it is known whether an expression picks them."""
LONGEST_KEPT = 400
"""Characters of attributes. Longer ones are made for one page."""

_OPTIONS = Extractor(output_format="python", fast=True, comments=False)

# What it says about single pages is either an outcome of ours or of no use to the operator.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_Attributes = tuple[tuple[str, str], ...]


class Remembered:
    """XPath expressions that pick elements by tag and attributes alone, asked once for each
    combination of them. Called with a tree, gives what any of them picks, in the page's order."""

    def __init__(self, *expressions: etree.XPath) -> None:
        paths = " ".join(expression.path for expression in expressions)
        self._expressions = expressions
        self._attributes = frozenset(re.findall(r"@([\w-]+)", paths))
        self._tags = frozenset(re.findall(r"self::(\w+)", paths))
        self._picks = lru_cache(COMBINATIONS_KEPT)(self._asked)

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        return [element for element in tree.iterdescendants() if self._is_picked(element)]

    def _is_picked(self, element: HtmlElement) -> bool:
        attributes = element.items()
        if not attributes:
            return False
        asked = tuple([pair for pair in attributes if pair[0] in self._attributes])
        if not asked:
            return False
        tag = element.tag if element.tag in self._tags else "other"
        if sum([len(value) for _, value in asked]) > LONGEST_KEPT:
            return self._asked(tag, asked)
        return self._picks(tag, asked)

    def _asked(self, tag: str, attributes: _Attributes) -> bool:
        root = etree.Element("root")
        # In their order: of "@id|@class", XPath reads the one that stands first.
        etree.SubElement(root, tag, dict(attributes))
        return any(expression(root) for expression in self._expressions)


_CUT_FIRST = [*xpaths.RAW_TREE_PRUNE_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH]
"""What follows the article on its page, and comments. The first looks at more than attributes, so
that on a page where they rule nothing out, all are asked."""
_MAY_BE_CUT = Remembered(*_CUT_FIRST)
_DISCARDED = [Remembered(*xpaths.OVERALL_DISCARD_XPATH)]
_BODY = [etree.XPath("body/*"), *xpaths.BODY_XPATH[1:]]


def text_of_block(page: HtmlElement) -> str:
    """The text that trafilatura's quick mode takes from a page that holds one block, called the
    article's body, and nothing else; without the retries by which it makes up for a short one.
    The page is used up.
    """
    try:
        if _MAY_BE_CUT(page):
            prune_unwanted_nodes(page, _CUT_FIRST)
        tree = convert_tags(tree_cleaning(page, _OPTIONS), _OPTIONS)
        with _remembering():
            body, _ = main_extractor.extract_content(tree, _OPTIONS)
    except (TypeError, ValueError):  # as trafilatura itself gives a page up
        return ""
    return xmltotxt(body, include_formatting=False)


def text_of_page(tree: HtmlElement, *, url: str, fast: bool) -> str:
    """The text that trafilatura takes from a whole page, which stays as it is."""
    document = trafilatura.bare_extraction(
        tree, url=url, fast=fast, include_comments=False, with_metadata=False
    )
    return getattr(document, "text", None) or ""


@contextmanager
def _remembering() -> Iterator[None]:
    """As long as this lasts, trafilatura asks by way of ours what is no text, and takes the one
    block of the page for the article's body."""
    theirs: Any = main_extractor
    discarded, body = theirs.OVERALL_DISCARD_XPATH, theirs.BODY_XPATH
    theirs.OVERALL_DISCARD_XPATH, theirs.BODY_XPATH = _DISCARDED, _BODY
    try:
        yield
    finally:
        theirs.OVERALL_DISCARD_XPATH, theirs.BODY_XPATH = discarded, body
