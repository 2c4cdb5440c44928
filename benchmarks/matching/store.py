"""The pipeline's own store, for articles that are at hand: they are loaded as a run loads them,
into a database in a temporary folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.clock import utc_now
from flows.settling import Settled, settle
from flows.stories import take_in
from ingest.types import Article, ArticleLink, Copy, Reprint, Story
from storage.database import Connection, Database
from storage.home import Home
from storage.stories import stored_copies


@dataclass(frozen=True, slots=True)
class Held:
    """What the tables say, by article or story id."""

    copies: Mapping[str, Copy]
    roles: Mapping[str, str]
    stories: Mapping[str, Story]
    reprints: Mapping[str, Reprint]
    links: Sequence[ArticleLink]
    boilerplate: Mapping[tuple[str, str], bool]
    """From publisher and text to whether it is active."""


class Store:
    """A database that lasts as long as this object."""

    def __init__(self, publisher_of: Callable[[str], str], *, kept_open: bool = False) -> None:
        self._publisher_of = publisher_of
        self._folder = tempfile.TemporaryDirectory()
        home = Home(Path(self._folder.name))
        self.database = KeptOpen(home) if kept_open else Database(home)

    def take_in(self, batch: Sequence[Article]) -> None:
        """Load articles whose bodies are as extraction left them."""
        self.__dict__.pop("held", None)
        if batch:
            take_in(
                self.database,
                [(article.url_keys[0], article) for article in batch],
                publisher_of=self._publisher_of,
                now=min(article.first_seen_at for article in batch),
            )

    def settle(self) -> Settled:
        """What `wirecopy maintain` does about stories."""
        self.__dict__.pop("held", None)
        return settle(self.database, publisher_of=self._publisher_of, now=utc_now)

    @cached_property
    def held(self) -> Held:
        return held_in(self.database)


class KeptOpen(Database):
    """One connection for all uses: opening is most of what a small batch costs."""

    _connection: Connection | None = None

    def connect(self) -> Any:
        if self._connection is None:
            stack = ExitStack()
            self._connection = stack.enter_context(super().connect())
            self._stack = stack
        return nullcontext(self._connection)

    def __del__(self) -> None:
        if self._connection is not None:
            self._stack.close()


def held_in(database: Database) -> Held:
    """What a database's tables say."""
    with database.open() as connection:
        return _read(connection)


def _read(connection: Connection) -> Held:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    roles = dict(rows("SELECT article_id, role FROM articles"))
    stories = [Story(*row) for row in rows("SELECT * EXCLUDE (changed_at) FROM stories")]
    reprints = [Reprint(*row) for row in rows("FROM reprints")]
    links = [ArticleLink(*row) for row in rows("FROM article_links")]
    return Held(
        copies=stored_copies(connection, sorted(roles)),
        roles=roles,
        stories={story.story_id: story for story in stories},
        reprints={
            one.article_id: replace(one, evidence=tuple(json.loads(str(one.evidence))))
            for one in reprints
        },
        links=links,
        boilerplate={
            (publisher, text): active
            for publisher, text, active in rows("SELECT publisher, text, active FROM boilerplate")
        },
    )
