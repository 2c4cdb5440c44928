"""Values, homes and other processes for the tests of storage."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from ingest.feeds.entries import list_entries
from ingest.ids import mint
from ingest.types import (
    Article,
    FeedEntry,
    FollowedFeed,
    ListedEntry,
    ParsedFeed,
    PollResult,
    Reprint,
    Role,
    Story,
    StoryDecisions,
    Validators,
)
from ingest.urls import url_key
from storage.articles import add_articles
from storage.database import Connection, Database
from storage.feeds import follow
from storage.home import Home
from storage.polls import add_entries, record_polls
from storage.runs import start_run
from storage.stories import record_stories

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
RUN = "r0000000000001"


def later(**amount: float) -> datetime:
    return NOW + timedelta(**amount)


# --- databases


def new_database(folder: Path) -> Database:
    """An empty database in a home of its own, with the run RUN begun."""
    database = Database(Home(folder))
    database.home.make_folders()
    database.home.working.write_bytes(_begun())
    return database


@cache
def _begun() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Home(Path(folder)))
        with database.write() as connection:
            start_run(connection, RUN, "poll", now=NOW, flow_run_id=None)
        return database.home.working.read_bytes()


@contextmanager
def kept_open(folder: Path, *, begun: bool = True) -> Iterator[Database]:
    """The same (`begun`) or the one that is there, with one connection for all uses: opening is
    most of what a small test costs."""
    database = new_database(folder) if begun else Database(Home(folder))
    with (
        database.connect() as connection,
        mock.patch.object(database, "connect", return_value=nullcontext(connection)),
    ):
        yield database


def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the working database."""
    with database.open() as connection:
        return connection.execute(sql).fetchall()


