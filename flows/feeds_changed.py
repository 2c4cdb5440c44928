"""The feeds file changed by `wirecopy feeds add`, `remove` and `import`, and written as OPML."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.counted import counted
from flows.feeds_edit import add_feeds, remove_feed, titles_in, write_feeds_file
from flows.feeds_file import FeedsFile, feed_id_of, read_feeds_file
from flows.feeds_found import FoundFeed, find_feeds
from flows.feeds_shown import console, learnt
from flows.progress import Progress
from flows.run import set_up, worker_policy
from flows.settings import Settings
from ingest.errors import ConfigurationError
from ingest.feeds.opml import ListedFeed, write_opml
from ingest.redact import redact_url
from ingest.workers.jobs import read_opml_list
from ingest.workers.pool import WorkerPool
from storage.home import Home


@dataclass(frozen=True, slots=True)
class AddedFeeds:
    """What `feeds add` found; the addresses it has added, and those that were followed already."""

    found: tuple[FoundFeed, ...]
    added: tuple[str, ...]
    already: tuple[str, ...]
    feeds_file: Path


@dataclass(frozen=True, slots=True)
class RemovedFeeds:
    removed: tuple[str, ...]
    feeds_file: Path


@dataclass(frozen=True, slots=True)
class ImportedFeeds:
    """What `feeds import` did: addresses added, followed already, and refused as no addresses."""

    added: tuple[str, ...]
    already: tuple[str, ...]
    refused: tuple[str, ...]
    feeds_file: Path


def follow_site(
    settings: Settings, progress: Progress, url: str, *, tags: tuple[str, ...], every: bool
) -> AddedFeeds:
    """Find the feeds of a site and add the first of them, or `every` one, to the feeds file.

    Raises WirecopyError when none is found, ConfigurationError when the file cannot be changed.
    """
    path = feeds_path(settings)
    text = _text(path)
    found = find_feeds(set_up(settings, progress, feeds_needed=False), url)
    wanted = found if every else found[:1]
    listed = [ListedFeed(feed.url, feed.title, tags=tags) for feed in wanted]
    added, already = _add(path, text, listed)
    shown = tuple(replace(feed, url=redact_url(feed.url)) for feed in found)
    return AddedFeeds(shown, added, already, path)


def unfollow(settings: Settings, urls: Sequence[str]) -> RemovedFeeds:
    """Take feeds out of the feeds file: all of them or none. Raises ConfigurationError."""
    path = feeds_path(settings)
    read_feeds_file(path)
    text = _text(path)
    for url in urls:
        try:
            text = remove_feed(text, feed_id_of(url))
        except ConfigurationError as error:
            raise ConfigurationError(f"{redact_url(url)}: {error.message}") from None
    write_feeds_file(path, text)
    return RemovedFeeds(tuple(map(redact_url, urls)), path)


def import_opml(settings: Settings, file: Path, *, tags: tuple[str, ...]) -> ImportedFeeds:
    """Add the feeds of a list to the feeds file, those apart that it has. Raises ConfigurationError
    and NotAFeed."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None
    with WorkerPool(worker_policy(settings)) as workers:
        listed, refused = workers.submit(
            read_opml_list, body, str(file), url=str(file), size=len(body)
        ).result()
    path = feeds_path(settings)
    tagged = [replace(feed, tags=tuple(dict.fromkeys((*feed.tags, *tags)))) for feed in listed]
    added, already = _add(path, _text(path), tagged)
    return ImportedFeeds(added, already, tuple(map(redact_url, refused)), path)


def export_opml(settings: Settings, file: Path | None) -> None:
    """Write the followed feeds as OPML. An address that holds a secret is left out, and named."""
    path = feeds_path(settings)
    feeds = read_feeds_file(path)
    known = learnt(settings)
    titles = dict(zip(feeds.feeds, titles_in(_text(path)), strict=False))
    listed, secret = [], []
    for feed_id, config in feeds.feeds.items():
        row = known.get(feed_id)
        title = (row.title if row else None) or titles.get(feed_id, "")
        site_url = (row.site_url if row else None) or ""
        if redact_url(config.url) == config.url:
            listed.append(ListedFeed(config.url, title, site_url, config.tags))
        else:
            secret.append(redact_url(config.url))
    written = write_opml(listed, title="Feeds of Wirecopy")
    if file is None:
        sys.stdout.write(written.decode())
    else:
        try:
            file.write_bytes(written)
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from None
    for url in secret:
        print(f"left out, because its address holds a secret: {url}", file=sys.stderr)


def feeds_path(settings: Settings) -> Path:
    """The feeds file in force."""
    return settings.feeds or Home(settings.home).feeds_file


def print_added(report: AddedFeeds) -> None:
    """The feeds found, what was added, and how to add the others."""
    out = console()
    for feed in report.found:
        mark = "added  " if feed.url in report.added else "       "
        mark = "already" if feed.url in report.already else mark
        newest = f", newest {feed.newest_at:%Y-%m-%d %H:%M} UTC" if feed.newest_at else ""
        how = feed.how.replace("_", " ")
        out.print(f"{mark}  {feed.url}", soft_wrap=True)
        out.print(
            f"         {feed.title or 'without a title'} ({feed.format}, {how}): "
            f"{feed.entries} entries{newest}",
            soft_wrap=True,
        )
    if len(report.found) > len(report.added) + len(report.already):
        out.print("Add another by its own address, or all with --all.")
    if report.added:
        out.print(f"Written to {report.feeds_file}; `wirecopy poll` polls them.", soft_wrap=True)


def print_removed(report: RemovedFeeds) -> None:
    out = console()
    for url in report.removed:
        out.print(f"removed  {url}", soft_wrap=True)
    out.print(f"Taken out of {report.feeds_file}; what they have brought is kept.", soft_wrap=True)


def print_imported(report: ImportedFeeds) -> None:
    out = console()
    for word, urls in (("added", report.added), ("refused", report.refused)):
        for url in urls:
            out.print(f"{word:<8} {url}", soft_wrap=True)
    out.print(
        f"{counted(len(report.added), 'feed')} added to {report.feeds_file}; already there: "
        f"{len(report.already)}, refused: {len(report.refused)}.",
        soft_wrap=True,
    )


def _add(
    path: Path, text: str, listed: Sequence[ListedFeed]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Add to the feeds file what it has not; returns what was added and what was there."""
    known = set((read_feeds_file(path) if path.exists() else FeedsFile({}, {})).feeds)
    new: list[ListedFeed] = []
    already: list[ListedFeed] = []
    for feed in listed:
        feed_id = feed_id_of(feed.url)
        (already if feed_id in known else new).append(feed)
        known.add(feed_id)
    if new:
        write_feeds_file(path, add_feeds(text, new))
    return tuple(redact_url(f.url) for f in new), tuple(redact_url(f.url) for f in already)


def _text(path: Path) -> str:
    """The feeds file as it is; "" when there is none yet. Raises ConfigurationError."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8: {error}.") from None
