"""How much a backfill would be: shards, pages, bytes and time, without writing anything."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from flows.backfill_batch import Reading
from flows.backfill_read import Reader, Wanted
from flows.backfill_request import BackfillRequest, start_of
from flows.run import Run, Setup, rehearsed
from flows.tally import Failure
from ingest.backfill.lists import planned_pages
from ingest.backfill.terms import Terms
from ingest.backfill.wayback import REQUEST_SECONDS
from ingest.types import PlannedShard
from storage.shards import TRIES, Shard

SAMPLE = 16
"""Shards of web archives that are read to tell how many pages the others hold."""

PAGE_SECONDS = 0.12
"""Of a processor, for a page from its record to its row (measured on news pages of 80 KB)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a backfill would take. `pages` is exact unless `sampled`; articles outside the period
    are found out only when they are read. `bytes` is what is read from disk. `seconds` is a rough
    guess at how long it takes. `failures` are lists of pages that could not be had."""

    source: str
    shards: int
    pages: int
    sampled: bool
    bytes: int
    seconds: float
    failures: tuple[Failure, ...]


def estimate(setup: Setup, requests: Sequence[BackfillRequest]) -> list[Estimate]:
    """How much each backfill would be, as if none of it had been done. Sitemaps and indexes of web
    archives are fetched. Raises ConfigurationError for sources that cannot be planned."""
    found = []
    for request in requests:
        start = start_of(setup, request)
        with rehearsed(setup) as run:
            terms = Terms(request.period, request.languages, request.undated)
            reader = Reader(run, Wanted(terms, request.hosts), threading.Event())
            found.append(_estimate(run, request, reader, start.shards))
    return found


def _estimate(
    run: Run, request: BackfillRequest, reader: Reader, first: Sequence[PlannedShard]
) -> Estimate:
    shards = _expanded(run, reader, first)
    pages, sampled = _pages(reader, shards)
    return Estimate(
        request.source,
        len(shards),
        pages,
        sampled,
        sum(shard.bytes for shard in shards),
        _seconds(run, request, shards, pages),
        tuple(run.tally.failures),
    )


def _expanded(run: Run, reader: Reader, first: Sequence[PlannedShard]) -> list[PlannedShard]:
    """All shards that hold pages."""
    waiting, shards = deque(first), []
    seen: set[str] = set()
    while waiting:
        shard = waiting.popleft()
        if shard.name in seen:
            continue
        seen.add(shard.name)
        if not shard.expands:
            shards.append(shard)
            continue
        reading = _reading(shard)
        reader.read([reading])
        waiting.extend(reading.found)
        run.setup.progress.stage("lists", len(seen) + len(waiting))
        run.setup.progress.advance("lists")
    return shards


def _pages(reader: Reader, shards: Sequence[PlannedShard]) -> tuple[int, bool]:
    """How many pages the shards hold, and whether that is told from some of them."""
    counted = sum(shard.pages or 0 for shard in shards)
    unknown = [shard for shard in shards if shard.pages is None]
    if not unknown:
        return counted, False
    sample = unknown[:: max(1, -(-len(unknown) // SAMPLE))]
    size = sum(shard.bytes for shard in unknown)
    sampled = sum(reader.count(_reading(shard)) for shard in sample)
    share = size / max(1, sum(shard.bytes for shard in sample))
    return counted + round(sampled * share), len(sample) < len(unknown)


def _reading(shard: PlannedShard) -> Reading:
    """A shard in hand, for the only time."""
    leased = Shard("", shard.name, shard.plan, shard.pages, shard.expands, failures=TRIES - 1)
    return Reading(leased, json.loads(shard.plan))


def _seconds(
    run: Run, request: BackfillRequest, shards: Sequence[PlannedShard], pages: int
) -> float:
    """The longer of judging the pages and asking for them."""
    settings = run.setup.settings
    judging = pages * PAGE_SECONDS / settings.workers
    if request.kind in ("warc", "articles"):
        return judging
    hosts: Counter[str] = Counter()
    for shard in shards:
        for page in planned_pages(json.loads(shard.plan)):
            hosts[run.publisher_of(page.url)] += 1
    delay = 2 * settings.per_publisher_delay
    if request.kind == "wayback":  # all of it from one place
        return max(judging, pages * max(delay, REQUEST_SECONDS))
    return max(judging, max(hosts.values(), default=0) * delay)