def table(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


# --- feeds and polls


def followed(name: str, *, publisher: str | None = None, tags: Sequence[str] = ()) -> FollowedFeed:
    """The feed of the site `name`; `publisher` is what the user says, if anything."""
    url = f"https://{name}/feed.xml"
    return FollowedFeed(
        feed_id(name), url, publisher or name, fixed_publisher=bool(publisher), tags=tuple(tags)
    )


def feed_id(name: str) -> str:
    return mint("f", f"https://{name}/feed.xml")


def follow_feeds(connection: Connection, *feeds: FollowedFeed, now: datetime = NOW) -> None:
    follow(connection, feeds, now=now)


def entry(
    url: str | None = None, *, guid: str | None = None, title: str = "A title", **more: Any
) -> FeedEntry:
    return FeedEntry(guid=guid, url=url, title=title, summary=more.pop("summary", ""), **more)


@dataclass(frozen=True)
class Brought:
    """A poll, and the entries of its document."""

    result: PollResult
    entries: tuple[ListedEntry, ...]


def polled(name: str, *entries: FeedEntry, site_url: str | None = None, **changes: Any) -> Brought:
    """A poll of the feed of the site `name` that listed `entries`."""
    document = ParsedFeed(
        format="rss", title=f"News of {name}", site_url=site_url, language="en", entries=entries
    )
    result = PollResult(
        poll_id=mint("p", name, repr(entries), repr(changes)),
        feed_id=feed_id(name),
        started_at=NOW,
        elapsed_ms=12,
        outcome="new_entries",
        http_status=200,
        bytes=3456,
        error=None,
        next_poll_at=NOW + HALF_HOUR,
        poll_interval=HALF_HOUR,
        next_poll_reason="every half hour",
        poll_state={"window": len(entries)},
        consecutive_failures=0,
        current_url=f"https://{name}/feed.xml",
        publisher=name,
        feed=document,
        validators=Validators(etag='"1"', body_hash="b1"),
    )
    changed = replace(result, **changes)
    return Brought(changed, list_entries(feed_id(name), document) if changed.feed else ())


def failed(name: str, *, failures: int, **changes: Any) -> Brought:
    """A poll that got no answer, the last of `failures` in a row."""
    nothing: dict[str, Any] = {
        "outcome": "connect",
        "http_status": None,
        "bytes": 0,
        "error": "Connection refused.",
        "consecutive_failures": failures,
        "feed": None,
        "validators": None,
    }
    return polled(name, **{**nothing, **changes})


def not_modified(name: str, **changes: Any) -> Brought:
    nothing: dict[str, Any] = {
        "outcome": "not_modified",
        "http_status": 304,
        "bytes": 0,
        "feed": None,
        "validators": None,
    }
    return polled(name, **{**nothing, **changes})


def record(connection: Connection, *polls: Brought, now: datetime = NOW) -> int:
    """Store polls as a run does; returns the number of new entries."""
    new = add_entries(connection, [entry for poll in polls for entry in poll.entries], now=now)
    results = []
    for poll in polls:
        counted = replace(poll.result, entries_new=len(new.get(poll.result.feed_id, ())))
        if counted.outcome == "new_entries" and not counted.entries_new:
            counted = replace(counted, outcome="no_change")
        results.append(counted)
    record_polls(connection, RUN, results, now=now)
    return sum(map(len, new.values()))


# --- articles and stories


def article(address: str, **changes: Any) -> Article:
    """The article at `address` (host and path), its body and sketch made from the address."""
    url = f"https://{address}"
    key = url_key(url)
    assert key is not None
    made = Article(
        article_id=mint("a", key),
        url=url,
        canonical_url=url,
        declared_canonical_url=None,
        publisher=address.split("/")[0],
        title=f"Title of {address}",
        authors=("Ann Author", "Ben Byline"),
        published_at=NOW,
        published_precision="second",
        published_source="feed",
        sort_at=NOW,
        modified_at=None,
        first_seen_at=NOW,
        fetched_at=NOW,
        found_by="poll",
        language="en",
        lead="First paragraph.",
        body=f"First paragraph.\nAll about {address}.",
        word_count=5,
        tags=("politics",),
        section=None,
        image_url=None,
        rights=None,
        content_status="full",
        content_hash="0123456789abcdef",
        extractor="test 1",
        url_keys=(key,),
        sketch=(),
    )
    return replace(made, **changes)


def story_id(article: Article) -> str:
    return mint("s", article.url_keys[0])


def story(original: Article, *others: Article, **changes: Any) -> Story:
    """The story of `original` and of what derives from it."""
    members = (original, *others)
    made = Story(
        story_id=story_id(original),
        representative_article_id=original.article_id,
        original_article_id=original.article_id,
        original_status="held",
        original_credit=None,
        title=original.title,
        language=original.language,
        first_published_at=min(member.sort_at for member in members),
        last_published_at=max(member.sort_at for member in members),
        article_count=len(members),
        publisher_count=len({member.publisher for member in members}),
    )
    return replace(made, **changes)


def reprint(copy: Article, original: Article, **changes: Any) -> Reprint:
    made = Reprint(
        article_id=copy.article_id,
        story_id=story_id(original),
        original_article_id=original.article_id,
        relation="full",
        containment=1.0,
        similarity=0.875,
        lag=copy.sort_at - original.sort_at,
        added_text="",
        evidence=({"signal": "earliest", "weight": 2, "words": "2026"},),
    )
    return replace(made, **changes)


def decided(*stories: Sequence[Article]) -> StoryDecisions:
    """Each story its original and its reprints."""
    roles: dict[str, tuple[str, Role]] = {}
    for original, *copies in stories:
        roles[original.article_id] = (story_id(original), "original")
        roles.update({copy.article_id: (story_id(original), "reprint") for copy in copies})
    return StoryDecisions(
        stories=tuple(story(*members) for members in stories),
        roles=roles,
        reprints=tuple(reprint(copy, original) for original, *copies in stories for copy in copies),
    )


def load(connection: Connection, *stories: Sequence[Article], now: datetime = NOW) -> None:
    """Load new articles, as stories of an original and its reprints."""
    decisions = decided(*stories)
    new = [member for members in stories for member in members]
    add_articles(connection, new, decisions.roles, now=now)
    record_stories(connection, decisions, now=now)


# --- other processes


class OtherProcess:
    """Python code that runs elsewhere and talks in lines."""

    def __init__(self, code: str, *words: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def says(self) -> str:
        """Its next line; empty when it has ended."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def go_on(self) -> None:
        """Let it pass the next input()."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def ends(self) -> int:
        """Wait for its end; the exit code."""
        return self._process.wait(timeout=60)

    def kill(self) -> None:
        """SIGKILL, as `kill -9` sends it."""
        self._process.kill()
        self._process.wait(timeout=60)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@contextmanager
def elsewhere(code: str, *words: object) -> Iterator[OtherProcess]:
    """Code running in another process, which is killed at the end of the block."""
    process = OtherProcess(code, *words)
    try:
        yield process
    finally:
        process.kill()


def published(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """Rows of news.duckdb, as an analyst reads them."""
    with duckdb.connect(str(database.home.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()
