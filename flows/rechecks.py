"""Recent articles fetched again, at the end of a poll run: what their publishers have changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flows.intake import ByteBudget, Coming, Intake
from flows.pages import PAGE_BATCH, WAITING_BYTES, validators_of
from flows.rereading import Cleanings, clean_reread, write_reread
from flows.run import Run, publish_if_due
from flows.settling import settle_these
from ingest.errors import Gone, HttpStatusError, OutcomeError, Postponed
from ingest.polling.rechecks import next_recheck
from ingest.polling.schedule import FINAL_ERRORS
from ingest.rereading import is_other, is_worse, of_same, wanted_page, with_first_date
from ingest.types import (
    ArchivePlace,
    Article,
    ArticleVersion,
    FetchRequest,
    FetchResponse,
    RawPage,
    StoredArticle,
    Validators,
)
from ingest.urls import url_key
from ingest.versions import describe_change
from ingest.workers.jobs import read_article
from storage.claims import bury_dead_runs, claim
from storage.database import Connection
from storage.pages import mark_fetched
from storage.rechecks import Recheck, Rechecked, count_due, due_rechecks, record_rechecks
from storage.rereading import stored_articles
from storage.rows import transaction
from storage.versions import record_versions

log = logging.getLogger("wirecopy.recheck")

RECHECKS = 1000
"""Pages that one run fetches again. What is due beyond that is the next run's: news come first."""

PATIENCE = 60.0
"""Seconds that they wait for their publishers' turn, once nothing else is left to do."""


@dataclass(slots=True)
class Checked:
    """A page that was asked for again. `article` is what it says, None when it was not sent or is
    the same byte for byte."""

    recheck: Recheck
    answer: FetchResponse | OutcomeError
    at: datetime
    article: Future[Article] | None = None
    validators: Validators | None = None


def recheck_articles(run: Run) -> None:
    """Fetch the articles again that are due, as far as the run's share goes."""
    if not run.setup.settings.recheck or run.offline:
        return
    due, stored = _claim(run)
    if due:
        run.setup.progress.stage("rechecks", len(due))
        with Intake() as intake:
            budget = ByteBudget(WAITING_BYTES, intake.stopped)
            stream = intake.stream(PAGE_BATCH, partial(_take, run))
            stream.add(_fetch(run, due, stored, budget))
            intake.run()
    with run.database.open() as connection:
        run.tally.rechecks_waiting = count_due(connection, now=run.now())


def _claim(run: Run) -> tuple[list[Recheck], dict[str, StoredArticle]]:
    with run.database.open() as connection, transaction(connection):
        bury_dead_runs(connection, run.database.runs, now=run.now())
        due = due_rechecks(connection, now=run.now(), limit=RECHECKS)
        names = [one.article_id for one in due]
        claim(connection, "page", names, run.run_id, now=run.now())
        return due, stored_articles(connection, names)


def _fetch(
    run: Run, due: Sequence[Recheck], stored: dict[str, StoredArticle], budget: ByteBudget
) -> Coming[Checked]:
    recheck_of: dict[int, Recheck] = {}
    requests: list[FetchRequest] = []
    for recheck in due:
        known = recheck.validators
        requests.append(
            FetchRequest(recheck.url, etag=known.etag, last_modified=known.last_modified)
        )
        recheck_of[id(requests[-1])] = recheck
    for request, answer in run.fetcher.fetch_all(
        requests, buffered_bytes=WAITING_BYTES, patience=PATIENCE
    ):
        recheck = recheck_of[id(request)]
        if not isinstance(answer, FetchResponse) or answer.not_modified:
            yield Checked(recheck, answer, run.now()), None
            continue
        page = answer.as_page()
        validators = validators_of(page)
        if validators.body_hash == recheck.validators.body_hash:
            yield Checked(recheck, answer, run.now(), None, validators), None
            continue
        article = _read(run, stored[recheck.article_id], page, budget)
        yield Checked(recheck, answer, run.now(), article, validators), article


def _read(run: Run, stored: StoredArticle, page: RawPage, budget: ByteBudget) -> Future[Article]:
    size = len(page.body)
    budget.take(size)
    article = run.workers.submit(
        read_article,
        wanted_page(stored),
        page,
        stored.article.found_by,
        run.setup.feeds.aliases,
        run.now(),
        url=page.url,
        size=size,
    )
    article.add_done_callback(lambda _: budget.give_back(size))
    return article


def _take(run: Run, batch: Sequence[Checked]) -> None:
    postponed = sum(isinstance(checked.answer, Postponed) for checked in batch)
    run.tally.postponed += postponed
    checked = [one for one in batch if not isinstance(one.answer, Postponed)]
    if checked:
        run.setup.step(f"recheck {len(checked)} articles", partial(record, run, checked))
    run.setup.progress.advance("rechecks", len(batch))
    publish_if_due(run)


