"""Snapshots that fail: a process killed at any step, a disk without room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from datetime import datetime
from pathlib import Path

import pytest
from storage_cases import (
    NOW,
    ROOT,
    RUN,
    elsewhere,
    follow_feeds,
    followed,
    later,
    new_database,
    published,
)

from ingest.errors import DiskFull
from storage.check import check
from storage.database import Database
from storage.publish import Published, publish

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


# --- crashes

CRASH = """
import os, shutil, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from storage import publish as publishing
from storage import copies
from storage.database import Database
from storage.home import Home

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def half(source, target):
    content = Path(source).read_bytes()
    Path(target).write_bytes(content[: len(content) // 2])
    die()

def then_die(function):
    return lambda *words: (function(*words), die())

exec(sys.argv[2])
database = Database(Home(Path(sys.argv[1])))
publishing.publish(database, run_id=None, wirecopy_version="2", now=datetime.now(UTC))
"""

STEPS = {
    "half copied": ("shutil.copyfile = half", "old"),
    "copied, not yet durable": ("copies.sync = die", "old"),
    "before the renaming": ("os.replace = die", "old"),
    "after the renaming": ("os.replace = then_die(os.replace)", "new"),
    "before it is recorded": ("publishing.Published = die", "new"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_leaves_the_old_snapshot_or_the_new_one(database: Database, step: str) -> None:
    add_publishers(database, "a.example")
    take(database)
    add_publishers(database, "a.example", "b.example")
    patch, found = STEPS[step]
    with elsewhere(CRASH, database.home.folder, patch) as publisher:
        assert publisher.ends() == -9
    assert published(database, COUNT) == ([(1,)] if found == "old" else [(2,)])
    assert check(database) == []
    take(database, later(hours=1))
    assert published(database, COUNT) == [(2,)]
    assert in_folder(database) == {"news.duckdb"}


def test_a_crash_before_the_first_snapshot_leaves_none(database: Database) -> None:
    with elsewhere(CRASH, database.home.folder, "shutil.copyfile = half") as publisher:
        assert publisher.ends() == -9
    assert not database.home.published.exists()
    assert check(database) == []
    take(database)
    assert in_folder(database) == {"news.duckdb"}


# --- no room


def test_a_snapshot_that_has_no_room_is_refused_and_the_last_one_stays(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_publishers(database, "a.example")
    take(database)
    add_publishers(database, "a.example", "b.example")
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1000))
        with pytest.raises(DiskFull, match="make room and run `wirecopy publish`"):
            take(database, later(hours=1))
    assert published(database, COUNT) == [(1,)]
    assert in_folder(database) == {"news.duckdb"}
    assert check(database) == []
    take(database, later(hours=1))
    assert published(database, COUNT) == [(2,)]


FULL = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
from ingest.errors import DiskFull
from storage import publish as publishing
from storage.check import check
from storage.database import Database
from storage.home import Home

folder = Path(sys.argv[1])
database = Database(Home(folder / "home"))

def add(count, prefix):
    with database.write() as connection:
        connection.execute(
            "INSERT INTO publishers (publisher, name, first_seen_at) "
            "SELECT $1 || i, md5(i::VARCHAR), now() FROM range($2) AS t(i)", [prefix, count])

def publish():
    publishing.publish(database, run_id=None, wirecopy_version="1", now=datetime.now(UTC))

def outcome(function, *words):
    try:
        function(*words)
    except DiskFull as error:
        return error.message
    except Exception as error:
        return repr(error)
    return "done"

def fill():
    with open(folder / "fill", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass

def held():
    with database.open() as connection:
        return connection.execute("SELECT count(*) FROM publishers").fetchall()[0][0]

said = {}
add(1000, "a"); publish()
room = folder / "room"
room.write_bytes(bytes(8 << 20))
said["large batch"] = outcome(add, 400000, "b")
fill()
said["small batch"] = outcome(add, 2000, "c")
said["publish"] = outcome(publish)
room.unlink()
said["held"] = held()
said["after"] = outcome(add, 2000, "d")
said["publish after"] = outcome(publish)
said["held after"] = held()
said["check"] = [violation.invariant for violation in check(database)]
said["files"] = sorted(path.name for path in (folder / "home").iterdir())
print(json.dumps(said))
"""

SMALL_DISK = 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$1" -c "$2" "$0"'


def test_a_disk_that_is_full_in_earnest_costs_only_the_batch(tmp_path: Path) -> None:
    """On a file system of 16 MB in a namespace of its own, where that is allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*alone, 'mount -t tmpfs tmpfs "$0"', str(disk)], capture_output=True
        ).returncode
    ):
        pytest.skip("no file system can be mounted here")
    done = subprocess.run(
        [*alone, SMALL_DISK, str(disk), sys.executable, FULL],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for step in ("large batch", "small batch", "publish"):
        assert said.pop(step).startswith("No space is left for "), step
    assert said == {
        "held": 1000,
        "after": "done",
        "publish after": "done",
        "held after": 3000,
        "check": [],
        "files": ["archive", "news.duckdb", "state"],
    }
