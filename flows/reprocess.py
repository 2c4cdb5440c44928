"""`wirecopy reprocess`: the kept pages read again, and the stories judged again. No network."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from flows.intake import ByteBudget
from flows.maintain import settle_stories
from flows.pages import PAGE_BATCH, WAITING_BYTES
from flows.rereading import Cleanings, clean_reread, write_reread
from flows.run import Run, Setup, finish, publish_if_due, started
from flows.stories import take_in
from ingest.archive import read_page
from ingest.archive_records import ArchiveDamaged
from ingest.articles import Identified
from ingest.errors import OutcomeError
from ingest.rereading import (
    changed_fields,
    of_same,
    wanted_page,
    with_precision,
    with_stored_text,
)
from ingest.types import Article, FoundBy, StoredArticle, WantedPage
from ingest.workers.jobs import read_article
from storage.database import Connection
from storage.reprocessing import (
    Begun,
    Queued,
    Scope,
    begin,
    end,
    pages_without_article,
    queued,
    settle_queued,
    settle_rejected,
    still_queued,
)
from storage.rereading import stored_articles
from storage.settling import count_unsettled

FIELD = "field "
FAILED = "failed "
"""How counts of changed fields, and of kinds of errors, begin."""

Page = Future[Article] | ArchiveDamaged | None
"""What is being made of a kept page; None when none is kept."""


@dataclass(frozen=True, slots=True)
class ReprocessReport:
    """What `reprocess` did, the runs before this one that were interrupted included.

    `unchanged` and `changed` are articles whose page was read again, and `fields` how many of them
    changed in which column; `failed` are those whose page gives no article any more, by kind of
    error: they stay as they were. `without_page` have no kept page, and `page_lost` one whose file
    is gone or damaged. Of `pages_without_article`, `new_articles` gave one now. `stories` says what
    judging again did, None when it was left to `wirecopy maintain`, for which `to_settle` articles
    wait.
    """

    run_id: str
    outcome: str
    started_at: datetime
    seconds: float
    resumed: bool
    done_before: int
    unchanged: int
    changed: int
    fields: dict[str, int]
    failed: dict[str, int]
    without_page: int
    page_lost: int
    pages_without_article: int
    new_articles: int
    stories: dict[str, int] | None
    to_settle: int
    database: Path
    published: bool


@dataclass(frozen=True, slots=True)
class _Taken:
    """One of a batch: what was stored, or what is wanted, and what is being made of its page."""

    queued: Queued
    stored: StoredArticle | None
    wanted: WantedPage | None
    page: Page


def run_reprocess(setup: Setup, scope: Scope) -> ReprocessReport:
    """Read again what is kept, batch by batch, and judge stories again. Started again with the same
    scope after an interruption, it goes on from there."""
    with started(setup, "reprocess") as run:
        with run.database.write() as connection:
            begun = begin(connection, scope, now=run.now())
        setup.progress.stage("pages", begun.total)
        setup.progress.advance("pages", begun.total - begun.left)
        counts = Counter(begun.counts)
        while _read_all(run, counts):
            pass
        settled = settle_stories(run) if scope.matching else None
        with run.database.write() as connection:
            end(connection)
            to_settle = count_unsettled(connection, "judge")
        run.tally.pages = counts["unchanged"] + counts["changed"] + counts["pages without article"]
        finish(run, "completed")
    published = publish_if_due(run, at_end=True)
    return _report(run, begun, counts, settled, to_settle, published=published is not None)


def _read_all(run: Run, counts: Counter[str]) -> int:
    """Go through the queue once; how many of it were done. What another run has changed meanwhile
    is left for the next time."""
    done = 0
    before: list[_Taken] = []
    for batch in _batches(run):  # the next is read while the one before is written
        done += _load(run, before, counts)
        before = batch
    return done + _load(run, before, counts)


def _batches(run: Run) -> Iterator[list[_Taken]]:
    budget, after = ByteBudget(WAITING_BYTES, threading.Event()), 0
    while True:
        with run.database.open() as connection:
            waiting = queued(connection, after, PAGE_BATCH)
            names = [one.article_id for one in waiting if one.article_id]
            keys = [one.url_key for one in waiting if one.url_key]
            stored = stored_articles(connection, names)
            without = {page.url_key: page for page in pages_without_article(connection, keys)}
        if not waiting:
            return
        after = waiting[-1].number
        taken = []
        for one in waiting:
            held = stored.get(one.article_id or "")
            wanted = wanted_page(held) if held else without.get(one.url_key or "")
            found_by: FoundBy = held.article.found_by if held else "poll"
            page = _read(run, wanted, found_by, budget) if wanted else None
            taken.append(_Taken(one, held, wanted, page))
        yield taken


def _read(run: Run, wanted: WantedPage, found_by: FoundBy, budget: ByteBudget) -> Page:
    """Have a kept page read again, as of when it was fetched."""
    if wanted.archived is None:
        return None
    try:
        page = read_page(run.setup.home.archive, wanted.archived)
    except ArchiveDamaged as error:
        return error
    size = len(page.body)
    budget.take(size)
    article = run.workers.submit(
        read_article,
        with_precision(wanted),
        page,
        found_by,
        run.setup.feeds.aliases,
        page.fetched_at,
        url=wanted.url,
        size=size,
    )
    article.add_done_callback(lambda _: budget.give_back(size))
    return article


def _load(run: Run, batch: Sequence[_Taken], counts: Counter[str]) -> int:
    """Write what was read of a batch; how many of it are done."""
    done: list[int] = []
    if batch:
        name = f"read {len(batch)} pages again"
        run.setup.step(name, partial(_write, run, batch, counts, done))
        run.setup.progress.advance("pages", len(done))
        publish_if_due(run)
    return len(done)


def _write(run: Run, batch: Sequence[_Taken], counts: Counter[str], done: list[int]) -> None:
    for taken in batch:  # waited for with no connection open
        if isinstance(taken.page, Future):
            taken.page.exception()
    held = [taken for taken in batch if taken.queued.article_id]
    cleanings = Cleanings()
    read = [one for taken in held if taken.stored and (one := _read_again(taken.stored, taken))]
    if read:  # cleaned while nobody has to wait for it
        clean_reread(run.database.open, read, cleanings)
    with run.database.write() as connection:
        done += _write_articles(connection, held, counts, cleanings)
    done += _write_new(run, [taken for taken in batch if taken.queued.url_key], counts)


def _write_articles(
    connection: Connection, batch: Sequence[_Taken], counts: Counter[str], cleanings: Cleanings
) -> list[int]:
    """Write the articles of a batch that differ; the numbers of all that are done."""
    waiting = still_queued(connection, [taken.queued.number for taken in batch])
    stored = stored_articles(connection, [taken.queued.article_id or "" for taken in batch])
    came: Counter[str] = Counter()
    done: list[int] = []
    read: list[tuple[StoredArticle, Article]] = []
    for taken in batch:
        held = stored.get(taken.queued.article_id or "")
        if taken.queued.number not in waiting:
            continue
        if held and (taken.stored is None or taken.stored.place != held.place):
            continue  # fetched again, or its page was moved; the next time
        done.append(taken.queued.number)
        if held is None:  # forgotten on request
            continue
        again = _read_again(held, taken)
        outcome = _outcome(taken.page)
        if again:
            read.append(again)
        elif outcome == FAILED + "no_text" and held.article.extractor == "feed":
            came["unchanged"] += 1
        else:
            came[str(outcome)] += 1
    reread = clean_reread(lambda: nullcontext(connection), read, cleanings)
    changed = []
    for held, _ in read:
        old = held.article
        new = reread.articles[old.article_id]
        fields = changed_fields(old, new)
        came["changed" if fields else "unchanged"] += 1
        came.update(FIELD + name for name in fields)
        if fields or old.extractor != new.extractor or old.removed != new.removed:
            changed.append(old.article_id)
    write_reread(connection, reread, changed)
    settle_queued(connection, done, came)
    counts.update(came)
    return done


def _read_again(held: StoredArticle, taken: _Taken) -> tuple[StoredArticle, Article] | None:
    """The stored article with what its page gives now, when that is an article."""
    outcome = _outcome(taken.page)
    if isinstance(outcome, Article):
        return held, with_stored_text(held, of_same(held, outcome))
    return None


def _outcome(page: Page) -> Article | str:
    """What a kept page gives, or the name of the count it belongs to."""
    if page is None:
        return "without page"
    if isinstance(page, ArchiveDamaged):
        return "page lost"
    try:
        return page.result()
    except OutcomeError as error:
        return FAILED + error.kind


def _write_new(run: Run, batch: Sequence[_Taken], counts: Counter[str]) -> list[int]:
    """Take in the articles of pages that had given none; the numbers of all that are done."""
    if not batch:
        return []
    numbers = [taken.queued.number for taken in batch]
    outcomes = [(taken, _outcome(taken.page)) for taken in batch]
    articles = [
        (taken.wanted.url_key, outcome)
        for taken, outcome in outcomes
        if taken.wanted and isinstance(outcome, Article)
    ]
    came: Counter[str] = Counter()

    def beside(connection: Connection, identified: Identified) -> None:
        came["pages without article"] = len(still_queued(connection, numbers))
        came["new articles"] = len(identified.new)
        settle_rejected(connection, identified.article_of)
        settle_queued(connection, numbers, came)

    take_in(run.database, articles, publisher_of=run.publisher_of, now=run.now(), beside=beside)
    run.tally.articles += came["new articles"]
    counts.update(came)
    return numbers


def _report(
    run: Run,
    begun: Begun,
    counts: Counter[str],
    settled: Mapping[str, int] | None,
    to_settle: int,
    *,
    published: bool,
) -> ReprocessReport:
    def named(start: str) -> dict[str, int]:
        return {
            name.removeprefix(start): count
            for name, count in counts.most_common()
            if name.startswith(start)
        }

    return ReprocessReport(
        run_id=run.run_id,
        outcome="completed",
        started_at=run.started_at,
        seconds=(run.now() - run.started_at).total_seconds(),
        resumed=begun.resumed,
        done_before=begun.total - begun.left,
        unchanged=counts["unchanged"],
        changed=counts["changed"],
        fields=named(FIELD),
        failed=named(FAILED),
        without_page=counts["without page"],
        page_lost=counts["page lost"],
        pages_without_article=counts["pages without article"],
        new_articles=counts["new articles"],
        stories=dict(settled) if settled else None,
        to_settle=to_settle,
        database=run.setup.home.published,
        published=published,
    )
