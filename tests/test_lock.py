"""One writer at a time, polls before backfills, and what happens when somebody else is in the way.

The other side is always another process: the locks are there for these.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from storage_cases import RUN, elsewhere, new_database, rows

from ingest.errors import DatabaseBusy
from storage import database as databases
from storage.lock import LiveRuns, WriterLock

HOLD = """
import sys
from pathlib import Path
from storage.lock import WriterLock
folder, backfill = Path(sys.argv[1]), sys.argv[2] == "backfill"
print("waiting", flush=True)
with WriterLock(folder).hold(timeout=60, backfill=backfill):
    with (folder / "order").open("a") as order:
        print(sys.argv[3], file=order)
    print("held", flush=True)
    input()
"""

COUNT = """
import sys
from pathlib import Path
from storage.lock import WriterLock
folder = Path(sys.argv[1])
for _ in range(40):
    with WriterLock(folder).hold(timeout=60, backfill=sys.argv[2] == "backfill"):
        number = int((folder / "number").read_text())
        (folder / "number").write_text(str(number + 1))
"""

LIVE = """
import sys
from pathlib import Path
from storage.lock import LiveRuns
with LiveRuns(Path(sys.argv[1])).alive(sys.argv[2]):
    print("alive", flush=True)
    input()
print("ended", flush=True)
input()
"""

OPEN = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "True")
print("open", flush=True)
input()
connection.close()
print("closed", flush=True)
input()
"""


def test_writers_of_several_processes_take_turns(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    with (
        elsewhere(COUNT, tmp_path, "poll") as one,
        elsewhere(COUNT, tmp_path, "backfill") as other,
        elsewhere(COUNT, tmp_path, "poll") as third,
    ):
        assert [one.ends(), other.ends(), third.ends()] == [0, 0, 0]
    assert (tmp_path / "number").read_text() == "120"


def test_threads_take_turns_too(tmp_path: Path) -> None:
    inside: list[int] = []

    def write(_: int) -> None:
        with WriterLock(tmp_path).hold(timeout=60):
            inside.append(1)
            assert len(inside) == 1
            time.sleep(0.001)
            inside.pop()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))


@pytest.mark.parametrize("holder", ["poll", "backfill"])
@pytest.mark.parametrize("waiter", ["poll", "backfill"])
def test_who_has_waited_too_long_is_told_so(tmp_path: Path, holder: str, waiter: str) -> None:
    with elsewhere(HOLD, tmp_path, holder, "other") as other:
        assert [other.says(), other.says()] == ["waiting", "held"]
        with (
            pytest.raises(DatabaseBusy, match=r"Another Wirecopy process .* run the command again"),
            WriterLock(tmp_path).hold(timeout=0.1, backfill=waiter == "backfill"),
        ):
            pass
        other.go_on()
        with WriterLock(tmp_path).hold(timeout=30, backfill=waiter == "backfill"):
            pass


@pytest.mark.parametrize("holder", ["poll", "backfill"])
def test_a_poll_overtakes_a_backfill_that_waited_before_it(tmp_path: Path, holder: str) -> None:
    with ExitStack() as processes:
        with WriterLock(tmp_path).hold(timeout=30, backfill=holder == "backfill"):
            waiters = []
            for kind in ("backfill", "poll"):
                waiter = processes.enter_context(elsewhere(HOLD, tmp_path, kind, f"waiting {kind}"))
                assert waiter.says() == "waiting"
                time.sleep(0.3)
                waiters.append(waiter)
        backfill, poll = waiters
        assert poll.says() == "held"
        poll.go_on()
        assert backfill.says() == "held"
    assert (tmp_path / "order").read_text().splitlines() == ["waiting poll", "waiting backfill"]


@pytest.mark.parametrize("holder", ["poll", "backfill"])
def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, holder: str) -> None:
    with elsewhere(HOLD, tmp_path, holder, "other") as other:
        assert [other.says(), other.says()] == ["waiting", "held"]
        other.kill()
        with WriterLock(tmp_path).hold(timeout=30):
            pass


def test_a_waiting_backfill_that_is_killed_keeps_nobody_out(tmp_path: Path) -> None:
    with elsewhere(HOLD, tmp_path, "backfill", "other") as other:
        with WriterLock(tmp_path).hold(timeout=30):
            assert other.says() == "waiting"
            time.sleep(0.1)
            other.kill()
        with WriterLock(tmp_path).hold(timeout=30, backfill=True):
            pass


def test_runs_live_as_long_as_their_process_and_no_longer(tmp_path: Path) -> None:
    runs = LiveRuns(tmp_path)
    asked = ["rkilled", "rended", "rmine", "rnever"]
    with (
        elsewhere(LIVE, tmp_path, "rkilled") as killed,
        elsewhere(LIVE, tmp_path, "rended") as ended,
        runs.alive("rmine"),
    ):
        assert [killed.says(), ended.says()] == ["alive", "alive"]
        assert runs.among(asked) == {"rkilled", "rended", "rmine"}
        killed.kill()
        ended.go_on()
        assert ended.says() == "ended"
        assert runs.among(asked) == {"rmine"}
    assert runs.among(asked) == set()
    assert list((tmp_path / "runs").iterdir()) == []


def test_runs_are_asked_about_before_any_has_begun(tmp_path: Path) -> None:
    assert LiveRuns(tmp_path).among(["rnone"]) == set()


@pytest.mark.parametrize("read_only", [True, False])
def test_a_program_that_has_the_working_database_open_is_named_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_only: bool
) -> None:
    monkeypatch.setattr(databases, "FOREIGN_OPEN_TIMEOUT", 0.3)
    database = new_database(tmp_path)
    with elsewhere(OPEN, database.home.working, read_only) as other:
        assert other.says() == "open"
        with pytest.raises(DatabaseBusy) as raised, database.open():
            pass
        other.go_on()
        assert other.says() == "closed"
        assert rows(database, "SELECT run_id FROM runs") == [(RUN,)]
    assert str(database.home.working) in raised.value.message
    assert "Close it there" in raised.value.message
    assert "news.duckdb" in raised.value.message


def test_a_program_that_soon_closes_the_working_database_is_waited_for(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    with elsewhere(OPEN, database.home.working, False) as other:
        assert other.says() == "open"
        closing = threading.Timer(0.5, other.go_on)
        closing.start()
        assert rows(database, "SELECT run_id FROM runs") == [(RUN,)]
        closing.join()


def test_a_database_is_busy_while_another_process_writes(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    with elsewhere(HOLD, database.home.state, "poll", "other") as other:
        assert [other.says(), other.says()] == ["waiting", "held"]
        with pytest.raises(DatabaseBusy), database.open(timeout=0.1):
            pass
