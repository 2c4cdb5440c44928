"""A poll run: feeds due, their new entries' pages, the articles and stories that come of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flows.intake import ByteBudget, Coming, Intake
from flows.pages import PATIENCE, WAITING_BYTES, PageQueue
from flows.poll_requests import FeedReader
from flows.poll_results import Polled, poll_state, record
from flows.rechecks import recheck_articles
from flows.run import Run, Setup, finish, publish_if_due, report, started
from flows.tally import RunReport
from ingest.errors import OutcomeError, Postponed
from ingest.polling.runs import Reach, is_offline, reach
from ingest.types import DueFeed
from ingest.workers.jobs import read_article
from storage.claims import bury_dead_runs, claim, held_by_others
from storage.feeds import due
from storage.forget import refusals
from storage.rows import transaction

FEED_BATCH = 50
"""Feeds whose polls are committed together, when they have changed."""

UNCHANGED_WEIGHT = 0.02
"""Of a feed without a document to keep in memory: fifty times as many are committed together, as
most of what a commit costs does not depend on how much it holds. The intake makes sure that none of
them waits for long."""

OTHER_RUN_SECONDS = 0.5
"""How often a run that is to poll every feed looks whether another run has let go of the rest."""


def run_poll(setup: Setup, *, every: bool = False) -> RunReport:
    """Poll the feeds that are due, or `every` feed, and take in what is new; then fetch recent
    articles again that are due for it.

    Pages are fetched while feeds are still being polled: a server that hangs delays what it has to
    give, and nothing else.
    """
    with started(setup, "poll") as run:
        with Intake() as intake:
            budget = ByteBudget(WAITING_BYTES, intake.stopped)
            pages = PageQueue(run, intake, budget)

            def take(polled: Sequence[Polled]) -> None:
                known = run.tally.entries
                setup.step(f"poll {len(polled)} feeds", partial(record, run, polled))
                if run.tally.entries > known:
                    pages.claim()

            feeds = poll_feeds(run, intake, budget, every=every)
            intake.stream(FEED_BATCH, take, _weight).add(feeds)
            pages.claim()
            intake.run()
        recheck_articles(run)
        outcome = "offline" if run.offline else "completed"
        finish(run, outcome)
    return report(run, outcome, publish_if_due(run, at_end=True))


def _weight(polled: Polled) -> float:
    return 1.0 if polled.parsed else UNCHANGED_WEIGHT


def poll_feeds(run: Run, intake: Intake, budget: ByteBudget, *, every: bool) -> Coming[Polled]:
    """Poll the feeds that are due. With `every`, wait for those that another run has in hand.

    Feeds that could not be reached come last: only when all have been asked it is clear whether the
    fault is theirs or ours.
    """
    reader = FeedReader(run.fetcher, run.workers, run.setup.feeds.feeds, run.now)
    polled: set[str] = set()
    reaches: list[Reach] = []
    while True:
        feeds, others = _claim_feeds(run, polled, every=every)
        if feeds:
            polled |= {feed.feed_id for feed in feeds}
            run.setup.progress.stage("feeds", len(polled))
            if not all(feed.poll_state for feed in feeds):  # whose first poll brings pages
                run.workers.expect(read_article)
            yield from _poll_these(run, reader, feeds, budget, reaches)
            # Where few publishers are followed nobody can say whose fault it is; but none answers.
            none_answers = bool(reaches) and not any(seen.reached for seen in reaches)
            all_asked = polled >= run.setup.feeds.feeds.keys()
            run.offline = is_offline(reaches) or (none_answers and all_asked)
        elif not (every and others) or intake.stopped.wait(OTHER_RUN_SECONDS):
            return


def _poll_these(
    run: Run,
    reader: FeedReader,
    feeds: Sequence[DueFeed],
    budget: ByteBudget,
    reaches: list[Reach],
) -> Coming[Polled]:
    """Poll feeds that the run has claimed. What each shows of the way to its publisher is added to
    the run's `reaches`."""
    unreached: list[tuple[DueFeed, OutcomeError]] = []
    for feed, answer in reader.fetch(feeds, patience=PATIENCE):
        if isinstance(answer, Postponed):
            run.tally.postponed += 1
            run.setup.progress.advance("feeds")
            continue
        error = answer if isinstance(answer, OutcomeError) else None
        seen = reach(feed.publisher, error, was_failing=poll_state(feed).failures > 0)
        reaches += [seen] if seen else []
        if error and seen and not seen.reached:
            unreached.append((feed, error))
        else:
            read = reader.read(feed, answer, budget)
            yield read, read.parsed
    offline = is_offline(reaches)
    for feed, error in unreached:
        yield Polled(feed, error, offline=offline), None


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
