"""Archive files in the long run: dropped when old, many small ones merged into few."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from flows.run import Run
from ingest.archive_files import ArchiveFile, archive_file, files_to_merge
from ingest.archive_rewriting import put_after, write_together
from ingest.errors import DiskFull
from storage.raw_files import (
    MovedFile,
    archives_being_read,
    being_forgotten,
    drop_files,
    files_in_use,
    files_removed,
    move_files,
    removable_files,
    unfinished_runs,
)

PART = ".partial"
"""Ends the name of a file that is being merged; what stands before is the run that does it."""


def drop_old_raw_pages(run: Run) -> Mapping[str, int]:
    """Give up files whose newest page is older than keep_raw_days."""
    days = run.setup.settings.keep_raw_days
    if days is None:
        return {"raw pages dropped": 0}
    oldest = run.now() - timedelta(days=days)
    with run.database.write() as connection:
        old = [file for file, newest in files_in_use(connection).items() if newest < oldest]
        pages = drop_files(connection, old, now=run.now()) if old else 0
    return {"raw pages dropped": pages}


def merge_raw_files(run: Run) -> Mapping[str, int]:
    """Merge the small files of runs that are over; none while a backfill reads web archives, for
    which ours may be among them."""
    with run.database.open() as connection:
        if archives_being_read(connection):
            return {"archive files merged": 0}
        in_use, unfinished = files_in_use(connection), unfinished_runs(connection)
    _remove_parts(run, unfinished)
    files = [file for name in in_use if (file := _on_disk(run, name))]
    groups = files_to_merge(files, now=run.now(), unfinished=unfinished)
    run.setup.progress.stage("archive files", sum(map(len, groups)))
    count = 0
    for group in groups:
        count += _merge(run, group)
        run.setup.progress.advance("archive files", len(group))
    return {"archive files merged": count}


def remove_unwanted_files(run: Run) -> int:
    """Remove what was dropped or merged before the last snapshot was taken; how many files.

    Until then they stay: `restore` goes back to the snapshot, which knows nothing of their heirs.
    """
    with run.database.open() as connection:
        files = removable_files(connection)
    for file in files:
        (run.setup.home.archive / file).unlink(missing_ok=True)
    if files:
        with run.database.write() as connection:
            files_removed(connection, files)
    return len(files)


def _on_disk(run: Run, name: str) -> ArchiveFile | None:
    path = run.setup.home.archive / name
    return archive_file(name, path.stat().st_size) if path.exists() else None


def _merge(run: Run, group: tuple[ArchiveFile, ...]) -> int:
    """Merge files, where there is room for both the old and the new; how many."""
    archive = run.setup.home.archive
    part = archive / f"{run.run_id}{PART}"
    try:
        shifts = write_together([archive / file.name for file in group], part)
    except DiskFull:
        # Nothing is lost by waiting, and other steps may yet make room.
        return 0
    if shifts is None:
        return 0
    with run.database.write() as connection:
        in_use = files_in_use(connection)
        if being_forgotten(connection) or any(path.name not in in_use for path in shifts):
            part.unlink()  # what is to be forgotten must not live on in a copy
            return 0
        new_file = put_after(part, max(shifts))
        moved = [MovedFile(path.name, new_file, shift) for path, shift in shifts.items()]
        move_files(connection, moved, now=run.now())
    return len(moved)


def _remove_parts(run: Run, unfinished: Collection[str]) -> None:
    """Remove what runs that died have left half merged."""
    for part in run.setup.home.archive.glob(f"*{PART}"):
        if part.name.removesuffix(PART) not in unfinished:
            part.unlink(missing_ok=True)
