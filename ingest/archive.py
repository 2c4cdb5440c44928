"""Raw pages kept as WARC 1.1 files: one new file per run, one gzip member per page.

A file is never reopened for writing, since a torn gzip member hides what follows it from most
readers. Each page is a ``response`` record, after one ``warcinfo`` record. What is particular:

- The body is stored decoded. Headers that spoke of its encoded form are kept under ``X-Crawl-``
  names, as Common Crawl does, and a ``Content-Length`` for the stored body is added: replay tools
  get a valid message, and `read_page` gives the original headers back.
- ``WARC-Target-URI`` is the URL that was asked for. Where redirects led elsewhere, the extension
  field ``WARC-X-Final-URI`` has the URL that answered; the redirects themselves are not stored.
- Headers that may carry a secret are left out, and userinfo is cut from URLs.
- Header text is stored as it came through the wire (`http.client` reads it as Latin-1); it is read
  as UTF-8 where it is valid UTF-8, and as Latin-1 elsewhere.
"""

from __future__ import annotations

import errno
import fcntl
import io
import logging
import os
import re
import threading
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from fastwarc import WarcRecord, WarcRecordType
from isal import isal_zlib

from ingest.errors import DiskFull, StorageError
from ingest.types import ArchivePlace, RawPage

log = logging.getLogger("wirecopy.archive")

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
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ArchiveDamaged(StorageError):
    """A raw page cannot be read back: its file is missing, or changed since it was written."""


