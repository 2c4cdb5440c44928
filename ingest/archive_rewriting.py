"""Archive files written anew without some of their pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ingest.archive import iter_pages, place_of
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
