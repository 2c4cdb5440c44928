"""Settling: after it, articles are clean of what is known by now to be boilerplate, and stories are
what they would be had all articles come at once.

Whatever came or changed waits in the database for three steps, each done in batches that a crash
may interrupt: count which blocks recur; clean the articles that hold what has been learnt or
unlearnt; judge the stories around articles that are new or have another text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from flows.stories import Connect, PublisherOf, moved
from ingest.matching.blocks import blocks_of
from ingest.matching.boilerplate import LEARNT_STORIES, restore
from ingest.matching.cleaning import NOTHING, clean_again
from ingest.matching.stories import Comparisons, decide_stories
from ingest.types import Candidates, StoryDecisions
from storage.blocks import Key, add_learnt, boilerplate_of, held_texts, holders_of, rewrite_texts
from storage.database import Connection, Database
from storage.overrides import overrides
from storage.settling import (
    Step,
    count_unsettled,
    forget_learnt,
    mark_unsettled,
    recurring,
    settled,
    unsettled,
)
from storage.stories import around, articles_revision, candidates_again, record_stories

TOGETHER = 500
"""Articles that are looked at in one transaction."""

AROUND = 2000
"""With these, at most so many that their stories may depend on: chains of articles that are a
little alike must not take all memory."""

ROUNDS = 5
"""Cleaning changes stories, and stories say what recurs. Two rounds have always been enough; what
is left after these waits for the next time."""


@dataclass(slots=True)
class Settled:
    """What settling changed."""

    learnt: int = 0
    unlearnt: int = 0
    cleaned: int = 0
    judged: int = 0
    moved: int = 0


Advance = Callable[[int], None]


def settle(
    database: Database,
    *,
    publisher_of: PublisherOf,
    now: Callable[[], datetime],
    advance: Advance = lambda _: None,
) -> Settled:
    """Look again at everything that waits for it. `advance` is told how many articles were
    judged."""
    done = Settled()
    for _ in range(ROUNDS):
        while _learn(database, done):
            pass
        while _clean(database, _waiting("clean"), done):
            pass
        while judged := _judge(database, _waiting("judge"), done, publisher_of, now):
            advance(judged)
        with database.open() as connection:
            if not count_unsettled(connection, "learn"):
                break
    return done


def settle_these(
    database: Database,
    article_ids: Sequence[str],
    *,
    publisher_of: PublisherOf,
    now: Callable[[], datetime],
) -> Settled:
    """Clean these articles and judge the stories around them at once; what follows from that for
    others waits."""
    done = Settled()
    for start in range(0, len(article_ids), TOGETHER):
        _clean(database, _these(article_ids[start : start + TOGETHER]), done)
    for start in range(0, len(article_ids), TOGETHER):
        few = _these(article_ids[start : start + TOGETHER])
        _judge(database, few, done, publisher_of, now)
    return done


Choose = Callable[[Connection], list[str]]
"""Chooses some articles to work on."""


def _these(article_ids: Sequence[str]) -> Choose:
    return lambda _: list(article_ids)


def _waiting(step: Step) -> Choose:
    return lambda connection: unsettled(connection, step, TOGETHER)


def _learn(database: Database, done: Settled) -> bool:
    """Count again which blocks of some articles recur."""
    with database.open() as connection:
        if not unsettled(connection, "learn", 1):
            return False
    with database.write() as connection:
        names = unsettled(connection, "learn", TOGETHER)
        new, gone = recurring(connection, names, LEARNT_STORIES)
        add_learnt(connection, _texts(connection, new))
        forget_learnt(connection, gone)
        mark_unsettled(connection, "clean", holders_of(connection, [*new, *gone]))
        settled(connection, "learn", names)
    done.learnt += len(new)
    done.unlearnt += len(gone)
    return True


def _texts(connection: Connection, holders: dict[Key, str]) -> dict[Key, str]:
    """The text of each block, from an article that holds it."""
    text_of: dict[Key, str] = {}
    for held in held_texts(connection, sorted(set(holders.values()))):
        for block in blocks_of(restore(held.body, held.removed)):
            if holders.get((held.publisher, block.hash)) == held.article_id:
                text_of.setdefault((held.publisher, block.hash), block.text.strip())
    return text_of


def _clean(database: Database, choose: Choose, done: Settled) -> bool:
    """Clean some articles again."""
    with database.open() as connection:
        if not choose(connection):
            return False
    with database.write() as connection:
        names = choose(connection)
        held = held_texts(connection, names)
        of = boilerplate_of(connection, sorted({one.publisher for one in held}))
        texts = [text for one in held if (text := clean_again(one, of.get(one.publisher, NOTHING)))]
        rewrite_texts(connection, texts)
        mark_unsettled(connection, "judge", [text.article_id for text in texts])
        settled(connection, "clean", names)
    done.cleaned += len(texts)
    return True


@dataclass(frozen=True, slots=True)
class _Judged:
    names: tuple[str, ...]
    found: Candidates
    decisions: StoryDecisions


def _judge(
    database: Database,
    choose: Choose,
    done: Settled,
    publisher_of: PublisherOf,
    now: Callable[[], datetime],
) -> int:
    """Judge the stories around some articles again; how many were looked at."""
    compared = Comparisons()
    judged = _decide(database.open, choose, compared, publisher_of)
    if not judged:
        return 0
    with database.write() as connection:
        if articles_revision(connection) != judged.found.revision:
            judged = (
                _decide(lambda: nullcontext(connection), choose, compared, publisher_of) or judged
            )
        record_stories(connection, judged.decisions, now=now())
        away = moved(judged.decisions, judged.found)
        mark_unsettled(connection, "learn", away)
        settled(connection, "judge", judged.names)
    done.judged += len(judged.names)
    done.moved += len(away)
    return len(judged.names)


def _decide(
    connect: Connect, choose: Choose, compared: Comparisons, publisher_of: PublisherOf
) -> _Judged | None:
    with connect() as connection:
        names = choose(connection)
        if not names:
            return None
        compared.rule(overrides(connection))
        all_names = _with_all_around(connection, names)
        found = candidates_again(connection, all_names)
    decisions = decide_stories(
        [],
        found,
        publisher_of=publisher_of,
        compared=compared,
        again=dict.fromkeys(all_names, ()),
        movable=True,
    )
    return _Judged(tuple(all_names), found, decisions)


def _with_all_around(connection: Connection, names: list[str]) -> list[str]:
    """These articles, and all that their stories may depend on, directly or through others."""
    seen, edge = set(names), set(names)
    while edge and len(seen) < AROUND:
        edge = around(connection, sorted(edge)) - seen
        seen |= set(sorted(edge)[: AROUND - len(seen)])
    return sorted(seen)
