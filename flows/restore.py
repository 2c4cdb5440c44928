"""`wirecopy restore`: the last snapshot, and the raw pages archived since, as working database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from flows.pages import PAGE_BATCH, Arrived, load_batch
from flows.run import Run, Setup, finish, publish_if_due, started
from ingest.archive import iter_pages, place_of
from ingest.archive_records import ArchiveDamaged
from ingest.types import ArchivePlace, FeedEntry, FoundBy, RawPage, WantedPage
from ingest.urls import url_key
from ingest.workers.jobs import read_article
from storage.database import Database
from storage.pages import wanted_pages
from storage.restore import known_places, set_back

NOT_RESTORED = (
    "polls, and entries whose pages were not fetched yet: feeds list most of them again",
    "further versions of articles, and judgements on stories made by people",
    "articles that `wirecopy backfill articles:FILE` loaded: load the file again",
)
"""What a raw page does not hold."""

AT_ONCE = 1_000_000
"""Entries that may wait in the snapshot."""


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What `restore` did. `snapshot_at`: the moment of the snapshot it began from, None when there
    was none that can be read. `pages` and `articles` came back from the archive, `errors` of the
    pages gave none; `unreadable` names archive files that could not be read. `lost` says what was
    recorded after the snapshot and is not in the archive."""

    run_id: str
    damage: str
    snapshot_at: datetime | None
    aside: Path | None
    pages: int
    articles: int
    reprints: int
    errors: int
    unreadable: tuple[str, ...]
    lost: tuple[str, ...]
    published: bool


def run_restore(setup: Setup, *, force: bool = False) -> RestoreReport:
    """Set the working database back, load the raw pages archived since, and publish.

    Interrupted, it can be repeated with `force`: pages that were loaded are known then.
    """
    back = set_back(Database(setup.home), now=setup.clock(), force=force)
    unreadable: list[str] = []
    with started(setup, "restore") as run:
        with run.database.open() as connection:
            known = known_places(connection)
            waiting = wanted_pages(connection, now=run.now() + timedelta(days=365), limit=AT_ONCE)
        wanted = {page.url_key: page for page in waiting}
        pages = _pages_since(setup.home.archive, known, unreadable)
        while batch := list(islice(pages, PAGE_BATCH)):
            arrived = [_extract(run, page, place, wanted) for place, page in batch]
            setup.progress.stage("pages", run.tally.pages + len(batch))
            setup.step(f"load {len(batch)} pages", lambda found=arrived: load_batch(run, found))  # type: ignore[misc]
        finish(run, "completed")
    published = publish_if_due(run, at_end=True)
    return RestoreReport(
        run_id=run.run_id,
        damage=back.damage,
        snapshot_at=back.snapshot_at,
        aside=back.aside,
        pages=run.tally.pages,
        articles=run.tally.articles,
        reprints=run.tally.reprints,
        errors=run.tally.errors.total(),
        unreadable=tuple(unreadable),
        lost=NOT_RESTORED,
        published=published is not None,
    )


def _pages_since(
    archive: Path, known: set[tuple[str, int]], unreadable: list[str]
) -> Iterator[tuple[ArchivePlace, RawPage]]:
    """The pages that the snapshot does not know, in the order in which they were archived."""
    for file in sorted(archive.glob("*.warc.gz")):
        try:
            for offset, page in iter_pages(file):
                if (file.name, offset) not in known:
                    yield place_of(archive, file.name, offset), page
        except ArchiveDamaged:
            unreadable.append(file.name)


def _extract(
    run: Run, page: RawPage, place: ArchivePlace, wanted: dict[str, WantedPage]
) -> Arrived:
    key = url_key(page.url) or page.url
    entry = FeedEntry(guid=None, url=page.url, title="", summary="")
    one = wanted.get(key) or WantedPage(key, page.url, entry, 0, page.fetched_at)
    found_by: FoundBy = "backfill" if "-backfill-" in place.file else "poll"
    article = run.workers.submit(
        read_article,
        one,
        page,
        found_by,
        run.setup.feeds.aliases,
        run.now(),
        url=page.url,
        size=len(page.body),
    )
    return Arrived(one, article, page.fetched_at, place)
