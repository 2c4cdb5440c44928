"""From a page's bytes to its tree."""

from __future__ import annotations

import codecs
import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.errors import NoText, NotHtml
from ingest.feeds.encoding import decode_feed
from ingest.page_types import START_BYTES, not_html

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I
)
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})", re.I)
# What XML cannot hold, bare or as a reference: one of them would make trafilatura give up the page.
_UNUSABLE_BYTES = bytes([*range(9), *range(14, 32)])
_BREAKS = bytes.maketrans(b"\x0b\x0c", b"  ")
_NO_CHARACTERS = ("\ufffe", "\uffff")
_UNUSABLE_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])"
    rb"|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF]))(?![0-9a-fA-F]);?"
)


def parse_page(body: bytes, *, url: str, content_type: str | None) -> HtmlElement:
    """The tree of a web page. Raises NotHtml for anything else, NoText for an empty page."""
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
        return document_fromstring(_page_in_utf8(body, content_type), parser=parser)
    except etree.ParserError as error:
        raise NoText("The page is empty.", url=url) from error
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise NotHtml("The page holds no HTML that could be read.", url=url) from error


def _page_in_utf8(body: bytes, content_type: str | None) -> bytes:
    """The page in UTF-8 without what XML cannot hold. The charset is found by the same rules as for
    feeds; the server's word on it goes before the page's."""
    http = _HTTP_CHARSET.search(content_type or "")
    page = _META_CHARSET.search(body[:4096])
    label = http[1] if http else None
    if page and not (label and _is_known(label)):
        label = page[1].decode()
    whole = body
    if (text := _plain_utf8(body, label)) is None:
        text = decode_feed(body, f"text/html; charset={label}" if label else None)
        whole = text.encode()
    if any(character in text for character in _NO_CHARACTERS):
        for character in _NO_CHARACTERS:
            text = text.replace(character, "")
        whole = text.encode()
    return _UNUSABLE_REFERENCE.sub(b"", whole.translate(_BREAKS, _UNUSABLE_BYTES))


def _plain_utf8(body: bytes, label: str | None) -> str | None:
    """The text of a page in UTF-8 that claims to be nothing else, as most do: it need not be
    written in UTF-8 again. None of any other."""
    if label is not None and label.lower() not in ("utf-8", "utf8"):
        return None
    if b"\0" in body[:4] or b"<?xml" in body[:1024] or body.startswith(codecs.BOM_UTF8):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _is_known(label: str) -> bool:
    try:
        codecs.lookup(label)
    except LookupError:
        return False
    return True
