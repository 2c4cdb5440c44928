"""A week of the simulation's feeds through the real code, and the same week simulated.

    python -m benchmarks.polling.week [--feeds 100] [--days 7] [--weeks 1] [--seed 1] [--simulated]

The feeds are the first of each class in the simulation's mix, as many as are its share, on a
loopback server under a clock that is moved from run to run. Runs start every five minutes, as in
prefect.yaml, and poll what is due; then the same days again with every feed polled every quarter of
an hour, and every hour. The simulation polls the same feeds at the same times: it should say the
same of each.

With --simulated only the simulation is asked; it has a row more, ours where floors are not obeyed.

All runs share one engine of DuckDB and one pool of workers, which is most of what a run costs that
has a process of its own.
"""

from __future__ import annotations

import argparse
import tempfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from unittest import mock

import numpy as np

from benchmarks.polling.feeds_mix import CLASSES, DAY, START, SimulatedFeed, feeds_mix
from benchmarks.polling.mix_server import MixServer, url_of
from benchmarks.polling.policies import Ours
from benchmarks.polling.simulate import TICK, Answer, Tally, poll_feed
from flows.feeds_file import feed_id_of, read_feeds_file
from flows.poll import run_poll
from flows.progress import Silent
from flows.run import Setup, worker_policy
from flows.settings import load_settings
from ingest.polling.policy import AIMS
from ingest.workers.pool import WorkerPool
from storage.database import Connection, Database
from storage.home import Home

MIX = 1000, 30
"""Feeds and days that are made up, of which the first are taken."""

INTERVALS = {"ours": None, "fixed 15 min": 900.0, "fixed 60 min": 3600.0}

Tallies = dict[str, Tally]
"""By feed."""


def sample(count: int, seed: int) -> list[SimulatedFeed]:
    """The first feeds of each class, as many as are its share of `count`, one at least."""
    of_class = defaultdict(list)
    for feed in feeds_mix(*MIX, seed):
        of_class[feed.kind].append(feed)
    return [
        feed
        for kind, share in CLASSES.items()
        for feed in of_class[kind][: max(1, round(count * share))]
    ]


class AtIntervals(Ours):
    """`wirecopy poll --all` at a fixed interval: validators are believed as ours believes them."""

    def __init__(self, feed: SimulatedFeed, interval: float) -> None:
        super().__init__(feed, AIMS, floors=True)
        self.interval = interval

    def answered(self, answer: Answer, now: float) -> float:
        super().answered(answer, now)
        return now + self.interval

    def failed(self, now: float, *, gone: bool) -> float:
        super().failed(now, gone=gone)
        return now + self.interval


def simulated(
    feeds: Sequence[SimulatedFeed],
    interval: float | None,
    spans: Sequence[float],
    *,
    floors: bool = True,
) -> Iterator[Tallies]:
    """What the simulation says of the feeds, all of them polled at the moment of the run."""
    return _each(_simulated(feeds, interval, days, floors=floors) for days in accumulate(spans))


def _simulated(
    feeds: Sequence[SimulatedFeed], interval: float | None, days: float, *, floors: bool
) -> Tallies:
    tallies = {}
    for feed in feeds:
        # Jitter is by the id, and ours is made from the address.
        named = replace(feed, feed_id=feed_id_of(url_of(feed)))
        policy = AtIntervals(named, interval) if interval else Ours(named, AIMS, floors=floors)
        tallies[feed.feed_id] = poll_feed(named, policy, START, START + days * DAY)
    return tallies


def polled(
    feeds: Sequence[SimulatedFeed], interval: float | None, spans: Sequence[float]
) -> Iterator[Tallies]:
    """Poll the feeds through the real code: when they are due, or all at an interval, in seconds.

    `spans` are in days, one after the other; each has its own tallies. Runs that would find no feed
    due are left out.
    """
    return _each(_polled(feeds, interval, spans))


def _polled(
    feeds: Sequence[SimulatedFeed], interval: float | None, spans: Sequence[float]
) -> Iterator[Tallies]:
    with MixServer(feeds, START) as server, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "feeds.toml").write_text(
            "".join(f'[[feed]]\nurl = "{url_of(feed)}"\n' for feed in feeds), encoding="utf-8"
        )
        with one_engine(home) as connection, one_pool(home, server.url) as poll:
            for days in accumulate(spans):
                end = START + days * DAY
                while server.now < end:
                    poll(server.now, interval is not None)
                    server.now += interval or _ticks_until_due(connection, server.now)
                yield {feed.feed_id: _tally(connection, feed, end) for feed in feeds}


def _each(tallies: Iterable[Tallies]) -> Iterator[Tallies]:
    """Of each span alone, from what there is at the end of each."""
    before: Tallies = {}
    for after in tallies:
        yield {
            name: tally.since(before[name]) if before else tally for name, tally in after.items()
        }
        before = after


@contextmanager
def one_engine(home: Path) -> Iterator[Connection]:
    """Every use of the home's database gets the same connection."""
    database = Database(Home(home))
    with database.hold():
        pass  # makes the folders
    with (
        database.connect() as connection,
        mock.patch.object(Database, "connect", return_value=nullcontext(connection)),
    ):
        yield connection


