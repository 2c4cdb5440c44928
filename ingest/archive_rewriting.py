"""Archive files written anew: without some of their pages, or several as one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.archive import (
    end_of_records,
    flush_folder,
    flush_to_disk,
    iter_pages,
    place_of,
    unwritable,
)
from ingest.archive_records import ArchiveDamaged
from ingest.types import ArchivePlace, RawPage


def without_pages(
    path: Path, unwanted: Callable[[RawPage], bool]
) -> tuple[dict[int, ArchivePlace], int] | None:
    """Write a file without its unwanted pages beside the old one, which stays until it is removed.

    Returns where the pages that stay lie now, by their old offset, and how many were left out; None
    when none is unwanted, and nothing was written. What cannot be read is left out too. Raises
    `ArchiveDamaged` when the file cannot be read at all.
    """
    kept: list[int] = []
    removed = 0
    for offset, page in iter_pages(path):
        if unwanted(page):
            removed += 1
        else:
            kept.append(offset)
    if not removed:
        return None
    target = _free_name(path)
    places: dict[int, ArchivePlace] = {}
    with path.open("rb") as old, target.open("xb") as new:
        new.write(_head(path))
        for offset in kept:
            length = place_of(path.parent, path.name, offset).length
            places[offset] = ArchivePlace(target.name, new.tell(), length)
            old.seek(offset)
            new.write(old.read(length))
        new.flush()
        os.fsync(new.fileno())
    if not kept:
        target.unlink()
    return places, removed


def write_together(paths: Sequence[Path], target: Path) -> dict[Path, int] | None:
    """Write files one after the other into `target`, which is made anew; they stay.

    Returns by how many bytes the pages of each have moved; files that are damaged are left out.
    None, and no file, when fewer than two are left. A record that a crash has cut off at a file's
    end is not taken along: it would hide what follows. Raises `DiskFull` or `StorageError`.
    """
    whole = [(path, end) for path in paths if (end := _mergeable_bytes(path))]
    if len(whole) < 2:
        return None
    shifts: dict[Path, int] = {}
    try:
        with target.open("wb") as new:
            for path, end in whole:
                shifts[path] = new.tell()
                with path.open("rb") as old:
                    shutil.copyfileobj(old, new)
                new.truncate(shifts[path] + end)
                new.seek(0, os.SEEK_END)
            new.flush()
            flush_to_disk(new.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise unwritable(target, error) from error
    return shifts


def put_after(part: Path, last: Path) -> str:
    """Give a finished file a name that sorts after the last of those that it is made of."""
    target = _free_name(last)
    part.rename(target)
    flush_folder(target.parent)
    return target.name


def _mergeable_bytes(path: Path) -> int:
    """How much of a file is whole; 0 when it is damaged or gone."""
    try:
        return end_of_records(path) or 0
    except ArchiveDamaged:
        return 0


def _free_name(path: Path) -> Path:
    """A name that sorts after the old one and is not taken."""
    stem = path.name.removesuffix(".warc.gz")
    number = 1
    while (path.with_name(f"{stem}-{number}.warc.gz")).exists():
        number += 1
    return path.with_name(f"{stem}-{number}.warc.gz")


def _head(path: Path) -> bytes:
    """The record about the file itself, which comes before the first page."""
    first = next((offset for offset, _ in iter_pages(path)), 0)
    with path.open("rb") as file:
        return file.read(first)
