"""Sitemaps of saved real pages, taken in period by period, beside dates that people have noted.

Needs the corpus and its replay server beside the checkout, and LONG_TESTS=1: some minutes. Prints
what it has counted (`pytest -s`).
"""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from homes import LONG, SHARED, HomeFolder

from ingest.backfill.periods import Period
from ingest.errors import WirecopyError
from ingest.extraction.extract import extract_page
from ingest.types import Precision
from ingest.urls import url_key

PAGES, SERVER = SHARED / "corpus" / "pages", SHARED / "tools" / "replay.py"

pytestmark = [
    pytest.mark.skipif(not LONG, reason="some minutes: LONG_TESTS=1"),
    pytest.mark.skipif(not SERVER.exists(), reason="the corpus is not here"),
    pytest.mark.timeout(1800),
]

SETS = ("fundus",)
"""The pages for which dates were noted."""

LISTED = datetime(2026, 11, 1, tzinfo=UTC)
"""When the sitemaps' `lastmod` end: later than any of the pages was published."""

BOUNDS = (None, "2024-04-15", "2025-01-31", "2026-01-20", "2026-02-10", None)
"""Of five periods that meet; one begins on a 31st, one goes over the end of a month."""


@dataclass(frozen=True)
class Date:
    """When an article was published, and how exactly that is known."""

    at: datetime
    precision: Precision

    def within(self, period: Period) -> bool:
        return period.holds(self.at, self.precision)

    def agrees(self, other: Date) -> bool:
        """Whether both name one moment; one day, when one of them knows no more."""
        if "day" in (self.precision, other.precision):
            return self.at.date() == other.at.date()
        return abs(self.at - other.at) < timedelta(minutes=1)


@dataclass(frozen=True)
class Served:
    """A page that a sitemap lists: the date that was noted for it, and the one that it tells."""

    url: str
    noted: Date | None
    told: Date | None

    @property
    def key(self) -> str:
        """Under which it is known that it is held, also as another address of an article."""
        return str(url_key(self.url))


def noted_date(text: str | None) -> Date | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    if (at.hour, at.minute, at.second) == (0, 0, 0):  # a day
        return Date(at.replace(tzinfo=UTC), "day")
    return Date(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), "second")


def served_pages() -> Iterator[Served]:
    for row in map(json.loads, (PAGES / "pages.jsonl").read_text("utf-8").split("\n")[:-1]):
        if row["set"] in SETS:
            url = f"http://{row['domain']}/{row['id']}.html"
            html = gzip.decompress((PAGES / row["html"]).read_bytes())
            yield Served(url, noted_date(row["published"]), told_date(html, url))


def told_date(html: bytes, url: str) -> Date | None:
    try:
        found = extract_page(html, url=url, content_type="text/html", now=datetime.now(UTC))
    except WirecopyError:
        return None
    if found.published_at is None or found.published_precision is None:
        return None
    return Date(found.published_at, found.published_precision)


@pytest.fixture
def replay() -> Iterator[str]:
    """The address of the replay server, which is a proxy for the publishers' names."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    words = ["--port", address.rpartition(":")[2], "--pages", str(PAGES / "pages.jsonl")]
    words += ["--sets", ",".join(SETS), "--start", LISTED.isoformat(), "--backlog", "1"]
    process = subprocess.Popen([sys.executable, str(SERVER), *words], stdout=subprocess.DEVNULL)
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def asked(address: str) -> Any:
    ends = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                return json.load(answer)
        except OSError:
            assert time.monotonic() < ends, "the replay server does not answer"
            time.sleep(0.1)


def test_each_article_is_in_the_period_in_which_it_was_published(
    new_home: Callable[[str], HomeFolder], replay: str
) -> None:
    home = new_home("home")
    home.follow((), replay)
    (home.folder / "feeds.toml").unlink()
    outlets = [outlet["domain"] for outlet in asked(f"{replay}/__publishers")]
    sources = [f"sitemap:http://{domain}" for domain in outlets]
    pages = list(served_pages())
    assert len(pages) > 150

    taken: set[str] = set()
    for since, until in pairwise(BOUNDS):
        words = [*(("--since", since) if since else ()), *(("--until", until) if until else ())]
        done = home.run("backfill", *sources, *words, "--json", timeout=600)
        assert done.code == 0, done.err
        held = {key for (key,) in home.sql("SELECT url_key FROM internal.article_urls")}
        period = Period(*(moment(bound) for bound in (since, until)))
        new, taken = held - taken, held
        differ(pages, period, new, f"{since or ''} to {until or ''}")
    assert home.run("check").code == 0
    assert {page.key for page in pages if page.told} <= taken


def moment(bound: str | None) -> datetime | None:
    return datetime.fromisoformat(bound).replace(tzinfo=UTC) if bound else None


def differ(pages: list[Served], period: Period, taken: set[str], name: str) -> None:
    """Where page and note agree, what lies in the period was taken and nothing else; where they do
    not, the page's word was followed. Prints how many there are of each."""
    counts: Counter[str] = Counter()
    for page in pages:
        wanted = page.noted is not None and page.noted.within(period)
        told = page.told is not None and page.told.within(period)
        if page.noted and page.told and page.noted.agrees(page.told):
            assert (page.key in taken) == wanted == told, page
            counts["agree, taken" if wanted else "agree, left out"] += 1
            continue
        assert (page.key in taken) == told, page
        if wanted or told:
            why = "nothing noted" if not page.noted else "the page tells another date"
            why = why if page.told else "the page tells no date"
            counts[f"{why}, {'taken' if told else 'left out'}"] += 1
    print(f"{name}: {dict(counts)}")
    assert counts["agree, taken"]
