"""XML feeds made fit for feedparser: freed of what makes it raise, hang or lose entries.

Everything here is text surgery that leaves the entries of a well-formed document as they were. What
cannot be mended is left to feedparser's own lenient parser.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_FEED_ROOT = re.compile(r"<(?:rss|(?:\w+:)?rdf|(?:\w+:)?feed|channel|urlset)[\s>]", re.IGNORECASE)
_FEED_START = re.compile(r"<\?xml\s|<(?:rss|rdf:rdf|feed)[\s>]", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.\-]*(?::[\w.\-]+)?)")
_PROLOG_PART = re.compile(
    r"[\s\ufeff]+|<\?.*?\?>|<!--.*?-->|(?P<doctype><!DOCTYPE[^\[>]{0,2000}"
    r"(?:\[(?:[^\]\"'<]|\"[^\"]*\"|'[^']*'|<!--.*?-->|<)*+\]\s*)?>)",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"<!ENTITY\s+([\w.\-]{1,40})\s+(?:\"([^\"]{0,200})\"|'([^']{0,200})')\s*>")
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:#(?P<digits>[0-9]+|[xX][0-9A-Fa-f]+);?|(?P<name>[A-Za-z][\w.\-]{0,40});)?",
    re.DOTALL,
)
_SURROGATE_PAIR = re.compile(
    r"&#(?:x(d[89ab][0-9a-f]{2})|(5[5-6]\d{3}));&#(?:x(d[c-f][0-9a-f]{2})|(5[6-7]\d{3}));", re.I
)
_XML_ENTITIES = frozenset({"lt", "gt", "amp", "quot", "apos"})
_REPLACEMENT = "\ufffd"
# feedparser looks for e-mail addresses in names with an expression that takes quadratic time.
_LONG_NAME = re.compile(
    r"(<(?:\w+:)?(?:author|creator|managingEditor|webMaster|publisher|name|email)\b[^<>]{0,500}>"
    r"(?:<!\[CDATA\[)?[^<]{1000})[^<]+",
    re.IGNORECASE,
)
# What reads attributes takes quadratic time for those of one tag.
_LARGE_TAG = re.compile(r"(<[A-Za-z_][\w.:\-]{0,100})[^<>]{20000,}?(/?)(?=>)")
_MOST_ATTRIBUTES = 1000
_RUN_OF_OPENINGS = re.compile(r"<[<\s]{15,}(?=<)")
_OF_SUBSTANCE = re.compile(r"<(?:html|item|entry)\b", re.IGNORECASE)
_ENTRY_START = re.compile(rb"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)

_AT_THE_END = frozenset({
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
})  # fmt: skip
_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
_AFTER_THE_END = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """An XML document that feedparser can be given.

    `body` is UTF-8 with its declaration, and empty when not one entry of a truncated document is
    complete. `root` is the root element's name in lower case and without prefix ("" when there is
    no element). `truncated`: the end was missing, and what followed the last complete entry was cut
    off. `overlong`: entries beyond the limit were cut off. `well_formed` is false where only a
    lenient parser can read it.
    """

    body: bytes
    root: str
    truncated: bool
    overlong: bool
    well_formed: bool


def repair_xml(text: str, *, max_entries: int) -> FeedDocument:
    """Mend what can be mended, and cut off what is incomplete or follows `max_entries` entries."""
    text = _LONG_NAME.sub(r"\1", _from_its_root(_ILLEGAL.sub("", text)))
    text = _LARGE_TAG.sub(_thinned, text)
    survey = _Survey(text, max_entries)
    if survey.error not in (0, _AFTER_THE_END, *_AT_THE_END):
        text = _RUN_OF_OPENINGS.sub("&lt;", _mend_references(text, {}))
        survey = _Survey(text, max_entries)
    if survey.error in _AT_THE_END and _goes_on(survey):
        text = _mend_references(_without_open_section(text), {})
        survey = _Survey(text, max_entries)
    if survey.error == _AFTER_THE_END and not _ENTRY_START.search(survey.body, survey.error_at):
        whole = survey.body[: survey.error_at].decode("utf-8", "ignore")
        survey = _Survey(whole, max_entries)
    first = _ROOT.search(text)
    name = survey.root or (first[1] if first else "")
    truncated = survey.error != 0 and not _has_its_end(survey, name)
    overlong = survey.limit_end is not None
    if survey.limit_end:
        body, truncated = survey.up_to(survey.limit_end), False
    elif not truncated:
        body = survey.body
    elif survey.error in _AT_THE_END and not _goes_on(survey):
        body = survey.up_to(survey.last_end) if survey.last_end else b""
    else:
        body = _up_to_last_entry(survey.body)
    return FeedDocument(
        body=b"<?xml version='1.0' encoding='utf-8'?>\n" + body if body else b"",
        root=name.rpartition(":")[2].lower(),
        truncated=truncated,
        overlong=overlong,
        well_formed=survey.error == 0,
    )


def _has_its_end(survey: _Survey, root: str) -> bool:
    """Whether the root's end tag is there. Where expat reached the end of the document inside
    something (a CDATA section, say) it must be the last thing, or it is that section's text."""
    end = f"</{root}".lower().encode()
    if survey.error in _AT_THE_END:
        return end in survey.body.rstrip()[-len(end) - 2 :].lower()
    return end in survey.body.lower()


def _goes_on(survey: _Survey) -> bool:
    """Whether entries end behind the last one that expat saw: then a comment or CDATA section was
    left open and swallowed them."""
    own = survey.last_end.at + 1 if survey.last_end else 0
    return _ENTRY_END.search(survey.body, own) is not None


