"""`check`: what it calls sound is sound, and whatever is broken it names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from homes import HomeFolder
from storage_cases import (
    NOW,
    RUN,
    article,
    decided,
    elsewhere,
    entry,
    follow_feeds,
    followed,
    kept_open,
    later,
    load,
    new_database,
    polled,
    published,
    record,
    reprint,
    rows,
    story,
    story_id,
)

from ingest.types import ArchivePlace, ArticleVersion, PageFailure, RemovedBlock, Validators
from ingest.urls import url_key
from storage.articles import add_articles
from storage.blocks import add_removed, keep_blocks
from storage.check import INVARIANTS, KEYS, Violation, check, examine
from storage.database import Database
from storage.home import Home
from storage.pages import mark_fetched, settle_done, settle_failed
from storage.publish import publish
from storage.rechecks import plan_rechecks
from storage.retention import retire_polls
from storage.stories import record_stories
from storage.throttles import keep_throttles
from storage.versions import record_versions

ORIGINAL = article("a.example/1")
COPY = article("b.example/1", sort_at=later(hours=2), published_at=later(hours=2))
ALONE = article("b.example/2", sort_at=later(hours=1), published_at=later(hours=1))
NEW_VERSION = ArticleVersion(
    ALONE.article_id, later(hours=9), "New title", "", "New body.", 2, "0" * 16, None, "test 1",
    "title changed",
)  # fmt: skip
SHOWS = "news.duckdb shows the working database as of its snapshot"
RAW = "every raw page lies in the archive"


LEDGER = """
    INSERT INTO backfills VALUES ('b1', 'urls:list.txt', NULL, NULL, '{}', now(), 'planned');
    INSERT INTO backfill_shards (backfill_id, shard, status) VALUES ('b1', 'list.txt:0', 'planned');
    INSERT INTO internal.shard_work
        (backfill_id, shard, number, plan, plan_hash, expands, planned_pages, bytes)
    VALUES ('b1', 'list.txt:0', 0, '[]', 'h', false, 1, 0)
