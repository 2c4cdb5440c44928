"""`wirecopy sql`: rows as people and programs want them, and nothing but the snapshot."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import ROOT, HomeFolder
from storage_cases import NOW, article, load, new_database

from storage.home import Home
from storage.publish import publish
from storage.query import ask

FORMULA = '=HYPERLINK("http://x.example")'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    folder = tmp_path_factory.mktemp("sql") / "home"
    database = new_database(folder)
    with database.write() as connection:
        load(
            connection,
            [article("a.example/1", title="Würste\nund Brot")],
            [article("b.example/2", title=FORMULA, authors=("-1+2",))],
        )
    publish(database, run_id=None, wirecopy_version="1", now=NOW)
    return HomeFolder(folder)


def test_a_table_for_people(home: HomeFolder) -> None:
    done = home.run(
        "sql",
        "SELECT publisher, title, word_count, published_at, modified_at, tags "
        "FROM articles ORDER BY publisher",
    )
    assert (done.code, done.err) == (0, "")
    width = len(FORMULA)
    rest = '           5  2026-11-20 12:00:00+00               ["politics"]'
    assert done.out.splitlines() == [
        f"publisher  {'title':<{width}}  word_count  published_at            modified_at  tags",
        f"---------  {'-' * width}  ----------  ----------------------  -----------  ------------",
        f"a.example  {'Würste und Brot':<{width}}{rest}",
        f"b.example  {FORMULA}{rest}",
        "(2 rows)",
    ]


def test_times_are_in_utc_wherever_one_asks(home: HomeFolder) -> None:
    done = home.run(
        "sql", "SELECT published_at::VARCHAR AS at_utc FROM articles", env={"TZ": "Asia/Tokyo"}
    )
    assert "2026-11-20 12:00:00+00" in done.out


def test_long_cells_and_long_results_are_cut_and_it_is_said(home: HomeFolder) -> None:
    done = home.run("sql", "SELECT repeat('x', 100) AS x FROM range(2000)")
    lines = done.out.splitlines()
    assert lines[2] == "x" * 59 + "…"
    assert lines[-1] == "(the first 1000 rows; --format csv has all)"
    assert len(lines) == 1003


def test_csv_keeps_lines_and_defuses_formulas(home: HomeFolder) -> None:
    done = home.run(
        "sql",
        "SELECT title, authors, -1 AS n, NULL AS nothing FROM articles ORDER BY publisher",
        "--format",
        "csv",
    )
    assert list(csv.reader(io.StringIO(done.out))) == [
        ["title", "authors", "n", "nothing"],
        ["Würste\nund Brot", '["Ann Author", "Ben Byline"]', "-1", ""],
        [f"'{FORMULA}", '["-1+2"]', "-1", ""],
    ]


def test_json_has_values_of_its_own_kinds(home: HomeFolder) -> None:
    done = home.run(
        "sql",
        """SELECT 1 AS n, 1.5 AS d, 'nan'::DOUBLE AS nan, true AS b, NULL AS nothing, 'é' AS text,
                  INTERVAL 90 MINUTE AS span, TIMESTAMPTZ '2026-11-20 12:00+01' AS moment,
                  DATE '2026-11-20' AS day, ['x'] AS list, {'a': 1} AS pair,
                  '{"a": [1]}'::JSON AS doc, 2 AS n""",
        "--json",
    )
    assert done.report == [
        {
            "n": 1, "d": 1.5, "nan": None, "b": True, "nothing": None, "text": "é", "span": 5400.0,
            "moment": "2026-11-20T11:00:00+00:00", "day": "2026-11-20", "list": ["x"],
            "pair": {"a": 1}, "doc": {"a": [1]}, "n_2": 2,
        }
    ]  # fmt: skip
    assert home.run("sql", "FROM articles WHERE false", "--json").report == []


def test_views_and_macros_are_there(home: HomeFolder) -> None:
    assert "Würste" in home.run("sql", "FROM search('würste')").out
    assert home.run("sql", "SELECT count(*) AS n FROM unique_articles", "--json").report == [
        {"n": 2}
    ]


def test_a_query_may_come_from_standard_input(home: HomeFolder) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "sql", "-", "--json", "--home", str(home.folder)],
        input="-- two statements\nCREATE TEMP TABLE t AS SELECT 7 AS seven;\nFROM t;",
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert json.loads(done.stdout) == [{"seven": 7}]


@pytest.mark.parametrize(
    ("query", "lines", "code"), [("FROM range(99999)", 100_000, 0), ("SELEC 1", 0, 2)]
)
def test_all_is_written_before_the_process_ends(
    home: HomeFolder, query: str, lines: int, code: int
) -> None:
    command = home.command("sql", query, "--format", "csv")
    done = subprocess.run(command, capture_output=True, cwd=ROOT)
    assert (done.stdout.count(b"\n"), bool(done.stderr), done.returncode) == (lines, code > 0, code)


def test_a_reader_that_stops_early_is_no_error(home: HomeFolder) -> None:
    command = home.command("sql", "FROM range(500000)", "--format", "csv")
    asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert asked.stdout
    assert asked.stderr
    assert asked.stdout.readline() == b"range\n"
    asked.stdout.close()
    assert asked.stderr.read() == b""
    assert asked.wait(timeout=60) == 0
    asked.stderr.close()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM articles", "nothing"),
        ("FROM nowhere", "nowhere does not exist"),
        ("", "There is no SQL"),
        ("/* a remark */", "There is no SQL"),
        ("SELECT 'x'::INTEGER", "x"),
        ("SELECT if(i > 500, error('too late'), i) FROM range(900) t(i)", "too late"),
    ],
)
def test_a_query_that_cannot_be_answered_is_a_mistake_in_usage(
    home: HomeFolder, query: str, said: str
) -> None:
    done = home.run("sql", query)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "query",
    [
        "FROM read_text('{file}')",
        "FROM '{file}'",
        "FROM read_csv('{file}')",
        "COPY (SELECT 1) TO '{file}.new'",
        "ATTACH '{file}' AS other",
        "ATTACH '{file}.duckdb' AS other",
        "EXPORT DATABASE '{file}.folder'",
        "SELECT count(*) FROM glob('{folder}/*')",
        "FROM 'http://127.0.0.1:9/x.parquet'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "SET temp_directory = '{folder}'",
        "INSERT INTO publishers (publisher, first_seen_at) VALUES ('x', now())",
        "DROP TABLE articles",
        "CREATE TABLE mine (one INTEGER)",
        "FROM sys",
        "FROM home",
    ],
)
def test_a_query_reaches_nothing_but_the_snapshot(
    home: HomeFolder, tmp_path: Path, query: str
) -> None:
    (tmp_path / "file").write_text("secret\n")
    before = home.published.read_bytes()
    done = home.run("sql", query.format(file=tmp_path / "file", folder=tmp_path))
    assert done.code == 2
    assert done.err
    assert "secret" not in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert home.published.read_bytes() == before


def test_a_snapshot_that_comes_while_duckdb_opens_the_file_is_no_error(
    home: HomeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB reads the header and opens the file again: what lies between is some microseconds."""
    connect, refused = duckdb.connect, ["header of one file, rest of another"]

    def replaced(*args: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        if refused:
            raise duckdb.IOException(refused.pop())
        return connect(*args, **named)

    monkeypatch.setattr(duckdb, "connect", replaced)
    with ask(Home(home.folder), "SELECT count(*) FROM articles") as result:
        assert list(result.rows) == [(2,)]


def test_without_a_snapshot_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    done = HomeFolder(tmp_path / "none").run("sql", "SELECT 1")
    assert done.code == 2
    assert "`wirecopy poll` makes it" in done.err
    (tmp_path / "news.duckdb").write_text("not a database")
    done = HomeFolder(tmp_path).run("sql", "SELECT 1")
    assert done.code == 2
    assert "cannot be read" in done.err
