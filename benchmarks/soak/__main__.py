"""A year of schedule in some minutes: a poll every minute, and whatever may go wrong.

    nice python -m benchmarks.soak [--minutes 40] [--publishers 120] [--folder DIR]
                                   [--shared ../shared]

A newsroom whose clock runs serves some 100 publishers; a tenth of its answers are faults. A Prefect
server and worker poll it every minute; a backfill is started with parameters; an analyst reads
news.duckdb in a loop; the server is killed at two fifths of the time and started again after 20 s,
the worker and the run it may have begun at three fifths. With --shared it is the real pages of a
corpus, by its own server. DIR keeps home, logs and Prefect's database.

Prints what held, and exits 1 when an invariant is violated, a reader met an error, two polls ran at
once, or anything is held twice.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.soak.analyst import Analyst
from benchmarks.soak.measured import Measured, Verdict, verdict
from benchmarks.soak.served import World, corpus, faulty_newsroom
from tests.homes import HomeFolder
from tests.prefect_installation import Installation, wait_for

SERVER_KILLED, WORKER_KILLED, BACKFILL_AT = 0.4, 0.6, 0.2
"""Shares of the time."""

SERVER_AWAY_SECONDS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description="A compressed soak of the scheduled pipeline.")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--publishers", type=int, default=120)
    parser.add_argument("--folder", type=Path, help="keep what comes of it in this new folder")
    parser.add_argument("--shared", type=Path, help="a corpus of real pages and its replay server")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (args.folder or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        seconds = 60 * args.minutes
        served = (
            corpus(args.shared, folder, seconds)
            if args.shared
            else faulty_newsroom(args.publishers, seconds)
        )
        with served as world, installed(folder, world) as installation:
            found = soak(installation, world, seconds)
    print(found.text)
    raise SystemExit(0 if found.well else 1)


@contextmanager
def installed(folder: Path, world: World) -> Iterator[Installation]:
    """A server, a worker, and a home that follows the world."""
    with Installation(folder) as installation:
        HomeFolder(installation.home).follow(
            world.feeds, world.proxy, per_publisher_delay=0.2, publish_interval=0
        )
        installation.set_up()
        installation.start_worker()
        yield installation


def soak(installation: Installation, world: World, seconds: float) -> Verdict:
    """Let it run for so long, kill what is to be killed, and judge what came of it."""
    say(f"polling {len(world.feeds)} feeds every minute for {seconds / 60:.0f} minutes")
    home = HomeFolder(installation.home)
    measured = Measured(installation)
    begun = time.monotonic()

    def until(share: float) -> None:
        while time.monotonic() < begun + share * seconds:
            measured.sample()
            time.sleep(5)

    wait_for(home.published.exists, 300, installation.log("worker"))
    with Analyst(home.published) as analyst:
        measured.begin()
        until(BACKFILL_AT)
        backfill = installation.start_run("backfill", sources=list(world.backfill))
        say("a backfill is started")
        until(SERVER_KILLED)
        installation.kill("server", family=True)
        say("the server is killed")
        time.sleep(SERVER_AWAY_SECONDS)
        installation.start_server()
        say("the server is back")
        until(WORKER_KILLED)
        installation.kill("worker", family=True)
        say("the worker is killed")
        installation.start_worker()
        if installation.state(backfill) != "COMPLETED":
            backfill = installation.start_run("backfill", sources=list(world.backfill))
            say("the backfill is started again")
        until(1.0)
        measured.end()
        installation.set_paused(True)
        wait_for(lambda: not installation.flow_runs(), 300, installation.log("worker"))
        say("the schedule has stopped")
    return verdict(installation, world, measured, analyst, backfill)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main()
