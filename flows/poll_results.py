"""What came of polls: read, planned anew, and committed together with the new entries."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from flows.run import Run
from ingest.errors import HttpStatusError, OutcomeError
from ingest.ids import random_id
from ingest.polling.observations import observe
from ingest.polling.policy import MOVED_POLLS, Plan, PollState, after_failure, after_success
from ingest.polling.runs import after_offline, spread_out
from ingest.redact import redact_url
from ingest.types import (
    DueFeed,
    FeedConfig,
    FeedEntry,
    FetchResponse,
    ListedEntry,
    ParsedFeed,
    PollResult,
    Validators,
)
from storage.feeds import planned_polls
from storage.forget import Refusals, refusals
from storage.polls import add_entries, record_polls

log = logging.getLogger("wirecopy.poll")

Parsed = tuple[ParsedFeed, tuple[ListedEntry, ...]]


@dataclass(frozen=True, slots=True)
class Polled:
    """What a feed has answered. The answer's body is left out; `body_hash` tells whether it has
    changed, and `parsed` is set when it has. `offline`: it was not reached, and the fault is ours.
    """

    feed: DueFeed
    answer: FetchResponse | OutcomeError
    body_hash: str | None = None
    parsed: Future[Parsed] | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """How a poll ended. `document` is None when none was read; `error` says that it failed."""

    polled: Polled
    at: datetime
    document: ParsedFeed | None = None
    entries: tuple[ListedEntry, ...] = ()
    error: OutcomeError | None = None

    @property
    def answer(self) -> FetchResponse | None:
        answer = self.polled.answer
        return answer if isinstance(answer, FetchResponse) else None

    @property
    def http_status(self) -> int | None:
        if isinstance(self.error, HttpStatusError):
            return self.error.status
        return self.answer.status if self.answer else None


def poll_state(feed: DueFeed) -> PollState:
    """What the policy knows of a feed; nothing when what is stored cannot be read."""
    try:
        return PollState.from_dict(dict(feed.poll_state))
    except (KeyError, TypeError, ValueError):
        return PollState()


def record(run: Run, batch: Sequence[Polled]) -> None:
    """Plan the next polls and commit what came of these, in one transaction."""
    outcomes = [outcome_of(polled, run.now()) for polled in batch]
    feed_ids = [polled.feed.feed_id for polled in batch]
    with run.database.write() as connection:
        refused = refusals(connection)
        outcomes = [_without_refused(run, outcome, refused) for outcome in outcomes]
        listed = [entry for outcome in outcomes for entry in outcome.entries]
        new_ids = add_entries(connection, listed, now=run.now())
        new_of = {
            feed_id: [entry.entry for entry in outcome.entries if entry.entry_id in ids]
            for feed_id, outcome in zip(feed_ids, outcomes, strict=True)
            if (ids := new_ids.get(feed_id))
        }
        planned = planned_polls(connection, feed_ids, now=run.now())
        plans = [
            plan_of(outcome, new_of.get(feed_id, []), run.setup.feeds.feeds[feed_id])
            for feed_id, outcome in zip(feed_ids, outcomes, strict=True)
        ]
        hosts = [urlsplit(polled.feed.current_url).netloc for polled in batch]
        spread = spread_out(list(zip(hosts, plans, strict=True)), planned)
        results = [
            _result(run, outcome, plan, len(new_of.get(outcome.polled.feed.feed_id, [])))
            for outcome, plan in zip(outcomes, spread, strict=True)
        ]
        record_polls(connection, run.run_id, results, now=run.now())
    for outcome, result in zip(outcomes, results, strict=True):
        _tell(run, outcome, result)
    run.setup.progress.advance("feeds", len(batch))


def _without_refused(run: Run, outcome: PollOutcome, refused: Refusals) -> PollOutcome:
    """Entries of what was forgotten on request are passed over."""
    if not refused:
        return outcome
    kept = (entry for entry in outcome.entries if not _is_refused(run, entry, refused))
    return replace(outcome, entries=tuple(kept))


def _is_refused(run: Run, listed: ListedEntry, refused: Refusals) -> bool:
    if listed.url_key is None or listed.entry.url is None:
        return False
    return refused.cover(run.publisher_of(listed.entry.url), (listed.url_key,))


def outcome_of(polled: Polled, now: datetime) -> PollOutcome:
    """How the poll ended, once its document has been read."""
    answer = polled.answer
    if not isinstance(answer, FetchResponse):
        return PollOutcome(polled, now, error=answer)
    try:
        document, entries = polled.parsed.result() if polled.parsed else (None, ())
    except OutcomeError as error:
        return PollOutcome(polled, answer.fetched_at, error=error)
    return PollOutcome(polled, answer.fetched_at, document, entries)


def plan_of(outcome: PollOutcome, new: Sequence[FeedEntry], config: FeedConfig) -> Plan:
    """When the feed is polled next, given which of the entries are new."""
    feed, answer = outcome.polled.feed, outcome.answer
    state = poll_state(feed)
    if outcome.polled.offline:
        return after_offline(feed.feed_id, state, outcome.at)
    if outcome.error or answer is None:
        error = outcome.error or OutcomeError("no answer", url=feed.url)
        return after_failure(feed.feed_id, state, error, outcome.at)
    moved_to = _moved_to(answer, feed, config)
    seen = observe(state, answer, outcome.document, new, moved_to=moved_to)
    return after_success(feed.feed_id, state, seen, outcome.at)


def _moved_to(answer: FetchResponse, feed: DueFeed, config: FeedConfig) -> str | None:
    """The address a feed has moved to for good. None for a feed with headers of its own, which must
    not go elsewhere; when the address may hold a secret, which must not be stored; and when the
    way there leaves encryption behind."""
    moved_to = answer.moved_to
    if (
        moved_to is None
        or answer.downgraded
        or config.headers
        or redact_url(config.url) != config.url
    ):
        return None
    return moved_to if redact_url(moved_to) == moved_to else None


def _result(run: Run, outcome: PollOutcome, plan: Plan, entries_new: int) -> PollResult:
    polled, document, answer = outcome.polled, outcome.document, outcome.answer
    feed = polled.feed
    return PollResult(
        poll_id=random_id("p"),
        feed_id=feed.feed_id,
        started_at=outcome.at,
        elapsed_ms=answer.elapsed_ms if answer else 0,
        outcome=outcome_name(outcome, entries_new),
        http_status=outcome.http_status,
        bytes=answer.wire_bytes if answer else 0,
        error=outcome.error.message if outcome.error else remark(outcome),
        next_poll_at=plan.next_poll_at,
        poll_interval=plan.interval,
        next_poll_reason=plan.reason,
        poll_state=plan.state.as_dict(),
        consecutive_failures=plan.state.failures,
        current_url=_address(feed, plan),
        publisher=_publisher(run, feed, document),
        entries_new=entries_new,
        overflowed=plan.overflowed,
        feed=document,
        validators=None if outcome.error else _validators(polled, answer, document),
    )


def outcome_name(outcome: PollOutcome, entries_new: int) -> str:
    """The poll's outcome as `polls` has it."""
    if outcome.error:
        return outcome.error.kind
    if outcome.document is None:
        return "not_modified"
    return "new_entries" if entries_new else "no_change"


