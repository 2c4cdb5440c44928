"""`wirecopy forget`: an article or a publisher removed everywhere, and refused from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.run import Run, Setup, finish, started
from flows.version import wirecopy_version
from ingest.archive_rewriting import without_pages
from ingest.errors import ConfigurationError
from ingest.matching.comparisons import Comparisons
from ingest.matching.story_judgement import judge
from ingest.publishers import publisher_of
from ingest.types import ArchivePlace, Copy, RawPage, StoryDecisions
from ingest.urls import url_key
from storage.database import Connection
from storage.forget import (
    compact,
    failed_urls,
    known_by,
    listed_urls,
    move_raw_pages,
    refuse,
    remove_failures,
    remove_rows,
)
from storage.publish import publish
from storage.stories import candidates, record_stories


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """What was forgotten: articles, entries and raw pages removed, and the rows that went with
    them. `stories` were judged anew without them. `copies` are what accidents have left in the
    home, which may hold it still and are for the user to remove."""

    target: str
    kind: str
    articles: int
    entries: int
    rows: int
    raw_pages: int
    stories: int
    copies: tuple[Path, ...]


@dataclass(slots=True)
class _Archive:
    """Archive files written anew: where pages lie now, and what is to be removed at the end."""

    moved: dict[tuple[str, int], ArchivePlace] = field(default_factory=dict)
    old: list[Path] = field(default_factory=list)
    pages: int = 0


def run_forget(setup: Setup, target: str) -> ForgetReport:
    """Forget a page by its address, or a publisher. It can be repeated.

    Raises ConfigurationError when `target` is neither an http(s) address nor a domain.
    """
    key, publisher = _understood(setup, target)
    with started(setup, "forget") as run:
        with run.database.write() as connection:
            articles = known_by(connection, [key] if key else [], publisher)
            keys = {k for known in articles.values() for k in known} | ({key} if key else set())
            entries, entry_keys = _entries(run, connection, keys, publisher)
            refused = [] if publisher else sorted(keys)
            refuse(connection, refused, publisher, now=run.now())
        unwanted = keys | entry_keys
        archive = _rewritten(run, unwanted, publisher)
        with run.database.write() as connection:
            members = candidates(connection, (), sorted(keys)).copies
            rows = remove_rows(connection, sorted(articles), entries, publisher)
            rows += _remove_failures(run, connection, keys, publisher)
            move_raw_pages(connection, archive.moved)
            judged = _judge_again(run, connection, members, set(articles))
        finish(run, "completed")
    compact(run.database)
    publish(run.database, run_id=run.run_id, wirecopy_version=wirecopy_version(), now=run.now())
    for old in archive.old:
        old.unlink()
    return ForgetReport(
        target=target,
        kind="publisher" if publisher else "page",
        articles=len(articles),
        entries=len(entries),
        rows=rows,
        raw_pages=archive.pages,
        stories=judged,
        copies=tuple(setup.home.set_aside()),
    )


def _understood(setup: Setup, target: str) -> tuple[str | None, str | None]:
    """The key of an address, or the publisher."""
    if "://" in target:
        key = url_key(target)
        if key is None:
            raise ConfigurationError(f"{target} is no http(s) address.")
        return key, None
    if "/" in target or "." not in target:
        raise ConfigurationError(
            f"{target!r} is neither an address such as https://example.org/page nor a publisher "
            "such as example.org."
        )
    return None, publisher_of(target, setup.feeds.aliases)


def _entries(
    run: Run, connection: Connection, keys: set[str], publisher: str | None
) -> tuple[list[str], set[str]]:
    """The entries that lead there, and the keys of their links."""
    found = [
        (entry_id, key)
        for entry_id, key, url, of in listed_urls(connection)
        if key in keys or (publisher and publisher in (of, run.publisher_of(url)))
    ]
    return [entry_id for entry_id, _ in found], {key for _, key in found}


def _remove_failures(
    run: Run, connection: Connection, keys: set[str], publisher: str | None
) -> int:
    """What backfills say of pages that they could not have."""
    urls = [
        url
        for url in failed_urls(connection)
        if (key := url_key(url))
        and (key in keys or (publisher and run.publisher_of(url) == publisher))
    ]
    return remove_failures(connection, urls)


def _rewritten(run: Run, keys: set[str], publisher: str | None) -> _Archive:
    """Write every archive file that holds unwanted pages anew, without them."""

    def unwanted(page: RawPage) -> bool:
        return (
            url_key(page.url) in keys
            or url_key(page.final_url) in keys
            or (publisher is not None and run.publisher_of(page.final_url) == publisher)
        )

    archive = _Archive()
    files = sorted(run.setup.home.archive.glob("*.warc.gz"))
    run.setup.progress.stage("archive files", len(files))
    for file in files:
        rewritten = without_pages(file, unwanted)
        if rewritten:
            places, removed = rewritten
            archive.moved |= {(file.name, offset): place for offset, place in places.items()}
            archive.old.append(file)
            archive.pages += removed
        run.setup.progress.advance("archive files")
    return archive


def _judge_again(
    run: Run, connection: Connection, members: Mapping[str, Copy], gone: set[str]
) -> int:
    """Judge the stories that have lost articles and still have some."""
    stories: dict[str, list[Copy]] = {}
    for name, copy in members.items():
        if name not in gone and copy.story_id:
            stories.setdefault(copy.story_id, []).append(copy)
    judged = [
        judge(story_id, copies, Comparisons(), run.publisher_of, {})
        for story_id, copies in sorted(stories.items())
    ]
    decisions = StoryDecisions(
        stories=tuple(one.story for one in judged),
        roles={
            name: (one.story.story_id, role) for one in judged for name, role in one.roles.items()
        },
        reprints=tuple(reprint for one in judged for reprint in one.reprints),
    )
    record_stories(connection, decisions, now=run.now())
    return len(judged)
