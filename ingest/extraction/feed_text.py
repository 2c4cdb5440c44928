"""The full text that some feeds carry, where the page gives less: a teaser, a wall, nothing."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from ingest.extraction.content_status import TEASER_WORDS, content_status
from ingest.extraction.foreign_matter import Surroundings, clean
from ingest.extraction.language import language_of
from ingest.types import Extraction
from ingest.words import count_words

MORE = 1.5
"""The feed's text is taken where it has so many times the page's words: a feed's summary in the
wrong element repeats what the page's teaser says."""

FEED = "feed"
"""What made the text, as `articles.extractor` has it."""

NOTHING = Extraction(
    title="",
    authors=(),
    published_at=None,
    published_precision=None,
    modified_at=None,
    declared_canonical_url=None,
    language=None,
    lead="",
    body="",
    tags=(),
    section=None,
    image_url=None,
    rights=None,
    content_status="empty",
    extractor=FEED,
)
"""What a page says that has no text."""

_BLOCKS = frozenset({
    "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "tr",
    "figure", "section", "article", "br", "hr", "pre",
})  # fmt: skip
_UNREAD = frozenset({"script", "style", "figcaption", "figure", "iframe", "noscript", "form"})


def with_feed_text(found: Extraction, content_html: str | None, *, title: str) -> Extraction:
    """The extraction with the feed's text for its body, where the page is no whole article and the
    feed has one; else as it is."""
    if not content_html or found.content_status == "full":
        return found
    titles = (title, *found.titles)
    lines = clean(
        lines_of_html(content_html), Surroundings(titles=titles, authors=found.authors)
    ).lines
    words = count_words("\n".join(lines))
    if words < max(TEASER_WORDS, MORE * count_words(found.body)):
        return found
    status = content_status(lines, title=title)
    if status != "full":
        return found
    text = "\n".join(lines)
    language = found.language or language_of(text)
    return replace(found, body=text, content_status=status, language=language, extractor=FEED)


def lines_of_html(content_html: str) -> list[str]:
    """The text of a piece of HTML, a line for each paragraph, heading and item of a list."""
    try:
        root = fragment_fromstring(content_html, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    lines: list[list[str]] = [[]]
    _read(root, lines)
    texts = (" ".join("".join(line).split()) for line in lines)
    return [text for text in texts if any(mark.isalnum() for mark in text)]


def _read(root: HtmlElement, lines: list[list[str]]) -> None:
    # By events, not recursion: how deep it nests is the feed's choice.
    unread = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            unread += element.tag in _UNREAD
            if block:
                lines.append(["- "] if element.tag == "li" else [])
            if not unread:
                lines[-1].append(element.text or "")
            continue
        unread -= element.tag in _UNREAD
        if block:
            lines.append([])
        if not unread and element is not root:
            lines[-1].append(element.tail or "")
