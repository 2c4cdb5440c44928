"""Archive files as the database knows them: merged, dropped with time, and then removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from storage.arrow import TEXT, TIME, incoming
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class MovedFile:
    """An archive file whose pages lie in another now, each `shift` bytes further on."""

    file: str
    new_file: str
    shift: int


def files_in_use(connection: Connection) -> dict[str, datetime]:
    """Files that hold raw pages that are wanted, and when the newest of these was fetched."""
    rows = connection.execute(
        "SELECT file, max(fetched_at) FROM internal.raw_pages GROUP BY file"
    ).fetchall()
    return dict(rows)


def unfinished_runs(connection: Connection) -> set[str]:
    """Runs that may still write to their archive files."""
    rows = connection.execute("SELECT run_id FROM runs WHERE finished_at IS NULL").fetchall()
    return {run_id for (run_id,) in rows}


def archives_being_read(connection: Connection) -> bool:
    """Whether a backfill out of web archive files is unfinished: they must keep their names."""
    rows = connection.execute(
        "SELECT 1 FROM backfills WHERE status IN ('planned', 'running', 'interrupted') "
        "AND starts_with(source, 'warc:') LIMIT 1"
    ).fetchall()
    return bool(rows)


def being_forgotten(connection: Connection) -> bool:
    """Whether a `forget` is under way, which goes through the archive file by file."""
    rows = connection.execute(
        "SELECT 1 FROM runs WHERE kind = 'forget' AND finished_at IS NULL LIMIT 1"
    ).fetchall()
    return bool(rows)


def move_files(connection: Connection, moved: Sequence[MovedFile], *, now: datetime) -> None:
    """Raw pages of these files lie elsewhere now, and the files are not wanted any more."""
    columns = {"file": TEXT, "new_file": TEXT, "shift": pa.int64()}
    rows = [(one.file, one.new_file, one.shift) for one in moved]
    with incoming(connection, columns, rows):
        connection.execute(
            'UPDATE internal.raw_pages SET file = new_file, "offset" = "offset" + shift '
            "FROM incoming WHERE raw_pages.file = incoming.file"
        )
    _unwanted(connection, [one.file for one in moved], now)


def drop_files(connection: Connection, files: Collection[str], *, now: datetime) -> int:
    """Raw pages of these files are given up. Returns how many there were."""
    with incoming(connection, {"file": TEXT}, [(file,) for file in files]):
        dropped = connection.execute(
            "DELETE FROM internal.raw_pages WHERE file IN (SELECT file FROM incoming)"
        ).fetchall()
    _unwanted(connection, files, now)
    return int(dropped[0][0])


def removable_files(connection: Connection) -> list[str]:
    """Unwanted files that no snapshot counts on: one was taken since."""
    rows = connection.execute(
        "SELECT file FROM internal.unwanted_files, internal.revision "
        "WHERE unwanted_at <= published_at ORDER BY file"
    ).fetchall()
    return [file for (file,) in rows]


def files_removed(connection: Connection, files: Collection[str]) -> None:
    """These files are gone."""
    with incoming(connection, {"file": TEXT}, [(file,) for file in files]):
        connection.execute(
            "DELETE FROM internal.unwanted_files WHERE file IN (SELECT file FROM incoming)"
        )


def _unwanted(connection: Connection, files: Collection[str], now: datetime) -> None:
    with incoming(connection, {"file": TEXT, "at": TIME}, [(file, now) for file in files]):
        connection.execute('INSERT INTO internal.unwanted_files SELECT file, "at" FROM incoming')
    # What a snapshot shows has changed, so that one is taken.
    connection.execute("UPDATE internal.revision SET revision = revision + 1")
