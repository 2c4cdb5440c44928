"""Migrations: each once, whole or not at all, and never backwards."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import duckdb
import pytest
from storage_cases import NOW, article, later, load, new_database, rows, table

from ingest.errors import DatabaseTooNew, DiskFull, StorageError
from storage import migrate as migrating
from storage.check import check
from storage.database import STORAGE_VERSION, Database
from storage.home import Home
from storage.migrate import Migration, migrate, migrations, schema_version
from storage.sketches import stored_sketches
from storage.stories import candidates

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


# --- databases of earlier versions


DATABASES = Path(__file__).parent / "databases"


def of_schema(version: int, folder: Path) -> Database:
    """A home whose database an earlier version of the program has left, a row in every table."""
    home = Home(folder)
    home.make_folders()
    kept = DATABASES / f"schema_{version}.duckdb.gz"
    if kept.exists():
        home.working.write_bytes(gzip.decompress(kept.read_bytes()))
        return Database(home)
    with duckdb.connect() as connection:
        connection.execute(
            f"ATTACH '{home.working}' AS working (STORAGE_VERSION '{STORAGE_VERSION}')"
        )
        connection.execute("USE working")
        for one in migrations()[:version]:
            connection.execute(one.sql)
            connection.execute(
                "INSERT INTO internal.migrations VALUES (?, ?, ?)", [one.version, one.name, NOW]
            )
            if one.version == 1:
                connection.execute((DATABASES / "fill.sql").read_text(encoding="utf-8"))
    return Database(home)


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_a_database_of_every_earlier_version_is_upgraded(tmp_path: Path, version: int) -> None:
    database = of_schema(version, tmp_path)
    columns = columns_by_table(database.home.working)
    before = rows_by_table(database.home.working, columns)
    with database.open() as connection:
        assert schema_version(connection) == NEWEST
    assert rows_by_table(database.home.working, columns) == before
    assert check(database) == []
    with database.write() as connection:
        load(connection, [article("c.example/1")])
    assert rows(database, "SELECT count(*) FROM unique_articles") == [(2,)]
    assert rows(database, "SELECT title, version FROM as_of('2026-11-20 10:30+00')") == [("One", 1)]


NOT_KEPT = ("migrations", "views", "revision", "sketches")
"""Tables of the schema `internal` that an upgrade is to change."""


def columns_by_table(path: Path) -> dict[str, str]:
    """The names of the columns of every table."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return dict(
            table(
                connection,
                "SELECT schema_name || '.' || table_name, "
                "string_agg('\"' || column_name || '\"', ', ') "
                "FROM duckdb_columns() JOIN duckdb_tables() USING (schema_name, table_name) "
                f"WHERE table_name NOT IN {NOT_KEPT} GROUP BY 1",
            )
        )