@contextmanager
def one_pool(home: Path, proxy: str) -> Iterator[Callable[[float, bool], None]]:
    """A run at a time, of what is due or of every feed; all runs have the same workers."""
    settings = load_settings({
        "home": home,
        "proxy": proxy,
        "per_publisher_delay": 0.0,
        "archive": False,
        "workers": 1,
        "min_free_bytes": 0,
        "publish_interval": timedelta(days=999),
    })  # fmt: skip

    def poll(now: float, every: bool) -> None:
        at = datetime.fromtimestamp(now, UTC)
        feeds = read_feeds_file(home / "feeds.toml")
        run_poll(Setup(settings, feeds, Silent(), clock=lambda: at), every=every)

    with (
        WorkerPool(worker_policy(settings)) as workers,
        mock.patch("flows.run.WorkerPool", return_value=nullcontext(workers)),
    ):
        yield poll


def _ticks_until_due(connection: Connection, now: float) -> float:
    """Seconds until the next run that finds a feed due."""
    ((due,),) = connection.execute("SELECT epoch(min(next_poll_at)) FROM feeds").fetchall()
    ticks: float = max(1.0, -((now - due) // TICK))
    return ticks * TICK


def _tally(connection: Connection, feed: SimulatedFeed, end: float) -> Tally:
    """What the tables say of a feed, counted as the simulation counts."""
    feed_id = feed_id_of(url_of(feed))
    ((requests,),) = connection.execute(
        "SELECT count(*) FROM polls WHERE feed_id = ?", [feed_id]
    ).fetchall()
    rows = connection.execute(
        "SELECT split_part(guid, '-', 2)::INTEGER AS place, epoch(first_seen_at) FROM entries "
        "WHERE feed_id = ? ORDER BY place", [feed_id]
    ).fetchall()  # fmt: skip
    published = feed.published.tolist()
    first = bisect_right(published, START)
    delays = {place: seen - published[place] for place, seen in rows if place >= first}
    # What the newest of a document was, all before it had their chance; and so had what came out a
    # day before the end.
    past = max([place + 1 for place, _ in rows] + [first, bisect_right(published, end - DAY)])
    lost = past - first - sum(place < past for place in delays)
    counted = bisect_right(published, end) - first
    return Tally(1, requests, counted, len(delays), lost, [np.array(list(delays.values()))])


def total(tallies: Tallies, feeds: Sequence[SimulatedFeed], kind: str | None = None) -> Tally:
    """Of all feeds, or those of a class."""
    every = Tally()
    for feed in feeds:
        if kind in (None, feed.kind):
            every.add(tallies[feed.feed_id])
    return every


def row(name: str, tally: Tally) -> str:
    return (
        f"| {name} | {tally.requests:,} | {tally.found:,} | {tally.requests_per_entry:.2f} "
        f"| {tally.delay(50):.1f} min | {tally.delay(95):.1f} min | {tally.lost:,} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--weeks", type=int, default=1, help="so many times these days")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(INTERVALS), help="one row of the table")
    parser.add_argument("--simulated", action="store_true", help="only the simulation, in minutes")
    args = parser.parse_args()
    feeds, spans = sample(args.feeds, args.seed), [args.days] * args.weeks
    if args.simulated:
        print_simulated(feeds, spans)
        return
    notes = []
    for name, interval in INTERVALS.items():
        if args.only not in (None, name):
            continue
        both = zip(polled(feeds, interval, spans), simulated(feeds, interval, spans), strict=True)
        for number, (mine, theirs) in enumerate(both, 1):
            print(row(f"{name}, week {number}", total(mine, feeds)))
            print(row("simulated", total(theirs, feeds)), flush=True)
            notes += differing(feeds, mine, theirs)
    print("\n" + ("\n".join(notes) or "No feed differs."))


def print_simulated(feeds: Sequence[SimulatedFeed], spans: Sequence[float]) -> None:
    """The simulation's rows, with one more: ours where floors are not obeyed."""
    policies = {name: simulated(feeds, interval, spans) for name, interval in INTERVALS.items()}
    policies["ours, floors not obeyed"] = simulated(feeds, None, spans, floors=False)
    for name, weeks in policies.items():
        for number, tallies in enumerate(weeks, 1):
            print(row(f"{name}, week {number}", total(tallies, feeds)), flush=True)


def differing(feeds: Sequence[SimulatedFeed], mine: Tallies, theirs: Tallies) -> list[str]:
    """The feeds of which the simulation says something else."""
    return [
        f"{feed.feed_id} ({feed.kind}): {one}, simulated {other}"
        for feed in feeds
        if (one := _counts(mine[feed.feed_id])) != (other := _counts(theirs[feed.feed_id]))
    ]


def _counts(tally: Tally) -> tuple[int, int, int]:
    return tally.requests, tally.found, tally.lost


if __name__ == "__main__":
    main()
