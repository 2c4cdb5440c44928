"""Whole files copied so that the copy is there complete or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ingest.errors import DiskFull


def copy_whole(source: Path, target: Path, *, mode: int, no_room: str) -> int:
    """Copy a file and put the copy, durable, in the place of `target`; its size in bytes.

    Raises DiskFull, with `no_room` as what to do, when the file system has no room for it.
    """
    for leftover in target.parent.glob(f".{target.name}.*.part"):
        leftover.unlink()
    size = source.stat().st_size
    if shutil.disk_usage(target.parent).free < size:
        raise DiskFull(f"No room in {target.parent} for {size:,} bytes. {no_room}")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, part)
        sync(part)
        part.chmod(mode)
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(target.parent)
    return size


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
