"""Feeds and polls: what a poll leaves behind, when a feed is due, whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from storage_cases import (
    HALF_HOUR,
    NOW,
    RUN,
    entry,
    failed,
    feed_id,
    follow_feeds,
    followed,
    kept_open,
    later,
    not_modified,
    polled,
    record,
    rows,
)

from ingest.types import Validators
from storage.claims import claim
from storage.database import Database
from storage.feeds import due, planned_polls
from storage.pages import mark_fetched, settle_done, settle_failed
from storage.polls import add_entries, record_polls
from storage.status import holdings

SITE, OTHER = "a.example", "b.example"
ONE, TWO = "https://a.example/one", "https://a.example/two"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with kept_open(tmp_path) as made:
        with made.write() as connection:
            follow_feeds(connection, followed(SITE), followed(OTHER))
        yield made


# --- polls


def feed_row(database: Database, name: str, columns: str) -> tuple[Any, ...]:
    (found,) = rows(database, f"SELECT {columns} FROM feeds WHERE feed_id = '{feed_id(name)}'")
    return found


def test_validators_are_stored_with_the_entries_they_vouch_for_or_not_at_all(
    database: Database,
) -> None:
    def crash() -> None:
        with database.write() as connection:
            record(connection, polled(SITE, entry(ONE)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crash()
    tables = ("entries", "polls", "internal.feed_state", "internal.entry_keys")
    assert [rows(database, f"FROM {name}") for name in tables] == [[], [], [], []]
    assert feed_row(database, SITE, "last_poll_at, next_poll_at, entries_seen") == (None, NOW, 0)
    with database.write() as connection:
        validators = [feed.validators for feed in due(connection, now=NOW, every=False)]
        assert validators == [Validators(), Validators()]
        record(connection, polled(SITE, entry(ONE)))
    with database.open() as connection:
        (_, again) = due(connection, now=NOW, every=True)
    assert again.feed_id == feed_id(SITE)
    assert again.validators == Validators(etag='"1"', body_hash="b1")
    assert rows(database, "SELECT entries_known FROM internal.feed_state") == [(1,)]


def test_validators_stay_when_a_poll_brings_none_and_are_replaced_when_it_does(
    database: Database,
) -> None:
    def stored() -> list[tuple[Any, ...]]:
        return rows(database, "SELECT etag, last_modified, body_hash FROM internal.feed_state")

    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE)))
        record(connection, failed(SITE, failures=1))
    assert stored() == [('"1"', None, "b1")]
    with database.write() as connection:
        record(connection, polled(SITE, entry(TWO), validators=Validators(None, "Friday", "b2")))
    assert stored() == [(None, "Friday", "b2")]


def test_a_poll_row_says_what_came_of_it(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), entry(TWO)))
        record(connection, polled(SITE, entry(ONE), entry(TWO), poll_id="p2"))
        record(connection, not_modified(SITE))
        record(connection, failed(SITE, failures=1))
        record(connection, polled(SITE, entry(ONE), entry("https://a.example/3"), poll_id="p3"))
    found = rows(
        database, "SELECT outcome, http_status, entries_seen, entries_new, error FROM polls"
    )
    assert found == [
        ("new_entries", 200, 2, 2, None),
        ("no_change", 200, 2, 0, None),
        ("not_modified", 304, 0, 0, None),
        ("connect", None, 0, 0, "Connection refused."),
        ("new_entries", 200, 2, 1, None),
    ]
    assert feed_row(database, SITE, "entries_seen") == (3,)


def test_a_feed_row_follows_its_last_poll_and_keeps_what_it_knew(database: Database) -> None:
    columns = (
        "last_poll_at, next_poll_at, poll_interval, last_outcome, last_error, "
        "consecutive_failures, title, format"
    )
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE)))
    assert feed_row(database, SITE, columns) == (
        NOW, later(minutes=30), HALF_HOUR, "new_entries", None, 0, "News of a.example", "rss",
    )  # fmt: skip
    longer = {"next_poll_at": later(days=40), "poll_interval": timedelta(days=40)}
    with database.write() as connection:
        record(connection, failed(SITE, failures=1))
        record(connection, failed(SITE, failures=2, started_at=later(hours=1), **longer))
    assert feed_row(database, SITE, columns) == (
        later(hours=1), later(days=40), timedelta(days=40), "connect", "Connection refused.", 2,
        "News of a.example", "rss",
    )  # fmt: skip
    with database.write() as connection:
        record(connection, not_modified(SITE))
    assert feed_row(database, SITE, "last_error, consecutive_failures") == (None, 0)


def test_feeds_are_due_from_their_time_on_the_longest_overdue_first(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, next_poll_at=later(hours=2)))
        record(connection, polled(OTHER, next_poll_at=later(hours=1)))
        expected = {
            0.9: [],
            1: [feed_id(OTHER)],
            2: [feed_id(OTHER), feed_id(SITE)],
        }
        for hours, feeds in expected.items():
            found = due(connection, now=later(hours=hours), every=False)
            assert [feed.feed_id for feed in found] == feeds
        assert len(due(connection, now=NOW, every=True)) == 2


@pytest.mark.parametrize(
    ("polled_at", "next_at", "is_due"),
    [
        (-1, 0, True),
        (-1, 1, False),
        (-24, 6 * 24, False),
        (-1, 9 * 24, True),
        (24, 25, True),
        (0, 1, False),
    ],
)
def test_a_feed_whose_times_cannot_be_is_due(
    database: Database, polled_at: float, next_at: float, is_due: bool
) -> None:
    """Hours from now: polled in the future, or planned farther ahead than plans go."""
    times: dict[str, Any] = {
        "started_at": later(hours=polled_at),
        "next_poll_at": later(hours=next_at),
    }
    with database.write() as connection:
        record(connection, polled(SITE, **times))
        found = [feed.feed_id for feed in due(connection, now=NOW, every=False)]
        assert (feed_id(SITE) in found) is is_due
        assert holdings(connection, now=NOW).feeds_due == len(found)


def test_what_the_policy_keeps_is_given_back_whatever_the_poll_brought(database: Database) -> None:
    for brought in (polled, not_modified):
        with database.write() as connection:
            state = {"answered_at": 1.5, "moved_to": None, "rhythm": {"hours": [1.0, 2.0]}}
            record(connection, brought(SITE, poll_state=state))
            states = {f.feed_id: f.poll_state for f in due(connection, now=NOW, every=True)}
        assert states == {feed_id(SITE): state, feed_id(OTHER): {}}


def test_lost_entries_and_the_reason_of_the_next_poll_are_seen_by_analysts(
    database: Database,
) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE)))
        lost: dict[str, Any] = {"overflowed": True, "next_poll_reason": "some were lost"}
        record(connection, polled(SITE, entry(TWO), **lost))
        record(connection, not_modified(SITE))
    assert feed_row(database, SITE, "overflows, next_poll_reason") == (1, "every half hour")
    assert rows(database, "SELECT overflowed FROM polls") == [(False,), (True,), (False,)]


def test_planned_polls_are_those_of_other_feeds_on_the_same_hosts(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, next_poll_at=later(hours=1)))
        elsewhere = f"https://{SITE}/moved.xml"
        record(connection, polled(OTHER, next_poll_at=later(hours=2), current_url=elsewhere))
        assert planned_polls(connection, [feed_id(SITE)], now=NOW) == {SITE: [later(hours=2)]}
        assert planned_polls(connection, [feed_id(SITE)], now=later(hours=3)) == {}


# --- feeds and their publishers


def publishers(database: Database) -> dict[str, tuple[str | None, int]]:
    return {
        name: (title, feeds)
        for name, title, feeds in rows(database, "SELECT publisher, name, feeds FROM publishers")
    }


def test_a_feed_gets_the_publisher_its_poll_found_unless_the_user_named_one(
    database: Database,
) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE), publisher="outlet.example"))
    assert feed_row(database, SITE, "publisher") == ("outlet.example",)
    assert publishers(database) == {
        "a.example": (None, 0), "b.example": (None, 1),
        "outlet.example": ("News of a.example", 1)}  # fmt: skip
    # The next run's feeds file names none, so what was found stays.
    with database.write() as connection:
        follow_feeds(connection, followed(SITE), followed(OTHER))
    assert feed_row(database, SITE, "publisher") == ("outlet.example",)
    # Now the user says.
    with database.write() as connection:
        follow_feeds(connection, followed(SITE, publisher="named.example"), followed(OTHER))
        (fixed,) = [f for f in due(connection, now=NOW, every=True) if f.feed_id == feed_id(SITE)]
        assert fixed.publisher == "named.example"
    assert publishers(database)["named.example"] == (None, 1)
    assert publishers(database)["outlet.example"] == ("News of a.example", 0)


def test_a_publisher_keeps_the_name_it_has(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE)))
        record(connection, polled(OTHER, entry(TWO), publisher=SITE))
    assert publishers(database)[SITE] == ("News of a.example", 2)


def test_feeds_that_leave_the_file_rest_and_come_back_as_they_were(database: Database) -> None:
    with database.write() as connection:
        record(connection, polled(SITE, entry(ONE)))
    with database.write() as connection:
        follow_feeds(connection, followed(OTHER), now=later(hours=1))
        assert [f.feed_id for f in due(connection, now=later(days=9), every=True)] == [
            feed_id(OTHER)]  # fmt: skip
    assert feed_row(database, SITE, "active") == (False,)
    with database.write() as connection:
        feeds = (followed(SITE, tags=["agency"]), followed(OTHER))
        follow_feeds(connection, *feeds, now=later(hours=2))
        back = {f.feed_id: f for f in due(connection, now=later(days=9), every=True)}
    assert back[feed_id(SITE)].validators == Validators(etag='"1"', body_hash="b1")
    assert feed_row(database, SITE, "active, tags, added_at, entries_seen, title") == (
        True, ["agency"], NOW, 1, "News of a.example")  # fmt: skip


def test_a_new_feed_is_due_at_once(database: Database) -> None:
    with database.write() as connection:
        feeds = (followed(SITE), followed(OTHER), followed("c.example", tags=["x", "y"]))
        follow_feeds(connection, *feeds, now=later(hours=5))
    assert feed_row(
        database, "c.example",
        "url, current_url, publisher, tags, active, added_at, next_poll_at, poll_interval",
    ) == ("https://c.example/feed.xml", "https://c.example/feed.xml", "c.example", ["x", "y"],
          True, later(hours=5), later(hours=5), timedelta(0))  # fmt: skip


def test_following_no_feed_at_all_stops_all(database: Database) -> None:
    with database.write() as connection:
        follow_feeds(connection)
        assert due(connection, now=later(days=9), every=True) == []


def test_a_batch_of_polls_may_have_nothing_in_it(database: Database) -> None:
    with database.write() as connection:
        assert add_entries(connection, [], now=NOW) == {}
        record_polls(connection, RUN, [], now=NOW)
        assert planned_polls(connection, [], now=NOW) == {}
        settle_done(connection, {})
        settle_failed(connection, [])
        mark_fetched(connection, {})
        claim(connection, "page", [], RUN, now=NOW)
    assert rows(database, "FROM polls") == []
