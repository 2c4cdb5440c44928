"""What a soak is judged by."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any, NamedTuple

import psutil

from benchmarks.soak.analyst import Analyst, Reads
from benchmarks.soak.served import World
from tests.homes import HomeFolder
from tests.prefect_installation import ROOT, Installation

MB = 1e6

OVERLAPPING = """
    SELECT one.run_id FROM runs one JOIN runs other ON one.run_id < other.run_id
    WHERE one.kind = 'poll' AND other.kind = 'poll'
      AND one.started_at < other.finished_at AND other.started_at < one.finished_at"""

TWICE_IN_A_SLOT = """
    SELECT feed_id FROM polls GROUP BY feed_id, time_bucket(INTERVAL 1 minute, started_at)
    HAVING count(*) > 1"""


LEFT = """
    SELECT entry_id FROM entries WHERE status IN ('pending', 'fetched') AND next_attempt_at <
        (SELECT max(started_at) FROM runs WHERE kind = 'poll')"""


class Verdict(NamedTuple):
    """The report, and whether all held that must."""

    text: str
    well: bool


class Measured:
    """Memory of the processes, and the size of Prefect's database, at the start and at the end."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self.largest_run = 0.0
        self._bytes = [0, 0]
        self._runs = [0, 0]

    def begin(self) -> None:
        self.first = self._memory()
        self._bytes[0], self._runs[0] = self._size()

    def end(self) -> None:
        self.last = self._memory()
        self._bytes[1], self._runs[1] = self._size()

    def sample(self) -> None:
        """Note how large the flow run of this moment is, its workers included."""
        for run in self._installation.flow_runs():
            with suppress(psutil.NoSuchProcess):
                family = [run, *run.children(recursive=True)]
                size = sum(process.memory_info().rss for process in family) / MB
                self.largest_run = max(self.largest_run, size)

    def growth(self) -> tuple[float, int]:
        """Bytes a flow run, and how many runs that is measured over. The cancelled ones count."""
        runs = self._runs[1] - self._runs[0]
        return (self._bytes[1] - self._bytes[0]) / max(1, runs), runs

    def _memory(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, process in self._installation.processes.items():
            with suppress(psutil.NoSuchProcess):
                found[name] = psutil.Process(process.pid).memory_info().rss / MB
        return found

    def _size(self) -> tuple[int, int]:
        """Bytes of Prefect's database without its log, which comes and goes, and runs ended."""
        file = self._installation.folder / "prefect-home" / "prefect.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=60)) as database:
            [pages] = database.execute("PRAGMA page_count").fetchone()
            [size] = database.execute("PRAGMA page_size").fetchone()
        return pages * size, _ended(self._installation)


def _ended(installation: Installation) -> int:
    states = {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}
    return int(installation.post("flow_runs/count", flow_runs={"state": states}))


def verdict(
    installation: Installation, world: World, measured: Measured, analyst: Analyst, backfill: str
) -> Verdict:
    """What held and what did not, after a last poll and a snapshot of it all."""
    home = HomeFolder(installation.home)
    home.run("poll", "--quiet", timeout=600)  # takes up what a killed run left
    home.run("publish")
    checked = subprocess.run(
        [sys.executable, "-m", "flows.cli", "check", "--home", str(home.folder)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    reads = analyst.reads
    twice, overlapping = len(home.sql(TWICE_IN_A_SLOT)), len(home.sql(OVERLAPPING))
    doubled = len(home.sql("SELECT url FROM articles GROUP BY url HAVING count(*) > 1"))
    failed = {
        "wirecopy check": checked.returncode,
        "errors of the analyst": len(reads.errors),
        "polls that ran at once": overlapping,
        "feeds polled twice within a minute": twice,
        "articles held twice": doubled,
        "entries that were due and not taken up": len(home.sql(LEFT)),
    }
    lines = [
        f"wirecopy check: {'clean' if not checked.returncode else checked.stdout}",
        f"feeds {len(world.feeds)}, pieces out {world.out()}, {_entries(home)}",
        f"articles held twice {doubled}; pages fetched again, after a fault or kill or by the "
        f"backfill: {world.pages_twice()}",
        f"runs by outcome: {_counted(home, 'runs', 'kind', 'outcome')}",
        f"flow runs by state: {_states(installation)}",
        f"the backfill: {installation.state(backfill)}",
        f"polls by outcome: {_counted(home, 'polls', 'outcome')}",
        f"polls that ran at once {overlapping}, feeds polled twice within a minute {twice}",
        _lateness(home, reads),
        f"analyst: {reads.opened} reads, {len(reads.errors)} errors {reads.errors[:3] or ''}, "
        f"age of the snapshot p50 {_share(reads.ages, 0.5):.0f} s, "
        f"p95 {_share(reads.ages, 0.95):.0f} s, at most {max(reads.ages, default=0):.0f} s",
        *_memory(measured),
        "Prefect's database grew {:,.0f} bytes a flow run, over {} runs".format(*measured.growth()),
        f"slots taken at the end: {installation.slots_taken()}",
        *(f"FAILED: {what}: {count}" for what, count in failed.items() if count),
    ]
    return Verdict("\n".join(lines), not any(failed.values()))


def _entries(home: HomeFolder) -> str:
    return f"entries {_counted(home, 'entries', 'status')}"


def _counted(home: HomeFolder, table: str, *columns: str) -> str:
    names = ", ".join(columns)
    rows = home.sql(f"SELECT {names}, count(*) FROM {table} GROUP BY {names} ORDER BY {names}")
    return ", ".join(" ".join(str(value) for value in row) for row in rows)


def _states(installation: Installation) -> str:
    runs: list[dict[str, Any]] = installation.runs(
        "COMPLETED", "FAILED", "CRASHED", "CANCELLED", "RUNNING", "PENDING"
    )
    return ", ".join(
        f"{name} {n}" for name, n in Counter(run["state_name"] for run in runs).items()
    )


def _lateness(home: HomeFolder, reads: Reads) -> str:
    """How long after it was due a feed was polled, for every poll whose due time was seen."""
    polled: dict[str, list[float]] = defaultdict(list)
    for feed, at in home.sql("SELECT feed_id, epoch(started_at) FROM polls ORDER BY started_at"):
        polled[feed].append(at)
    late = []
    for (feed, last), due in reads.due.items():
        following = [at for at in polled[feed] if at > last + 0.5]
        if following:
            late.append(max(0.0, following[0] - due))
    return (
        f"lateness of {len(late)} polls: p50 {_share(late, 0.5):.0f} s, "
        f"p95 {_share(late, 0.95):.0f} s, at most {max(late, default=0):.0f} s"
    )


def _share(values: Sequence[float], share: float) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _memory(measured: Measured) -> list[str]:
    lines = [
        f"memory of the {name}: {measured.first[name]:.0f} MB at the start, "
        f"{measured.last.get(name, 0):.0f} MB at the end"
        for name in measured.first
    ]
    return [*lines, f"largest flow run, with its workers: {measured.largest_run:.0f} MB"]
