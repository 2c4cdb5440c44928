"""Pages out of WARC files: our own archives, Common Crawl's CC-NEWS, and what other crawlers write.

A shard is a run of bytes of a file: the records that begin in it. The first of them is found by
its gzip magic and ``WARC/1.``, so that no index is needed and a large file is taken up anywhere.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader

from ingest.archive_records import ArchiveDamaged, inflate, next_record, page_of_record
from ingest.errors import ConfigurationError, RecordDamaged, TooLarge
from ingest.fetching.bodies import BodyDamaged, BodyOverflow, decoded
from ingest.types import PlannedShard, RawPage

SHARD_BYTES = 1 << 20
"""Of a compressed file: 50 to 100 news pages with their requests and metadata."""

PLAIN_SHARD_BYTES = 8 << 20
"""Of a file that is not compressed."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_PLAIN_START = re.compile(rb"(?:^|\r\n\r\n)(WARC/1\.\d\r?\n)")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"(?im)^content-length:\s*(\d+)\s*$")
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}(?:;[^\r\n]*)?\r\n")
_HEADERS_MOST = 1 << 16
_WINDOW = 1 << 20
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Record:
    """A page in a WARC file and where it lies, or what is wrong with the record there."""

    file: Path
    offset: int
    length: int
    page: RawPage | RecordDamaged | TooLarge


def plan_records(pattern: str) -> Iterator[PlannedShard]:
    """The shards of the WARC files that a path or glob pattern names, `**` included.

    Raises ConfigurationError when it names none, or one that cannot be read record by record.
    """
    files = sorted(Path(name).absolute() for name in glob(pattern, recursive=True))
    files = [file for file in files if file.is_file()]
    if not files:
        raise ConfigurationError(f"warc:{pattern} names no file: check the path or the pattern.")
    for file in files:
        yield from _plan_file(file)


def _plan_file(file: Path) -> Iterator[PlannedShard]:
    try:
        size = file.stat().st_size
        step = SHARD_BYTES if _is_compressed(file) else PLAIN_SHARD_BYTES
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None
    for start in range(0, size, step):
        end = min(start + step, size)
        plan = {"kind": "records", "file": str(file), "start": start, "end": end}
        yield PlannedShard(f"{file}:{start}-{end}", json.dumps(plan), bytes=end - start)


def _is_compressed(file: Path) -> bool:
    with file.open("rb") as opened:
        magic = opened.read(4)
        if magic.startswith(_GZIP_MAGIC):
            first = inflate(opened, 0, most=_HEADERS_MOST)
            if first and _holds_more(first[0]):
                raise ConfigurationError(
                    f"{file} is compressed as a whole, not record by record, so it cannot be "
                    "resumed in the middle. Unpack it with gunzip, and name the result."
                )
            return True
    if magic == _ZSTD_MAGIC:
        raise ConfigurationError(f"{file} is compressed with zstd. Unpack it with `zstd -d`.")
    if magic and not magic.startswith(b"WARC"):
        raise ConfigurationError(f"{file} is no WARC file.")
    return False


def _holds_more(start: bytes) -> bool:
    """Whether a second record follows within a member that begins so."""
    header = _HEADER_END.search(start)
    length = _LENGTH.search(start, 0, header.start()) if header else None
    if header is None or length is None:
        return False
    rest = start[header.end() + int(length[1]) :]
    return rest.lstrip(b"\r\n").startswith(b"WARC/1.")


def read_records(plan: Mapping[str, object], *, max_bytes: int) -> Iterator[Record]:
    """The HTML pages of a shard that were answered with 200, and what is damaged.

    Requests, metadata, revisits (which have no body of their own) and other media are passed over.
    A page of more than `max_bytes` is TooLarge. A damaged record costs none but itself. Raises
    ConfigurationError when the file has gone.
    """
    file, start, end = Path(str(plan["file"])), _int(plan["start"]), _int(plan["end"])
    try:
        with file.open("rb") as opened:
            compressed = opened.read(2) == _GZIP_MAGIC
            members = _members if compressed else _plain_records
            for offset, length, data in members(opened, start, end, max_bytes + _HEADERS_MOST):
                if data is None:
                    yield Record(file, offset, length, _damaged(file, offset, opened))
                    continue
                page = _page(data, file, offset, max_bytes)
                if page is not None:
                    yield Record(file, offset, length, page)
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror or error}. Put it back, and start again."
        ) from error


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _damaged(file: Path, offset: int, opened: BinaryIO) -> RecordDamaged:
    at_end = next_record(opened, offset + 1) is None
    why = "is cut off at the end of the file: was it downloaded whole?" if at_end else "is damaged"
    return RecordDamaged(f"The record {why}", url=f"{file}:{offset}")


