"""The simulation's feeds on a loopback port, under a clock that is moved by hand.

Serves as an HTTP proxy for `http://f00012.example/feed.xml`, so that each feed is a host and a
publisher of its own. A document lists what its feed has published by now, as far as its window
goes, with the dates, floors and validators that the feed's class has; a server that is down answers
500, or 410, to everything. Entries have no link: polls alone are measured.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import numpy as np

from benchmarks.polling.feeds_mix import SimulatedFeed

_TARGET = re.compile(r"http://([^/]+)\.example(/.*)")


def url_of(feed: SimulatedFeed) -> str:
    return f"http://{feed.feed_id}.example/feed.xml"


class MixServer:
    """See the module. `now`, in seconds since the epoch, is set by whoever polls. `asked` counts
    requests by path and status."""

    def __init__(self, feeds: Iterable[SimulatedFeed], now: float) -> None:
        self.now = now
        self.asked: Counter[tuple[str, int]] = Counter()
        self._feeds = {feed.feed_id: feed for feed in feeds}
        self._times = {name: feed.published.tolist() for name, feed in self._feeds.items()}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, target: str, known: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body for a request whose If-None-Match is `known`."""
        found = _TARGET.fullmatch(target)
        feed = self._feeds.get(found[1]) if found else None
        if found is None or feed is None:
            return 404, [], b""
        if any(start <= self.now < end for start, end in feed.down):
            return 410 if feed.gone else 500, [], b""
        if found[2] != "/feed.xml":
            return 404, [], b""
        available = bisect_right(self._times[feed.feed_id], self.now)
        tag = f'"{available}"'
        headers = [("ETag", tag)]
        if feed.max_age:
            headers.append(("Cache-Control", f"max-age={feed.max_age:.0f}"))
        if known and (feed.stale or known == tag):
            return 304, headers, b""
        headers.append(("Content-Type", "application/rss+xml; charset=utf-8"))
        return 200, headers, document(feed, available)


def document(feed: SimulatedFeed, available: int) -> bytes:
    """What the feed shows once so many entries have been published."""
    places = range(available - 1, max(available - feed.window, 0) - 1, -1)
    items = "".join(
        f"<item><guid isPermaLink='false'>{feed.feed_id}-{place}</guid>"
        f"<title>News {place} of {feed.feed_id}</title>{_date(feed, place)}</item>"
        for place in places
    )
    ttl = f"<ttl>{feed.ttl / 60:.0f}</ttl>" if feed.ttl else ""
    hourly = "<sy:updatePeriod>hourly</sy:updatePeriod>" if feed.syndication else ""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>{feed.feed_id}</title><link>http://{feed.feed_id}.example/</link>"
        f"{ttl}{hourly}{items}</channel></rss>"
    ).encode()


def _date(feed: SimulatedFeed, place: int) -> str:
    stated = float(feed.stated[place])
    if not np.isnan(stated):
        return f"<pubDate>{format_datetime(datetime.fromtimestamp(stated, UTC))}</pubDate>"
    if place % 2:
        return ""
    day = datetime.fromtimestamp(float(feed.published[place]), UTC)
    return f"<dc:date>{day:%Y-%m-%d}</dc:date>"


def _handler(server: MixServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = server.answer(self.path, self.headers["If-None-Match"])
            server.asked["/" + self.path.rpartition("/")[2], status] += 1
            head = f"HTTP/1.1 {status} \r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers)
            if status != 304:
                head += f"Content-Length: {len(body)}\r\n"
            self.wfile.write(head.encode() + b"\r\n" + body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: what was asked is counted."""

    return Handler
