"""Migrations: each once, whole or not at all, and never backwards."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from storage_cases import NOW, article, later, load, new_database, rows, table

from ingest.errors import DatabaseTooNew, StorageError
from storage import migrate as migrating
from storage.database import Database
from storage.home import Home
from storage.migrate import Migration, migrate, migrations, schema_version

NEWEST = migrations()[-1].version
GOOD = Migration(
    NEWEST + 1, "notes.sql", "CREATE TABLE notes (note VARCHAR); INSERT INTO notes VALUES ('kept')"
)
HALF = Migration(
    NEWEST + 2, "half.sql", "CREATE TABLE half (one INTEGER); DROP TABLE notes; SELECT nonsense"
)


@pytest.fixture
def later_versions(monkeypatch: pytest.MonkeyPatch) -> list[Migration]:
    """The migrations that a later version of the program brings; empty to begin with."""
    brought: list[Migration] = []
    ours = migrations()
    monkeypatch.setattr(migrating, "migrations", lambda: [*ours, *brought])
    return brought


def test_a_home_gets_its_database_when_it_is_first_used(tmp_path: Path) -> None:
    database = Database(Home(tmp_path / "not" / "there" / "yet"))
    assert not database.exists()
    assert rows(database, "SELECT count(*) FROM articles") == [(0,)]
    assert database.exists()
    assert database.home.archive.is_dir()


def test_migrations_are_numbered_without_gaps_and_named_by_their_number() -> None:
    found = migrations()
    assert [one.version for one in found] == list(range(1, len(found) + 1))
    assert all(one.name.startswith(f"{one.version:04}_") for one in found)


def test_each_migration_is_applied_once(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "fresh.duckdb")) as connection:
        assert schema_version(connection) == 0
        migrate(connection, now=NOW)
        newest = migrations()[-1].version
        assert schema_version(connection) == newest
        migrate(connection, now=later(hours=1))
        assert table(connection, "SELECT version, name, applied_at FROM internal.migrations") == [
            (one.version, one.name, NOW) for one in migrations()
        ]


def test_a_later_version_keeps_what_is_held(
    tmp_path: Path, later_versions: list[Migration]
) -> None:
    database = new_database(tmp_path)
    with database.write() as connection:
        load(connection, [article("a.example/1")])
    later_versions.append(GOOD)
    upgraded = Database(database.home)
    assert rows(upgraded, "SELECT note FROM notes") == [("kept",)]
    assert rows(upgraded, "SELECT title FROM articles") == [("Title of a.example/1",)]
    assert rows(Database(database.home), "SELECT note FROM notes") == [("kept",)]
    with upgraded.open() as connection:
        assert schema_version(connection) == GOOD.version


def test_a_migration_that_fails_leaves_nothing_of_itself(
    tmp_path: Path, later_versions: list[Migration]
) -> None:
    database = new_database(tmp_path)
    later_versions += [GOOD, HALF]
    for _ in range(2):
        with pytest.raises(duckdb.Error, match="nonsense"):
            rows(Database(database.home), "FROM notes")
    later_versions.pop()
    assert rows(Database(database.home), "FROM notes") == [("kept",)]
    assert rows(Database(database.home), "SELECT max(version) FROM internal.migrations") == [
        (GOOD.version,)
    ]
    assert rows(
        Database(database.home), "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'"
    ) == [(0,)]


def test_a_database_of_a_newer_version_is_left_alone(
    tmp_path: Path, later_versions: list[Migration]
) -> None:
    database = new_database(tmp_path)
    later_versions.append(GOOD)
    rows(Database(database.home), "FROM notes")
    later_versions.clear()
    said = rf"schema {GOOD.version}, .* up to {NEWEST}\. Install the newer version"
    with pytest.raises(DatabaseTooNew, match=said):
        rows(Database(database.home), "FROM articles")
    assert issubclass(DatabaseTooNew, StorageError)
    later_versions.append(GOOD)
    assert rows(Database(database.home), "FROM notes") == [("kept",)]
