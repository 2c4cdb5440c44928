"""Extraction: from a page's bytes to its article. Runs in a worker process that can be killed."""

from __future__ import annotations

import codecs
import logging
import re
from contextlib import nullcontext
from datetime import datetime

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.errors import NoText, NotHtml
from ingest.extraction.content_status import TEASER_WORDS, content_status
from ingest.extraction.credits import find_credits
from ingest.extraction.feed_text import lines_of_html
from ingest.extraction.foreign_matter import Lines, Surroundings, clean
from ingest.extraction.frame import frame_of
from ingest.extraction.language import language_of
from ingest.extraction.metadata import PageMetadata, read_metadata
from ingest.extraction.page_blocks import linked_lines, prune, subheadings
from ingest.extraction.page_dates import choose_published
from ingest.extraction.person_names import clean_authors, portrayed
from ingest.extraction.standfirst import standfirst, stated_standfirst
from ingest.feeds.encoding import decode_feed
from ingest.page_types import START_BYTES, not_html
from ingest.publishers import publisher_of
from ingest.times import parse_feed_time
from ingest.types import Extraction
from ingest.words import count_words

EXTRACTOR = f"trafilatura {trafilatura.__version__}"
STATED = "JSON-LD articleBody"
"""What made the text, as `articles.extractor` has it."""

QUICK_SHARE = 0.35
"""Share of the characters in a page's paragraphs that the quick extraction must have found: above
it, on 860 labelled pages, the slow one found more on hardly any."""
BYLINE_LINES = 8
"""Lines at the beginning of a text in which its byline stands; one below is another story's."""
PORTRAIT_LINES = 12
"""Lines at the end of a text in which its author may be introduced."""
SHORT_TEXT = 300
"""Characters. A shorter text is tried again with the slow extraction."""

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I
)
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
# What XML cannot hold, bare or as a reference: one of them would make trafilatura give up the page.
_UNUSABLE_BYTES = bytes([*range(9), *range(14, 32)])
_BREAKS = bytes.maketrans(b"\x0b\x0c", b"  ")
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_UNUSABLE_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])"
    rb"|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF]))(?![0-9a-fA-F]);?"
)

# What it says about single pages is either an outcome of ours or of no use to the operator.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def extract_page(body: bytes, *, url: str, content_type: str | None, now: datetime) -> Extraction:
    """Read the article of a page.

    Raises NotHtml for anything that is not a web page, NoText when there is no article text.
    """
    tree = _parse(body, url=url, content_type=content_type)
    metadata = read_metadata(tree, url=url)
    published = choose_published(
        tree, metadata.published_times, heading=metadata.heading, url=url, now=now
    )
    below_headline = stated_standfirst(
        tree, heading=metadata.heading, description=metadata.description
    )
    stated = _stated_lines(metadata.article_body or "")
    found, extractor = _article_lines(tree, url=url, stated=stated)
    lead = standfirst(tree, heading=metadata.heading, stated=below_headline, lines=found)
    if lead:
        found = (lead, *found)
    listed = metadata.news and any(line.startswith("- ") for line in found)
    around = Surroundings(
        titles=metadata.titles,
        authors=metadata.authors,
        labels=(*metadata.site_names, metadata.section or ""),
        linked_lines=linked_lines(tree) if listed else frozenset(),
        subheadings=subheadings(tree),
        news=metadata.news,
    )
    cleaned = clean(found, around)
    lines, removed = cleaned.lines, tuple(line for line, _ in cleaned.removed)
    title = metadata.title or ""
    status = content_status(lines, removed=removed, title=title, free=metadata.free)
    if status != "full" and extractor == EXTRACTOR and _says_more(stated, lines):
        lines, status, extractor = clean(stated, around).lines, "full", STATED
    if not count_words("\n".join(lines)):
        raise NoText("No article text was found on the page.", url=url)
    text = "\n".join(lines)
    modified = parse_feed_time(metadata.modified, now=now) if metadata.modified else None
    bylines = tuple(line for line, reason in cleaned.removed if reason in ("byline", "bio"))
    credits = find_credits(
        "\n".join(found),
        names=(*metadata.author_names, *bylines),
        addresses=metadata.sources,
        publisher=publisher_of(url),
        site_names=metadata.site_names,
        publisher_of=publisher_of,
    )
    return Extraction(
        title=metadata.title or "",
        authors=_authors(metadata, bylines, found),
        published_at=published.at,
        published_precision=published.precision,
        modified_at=modified.at if modified else None,
        declared_canonical_url=metadata.canonical_url,
        language=language_of(text, metadata.language),
        lead=metadata.description or text.split("\n", 1)[0],
        body=text,
        tags=metadata.tags,
        section=metadata.section,
        image_url=metadata.image_url,
        rights=metadata.rights,
        content_status=status,
        extractor=extractor,
        published_source=published.source,
        credits=tuple(dict.fromkeys(credit.name for credit in credits)),
        credit_source=credits[0].source if credits else None,
        titles=metadata.titles,
        foreign=removed,
        published_guessed=published.guessed,
    )