"""


def fill(database: Database) -> None:
    """Entries in every state, a story with a reprint, a raw page, a publisher that wants to be left
    alone, a snapshot."""
    with database.write() as connection:
        follow_feeds(connection, followed("a.example"), followed("b.example"))
        urls = [f"https://a.example/{number}" for number in (1, 2, 3, 4)]
        record(connection, polled("a.example", *map(entry, urls), entry(guid="no link")))
        record(connection, polled("b.example", entry("https://b.example/1"), entry(urls[0])))
        (database.home.archive / "1.warc.gz").write_bytes(bytes(100))
        keys = [url_key(url) or "" for url in (*urls, "https://b.example/1")]
        mark_fetched(
            connection,
            {
                keys[0]: (ArchivePlace("1.warc.gz", 0, 60), NOW),
                keys[1]: (ArchivePlace("1.warc.gz", 60, 40), NOW),
            },
        )
        load(connection, [ORIGINAL, COPY], [ALONE])
        seen = [(ALONE.publisher, 7, ALONE.article_id)]
        keep_blocks(connection, seen, {(ALONE.publisher, 7): "Read more."})
        add_removed(connection, {ALONE.article_id: [RemovedBlock(3, "Read more.", 7)]})
        connection.execute(
            "INSERT INTO story_redirects VALUES ('s0', ?, 'merged', now())", [story_id(ALONE)]
        )
        settle_done(connection, {keys[0]: ORIGINAL.article_id, keys[4]: COPY.article_id})
        settle_failed(connection, [PageFailure(keys[2], "gone", None)])
        keep_throttles(connection, [("b.example", 429, later(hours=1))], now=NOW)
        connection.execute(LEDGER)
        record_versions(connection, [NEW_VERSION])
        plan_rechecks(connection, [(ALONE.article_id, NOW, later(hours=1), Validators())])
        connection.execute("INSERT INTO internal.reprocess_queue VALUES (1, NULL, 'a page')")
        retire_polls(connection, now=later(days=2), keep=timedelta(days=90))
        connection.execute(
            "INSERT INTO internal.refusals VALUES ('publisher', 'gone.example', now()), "
            "('page', 'https://a.example/gone', now())"
        )
    take(database)


def take(database: Database) -> None:
    publish(database, run_id=RUN, wirecopy_version="1", now=NOW)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check") / "home"
    fill(new_database(folder))
    return folder


@pytest.fixture
def database(filled: Path, tmp_path: Path) -> Database:
    """A filled one, to be broken."""
    shutil.copytree(filled, tmp_path / "home")
    return Database(Home(tmp_path / "home"))


@pytest.fixture
def breakable(database: Database) -> Iterator[Database]:
    with kept_open(database.home.folder, begun=False) as kept:
        yield kept


def change(database: Database, sql: str) -> None:
    """Break it, unnoticed by the count of revisions."""
    with database.open() as connection:
        connection.execute(sql)


def named(violations: list[Violation]) -> set[str]:
    return {violation.invariant for violation in violations}


def test_nothing_is_found_where_nothing_is_wrong(database: Database, tmp_path: Path) -> None:
    assert check(database) == []
    assert check(new_database(tmp_path / "new")) == []


@pytest.mark.parametrize("table", KEYS)
def test_a_key_that_is_there_twice_is_named(breakable: Database, table: str) -> None:
    change(breakable, f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1")
    (found,) = [v for v in check(breakable) if v.invariant == f"{table}.{KEYS[table]} is unique"]
    assert found.count == 1
    assert len(found.examples) == 1


BREAKING = {
    "every done entry has its article": "UPDATE entries SET article_id = 'a0' "
    "WHERE status = 'done'",
    "every waiting entry has a time for its next try": "UPDATE entries SET next_attempt_at = NULL",
    "every entry belongs to a feed": "UPDATE entries SET feed_id = 'f0' WHERE status = 'rejected'",
    "every entry can be recognised again": "DELETE FROM internal.entry_keys WHERE url_key IS NULL",
    "no feed lists a page twice": "UPDATE internal.entry_keys SET url_key = 'same'",
    "feeds.entries_seen counts the feed's entries": "UPDATE feeds SET entries_seen = 1",
    "feeds.overflows counts every overflowed poll": "UPDATE polls SET overflowed = true",
    "validators are not ahead of entries": "UPDATE internal.feed_state SET entries_known = 6",
    "every poll belongs to a feed and a run": "UPDATE polls SET run_id = 'r0'",
    "every feed and article has its publisher": "UPDATE feeds SET publisher = 'gone.example'",
    "publishers.feeds counts the publisher's feeds": "UPDATE publishers SET feeds = 2",
    "publishers.articles counts the publisher's articles": "UPDATE publishers SET articles = 1",
    "every article is known by an address": "DELETE FROM internal.article_urls "
    f"WHERE article_id = '{COPY.article_id}'",
    "every address leads to an article": "INSERT INTO internal.article_urls VALUES ('k', 'a0')",
    "articles.sort_at is published_at, else first_seen_at": "UPDATE articles "
    "SET published_at = NULL, published_precision = NULL, first_seen_at = '2000-01-01'",
    "every article belongs to a story": f"DELETE FROM stories WHERE story_id = '{story_id(ALONE)}'",
    "a story's representative is one of its articles": "UPDATE stories "
    f"SET representative_article_id = '{ALONE.article_id}'",
    "a held original is one of its story's articles, and represents it": "UPDATE stories "
    f"SET representative_article_id = '{COPY.article_id}'",
    "a story has one original at most": "UPDATE articles SET role = 'original'",
    "stories count their articles and publishers": "UPDATE stories SET publisher_count = 9",
    "stories span their articles' times": "UPDATE stories SET last_published_at = "
    "last_published_at + INTERVAL 1 SECOND",
    "reprints has a row for each article with role reprint, and no other": "DELETE FROM reprints",
    "reprints name their story's original": "UPDATE reprints SET original_article_id = NULL",
    "links lead from one article to another": "INSERT INTO article_links "
    "VALUES ('a0', 'a0', 'excerpt', 0.5, '[]')",
    "excerpts and round-ups link different stories, updates lie in one": "INSERT INTO article_links"
    f" VALUES ('{COPY.article_id}', '{ORIGINAL.article_id}', 'excerpt', 0.5, '[]')",
    "what was removed from an article stood in it": "UPDATE internal.removed_blocks "
    "SET place = 100000",
    "what was removed is its publisher's boilerplate": "UPDATE internal.blocks "
    "SET forgotten = true",
    "boilerplate counts the articles that came with it": "UPDATE internal.blocks SET articles = 9",
    "blocks, sketches and addresses of originals are those of articles": "INSERT INTO "
    "internal.canonical_keys VALUES ('k', 'a0')",
    "redirects lead from a story that is no more to one that is": "INSERT INTO story_redirects "
    "VALUES ('s0', 's1', 'merged', now())",
    "every shard belongs to a backfill, and says what it consists of": "DELETE FROM backfills",
    "a shard that runs is in hand of a run, and no other is": "UPDATE backfill_shards "
    "SET status = 'running'",
    "no backfill is done before its shards are": "UPDATE backfills SET status = 'done'",
    "versions are of an article, from 1 on, only the newest without content": "UPDATE "
    "internal.versions SET version = version + 1",
    "versions follow each other in time": "UPDATE internal.versions SET seen_at = '2000-01-01'",
    "days are of a publisher, and count no more failures than polls": "UPDATE publisher_days "
    "SET polls_failed = 99",
    "nothing is held that was forgotten on request": "UPDATE internal.refusals "
    "SET key = 'b.example' WHERE kind = 'publisher'",
    "what is rechecked are articles, and no more than one reprocess is under way": "UPDATE "
    "internal.rechecks SET article_id = 'a0'",
    "a run that has ended says how": "UPDATE runs SET outcome = 'completed'",
    "snapshot has one row at most": "INSERT INTO snapshot SELECT * FROM snapshot",
}

ALSO_BREAKING = [
    ("every poll belongs to a feed and a run", "UPDATE polls SET feed_id = 'f0'"),
    ("every feed and article has its publisher", "UPDATE articles SET publisher = 'gone.example'"),
    (
        "a held original is one of its story's articles, and represents it",
        "UPDATE articles SET role = 'update' WHERE role = 'original'",
    ),
    ("stories count their articles and publishers", "UPDATE stories SET article_count = 1"),
    (
        "stories span their articles' times",
        "UPDATE stories SET first_published_at = first_published_at - INTERVAL 1 SECOND",
    ),
    (
        "reprints has a row for each article with role reprint, and no other",
        "UPDATE articles SET role = 'update' WHERE role = 'reprint'",
    ),
    (
        "reprints has a row for each article with role reprint, and no other",
        "UPDATE reprints SET story_id = 's0'",
    ),
    (
        "what was removed from an article stood in it",
        "UPDATE internal.removed_blocks SET article_id = 'a0'",
    ),
    (
        "blocks, sketches and addresses of originals are those of articles",
        "UPDATE internal.block_sightings SET article_id = 'a0'",
    ),
    (
        "versions are of an article, from 1 on, only the newest without content",
        "UPDATE internal.versions SET body = 'kept twice'",
    ),
    (
        "versions are of an article, from 1 on, only the newest without content",
        "UPDATE internal.versions SET article_id = 'a0'",
    ),
    (
        "days are of a publisher, and count no more failures than polls",
        "UPDATE publisher_days SET publisher = 'nobody.example'",
    ),
    (
        "nothing is held that was forgotten on request",
        "UPDATE internal.refusals SET key = 'https://a.example/1' WHERE kind = 'page'",
    ),
    (
        "what is rechecked are articles, and no more than one reprocess is under way",
        "INSERT INTO internal.reprocessing SELECT '{}', now(), 1, '{}' FROM range(2)",
    ),
    (
        "a run that has ended says how",
        "UPDATE runs SET finished_at = '2000-01-01', outcome = 'failed'",
    ),
    (RAW, "UPDATE internal.raw_pages SET file = '2.warc.gz'"),
    (RAW, 'UPDATE internal.raw_pages SET length = 41 WHERE "offset" = 60'),
    (SHOWS, "UPDATE articles SET title = 'Changed after the snapshot'"),
    (SHOWS, "DELETE FROM runs"),
    (SHOWS, "INSERT INTO runs (run_id, kind, started_at) VALUES ('r2', 'poll', now())"),
]


def test_there_is_a_way_to_break_every_invariant() -> None:
    assert set(BREAKING) == set(INVARIANTS)


@pytest.mark.parametrize(("invariant", "sql"), [*BREAKING.items(), *ALSO_BREAKING])
def test_a_broken_invariant_is_named(breakable: Database, invariant: str, sql: str) -> None:
    change(breakable, sql)
    assert invariant in named(check(breakable))


def test_a_violation_is_counted_and_a_few_examples_are_given(breakable: Database) -> None:
    change(
        breakable,
        "INSERT INTO internal.article_urls SELECT 'k' || i, 'a0' FROM range(10, 40) AS t(i)",
    )
    (found,) = check(breakable)
    assert found.invariant == "every address leads to an article"
    assert found.count == 30
    assert found.examples == ("k10", "k11", "k12", "k13", "k14")


def test_it_is_said_how_many_rows_each_invariant_covers(database: Database) -> None:
    covered = {one.invariant: one.covered for one in examine(database)}
    assert set(INVARIANTS) | {SHOWS, RAW} <= set(covered)
    assert covered["articles.article_id is unique"] == 3
    assert covered["every entry belongs to a feed"] == 7
    assert covered["every feed and article has its publisher"] == 5
    assert covered[RAW] == 1
    done = HomeFolder(database.home.folder).run("check")
    assert "           7  every entry belongs to a feed\n" in done.out
    assert HomeFolder(database.home.folder).run("check", "--json").report["covered"] == covered


# --- the published file


def test_a_published_file_that_is_gone_is_named(database: Database) -> None:
    database.home.published.unlink()
    assert named(check(database)) == {SHOWS}


def test_a_published_file_is_not_missed_before_the_first(tmp_path: Path) -> None:
    assert check(new_database(tmp_path)) == []


@pytest.mark.parametrize("kind", ["cut", "flipped in its header", "flipped", "other", "foreign"])
def test_a_published_file_that_cannot_be_read_is_named(database: Database, kind: str) -> None:
    path = database.home.published
    raw = path.read_bytes()
    path.unlink()
    if kind == "foreign":
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE mine (one INTEGER)")
    else:
        path.write_bytes(
            {
                "cut": raw[: len(raw) // 2],
                "flipped in its header": raw[:20] + b"\xff" + raw[21:],
                "flipped": raw[:12400] + bytes(byte ^ 0xFF for byte in raw[12400:]),
                "other": b"Not a database.\n" * 1000,
            }[kind]
        )
    (found,) = check(database)
    assert found.invariant == SHOWS
    assert found.examples[0].startswith("it cannot be read: ")
    path.unlink()
    take(database)
    assert check(database) == []


WRITE = """
import os, signal, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("INSERT INTO publishers (publisher, first_seen_at) VALUES ('mine', now())")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_log_that_somebody_left_beside_the_published_file_is_named(database: Database) -> None:
    database.home.published.chmod(0o644)
    with elsewhere(WRITE, database.home.published) as writer:
        assert writer.ends() == -9
    assert ("mine",) in published(database, "SELECT publisher FROM publishers")
    (found,) = check(database)
    assert found.invariant == SHOWS
    assert found.examples[0].startswith("news.duckdb.wal, left by somebody who wrote to it")
    take(database)
    assert check(database) == []
    assert ("mine",) not in published(database, "SELECT publisher FROM publishers")


