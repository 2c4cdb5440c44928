"""A poll run: feeds due, their new entries' pages, the articles and stories that come of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial

import xxhash

from flows.batches import batches
from flows.feeds_file import request_headers
from flows.pages import take_in_pages
from flows.run import Run, Setup, finish, publish_if_due, report, started
from flows.tally import RunReport
from ingest.errors import HttpStatusError, OutcomeError
from ingest.ids import random_id
from ingest.jobs import read_feed
from ingest.schedule import next_poll
from ingest.types import (
    DueFeed,
    FetchRequest,
    FetchResponse,
    ListedEntry,
    ParsedFeed,
    PollResult,
    Validators,
)
from storage.claims import bury_dead_runs, claim, held_by_others
from storage.database import transaction
from storage.feeds import due, record_polls

FEED_BATCH = 50
"""Feeds whose polls are committed together."""

OTHER_RUN_SECONDS = 0.5
"""How often a run that is to poll every feed looks whether another run has let go of the rest."""

OFFLINE_KINDS = frozenset({"dns", "connect", "tls", "deadline", "robots_unavailable"})
"""Errors that say nothing was reached."""

Parsed = tuple[ParsedFeed, tuple[ListedEntry, ...]]
Answer = tuple[DueFeed, FetchResponse | OutcomeError]


def run_poll(setup: Setup, *, every: bool = False) -> RunReport:
    """Poll the feeds that are due, or `every` feed, and take in what is new."""
    with started(setup, "poll") as run:
        poll_feeds(run, every=every)
        take_in_pages(run)
        outcome = "offline" if _offline(run) else "completed"
        finish(run, outcome)
    return report(run, outcome, publish_if_due(run, at_end=True))


def poll_feeds(run: Run, *, every: bool) -> None:
    """Poll the feeds that are due, a batch at a time. With `every`, wait for those that another run
    has in hand."""
    polled: set[str] = set()
    while True:
        feeds, others = _claim_feeds(run, polled, every=every)
        if not feeds and not (every and others):
            return
        if not feeds:
            time.sleep(OTHER_RUN_SECONDS)
            continue
        polled |= {feed.feed_id for feed in feeds}
        run.setup.progress.stage("feeds", len(polled))
        for batch in batches(fetch_feeds(run, feeds), FEED_BATCH):
            run.setup.step(f"poll {len(batch)} feeds", partial(poll_batch, run, batch))


def _claim_feeds(run: Run, polled: set[str], *, every: bool) -> tuple[list[DueFeed], bool]:
    with run.database.open() as connection, transaction(connection):
        bury_dead_runs(connection, run.database.runs, now=run.now())
        feeds = [
            feed
            for feed in due(connection, now=run.now(), every=every)
            if feed.feed_id not in polled and feed.feed_id in run.setup.feeds.feeds
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
    for request, answer in run.fetcher.fetch_all(requests):
        yield feed_of[id(request)], answer


def poll_batch(run: Run, answers: Sequence[Answer]) -> None:
    """Read the feeds that have changed, and commit what came of the polls in one transaction."""
    parses = {
        feed.feed_id: _parse(run, feed, answer)
        for feed, answer in answers
        if isinstance(answer, FetchResponse) and _changed(feed, answer)
    }
    polls = []
    for feed, answer in answers:
        parsed: Parsed | None = None
        if feed.feed_id in parses:
            try:
                parsed = parses[feed.feed_id].result()
            except OutcomeError as error:
                polls.append(_failed(run, feed, answer, error))
                continue
        if isinstance(answer, FetchResponse):
            polls.append(_succeeded(run, feed, answer, parsed))
        else:
            polls.append(_failed(run, feed, answer, answer))
    with run.database.write() as connection:
        run.tally.entries += record_polls(connection, run.run_id, polls, now=run.now())
    run.tally.feeds += len(polls)
    run.setup.progress.advance("feeds", len(polls))


def _parse(run: Run, feed: DueFeed, answer: FetchResponse) -> Future[Parsed]:
    return run.workers.submit(
        read_feed,
        answer.body,
        feed.feed_id,
        answer.final_url,
        answer.header("content-type"),
        run.now(),
        url=feed.url,
    )


def _changed(feed: DueFeed, answer: FetchResponse) -> bool:
    return not answer.not_modified and body_hash(answer.body) != feed.validators.body_hash


def body_hash(body: bytes) -> str:
    """What tells whether a server that sends no validators sends the same bytes again."""
    return xxhash.xxh3_128_hexdigest(body)


def _succeeded(run: Run, feed: DueFeed, answer: FetchResponse, parsed: Parsed | None) -> PollResult:
    at, interval = next_poll(now=run.now(), failures=0, error=None)
    document, entries = parsed or (None, ())
    validators = None
    if not answer.not_modified and not (document and document.partial):
        validators = Validators(
            answer.header("etag"), answer.header("last-modified"), body_hash(answer.body)
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
        error=_remark(document),
        next_poll_at=at,
        poll_interval=interval,
        consecutive_failures=0,
        publisher=publisher,
        feed=document,
        entries=entries,
        validators=validators,
    )


def _remark(document: ParsedFeed | None) -> str | None:
    """What is wrong with a document that could be read in part."""
    if document and document.partial:
        return "The document is broken off or damaged; the entries that are whole were taken."
    if document and document.overlong:
        return f"The document lists more than {len(document.entries)} entries; these were taken."
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
