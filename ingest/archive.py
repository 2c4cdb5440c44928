"""Raw pages kept as WARC 1.1 files: one new file per run, one gzip member per page.

A file is never reopened for writing, since a torn gzip member hides what follows it from most
readers. Each page is a ``response`` record, after one ``warcinfo`` record.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ingest.archive_records import (
    ArchiveDamaged,
    compressed,
    damaged,
    inflate,
    next_record,
    page_of_record,
    response_record,
    warcinfo_record,
)
from ingest.errors import DiskFull, StorageError
from ingest.types import ArchivePlace, RawPage

log = logging.getLogger("wirecopy.archive")

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
        member = compressed(response_record(page, self._info_id))
        with self._lock:
            if not self._usable:
                raise StorageError(f"The archive file {self._path.name} is closed.")
            if self._file is None:
                self._file = self._create()
            if not self._size:
                info = warcinfo_record(self._path.name, self._info_id, page.fetched_at)
                self._write(self._file, compressed(info))
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
        raise damaged(place.file, place.offset, error.strerror or "unreadable") from error
    if inflated is None or inflated[1] != place.length:
        raise damaged(place.file, place.offset, "the record was changed or cut off")
    page = page_of_record(inflated[0], place.file, place.offset)
    if page is None:
        raise damaged(place.file, place.offset, "the record is not a page")
    return page


def place_of(folder: Path, file: str, offset: int) -> ArchivePlace:
    """The place of the page that begins there. Raises `ArchiveDamaged`."""
    with open(folder / file, "rb") as opened:
        inflated = inflate(opened, offset)
    if inflated is None:
        raise damaged(file, offset, "the record was changed or cut off")
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
        raise damaged(path.name, 0, error.strerror or "unreadable") from error


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
        raise damaged(path.name, 0, error.strerror or "unreadable") from error


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