def test_a_published_file_that_lags_behind_is_no_violation(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled("b.example", entry("https://b.example/9")), now=later(hours=1))
        load(connection, [article("c.example/9")], now=later(hours=1))
        connection.execute("UPDATE runs SET finished_at = ?, outcome = 'completed'", [NOW])
    assert check(database) == []


def test_a_story_judged_anew_since_the_snapshot_is_no_violation(database: Database) -> None:
    """The reprint becomes the original when an earlier date of it comes to light."""
    judged = decided([COPY, ORIGINAL])
    made = story_id(ORIGINAL)
    judged = replace(
        judged,
        stories=(story(COPY, ORIGINAL, story_id=made),),
        roles={COPY.article_id: (made, "original"), ORIGINAL.article_id: (made, "reprint")},
        reprints=(reprint(ORIGINAL, COPY, story_id=made),),
    )
    with database.write() as connection:
        record_stories(connection, judged, now=later(hours=1))
        add_articles(connection, [], {}, now=later(hours=1))
    assert check(database) == []


def test_rows_that_have_gone_since_the_snapshot_are_named(database: Database) -> None:
    with database.write() as connection:
        connection.execute("DELETE FROM polls")
    (found,) = check(database)
    assert (found.invariant, found.examples) == (SHOWS, ("polls",))


def test_a_check_changes_nothing(database: Database) -> None:
    before = database.home.published.read_bytes()
    revision = rows(database, "FROM internal.revision")
    check(database)
    assert database.home.published.read_bytes() == before
    assert rows(database, "FROM internal.revision") == revision
