"""`wirecopy backfill articles:FILE`: text that somebody else has extracted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from homes import HomeFolder

from newsroom import Newsroom


@pytest.fixture
def bare(new_home: Callable[[str], HomeFolder]) -> HomeFolder:
    """A home without a feeds file."""
    made = new_home("bare")
    (made.folder / "wirecopy.toml").write_text("min_free_bytes = 0\n")
    return made


def rows_of(newsroom: Newsroom) -> list[dict[str, Any]]:
    return [
        {
            "url": piece.url,
            "title": piece.title,
            "body": "\n\n".join(piece.printed),
            "publisher": piece.outlet,
            "authors": list(piece.authors),
            "published": piece.published_at.isoformat(),
            "language": piece.language,
        }
        for piece in newsroom.pieces[:120]
    ]


def write_lines(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_rows_become_articles_and_stories(
    bare: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    rows = rows_of(newsroom)
    file = write_lines(tmp_path / "articles.jsonl", rows)
    done = bare.run("backfill", f"articles:{file}", "--json")
    assert done.code == 0, done.err
    assert done.report["counts"]["articles"] == len(rows)
    held = bare.sql("SELECT url, title, publisher, language, found_by FROM articles ORDER BY url")
    assert held == sorted(
        (row["url"], row["title"], row["publisher"], row["language"], "import") for row in rows
    )
    assert bare.sql("SELECT kind, outcome FROM runs") == [("backfill", "completed")]
    assert bare.run("check").code == 0

    again = bare.run("backfill", f"articles:{file}", "--json")
    assert again.report["counts"]["articles"] == 0
    assert bare.sql("SELECT count(*) FROM articles") == [(len(rows),)]


def test_parquet_gives_the_same_as_json_lines(
    new_home: Callable[[str], HomeFolder], newsroom: Newsroom, tmp_path: Path
) -> None:
    rows = rows_of(newsroom)[:40]
    lines = write_lines(tmp_path / "articles.jsonl", rows)
    table = tmp_path / "articles.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), table)
    query = (
        "SELECT url, title, body, authors, published_at, story_id, role FROM articles ORDER BY url"
    )
    held = []
    for name, file in (("lines", lines), ("table", table)):
        home = new_home(name)
        assert home.run("backfill", f"articles:{file}").code == 0
        held.append(home.sql(query))
    assert held[0] == held[1]
    assert len(held[0]) == 40


def test_bad_rows_are_counted_and_the_rest_is_loaded(bare: HomeFolder, tmp_path: Path) -> None:
    good = {"url": "https://a.example/1", "body": "One two three four five six seven."}
    file = write_lines(
        tmp_path / "mixed.jsonl",
        [
            good,
            {"body": "no url"},
            {"url": "ftp://a.example/2", "body": "not http"},
            {"url": "https://a.example/3"},
            {"url": "https://a.example/4", "body": 7},
            ["not", "an", "object"],
        ],
    )
    file.write_text(file.read_text() + "{broken\n")
    done = bare.run("backfill", f"articles:{file}", "--json")
    assert done.code == 0
    assert done.report["errors_by_kind"] == {"bad_row": 6}
    assert bare.sql("SELECT url, published_at, content_status FROM articles") == [
        ("https://a.example/1", None, "teaser")
    ]


def test_characters_that_cannot_be_stored_are_replaced(bare: HomeFolder, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    row = {"url": "http://a.example/1", "title": "Half \ud83d a pair", "body": "One\0 \ud800 two."}
    file.write_text(json.dumps(row) + "\n")
    done = bare.run("backfill", f"articles:{file}")
    assert done.code == 0, done.err
    assert bare.sql("SELECT body FROM articles") == [("One\ufffd \ufffd two.",)]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("articles:/no/such/file.jsonl", "no file"),
        ("articles:", "articles:FILE"),
        ("sitemaps:https://a.example/", "articles:FILE"),
        (f"articles:{__file__}", "neither JSON Lines"),
    ],
)
def test_mistakes_are_explained(bare: HomeFolder, source: str, says: str) -> None:
    done = bare.run("backfill", source)
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err
