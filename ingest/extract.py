"""Extraction: from a page's bytes to its article. Runs in a worker process that can be killed."""

from __future__ import annotations

import codecs
import logging
import re
from datetime import datetime

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.errors import NoText, NotHtml
from ingest.feed_encoding import decode_feed
from ingest.metadata import PageMetadata, read_metadata
from ingest.times import parse_feed_time
from ingest.types import ContentStatus, Extraction
from ingest.words import count_words

EXTRACTOR = f"trafilatura {trafilatura.__version__}"

TEASER_WORDS = 50
"""A text with fewer words is not the whole article."""

LANGUAGE_WORDS = 20
"""Fewer words do not tell a language."""

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I
)
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
# What XML cannot hold, bare or as a reference: one of them would make trafilatura give up the page.
_UNUSABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])"
    "|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF]))(?![0-9a-fA-F]);?"
)
_BREAKS = ("\x0b", "\x0c")
_HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")
_BINARY_STARTS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b")

# What it says about single pages is either an outcome of ours or of no use to the operator.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def extract_page(body: bytes, *, url: str, content_type: str | None, now: datetime) -> Extraction:
    """Read the article of a page.

    Raises NotHtml for anything that is not a web page, NoText when there is no article text.
    """
    tree = _parse(body, url=url, content_type=content_type)
    metadata = read_metadata(tree, url=url)
    document = trafilatura.bare_extraction(
        tree, url=url, fast=True, include_comments=False, with_metadata=False
    )
    text = _tidy(getattr(document, "text", None) or "")
    if not count_words(text):
        raise NoText("No article text was found on the page.", url=url)
    published = parse_feed_time(metadata.published, now=now) if metadata.published else None
    modified = parse_feed_time(metadata.modified, now=now) if metadata.modified else None
    return Extraction(
        title=metadata.title or "",
        authors=metadata.authors,
        published_at=published.at if published else None,
        published_precision=published.precision if published and published.at else None,
        modified_at=modified.at if modified else None,
        declared_canonical_url=metadata.canonical_url,
        language=_language(text, metadata),
        lead=metadata.description or text.split("\n", 1)[0],
        body=text,
        tags=metadata.tags,
        section=metadata.section,
        image_url=metadata.image_url,
        rights=metadata.rights,
        content_status=_content_status(text),
        extractor=EXTRACTOR,
    )


def _parse(body: bytes, *, url: str, content_type: str | None) -> HtmlElement:
    kind = (content_type or "").split(";")[0].strip().lower()
    if body.startswith(_BINARY_STARTS) or (kind and kind not in _HTML_TYPES):
        raise NotHtml(f"The page is {kind or 'a binary file'}, not HTML.", url=url)
    parser = HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    try:
        return document_fromstring(_decode(body, content_type).encode(), parser=parser)
    except etree.ParserError as error:
        raise NoText("The page is empty.", url=url) from error
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotHtml("The page holds no HTML that could be read.", url=url) from error


def _decode(body: bytes, content_type: str | None) -> str:
    """The page as text, by the same rules as feeds; the server's word on the charset goes before
    the page's."""
    http = _HTTP_CHARSET.search(content_type or "")
    page = _META_CHARSET.search(body[:4096])
    label = http[1] if http else None
    if page and not (label and _is_known(label)):
        label = page[1].decode()
    text = decode_feed(body, f"text/html; charset={label}" if label else None)
    return _UNUSABLE.sub(lambda match: " " if match[0] in _BREAKS else "", text)


def _is_known(label: str) -> bool:
    try:
        codecs.lookup(label)
    except LookupError:
        return False
    return True


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _content_status(text: str) -> ContentStatus:
    return "full" if count_words(text) >= TEASER_WORDS else "teaser"


def _language(text: str, metadata: PageMetadata) -> str | None:
    """The declared language, else the one the text is written in."""
    if metadata.language or count_words(text[:1000]) < LANGUAGE_WORDS:
        return metadata.language
    # Its model takes most of a second to load, so only where a page declares nothing.
    from py3langid import classify

    code: str = classify(text[:5000])[0]
    return code
