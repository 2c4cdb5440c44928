"""Runs that are killed, run twice at once, or read from while they write."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import psutil
import pytest
from homes import LONG, HomeFolder

from newsroom import NewsroomServer

TABLES = {
    "entries": "SELECT url, title, status, reason FROM entries",
    "articles": "SELECT canonical_url, publisher, title, body, published_at, role FROM articles",
    "stories": "SELECT list(canonical_url ORDER BY canonical_url) FROM articles GROUP BY story_id",
    "reprints": "SELECT a.canonical_url, o.canonical_url, relation, containment, added_text "
    "FROM reprints r JOIN articles a USING (article_id) "
    "JOIN articles o ON o.article_id = r.original_article_id",
    "publishers": "SELECT publisher, feeds, articles FROM publishers",
    "feeds": "SELECT url, publisher, format, last_outcome = 'http_4xx', entries_seen FROM feeds",
}
"""What must come out the same, however it came about."""


def contents(home: HomeFolder) -> dict[str, list[tuple[Any, ...]]]:
    """What is there when maintenance has settled it: before, it depends on the batches."""
    settled = home.run("maintain")
    assert settled.code == 0, settled.err
    return {name: sorted(home.sql(sql), key=repr) for name, sql in TABLES.items()}


@pytest.fixture(scope="module")
def expected(
    tmp_path_factory: pytest.TempPathFactory, newsroom: Any
) -> dict[str, list[tuple[Any, ...]]]:
    """The tables of an undisturbed run."""
    home = HomeFolder(tmp_path_factory.mktemp("undisturbed"))
    with NewsroomServer(newsroom) as press:
        home.follow(press.feed_urls(), press.proxy_url)
        assert home.run("poll", "--all").code == 0
    return contents(home)


def descendants(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return list(psutil.Process(process.pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


@pytest.mark.parametrize("trial", range(30 if LONG else 2))
def test_a_killed_run_loses_and_doubles_nothing(
    trial: int, home: HomeFolder, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    moment = random.Random(trial).uniform(0.6, 4.0)
    process = home.start("poll", "--all")
    time.sleep(moment)
    children = descendants(process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == [], "workers outlived their parent"

    if home.published.exists():  # complete to some commit
        orphans = "SELECT count(*) FROM articles ANTI JOIN stories USING (story_id)"
        assert home.sql(orphans) == [(0,)]
    rerun = home.run("poll", "--all", "--json")
    assert rerun.code == 0, rerun.err
    checked = home.run("check")
    assert checked.code == 0, checked.out
    assert contents(home) == expected
    outcomes = [row[0] for row in home.sql("SELECT outcome FROM runs ORDER BY started_at")]
    assert outcomes[-2:] == ["completed", "completed"]
    assert set(outcomes[:-2]) <= {"interrupted", "completed"}


def test_an_interrupted_run_says_so_and_the_next_goes_on(
    home: HomeFolder, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    process = home.start("poll", "--all")
    time.sleep(2.0)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(timeout=30) in (0, 130)
    assert home.run("poll", "--all").code == 0
    assert contents(home) == expected
    first = home.sql("SELECT outcome FROM runs ORDER BY started_at LIMIT 1")
    assert first in ([("cancelled",)], [("completed",)])


@pytest.mark.parametrize("trial", range(10 if LONG else 1))
def test_a_killed_maintenance_goes_on_the_next_time(
    trial: int, home: HomeFolder, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    assert home.run("poll", "--all").code == 0
    process = home.start("maintain")
    time.sleep(random.Random(trial).uniform(0.5, 2.5))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    checked = home.run("check")
    assert checked.code == 0, checked.out
    assert contents(home) == expected


def test_two_runs_at_once_make_the_same_tables(
    home: HomeFolder, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    runs = [home.start("poll", "--all") for _ in range(2)]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    home.run("publish")
    assert home.run("check").code == 0
    assert contents(home) == expected
    assert home.sql("SELECT count(*), min(outcome) FROM runs") == [(3, "completed")]


READER = """
import duckdb, sys, time
path, seconds = sys.argv[1], float(sys.argv[2])
held = duckdb.connect(path, read_only=True)
end, seen = time.monotonic() + seconds, 0
while time.monotonic() < end:
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT sum(article_count) FROM stories), "
            "(SELECT count(*) FROM snapshot)").fetchall()
    articles, counted, snapshots = rows[0]
    assert articles == (counted or 0) and snapshots == 1, rows
    seen += 1
    held.execute("SELECT count(*) FROM entries").fetchall()
print(seen)
"""


def test_readers_and_the_pipeline_never_disturb_each_other(
    home: HomeFolder, press: NewsroomServer
) -> None:
    settings = home.folder / "wirecopy.toml"
    settings.write_text(settings.read_text() + "publish_interval = 0\n")
    feeds = (home.folder / "feeds.toml").read_text()
    (home.folder / "feeds.toml").write_text(feeds.split("\n\n")[0][: feeds.index("\n", 10) + 1])
    assert home.run("poll", "--all").code == 0
    (home.folder / "feeds.toml").write_text(feeds)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(home.published), "8"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(2):
        assert home.run("poll", "--all").code == 0
    out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    assert int(out) > 20


WRITER = """
import duckdb, os, signal, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("SET wal_autocheckpoint = '1TB'")
connection.execute("CREATE TABLE mine AS SELECT 1 AS n")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_stray_log_is_set_aside_and_reported(home: HomeFolder) -> None:
    assert home.run("poll", "--all").code == 0
    home.published.chmod(0o644)
    subprocess.run([sys.executable, "-c", WRITER, str(home.published)], check=False)
    log = home.folder / "news.duckdb.wal"
    assert log.exists()
    done = home.run("poll", "--all")
    assert "for writing" in done.out
    assert not log.exists()
    assert len(list(home.folder.glob("news.duckdb.wal.*.stray"))) == 1
    assert home.sql("SELECT count(*) FROM snapshot") == [(1,)]
    with pytest.raises(duckdb.CatalogException):
        home.sql("SELECT * FROM mine")


def test_a_raw_page_that_was_kept_is_not_fetched_again(
    home: HomeFolder, press: NewsroomServer, new_home: Callable[[str], HomeFolder]
) -> None:
    """An entry left at `fetched` is finished from the archive."""
    assert home.run("poll", "--all").code == 0
    undo = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute(\"UPDATE entries SET status = 'fetched', article_id = NULL,"
        " next_attempt_at = first_seen_at WHERE status = 'done'\");"
        "[c.execute(f'DELETE FROM {t}') for t in"
        " ('articles', 'stories', 'reprints', 'article_links', 'internal.article_urls',"
        " 'internal.sketches', 'internal.blocks', 'internal.block_sightings',"
        " 'internal.removed_blocks', 'internal.canonical_keys', 'internal.unsettled')];"
        "c.execute('UPDATE publishers SET articles = 0')"
    )
    working = home.folder / "state" / "working.duckdb"
    subprocess.run([sys.executable, "-c", undo, str(working)], check=True)
    before = len(press.requests)
    done = home.run("poll", "--json")
    assert done.report["counts"]["articles"] > 150
    assert not [r for r in press.requests[before:] if r.path.endswith(".html")]
    assert home.run("check").code == 0
