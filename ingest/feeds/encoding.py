"""From a feed's bytes to text, by an allow-list of encodings."""

from __future__ import annotations

import codecs
import re

# Encodings that news feeds are written in, by Python's name. Python knows more codecs, some of
# them slow or explosive (punycode, idna, zlib), and UTF-7 smuggles markup past every filter.
_ALLOWED = frozenset({
    "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le",
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u",
    "cp866", "cp874", "mac-roman", "mac-cyrillic", "big5hkscs", "gb18030", "cp932", "euc_jp",
    "iso2022_jp", "cp949",
})  # fmt: skip
# The names that mean more than they say (WHATWG Encoding Standard, section 4.2).
_SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs",
    "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
_OTHER_NAMES = {"x-sjis": "cp932", "x-gbk": "gb18030", "windows-874": "cp874", "utf8mb4": "utf-8"}
# Tried before UTF-8: bytes of these can be valid UTF-8 by accident, or always are.
_MULTIBYTE = frozenset({"big5hkscs", "gb18030", "cp932", "euc_jp", "iso2022_jp", "cp949"})

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# The first characters of a document without a mark (XML 1.0, appendix F; RFC 4627, section 3).
_OPENINGS = (
    (re.compile(rb"[<{]\0\0\0"), "utf-32-le"), (re.compile(rb"\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"[<{\n]\0"), "utf-16-le"), (re.compile(rb"\0[<{\n]"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)  # fmt: skip

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:\-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(
    r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:\-]{1,40})[\"']", re.IGNORECASE
)


def decode_feed(body: bytes, content_type: str | None) -> str:
    """The document as text. Never fails: bytes that make no sense become U+FFFD.

    A byte order mark wins, then the HTTP charset, then the XML declaration; names outside the
    allow-list count as absent. Valid UTF-8 is taken for UTF-8 whatever single-byte encoding is
    declared, because such text is not that by accident while wrong declarations are common.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            return _decode_mixed(rest) if encoding == "utf-8" else rest.decode(encoding, "replace")
    for opening, encoding in _OPENINGS:
        if opening.match(body):
            return body.decode(encoding, "replace")
    declared = [
        allowed
        for found in (
            _CHARSET.search(content_type or ""),
            _DECLARED.search(body[:1024].decode("latin-1")),
        )
        if found and (allowed := _allowed(found[1]))
    ]
    multibyte = [encoding for encoding in declared if encoding in _MULTIBYTE]
    for encoding in (*multibyte, "utf-8"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    if not declared or any(encoding.startswith("utf") for encoding in declared):
        return _decode_mixed(body)
    return body.decode(declared[0], "replace")


def _allowed(name: str) -> str | None:
    """Python's name of an encoding on the allow-list, None for all others."""
    label = name.lower()
    try:
        codec = codecs.lookup(_OTHER_NAMES.get(label, label)).name
    except (LookupError, ValueError):
        return None
    encoding = _SUPERSETS.get(codec, codec)
    return encoding if encoding in _ALLOWED else None


def _decode_mixed(body: bytes) -> str:
    """UTF-8, with the bytes that are not taken for windows-1252: one bad byte spoils no other."""
    text = body.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]+", _western, text)


def _western(match: re.Match[str]) -> str:
    return match[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")
