"""A misbehaving server and a Fetcher that may talk to it, for the tests of fetching."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from rude_server import RudeServer

from ingest.errors import FetchError
from ingest.fetching.fetch import Fetcher, FetchPolicy
from ingest.types import FetchRequest, FetchResponse

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LOOPBACK = ("127.0.0.0/8",)
KB = 1024


def host_of(url: str) -> str:
    """The publisher, for tests: the host without its port."""
    return url.split("/")[2].partition(":")[0]


class Setup:
    """A server and a Fetcher that may talk to it."""

    def __init__(self, server: RudeServer) -> None:
        self.server = server
        self.policy = FetchPolicy(
            allow_networks=LOOPBACK,
            allow_ports=(server.port,),
            per_publisher_delay=0.0,
            fetch_deadline=10.0,
            max_page_bytes=200 * KB,
            max_feed_bytes=400 * KB,
        )
        self.options: dict[str, Any] = {"resolver": server.resolver, "now": lambda: NOW}

    def fetch(self, path: str = "/page", host: str = "127.0.0.1", **request: Any) -> FetchResponse:
        url = path if ":" in path else self.server.url(path, host)
        with self.fetcher() as fetcher:
            return fetcher.fetch(FetchRequest(url, **request))

    def fetcher(self, **policy: Any) -> Fetcher:
        return Fetcher(replace(self.policy, **policy), publisher_of=host_of, **self.options)

    def failure(self, path: str, **request: Any) -> FetchError:
        with pytest.raises(FetchError) as caught:
            self.fetch(path, **request)
        return caught.value
