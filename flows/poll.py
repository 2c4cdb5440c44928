"""A poll run: feeds due, their new entries' pages, the articles and stories that come of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

import xxhash

from flows.feeds_file import request_headers
from flows.intake import ByteBudget, Coming, Intake
from flows.pages import PATIENCE, WAITING_BYTES, PageQueue
from flows.run import Run, Setup, finish, publish_if_due, report, started
from flows.tally import RunReport
from ingest.errors import HttpStatusError, OutcomeError, Postponed
from ingest.ids import random_id
from ingest.polling.schedule import OFFLINE_RETRY, next_poll
from ingest.types import (
    DueFeed,
    FetchRequest,
    FetchResponse,
    ListedEntry,
    ParsedFeed,
    PollResult,
    Validators,
)
from ingest.workers.jobs import read_feed
from storage.claims import bury_dead_runs, claim, held_by_others
from storage.feeds import due, forgive
from storage.forget import Refusals, refusals
from storage.polls import record_polls
from storage.rows import transaction

FEED_BATCH = 50
"""Feeds whose polls are committed together."""

OTHER_RUN_SECONDS = 0.5
"""How often a run that is to poll every feed looks whether another run has let go of the rest."""

OFFLINE_KINDS = frozenset({"dns", "connect", "tls", "deadline", "robots_unavailable"})
"""Errors that say nothing was reached."""

Parsed = tuple[ParsedFeed, tuple[ListedEntry, ...]]
Answer = tuple[DueFeed, FetchResponse | OutcomeError]


@dataclass(frozen=True, slots=True)
class Polled:
    """What a feed has answered. The answer's body is left out; `body_hash` tells whether it has
    changed, and `parsed` is set when it has."""

    feed: DueFeed
    answer: FetchResponse | OutcomeError
    body_hash: str | None = None
    parsed: Future[Parsed] | None = None


def run_poll(setup: Setup, *, every: bool = False) -> RunReport:
    """Poll the feeds that are due, or `every` feed, and take in what is new.

    Pages are fetched while feeds are still being polled: a server that hangs delays what it has to
    give, and nothing else.
    """
    with started(setup, "poll") as run:
        with Intake() as intake:
            budget = ByteBudget(WAITING_BYTES, intake.stopped)
            pages = PageQueue(run, intake, budget)

            def take(polled: Sequence[Polled]) -> None:
                setup.step(f"poll {len(polled)} feeds", partial(record, run, polled))
                pages.claim()

            feeds = poll_feeds(run, intake, budget, every=every)
            intake.stream(FEED_BATCH, take).add(feeds)
            pages.claim()
            intake.run()
        outcome = "offline" if _offline(run) else "completed"
        if outcome == "offline":
            with run.database.write() as connection:
                forgive(connection, run.run_id, due_at=run.now() + OFFLINE_RETRY)
        finish(run, outcome)
    return report(run, outcome, publish_if_due(run, at_end=True))


def poll_feeds(run: Run, intake: Intake, budget: ByteBudget, *, every: bool) -> Coming[Polled]:
    """Poll the feeds that are due. With `every`, wait for those that another run has in hand."""
    polled: set[str] = set()
    while True:
        feeds, others = _claim_feeds(run, polled, every=every)
        if feeds:
            polled |= {feed.feed_id for feed in feeds}
            run.setup.progress.stage("feeds", len(polled))
            for feed, answer in fetch_feeds(run, feeds):
                yield _read(run, feed, answer, budget)
        elif not (every and others) or intake.stopped.wait(OTHER_RUN_SECONDS):
            return


def _claim_feeds(run: Run, polled: set[str], *, every: bool) -> tuple[list[DueFeed], bool]:
    with run.database.open() as connection, transaction(connection):
        bury_dead_runs(connection, run.database.runs, now=run.now())
        refused = refusals(connection)
        feeds = [
            feed
            for feed in due(connection, now=run.now(), every=every)
            if feed.feed_id not in polled
            and feed.feed_id in run.setup.feeds.feeds
            and feed.publisher not in refused.publishers
        ]
        claim(connection, "feed", [feed.feed_id for feed in feeds], run.run_id, now=run.now())
        return feeds, held_by_others(connection, "feed", run.run_id)


def fetch_feeds(run: Run, feeds: Sequence[DueFeed]) -> Iterator[Answer]:
    """Ask for feeds, conditionally where they have been read before; answers as they arrive."""
    feed_of: dict[int, DueFeed] = {}
    requests: list[FetchRequest] = []
    for feed in feeds:
        config = run.setup.feeds.feeds[feed.feed_id]
        try:
            headers = request_headers(config, os.environ)
        except OutcomeError as error:
            yield feed, error
            continue
        requests.append(
            FetchRequest(
                url=config.url,
                kind="feed",
                etag=feed.validators.etag,
                last_modified=feed.validators.last_modified,
                headers=headers,
            )
        )
        feed_of[id(requests[-1])] = feed
    for request, answer in run.fetcher.fetch_all(
        requests, buffered_bytes=WAITING_BYTES, patience=PATIENCE
    ):
        if isinstance(answer, Postponed):
            run.tally.postponed += 1
            run.setup.progress.advance("feeds", 1)
        else:
            yield feed_of[id(request)], answer


def _read(
    run: Run, feed: DueFeed, answer: FetchResponse | OutcomeError, budget: ByteBudget
) -> tuple[Polled, Future[Parsed] | None]:
    """Have a feed read that has changed."""
    if not isinstance(answer, FetchResponse):
        return Polled(feed, answer), None
    hashed = feed.validators.body_hash if answer.not_modified else body_hash(answer.body)
    parsed = None
    if hashed != feed.validators.body_hash:
        size = len(answer.body)
        budget.take(size)
        parsed = _parse(run, feed, answer)
        parsed.add_done_callback(lambda _: budget.give_back(size))
    return Polled(feed, replace(answer, body=b""), hashed, parsed), parsed


def record(run: Run, batch: Sequence[Polled]) -> None:
    """Commit what came of polls in one transaction."""
    polls = [_result(run, polled) for polled in batch]
    with run.database.write() as connection:
        polls = _without_refused(run, polls, refusals(connection))
        run.tally.entries += record_polls(connection, run.run_id, polls, now=run.now())
    run.tally.feeds += len(polls)
    run.setup.progress.advance("feeds", len(polls))


def _without_refused(run: Run, polls: Sequence[PollResult], refused: Refusals) -> list[PollResult]:
    """Entries of what was forgotten on request are passed over."""
    if not refused:
        return list(polls)
    return [
        replace(poll, entries=tuple(one for one in poll.entries if not _refused(run, one, refused)))
        for poll in polls
    ]


def _refused(run: Run, listed: ListedEntry, refused: Refusals) -> bool:
    if listed.url_key is None or listed.entry.url is None:
        return False
    return refused.cover(run.publisher_of(listed.entry.url), (listed.url_key,))


def _result(run: Run, polled: Polled) -> PollResult:
    if not isinstance(polled.answer, FetchResponse):
        return _failed(run, polled.feed, polled.answer, polled.answer)
    try:
        parsed = polled.parsed.result() if polled.parsed else None
    except OutcomeError as error:
        return _failed(run, polled.feed, polled.answer, error)
    return _succeeded(run, polled, polled.answer, parsed)


def _parse(run: Run, feed: DueFeed, answer: FetchResponse) -> Future[Parsed]:
    return run.workers.submit(
        read_feed,
        answer.body,
        feed.feed_id,
        answer.final_url,
        answer.header("content-type"),
        run.now(),
        url=feed.url,
        size=len(answer.body),
    )


def body_hash(body: bytes) -> str:
    """What tells whether a server that sends no validators sends the same bytes again."""
    return xxhash.xxh3_128_hexdigest(body)


def _succeeded(
    run: Run, polled: Polled, answer: FetchResponse, parsed: Parsed | None
) -> PollResult:
    feed = polled.feed
    at, interval = next_poll(now=run.now(), failures=0, error=None)
    document, entries = parsed or (None, ())
    validators = None
    if not answer.not_modified and not (document and document.partial):
        validators = Validators(
            answer.header("etag"), answer.header("last-modified"), polled.body_hash
        )
    publisher = feed.publisher
    if document and document.site_url and not run.setup.feeds.feeds[feed.feed_id].publisher:
        publisher = run.publisher_of(document.site_url)
    return PollResult(
        poll_id=random_id("p"),
        feed_id=feed.feed_id,
        started_at=answer.fetched_at,
        elapsed_ms=answer.elapsed_ms,
        outcome="new_entries" if document else "not_modified",
        http_status=answer.status,
        bytes=answer.wire_bytes,
        error=_remark(document, answer),
        next_poll_at=at,
        poll_interval=interval,
        consecutive_failures=0,
        publisher=publisher,
        feed=document,
        entries=entries,
        validators=validators,
    )


def _remark(document: ParsedFeed | None, answer: FetchResponse) -> str | None:
    """What is wrong with a document that could be read in part, or with the way it came."""
    if document and document.partial:
        return "The document is broken off or damaged; the entries that are whole were taken."
    if document and document.overlong:
        return f"The document lists more than {len(document.entries)} entries; these were taken."
    if answer.downgraded:
        return "The feed's https address leads to http: anybody on the way can change what it says."
    return None


def _failed(
    run: Run, feed: DueFeed, answer: FetchResponse | OutcomeError, error: OutcomeError
) -> PollResult:
    run.tally.fail(feed.url, error)
    now, failures = run.now(), feed.consecutive_failures + 1
    at, interval = next_poll(now=now, failures=failures, error=error)
    received = answer if isinstance(answer, FetchResponse) else None
    status = received.status if received else None
    return PollResult(
        poll_id=random_id("p"),
        feed_id=feed.feed_id,
        started_at=received.fetched_at if received else now,
        elapsed_ms=received.elapsed_ms if received else 0,
        outcome=error.kind,
        http_status=error.status if isinstance(error, HttpStatusError) else status,
        bytes=received.wire_bytes if received else 0,
        error=error.message,
        next_poll_at=at,
        poll_interval=interval,
        consecutive_failures=failures,
        publisher=feed.publisher,
    )


def _offline(run: Run) -> bool:
    """Whether feeds were polled and not one could be reached."""
    unreached = sum(count for kind, count in run.tally.errors.items() if kind in OFFLINE_KINDS)
    return run.tally.feeds > 0 and unreached >= run.tally.feeds and run.tally.pages == 0
