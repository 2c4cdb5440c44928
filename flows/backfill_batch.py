"""A batch of a backfill: shards in hand, their pages on the way to becoming articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flows.run import Run
from ingest.articles import Identified
from ingest.backfill.lists import pages_plan
from ingest.backfill.terms import Left
from ingest.errors import (
    FetchError,
    Gone,
    HttpClientError,
    OutcomeError,
)
from ingest.polling.schedule import FINAL_ERRORS
from ingest.redact import redact_url
from ingest.types import ArchivePlace, Article, ListedPage, PlannedShard, RawPage
from storage.database import Connection
from storage.page_problems import PageProblem
from storage.pages import mark_fetched
from storage.shards import TRIES, Judged, Shard, ShardResult, settle


@dataclass(slots=True)
class Taken:
    """A page in hand: its URL key, what becomes of it, and what is to be archived once it is an
    article. `place` is set when it lies in our archive already, `listed` when it was fetched;
    `by_feed`: it was read with a feed's word."""

    key: str
    url: str
    outcome: Future[Article | Left] | Article | Left | OutcomeError
    page: RawPage | None = None
    place: ArchivePlace | None = None
    listed: ListedPage | None = None
    by_feed: bool = False


@dataclass(slots=True)
class Reading:
    """A shard in hand, and what was read of it so far. `unread` are its pages that were not asked
    for because the run is to stop; `error` is why it could not be read, and `final` whether another
    try would end no better."""

    shard: Shard
    plan: Mapping[str, Any]
    taken: list[Taken] = field(default_factory=list)
    problems: list[PageProblem] = field(default_factory=list)
    known: int = 0
    outside: int = 0
    unread: list[ListedPage] = field(default_factory=list)
    error: str | None = None
    final: bool = False
    stopped: bool = False
    found: tuple[PlannedShard, ...] = ()

    @property
    def last_try(self) -> bool:
        """Whether the shard is not tried again when it fails now."""
        return self.final or self.shard.failures + 1 >= TRIES

    def fail_all(self, run: Run, url: str, error: OutcomeError) -> None:
        """The shard could not be read because of one address, which is recorded when it is not
        asked for again."""
        self.error = error.message
        self.final = _final(error)
        if self.last_try:
            self.fail(run, url, error)

    def fail(self, run: Run, url: str, error: OutcomeError) -> None:
        """Record a page or record that could not be had or read."""
        run.tally.fail(url, error)
        self.problems.append(problem(url, error))


@dataclass(slots=True)
class _Judging:
    """What came of a reading's pages."""

    articles: list[str] = field(default_factory=list)
    left: dict[Left, int] = field(default_factory=dict)
    again: list[ListedPage] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)


def problem(url: str, error: OutcomeError) -> PageProblem:
    """An error as the ledger keeps it."""
    return PageProblem(redact_url(url), error.kind, error.message)


def load_batch(run: Run, readings: Sequence[Reading]) -> None:
    """Match and load the articles of a batch, and settle its shards, in one transaction."""
    from flows.pages import load_articles

    if readings[0].shard.expands:
        _record_lists(run, readings)
        return
    articles: list[tuple[str, Article]] = []
    judgings = [_judge(run, reading, articles) for reading in readings]
    places = _keep_raw(run, readings, {key for key, _ in articles})
    run.tally.pages += sum(len(reading.taken) for reading in readings)
    by_feed = {taken.key for reading in readings for taken in reading.taken if taken.by_feed}
    load_articles(
        run,
        articles,
        [],
        also=partial(_settle, run, list(zip(readings, judgings, strict=True)), places),
        without_feeds=places.keys() - by_feed,
    )


def _record_lists(run: Run, readings: Sequence[Reading]) -> None:
    """Settle shards that have led to further ones."""
    results = [_result(reading, _Judging(), Judged()) for reading in readings]
    with run.database.write() as connection:
        settle(connection, results, now=run.now())


def _judge(run: Run, reading: Reading, articles: list[tuple[str, Article]]) -> _Judging:
    judging = _Judging()
    for taken in reading.taken:
        try:
            outcome = taken.outcome
            if isinstance(outcome, Future):
                outcome = outcome.result()
            if isinstance(outcome, OutcomeError):
                raise outcome
        except OutcomeError as error:
            if taken.listed and _passing(error):
                judging.again.append(taken.listed)
                judging.reasons[error.kind] = judging.reasons.get(error.kind, 0) + 1
            if reading.last_try or taken.listed not in judging.again:
                reading.fail(run, taken.url, error)
            continue
        if isinstance(outcome, Article):
            articles.append((taken.key, outcome))
            judging.articles.append(taken.key)
        else:
            judging.left[outcome] = judging.left.get(outcome, 0) + 1
    return judging


def _passing(error: OutcomeError) -> bool:
    """Whether another try at a page may end otherwise."""
    return isinstance(error, FetchError) and not _final(error)


def _final(error: OutcomeError) -> bool:
    """What is not found, or not allowed, is not asked for again."""
    return isinstance(error, (*FINAL_ERRORS, HttpClientError, Gone))


def _keep_raw(
    run: Run, readings: Sequence[Reading], keys: set[str]
) -> dict[str, tuple[ArchivePlace, Any]]:
    """Make the pages of articles durable. Where each lies, and when it was fetched, by URL key."""
    places = {}
    for reading in readings:
        for taken in reading.taken:
            if taken.page is None or taken.key not in keys:
                continue
            place = taken.place
            if place is None and run.archive:
                place = run.archive.append(taken.page)
            if place:
                places[taken.key] = (place, taken.page.fetched_at)
            taken.page = None
    if run.archive and places:
        run.archive.sync()
    return places


def _settle(
    run: Run,
    judged: Sequence[tuple[Reading, _Judging]],
    places: Mapping[str, tuple[ArchivePlace, Any]],
    connection: Connection,
    identified: Identified,
) -> None:
    new = {article.article_id for article in identified.new}
    results = []
    for reading, judging in judged:
        ids = [identified.article_of[key] for key in judging.articles]
        mine = {article_id for article_id in ids if article_id in new}
        new -= mine
        counts = Judged(
            pages=len(reading.taken) - len(judging.again),
            articles=len(mine),
            known=reading.known + len(ids) - len(mine),
            outside=reading.outside + judging.left.get("outside", 0),
            undated=judging.left.get("undated", 0),
            other_language=judging.left.get("other_language", 0),
        )
        results.append(_result(reading, judging, counts))
    if places:
        mark_fetched(connection, places)
    settle(connection, results, now=run.now())


def _result(reading: Reading, judging: _Judging, counts: Judged) -> ShardResult:
    error = reading.error
    if judging.again and not reading.stopped:
        kinds = ", ".join(f"{kind} {count}" for kind, count in judging.reasons.items())
        error = f"{len(judging.again)} of its pages could not be fetched: {kinds}."
    left = None
    if judging.again or reading.unread:
        rest = {
            name: value for name, value in reading.plan.items() if name not in ("kind", "pages")
        }
        left = pages_plan([*judging.again, *reading.unread], **rest)
    elif error or reading.stopped:
        left = reading.shard.plan
    tried = (
        tuple(redact_url(taken.url) for taken in reading.taken) if reading.shard.failures else ()
    )
    return ShardResult(
        reading.shard,
        counts,
        tuple(reading.problems),
        left,
        error,
        final=reading.final,
        found=reading.found,
        tried=tried,
    )
