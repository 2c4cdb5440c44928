"""A backfill run: shards from the ledger, read, judged and loaded, until none is left."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial

from flows.backfill_batch import Reading, load_batch, problem
from flows.backfill_read import Reader, Wanted
from flows.backfill_request import BackfillRequest, Start, start_of
from flows.run import Run, Setup, finish, publish_if_due, report, started
from flows.tally import RunReport
from ingest.backfill.terms import Terms
from ingest.ids import random_id
from storage.backfills import (
    Backfill,
    Progress,
    add_backfill,
    backfills,
    begin,
    end,
    find_backfill,
    progress,
)
from storage.page_problems import add_problems
from storage.shard_plans import plan_shards
from storage.shards import lease, next_try, retry_failed

BATCH_PAGES = 100
"""Shards are taken in hand until they hold about so many pages. At most two such batches are in
hand: one is loaded while the workers are busy with the other."""

MOST_SHARDS = 16
"""Shards taken in hand together when each gives few pages."""


@dataclass(frozen=True, slots=True)
class BackfillReport(RunReport):
    """A run's report and how far its backfills are. `shards`: how many tries at shards it ended;
    `stopped`: the user ended it before they were done."""

    backfills: tuple[Backfill, ...] = ()
    shards: int = 0
    stopped: bool = False


def run_backfill(
    setup: Setup, requests: Sequence[BackfillRequest], stop: threading.Event | None = None
) -> BackfillReport:
    """Do backfills one after another, each from where it was left.

    Once `stop` is set the batch in hand is ended and no other begun. A shard that cannot be read is
    recorded and the rest goes on. Raises ConfigurationError for sources that cannot be planned.
    """
    stop = stop or threading.Event()
    starts = [start_of(setup, request) for request in requests]
    ids, shards = [], 0
    with started(setup, "backfill") as run:
        for request, start in zip(requests, starts, strict=True):
            if not stop.is_set():
                ids.append(_taken_up(run, request, start))
                shards += _do(run, request, ids[-1], stop)
        with run.database.open() as connection:
            done = tuple(row for one in ids for row in backfills(connection, one))
        stopped = stop.is_set() and any(one.shards_left for one in done)
        outcome = "cancelled" if stopped else _outcome(done)
        finish(run, outcome)
    ended = report(run, outcome, publish_if_due(run, at_end=True))
    told = {field.name: getattr(ended, field.name) for field in fields(ended)}
    return BackfillReport(**told, backfills=done, shards=shards, stopped=stopped)


def _outcome(done: Sequence[Backfill]) -> str:
    """A run has failed when all that was tried has, and nothing came of it."""
    tried = [one for one in done if one.shards]
    vain = all(
        one.shards == one.shards_failed and not one.judged.pages and not one.judged.known
        for one in tried
    )
    return "failed" if tried and vain else "completed"


def _do(run: Run, request: BackfillRequest, backfill_id: str, stop: threading.Event) -> int:
    """Do one backfill as far as it goes now. Returns how many tries at shards were ended."""
    terms = Terms(request.period, request.languages, request.undated)
    wanted = Wanted(terms, request.hosts)
    ahead = int(request.kind == "warc")  # what is fetched is waited for anyway
    work = _Work(run, backfill_id, Reader(run, wanted, stop), stop, ahead=ahead)
    work.do()
    with run.database.write() as connection:
        end(connection, backfill_id, run.run_id)
    return work.shards


def _taken_up(run: Run, request: BackfillRequest, start: Start) -> str:
    """The id of the backfill, with its shards planned and this run at work on it."""
    spec = request.spec()
    for row in start.bad_rows:
        run.tally.fail(row.url or request.place, row)
    with run.database.write() as connection:
        known = None if request.restart else find_backfill(connection, spec)
        backfill_id = known or random_id("b")
        if not known:
            add_backfill(connection, spec, backfill_id, now=run.now())
        if not known or request.local:
            plan_shards(connection, backfill_id, start.shards, whole=request.local)
        problems = [problem(row.url or request.place, row) for row in start.bad_rows]
        add_problems(connection, backfill_id, request.place, problems, now=run.now())
        if request.retry_failed:
            retry_failed(connection, backfill_id)
        begin(connection, backfill_id, run.run_id)
    return backfill_id


class _Work:
    """The shards of one backfill, batch by batch. `ahead`: batches that are read while another is
    loaded."""

    def __init__(
        self, run: Run, backfill_id: str, reader: Reader, stop: threading.Event, *, ahead: int
    ) -> None:
        self._run = run
        self._id = backfill_id
        self._reader = reader
        self._stop = stop
        self._ahead = ahead
        self._pages_each = float(BATCH_PAGES)
        self._shown = Progress(0, 0)
        self._pages = self.shards = 0

    def do(self) -> None:
        """Until no shard is left that can be done now, or the run is to stop."""
        waiting: deque[list[Reading]] = deque()
        while True:
            batch = [] if self._stop.is_set() else self._begin()
            if batch:
                waiting.append(batch)
            if waiting and (not batch or len(waiting) > self._ahead):
                self._end(waiting.popleft())
            elif not batch and not self._wait():
                return

    def _begin(self) -> list[Reading]:
        """Take shards in hand and begin to read them."""
        run = self._run
        with run.database.write() as connection:
            self._show(progress(connection, self._id))
            shards = lease(
                connection,
                self._id,
                run.run_id,
                most=MOST_SHARDS,
                pages=BATCH_PAGES,
                pages_each=self._pages_each,
                now=run.now(),
            )
        batch = [Reading(shard, json.loads(shard.plan)) for shard in shards]
        if batch:
            self._reader.read(batch)
        if batch and not batch[0].shard.expands:
            pages = sum(len(reading.taken) for reading in batch)
            self._pages_each = max(pages / len(batch), self._pages_each / 2)
        return batch

    def _end(self, batch: Sequence[Reading]) -> None:
        """Load a batch, and settle its shards."""
        run = self._run
        pages = sum(len(reading.taken) for reading in batch)
        name = f"load {pages} pages of {len(batch)} shards"
        run.setup.step(name, partial(load_batch, run, batch))
        self._pages += pages
        self.shards += len(batch)
        if pages:
            run.setup.progress.stage("pages", self._pages_in_all(len(batch)))
            run.setup.progress.advance("pages", pages)
        publish_if_due(run)

    def _pages_in_all(self, settled: int) -> int:
        """About how many pages this run judges: the shards that are left, taken to hold as many as
        those before. `settled` have been since progress was shown."""
        left = max(0, self._shown.shards - self._shown.finished - settled)
        return self._pages + round(left * self._pages / self.shards)

    def _show(self, now: Progress) -> None:
        shown, self._shown = self._shown, now
        self._run.setup.progress.stage("shards", now.shards)
        if now.finished > shown.finished:
            self._run.setup.progress.advance("shards", now.finished - shown.finished)

    def _wait(self) -> bool:
        """Wait for the next try at a shard that has failed; False when there is none."""
        with self._run.database.open() as connection:
            at = next_try(connection, self._id)
        if at is None:
            return False
        return not self._stop.wait(max(0.0, (at - self._run.now()).total_seconds()))
