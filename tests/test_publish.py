"""news.duckdb: always there, always whole, never locked, whoever else has it open."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from storage_cases import (
    NOW,
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

from storage.check import check
from storage.database import Connection, Database
from storage.migrate import migrations
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
    assert published(database, "FROM snapshot") == [(NOW, RUN, migrations()[-1].version, "1.2.3")]
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


def test_a_snapshot_needs_no_log_beside_it(database: Database) -> None:
    """What is committed but not yet in the main file of the working database is in it too."""
    killed = (
        "import os, sys, duckdb; connection = duckdb.connect(sys.argv[1]);"
        'connection.execute("INSERT INTO publishers (publisher, first_seen_at) '
        "VALUES ('x', now())\"); os.kill(os.getpid(), 9)"
    )
    with elsewhere(killed, database.home.working) as writer:
        assert writer.ends() == -9
    assert database.home.working.with_name("working.duckdb.wal").exists()
    take(database)
    assert in_folder(database) == {"news.duckdb"}
    assert published(database, COUNT) == [(1,)]


# --- readers

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(connection.execute("SELECT count(*) FROM feeds").fetchall()[0][0], flush=True)
    input()
"""

READ = """
import json, sys, threading, time, duckdb
stop = threading.Event()
threading.Thread(target=lambda: (input(), stop.set()), daemon=True).start()
seen, torn, errors, opened = [], 0, [], 0
while not errors and not (stop.is_set() and opened):
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            (row,) = connection.execute(
                "SELECT (SELECT count(*) FROM feeds), (SELECT count(*) FROM publishers), "
                "(SELECT sum(feeds) FROM publishers), (SELECT count(*) FROM snapshot)"
            ).fetchall()
    except Exception as error:
        errors.append(repr(error))
        break
    if opened == 0:
        print("reading", flush=True)
    opened += 1
    feeds, publishers, counted, snapshots = map(int, row)
    torn += not (feeds == publishers == counted and feeds % 5 == 0 and snapshots == 1)
    if feeds not in seen[-1:]:
        seen.append(feeds)
    time.sleep(0.1)
print(json.dumps([errors, torn, seen, opened]), flush=True)
input()
"""


def test_readers_see_nothing_but_whole_snapshots_and_are_never_in_the_way(
    database: Database,
) -> None:
    def grow(number: int) -> None:
        add_publishers(database, *(f"n{one}.example" for one in range(5 * number)))

    grow(1)
    take(database)
    path = database.home.published
    with elsewhere(HOLD, path) as holder, elsewhere(READ, path) as reader:
        assert holder.says() == "5"
        assert reader.says() == "reading"
        for number in range(2, 32):
            grow(number)
            take(database, later(minutes=number))
        reader.go_on()
        errors, torn, seen, opened = json.loads(reader.says())
        holder.go_on()
        assert holder.says() == "5"
    assert errors == []
    assert torn == 0
    assert seen == sorted(seen)
    assert len(seen) > 3, "too few snapshots were seen for this to mean much"
    assert opened > 10
    assert published(database, "SELECT count(*) FROM feeds") == [(155,)]


WRITE = """
import os, signal, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE mine AS SELECT 1 AS one")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_log_that_somebody_left_beside_the_snapshot_is_set_aside(database: Database) -> None:
    add_publishers(database, "a.example")
    take(database)
    database.home.published.chmod(0o644)
    with elsewhere(WRITE, database.home.published) as writer:
        assert writer.ends() == -9
    log = database.home.folder / "news.duckdb.wal"
    assert log.stat().st_size
    add_publishers(database, "a.example", "b.example")
    taken = take(database, later(hours=1))
    assert taken.set_aside is not None
    assert taken.set_aside.stat().st_size
    assert in_folder(database) == {"news.duckdb", taken.set_aside.name}
    assert published(database, COUNT) == [(2,)]
    assert published(database, "SELECT table_name FROM duckdb_tables() "
                               "WHERE table_name = 'mine'") == []  # fmt: skip
    assert take(database, later(hours=2)).set_aside is None
    assert check(database) == []


WRITE_ON = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE mine AS SELECT 1 AS one")
print("written", flush=True)
input()
connection.execute("INSERT INTO mine VALUES (2)")
connection.close()
print("closed", flush=True)
input()
"""


