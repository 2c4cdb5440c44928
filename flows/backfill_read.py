"""Shards read: each kind of plan to pages in hand, or to further shards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flows.backfill_batch import Reading, Taken
from flows.run import Run
from ingest.backfill.lists import entry_of, host_wanted, plan_pages, planned_pages, wanted
from ingest.backfill.records import Record, read_records
from ingest.backfill.rows import read_rows
from ingest.backfill.sitemaps import named_in_robots, pages_in, plan_sitemap, sitemaps_in
from ingest.backfill.terms import Terms
from ingest.backfill.wayback import (
    REQUEST_SECONDS,
    capture_url,
    captured_at,
    query_url,
    read_index,
    shards_of,
)
from ingest.errors import BadRow, BrokenFeed, ConfigurationError, HttpClientError, OutcomeError
from ingest.imports import imported_article
from ingest.types import (
    ArchivePlace,
    DateSource,
    FetchRequest,
    FetchResponse,
    ListedPage,
    PlannedShard,
    RawPage,
    WantedPage,
)
from ingest.urls import url_key
from ingest.workers.jobs import judge_page, list_sitemap
from storage.articles import known_articles
from storage.pages import waiting_pages


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a backfill takes."""

    terms: Terms
    hosts: tuple[str, ...]


class Reader:
    """Reads shards for a run, as far as `stop` lets it."""

    def __init__(self, run: Run, wanted: Wanted, stop: threading.Event) -> None:
        self._run = run
        self._wanted = wanted
        self._stop = stop
        endpoint = run.setup.settings.wayback_endpoint
        if run.publisher_of(endpoint) == "archive.org":
            run.fetcher.slow_down("archive.org", REQUEST_SECONDS)

    def read(self, readings: Sequence[Reading]) -> None:
        """Take in hand what these shards hold, all of one kind: pages go to the workers, and are
        fetched before where they must be. What cannot be read becomes the shard's error."""
        kind = readings[0].plan["kind"]
        read: Callable[[Sequence[Reading]], None] = getattr(self, f"_{kind}")
        read(readings)

    def count(self, reading: Reading) -> int:
        """How many pages a shard of a web archive holds that may belong."""
        try:
            return len(self._pages_of(reading))
        except ConfigurationError:
            return 0

    # --- web archives

    def _records(self, readings: Sequence[Reading]) -> None:
        found: list[tuple[Reading, str, Record, RawPage]] = []
        for reading in readings:
            try:
                found += self._pages_of(reading)
            except ConfigurationError as error:
                reading.error = error.message
        known, listed = self._look_up([key for _, key, _, _ in found])
        for reading, key, record, page in found:
            if key in known:
                reading.known += 1
                continue
            known.add(key)
            place = None
            if record.file.parent == self._run.setup.home.archive.absolute():
                place = ArchivePlace(record.file.name, record.offset, record.length)
            taken = self._judged(key, listed.get(key), page, None)
            taken.place = place
            reading.taken.append(taken)

    def _pages_of(self, reading: Reading) -> list[tuple[Reading, str, Record, RawPage]]:
        """The pages of a shard that can belong, by host, address and time of capture."""
        period, found = self._wanted.terms.period, []
        settings = self._run.setup.settings
        for record in read_records(reading.plan, max_bytes=settings.max_page_bytes):
            page = record.page
            if isinstance(page, OutcomeError):
                reading.fail(self._run, page.url or str(record.file), page)
                continue
            key = url_key(page.url)
            if key is None or not host_wanted(page.final_url, self._wanted.hosts):
                continue
            if period.may_hold_older(page.fetched_at) and period.may_hold_url(page.final_url):
                found.append((reading, key, record, page))
            else:
                reading.outside += 1
        return found

    # --- pages to fetch

    def _pages(self, readings: Sequence[Reading]) -> None:
        asked: dict[int, tuple[Reading, ListedPage, str]] = {}
        requests: list[FetchRequest] = []
        pages = [(reading, page) for reading in readings for page in planned_pages(reading.plan)]
        keys = [url_key(page.url) or "" for _, page in pages]
        known, listed = self._look_up(keys)
        for key, (reading, page) in zip(keys, pages, strict=True):
            if key in known:
                reading.known += 1
                continue
            known.add(key)
            requests.append(FetchRequest(url=self._address(page)))
            asked[id(requests[-1])] = (reading, page, key)
        for request, answer in self._fetched(requests):
            reading, page, key = asked.pop(id(request))
            if isinstance(answer, FetchResponse):
                source: DateSource = "sitemap" if reading.plan.get("sitemap") else "feed"
                raw = _captured(answer, page) if page.captured else answer.as_page()
                taken = self._judged(key, listed.get(key), raw, page, source)
                taken.listed = page
            else:
                taken = Taken(key, page.url, answer, listed=page)
            reading.taken.append(taken)
        for reading, page, _ in asked.values():
            reading.stopped = True
            reading.unread.append(page)

    def _address(self, page: ListedPage) -> str:
        """Where a page is to be had."""
        if page.captured is None:
            return page.url
        return capture_url(self._run.setup.settings.wayback_endpoint, page.url, page.captured)

    def _fetched(
        self, requests: Sequence[FetchRequest]
    ) -> Iterator[tuple[FetchRequest, FetchResponse | OutcomeError]]:
        """Answers as they come, fewer when the run is to stop."""
        if requests and not self._stop.is_set():
            for request, answer in self._run.fetcher.fetch_all(requests):
                yield request, answer
                if self._stop.is_set():
                    return

    # --- lists of pages

    def _sitemap(self, readings: Sequence[Reading]) -> None:
        requests = [
            FetchRequest(reading.plan["url"], "sitemap", ignore_robots=reading.plan["robots"])
            for reading in readings
        ]
        by_url = {request.url: answer for request, answer in self._fetched(requests)}
        for reading in readings:
            answer = by_url.get(reading.plan["url"])
            if answer is None:
                reading.stopped = True
                continue
            try:
                reading.found = tuple(self._found(reading, answer))
            except OutcomeError as error:
                reading.fail_all(self._run, reading.plan["url"], error)

    def _found(self, reading: Reading, answer: FetchResponse | OutcomeError) -> list[PlannedShard]:
        """The shards that a sitemap, or a robots.txt, leads to."""
        run, plan, period = self._run, reading.plan, self._wanted.terms.period
        if plan["robots"]:
            if isinstance(answer, HttpClientError):  # none there
                text = ""
            elif isinstance(answer, OutcomeError):
                raise answer
            else:
                text = answer.body.decode("utf-8-sig", "replace")
            return [plan_sitemap(url) for url in named_in_robots(text, plan["url"])]
        if isinstance(answer, OutcomeError):
            raise answer
        url = plan["url"]
        listing = run.workers.submit(
            list_sitemap, answer.body, answer.final_url, run.now(), url=url, size=len(answer.body)
        ).result()
        if listing.damaged:
            cut_off = BrokenFeed(
                "The sitemap is broken off; what could be read was taken.", url=url
            )
            reading.fail(run, url, cut_off)
        pages = wanted(pages_in(listing, period), period, self._wanted.hosts, now=run.now())
        return [
            *sitemaps_in(listing, period, plan["depth"]),
            *plan_pages(url, pages, run.publisher_of, sitemap=True),
        ]

    def _cdx(self, readings: Sequence[Reading]) -> None:
        endpoint = self._run.setup.settings.wayback_endpoint
        for reading in readings:
            reading.stopped = True
            request = FetchRequest(query_url(endpoint, reading.plan), "sitemap")
            for _, answer in self._fetched([request]):
                reading.stopped = False
                try:
                    if isinstance(answer, OutcomeError):
                        raise answer
                    page = read_index(answer.body, request.url)
                except OutcomeError as error:
                    reading.fail_all(self._run, request.url, error)
                else:
                    found = shards_of(reading.plan, page, self._wanted.terms.period)
                    reading.found = tuple(found)

    # --- articles

    def _rows(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            try:
                self._rows_of(reading)
            except ConfigurationError as error:
                reading.error = error.message

    def _rows_of(self, reading: Reading) -> None:
        run, terms = self._run, self._wanted.terms
        for row in read_rows(reading.plan):
            try:
                if isinstance(row, BadRow):
                    raise row
                article = imported_article(row, now=run.now(), publisher_of=run.publisher_of)
            except BadRow as error:
                reading.fail(run, error.url or "row without url", error)
                continue
            if host_wanted(article.url, self._wanted.hosts):
                outcome = terms.refusal(article) or article
                reading.taken.append(Taken(article.url_keys[0], article.url, outcome))

    # --- what all have in common

    def _look_up(self, keys: Sequence[str]) -> tuple[set[str], dict[str, WantedPage]]:
        """Those keys whose page is held already, or is in hand of a poll; and what feeds say about
        the others that they list."""
        with self._run.database.open() as connection:
            known = set(known_articles(connection, keys))
            waiting, claimed = waiting_pages(connection, keys)
        return known | claimed, {page.url_key: page for page in waiting}

    def _judged(
        self,
        key: str,
        by_feed: WantedPage | None,
        page: RawPage,
        listed: ListedPage | None,
        source: DateSource = "feed",
    ) -> Taken:
        """Give a page to the workers, with what a feed or a list says about it."""
        run, terms = self._run, self._wanted.terms
        now = min(run.now(), page.fetched_at)
        entry = entry_of(listed or ListedPage(page.url), now=now)
        wanted_page = by_feed or WantedPage(key, page.url, entry, 0, now)
        outcome = run.workers.submit(
            judge_page,
            wanted_page,
            page,
            run.setup.feeds.aliases,
            terms,
            "feed" if by_feed else source,
            now,
            url=page.url,
            size=len(page.body),
        )
        return Taken(key, page.url, outcome, page=page, by_feed=by_feed is not None)


def _captured(answer: FetchResponse, page: ListedPage) -> RawPage:
    """A capture as the page that it shows, at the time at which it was taken."""
    assert page.captured is not None
    return RawPage(
        page.url,
        page.url,
        answer.status,
        answer.headers,
        answer.body,
        captured_at(answer.final_url, page.captured),
    )