def _thinned(match: re.Match[str]) -> str:
    """A tag without its attributes when there are absurdly many. A single long one is a picture."""
    return match[0] if match[0].count("=") <= _MOST_ATTRIBUTES else match[1] + match[2]


def _without_open_section(text: str) -> str:
    for opening, closing in (("<![CDATA[", "]]>"), ("<!--", "-->")):
        at = text.rfind(opening)
        if at >= 0 and closing not in text[at:]:
            text = text[:at] + text[at + len(opening) :]
    return text


def _up_to_last_entry(body: bytes) -> bytes:
    """For a lenient parser, which closes the open elements itself."""
    ends = list(_ENTRY_END.finditer(body))
    return body[: ends[-1].end()] if ends else b""


def _from_its_root(text: str) -> str:
    """The document from its root on, its entities replaced.

    What stands before the root is not needed: blanks, a warning from PHP, comments, style sheets,
    the declaration of an encoding that is no longer true, and the document type.
    """
    root, entities = _prolog(text)
    if not _FEED_ROOT.match(text, root):
        start = _FEED_START.search(text, root, root + 20_000)
        if start and not _OF_SUBSTANCE.search(text, root, start.start()):
            root, entities = _prolog(text, start.start())
    text = text[root:]
    return _mend_references(text, entities) if entities else text


def _prolog(text: str, position: int = 0) -> tuple[int, dict[str, str]]:
    """Where the root element (or whatever comes instead) begins, and the entities declared."""
    entities: dict[str, str] = {}
    while part := _PROLOG_PART.match(text, position):
        if part["doctype"]:
            entities = _plain_entities(part[0])
        position = part.end()
    return position, entities


def _plain_entities(doctype: str) -> dict[str, str]:
    """Entities that do not refer to others and are short: the rest is how a small document grows
    into a huge one."""
    return {
        name: html.unescape(double or single)
        for name, double, single in _ENTITY.findall(doctype)
        if not re.search(r"&(?!#)|%", double or single)
    }


def _mend_references(text: str, entities: dict[str, str]) -> str:
    """Outside CDATA: named entities as characters, impossible ones as U+FFFD, bare '&' escaped."""
    if "&" not in text:
        return text

    def mended(match: re.Match[str]) -> str:
        if not match[0].startswith("&"):
            return match[0]
        if digits := match["digits"]:
            return _character(digits)
        name = match["name"]
        if not name:
            return "&amp;"
        if name in _XML_ENTITIES:
            return match[0]
        value = entities.get(name) or html5.get(name + ";")
        return html.escape(value) if value else "&amp;" + match[0][1:]

    return _REFERENCE.sub(mended, _SURROGATE_PAIR.sub(_joined, text))


def _character(digits: str) -> str:
    """A character reference that XML allows, or U+FFFD."""
    hexadecimal = digits[0] in "xX"
    plain = digits.lstrip("xX0") or "0"
    if len(plain) > 7:
        return _REPLACEMENT
    code = int(plain, 16 if hexadecimal else 10)
    legal = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    if legal or 0x10000 <= code <= 0x10FFFF:
        return f"&#{code};"
    return "" if code < 0x20 else _REPLACEMENT


def _joined(match: re.Match[str]) -> str:
    """Two references that are the halves of one character, as careless software writes emoji."""
    high = int(match[1], 16) if match[1] else int(match[2])
    low = int(match[3], 16) if match[3] else int(match[4])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


@dataclass(frozen=True, slots=True)
class _EntryEnd:
    """Where an entry's end tag begins (an offset in bytes), and the elements still open there."""

    at: int
    open_elements: tuple[str, ...]


class _Survey:
    """What one pass of expat over a document tells.

    `error` is expat's code (0: well-formed) and `error_at` its offset in `body`. `last_end` is the
    end of the last complete entry, `limit_end` that of the last one allowed, when more follow.
    """

    def __init__(self, text: str, max_entries: int) -> None:
        self.body = text.encode("utf-8", "replace")
        self.root = ""
        self.error = 0
        self.error_at = 0
        self.last_end: _EntryEnd | None = None
        self.limit_end: _EntryEnd | None = None
        self._max_entries = max_entries
        self._entries = 0
        self._open: list[str] = []
        self._entry_depth = 0
        self._run()

    def up_to(self, end: _EntryEnd) -> bytes:
        """The document up to that end, with the open elements closed."""
        after = self.body.find(b">", end.at) + 1
        closing = "".join(f"</{name}>" for name in reversed(end.open_elements))
        return self.body[:after] + closing.encode()

    def _run(self) -> None:
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        try:
            self._parser.Parse(self.body, True)
        except expat.ExpatError as error:
            if error.code == _NO_MEMORY:
                raise MemoryError from error
            self.error = error.code
            self.error_at = self._parser.ErrorByteIndex
        finally:
            # The handlers are bound methods: a cycle that would keep the document alive.
            del self._parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self.root = name
        self._open.append(name)
        if not self._entry_depth and self._is_entry(name):
            self._entry_depth = len(self._open)
            if self._entries == self._max_entries and self.limit_end is None:
                self.limit_end = self.last_end

    def _end(self, name: str) -> None:
        if len(self._open) == self._entry_depth:
            self._entry_depth = 0
            self._entries += 1
            self.last_end = _EntryEnd(self._parser.CurrentByteIndex, tuple(self._open[:-1]))
        self._open.pop()

    def _is_entry(self, name: str) -> bool:
        local = name.rpartition(":")[2].lower()
        return local in ("item", "entry") or (local == "url" and self.root.endswith("urlset"))
