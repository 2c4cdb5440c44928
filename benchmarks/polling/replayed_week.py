"""A simulated week of polls through the real code, on the replay server with its clock running.

    python -m benchmarks.polling.replayed_week [--shared ../shared] [--pool 12] [--days 7]

Runs start every five minutes of the server's time, as in prefect.yaml, and poll what is due; then
the same week again with every feed polled every quarter of an hour. Pages answer 410, so that only
polls are measured. Delays are from when the server lists an entry to the poll that found it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from flows.feeds_file import read_feeds_file
from flows.poll import run_poll
from flows.progress import Silent
from flows.run import Setup
from flows.settings import load_settings

PORT = 8898
TICK = timedelta(minutes=5)
FIXED = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Week:
    """What a week cost and brought. Delays in minutes; `lost` were listed and gone unseen, or are
    unseen a day later."""

    requests: int
    read: int
    found: int
    lost: int
    median: float
    p95: float


def ask(path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/{path}") as answer:
        return json.load(answer)


def start_server(args: argparse.Namespace, log: Path) -> subprocess.Popen[bytes]:
    shared = Path(args.shared).resolve()
    command = [
        sys.executable, str(shared / "tools" / "replay.py"), "--port", str(PORT),
        "--pages", str(shared / "corpus" / "pages" / "pages.jsonl"), "--pool", str(args.pool),
        "--days", str(args.days), "--hints", "none", "--fault", "410@page=1", "--log", str(log),
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            ask("__clock")
        except OSError:
            time.sleep(0.2)
        else:
            return server
    raise SystemExit("the replay server did not start")


def week(args: argparse.Namespace, *, fixed: bool) -> Week:
    """Run the week; `fixed`: every feed every quarter of an hour."""
    with tempfile.TemporaryDirectory() as folder:
        home, log = Path(folder), Path(folder) / "requests.jsonl"
        server = start_server(args, log)
        try:
            feeds = [f"http://{outlet['domain']}/feed.xml" for outlet in ask("__publishers")]
            (home / "feeds.toml").write_text(
                "".join(f'[[feed]]\nurl = "{url}"\n' for url in feeds), encoding="utf-8"
            )
            now = datetime.fromisoformat(ask("__clock")["now"])
            start, end = now, now + timedelta(days=args.days)
            while now < end:
                poll(home, now, every=fixed)
                step = FIXED if fixed else next_due(home, now) - now
                ask(f"__clock?advance={step.total_seconds()}")
                now += step
            return measured(home, log, start, end, ask("__clock")["released"])
        finally:
            server.terminate()
            server.wait()


def poll(home: Path, now: datetime, *, every: bool) -> None:
    """One run at that time."""
    settings = load_settings({
        "home": home,
        "proxy": f"http://127.0.0.1:{PORT}",
        "per_publisher_delay": 0.0,
        "archive": False,
        "publish_interval": timedelta(days=999),
    })  # fmt: skip
    feeds = read_feeds_file(home / "feeds.toml")
    run_poll(Setup(settings, feeds, Silent(), clock=lambda: now), every=every)


def next_due(home: Path, now: datetime) -> datetime:
    """The next run that finds a feed due: the ones between would do nothing."""
    with duckdb.connect(str(home / "state" / "working.duckdb"), read_only=True) as connection:
        ((due,),) = connection.execute("SELECT min(next_poll_at) FROM feeds").fetchall()
    ticks: int = max(1, -((now - due) // TICK))
    return now + ticks * TICK


def measured(home: Path, log: Path, start: datetime, end: datetime, released: int) -> Week:
    """Figures from the server's log and the tables."""
    asked = [json.loads(line) for line in log.read_text().splitlines()]
    polls = [request for request in asked if request["path"].startswith("feed")]
    with duckdb.connect(str(home / "state" / "working.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT epoch(first_seen_at - published_at) / 60 FROM entries "
            "WHERE published_at > $start AND first_seen_at <= $end",
            {"start": start, "end": end},
        ).fetchall()
        ((held,),) = connection.execute("SELECT count(*) FROM entries").fetchall()
        ((lost,),) = connection.execute("SELECT sum(overflows) FROM feeds").fetchall()
    delays = np.array([delay for (delay,) in rows])
    print(f"  released {released}, held {held}, overflows {lost}", flush=True)
    return Week(
        requests=len(polls),
        read=sum(request["status"] == 200 for request in polls),
        found=delays.size,
        lost=released - held,
        median=float(np.percentile(delays, 50)),
        p95=float(np.percentile(delays, 95)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--pool", type=int, default=12, help="spread the pages over so many feeds")
    parser.add_argument("--days", type=float, default=7)
    args = parser.parse_args()
    print(
        "| policy | requests | of them read | found | requests per entry | median | p95 | unseen |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, fixed in (("ours", False), ("fixed 15 min", True)):
        found = week(args, fixed=fixed)
        print(
            f"| {name} | {found.requests:,} | {found.read:,} | {found.found:,} "
            f"| {found.requests / found.found:.2f} | {found.median:.1f} min | {found.p95:.1f} min "
            f"| {found.lost:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
