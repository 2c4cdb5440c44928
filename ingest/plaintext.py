"""Feed titles and summaries as plain text, in time that no input can stretch.

Not for article pages: those go through extraction. What comes in here is a line or a paragraph of
HTML or text, and nobody has said which.
"""

from __future__ import annotations

import html
import re
import unicodedata

_MAX_MARKUP = 500_000
"""Characters of markup looked at when the caller wants all of the text."""
_MARKUP_PER_CHARACTER = 12
"""Markup looked at per character wanted; news feeds carry about five per character of text."""

# Tags that end a word. All others ("inline") vanish without a trace, so that <b>M</b>ost is Most.
_BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center",
    "dd", "details", "dialog", "dir", "div", "dl", "dt", "embed", "fieldset", "figcaption",
    "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hgroup", "hr", "html", "iframe", "img", "input", "legend", "li", "link", "main",
    "menu", "meta", "nav", "noscript", "object", "ol", "optgroup", "option", "p", "picture", "pre",
    "script", "search", "section", "select", "source", "style", "summary", "svg", "table", "tbody",
    "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr", "ul", "video", "audio",
})  # fmt: skip
_INLINE_TAGS = frozenset({
    "a", "abbr", "acronym", "area", "b", "base", "basefont", "bdi", "bdo", "big", "blink", "canvas",
    "circle", "cite", "code", "col", "colgroup", "data", "datalist", "defs", "del", "dfn", "em",
    "ellipse", "font", "g", "i", "ins", "kbd", "label", "line", "map", "mark", "marquee", "math",
    "meter", "nobr", "noembed", "output", "param", "path", "polygon", "polyline", "progress", "q",
    "rect", "rp", "rt", "ruby", "s", "samp", "slot", "small", "span", "strike", "strong", "sub",
    "sup", "time", "track", "tt", "u", "use", "var", "wbr", "xmp",
})  # fmt: skip

# Bounded at every repetition: a tag that is not closed within these lengths is text. Attribute
# values may hold '>', but not '<', which makes every failed start stop at the next one.
_TAG = re.compile(
    r"""</?([a-zA-Z][a-zA-Z0-9:_\-]{0,40})(?=[\s/>])"""
    r"""(?>[^<>"']{1,4000}|"[^"<]{0,4000}"|'[^'<]{0,4000}'){0,200}+[^<>]{0,4000}>"""
)
# A summary cut off by its length, in the middle of a tag.
_CUT_TAG = re.compile(r"""<[a-zA-Z][a-zA-Z0-9]{0,20}\s[a-zA-Z\-]{1,40}=["'][^<>]{0,4000}\Z""")
_UNSHOWN = re.compile(r"<(!--|script(?=[\s>/])|style(?=[\s>/])|!\[CDATA\[)", re.IGNORECASE)
_UNSHOWN_END = {
    "!--": re.compile("-->"),
    "script": re.compile(r"</script[^<>]{0,99}>", re.IGNORECASE),
    "style": re.compile(r"</style[^<>]{0,99}>", re.IGNORECASE),
    "![cdata[": re.compile(r"\]\]>"),
}
# html.unescape converts any number of digits, which Python refuses beyond 4,300.
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")
_DECLARATION = re.compile(r"<(?:!doctype|\?xml)[^<>]{0,2000}>", re.IGNORECASE)

# Not shown or able to change what is shown: controls, soft hyphen, zero-width and bidirectional
# formatting characters, interlinear and tag characters, lone surrogates and non-characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]+"
)
# Joiners belong to the spelling in Persian, Indic scripts and emoji, and to nothing in ASCII.
_STRAY_JOINER = re.compile(
    "(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])"
    "|[\u200c\u200d](?=[\u200c\u200d])"
)
# Normalising sorts a run of combining marks in quadratic time; no script piles up this many.
_MARK_RUN = re.compile(r"[^\w\s\x00-\x7f]{32,}")
_MAX_MARKS = 8


def plain_text(markup_or_text: str, limit: int | None = None) -> str:
    """The text that a reader would see, on one line.

    HTML tags, comments, scripts and styles go; ``a < b`` and ``<unknown>`` stay; entities are
    decoded, also where the feed escaped twice; invisible, control and bidirectional formatting
    characters and lone surrogates go; white space is folded; the rest is in Unicode's form NFC.
    `limit` is the largest number of characters returned.
    """
    enough = (
        _MAX_MARKUP if limit is None else min(_MAX_MARKUP, 2000 + _MARKUP_PER_CHARACTER * limit)
    )
    text = markup_or_text[:enough]
    if len(markup_or_text) > enough and text.rfind("<") > text.rfind(">"):
        # Our own cut went through a tag.
        text = text[: text.rfind("<")]
    # Twice, because feeds that escape their HTML once too often are common; thrice is unheard of.
    for _ in range(2):
        if "<" in text:
            text = _without_tags(text)
        if "&" not in text:
            break
        text = html.unescape(_HUGE_REFERENCE.sub("\ufffd", text))
    else:
        text = _without_tags(text)
    if not text.isascii() or not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = _STRAY_JOINER.sub("", text)
        text = unicodedata.normalize("NFC", _MARK_RUN.sub(_fewer_marks, text))
    text = " ".join(text.split())
    return text if limit is None else text[:limit].rstrip()


def _without_tags(text: str) -> str:
    if _UNSHOWN.search(text):
        text = _without_unshown(text)
    return _CUT_TAG.sub("", _TAG.sub(_tag_as_text, _DECLARATION.sub(" ", text)))


def _tag_as_text(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name in _BLOCK_TAGS:
        return " "
    # Custom elements have a hyphen, foreign ones (<o:p>) a colon. All else is somebody's text.
    return "" if name in _INLINE_TAGS or "-" in name or ":" in name else match[0]


def _without_unshown(text: str) -> str:
    """Without comments, scripts and styles; the content of CDATA sections stays."""
    kept: list[str] = []
    position = 0
    never_ends: set[str] = set()
    while opening := _UNSHOWN.search(text, position):
        kept.append(text[position : opening.start()])
        position = opening.end()
        kind = opening[1].lower()
        # Looked for once: an end that is not there now will not be there further on.
        end = None if kind in never_ends else _UNSHOWN_END[kind].search(text, position)
        if end is None:
            never_ends.add(kind)
            kept.append("" if kind.startswith("!") else text[opening.start() : position])
            continue
        if kind == "![cdata[":
            kept.append(text[position : end.start()])
        kept.append(" ")
        position = end.end()
    kept.append(text[position:])
    return "".join(kept)


def _fewer_marks(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in match[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)
