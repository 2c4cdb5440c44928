"""`wirecopy feeds list`: what is followed and what polls have taught; and how checks are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console

from flows.counted import counted
from flows.feeds_file import read_feeds_file
from flows.settings import Settings
from ingest.redact import redact_url
from storage.database import Database
from storage.feeds import LearntFeed, learnt_feeds
from storage.home import Home

if TYPE_CHECKING:
    from flows.feeds_check import CheckedFeed


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """A followed feed; `learnt` is None before the first run that follows it."""

    url: str
    tags: tuple[str, ...]
    learnt: LearntFeed | None


def shown_feeds(settings: Settings) -> list[ShownFeed]:
    """The feeds of the feeds file, in its order."""
    feeds = read_feeds_file(settings.feeds or Home(settings.home).feeds_file)
    known = learnt(settings)
    return [
        ShownFeed(redact_url(config.url), config.tags, known.get(feed_id))
        for feed_id, config in feeds.feeds.items()
    ]


def learnt(settings: Settings) -> dict[str, LearntFeed]:
    """What the database knows of feeds, by id; nothing when there is none yet."""
    database = Database(Home(settings.home))
    if not database.exists():
        return {}
    with database.open() as connection:
        return learnt_feeds(connection)


def print_feeds(feeds: Sequence[ShownFeed]) -> None:
    """A few lines for each feed, and how many there are."""
    out = console()
    for feed in feeds:
        tags = f"  [{', '.join(feed.tags)}]" if feed.tags else ""
        out.print(f"{feed.url}{tags}", soft_wrap=True)
        for line in _lines(feed.learnt):
            out.print(f"    {line}", soft_wrap=True)
    failing = sum(bool(feed.learnt and feed.learnt.consecutive_failures) for feed in feeds)
    lossy = sum(bool(feed.learnt and feed.learnt.overflows) for feed in feeds)
    out.print(
        f"{counted(len(feeds), 'feed')}, {failing} failing, {lossy} have lost entries between polls"
    )


def _lines(known: LearntFeed | None) -> list[str]:
    if known is None or known.last_poll_at is None:
        return ["not polled yet"]
    lines = [
        f"{known.title or known.publisher} ({known.format or 'unread'}): "
        f"{counted(known.entries_seen, 'entry')}, last poll {_moment(known.last_poll_at)} "
        f"({known.last_outcome})",
        f"next poll {_moment(known.next_poll_at)}, after {spoken(known.poll_interval)}: "
        f"{known.next_poll_reason or 'planned by an earlier version'}",
    ]
    if known.current_url != known.url:
        lines.append(f"has moved to {known.current_url}")
    if known.overflows:
        lines.append(
            f"entries were lost between two polls, {counted(known.overflows, 'time')} so far"
        )
    if known.consecutive_failures:
        lines.append(
            f"failing, {counted(known.consecutive_failures, 'time')} in a row: {known.last_error}"
        )
    return lines


def print_checked(feeds: Sequence[CheckedFeed]) -> None:
    """What each feed answered, and what a poll would do."""
    out = console()
    for feed in feeds:
        out.print(f"{feed.url}{'' if feed.followed else '  (not followed)'}", soft_wrap=True)
        status = f"HTTP {feed.http_status}, " if feed.http_status else ""
        out.print(f"    {feed.outcome}: {status}{feed.bytes:,} bytes, {feed.elapsed_ms} ms")
        if feed.format:
            newest = f", newest of {_moment(feed.newest_at)}" if feed.newest_at else ""
            out.print(
                f"    {feed.title or 'without a title'} ({feed.format}): "
                f"{counted(feed.entries, 'entry')}, {feed.entries_new} of them new{newest}",
                soft_wrap=True,
            )
        if feed.error:
            out.print(f"    {feed.error}", soft_wrap=True)
        if feed.moved_to:
            out.print(f"    has moved for good to {feed.moved_to}", soft_wrap=True)
        if feed.overflowed:
            out.print("    entries have been lost since the last poll")
        out.print(
            f"    would be polled again after {spoken(feed.next_poll_in)}: {feed.next_poll_reason}",
            soft_wrap=True,
        )
    failed = sum(feed.failed for feed in feeds)
    out.print(f"{counted(len(feeds), 'feed')} checked, {failed} failed; nothing was stored")


def spoken(length: timedelta) -> str:
    """A length of time for people: 7 min, 2 h 5 min, 3 days."""
    minutes = round(length.total_seconds() / 60)
    if minutes >= 2 * 24 * 60:
        return f"{minutes / 24 / 60:.0f} days"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def console() -> Console:
    return Console(highlight=False, emoji=False, markup=False)
