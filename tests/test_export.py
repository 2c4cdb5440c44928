"""`wirecopy export`: files by month that hold what the snapshot holds, and no more work than
needed."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from homes import HomeFolder
from storage_cases import NOW, article, entry, follow_feeds, followed, load, new_database, polled
from storage_cases import record as record_polls

from ingest.types import ArticleVersion
from storage.database import Database
from storage.publish import publish
from storage.versions import record_versions

OCTOBER = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
EVIL = "=1+1"
BODY = "A text that is not to be shared."


def dated(address: str, at: datetime, **changes: object) -> object:
    return article(address, published_at=at, sort_at=at, first_seen_at=at, **changes)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = new_database(tmp_path / "home")
    with made.write() as connection:
        follow_feeds(connection, followed("a.example"))
        record_polls(connection, polled("a.example", entry("https://a.example/1", summary=BODY)))
        load(
            connection,
            [article("a.example/1", body=BODY)],
            [article("b.example/2", title=EVIL, authors=("=2+2", "B"), published_at=OCTOBER,
                     sort_at=OCTOBER, body=BODY)],
        )  # fmt: skip
    take(made)
    return made


def take(database: Database) -> None:
    publish(database, run_id=None, wirecopy_version="1", now=NOW)


@pytest.fixture
def home(database: Database) -> HomeFolder:
    return HomeFolder(database.home.folder)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_parquet_by_month_holds_what_the_tables_hold(home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = home.run("export", str(out), "--json", "-q").report
    assert report["written"] == len(files(out)) - 1
    assert {"articles/month=2026-10/articles.parquet", "articles/month=2026-11/articles.parquet",
            "publishers/publishers.parquet", "export.json"} <= files(out)  # fmt: skip
    with duckdb.connect(str(home.published), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
        ).fetchall()
        for (table,) in tables:
            if not (out / table).exists():
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]
                continue
            read = f"read_parquet('{out}/{table}/**/*.parquet', hive_partitioning = false)"
            for one, other in ((table, read), (read, table)):
                assert connection.execute(f"FROM {one} EXCEPT FROM {other}").fetchall() == []
        assert connection.execute(
            f"SELECT month, publisher FROM read_parquet('{out}/articles/*/*.parquet') ORDER BY ALL"
        ).fetchall() == [("2026-10", "b.example"), ("2026-11", "a.example")]


def test_only_what_changed_is_written_again(
    database: Database, home: HomeFolder, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    home.run("export", str(out), "-q")
    times = {name: (out / name).stat().st_mtime_ns for name in files(out)}
    report = home.run("export", str(out), "--json", "-q").report
    assert (report["written"], report["removed"]) == (0, 0)
    assert report["unchanged"] == len(times) - 1
    with database.write() as connection:
        load(connection, [article("c.example/3")])
    take(database)
    home.run("export", str(out), "-q")
    changed = {name for name in files(out) if (out / name).stat().st_mtime_ns != times.get(name)}
    assert changed == {
        "articles/month=2026-11/articles.parquet",
        "stories/month=2026-11/stories.parquet",
        "publishers/publishers.parquet",
        "export.json",
    }


def test_a_file_that_somebody_removed_is_written_again(home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    home.run("export", str(out), "-q")
    (out / "feeds" / "feeds.parquet").unlink()
    assert home.run("export", str(out), "--json", "-q").report["written"] == 1


def test_what_is_no_more_is_removed(database: Database, home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    home.run("export", str(out), "-q")
    with database.write() as connection:
        connection.execute("DELETE FROM articles WHERE publisher = 'b.example'")
    take(database)
    assert home.run("export", str(out), "--json", "-q").report["removed"] == 1
    assert not (out / "articles" / "month=2026-10").exists()


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_without_body_no_text_leaves_the_house(
    database: Database, home: HomeFolder, tmp_path: Path, form: str
) -> None:
    edited(database)
    out = tmp_path / "out"
    done = home.run("export", str(out), "--no-body", "--format", form, "-q")
    assert done.code == 0
    for name in files(out):
        if form == "parquet" and name.endswith(".parquet"):
            with duckdb.connect() as connection:
                rows = connection.execute(f"FROM read_parquet('{out / name}')").fetchall()
            assert BODY not in repr(rows), name
        else:
            assert BODY not in (out / name).read_text(encoding="utf-8"), name


def edited(database: Database) -> None:
    one = article("a.example/1", body=BODY)
    with database.write() as connection:
        record_versions(
            connection,
            [ArticleVersion(one.article_id, NOW, "New", "", f"{BODY} And more.", 9, "0" * 16, None,
                            "test", "title changed")],
        )  # fmt: skip
    take(database)


def test_versions_are_exported_for_articles_that_have_some(
    database: Database, home: HomeFolder, tmp_path: Path
) -> None:
    edited(database)
    out = tmp_path / "out"
    home.run("export", str(out), "--format", "jsonl", "-q")
    (file,) = (out / "article_versions").rglob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["version"], line["title"]) for line in lines] == [
        (1, "Title of a.example/1"),
        (2, "New"),
    ]


def test_csv_for_a_spreadsheet_runs_no_formula(home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    home.run("export", str(out), "--format", "csv", "-q")
    (file,) = (out / "articles").rglob("month=2026-10/*.csv")
    with file.open(newline="", encoding="utf-8") as lines:
        (row,) = csv.DictReader(lines)
    assert row["title"] == "'" + EVIL
    assert json.loads(row["authors"]) == ["=2+2", "B"]
    assert row["published_at"] == "2026-10-31 23:30:00+00"


def test_a_folder_of_another_kind_is_left_alone(home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    home.run("export", str(out), "-q")
    before = files(out)
    for words in (["--format", "csv"], ["--no-body"]):
        done = home.run("export", str(out), *words)
        assert done.code == 2
        assert "holds an export as parquet with texts" in done.err
    assert files(out) == before
    done = home.run("export", str(tmp_path))
    assert (done.code, "no empty folder" in done.err) == (2, True)
    (out / "export.json").write_text("{")
    done = home.run("export", str(out))
    assert (done.code, "cannot be read" in done.err) == (2, True)
    (tmp_path / "file").write_text("")
    done = home.run("export", str(tmp_path / "file"))
    assert (done.code, "no empty folder" in done.err) == (2, True)


def test_a_folder_that_cannot_be_written_is_named(home: HomeFolder, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "articles").write_text("in the way")
    (tmp_path / "out" / "export.json").write_text(
        '{"format": "parquet", "body": true, "files": {}}'
    )
    done = home.run("export", str(tmp_path / "out"))
    assert done.code == 1
    assert str(tmp_path / "out" / "articles") in done.err
    assert "Traceback" not in done.err


def test_progress_and_a_line_at_the_end(home: HomeFolder, tmp_path: Path) -> None:
    done = home.run("export", str(tmp_path / "out"))
    assert "files: " in done.err
    assert "files written" in done.out
