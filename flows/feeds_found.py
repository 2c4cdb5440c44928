"""`wirecopy feeds add`: the feeds of a site, found and tried before one is followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from flows.feeds_file import address_of
from flows.pages import body_hash
from flows.run import Setup, make_fetcher, worker_policy
from ingest.errors import FetchError, HttpStatusError, NotAFeed, OutcomeError, WirecopyError
from ingest.feeds.discovery import COMMON_PATHS, news_sitemaps, usual_places
from ingest.fetching.fetch import Fetcher
from ingest.redact import redact_url
from ingest.types import FetchRequest, FetchResponse, ParsedFeed
from ingest.urls import url_key
from ingest.workers.jobs import find_linked_feeds, read_feed
from ingest.workers.pool import WorkerPool

How = Literal["given", "linked", "usual_place", "news_sitemap"]


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that answers. `how` it was found: the address `given` is one, the page has it
    `linked`, or it is at a `usual_place` or a `news_sitemap`."""

    url: str
    how: How
    format: str
    title: str
    entries: int
    newest_at: datetime | None


def find_feeds(setup: Setup, url: str) -> list[FoundFeed]:
    """The feeds of the site at an address, the likeliest first; each was asked for and read.

    Raises ConfigurationError when it is none, and WirecopyError when it cannot be had or shows no
    feed.
    """
    address = address_of(url if "://" in url or not url.strip() else f"https://{url.strip()}")
    with make_fetcher(setup) as fetcher, WorkerPool(worker_policy(setup.settings)) as workers:
        search = _Search(setup, fetcher, workers)
        return search.feeds(address)


def _no_feed(address: str, *, links: int) -> WirecopyError:
    shown = redact_url(address)
    page = "none of those that its page links can be read" if links else "its page declares none"
    return WirecopyError(
        f"No feed was found at {shown}: {page}, and none is at {', '.join(COMMON_PATHS)}. "
        "If you know its address, add that.",
        url=shown,
    )


class _Search:
    def __init__(self, setup: Setup, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._setup = setup
        self._fetcher = fetcher
        self._workers = workers
        self._seen: set[str] = set()

    def feeds(self, address: str) -> list[FoundFeed]:
        try:
            answer = self._fetcher.fetch(FetchRequest(address, kind="feed"))
        except FetchError as error:
            # Some servers keep robots from their pages and not from their feeds.
            walled = isinstance(error, HttpStatusError) and urlsplit(address).path in ("", "/")
            if walled and (found := self._unlinked(address)):
                return found
            raise WirecopyError(f"{error.message} Nothing was added.", url=error.url) from None
        with suppress(NotAFeed):
            return [self._found(address, "given", answer, self._read(answer))]
        linked = self._workers.submit(
            find_linked_feeds,
            answer.body,
            answer.final_url,
            answer.header("content-type"),
            url=address,
            size=len(answer.body),
        ).result()
        found = self._unlinked(answer.final_url, list(self._try(linked, "linked")))
        if not found:
            raise _no_feed(address, links=len(linked))
        return found

    def _unlinked(self, url: str, linked: Sequence[FoundFeed] = ()) -> list[FoundFeed]:
        """The feeds that are `linked`, else those at the usual places, and the news sitemaps."""
        found = linked or list(self._try(usual_places(url), "usual_place"))
        sitemaps = news_sitemaps(self._robots(url), url)
        return [*found, *self._try(sitemaps, "news_sitemap")]

    def _try(self, addresses: Sequence[str], how: How) -> Iterator[FoundFeed]:
        """Those of the addresses that are feeds, each document once."""
        requests = [FetchRequest(address, kind="feed") for address in addresses]
        self._setup.progress.stage(how.replace("_", " "), len(requests))
        answers = {}
        for request, answer in self._fetcher.fetch_all(requests):
            self._setup.progress.advance(how.replace("_", " "))
            answers[request.url] = answer
        for address in addresses:
            answer = answers[address]
            if not isinstance(answer, FetchResponse) or body_hash(answer.body) in self._seen:
                continue
            with suppress(OutcomeError):
                document = self._read(answer)
                dated = any(entry.published_at for entry in document.entries)
                if how != "news_sitemap" or dated:
                    yield self._found(address, how, answer, document)

    def _read(self, answer: FetchResponse) -> ParsedFeed:
        document, _ = self._workers.submit(
            read_feed,
            answer.body,
            "",
            answer.final_url,
            answer.header("content-type"),
            self._setup.clock(),
            url=answer.url,
            size=len(answer.body),
        ).result()
        return document

    def _found(
        self, address: str, how: How, answer: FetchResponse, document: ParsedFeed
    ) -> FoundFeed:
        self._seen.add(body_hash(answer.body))
        times: Iterable[datetime] = (e.published_at for e in document.entries if e.published_at)
        moved = answer.moved_to
        return FoundFeed(
            url=moved if moved and url_key(moved) else address,
            how=how,
            format=document.format,
            title=document.title,
            entries=len(document.entries),
            newest_at=max(times, default=None),
        )

    def _robots(self, url: str) -> str:
        """The robots.txt of the address's site, which was read on the way there."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        records = {record.origin: record.text for record in self._fetcher.robots_records()}
        return records.get(origin, "")
