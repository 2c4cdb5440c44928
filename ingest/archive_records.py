"""Pages as WARC records, each a gzip member. What is particular:

- The body is stored decoded. Headers that spoke of its encoded form are kept under ``X-Crawl-``
  names, as Common Crawl does, and a ``Content-Length`` for the stored body is added: replay tools
  get a valid message, and `page_of_record` gives the original headers back.
- ``WARC-Target-URI`` is the URL that was asked for. Where redirects led elsewhere, the extension
  field ``WARC-X-Final-URI`` has the URL that answered; the redirects themselves are not stored.
- Headers that may carry a secret are left out, and userinfo is cut from URLs.
- Header text is stored as it came through the wire (`http.client` reads it as Latin-1); it is read
  as UTF-8 where it is valid UTF-8, and as Latin-1 elsewhere.
"""

from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import BinaryIO

from fastwarc import WarcRecord, WarcRecordType
from isal import isal_zlib

from ingest.errors import StorageError
from ingest.types import RawPage

_COMPRESSION_LEVEL = 2
"""Of 0 to 3. Real news pages (288 kB on average) take 0.4 ms and 62 kB each. 3 takes 0.9 ms and 60
kB, 1 and 0 save no time; zlib's own level 4 takes 2.6 ms and 57 kB."""

