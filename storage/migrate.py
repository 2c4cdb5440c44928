"""Migrations: numbered SQL files, each applied once, in order, in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

import duckdb

from ingest.errors import DatabaseTooNew
from storage.analyst_views import drop_views, make_views
from storage.rows import one_row, transaction

REWRITES = "-- Rewrites data."
"""How the file of a migration begins before which a copy of the database is to be kept."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def rewrites(self) -> bool:
        """Whether it changes or removes rows, rather than adding tables and columns."""
        return self.sql.startswith(REWRITES)


def migrations() -> list[Migration]:
    """All migrations of this version of the program, oldest first."""
    found = [
        Migration(int(path.name.split("_")[0]), path.name, path.read_text(encoding="utf-8"))
        for path in files("storage.migrations").iterdir()
        if path.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.version)


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Number of the last migration applied; 0 for an empty database."""
    try:
        return int(one_row(connection, "SELECT max(version) FROM internal.migrations")[0])
    except duckdb.CatalogException:
        return 0


def version_to_keep(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The connected database's schema version when migrating it will rewrite data, else None."""
    current = schema_version(connection)
    pending = [one for one in migrations() if one.version > current]
    return current if current and any(one.rewrites for one in pending) else None


def migrate(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> None:
    """Bring the connected database to the newest schema.

    Raises DatabaseTooNew when it is newer than this program.
    """
    current, known = schema_version(connection), migrations()
    if current > known[-1].version:
        raise DatabaseTooNew(
            f"The database has schema {current}, this version of Wirecopy knows up to "
            f"{known[-1].version}. Install the newer version again."
        )
    pending = [migration for migration in known if migration.version > current]
    for migration in pending:
        with transaction(connection):
            if current and migration is pending[0]:  # they come back when all is done
                drop_views(connection)
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO internal.migrations VALUES (?, ?, ?)",
                [migration.version, migration.name, now],
            )
    with transaction(connection):
        make_views(connection)
