"""The queue: which entries of a poll are new, which pages come next, what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from storage_cases import (
    NOW,
    RUN,
    article,
    elsewhere,
    entry,
    feed_id,
    follow_feeds,
    followed,
    kept_open,
    later,
    load,
    new_database,
    not_modified,
    polled,
    record,
    rows,
    table,
)

from ingest.types import ArchivePlace, FeedEntry, PageFailure, WantedPage
from ingest.urls import url_key
from storage.claims import bury_dead_runs, claim, held_by_others, release
from storage.database import Connection, Database
from storage.feeds import due
from storage.pages import mark_fetched, settle_done, settle_failed, wanted_pages
from storage.runs import start_run

SITE, OTHER = "a.example", "b.example"
ONE, TWO = "https://a.example/one", "https://a.example/two"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with kept_open(tmp_path) as made:
        with made.write() as connection:
            follow_feeds(connection, followed(SITE), followed(OTHER))
        yield made


def key(url: str) -> str:
    made = url_key(url)
    assert made is not None
    return made


def queue(connection: Connection, *, at: float = 0, limit: int = 100) -> list[WantedPage]:
    """The pages wanted, `at` hours from NOW."""
    return wanted_pages(connection, now=later(hours=at), limit=limit)


def failure(url: str, reason: str, hours: float | None) -> PageFailure:
    return PageFailure(key(url), reason, None if hours is None else later(hours=hours))


# --- which entries are new


@pytest.mark.parametrize(
    ("listed_again", "new"),
    [
        (entry(ONE, guid="g1"), 0),
        (entry(ONE, guid="changed", title="Changed"), 0),
        (entry(ONE), 0),
        (entry(ONE + "?utm_source=feed#top", guid="changed"), 0),
        (entry("https://a.example/moved", guid="g1"), 0),
        (entry(None, guid="g1"), 0),
        (entry("https://a.example/moved", guid="g2"), 1),
        (entry("https://a.example/moved"), 1),
    ],
)
def test_an_entry_is_known_by_its_link_or_its_guid(
    database: Database, listed_again: FeedEntry, new: int
) -> None:
    with database.write() as connection:
        assert record(connection, polled(SITE, entry(ONE, guid="g1"))) == 1
    with database.write() as connection:
        assert record(connection, polled(SITE, listed_again)) == new
    assert len(rows(database, "FROM entries")) == 1 + new


def test_an_entry_without_link_and_guid_is_known_by_its_words(database: Database) -> None:
    note = entry(title="A note", summary="No link.")
    with database.write() as connection:
        assert record(connection, polled(SITE, note)) == 1
        assert record(connection, polled(SITE, note)) == 0
        assert record(connection, polled(SITE, entry(title="Another", summary="No link."))) == 1


def test_an_entry_that_one_document_lists_twice_is_one(database: Database) -> None:
    with database.write() as connection:
        assert record(connection, polled(SITE, entry(ONE), entry(ONE + "#comments"))) == 1


def test_what_a_feed_says_of_an_entry_is_kept(database: Database) -> None:
    said = entry(
        ONE,
        guid="g1",
        title="Title",
        summary="Summary",
        authors=("Ann", "Ben"),
        published_at=NOW,
        published_precision="minute",
        published_raw="today at noon",
        tags=("x", "y"),
    )
    with database.write() as connection:
        record(connection, polled(SITE, said), now=later(hours=1))
        (page,) = queue(connection, at=1)
    assert rows(
        database,
        "SELECT feed_id, guid, url, title, summary, authors, published_at, published_raw, "
        "first_seen_at, status, reason, attempts, article_id FROM entries",
    ) == [
        (feed_id(SITE), "g1", ONE, "Title", "Summary", ["Ann", "Ben"], NOW, "today at noon",
         later(hours=1), "pending", None, 0, None)
    ]  # fmt: skip
    assert page.url_key == key(ONE)
    assert page.url == ONE
    assert page.first_seen_at == later(hours=1)
    assert (page.entry.title, page.entry.summary, page.entry.authors) == (
        "Title", "Summary", ("Ann", "Ben"))  # fmt: skip
    assert (page.entry.published_at, page.entry.published_precision) == (NOW, "minute")
    assert page.entry.tags == ("x", "y")


def test_entries_have_ids_of_the_agreed_form_that_do_not_depend_on_order(
    tmp_path: Path,
) -> None:
    ids = []
    for name, entries in (("x", (entry(ONE), entry(TWO))), ("y", (entry(TWO), entry(ONE)))):
        database = new_database(tmp_path / name)
        with database.write() as connection:
            follow_feeds(connection, followed(SITE))
            record(connection, polled(SITE, *entries))
        ids.append(rows(database, "SELECT url, entry_id FROM entries ORDER BY url"))
    assert ids[0] == ids[1]
    assert all(re.fullmatch("e[0-9a-z]{13}", entry_id) for _, entry_id in ids[0])


@pytest.mark.parametrize(
    ("listed", "status", "reason"),
    [
        (entry(None, guid="g1"), "rejected", "no_link"),
        (entry(None, title="Only words"), "rejected", "no_link"),
        (entry("mailto:news@a.example"), "rejected", "url_refused"),
        (entry("ftp://a.example/file"), "rejected", "url_refused"),
        (entry("javascript:void(0)", guid="g"), "rejected", "url_refused"),
        (entry(ONE), "pending", None),
    ],
)
def test_an_entry_without_a_page_to_fetch_is_kept_and_rejected(
    database: Database, listed: FeedEntry, status: str, reason: str | None
) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, listed))
        assert len(queue(connection)) == (status == "pending")
    assert rows(database, "SELECT status, reason FROM entries") == [(status, reason)]


def test_an_entry_whose_page_is_an_article_already_is_done_at_once(database: Database) -> None:
    held = article("a.example/one", url_keys=(key(ONE), key(ONE + "/amp-version")))
    with database.write() as connection:
        load(connection, [held])
        record(connection, polled(OTHER, entry(ONE), entry(ONE + "/amp-version"), entry(TWO)))
        assert [page.url for page in queue(connection)] == [TWO]
    found = rows(database, "SELECT url, status, article_id FROM entries ORDER BY url")
    assert found == [
        (ONE, "done", held.article_id),
        (ONE + "/amp-version", "done", held.article_id),
        (TWO, "pending", None),
    ]


def test_a_page_that_two_feeds_list_is_fetched_once_and_settles_both(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE, title="First")))
        record(connection, polled(OTHER, entry(ONE, title="Second")), now=later(hours=1))
        (page,) = queue(connection, at=1)
        assert page.entry.title == "First"
        load(connection, [article("a.example/one")])
        settle_done(connection, {key(ONE): article("a.example/one").article_id})
        assert queue(connection, at=9) == []
    assert (
        rows(database, "SELECT status, attempts, article_id FROM entries")
        == [("done", 1, article("a.example/one").article_id)] * 2
    )


# --- which pages are next


def test_publishers_take_turns(database: Database) -> None:
    many = [entry(f"https://a.example/{number}") for number in range(5)]
    few = [entry(f"https://b.example/{number}") for number in range(2)]
    with database.write() as connection:
        record(connection, polled(SITE, *many), polled(OTHER, *few))
        hosts = [page.url.split("/")[2] for page in queue(connection)]
        assert sorted(hosts[:4]) == ["a.example", "a.example", "b.example", "b.example"]
        assert hosts[4:] == ["a.example"] * 3
        assert len(queue(connection, limit=3)) == 3


def test_within_a_publisher_what_was_seen_first_comes_first(database: Database) -> None:
    with database.write() as connection:
        for hours, name in enumerate(("z", "y", "x")):
            listed = polled(SITE, entry(f"https://a.example/{name}"))
            record(connection, listed, now=later(hours=hours))
        assert [page.url[-1] for page in queue(connection, at=3)] == ["z", "y", "x"]


def test_a_failed_page_waits_and_is_rejected_in_the_end(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO)))
        settle_failed(connection, [failure(ONE, "deadline", 2)])
        assert [page.url for page in queue(connection, at=1.9)] == [TWO]
        assert [(page.url, page.attempts) for page in queue(connection, at=2)] == [
            (ONE, 1), (TWO, 0)]  # fmt: skip
        assert table(connection, "SELECT status, reason, attempts FROM entries ORDER BY url") == [
            ("pending", "deadline", 1), ("pending", None, 0)]  # fmt: skip
        settle_failed(connection, [failure(ONE, "http_4xx", None)])
        assert [page.url for page in queue(connection, at=99)] == [TWO]
    assert rows(
        database,
        "SELECT status, reason, attempts, next_attempt_at FROM entries ORDER BY url LIMIT 1",
    ) == [("rejected", "http_4xx", 2, None)]


def test_a_page_that_came_after_failures_has_no_reason_left(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE)))
        settle_failed(connection, [failure(ONE, "deadline", 0)])
        load(connection, [article("a.example/one")])
        settle_done(connection, {key(ONE): article("a.example/one").article_id})
    assert rows(database, "SELECT status, reason, attempts, next_attempt_at FROM entries") == [
        ("done", None, 2, None)
    ]


def test_a_page_that_was_fetched_comes_back_with_its_place_in_the_archive(
    database: Database,
) -> None:
    first, second = ArchivePlace("1.warc.gz", 0, 500), ArchivePlace("2.warc.gz", 40, 600)
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO)))
        mark_fetched(connection, {key(ONE): (first, NOW)})
        assert {page.url: page.archived for page in queue(connection)} == {ONE: first, TWO: None}
        # It is fetched once more: the later place counts.
        mark_fetched(connection, {key(ONE): (second, later(hours=1))})
        assert {page.url: page.archived for page in queue(connection)} == {ONE: second, TWO: None}
        # It could not be read: the next try fetches it again.
        settle_failed(connection, [failure(ONE, "parse_crashed", 1)])
        assert {page.url: page.archived for page in queue(connection, at=1)} == {
            ONE: None, TWO: None}  # fmt: skip


def test_what_only_waiting_entries_need_goes_when_they_are_settled(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO), entry(None, guid="g")))
        assert len(table(connection, "FROM internal.entry_details")) == 2
        settle_failed(connection, [failure(ONE, "deadline", 1), failure(TWO, "no_text", None)])
        assert len(table(connection, "FROM internal.entry_details")) == 1
        load(connection, [article("a.example/one")])
        settle_done(connection, {key(ONE): article("a.example/one").article_id})
        assert table(connection, "FROM internal.entry_details") == []


# --- claims

LIVING_RUN = """
import sys
from pathlib import Path
from storage.lock import LiveRuns
with LiveRuns(Path(sys.argv[1])).alive(sys.argv[2]):
    print("alive", flush=True)
    input()
