"""`wirecopy forget`: gone from every file, and not taken in again."""

from __future__ import annotations

import gzip
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import HomeFolder

from newsroom import Newsroom, NewsroomServer


@pytest.fixture(scope="module")
def polled(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    home = HomeFolder(tmp_path_factory.mktemp("forget") / "home")
    with NewsroomServer(newsroom) as press:
        home.follow(press.feed_urls(), press.proxy_url)
        home.run("poll", "--all", "-q")
    return home


@pytest.fixture
def home(polled: HomeFolder, tmp_path: Path) -> HomeFolder:
    shutil.copytree(polled.folder, tmp_path / "home")
    return HomeFolder(tmp_path / "home")


ORIGINAL = """
    SELECT articles.canonical_url, stories.story_id, article_count
    FROM stories JOIN articles ON article_id = original_article_id
    ORDER BY publisher_count DESC, first_published_at LIMIT 1"""


def poll_again(home: HomeFolder, newsroom: Newsroom) -> None:
    with NewsroomServer(newsroom, clock=lambda: newsroom.now + timedelta(hours=10)) as press:
        home.follow(press.feed_urls(), press.proxy_url)
        assert home.run("poll", "--all", "-q").code == 0


def everything(home: HomeFolder) -> bytes:
    """All bytes of the home, archives unpacked."""
    parts = []
    for path in home.folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            parts.append(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    return b"\n".join(parts)


def text_of(home: HomeFolder) -> str:
    """Every value of every table of the snapshot."""
    with duckdb.connect(str(home.published), read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        ).fetchall()
        values: list[Any] = [connection.execute(f"FROM {name}").fetchall() for (name,) in tables]
    return repr(values)


def test_an_article_is_gone_and_stays_away(home: HomeFolder, newsroom: Newsroom) -> None:
    url, story, articles = home.sql(ORIGINAL)[0]
    path = url.rpartition("/")[2].encode()
    assert path in everything(home)
    done = home.run("forget", url, "--json", "-q")
    assert (done.code, done.err) == (0, "")
    assert done.report["articles"] == 1
    assert done.report["raw_pages"] == 1
    assert done.report["stories"] == 1
    assert home.run("check").code == 0
    assert home.sql(f"SELECT article_count FROM stories WHERE story_id = '{story}'") == [
        (articles - 1,)
    ]
    assert home.sql(f"SELECT count(*) FROM articles WHERE canonical_url = '{url}'") == [(0,)]
    poll_again(home, newsroom)
    assert home.sql(f"SELECT count(*) FROM articles WHERE canonical_url = '{url}'") == [(0,)]
    assert home.sql(f"SELECT count(*) FROM entries WHERE url LIKE '{url}%'") == [(0,)]
    assert home.run("check").code == 0


def test_an_article_of_its_own_leaves_no_word_behind(home: HomeFolder) -> None:
    url, title, body = home.sql(
        "SELECT canonical_url, articles.title, body FROM articles JOIN stories USING (story_id) "
        "WHERE article_count = 1 AND publisher = 'harborledger.example' ORDER BY 1 LIMIT 1"
    )[0]
    sentence = body.split("\n")[2][:60].encode()
    assert sentence in everything(home)
    assert home.run("forget", url, "-q").code == 0
    assert sentence not in everything(home)
    assert title not in text_of(home)
    assert home.run("check").code == 0


def test_a_publisher_is_gone_and_stays_away(home: HomeFolder, newsroom: Newsroom) -> None:
    before = home.sql("SELECT count(*) FROM articles WHERE publisher <> 'dailyquill.example'")
    done = home.run("forget", "dailyquill.example", "-q")
    assert done.code == 0
    assert "It is refused from now on" in done.out
    gone = "SELECT count(*) FROM articles WHERE publisher = 'dailyquill.example'"
    assert home.sql(gone) == [(0,)]
    assert home.sql("SELECT count(*) FROM articles") == before
    assert home.run("check").code == 0
    poll_again(home, newsroom)
    assert home.sql(gone) == [(0,)]
    assert home.sql("SELECT count(*) FROM entries WHERE url LIKE '%dailyquill.example%'") == [(0,)]
    shutil.rmtree(home.folder / "state")
    assert home.run("restore", "-q").code == 0
    assert home.sql(gone) == [(0,)]
    assert home.run("check").code == 0


def test_the_next_export_forgets_too(home: HomeFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    home.run("export", str(out), "--format", "jsonl", "-q")
    home.run("forget", "dailyquill.example", "-q")
    home.run("export", str(out), "--format", "jsonl", "-q")
    articles = "".join(path.read_text() for path in (out / "articles").rglob("*.jsonl"))
    assert "dailyquill.example" not in articles.replace("declared_canonical_url", "")


@pytest.mark.parametrize("target", ["ftp://a.example/x", "nothing", "a.example/page"])
def test_what_is_neither_page_nor_publisher_is_refused(home: HomeFolder, target: str) -> None:
    done = home.run("forget", target)
    assert done.code == 2
    assert target in done.err


def test_what_was_never_held_is_refused_from_then_on(home: HomeFolder) -> None:
    done = home.run("forget", "https://never.example/1", "--json", "-q")
    assert (done.code, done.report["articles"]) == (0, 0)
    with duckdb.connect(str(home.published), read_only=True) as connection:
        refused = connection.execute("SELECT kind, key FROM internal.refusals").fetchall()
    assert [kind for kind, _ in refused] == ["page"]


def test_backfills_forget_what_failed_and_copies_set_aside_are_named(
    home: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    page = f"http://{newsroom.outlets[0].domain}/no-such-page"
    file = tmp_path / "list.txt"
    file.write_text(page)
    with NewsroomServer(newsroom) as press:
        home.follow(press.feed_urls(), press.proxy_url)
        assert home.run("backfill", f"urls:{file}").code == 0
    failed = "SELECT url FROM internal.backfill_failures"
    assert home.sql(failed) == [(page,)]
    aside = home.folder / "state" / "damaged-20261101T000000"
    aside.mkdir()
    done = home.run("forget", page, "--json")
    assert done.report["copies"] == [str(aside)]
    assert home.sql(failed) == []
    assert f"{aside} was set aside" in home.run("forget", page).out