def _members(
    file: BinaryIO, start: int, end: int, most: int
) -> Iterator[tuple[int, int, bytes | None]]:
    """Offset, length and content of the gzip members that begin from `start` to `end`; None for the
    content of a damaged one."""
    offset = next_record(file, start, end) if start else 0
    while offset is not None and offset < end:
        member = inflate(file, offset, most=most)
        if member is None:
            yield offset, 0, None
            offset = next_record(file, offset + 1, end)
        else:
            yield offset, member[1], member[0]
            offset += member[1]


def _plain_records(
    file: BinaryIO, start: int, end: int, most: int
) -> Iterator[tuple[int, int, bytes | None]]:
    """The same for records that are not compressed."""
    size = os.fstat(file.fileno()).st_size
    offset = _next_plain(file, start, end) if start else 0
    while offset is not None and offset < end:
        file.seek(offset)
        head = file.read(_HEADERS_MOST)
        header = _HEADER_END.search(head) if head.startswith(b"WARC/1.") else None
        stated = _LENGTH.search(head, 0, header.start()) if header else None
        length = header.end() + int(stated[1]) if header and stated else 0
        if not length or offset + length > size:
            yield offset, 0, None
            offset = _next_plain(file, offset + 1, end)
            continue
        file.seek(offset)
        yield offset, length, file.read(min(length, most))
        file.seek(offset + length)
        after = file.read(8)
        offset += length + len(after) - len(after.lstrip(b"\r\n"))


def _next_plain(file: BinaryIO, offset: int, end: int) -> int | None:
    """Where the first record begins, at `offset` or after, before `end`."""
    at = max(offset - 4, 0)
    while at < end:
        file.seek(at)
        window = file.read(_WINDOW)
        for match in _PLAIN_START.finditer(window):
            found = at + match.start(1)
            if found >= offset and (match.start() or not at):
                return found if found < end else None
        if len(window) < _WINDOW:
            return None
        at += len(window) - 16
    return None


def _page(
    data: bytes, file: Path, offset: int, max_bytes: int
) -> RawPage | RecordDamaged | TooLarge | None:
    place = f"{file}:{offset}"
    if not data.startswith(b"WARC/1."):
        return RecordDamaged("This is no WARC record.", url=place)
    try:
        page = page_of_record(data, file.name, offset)
    except (ArchiveDamaged, ValueError) as error:
        return RecordDamaged(f"The record cannot be read: {error}", url=place)
    media_type = (page.header("content-type") or "text/html") if page else ""
    if page is None or page.status != 200:
        return None
    if media_type.partition(";")[0].strip().lower() not in _HTML:
        return None
    try:
        body = stored_body(page, max_bytes)
    except BodyOverflow:
        return TooLarge(f"The page is larger than {max_bytes:,} bytes.", url=page.url)
    except BodyDamaged as error:
        return RecordDamaged(f"The page's body cannot be read: {error}", url=place)
    return replace(page, body=body)


def stored_body(page: RawPage, max_bytes: int) -> bytes:
    """The body without transfer and content encoding, whether or not the crawler that stored it
    had taken these off: headers say what they said on the wire, so the bytes are looked at.

    Raises BodyOverflow for more than `max_bytes`, BodyDamaged.
    """
    body = page.body
    if "chunked" in (page.header("transfer-encoding") or "").lower():
        body = _unchunked(body)
    encoding = (page.header("content-encoding") or "").strip().lower()
    if body.startswith(_GZIP_MAGIC):
        body = b"".join(decoded([body], "gzip", max_bytes))
    elif encoding == "br" and body.lstrip()[:1] != b"<":
        body = _unbrotlied(body, max_bytes)
    elif encoding == "deflate" and body.lstrip()[:1] != b"<":
        body = b"".join(decoded([body], "deflate", max_bytes))
    if len(body) > max_bytes:
        raise BodyOverflow
    return body


def _unchunked(body: bytes) -> bytes:
    """The chunks put together; `body` itself when it is not in chunks."""
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[0].partition(b";")[0], 16)
        if not length:
            return b"".join(parts)
        parts.append(body[size.end() : size.end() + length])
        at = size.end() + length + 2
    return b"".join(parts) if parts and at >= len(body) else body


def _unbrotlied(body: bytes, max_bytes: int) -> bytes:
    """The text that was compressed; `body` itself when it was not, which nothing in it tells."""
    try:
        text = BrotliReader(io.BytesIO(body)).read(max_bytes + 1)
    except OSError:
        return body
    return bytes(text) or body
