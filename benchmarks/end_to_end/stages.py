"""What a poll's CPU goes into: `python -m benchmarks.end_to_end.stages --home HOME` is
`wirecopy poll --all --home HOME` with a clock around the functions of each stage."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import psutil

from benchmarks.clocks import Clock
from benchmarks.process_tree import measure

START = "imports and settings"
ORDER = "what the run itself does"
READING, PARSERS = "workers: pages and feeds read", "the process they are forked from: parsers"
STAGES = {
    "flows.poll:run_poll": ORDER,
    "storage.database:Database._migrate": "database: made",
    "flows.poll:record": "polls planned, entries added",
    "flows.pages:_claim_pages": "queue of pages",
    "flows.pages:_keep_raw": "queue of pages",
    "flows.poll:recheck_articles": "queue of pages",
    "flows.pages:take_in": "loading",
    "flows.stories:_judge": "boilerplate and matching",
    "flows.run:publish": "publishing",
}
"""Functions, where they are looked up, and the stage whose time is theirs."""

ENDS = {"storage.database:Database._attached": "database: opened, and closed with a checkpoint"}
THREADS = {
    "wirecopy-": "requests",
    "intake": "pages archived and handed over",
    "worker-": "exchange with workers",
}

BEYOND = (*ENDS.values(), *THREADS.values(), "loading", "polls planned, entries added")
"""Stages that cost more with every page or feed."""


def stages_of(homes: Sequence[Path]) -> dict[str, float]:
    """CPU seconds of polls of these homes by stage, the median of each."""
    command = [sys.executable, "-m", __name__, "--home"]
    taken = [json.loads(measure([*command, home]).output.splitlines()[-1]) for home in homes]
    return {stage: median(one[stage] for one in taken) for stage in taken[0]}


def main() -> None:
    clock = Clock(START, THREADS)
    others: dict[str, float] = {}
    for name, stage in STAGES.items():
        clock.around(name, stage=stage)
    for name, stage in ENDS.items():
        clock.around_ends(name, stage=stage)
    clock.follow_threads()
    from flows.cli import app
    from ingest.workers.pool import WorkerPool

    close = WorkerPool.close

    def counted(self: WorkerPool) -> None:
        others.update(_workers())
        close(self)

    WorkerPool.close = counted  # type: ignore[method-assign]
    app(["poll", "--all", "--json", "--quiet", *sys.argv[1:]], standalone_mode=False)
    print(json.dumps(clock.taken() | others))


def _workers() -> dict[str, float]:
    """What the process that workers are forked from has used, and they themselves."""
    taken = {READING: 0.0, PARSERS: 0.0}
    for server in psutil.Process().children():
        own = server.cpu_times()
        taken[PARSERS] += own.user + own.system
        taken[READING] += own.children_user + own.children_system
        for worker in server.children():
            used = worker.cpu_times()
            taken[READING] += used.user + used.system
    return taken


if __name__ == "__main__":
    main()
