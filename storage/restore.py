"""A damaged working database set back to the last snapshot."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.errors import ConfigurationError
from storage.copies import copy_whole, sync
from storage.database import Connection, Database
from storage.home import Home


@dataclass(frozen=True, slots=True)
class SetBack:
    """What the working database was replaced by. `snapshot_at` is the moment that the snapshot
    shows, None when there was none that can be read: the database is then empty. `aside` is the
    folder that holds the damaged files, None when there were none. `damage` says what was wrong."""

    snapshot_at: datetime | None
    aside: Path | None
    damage: str


def set_back(database: Database, *, now: datetime, force: bool) -> SetBack:
    """Replace the working database by the last snapshot; what was there is moved aside.

    Raises ConfigurationError when it can be read from end to end, unless `force`.
    """
    home = database.home
    with database.hold():
        damage = unreadable(home.working) if home.working.exists() else "it is gone"
        if damage is None and not force:
            raise ConfigurationError(
                f"{home.working} can be read from end to end: there is nothing to restore. "
                "--force sets it back to the last snapshot all the same."
            )
        fresh = home.state / "restored.duckdb"
        snapshot_at = _copy_snapshot(home, fresh)
        aside = _move_aside(home, now)
        if snapshot_at:
            os.replace(fresh, home.working)
        sync(home.state)
    return SetBack(snapshot_at, aside, damage or "nothing; --force was given")


def unreadable(path: Path) -> str | None:
    """Why the database cannot be read, every row of every table; None when it can."""
    try:
        with duckdb.connect() as connection:
            place = str(path).replace("'", "''")
            connection.execute(f"ATTACH '{place}' AS other")
            connection.execute("USE other")
            tables = connection.execute(
                "SELECT format('{}.\"{}\"', schema_name, table_name) FROM duckdb_tables() "
                "WHERE database_name = 'other'"
            ).fetchall()
            for (table,) in tables:
                connection.execute(f"SELECT bit_xor(hash(row)) FROM {table} AS row").fetchall()  # noqa: S608
            known = {table for (table,) in tables}
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None if 'main."articles"' in known else "it holds no table of articles"


def known_places(connection: Connection) -> set[tuple[str, int]]:
    """Where the raw pages lie that the database knows: file and offset."""
    return set(connection.execute('SELECT file, "offset" FROM internal.raw_pages').fetchall())


def _copy_snapshot(home: Home, fresh: Path) -> datetime | None:
    """A copy of the last snapshot, and the moment it shows; None when none can be read."""
    fresh.unlink(missing_ok=True)
    if not home.published.exists():
        return None
    copy_whole(home.published, fresh, mode=0o600, no_room="Make room and restore again.")
    if unreadable(fresh):
        fresh.unlink()
        return None
    with duckdb.connect(str(fresh)) as connection:
        rows = connection.execute("SELECT taken_at FROM snapshot").fetchall()
    taken_at: datetime = rows[0][0]
    return taken_at


def _move_aside(home: Home, now: datetime) -> Path | None:
    files = [path for path in home.state.glob("working.duckdb*") if path.is_file()]
    if not files:
        return None
    aside = home.state / f"damaged-{now:%Y%m%dT%H%M%S%f}"
    aside.mkdir()
    for path in files:
        os.replace(path, aside / path.name)
    return aside
