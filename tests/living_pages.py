"""A publisher whose pages change after they were published, polled by the real code under a clock
that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from unittest import mock

from homes import HomeFolder
from hostile_server import feed, html, listed, prose, rss
from rude_server import Behaviour, RudeServer, Talk, page

from flows.poll import run_poll
from flows.progress import Silent
from flows.run import Setup, set_up
from flows.settings import load_settings
from flows.tally import RunReport
from ingest.workers.pool import WorkerPolicy, WorkerPool
from storage.check import check
from storage.database import Database
from storage.home import Home

HOST = "living.example"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def story_page(title: str, *paragraphs: str, head: str = "") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return html(f"<article><h1>{title}</h1>{text}</article>", f"<title>{title}</title>{head}")


def paragraphs(seed: object, count: int = 4) -> list[str]:
    return [prose(f"{seed} {number}", 3) for number in range(count)]


@dataclass
class LivingPages:
    """See the module. `pages` maps a path to the document that is there."""

    home: HomeFolder
    server: RudeServer
    now: datetime = START
    pages: dict[str, bytes] = field(default_factory=dict)

    def publish(self, path: str, document: bytes, host: str = HOST) -> None:
        """Put a page up, or another in its place."""
        self.pages[host + path] = document
        self.serve(path, self._answer(host + path), host)
        items = "".join(
            listed(
                f"http://{where}", f"About {where}", f"<pubDate>{format_datetime(START)}</pubDate>"
            )
            for where in self.pages
            if where.startswith(host)
        )
        self.server.at(f"{host}/robots.txt", page(b""))
        self.server.at(f"{host}/feed", feed(rss(items, site=f"http://{host}/")))

    def _answer(self, where: str) -> Behaviour:
        def answer(talk: Talk) -> None:
            body = self.pages[where]
            etag = f'"{hash(body):x}"'
            same = talk.asked.headers.get("if-none-match") == etag
            kind = ("Content-Type: text/html", f"ETag: {etag}")
            page(b"" if same else body, 304 if same else 200, *kind)(talk)

        return answer

    def serve(self, path: str, behaviour: Behaviour, host: str = HOST) -> None:
        self.server.at(host + path, behaviour)

    def follow(self, *hosts: str, **settings: object) -> None:
        proxy = f"http://127.0.0.1:{self.server.port}"
        urls = tuple(f"http://{host}/feed" for host in hosts or (HOST,))
        self.home.follow(urls, proxy, publish_interval=86400, workers=1, **settings)

    def setup(self) -> Setup:
        settings = load_settings({"home": self.home.folder})
        return replace(set_up(settings, Silent()), clock=lambda: self.now)

    def poll(self, **later: float) -> RunReport:
        """One run, so much later."""
        self.now += timedelta(**later)
        return run_poll(self.setup())

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the working database."""
        with self.database.open() as connection:
            return connection.execute(query).fetchall()

    @property
    def database(self) -> Database:
        return Database(Home(self.home.folder))

    def violations(self) -> list[str]:
        return [one.invariant for one in check(self.database)]

    def asked(self, path: str, host: str = HOST) -> int:
        """Requests for the page so far."""
        return sum(asked.target == f"http://{host}{path}" for asked in self.server.seen)


@contextmanager
def living_pages(folder: Path) -> Iterator[LivingPages]:
    """The world; its runs in this process share one worker, whose start costs more than they do."""
    with (
        RudeServer() as server,
        WorkerPool(WorkerPolicy(workers=1)) as pool,
        mock.patch("flows.run.WorkerPool", side_effect=lambda *_, **__: nullcontext(pool)),
    ):
        yield LivingPages(HomeFolder(folder), server)
