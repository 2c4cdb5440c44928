"""Pages on their way to rows: fetched or taken from the archive, extracted, matched, loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import xxhash

from flows.intake import ByteBudget, Coming, Intake
from flows.rereading import write_listed
from flows.run import Run, publish_if_due
from flows.settling import settle_these
from flows.stories import take_in
from ingest.archive import read_page
from ingest.archive_records import ArchiveDamaged
from ingest.articles import Identified
from ingest.errors import Forgotten, OutcomeError, Postponed
from ingest.fetching.dispatch import postponed
from ingest.polling.rechecks import next_recheck
from ingest.polling.schedule import next_attempt
from ingest.types import (
    ArchivePlace,
    Article,
    FetchRequest,
    FetchResponse,
    PageFailure,
    RawPage,
    Validators,
    WantedPage,
)
from ingest.workers.jobs import read_article
from storage.claims import bury_dead_runs, claim
from storage.database import Connection
from storage.pages import mark_fetched, settle_done, settle_failed, wanted_pages
from storage.rechecks import plan_rechecks
from storage.rows import transaction

PAGES_CLAIMED = 2000
"""Pages a run takes in hand at a time."""

PAGE_BATCH = 200
"""Pages that are loaded together."""

PATIENCE = 300.0
"""Seconds that pages wait for their publisher's turn while nobody else has to: one that asks for a
pause of 30 s between requests gets ten pages into a run, and the rest into the runs that follow."""

WAITING_BYTES = 32 << 20
"""Bodies that may wait for the workers, in bytes: fetching pauses beyond that."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A page that was fetched and extracted, or an error in its place. `place` is set when
    the page has just been archived."""

    wanted: WantedPage
    article: Future[Article] | OutcomeError
    fetched_at: datetime | None = None
    place: ArchivePlace | None = None
    validators: Validators | None = None


class PageQueue:
    """The pages that entries wait for, on their way in, at most PAGES_CLAIMED at a time."""

    def __init__(self, run: Run, intake: Intake, budget: ByteBudget) -> None:
        self._run = run
        self._budget = budget
        self._stream = intake.stream(PAGE_BATCH, self._take)
        self._claimed = 0
        self._in_hand = 0
        self._slow: set[str] = set()

    def claim(self) -> None:
        """Start fetching what waits, as far as there is room."""
        room = PAGES_CLAIMED - self._in_hand
        if room < PAGE_BATCH:
            return
        pages = _claim_pages(self._run, room)
        if pages:
            self._in_hand += len(pages)
            self._claimed += len(pages)
            self._run.setup.progress.stage("pages", self._claimed)
            self._stream.add(_fetch(self._run, pages, self._budget, frozenset(self._slow)))

    def _take(self, batch: Sequence[Arrived]) -> None:
        run = self._run
        postponed = [arrived for arrived in batch if isinstance(arrived.article, Postponed)]
        # This run keeps its claim on them, or it would begin with them again.
        self._slow |= {run.publisher_of(arrived.wanted.url) for arrived in postponed}
        run.tally.postponed += len(postponed)
        run.setup.progress.advance("pages", len(postponed))
        loaded = [arrived for arrived in batch if not isinstance(arrived.article, Postponed)]
        if loaded:
            run.setup.step(f"load {len(loaded)} pages", partial(load_batch, run, loaded))
        self._in_hand -= len(batch)
        publish_if_due(run)
        self.claim()


def _claim_pages(run: Run, limit: int) -> list[WantedPage]:
    with run.database.open() as connection, transaction(connection):
        bury_dead_runs(connection, run.database.runs, now=run.now())
        pages = wanted_pages(connection, now=run.now(), limit=limit)
        claim(connection, "page", [page.url_key for page in pages], run.run_id, now=run.now())
    return pages


def _fetch(
    run: Run, pages: Sequence[WantedPage], budget: ByteBudget, slow: frozenset[str]
) -> Coming[Arrived]:
    """Pages as they arrive, each archived and handed to the workers: these are busy while a batch
    is matched and loaded. Publishers in `slow` have had their share of this run."""
    requests: list[FetchRequest] = []
    wanted_of: dict[int, WantedPage] = {}
    for wanted in pages:
        kept = _from_archive(run, wanted)
        if kept:
            yield _extract(run, wanted, kept, budget)
            continue
        if run.publisher_of(wanted.url) in slow:
            yield Arrived(wanted, postponed(wanted.url)), None
            continue
        requests.append(FetchRequest(url=wanted.url))
        wanted_of[id(requests[-1])] = wanted
    for request, answer in run.fetcher.fetch_all(
        requests, buffered_bytes=WAITING_BYTES, patience=PATIENCE
    ):
        wanted = wanted_of[id(request)]
        if isinstance(answer, FetchResponse):
            page = answer.as_page()
            place = run.archive.append(page) if run.archive else None
            yield _extract(run, wanted, page, budget, place)
        else:
            yield Arrived(wanted, answer), None


def _from_archive(run: Run, wanted: WantedPage) -> RawPage | None:
    """The page that an interrupted run had fetched; None when there is none, or it is damaged."""
    if wanted.archived is None:
        return None
    try:
        return read_page(run.setup.home.archive, wanted.archived)
    except ArchiveDamaged:
        return None


def _extract(
    run: Run,
    wanted: WantedPage,
    page: RawPage,
    budget: ByteBudget,
    place: ArchivePlace | None = None,
) -> tuple[Arrived, Future[Article]]:
    size = len(page.body)
    budget.take(size)
    aliases, now = run.setup.feeds.aliases, run.now()
    article = run.workers.submit(
        read_article, wanted, page, "poll", aliases, now, url=wanted.url, size=size
    )
    article.add_done_callback(lambda _: budget.give_back(size))
    return Arrived(wanted, article, page.fetched_at, place, validators_of(page)), article


def validators_of(page: RawPage) -> Validators:
    """What makes the next request for the page conditional."""
    return Validators(page.header("etag"), page.header("last-modified"), body_hash(page.body))


def body_hash(body: bytes) -> str:
    """What tells whether a server that sends no validators sends the same bytes again."""
    return xxhash.xxh3_128_hexdigest(body)


def load_batch(run: Run, batch: Sequence[Arrived]) -> None:
    """Make pages durable, match their articles, and load all in one transaction."""
    _keep_raw(run, batch)
    articles: list[tuple[str, Article]] = []
    failures: list[PageFailure] = []
    for arrived in batch:
        try:
            if isinstance(arrived.article, OutcomeError):
                raise arrived.article
            articles.append((arrived.wanted.url_key, arrived.article.result()))
        except OutcomeError as error:
            failures.append(_failure(run, arrived.wanted, error))
    run.tally.pages += sum(isinstance(arrived.article, Future) for arrived in batch)
    listed: list[str] = []

    def also(connection: Connection, identified: Identified) -> None:
        _plan_rechecks(run, batch, connection, identified)
        listed.extend(write_listed(connection, identified.listed))

    load_articles(run, articles, failures, also=also)
    settle_these(run.database, listed, publisher_of=run.publisher_of, now=run.now)
    run.setup.progress.advance("pages", len(batch))


def _plan_rechecks(
    run: Run, batch: Sequence[Arrived], connection: Connection, identified: Identified
) -> None:
    """Have the pages of articles that feeds list for the first time fetched again while they are
    recent."""
    if not run.setup.settings.recheck:
        return
    new = {article.article_id for article in identified.new} | identified.listed.keys()
    planned: dict[str, tuple[str, datetime, datetime, Validators]] = {}
    for arrived in batch:
        article_id = identified.article_of.get(arrived.wanted.url_key)
        if article_id not in new or not arrived.fetched_at or not arrived.validators:
            continue
        following = next_recheck(arrived.fetched_at, run.now())
        if following:
            known = arrived.validators
            planned.setdefault(article_id, (article_id, arrived.fetched_at, following, known))
    plan_rechecks(connection, list(planned.values()))


def _keep_raw(run: Run, batch: Sequence[Arrived]) -> None:
    places = {
        arrived.wanted.url_key: (arrived.place, arrived.fetched_at)
        for arrived in batch
        if arrived.place and arrived.fetched_at
    }
    if run.archive and places:
        run.archive.sync()
        with run.database.write() as connection:
            mark_fetched(connection, places)


def _failure(run: Run, wanted: WantedPage, error: OutcomeError) -> PageFailure:
    run.tally.fail(wanted.url, error)
    at = next_attempt(now=run.now(), attempts=wanted.attempts + 1, error=error)
    return PageFailure(wanted.url_key, error.kind, at)


def load_articles(
    run: Run,
    articles: Sequence[tuple[str, Article]],
    failures: Sequence[PageFailure],
    also: Callable[[Connection, Identified], None] = lambda *_: None,
    without_feeds: Collection[str] = (),
) -> None:
    """Clean and match articles (by the URL key of their page) and load them, with the failures
    beside them, and with what `also` does in the same transaction.

    Pages in `without_feeds` were read before an entry waited for them, and are kept: one that waits
    by now has them read again with its feed's word.
    """

    def settle(connection: Connection, identified: Identified) -> None:
        led_to = identified.article_of
        settle_done(connection, {key: led_to[key] for key in led_to if key not in without_feeds})
        refused = [key for key, _ in articles if key not in identified.article_of]
        rejected = [PageFailure(key, Forgotten.kind, None) for key in refused]
        settle_failed(connection, [*failures, *rejected])
        also(connection, identified)

    taken = take_in(
        run.database, articles, publisher_of=run.publisher_of, now=run.now(), beside=settle
    )
    run.tally.articles += taken.articles
    run.tally.stories += taken.stories
    run.tally.reprints += taken.reprints
