"""Feeds asked for and read: what a poll does before anything is decided or stored."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime

from flows.feeds_file import request_headers
from flows.intake import ByteBudget
from flows.pages import WAITING_BYTES, body_hash
from flows.poll_results import Parsed, Polled, poll_state
from ingest.errors import OutcomeError
from ingest.fetching.fetch import Fetcher
from ingest.types import DueFeed, FeedConfig, FetchRequest, FetchResponse
from ingest.workers.jobs import read_feed
from ingest.workers.pool import WorkerPool

Answer = tuple[DueFeed, FetchResponse | OutcomeError]


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Asks for feeds and has them read. `configs` has the feeds by id."""

    fetcher: Fetcher
    workers: WorkerPool
    configs: Mapping[str, FeedConfig]
    now: Callable[[], datetime]

    def fetch(self, feeds: Sequence[DueFeed], *, patience: float = math.inf) -> Iterator[Answer]:
        """Ask for feeds, conditionally where they have been read before and are believed when they
        say that nothing has changed; answers as they arrive. Those whose publisher's turn does not
        come within `patience` seconds are answered with Postponed."""
        feed_of: dict[int, DueFeed] = {}
        requests: list[FetchRequest] = []
        for feed in feeds:
            try:
                requests.append(self._request(feed))
            except OutcomeError as error:
                yield feed, error
                continue
            feed_of[id(requests[-1])] = feed
        for request, answer in self.fetcher.fetch_all(
            requests, buffered_bytes=WAITING_BYTES, patience=patience
        ):
            yield feed_of[id(request)], answer

    def read(
        self, feed: DueFeed, answer: FetchResponse | OutcomeError, budget: ByteBudget
    ) -> Polled:
        """Have a document read that has changed; its `parsed` is what to wait for."""
        if not isinstance(answer, FetchResponse):
            return Polled(feed, answer)
        known = feed.validators.body_hash
        hashed = known if answer.not_modified else body_hash(answer.body)
        parsed = self._parse(feed, answer, budget) if hashed != known else None
        return Polled(feed, replace(answer, body=b""), hashed, parsed)

    def _request(self, feed: DueFeed) -> FetchRequest:
        config = self.configs[feed.feed_id]
        headers = request_headers(config, os.environ)
        moved = feed.current_url != feed.url and not headers
        whole = poll_state(feed).wants_whole_document(self.now())
        return FetchRequest(
            url=feed.current_url if moved else config.url,
            kind="feed",
            etag=None if whole else feed.validators.etag,
            last_modified=None if whole else feed.validators.last_modified,
            headers=headers,
        )

    def _parse(self, feed: DueFeed, answer: FetchResponse, budget: ByteBudget) -> Future[Parsed]:
        size = len(answer.body)
        budget.take(size)
        parsed = self.workers.submit(
            read_feed,
            answer.body,
            feed.feed_id,
            answer.final_url,
            answer.header("content-type"),
            self.now(),
            url=feed.url,
            size=size,
        )
        parsed.add_done_callback(lambda _: budget.give_back(size))
        return parsed