"""


def test_what_a_run_has_in_hand_is_left_alone_until_it_lets_go(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO)))
        claim(connection, "page", [key(ONE)], "rother", now=NOW)
        claim(connection, "feed", [feed_id(SITE)], "rother", now=NOW)
        assert [page.url for page in queue(connection)] == [TWO]
        assert [feed.feed_id for feed in due(connection, now=NOW, every=True)] == [feed_id(OTHER)]
        assert held_by_others(connection, "feed", RUN)
        assert not held_by_others(connection, "feed", "rother")
        release(connection, "rother")
        assert len(queue(connection)) == 2
        assert len(due(connection, now=NOW, every=True)) == 2
        assert not held_by_others(connection, "feed", RUN)


def test_what_is_settled_is_no_longer_claimed(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO)))
        claim(connection, "page", [key(ONE), key(TWO)], RUN, now=NOW)
        claim(connection, "feed", [feed_id(OTHER)], RUN, now=NOW)
        settle_failed(connection, [failure(ONE, "deadline", 0)])
        record(connection, not_modified(OTHER))
        assert [page.url for page in queue(connection)] == [ONE]
        assert table(connection, "SELECT kind, key FROM internal.claims") == [("page", key(TWO))]


def test_claims_of_dead_runs_are_void_and_those_of_living_ones_hold(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO)))
        for run_id, url in (("rdead", ONE), ("ralive", TWO)):
            start_run(connection, run_id, "poll", now=NOW, flow_run_id=None)
            claim(connection, "page", [key(url)], run_id, now=NOW)
    with (
        elsewhere(LIVING_RUN, database.home.state, "ralive") as alive,
        elsewhere(LIVING_RUN, database.home.state, "rdead") as dead,
        database.runs.alive(RUN),
    ):
        assert [alive.says(), dead.says()] == ["alive", "alive"]
        with database.write() as connection:
            bury_dead_runs(connection, database.runs, now=later(hours=1))
            assert queue(connection) == []
        dead.kill()
        with database.write() as connection:
            bury_dead_runs(connection, database.runs, now=later(hours=1))
            assert [page.url for page in queue(connection)] == [ONE]
    assert rows(database, "SELECT run_id, outcome, finished_at FROM runs ORDER BY run_id") == [
        (RUN, None, None),
        ("ralive", None, None),
        ("rdead", "interrupted", later(hours=1)),
    ]


def test_a_run_that_ended_well_is_not_said_to_be_interrupted(database: Database) -> None:
    with database.write() as connection:
        connection.execute("UPDATE runs SET finished_at = ?, outcome = 'completed'", [NOW])
        bury_dead_runs(connection, database.runs, now=later(hours=1))
    assert rows(database, "SELECT outcome, finished_at FROM runs") == [("completed", NOW)]


def test_an_interrupted_run_is_news_for_the_next_snapshot(database: Database) -> None:
    revision = "SELECT revision FROM internal.revision"
    before = rows(database, revision)
    with database.open() as connection:
        bury_dead_runs(connection, database.runs, now=NOW)
    assert rows(database, revision) > before