def record(run: Run, batch: Sequence[Checked]) -> None:
    """Write down what came of checks; changed articles get a version, and are judged anew."""
    cleanings = Cleanings()
    _clean_ahead(run, batch, cleanings)
    with run.database.write() as connection:
        stored = stored_articles(connection, [one.recheck.article_id for one in batch])
        held = [one for one in batch if one.recheck.article_id in stored]
        outcomes = {one.recheck.article_id: _outcome(stored, one) for one in held}
        edited = _edited(connection, run, held, stored, outcomes, cleanings)
        record_rechecks(
            connection, [_rechecked(one, outcomes[one.recheck.article_id]) for one in held]
        )
    for name, outcome in outcomes.items():
        kind = outcome if isinstance(outcome, str) else "changed"
        run.tally.rechecks[kind] += 1
        log.debug("article.rechecked", extra={"article_id": name, "outcome": kind})
    settle_these(run.database, edited, publisher_of=run.publisher_of, now=run.now)


def _clean_ahead(run: Run, batch: Sequence[Checked], cleanings: Cleanings) -> None:
    """Clean what was read while nobody has to wait for it."""
    with run.database.open() as connection:
        stored = stored_articles(connection, [one.recheck.article_id for one in batch])
    held = [one for one in batch if one.recheck.article_id in stored]
    outcomes = [(stored[one.recheck.article_id], _outcome(stored, one)) for one in held]
    read = [(one, article) for one, article in outcomes if isinstance(article, Article)]
    if read:
        clean_reread(run.database.open, read, cleanings)


Outcome = str | Article
"""As in the view rechecks; or the article as it is on the page now, when that may be news."""


def _outcome(stored: dict[str, StoredArticle], checked: Checked) -> Outcome:
    held, answer = stored[checked.recheck.article_id], checked.answer
    if isinstance(answer, OutcomeError):
        gone = isinstance(answer, Gone)
        gone |= isinstance(answer, HttpStatusError) and answer.status == 404
        return "gone" if gone else answer.kind
    if checked.article is None or answer.fetched_at <= held.seen_at:
        return "unchanged"
    try:
        article = checked.article.result()
    except OutcomeError as error:
        return error.kind
    if is_other(held, article):
        return "other_article"
    if is_worse(held, article):
        return "worse"
    return with_first_date(held, of_same(held, article))


def _edited(
    connection: Connection,
    run: Run,
    batch: Sequence[Checked],
    stored: dict[str, StoredArticle],
    outcomes: dict[str, Outcome],
    cleanings: Cleanings,
) -> list[str]:
    """Record the articles that have changed; which they are. The outcomes of the others are set
    to unchanged."""
    read = [(stored[name], one) for name, one in outcomes.items() if isinstance(one, Article)]
    if not read:
        return []
    reread = clean_reread(lambda: nullcontext(connection), read, cleanings)
    changes = {}
    for held, _ in read:
        old, new = held.article, reread.articles[held.article.article_id]
        change = describe_change(old.title, old.body, new.title, new.body)
        if change:
            changes[old.article_id] = change
        else:
            outcomes[old.article_id] = "unchanged"
    answers = {
        one.recheck.article_id: one.answer for one in batch if isinstance(one.answer, FetchResponse)
    }
    _keep_raw(connection, run, [answers[name] for name in changes])
    versions = [
        _version(reread.articles[name], answers[name].fetched_at, change)
        for name, change in changes.items()
    ]
    if versions:
        record_versions(connection, versions)
    write_reread(connection, reread, list(changes))
    return list(changes)


def _version(article: Article, seen_at: datetime, change: str) -> ArticleVersion:
    return ArticleVersion(
        article_id=article.article_id,
        seen_at=seen_at,
        title=article.title,
        lead=article.lead,
        body=article.body,
        word_count=article.word_count,
        content_hash=article.content_hash,
        modified_at=article.modified_at,
        extractor=article.extractor,
        change=change,
    )


def _keep_raw(connection: Connection, run: Run, answers: Sequence[FetchResponse]) -> None:
    """Archive the pages that show new content, durably before their rows are committed. A page that
    says nothing new is not kept again."""
    if not run.archive or not answers:
        return
    places: dict[str, tuple[ArchivePlace, datetime]] = {}
    for answer in answers:
        place = run.archive.append(answer.as_page())
        places[url_key(answer.url) or answer.url] = (place, answer.fetched_at)
    run.archive.sync()
    mark_fetched(connection, places)


def _rechecked(checked: Checked, outcome: Outcome) -> Rechecked:
    kind = outcome if isinstance(outcome, str) else "changed"
    final = isinstance(checked.answer, FINAL_ERRORS) and kind != "gone"
    following = next_recheck(checked.recheck.first_fetched_at, checked.at)
    return Rechecked(
        article_id=checked.recheck.article_id,
        at=checked.at,
        outcome=kind,
        next_check_at=None if final else following,
        gone=kind == "gone",
        validators=checked.validators if kind in ("unchanged", "changed") else None,
    )
