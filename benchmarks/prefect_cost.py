"""What Prefect costs: a poll as a flow run beside the same poll without.

    nice python -m benchmarks.prefect_cost [--outlets 16,100]

For each size of newsroom, and for a run that finds nothing due: seconds of CPU of the run's process
and its workers, without Prefect and with it, those of Prefect's server meanwhile, and how many task
runs it made. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from newsroom import NewsroomServer, compose
from tests.homes import HomeFolder
from tests.prefect_installation import ROOT, Installation

REPEATS = 3
"""The least of so many counts."""

NEVER = "0 0 29 2 *"


def main() -> None:
    parser = argparse.ArgumentParser(description="What Prefect costs a run.")
    parser.add_argument("--outlets", default="16,100")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Installation(Path(folder), cron=NEVER) as installation,
    ):
        installation.set_up()
        print("| run | without, CPU s | with, CPU s | server, CPU s | task runs |")
        print("| :-- | ---: | ---: | ---: | ---: |")
        for outlets in (int(number) for number in args.outlets.split(",")):
            compare(installation, outlets, Path(folder))


def compare(installation: Installation, outlets: int, folder: Path) -> None:
    """Print the first poll of a newsroom of so many outlets, and one that finds nothing due."""
    newsroom = compose(1, now=datetime.now(UTC), outlets=outlets, articles=15 * outlets)
    without: list[list[tuple[float, float, int]]] = []
    with_prefect: list[list[tuple[float, float, int]]] = []
    with NewsroomServer(newsroom) as press:
        for turn in range(REPEATS):
            for found, words in ((without, ()), (with_prefect, ("--prefect",))):
                home = HomeFolder(folder / f"{outlets}-{turn}-{len(words)}")
                home.follow(press.feed_urls(), press.proxy_url)
                found.append([cost(installation, home, words) for _ in range(2)])
    articles = HomeFolder(folder / f"{outlets}-0-0").sql("SELECT count(*) FROM articles")[0][0]
    names = (f"{len(press.feed_urls())} feeds, {articles} articles", "nothing due")
    for number, name in enumerate(names):
        plain = min(run[number][0] for run in without)
        own, server, tasks = min(run[number] for run in with_prefect)
        print(f"| {name} | {plain:.1f} | {own:.1f} | {server:.1f} | {tasks} |", flush=True)


def cost(
    installation: Installation, home: HomeFolder, words: tuple[str, ...]
) -> tuple[float, float, int]:
    """CPU seconds of a poll and of the server meanwhile, and the task runs it made."""
    server, own = psutil.Process(installation.processes["server"].pid), _children()
    before, tasks = _cpu(server), installation.post("task_runs/count")
    done = subprocess.run(
        home.command("poll", "--quiet", *words),
        cwd=ROOT, env={**os.environ, **installation.env}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    own = _children() - own
    if not words:
        return own, 0.0, 0
    time.sleep(5)  # the server records events with a delay
    return own, _cpu(server) - before, installation.post("task_runs/count") - tasks


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


if __name__ == "__main__":
    main()
