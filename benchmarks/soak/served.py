"""What is polled in a soak: publishers whose clock runs, and many of whose answers are faults."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newsroom import NewsroomServer, compose
from newsroom.site import Answer
from tests.prefect_installation import free_port, wait_for

FAULTS = 0.1
"""This share of all answers is a fault: a refusal, or a connection that breaks."""

AHEAD = timedelta(hours=16)
"""What the newsroom still publishes, it publishes within this time, here within the soak."""


@dataclass(frozen=True)
class World:
    """`pages_twice` gives the pages that were fetched well more than once, `out` the number that
    have come out."""

    feeds: tuple[str, ...]
    proxy: str
    backfill: tuple[str, ...]
    out: Callable[[], int]
    pages_twice: Callable[[], int]


class FaultyServer(NewsroomServer):
    """A newsroom of whose answers `FAULTS` are none."""

    _rng = random.Random(1)
    _alone = threading.Lock()

    def answer(self, target: str, host_header: str) -> tuple[str, str, Answer]:
        host, path, answer = super().answer(target, host_header)
        with self._alone:
            fault = self._rng.random() < FAULTS and self._rng.choice((500, 503, 429, None, "cut"))
        if not fault:
            return host, path, answer
        if fault == "cut":
            return host, path, Answer(200, answer.media_type, _cut)
        status = fault if isinstance(fault, int) else 502
        return host, path, Answer(status, "text/plain", lambda: b"Not now.\n")


def _cut() -> bytes:
    raise ConnectionResetError


@contextmanager
def faulty_newsroom(publishers: int, seconds: float) -> Iterator[World]:
    """The demo's newsroom with so many outlets; what it has still to publish comes out within
    `seconds`, and none of it in the future of this machine's clock."""
    begun, opened = time.monotonic(), datetime.now(UTC) - AHEAD
    newsroom = compose(1, now=opened, outlets=publishers, articles=15 * publishers, faults=True)

    def clock() -> datetime:
        return opened + AHEAD * min(1.0, (time.monotonic() - begun) / seconds)

    with FaultyServer(newsroom, clock=clock) as server:

        def pages_twice() -> int:
            fetched = [(r.host, r.path) for r in server.requests if r.status == 200]
            pages = [one for one in fetched if one in served]
            return len(pages) - len(set(pages))

        served = {(piece.outlet, piece.path) for piece in newsroom.pieces}
        outlets = [outlet.home for outlet in newsroom.outlets if outlet.kind == "agency"]
        yield World(
            feeds=server.feed_urls(),
            proxy=server.proxy_url,
            backfill=tuple(f"sitemap:{home}/sitemap.xml" for home in outlets),
            out=lambda: sum(piece.published_at <= clock() for piece in newsroom.pieces),
            pages_twice=pages_twice,
        )


@contextmanager
def corpus(shared: Path, folder: Path, seconds: float) -> Iterator[World]:
    """The corpus's pages, by its own replay server: a week of them within `seconds`."""
    port, log = free_port(), folder / "requests.jsonl"
    faults = ("500=0.03", "429=0.03", "truncated@page=0.02", "slow=0.02")
    command = [
        sys.executable, str(shared / "tools" / "replay.py"), "--port", str(port),
        "--pages", str(shared / "corpus" / "pages" / "pages.jsonl"),
        "--republish", "10", "--own-canonical", "--days", "7",
        "--speed", str(7 * 86400 / seconds), "--log", str(log),
        *(word for fault in faults for word in ("--fault", fault)),
    ]  # fmt: skip

    def ask(path: str) -> object:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
            return json.load(answer)

    def up() -> bool:
        try:
            return bool(ask("__clock"))
        except OSError:
            return False

    def pages_twice() -> int:
        requests = [json.loads(line) for line in log.read_text().splitlines()]
        pages = [
            (request["host"], request["path"])
            for request in requests
            if request["path"].endswith(".html") and request["status"] == 200
        ]
        return len(pages) - len(set(pages))

    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(up, 120)
        domains = [outlet["domain"] for outlet in ask("__publishers")]  # type: ignore[attr-defined]
        yield World(
            feeds=tuple(f"http://{domain}/feed.xml" for domain in domains),
            proxy=f"http://127.0.0.1:{port}",
            backfill=tuple(f"sitemap:http://{domain}/sitemap.xml" for domain in domains[:3]),
            out=lambda: ask("__clock")["released"],  # type: ignore[index]
            pages_twice=pages_twice,
        )
    finally:
        server.terminate()
        server.wait()