def _stated_lines(body: str) -> Lines:
    """The lines of a text that JSON-LD gives, with its tags or without."""
    return lines_of_html(body) if "</" in body else _lines(body)


def _says_more(stated: Lines, lines: Lines) -> bool:
    """Whether JSON-LD gives an article's text, and twice the words of these lines."""
    least = max(TEASER_WORDS, count_words("\n".join(lines)))
    return count_words("\n".join(stated)) > 2 * least


def _authors(
    metadata: PageMetadata, bylines: tuple[str, ...], found: tuple[str, ...]
) -> tuple[str, ...]:
    """The page's word, else the byline in its text, else the author introduced below it."""
    return (
        metadata.authors
        or clean_authors(
            [line for line in bylines if line in found[:BYLINE_LINES]], metadata.site_names
        )
        or portrayed(found[-PORTRAIT_LINES:], metadata.site_names)
    )


def _article_lines(tree: HtmlElement, *, url: str, stated: Lines) -> tuple[tuple[str, ...], str]:
    """The lines of the article by trafilatura, looked for where the running text stands, and what
    made them.

    Its quick mode is as good as its default on most pages, for two thirds of the time; where it
    found little of the running text, the default with its fallbacks is asked about the whole page.
    Where JSON-LD has `stated` twice what stands in the page's paragraphs, it is taken: trafilatura
    finds it, too, but without its paragraphs.
    """
    prune(tree)
    frame = frame_of(tree)
    shown = frame.characters if frame else 0
    if sum(map(len, stated)) > 2 * max(SHORT_TEXT, shown):
        return tuple(stated), STATED
    narrow = frame if frame and frame.block.tag != "body" else None
    with narrow.alone() if narrow else nullcontext(tree) as page:
        quick = _by_trafilatura(page, url=url, fast=True)
    if sum(map(len, quick)) >= max(SHORT_TEXT, QUICK_SHARE * shown):
        return quick, EXTRACTOR
    return _by_trafilatura(tree, url=url, fast=False) or quick, EXTRACTOR


def _by_trafilatura(tree: HtmlElement, *, url: str, fast: bool) -> tuple[str, ...]:
    document = trafilatura.bare_extraction(
        tree, url=url, fast=fast, include_comments=False, with_metadata=False
    )
    return _lines(getattr(document, "text", None) or "")


def _parse(body: bytes, *, url: str, content_type: str | None) -> HtmlElement:
    if other := not_html(content_type, body[:START_BYTES]):
        raise NotHtml(f"The page is {other}, not HTML.", url=url)
    parser = HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    # One class for all elements: looking it up by tag in Python costs a tenth of an extraction.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        return document_fromstring(_usable(_decode(body, content_type)), parser=parser)
    except etree.ParserError as error:
        raise NoText("The page is empty.", url=url) from error
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise NotHtml("The page holds no HTML that could be read.", url=url) from error


def _decode(body: bytes, content_type: str | None) -> str:
    """The page as text, by the same rules as feeds; the server's word on the charset goes before
    the page's."""
    http = _HTTP_CHARSET.search(content_type or "")
    page = _META_CHARSET.search(body[:4096])
    label = http[1] if http else None
    if page and not (label and _is_known(label)):
        label = page[1].decode()
    return decode_feed(body, f"text/html; charset={label}" if label else None)


def _usable(text: str) -> bytes:
    """The page in UTF-8 without what XML cannot hold."""
    page = text.encode().translate(_BREAKS, _UNUSABLE_BYTES)
    for character in _NO_CHARACTERS:
        page = page.replace(character, b"")
    return _UNUSABLE_REFERENCE.sub(b"", page) if b"&#" in page else page


def _is_known(label: str) -> bool:
    try:
        codecs.lookup(label)
    except LookupError:
        return False
    return True


def _lines(text: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return tuple(line for line in lines if line)