def test_somebody_who_is_still_writing_to_the_old_snapshot_does_no_harm(
    database: Database,
) -> None:
    take(database)
    database.home.published.chmod(0o644)
    with elsewhere(WRITE_ON, database.home.published) as writer:
        assert writer.says() == "written"
        add_publishers(database, "a.example")
        take(database, later(hours=1))
        assert published(database, COUNT) == [(1,)]
        writer.go_on()
        assert writer.says() == "closed"
    take(database, later(hours=2))
    assert published(database, COUNT) == [(1,)]
    assert check(database) == []


# --- when a snapshot is due


def due_after(
    connection: Connection,
    minutes: float,
    *,
    last_ms: int | None,
    interval: timedelta | None = None,
    at_end: bool = False,
    changed: bool = True,
) -> bool:
    """Whether one is due `minutes` after the last one, which took `last_ms` (None: there is none,
    and the run began then)."""
    connection.execute(
        "UPDATE internal.revision SET revision = 7, published_revision = $published, "
        "published_at = $at, publish_ms = $ms",
        {
            "published": -1 if last_ms is None else 6 if changed else 7,
            "at": None if last_ms is None else NOW,
            "ms": last_ms,
        },
    )
    now: datetime = NOW + timedelta(minutes=minutes)
    return due(connection, now=now, interval=interval, run_started_at=NOW, at_end=at_end)


def test_when_a_snapshot_is_due(database: Database) -> None:
    quick, slow = QUICK_MS // 10, 120_000
    five = PUBLISH_INTERVAL.total_seconds() / 60
    hour, tenth = timedelta(hours=1), timedelta(seconds=6)
    share = PUBLISH_SHARE * slow / 60_000
    with database.open() as connection:

        def is_due(minutes: float, **given: object) -> bool:
            return due_after(connection, minutes, **given)  # type: ignore[arg-type]

        # Nothing has changed: never.
        assert not is_due(999, last_ms=quick, changed=False, at_end=True)
        # The first: at the end of a run, or when the run has lasted for long.
        assert is_due(0, last_ms=None, at_end=True)
        assert not is_due(five - 0.1, last_ms=None)
        assert is_due(five, last_ms=None)
        # During a run: every PUBLISH_INTERVAL.
        assert not is_due(five - 0.1, last_ms=quick)
        assert is_due(five, last_ms=quick)
        # At its end: at once where snapshots are quick.
        assert is_due(0, last_ms=quick, at_end=True)
        assert is_due(0, last_ms=QUICK_MS, at_end=True)
        # Where they are slow, not more than a share of the time goes into them.
        assert not is_due(share - 0.1, last_ms=slow)
        assert not is_due(share - 0.1, last_ms=slow, at_end=True)
        assert is_due(share, last_ms=slow)
        assert is_due(share, last_ms=slow, at_end=True)
        # What the user sets holds, whatever a snapshot takes.
        assert not is_due(59, last_ms=quick, interval=hour, at_end=True)
        assert is_due(60, last_ms=quick, interval=hour)
        assert is_due(0.1, last_ms=slow, interval=tenth)
        # A clock that was set back does not stop them.
        assert is_due(-1, last_ms=slow)


def test_a_snapshot_is_due_again_after_the_next_change_only(database: Database) -> None:
    def is_due() -> bool:
        with database.open() as connection:
            return due(
                connection, now=later(days=1), interval=None, run_started_at=NOW, at_end=True
            )

    assert is_due()
    take(database)
    assert not is_due()
    add_publishers(database, "a.example")
    assert is_due()
