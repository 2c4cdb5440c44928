"""Polls of feeds that have hardly changed."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.document import Bar, Section, Table, Target, targets_table
from benchmarks.end_to_end.part import poll_command, write_home
from benchmarks.end_to_end.served import Publishers
from benchmarks.process_tree import ROOT, Cost, measure
from benchmarks.rounds import Medians, Plan, in_rounds, say

HERE = Path(__file__).parent
OURS, BARE, READER = "Wirecopy", "bare requests + ETag", "reader, 16 workers"
SIZES = (2_000, 10_000)
SHORT_SIZE = 30
ENTRIES = 5
"""Entries that a feed lists."""


_OUTCOMES = """
SELECT outcome, count(*) FROM polls
WHERE run_id = (SELECT arg_max(run_id, started_at) FROM runs)
GROUP BY outcome
"""

_START = "the start of the run (Start-up has it) is shared by few feeds"

_ABOUT = f"""
Feeds that have been polled before, of which 97% are unchanged and answer so to their ETag; the
others list one entry more. A feed lists {ENTRIES} entries, without links, so that no pages are
fetched. Connections are plain HTTP and are kept open, which they rarely can be among thousands of
real servers.
"""


@dataclass(frozen=True, slots=True)
class Contest:
    """Pollers of the same feeds, each with what it remembers of them."""

    plan: Plan
    folder: Path
    publishers: Publishers

    def wirecopy(self, _: int) -> Cost:
        home = self.folder / "home"
        if not home.exists():
            write_home(home, self.publishers)
        return measure(poll_command(home))

    def bare(self, _: int) -> Cost:
        python = self.plan.environments.python("loop")
        return measure(
            [
                python,
                HERE / "bare.py",
                self._feeds(),
                self.folder / "tags.json",
                self.publishers.proxy,
            ]
        )

    def reader(self, _: int) -> Cost:
        python, script = self.plan.environments.python("reader"), HERE / "reader_update.py"
        database = self.folder / "reader.sqlite"
        return measure([python, script, self._feeds(), database, self.publishers.proxy])

    def _feeds(self) -> Path:
        path = self.folder / "feeds.txt"
        path.write_text("\n".join(self.publishers.feeds))
        return path


def measured(plan: Plan) -> Section:
    """Every size: a first poll by everyone, which is not counted, then rounds in each of which
    three feeds of a hundred have changed."""
    found: dict[int, dict[str, Medians]] = {}
    for size in (SHORT_SIZE,) if plan.short else SIZES:
        folder = plan.scratch / str(size)
        folder.mkdir()
        with _served(size) as publishers:
            contest = Contest(plan, folder, publishers)
            contestants = {OURS: contest.wirecopy, BARE: contest.bare}
            if not plan.short:
                contestants[READER] = contest.reader
            say(f"{size:,} feeds: first polls")
            in_rounds(1, contestants)

            def before(_: int, proxy: str = publishers.proxy) -> None:
                urllib.request.urlopen(f"{proxy}/next").close()

            found[size] = in_rounds(plan.rounds, contestants, before=before)
            _check(folder / "home", size)
    return _section(plan, found)


@contextmanager
def _served(size: int) -> Iterator[Publishers]:
    server = subprocess.Popen(
        [sys.executable, HERE / "feed_server.py", str(size), str(ENTRIES)],
        cwd=ROOT, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        feeds = tuple(f"http://feed{number}.example/feed.xml" for number in range(size))
        yield Publishers(f"http://127.0.0.1:{port}", feeds, f"{size:,} feeds")
    finally:
        server.terminate()
        server.wait()


def _check(home: Path, size: int) -> None:
    """The last run has found nearly all unchanged, and none failed."""
    with duckdb.connect(str(home / "news.duckdb"), read_only=True) as connection:
        outcomes = dict(connection.execute(_OUTCOMES).fetchall())
    say(f"last run of Wirecopy: {json.dumps(outcomes)}")
    if sum(outcomes.values()) != size or outcomes.keys() - {"not_modified", "new_entries"}:
        raise SystemExit(f"the polls did not go as meant: {outcomes}")


def _section(plan: Plan, found: dict[int, dict[str, Medians]]) -> Section:
    tables = []
    for size, costs in found.items():
        rows = [
            [name, f"{cost.cpu:.2f}", f"{1000 * cost.cpu / size:.2f}", f"{cost.wall:.1f}",
             f"{cost.memory / 1e6:.0f}"]
            for name, cost in costs.items()
        ]  # fmt: skip
        columns = ("", "CPU, s", "CPU a feed, ms", "wall, s", "memory, MB")
        tables.append(Table(columns, rows, f"{size:,} feeds"))
    environments = [("loop", BARE)] + ([] if plan.short else [("reader", READER)])
    return Section(
        name="polls",
        title="Polls",
        about=_ABOUT,
        tables=[*tables, targets_table(_targets(found))],
        commands=[
            (OURS, "wirecopy poll --all --json --quiet"),
            (BARE, "bare.py FEEDS TAGS PROXY"),
            (READER, "reader_update.py FEEDS DATABASE PROXY"),
        ],
        unit="CPU a feed, ms",
        bars=[
            Bar(f"{size:,} feeds", name, round(1000 * cost.cpu / size, 3))
            for size, costs in found.items()
            for name, cost in costs.items()
        ],
        versions=[f"{name}: {plan.environments.versions(kept)}" for kept, name in environments],
    )


def _targets(found: dict[int, dict[str, Medians]]) -> list[Target]:
    targets = []
    for size, costs in found.items():
        ours, bare = costs[OURS], costs[BARE]
        if READER in costs:
            targets.append(
                Target(
                    f"CPU / reader's, {size:,} feeds",
                    0.5,
                    ours.cpu / costs[READER].cpu,
                    reason=f"bare requests are {bare.cpu / costs[READER].cpu:.2f}; " + _START,
                )
            )
        more = 1000 * (ours.cpu - bare.cpu) / size
        targets.append(
            Target(
                f"CPU a feed beyond bare requests, {size:,} feeds",
                0.5,
                more,
                unit=" ms",
                reason=_START,
            )
        )
    largest = max(found)
    memory = found[largest][OURS].memory / 1e6
    targets.append(Target(f"memory of {largest:,} feeds in one run", 400, memory, unit=" MB"))
    return targets