class ArchiveWriter:
    """Writes one archive file; a context manager that makes all durable at its end.

    The file is created by the first `append`, so that a run without pages leaves none. Threads may
    append at once.
    """

    def __init__(self, folder: Path, *, name: str) -> None:
        """`name` is a new file name that ends in ``.warc.gz``. Raises `FileExistsError`."""
        if Path(name).name != name or not name.endswith(".warc.gz"):
            raise ValueError(f"not the name of an archive file: {name!r}")
        self._path = folder / name
        if self._path.exists():
            raise FileExistsError(errno.EEXIST, "archive files are never reopened", name)
        self._info_id = f"<urn:uuid:{uuid.uuid4()}>"
        self._lock = threading.Lock()
        self._file: int | None = None
        self._size = self._durable_size = 0
        self._usable = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, page: RawPage) -> ArchivePlace:
        """Write a page. It is durable after the next `sync`.

        Raises `DiskFull` or `StorageError`; the file then still ends with the page before.
        """
        member = _compressed(_response(page, self._info_id))
        with self._lock:
            if not self._usable:
                raise StorageError(f"The archive file {self._path.name} is closed.")
            if self._file is None:
                self._file = self._create()
            if not self._size:
                info = _warcinfo(self._path.name, self._info_id, page.fetched_at)
                self._write(self._file, _compressed(info))
            place = ArchivePlace(file=self._path.name, offset=self._size, length=len(member))
            self._write(self._file, member)
            return place

    def sync(self) -> None:
        """Make all that was appended durable. Raises `DiskFull` or `StorageError`."""
        with self._lock:
            if self._file is None or self._durable_size == self._size:
                return
            try:
                flush_to_disk(self._file)
                if not self._durable_size:
                    # The file's name, and that of a folder made just before.
                    flush_folder(self._path.parent)
                    flush_folder(self._path.parent.parent)
            except OSError as error:
                # What a failed fsync has lost cannot be known, and the next one would not say.
                self._usable = False
                raise unwritable(self._path, error) from error
            self._durable_size = self._size

    def close(self) -> None:
        """`sync`, and accept no more pages."""
        try:
            self.sync()
        finally:
            with self._lock:
                self._usable = False
                if self._file is not None:
                    os.close(self._file)
                    self._file = None

    def _create(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        try:
            return os.open(self._path, flags, 0o644)
        except FileExistsError:
            raise
        except OSError as error:
            raise unwritable(self._path, error) from error

    def _write(self, file: int, member: bytes) -> None:
        rest = memoryview(member)
        try:
            while rest:
                rest = rest[os.write(file, rest) :]
        except OSError as error:
            self._usable = _cut(file, self._size)
            raise unwritable(self._path, error) from error
        self._size += len(member)


def read_page(folder: Path, place: ArchivePlace) -> RawPage:
    """The page that lies there, as it was appended (secrets apart). Raises `ArchiveDamaged`."""
    if Path(place.file).name != place.file:
        raise ValueError(f"not the name of an archive file: {place.file!r}")
    try:
        with open(folder / place.file, "rb") as file:
            inflated = inflate(file, place.offset)
    except OSError as error:
        raise _damaged(place.file, place.offset, error.strerror or "unreadable") from error
    if inflated is None or inflated[1] != place.length:
        raise _damaged(place.file, place.offset, "the record was changed or cut off")
    page = page_of_record(inflated[0], place.file, place.offset)
    if page is None:
        raise _damaged(place.file, place.offset, "the record is not a page")
    return page


def place_of(folder: Path, file: str, offset: int) -> ArchivePlace:
    """The place of the page that begins there. Raises `ArchiveDamaged`."""
    with open(folder / file, "rb") as opened:
        inflated = inflate(opened, offset)
    if inflated is None:
        raise _damaged(file, offset, "the record was changed or cut off")
    return ArchivePlace(file, offset, inflated[1])


def iter_pages(path: Path) -> Iterator[tuple[int, RawPage]]:
    """All pages of an archive file, each with its offset.

    A record cut off at the end, as a crash leaves it, ends the file. A damaged one elsewhere is
    skipped and logged as ``archive.damaged``: one bad byte must not cost what follows it. Raises
    `ArchiveDamaged` when the file cannot be read at all.
    """
    try:
        with open(path, "rb") as file:
            for offset, record in _records(file, path.name):
                try:
                    page = page_of_record(record, path.name, offset)
                except ArchiveDamaged as error:
                    log.warning("archive.damaged", extra={"file": path.name, "offset": offset})
                    log.debug("archive.unreadable_record", extra={"error": error.message})
                    continue
                if page:
                    yield offset, page
    except OSError as error:
        raise _damaged(path.name, 0, error.strerror or "unreadable") from error


def end_of_records(path: Path) -> int | None:
    """Where the last whole record of an archive file ends; None when a record before it is damaged.

    Raises `ArchiveDamaged` when the file cannot be read at all.
    """
    offset = 0
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            while offset < size and (inflated := inflate(file, offset, most=0)):
                offset += inflated[1]
            return offset if offset == size or next_record(file, offset + 1) is None else None
    except OSError as error:
        raise _damaged(path.name, 0, error.strerror or "unreadable") from error


def _response(page: RawPage, info_id: str) -> WarcRecord:
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


def _warcinfo(name: str, info_id: str, now: datetime) -> WarcRecord:
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


def _compressed(record: WarcRecord) -> bytes:
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
        raise _damaged(file, offset, str(error)) from error
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")  # as in WARC/1.0's own example
    if not url or status is None or record.record_date is None:
        raise _damaged(file, offset, "no URL, no status or no date")
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


def _records(file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """The contents of all undamaged gzip members, each with its offset."""
    offset: int | None = 0
    size = os.fstat(file.fileno()).st_size
    while offset is not None and offset < size:
        if inflated := inflate(file, offset):
            yield offset, inflated[0]
            offset += inflated[1]
            continue
        following = next_record(file, offset + 1)
        event = "archive.torn_end" if following is None else "archive.damaged"
        log.warning(event, extra={"file": name, "offset": offset})
        offset = following


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


def flush_to_disk(file: int) -> None:
    """Make what was written to an open file durable."""
    if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: its fsync leaves data in the drive's cache
        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    else:
        os.fsync(file)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut(file: int, size: int) -> bool:
    """Take back a write that failed half-way. Returns whether that succeeded."""
    try:
        os.ftruncate(file, size)
    except OSError:
        return False
    return True


def unwritable(path: Path, error: OSError) -> StorageError:
    """What to raise when an archive file cannot be written."""
    reason = error.strerror or "unknown error"
    if error.errno in _NO_SPACE:
        return DiskFull(
            f"No space is left for the archive file {path.name} ({reason}): free some and run"
            " again; what was stored before is kept."
        )
    return StorageError(f"The archive file {path} cannot be written: {reason}.")


def _damaged(file: str, offset: int, reason: str) -> ArchiveDamaged:
    return ArchiveDamaged(
        f"The archive file {file} cannot be read at byte {offset}: {reason}. Its other pages are"
        " not affected; restore the file from a backup, or have the page fetched again."
    )