_FINAL_URI = "WARC-X-Final-URI"
_ORIGINAL = "X-Crawl-"
_ABOUT_ENCODED_BODY = {"content-encoding", "content-length", "transfer-encoding", "connection"}
_SECRET_HEADER = re.compile(
    r"cookie|authori[sz]|authenticat|token|secret|passw|api-?key|session", re.IGNORECASE
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, "token"
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_USERINFO = re.compile(r"""(https?:[/\\]*)[^/?#\\\s"'<>]*@""", re.IGNORECASE)

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b\x08"
_WARC_MAGIC = b"WARC/1."
_CHUNK = 1 << 16
_INFLATED = 1 << 20  # bytes that one step may give


class ArchiveDamaged(StorageError):
    """A raw page cannot be read back: its file is missing, or changed since it was written."""


def response_record(page: RawPage, info_id: str) -> WarcRecord:
    """The record of a page, in the file whose `warcinfo` has that id."""
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    if page.fetched_at.tzinfo is None:
        raise ValueError("fetched_at has no time zone")
    record.record_date = page.fetched_at.astimezone(UTC)
    record.is_http = True
    url, final_url = _without_secrets(page.url), _without_secrets(page.final_url)
    record.headers["WARC-Target-URI"] = url
    if final_url != url:
        record.headers[_FINAL_URI] = final_url
    record.headers["WARC-Warcinfo-ID"] = info_id
    record.set_bytes_content(_http_head(page) + page.body)
    return record


def _http_head(page: RawPage) -> bytes:
    try:
        reason = HTTPStatus(page.status).phrase
    except ValueError:
        reason = ""
    lines = [f"HTTP/1.1 {page.status} {reason}".encode()]
    for name, value in page.headers:
        if _SECRET_HEADER.search(name) or not _HEADER_NAME.fullmatch(name):
            continue
        prefix = _ORIGINAL if name.lower() in _ABOUT_ENCODED_BODY else ""
        lines.append(f"{prefix}{name}: ".encode() + _header_bytes(_without_secrets(value)))
    lines.append(f"Content-Length: {len(page.body)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _header_bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")


def _header_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _without_secrets(text: str) -> str:
    """A URL, or a header that may hold some, without userinfo and on one line."""
    return _USERINFO.sub(r"\1", _CONTROLS.sub(" ", text)).strip()


def warcinfo_record(name: str, info_id: str, now: datetime) -> WarcRecord:
    """What begins a file."""
    record = WarcRecord()
    record.init_headers(WarcRecordType.warcinfo)
    record.record_id = info_id
    record.record_date = now.astimezone(UTC)
    record.headers["WARC-Filename"] = name
    record.headers["Content-Type"] = "application/warc-fields"
    fields = (
        f"software: Wirecopy/{version('wirecopy')}\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/"
        "warc-1.1/\r\n"
        f"description: bodies are decoded, headers about their encoding renamed to {_ORIGINAL}*, "
        f"headers with secrets left out; {_FINAL_URI} is the URL that answered after redirects\r\n"
    )
    record.set_bytes_content(fields.encode())
    return record


def compressed(record: WarcRecord) -> bytes:
    """The record as a gzip member."""
    buffer = io.BytesIO()
    record.write(buffer, checksum_data=True)
    return isal_zlib.compress(buffer.getbuffer(), _COMPRESSION_LEVEL, wbits=_GZIP)


def page_of_record(data: bytes, file: str, offset: int) -> RawPage | None:
    """A record as a page, or None if it is another kind of record. Raises `ArchiveDamaged`."""
    try:
        record = WarcRecord.from_bytes(data)
        if record.record_type != WarcRecordType.response or not record.is_http:
            return None
        record.parse_http(max_header_len=len(data))
        body = record.reader.read()
        status = record.http_headers.status_code
    except OSError as error:
        raise damaged(file, offset, str(error)) from error
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")  # as in WARC/1.0's own example
    if not url or status is None or record.record_date is None:
        raise damaged(file, offset, "no URL, no status or no date")
    return RawPage(
        url=url,
        final_url=record.headers.get(_FINAL_URI) or url,
        status=status,
        headers=_original_headers(record),
        body=body,
        fetched_at=record.record_date.astimezone(UTC),
    )


def _original_headers(record: WarcRecord) -> tuple[tuple[str, str], ...]:
    headers = []
    for raw_name, value in record.http_headers.items_bytes():
        name = raw_name.decode("latin-1")
        original = name.removeprefix(_ORIGINAL)
        if original != name and original.lower() in _ABOUT_ENCODED_BODY:
            name = original
        elif name == "Content-Length":  # ours
            continue
        headers.append((name, _header_text(value)))
    return tuple(headers)


def inflate(file: BinaryIO, offset: int, *, most: int | None = None) -> tuple[bytes, int] | None:
    """The gzip member at `offset` and its length in the file; None if damaged or cut off. Of its
    content at most about `most` bytes are kept, when given.

    The checksum at its end is verified, which fastwarc's own reader of a file leaves undone for a
    member that was cut off.
    """
    inflater = zlib.decompressobj(_GZIP)
    parts, taken, kept = [], 0, 0
    file.seek(offset)
    while not inflater.eof:
        chunk = file.read(_CHUNK)
        if not chunk:
            return None
        taken += len(chunk)
        part = b""
        while not inflater.eof and (chunk or len(part) == _INFLATED):
            try:
                part = inflater.decompress(chunk, _INFLATED)
            except zlib.error:
                return None
            chunk = inflater.unconsumed_tail
            if most is None or kept < most:
                parts.append(part)
                kept += len(part)
    return b"".join(parts), taken - len(inflater.unused_data)


def next_record(file: BinaryIO, offset: int, end: int | None = None) -> int | None:
    """Where the first gzip member with a WARC record begins, at `offset` or after; None when there
    is none before `end`."""
    while end is None or offset < end:
        file.seek(offset)
        chunk = file.read(_CHUNK)
        if len(chunk) < len(_GZIP_MAGIC):
            return None
        found = chunk.find(_GZIP_MAGIC)
        if found < 0:
            offset += len(chunk) - len(_GZIP_MAGIC) + 1
            continue
        offset += found
        file.seek(offset)
        try:
            start = zlib.decompressobj(_GZIP).decompress(file.read(_CHUNK), len(_WARC_MAGIC))
        except zlib.error:
            start = b""
        if start == _WARC_MAGIC:
            return offset if end is None or offset < end else None
        offset += 1
    return None


def damaged(file: str, offset: int, reason: str) -> ArchiveDamaged:
    """What to raise when a record cannot be read."""
    return ArchiveDamaged(
        f"The archive file {file} cannot be read at byte {offset}: {reason}. Its other pages are"
        " not affected; restore the file from a backup, or have the page fetched again."
    )
