"""What extraction and matching took of a run: the same pages through the same code, step by step.

    python -m benchmarks.end_to_end.breakdown HOME SCRATCH

HOME is that of a run whose raw pages are kept. Prints JSON: the number of pages, the seconds of CPU
that it takes to extract them, and to match them in batches as the run does; loading is left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flows.stories
from flows.clock import utc_now
from flows.pages import PAGE_BATCH
from ingest.archive import iter_pages
from ingest.errors import OutcomeError
from ingest.publishers import publisher_of
from ingest.types import Article, FeedEntry, RawPage, WantedPage
from ingest.urls import url_key
from ingest.workers.jobs import read_article
from storage.database import Database
from storage.home import Home


class Stopwatch:
    """Seconds of CPU of all calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return call(*args, **kwargs)
        finally:
            self.seconds += time.process_time() - began


def main() -> None:
    home, scratch = (Home(Path(folder)) for folder in sys.argv[1:])
    pages = [page for file in sorted(home.archive.iterdir()) for _, page in iter_pages(file)]
    # Parsers and tables are loaded once in a run, by the process that workers are forked from.
    import ingest.workers.page_readers  # noqa: F401

    _extracted(pages[0])
    extraction = Stopwatch()
    articles = [article for page in pages if (article := extraction(_extracted, page))]
    matching = _matching(Database(scratch), articles)
    found = {"pages": len(pages), "extraction": extraction.seconds, "matching": matching}
    print(json.dumps(found))


def _extracted(page: RawPage) -> Article | None:
    key = url_key(page.url)
    assert key is not None
    entry = FeedEntry(
        guid=None, url=page.url, title="", summary="", authors=(), published_at=None,
        published_precision=None, published_raw=None, tags=(), content_html=None,
    )  # fmt: skip
    wanted = WantedPage(key, page.url, entry, attempts=0, first_seen_at=page.fetched_at)
    try:
        return read_article(wanted, page, "poll", {}, utc_now())
    except OutcomeError:
        return None


def _matching(database: Database, articles: list[Article]) -> float:
    """CPU of `take_in` less that of recording what it has decided."""
    whole, recording = Stopwatch(), Stopwatch()
    record = flows.stories._record
    flows.stories._record = lambda *args, **kwargs: recording(record, *args, **kwargs)
    with database.write():
        pass  # its tables are made
    for start in range(0, len(articles), PAGE_BATCH):
        batch = [(one.url_keys[0], one) for one in articles[start : start + PAGE_BATCH]]
        whole(flows.stories.take_in, database, batch, publisher_of=publisher_of, now=utc_now())
    return whole.seconds - recording.seconds


if __name__ == "__main__":
    main()