def remark(outcome: PollOutcome) -> str | None:
    """What is wrong with a document that could be read in part, or with the way it came."""
    document, answer = outcome.document, outcome.answer
    if document and document.partial:
        return "The document is broken off or damaged; the entries that are whole were taken."
    if document and document.overlong:
        return f"The document lists more than {len(document.entries)} entries; these were taken."
    if answer and answer.downgraded:
        return "The feed's https address leads to http: anybody on the way can change what it says."
    return None


def _address(feed: DueFeed, plan: Plan) -> str:
    """Where the feed is polled next. One that fails where it had moved to is looked for at its old
    address again."""
    if plan.adopt_url:
        return plan.adopt_url
    return feed.url if plan.state.failures >= MOVED_POLLS else feed.current_url


def _publisher(run: Run, feed: DueFeed, document: ParsedFeed | None) -> str:
    if document and document.site_url and not run.setup.feeds.feeds[feed.feed_id].publisher:
        return run.publisher_of(document.site_url)
    return feed.publisher


def _validators(
    polled: Polled, answer: FetchResponse | None, document: ParsedFeed | None
) -> Validators | None:
    if answer is None or answer.not_modified or (document and document.partial):
        return None
    return Validators(answer.header("etag"), answer.header("last-modified"), polled.body_hash)


def _tell(run: Run, outcome: PollOutcome, result: PollResult) -> None:
    """Count the poll, and log what is out of the ordinary."""
    feed = outcome.polled.feed
    run.tally.feeds += 1
    run.tally.entries += result.entries_new
    if outcome.error:
        run.tally.fail(feed.url, outcome.error)
    about = {"feed_id": feed.feed_id, "url": feed.url}
    log.debug(
        "feed.polled",
        extra={**about, "outcome": result.outcome, "entries_new": result.entries_new,
               "next_poll_at": result.next_poll_at.isoformat(), "why": result.next_poll_reason},
    )  # fmt: skip
    if result.overflowed:
        log.info("feed.overflowed", extra={**about, "entries": result.entries_new})
    if result.current_url != feed.current_url:
        log.info("feed.moved", extra={**about, "to": result.current_url})
