"""Damaged databases and homes that cannot be used: a sentence that helps, no traceback."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage_cases import (
    NOW,
    ROOT,
    RUN,
    article,
    elsewhere,
    entry,
    follow_feeds,
    followed,
    later,
    load,
    new_database,
    polled,
    record,
    rows,
)

from ingest.errors import StorageError
from storage.check import check
from storage.database import Database
from storage.home import Home
from storage.publish import publish

FIRST_HEADER, SECOND_HEADER, FIRST_BLOCK = 4096, 8192, 12288


def flipped(offset: int) -> Callable[[bytes], bytes]:
    """One byte changed."""
    return lambda raw: raw[:offset] + bytes([raw[offset] ^ 0xFF]) + raw[offset + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut in its header": lambda raw: raw[:100],
    "cut after its header": lambda raw: raw[:FIRST_HEADER],
    "cut in half": lambda raw: raw[: len(raw) // 2],
    "all zeros": lambda raw: bytes(len(raw)),
    "something else": lambda _: b"Not a database at all.\n" * 1000,
    "main header": flipped(20),
    "first header": flipped(FIRST_HEADER + 4),
    "second header": flipped(SECOND_HEADER + 8),
    "both headers": lambda raw: flipped(SECOND_HEADER + 8)(flipped(FIRST_HEADER + 4)(raw)),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database that holds something, and its snapshot."""
    database = new_database(tmp_path_factory.mktemp("whole") / "home")
    with database.write() as connection:
        follow_feeds(connection, followed("a.example"))
        load(connection, [article("a.example/1"), article("b.example/1")])
        record(connection, polled("a.example", entry("https://a.example/1")))
    publish(database, run_id=RUN, wirecopy_version="1", now=NOW)
    return database


@pytest.fixture
def database(whole: Database, tmp_path: Path) -> Database:
    """A copy of it, to be damaged."""
    shutil.copytree(whole.home.folder, tmp_path / "home")
    return Database(Home(tmp_path / "home"))


def use(database: Database) -> None:
    """Read and write everything."""
    with database.write() as connection:
        names = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE database_name = 'working'"
        ).fetchall()
        for (name,) in names:
            connection.execute(f"FROM {name}").fetchall()
        load(connection, [article("c.example/1")], now=later(hours=1))


def assert_says_what_to_do(error: StorageError, home: Home) -> None:
    assert str(home.working) in error.message
    assert "cannot be used" in error.message
    assert "`wirecopy restore`" in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_database_is_named_with_what_to_do(database: Database, damage: str) -> None:
    path = database.home.working
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(StorageError) as raised:
        use(database)
    assert_says_what_to_do(raised.value, database.home)


def test_a_flipped_byte_anywhere_is_named_or_does_no_harm(database: Database) -> None:
    path = database.home.working
    raw = path.read_bytes()
    places = random.Random(1)
    named = 0
    for _ in range(12):
        path.write_bytes(flipped(places.randrange(FIRST_BLOCK, len(raw)))(raw))
        path.with_name("working.duckdb.wal").unlink(missing_ok=True)
        try:
            use(Database(database.home))
        except StorageError as error:
            assert_says_what_to_do(error, database.home)
            named += 1
    assert named


KILLED = """
import os, signal, sys
import duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute(
    "INSERT INTO publishers (publisher, first_seen_at) SELECT 'x' || i, now() FROM range(50) t(i)"
)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_damaged_log_is_named_with_what_to_do(database: Database) -> None:
    with elsewhere(KILLED, database.home.working) as writer:
        assert writer.ends() == -9
    log = database.home.working.with_name("working.duckdb.wal")
    raw = log.read_bytes()
    log.write_bytes(flipped(len(raw) // 2)(raw))
    with pytest.raises(StorageError) as raised:
        use(database)
    assert_says_what_to_do(raised.value, database.home)


def test_what_the_message_says_brings_the_last_snapshot_back(database: Database) -> None:
    path = database.home.working
    path.write_bytes(DAMAGE["both headers"](path.read_bytes()))
    with pytest.raises(StorageError, match="`wirecopy restore` makes it anew"):
        use(database)
    path.unlink()
    shutil.copyfile(database.home.published, path)
    assert check(database) == []
    assert len(rows(database, "FROM articles")) == 2
    use(database)
    publish(database, run_id=RUN, wirecopy_version="1", now=later(hours=1))
    assert check(database) == []


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot be used: .* --home"):
        rows(Database(Home(tmp_path / "file" / "home")), "SELECT 1")


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from ingest.errors import StorageError
from storage.database import Database
from storage.home import Home
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with Database(Home(Path(sys.argv[1]))).write():
        print("written")
except StorageError as error:
    print(error.message)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user may enter."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
        for path in Path(name).rglob("*"):
            path.chmod(0o777)


@pytest.mark.parametrize("closed", ["home", "home/state", "home/state/working.duckdb"])
def test_a_home_that_may_not_be_written_to_is_named(
    whole: Database, folder: Path, closed: str
) -> None:
    """For root, whom no mode keeps out, as another user."""
    shutil.copytree(whole.home.folder, folder / "home")
    if closed == "home":
        shutil.rmtree(folder / "home" / "state")
    if closed == "home/state":
        (folder / "home" / "state" / "writer.lock").unlink()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    (folder / closed).chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(folder / "home")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ,
    )
    assert done.stderr == ""
    assert "cannot be used" in done.stdout
    assert "ermission denied" in done.stdout
