"""`wirecopy restore`: whatever happened to the working database, the last snapshot and the raw
pages archived since come back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import HomeFolder

from newsroom import Newsroom, NewsroomServer

ARTICLES = (
    "SELECT canonical_url, title, body, story_id, role, published_at FROM articles ORDER BY 1"
)


@pytest.fixture(scope="module")
def polled(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    """Polled twice; the snapshot shows the first time."""
    home = HomeFolder(tmp_path_factory.mktemp("restore") / "home")
    with NewsroomServer(newsroom, clock=lambda: newsroom.now - timedelta(days=1)) as press:
        home.follow(press.feed_urls(), press.proxy_url, publish_interval="P1D")
        home.run("poll", "--all", "-q")
        press.advance(timedelta(days=1, hours=20))
        home.run("poll", "--all", "-q")
    return home


@pytest.fixture
def home(polled: HomeFolder, tmp_path: Path) -> HomeFolder:
    """A copy, to be damaged. The newsroom is closed: nothing can be fetched."""
    shutil.copytree(polled.folder, tmp_path / "home")
    return HomeFolder(tmp_path / "home")


def working(home: HomeFolder) -> Path:
    return home.folder / "state" / "working.duckdb"


def held(home: HomeFolder, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the working database."""
    with duckdb.connect(str(working(home)), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def flip_a_byte(home: HomeFolder) -> None:
    raw = bytearray(working(home).read_bytes())
    for at in range(20_000, len(raw), 50_000):
        raw[at] ^= 0xFF
    working(home).write_bytes(bytes(raw))


def break_the_log(home: HomeFolder) -> None:
    """A write that was not checkpointed, one byte of it flipped."""
    log = Path(f"{working(home)}.wal")
    connection = duckdb.connect(str(working(home)))
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute("UPDATE publishers SET name = 'changed'")
    connection.close()
    raw = bytearray(log.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    log.write_bytes(bytes(raw))


DAMAGE: dict[str, Callable[[HomeFolder], object]] = {
    "bytes flipped": flip_a_byte,
    "a byte flipped in the log": break_the_log,
    "truncated": lambda home: working(home).write_bytes(working(home).read_bytes()[:300_000]),
    "empty": lambda home: working(home).write_bytes(b""),
    "the file deleted": lambda home: working(home).unlink(),
    "state deleted": lambda home: shutil.rmtree(home.folder / "state"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_everything_up_to_the_last_archived_page_comes_back(home: HomeFolder, damage: str) -> None:
    before = held(home, ARTICLES)
    shown = home.sql("SELECT count(*) FROM articles")[0][0]
    assert 0 < shown < len(before)
    DAMAGE[damage](home)
    done = home.run("restore", "--json", "-q")
    assert (done.code, done.err) == (0, "")
    assert done.report["articles"] == len(before) - shown
    assert done.report["published"]
    assert done.report["lost"]
    after = held(home, ARTICLES)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert grouped(after) == grouped(before)
    assert home.run("check").code == 0
    assert home.sql("SELECT count(*) FROM articles") == [(len(before),)]


def grouped(rows: list[tuple[Any, ...]]) -> set[frozenset[str]]:
    """Which articles are of one story."""
    stories: dict[str, set[str]] = {}
    for url, _, _, story, *_ in rows:
        stories.setdefault(story, set()).add(url)
    return {frozenset(members) for members in stories.values()}


def test_the_next_poll_goes_on_from_there(home: HomeFolder, newsroom: Newsroom) -> None:
    before = held(home, "SELECT canonical_url FROM articles ORDER BY 1")
    shutil.rmtree(home.folder / "state")
    home.run("restore", "-q")
    with NewsroomServer(newsroom, clock=lambda: newsroom.now + timedelta(hours=20)) as press:
        home.follow(press.feed_urls(), press.proxy_url)
        assert home.run("poll", "--all", "-q").code == 0
    assert held(home, "SELECT canonical_url FROM articles ORDER BY 1") == before
    waiting = "SELECT count(*) FROM entries WHERE status IN ('pending', 'fetched') AND attempts = 0"
    assert held(home, waiting) == [(0,)]
    assert home.run("check").code == 0


def test_it_says_what_it_did(home: HomeFolder) -> None:
    flip_a_byte(home)
    done = home.run("restore", "-q")
    assert done.code == 0
    for word in ("damage ", "from       the snapshot of ", "archive ", "set aside ", "lost "):
        assert word in done.out
    (aside,) = (home.folder / "state").glob("damaged-*")
    assert {path.name for path in aside.iterdir()} >= {"working.duckdb"}


def test_a_database_that_is_sound_is_left_alone(home: HomeFolder) -> None:
    before = held(home, ARTICLES)
    done = home.run("restore", "-q")
    assert done.code == 2
    assert "nothing to restore" in done.err
    assert held(home, ARTICLES) == before
    assert home.run("restore", "--force", "-q").code == 0
    assert [row[:3] for row in held(home, ARTICLES)] == [row[:3] for row in before]


def test_without_a_readable_snapshot_the_archive_is_all_there_is(home: HomeFolder) -> None:
    before = held(home, ARTICLES)
    shutil.rmtree(home.folder / "state")
    home.published.chmod(0o644)
    home.published.write_bytes(b"damaged too")
    done = home.run("restore", "--json", "-q")
    assert done.code == 0
    assert done.report["snapshot_at"] is None
    assert [row[2] for row in held(home, ARTICLES)] == [row[2] for row in before]
    assert home.run("check").code == 0


def test_a_damaged_archive_file_costs_its_page(home: HomeFolder) -> None:
    before = held(home, "SELECT count(*) FROM articles")[0][0]
    newest = max((home.folder / "archive").glob("*.warc.gz"))
    raw = bytearray(newest.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    newest.write_bytes(bytes(raw))
    shutil.rmtree(home.folder / "state")
    assert home.run("restore", "-q").code == 0
    assert held(home, "SELECT count(*) FROM articles")[0][0] == before - 1
