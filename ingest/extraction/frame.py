"""Where on a page its running text stands: the smallest block that holds nearly all of it.

trafilatura takes the first block whose class or tag says "article". On pages that set one article
in several such blocks it loses the rest of it, and where no class says so, it takes what is around,
too. Running text says where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from ingest.extraction.foreign_matter import width

LEAST_CHARACTERS = 60
"""A shorter piece of text is a label, a teaser's headline or a caption; marks of scripts without
spaces count for three."""
FRAME_SHARE = 0.8
"""A block inside another is the frame instead when it holds this share of the running text."""
NAMED_SHARE = 0.5
"""The same for a block that is called the article's body."""
CHUNK_SHARE = 0.05
"""A block of the same name with this share of the running text holds another piece of it."""
ENOUGH = 600
"""Characters of running text below which a page has too little of it to say where it stands."""

_NEVER_RUNNING = frozenset({
    "a", "script", "style", "noscript", "template", "option", "button", "textarea", "title",
    "figcaption", "label", "svg", "select",
})  # fmt: skip
_RARELY_RUNNING = frozenset({"nav", "footer", "aside", "form", "figure"})
_NO_FRAME = frozenset({"p", "blockquote", "ul", "ol", "li", "dl", "table", "tbody", "tr", "pre"})
_HIDDEN = etree.XPath(".//p[@aria-hidden or contains(@class, 'paywall')]")
_NAMED = re.compile(
    r"(?:article|art|post|entry|story|news|text|main|page)[-_]{0,2}(?:content|body|text|entry|copy)|"
    r"(?:content|body)[-_]{0,2}(?:article|text|main|copy)|articleBody|fulltext",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The block that an article's text stands in, and how many characters of running text it
    holds."""

    block: HtmlElement
    characters: int

    def alone(self) -> HtmlElement:
        """A copy of the block as a page of its own, where it is the article's body to trafilatura
        whatever it is called."""
        page = self.block.makeelement("html")
        block = deepcopy(self.block)
        etree.SubElement(page, "body").append(block)
        block.tag, block.tail = "div", None
        block.set("itemprop", "articleBody")
        # What publishers hide from readers who have not paid, trafilatura would leave out.
        for element in _HIDDEN(block):
            element.attrib.clear()
        return page


def frame_of(tree: HtmlElement) -> Frame | None:
    """The frame of a page's article; None where the page has little running text.

    An `article` element that holds the headline and enough text is all that is looked at: other
    stories may follow below it.
    """
    body = next(tree.iter("body"), None)
    if body is None:
        return None
    weights = _weights(body, _NEVER_RUNNING | _RARELY_RUNNING)
    if weights.get(body, 0) < ENOUGH:  # some set the whole page in an aside or a form
        weights = _weights(body, _NEVER_RUNNING)
    start = max(
        (block for block in _with_headline(tree) if weights.get(block, 0) >= ENOUGH),
        key=lambda block: weights[block],
        default=body,
    )
    total = weights.get(start, 0)
    if total < ENOUGH:
        return None
    block = _inmost(start, weights, FRAME_SHARE * total)
    named = [
        element
        for element, weight in weights.items()
        if weight >= NAMED_SHARE * total
        and weight < weights[block]
        and _is_named(element)
        and (start is body or start in element.iterancestors())
    ]
    if named:
        inner = min(named, key=lambda element: weights[element])
        if _is_whole(inner, weights, CHUNK_SHARE * total):
            block = inner
    return Frame(block, weights[block])


def _with_headline(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The `article` elements that hold a headline."""
    for heading in tree.iter("h1"):
        yield from islice(heading.iterancestors("article"), 1)


def _inmost(block: HtmlElement, weights: Mapping[HtmlElement, int], least: float) -> HtmlElement:
    """The smallest block inside that holds at least so many characters."""
    while True:
        inner = max(block, key=lambda child: weights.get(child, 0), default=None)
        if inner is None or weights.get(inner, 0) < least or not _can_be_frame(inner):
            return block
        block = inner


def _is_named(element: HtmlElement) -> bool:
    if not _can_be_frame(element):
        return False
    if element.tag == "article" or element.get("itemprop") == "articleBody":
        return True
    return _NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def _can_be_frame(element: HtmlElement) -> bool:
    if element.tag in _NO_FRAME:
        return False
    own = 1 if element.tag == "article" else 0
    # An article in another is a teaser or a comment.
    return own + sum(1 for _ in element.iterancestors("article")) < 2


def _is_whole(block: HtmlElement, weights: Mapping[HtmlElement, int], least: float) -> bool:
    """Whether no other block of the same name holds another piece of the article."""
    name = (block.tag, block.get("class"))
    return not any(
        weight >= least and element is not block and (element.tag, element.get("class")) == name
        for element, weight in weights.items()
    )


def _weights(body: HtmlElement, foreign: frozenset[str]) -> dict[HtmlElement, int]:
    """For each block the running text in it, in characters, without what stands in foreign tags."""
    weights: dict[HtmlElement, int] = {}
    around: dict[HtmlElement, int] = {}
    for owner, size in _running_text(body, foreign):
        weights[owner] = weights.get(owner, 0) + size
        parent = owner.getparent()
        around[parent] = around.get(parent, 0) + size
    # Paragraphs side by side have the same blocks around them.
    for parent, size in around.items():
        above = [parent, *parent.iterancestors()]
        if foreign.isdisjoint([element.tag for element in above]):
            for element in above:
                weights[element] = weights.get(element, 0) + size
    return weights


def _running_text(body: HtmlElement, foreign: frozenset[str]) -> Iterator[tuple[HtmlElement, int]]:
    """The pieces of running text: the element that each stands in, and its size."""
    for element in body.iter():
        text = element.text if element.tag not in foreign else None
        if text and len(text) >= LEAST_CHARACTERS // 3:
            size = _size(text)
            if size >= LEAST_CHARACTERS:
                yield element, size
        tail = element.tail
        if tail and len(tail) >= LEAST_CHARACTERS // 3 and element is not body:
            owner = element.getparent()
            size = _size(tail) if owner.tag not in foreign else 0
            if size >= LEAST_CHARACTERS:
                yield owner, size


def _size(text: str) -> int:
    """Characters, marks of scripts without spaces counted for three; none where it is too short."""
    return width(" ".join(text.split())) if width(text) >= LEAST_CHARACTERS else 0
