"""`wirecopy feeds check`: what a poll of a feed would find and do, with nothing stored."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.feeds_file import FeedsFile, address_of, feed_id_of
from flows.intake import ByteBudget
from flows.pages import WAITING_BYTES
from flows.poll_requests import FeedReader
from flows.poll_results import PollOutcome, outcome_name, outcome_of, plan_of, remark
from flows.run import Setup, make_fetcher, worker_policy
from ingest.publishers import publisher_of
from ingest.redact import redact_url
from ingest.types import DueFeed, FeedConfig, FeedEntry, Validators
from ingest.workers.pool import WorkerPool
from storage.database import Database
from storage.feeds import stored_feeds
from storage.polls import find_new


@dataclass(frozen=True, slots=True)
class CheckedFeed:
    """What came of asking for a feed, in the words of `polls`, and what a poll would decide.

    `followed`: it is in the feeds file. `entries` is 0 when nothing has changed since the last
    poll. `moved_to` is where a permanent redirect leads, `newest_at` the time of the newest entry.
    """

    url: str
    followed: bool
    outcome: str
    http_status: int | None
    error: str | None
    elapsed_ms: int
    bytes: int
    format: str | None
    title: str | None
    entries: int
    entries_new: int
    newest_at: datetime | None
    moved_to: str | None
    overflowed: bool
    next_poll_in: timedelta
    next_poll_reason: str
    failed: bool


def check_feeds(setup: Setup, urls: Sequence[str]) -> list[CheckedFeed]:
    """Ask for these feeds, or all of the feeds file, as a poll would, and store nothing.

    An address need not be in the feeds file. Raises ConfigurationError for one that is none.
    """
    configs = _configs(setup.feeds, urls)
    database = Database(setup.home)
    stored: dict[str, DueFeed] = {}
    if database.exists():
        with database.open() as connection:
            stored = stored_feeds(connection)
    feeds = [stored.get(feed_id) or _unknown(feed_id, configs[feed_id]) for feed_id in configs]
    setup.progress.stage("feeds", len(feeds))
    with make_fetcher(setup) as fetcher, WorkerPool(worker_policy(setup.settings)) as workers:
        reader = FeedReader(fetcher, workers, configs, setup.clock)
        budget = ByteBudget(WAITING_BYTES, threading.Event())
        outcomes = {}
        for feed, answer in reader.fetch(feeds):
            polled = reader.read(feed, answer, budget)
            outcomes[feed.feed_id] = outcome_of(polled, setup.clock())
            setup.progress.advance("feeds")
    new = _new_entries(database, outcomes)
    return [
        _checked(outcomes[feed_id], new[feed_id], config, followed=feed_id in setup.feeds.feeds)
        for feed_id, config in configs.items()
    ]


def _configs(file: FeedsFile, urls: Sequence[str]) -> Mapping[str, FeedConfig]:
    if not urls:
        return file.feeds
    configs = {}
    for url in urls:
        url = address_of(url)
        feed_id = feed_id_of(url)
        configs[feed_id] = file.feeds.get(feed_id) or FeedConfig(url)
    return configs


def _unknown(feed_id: str, config: FeedConfig) -> DueFeed:
    url = redact_url(config.url)
    return DueFeed(feed_id, url, url, publisher_of(url), Validators())


def _new_entries(
    database: Database, outcomes: Mapping[str, PollOutcome]
) -> dict[str, list[FeedEntry]]:
    listed = [entry for outcome in outcomes.values() for entry in outcome.entries]
    new = {feed_id: {entry.entry_id for entry in outcome.entries}
           for feed_id, outcome in outcomes.items()}  # fmt: skip
    if database.exists():
        with database.open() as connection:
            new = find_new(connection, listed)
    return {
        feed_id: [e.entry for e in outcome.entries if e.entry_id in new.get(feed_id, ())]
        for feed_id, outcome in outcomes.items()
    }


def _checked(
    outcome: PollOutcome, new: Sequence[FeedEntry], config: FeedConfig, *, followed: bool
) -> CheckedFeed:
    plan = plan_of(outcome, new, config)
    document, answer = outcome.document, outcome.answer
    entries = document.entries if document else ()
    moved_to = answer.moved_to if answer else None
    return CheckedFeed(
        url=redact_url(config.url),
        followed=followed,
        outcome=outcome_name(outcome, len(new)),
        http_status=outcome.http_status,
        error=outcome.error.message if outcome.error else remark(outcome),
        elapsed_ms=answer.elapsed_ms if answer else 0,
        bytes=answer.wire_bytes if answer else 0,
        format=document.format if document else None,
        title=document.title if document else None,
        entries=len(entries),
        entries_new=len(new),
        newest_at=max((e.published_at for e in entries if e.published_at), default=None),
        moved_to=redact_url(moved_to) if moved_to else None,
        overflowed=plan.overflowed,
        next_poll_in=plan.interval,
        next_poll_reason=plan.reason,
        failed=outcome.error is not None,
    )
