"""The names of archive files, and which of them are better merged into one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

SUFFIX = ".warc.gz"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-([a-z]+)-([a-z0-9]+)(?:-\d+)*\.warc\.gz")
_TIME = "%Y%m%dT%H%M%SZ"

SMALL_FILE = 64 * 2**20
"""Bytes. A file of this size is left alone: to merge it again would cost more than it saves."""

LARGEST_FILE = 2**30
"""Bytes. Merged files stay below the usual size of a WARC file, one gigabyte (ISO 28500, annex on
file size)."""

SETTLED = timedelta(days=1)
"""Files are merged when their run began so long ago: whoever still reads one has finished."""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file of raw pages. `started_at` is when the run that wrote it, or the last of those whose
    files were merged into it, began."""

    name: str
    size: int
    started_at: datetime
    kind: str
    run_id: str


def file_name(kind: str, run_id: str, *, now: datetime) -> str:
    """The name of a run's archive file. Names sort by time."""
    return f"{now.astimezone(UTC).strftime(_TIME)}-{kind}-{run_id}{SUFFIX}"


def archive_file(name: str, size: int) -> ArchiveFile | None:
    """What the name says; None for a file that no run of ours has written."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    started_at = datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
    return ArchiveFile(name, size, started_at, found[2], found[3])


def files_to_merge(
    files: Sequence[ArchiveFile], *, now: datetime, unfinished: Collection[str]
) -> list[tuple[ArchiveFile, ...]]:
    """Groups of two or more small files to be merged, each in order of time.

    Those of one kind of run and of one month (UTC) go together, so that a file can be dropped when
    its pages are old. Files of `unfinished` runs and of the last day are left out.
    """
    settled = [
        file
        for file in files
        if file.size < SMALL_FILE
        and file.run_id not in unfinished
        and now - file.started_at >= SETTLED
    ]
    groups: list[list[ArchiveFile]] = []
    for _, month in groupby(sorted(settled, key=_month), key=lambda file: _month(file)[:2]):
        group: list[ArchiveFile] = []
        size = LARGEST_FILE
        for file in month:
            if size + file.size > LARGEST_FILE:
                group, size = [], 0
                groups.append(group)
            group.append(file)
            size += file.size
    return [tuple(group) for group in groups if len(group) > 1]


def _month(file: ArchiveFile) -> tuple[str, str, str]:
    return file.kind, f"{file.started_at:%Y%m}", file.name