def rows_by_table(path: Path, columns: dict[str, str]) -> dict[str, list[str]]:
    """Every row of these tables, by the names of their columns."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return {
            name: sorted(repr(row) for row in table(connection, f"SELECT {named} FROM {name}"))
            for name, named in columns.items()
        }


def test_articles_held_before_an_upgrade_are_found_by_their_sketches(tmp_path: Path) -> None:
    database = of_schema(1, tmp_path)
    with duckdb.connect(str(database.home.working)) as connection:
        ((held,),) = table(connection, "SELECT min(article_id) FROM articles")
        connection.execute("DELETE FROM internal.sketches")
        connection.execute(
            "INSERT INTO internal.sketches SELECT 4000000000 - n, ?, '2026-11-20' "
            "FROM range(48) AS t(n)",
            [held],
        )
    new = article("c.example/1", sketch=tuple(4_000_000_000 - n for n in range(46, 48)))
    with database.open() as connection:
        sketches = stored_sketches(connection, [held])
        assert sorted(sketches) == [(4_000_000_000 - n, held) for n in range(47, 15, -1)]
        assert candidates(connection, [new], []).pairs == {new.article_id: (held,)}


def test_a_copy_is_kept_before_data_is_rewritten(
    tmp_path: Path, later_versions: list[Migration]
) -> None:
    database = of_schema(NEWEST, tmp_path)
    harmless = Migration(NEWEST + 1, "more.sql", "CREATE TABLE more (one INTEGER)")
    later_versions.append(harmless)
    rows(Database(database.home), "FROM more")
    assert kept_copies(database.home) == []
    sql = "-- Rewrites data.\nUPDATE articles SET title = upper(title); CREATE TABLE again (a INT)"
    later_versions.append(Migration(NEWEST + 2, "titles.sql", sql))
    upgraded = Database(database.home)
    assert rows(upgraded, "SELECT DISTINCT title FROM articles") == [("ONE",)]
    (kept,) = kept_copies(database.home)
    assert kept.name == f"working.schema-{NEWEST + 1}.duckdb"
    with duckdb.connect(str(kept), read_only=True) as connection:
        assert table(connection, "SELECT DISTINCT title FROM articles") == [("One",)]
    rows(Database(database.home), "FROM again")
    assert kept_copies(database.home) == [kept]


def kept_copies(home: Home) -> list[Path]:
    return sorted(home.state.glob("working.schema-*"))


def test_a_new_database_needs_no_copy(tmp_path: Path, later_versions: list[Migration]) -> None:
    later_versions.append(Migration(NEWEST + 1, "rewriting.sql", "-- Rewrites data.\nSELECT 1"))
    database = Database(Home(tmp_path))
    rows(database, "FROM articles")
    assert kept_copies(database.home) == []


def test_without_room_for_the_copy_nothing_is_upgraded(
    tmp_path: Path, later_versions: list[Migration], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = of_schema(1, tmp_path)
    later_versions.append(Migration(NEWEST + 1, "rewriting.sql", "-- Rewrites data.\nSELECT 1"))
    full = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr("storage.copies.shutil.disk_usage", lambda _: full)
    with pytest.raises(DiskFull, match="A copy is kept before"):
        rows(database, "FROM articles")
    monkeypatch.undo()
    with duckdb.connect(str(database.home.working), read_only=True) as connection:
        assert schema_version(connection) == 1


# --- views and macros


def test_views_are_made_anew_when_their_text_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_database(tmp_path)
    assert rows(database, "SELECT count(*) FROM coverage_daily") == [(0,)]
    sql = "CREATE VIEW mine AS SELECT 7 AS seven; CREATE MACRO half(x) AS x / 2"
    with monkeypatch.context() as patched:
        patched.setattr("storage.analyst_views._sources", lambda: (("10_mine.sql", sql),))
        patched.setattr("storage.analyst_views._fingerprint", lambda: "newer")
        assert rows(Database(database.home), "SELECT half(seven) FROM mine") == [(3.5,)]
        views = rows(database, "SELECT view_name FROM duckdb_views() WHERE NOT internal")
        assert views == [("mine",)]
    assert rows(Database(database.home), "SELECT count(*) FROM coverage_daily") == [(0,)]
    with pytest.raises(duckdb.CatalogException):
        rows(Database(database.home), "FROM mine")


def test_a_migration_may_change_what_views_read(
    tmp_path: Path, later_versions: list[Migration]
) -> None:
    database = of_schema(1, tmp_path)
    rows(database, "FROM unique_articles")
    sql = (
        "ALTER TABLE articles ALTER COLUMN word_count TYPE BIGINT; "
        "ALTER TABLE polls RENAME TO old_polls; "
        "CREATE TABLE polls AS FROM old_polls; DROP TABLE old_polls"
    )
    later_versions.append(Migration(NEWEST + 1, "types.sql", sql))
    upgraded = Database(database.home)
    assert rows(upgraded, "SELECT word_count FROM unique_articles") == [(6,)]
    assert rows(upgraded, "SELECT polls FROM coverage_daily WHERE polls > 0") == [(1,)]
