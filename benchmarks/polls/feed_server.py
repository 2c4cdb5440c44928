"""Feeds of which few change: FEEDS ENTRIES.

Prints its port and serves as an HTTP proxy for `http://feedN.example/feed.xml`, with ETag. A
request for `/next` changes 3 feeds of 100, which then list one entry more. Entries have no link, so
that nobody fetches pages for them.
"""

from __future__ import annotations

import asyncio
import re
import sys

CHANGING = 33
"""One feed in so many changes each time."""

_FEED = re.compile(rb"^GET http://feed(\d+)\.example(/\S*) ")
_TAG = re.compile(rb"if-none-match: *(\S+)", re.IGNORECASE)
TEXT = "Words of a summary that says what the article is about, as feeds have them. " * 4


class Feeds:
    """What the feeds say at present."""

    def __init__(self, count: int, entries: int) -> None:
        self.count = count
        self.entries = entries
        self.moment = 0

    def changes(self, feed: int) -> int:
        """How often it has changed so far."""
        return sum(feed % CHANGING == moment % CHANGING for moment in range(1, self.moment + 1))

    def body(self, feed: int) -> bytes:
        changes = self.changes(feed)
        numbers = range(changes + self.entries, changes, -1)
        entries = "".join(
            f"<item><guid isPermaLink='false'>feed{feed}-{number}</guid>"
            f"<title>News {number}</title>"
            f"<description>{TEXT}</description>"
            f"<pubDate>Fri, 20 Nov 2026 {number % 24:02}:00:00 GMT</pubDate></item>"
            for number in numbers
        )
        title = f"<title>Feed {feed}</title><link>http://feed{feed}.example/</link>"
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel>{title}{entries}</channel></rss>'
        ).encode()

    def answer(self, head: bytes) -> bytes:
        asked = _FEED.match(head)
        if asked is None:
            self.moment += head.startswith(b"GET /next ")
            return _answer(200, b"")
        feed, path = int(asked[1]), asked[2]
        if path != b"/feed.xml" or feed >= self.count:
            return _answer(404, b"")
        tag = f'"{feed}-{self.changes(feed)}"'.encode()
        known = _TAG.search(head)
        if known and known[1] == tag:
            return _answer(304, b"", tag)
        return _answer(200, self.body(feed), tag)


def _answer(status: int, body: bytes, tag: bytes = b"") -> bytes:
    lines = [b"HTTP/1.1 %d OK" % status, b"Content-Type: application/rss+xml; charset=utf-8"]
    if tag:
        lines.append(b"ETag: " + tag)
    if status != 304:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def _serve(feeds: Feeds) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(feeds.answer(await reader.readuntil(b"\r\n\r\n")))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Feeds(*map(int, sys.argv[1:]))))
