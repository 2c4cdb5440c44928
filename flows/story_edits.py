"""What a person decides about stories and boilerplate: kept, and followed at once."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flows.run import Setup
from flows.settling import settle_these
from flows.story_view import StoryView, named_story, view_story
from flows.version import wirecopy_version
from ingest.errors import ConfigurationError
from ingest.matching.blocks import blocks_of
from ingest.publishers import publisher_of
from ingest.types import StoryOverride
from storage.blocks import KnownBlock, holders_of, known_blocks, set_forgotten
from storage.database import Connection, Database
from storage.overrides import add_overrides, drop_overrides
from storage.publish import publish
from storage.settling import mark_unsettled
from storage.story_view import members_of


def merge_stories(setup: Setup, one: str, other: str, *, reason: str) -> StoryView:
    """Make two stories one, and return it. Raises ConfigurationError when they are one already, or
    one is not known."""

    def decide(connection: Connection) -> list[StoryOverride]:
        first, second = named_story(connection, one), named_story(connection, other)
        if first == second:
            raise ConfigurationError(f"{one} and {other} are of one story already: {first}.")
        names = [name for story in (first, second) for name in members_of(connection, story)]
        drop_overrides(connection, "different", names)
        return [StoryOverride(name, names[0], "same") for name in names[1:]]

    return _follow(setup, decide, reason=reason, show=one)


def split_story(setup: Setup, article: str, *, story: str | None, reason: str) -> StoryView:
    """Take an article out of its story, and return the one that it is in then. Raises
    ConfigurationError when the article is not known, not in that `story`, or alone."""

    def decide(connection: Connection) -> list[StoryOverride]:
        story_id, others = _story_and_others(connection, article)
        if story is not None and named_story(connection, story) != story_id:
            raise ConfigurationError(f"{article} is not in story {story}, but in {story_id}.")
        return [StoryOverride(article, name, "different") for name in others]

    return _follow(setup, decide, reason=reason, show=article)


def name_original(setup: Setup, article: str, *, reason: str) -> StoryView:
    """Make an article the original of its story, and return that. Raises ConfigurationError when it
    is not known, or alone."""

    def decide(connection: Connection) -> list[StoryOverride]:
        _, others = _story_and_others(connection, article)
        drop_overrides(connection, "original", [article, *others])
        return [StoryOverride(article, others[0], "original")]

    return _follow(setup, decide, reason=reason, show=article)


def _story_and_others(connection: Connection, article: str) -> tuple[str, list[str]]:
    """An article's story and the other articles of that."""
    story_id = named_story(connection, article)
    names = members_of(connection, story_id)
    if article not in names:
        raise ConfigurationError(
            f"{article} is a story. Give the id of one of its articles: "
            f"`wirecopy stories show {article}` lists them."
        )
    if len(names) == 1:
        raise ConfigurationError(f"{article} is alone in its story {story_id}.")
    return story_id, [name for name in names if name != article]


def _follow(
    setup: Setup,
    decide: Callable[[Connection], list[StoryOverride]],
    *,
    reason: str,
    show: str,
) -> StoryView:
    """Keep what was decided, judge the stories concerned again, and publish."""
    database = Database(setup.home)
    with database.write() as connection:
        decided = decide(connection)
        add_overrides(
            connection, decided, reason=reason, decided_by=getpass.getuser(), now=setup.clock()
        )
        names = sorted({name for one in decided for name in (one.article_id, one.other_article_id)})
        mark_unsettled(connection, "judge", names)
    _settle_and_publish(setup, database, names)
    with database.open() as connection:
        return view_story(connection, show)


@dataclass(frozen=True, slots=True)
class RestoredBoilerplate:
    """Blocks that were put back (or taken out again), and how many articles that changed."""

    blocks: tuple[KnownBlock, ...]
    active: bool
    articles: int


def restore_boilerplate(
    setup: Setup, publisher: str, block: str, *, undo: bool = False
) -> RestoredBoilerplate:
    """Put a publisher's block (its text, part of it, or its hash) back into the articles that came
    with it, and never take it out again; with `undo`, do. Raises ConfigurationError unless exactly
    one block is meant."""
    database = Database(setup.home)
    with database.write() as connection:
        meant = _meant(known_blocks(connection, publisher.lower()), publisher, block)
        keys = [meant.key]
        set_forgotten(connection, keys, not undo)
        names = holders_of(connection, keys)
        mark_unsettled(connection, "clean", names)
    cleaned = _settle_and_publish(setup, database, names)
    return RestoredBoilerplate((meant,), undo, cleaned)


def _meant(known: Sequence[KnownBlock], publisher: str, block: str) -> KnownBlock:
    if not known:
        raise ConfigurationError(
            f"No boilerplate of {publisher} is known: `wirecopy boilerplate list` shows all."
        )
    hashes = {one.hash for one in blocks_of(block) if one.hash}  # figures do not matter
    found = [one for one in known if block.lower() == one.hash]
    found = found or [one for one in known if hashes == {one.key[1]}]
    found = found or [one for one in known if block.casefold() in one.text.casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigurationError(
            f"That is no boilerplate of {publisher}: `wirecopy boilerplate list {publisher}` shows "
            "what is, with hashes to name it by."
        )
    several = "\n".join(f"  {one.hash}  {one.text}" for one in found[:10])
    raise ConfigurationError(
        f"{len(found)} blocks hold that text. Name one by its hash:\n{several}"
    )


def _settle_and_publish(setup: Setup, database: Database, names: Sequence[str]) -> int:
    """Follow a decision about these articles; how many texts it changed."""
    done = settle_these(
        database,
        names,
        publisher_of=partial(publisher_of, aliases=setup.feeds.aliases),
        now=setup.clock,
    )
    publish(database, run_id=None, wirecopy_version=wirecopy_version(), now=setup.clock())
    return done.cleaned
