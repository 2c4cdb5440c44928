"""Publishers behind a loopback proxy, polled by the real code under a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from rude_server import Behaviour, RudeServer, Talk, page

from flows.feeds_file import read_feeds_file
from flows.poll import run_poll
from flows.progress import Silent
from flows.run import Setup
from flows.settings import load_settings
from flows.tally import RunReport
from ingest.redact import redact_url
from storage.database import Database
from storage.home import Home

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday."""

WINDOW = 10
"""Entries that a document lists."""


@dataclass
class NewsWorld:
    """See the module. Each address of `feeds` lists what is in `published` of it and out by now;
    entries have no link, so that polls fetch no pages."""

    folder: Path
    server: RudeServer
    now: datetime = START
    published: dict[str, list[datetime]] = field(default_factory=dict)

    def follow(self, *urls: str, extra: str = "") -> None:
        """Write the feeds file; every feed but those at work already gets a behaviour."""
        self.folder.mkdir(exist_ok=True)
        lines = "".join(f'[[feed]]\nurl = "{url}"\n{extra}\n' for url in urls)
        (self.folder / "feeds.toml").write_text(lines, encoding="utf-8")
        for url in urls:
            self.serve(url)

    def serve(self, url: str, *headers: str, lies: bool = False) -> None:
        """Serve the feed, with its ETag; one that `lies` says for ever that nothing has changed."""

        def answer(talk: Talk) -> None:
            out = self.out(url)
            etag = f'"{len(out)}"'
            asked = talk.asked.headers.get("if-none-match")
            unchanged = asked is not None if lies else asked == etag
            body = b"" if unchanged else document(url, out)
            page(body, 304 if unchanged else 200, f"ETag: {etag}", *headers)(talk)

        self.at(url, answer)

    def at(self, url: str, behaviour: Behaviour) -> None:
        self.server.at(url.removeprefix("http://"), behaviour)

    def out(self, url: str) -> list[datetime]:
        """When the entries that are out by now were published, newest first."""
        return sorted((at for at in self.published.get(url, []) if at <= self.now), reverse=True)

    def publish(self, url: str, *times: datetime) -> None:
        self.published.setdefault(url, []).extend(times)

    def poll(self, *, every: bool = False) -> RunReport:
        """One run at the present time."""
        settings = load_settings({
            "home": self.folder,
            "proxy": f"http://127.0.0.1:{self.server.port}",
            "allow_networks": ["127.0.0.0/8"],
            "per_publisher_delay": 0.0,
            "workers": 1,
            "archive": False,
            "min_free_bytes": 0,
            "publish_interval": timedelta(days=999),
        })  # fmt: skip
        feeds = read_feeds_file(self.folder / "feeds.toml")
        return run_poll(Setup(settings, feeds, Silent(), clock=lambda: self.now), every=every)

    def poll_when_due(self) -> RunReport:
        """Move the clock to when the next feed is due, and poll."""
        ((due,),) = self.sql("SELECT min(next_poll_at) FROM feeds")
        self.now = max(self.now, due)
        return self.poll()

    def poll_until(self, end: datetime, step: timedelta = timedelta(minutes=5)) -> None:
        """Poll whenever feeds are due until then, but not more often than every `step`."""
        while self.now < end:
            self.now += step
            self.poll_when_due()

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the working database."""
        with self.database.open() as connection:
            return connection.execute(query).fetchall()

    @property
    def database(self) -> Database:
        return Database(Home(self.folder))

    def feed(self, url: str, columns: str) -> tuple[Any, ...]:
        """Columns of a feed's row."""
        (row,) = self.sql(f"SELECT {columns} FROM feeds WHERE url = '{redact_url(url)}'")
        return row

    def asked(self, url: str) -> int:
        """Requests for the address so far."""
        return sum(asked.target == url for asked in self.server.seen)


def document(url: str, published: list[datetime]) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{url} {at:%d %H:%M:%S}</guid><title>News</title>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for at in published[:WINDOW]
    )
    return f"<rss version='2.0'><channel><title>{url}</title>{items}</channel></rss>".encode()


@contextmanager
def news_world(folder: Path) -> Iterator[NewsWorld]:
    with RudeServer() as server:
        yield NewsWorld(folder, server)
