"""news.duckdb: always there, always whole, never locked, whoever else has it open."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from storage_cases import (
    NOW,
    ROOT,
    RUN,
    article,
    elsewhere,
    follow_feeds,
    followed,
    later,
    load,
    new_database,
    published,
    rows,
)

from ingest.errors import DiskFull
from storage.check import check
from storage.database import Connection, Database
from storage.publish import PUBLISH_INTERVAL, PUBLISH_SHARE, QUICK_MS, Published, publish
from storage.publish import publish_due as due

COUNT = "SELECT count(*) FROM publishers"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return new_database(tmp_path / "home")


def take(database: Database, now: datetime = NOW) -> Published:
    return publish(database, run_id=RUN, wirecopy_version="1.2.3", now=now)


def add_publishers(database: Database, *names: str) -> None:
    with database.write() as connection:
        follow_feeds(connection, *(followed(name) for name in names))


def in_folder(database: Database) -> set[str]:
    return {path.name for path in database.home.folder.iterdir()} - {"state", "archive"}


# --- the snapshot


def test_a_snapshot_shows_what_is_committed_and_describes_itself(database: Database) -> None:
    add_publishers(database, "a.example")
    with database.write() as connection:
        load(connection, [article("a.example/1"), article("b.example/1")])
    taken = take(database)
    assert taken.path == database.home.published
    assert taken.bytes == taken.path.stat().st_size
    assert taken.set_aside is None
    assert published(database, "FROM snapshot") == [(NOW, RUN, 1, "1.2.3")]
    for table in ("publishers", "feeds", "articles", "stories", "reprints", "runs"):
        assert published(database, f"FROM {table}") == rows(database, f"FROM {table}") != []
    take(database, later(hours=1))
    assert published(database, "SELECT taken_at FROM snapshot") == [(later(hours=1),)]
    assert check(database) == []


def test_a_snapshot_can_be_read_by_all_and_written_by_none(database: Database) -> None:
    take(database)
    assert stat.S_IMODE(database.home.published.stat().st_mode) == 0o444
    take(database)
    assert stat.S_IMODE(database.home.published.stat().st_mode) == 0o444
    assert in_folder(database) == {"news.duckdb"}


def test_a_snapshot_needs_no_log_beside_it(database: Database, tmp_path: Path) -> None:
    """What is committed but not yet in the main file of the working database is in it too."""
    killed = (
        "import os, sys, duckdb; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute(\"INSERT INTO publishers (publisher, first_seen_at) "
        "VALUES ('x', now())\"); os.kill(os.getpid(), 9)"
    )
    with elsewhere(killed, database.home.working) as writer:
        assert writer.ends() == -9
    assert database.home.working.with_name("working.duckdb.wal").exists()
    take(database)
    elsewhere_copy = tmp_path / "alone.duckdb"
    shutil.copyfile(database.home.published, elsewhere_copy)
    assert published(database, COUNT) == [(1,)]


# --- readers

READ = """
import json, sys, time, duckdb
path = sys.argv[1]
held = duckdb.connect(path, read_only=True)
before = held.execute("SELECT count(*) FROM publishers").fetchall()
print("open", flush=True)
import threading
stop = threading.Event()
threading.Thread(target=lambda: (input(), stop.set()), daemon=True).start()
seen, errors, torn, backwards, opened = [0], [], 0, 0, 0
code = (
    "import sys, duckdb\\n"
)
import os
while not stop.is_set() or not opened:
    # A copy of the name, because one process gets the same open file for the same name.
    name = f"/proc/self/cwd/{opened}"
    try:
        real = os.path.join(os.path.dirname(path), "." * (opened % 2) or ".", "news.duckdb")
        with duckdb.connect(real, read_only=True) as now:
            feeds = now.execute("SELECT count(*) FROM feeds").fetchall()[0][0]
            names = now.execute("SELECT count(*), sum(feeds) FROM publishers").fetchall()[0]
            moment = now.execute("SELECT count(*) FROM snapshot").fetchall()[0][0]
    except Exception as error:
        errors.append(repr(error))
        break
    torn += (feeds, feeds, 1) != (*map(int, names), moment) or feeds % 5 != 0
    backwards += feeds < seen[-1]
    if feeds != seen[-1]:
        seen.append(feeds)
    opened += 1
after = held.execute("SELECT count(*) FROM publishers").fetchall()
print(json.dumps([errors, torn, backwards, before == after, len(seen), opened]), flush=True)
"""
