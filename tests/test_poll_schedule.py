"""When feeds are polled by runs, one after the other: outages, clocks, redirects, lies."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from news_world import START, NewsWorld, document, news_world
from rude_server import page, redirect, reset

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = "http://one.test/feed.xml"
OTHERS = tuple(f"http://{name}.test/feed.xml" for name in ("two", "three", "four", "five"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[NewsWorld]:
    with news_world(tmp_path / "home") as made:
        yield made


def every(gap: timedelta, start: datetime, end: datetime) -> list[datetime]:
    return [start + number * gap for number in range(int((end - start) / gap))]


def test_a_busy_feed_is_polled_often_and_a_quiet_one_seldom(world: NewsWorld) -> None:
    quiet = OTHERS[0]
    world.follow(FEED, quiet)
    world.publish(FEED, *every(10 * MINUTE, START - 2 * HOUR, START + DAY))
    world.publish(quiet, *every(3 * DAY + 7 * HOUR, START - 30 * DAY, START))
    world.poll()
    asked = world.asked(FEED), world.asked(quiet)
    assert asked == (1, 1)
    world.poll_until(START + HOUR)
    assert world.asked(FEED) >= 5
    assert world.asked(quiet) == 1
    interval, reason, entries = world.feed(FEED, "poll_interval, next_poll_reason, entries_seen")
    assert 5 * MINUTE <= interval <= 15 * MINUTE
    assert reason
    assert entries > 12
    assert world.feed(quiet, "poll_interval > INTERVAL 12 HOUR") == (True,)


def test_what_the_publisher_asks_for_is_obeyed(world: NewsWorld) -> None:
    world.follow(FEED, *OTHERS[:2])
    for url in (FEED, *OTHERS[:2]):
        world.publish(url, *every(4 * HOUR, START - 30 * HOUR, START))
    world.serve(FEED, "Cache-Control: public, max-age=3000")
    ttl = document(OTHERS[0], world.out(OTHERS[0])).replace(b"<item>", b"<ttl>45</ttl><item>", 1)
    world.at(OTHERS[0], page(ttl))
    world.poll()
    assert world.feed(FEED, "poll_interval >= INTERVAL 45 MINUTE") == (True,)
    assert world.feed(OTHERS[0], "poll_interval >= INTERVAL 40 MINUTE") == (True,)
    assert "45 min" in world.feed(OTHERS[0], "next_poll_reason")[0]
    assert world.feed(OTHERS[1], "poll_interval <= INTERVAL 15 MINUTE") == (True,)


def test_a_publishers_whole_outage_is_his_own(world: NewsWorld) -> None:
    down = tuple(f"http://{part}.big.test/feed.xml" for part in ("a", "b", "c", "d"))
    world.follow(FEED, *OTHERS[:2], *down)
    assert world.poll().outcome == "completed"
    for url in down:
        world.at(url, reset)
    world.now += HOUR
    report = world.poll(every=True)
    assert (report.outcome, report.errors_by_kind) == ("completed", {"connect": 4})
    failing = world.sql("SELECT url, next_poll_reason FROM feeds WHERE consecutive_failures = 1")
    assert {url for url, _ in failing} == set(down)
    assert all(reason.startswith("failed once") for _, reason in failing)
    world.poll_until(START + 4 * HOUR, 15 * MINUTE)
    asked = [world.asked(url) for url in down]
    assert all(4 <= count <= 16 for count in asked), asked
    assert world.feed(FEED, "consecutive_failures, last_outcome") == (0, "not_modified")
    for url in down:
        world.serve(url)
    world.poll_until(START + 6 * HOUR, HOUR)
    assert world.sql("SELECT count(*) FROM feeds WHERE consecutive_failures > 0") == [(0,)]


def test_our_own_outage_is_blamed_on_nobody(world: NewsWorld) -> None:
    world.follow(FEED, *OTHERS)
    world.at(FEED, page(b"", 500))
    world.poll()
    world.now += HOUR
    for url in (FEED, *OTHERS):
        world.at(url, reset)
    report = world.poll(every=True)
    assert (report.outcome, report.nothing_done) == ("offline", True)
    assert world.feed(FEED, "consecutive_failures") == (1,)
    assert world.sql(
        "SELECT DISTINCT consecutive_failures, last_outcome, next_poll_reason FROM feeds "
        f"WHERE url <> '{FEED}'"
    ) == [(0, "connect", "we were offline: due again soon, the feed is not blamed")]
    for url in (FEED, *OTHERS):
        world.serve(url)
    world.now += 5 * MINUTE
    report = world.poll()
    assert (report.outcome, report.counts.feeds) == ("completed", 5)
    assert world.sql("SELECT outcome FROM runs ORDER BY started_at") == [
        ("completed",), ("offline",), ("completed",)]  # fmt: skip


def test_a_run_of_dead_feeds_only_is_not_offline(world: NewsWorld) -> None:
    world.follow(FEED, *OTHERS)
    for url in OTHERS:
        world.at(url, reset)
    world.publish(FEED, START - HOUR)
    assert world.poll().outcome == "offline"
    world.now += 10 * MINUTE
    assert world.poll().outcome == "offline"
    for url in OTHERS:
        world.serve(url)
    world.now += 10 * MINUTE
    world.poll()
    for number, url in enumerate(OTHERS):
        world.now += HOUR * number
        world.at(url, reset)
        world.poll(every=True)
    world.now += 3 * HOUR
    world.sql("UPDATE feeds SET next_poll_at = now() + INTERVAL 1 DAY WHERE url LIKE '%one%'")
    assert world.poll().outcome == "completed"


def test_a_clock_that_jumps_a_day_forwards_and_back(world: NewsWorld) -> None:
    world.follow(FEED, *OTHERS[:1])
    world.publish(FEED, *every(13 * HOUR, START - 9 * DAY, START + 9 * DAY))
    world.poll()
    world.poll_until(START + DAY, 4 * HOUR)
    right = world.now
    world.now += DAY
    assert world.poll().counts.feeds == 2
    world.now = right + 5 * MINUTE
    # Both were polled in the future, so both are due, once.
    assert world.poll().counts.feeds == 2
    world.now += MINUTE
    assert world.poll().counts.feeds == 0
    ((last,),) = world.sql("SELECT max(next_poll_at) FROM feeds")
    assert last <= world.now + DAY
    found = world.feed(FEED, "entries_seen")[0]
    world.poll_until(right + 3 * DAY, 4 * HOUR)
    assert world.feed(FEED, "entries_seen")[0] >= found + 3


def test_feeds_that_a_dead_run_had_in_hand_are_polled_by_the_next(world: NewsWorld) -> None:
    world.follow(FEED, *OTHERS)
    world.poll()
    with world.database.write() as connection:
        connection.execute(
            "INSERT INTO runs (run_id, kind, started_at) VALUES ('rdead', 'poll', now())"
        )
        connection.execute(
            "INSERT INTO internal.claims SELECT 'feed', feed_id, 'rdead', now() FROM feeds"
        )
    world.now += 2 * DAY
    assert world.poll().counts.feeds == 5
    assert world.sql("SELECT outcome FROM runs WHERE run_id = 'rdead'") == [("interrupted",)]
    assert world.sql("SELECT count(*) FROM internal.claims") == [(0,)]


def test_a_server_that_says_304_for_ever_is_found_out(world: NewsWorld) -> None:
    world.follow(FEED)
    world.serve(FEED, lies=True)
    world.publish(FEED, *every(13 * HOUR, START - 10 * DAY, START + 9 * DAY))
    world.poll()
    before = world.feed(FEED, "entries_seen")[0]
    while world.feed(FEED, "entries_seen") == (before,) and world.now < START + 9 * DAY:
        world.now += 4 * HOUR  # it is due every quarter of an hour by then
        world.poll()
    assert world.now <= START + 6 * DAY
    # From now on it is asked without validators, and nothing is late any more.
    lies = "SELECT count(*) FROM polls WHERE http_status = 304"
    told = world.sql(lies)
    assert told[0][0] >= 4
    world.poll_until(world.now + 2 * DAY, 2 * HOUR)
    assert world.feed(FEED, "entries_seen")[0] >= before + 9
    assert world.sql(lies) == told


def test_a_permanent_redirect_is_adopted_after_three_polls(world: NewsWorld) -> None:
    new = "http://new.test/rss"
    world.follow(FEED)
    world.serve(new)
    world.publish(new, START - HOUR)
    world.at(FEED, redirect(new, 301))
    for _ in range(3):
        assert world.feed(FEED, "current_url") == (FEED,) if world.now > START else True
        world.poll(every=True)
        world.now += HOUR
    assert world.feed(FEED, "current_url, consecutive_failures") == (new, 0)
    assert world.asked(FEED) == 3
    world.poll(every=True)
    assert (world.asked(FEED), world.asked(new)) == (3, 4)
    assert world.sql("SELECT count(*), any_value(url) FROM feeds") == [(1, FEED)]
    # The new address was not for ever either: the old one is tried again.
    world.at(new, page(b"", 404))
    world.serve(FEED)
    for _ in range(4):
        world.now += DAY
        world.poll(every=True)
    assert world.feed(FEED, "current_url, consecutive_failures") == (FEED, 0)


@pytest.mark.parametrize(
    ("url", "extra", "target"),
    [
        (FEED, 'headers = { X-Key = "abc" }', "http://new.test/rss"),
        (FEED, "", "http://new.test/rss?token=s3cr3t"),
        (FEED + "?api_key=s3cr3t", "", "http://new.test/rss"),
    ],
)
def test_a_redirect_is_not_adopted_where_a_secret_is_at_stake(
    world: NewsWorld, url: str, extra: str, target: str
) -> None:
    world.follow(url, extra=extra)
    world.at(FEED, redirect(target, 301))
    world.serve("http://new.test/rss")
    for _ in range(4):
        world.poll(every=True)
        world.now += HOUR
    assert world.sql("SELECT current_url = url, consecutive_failures FROM feeds") == [(True, 0)]
    states = world.sql("SELECT state FROM internal.poll_states")
    assert "s3cr3t" not in str(states)


def test_a_temporary_redirect_is_never_adopted(world: NewsWorld) -> None:
    world.follow(FEED)
    world.serve("http://new.test/rss")
    world.at(FEED, redirect("http://new.test/rss", 302))
    for _ in range(4):
        world.poll(every=True)
        world.now += HOUR
    assert world.feed(FEED, "current_url") == (FEED,)


def test_410_pauses_after_three_and_a_feed_that_returns_is_taken_up(world: NewsWorld) -> None:
    world.follow(FEED)
    world.poll()
    world.at(FEED, page(b"", 410))
    waits = []
    for _ in range(4):
        world.poll_when_due()
        waits.append(world.feed(FEED, "next_poll_at")[0] - world.now)
    assert 11 * HOUR <= waits[0] <= DAY
    assert waits[2] == waits[3] == 7 * DAY
    assert "paused" in world.feed(FEED, "next_poll_reason")[0]
    world.serve(FEED)
    world.publish(FEED, world.now)
    world.poll_when_due()
    assert world.feed(FEED, "consecutive_failures, entries_seen") == (0, 1)
    assert "paused" not in world.feed(FEED, "next_poll_reason")[0]


def test_lost_entries_are_recorded_and_the_feed_is_polled_sooner(world: NewsWorld) -> None:
    world.follow(FEED, *OTHERS[:1])
    for url in (FEED, OTHERS[0]):
        world.publish(url, *every(2 * HOUR, START - DAY, START))
    world.poll()
    world.publish(FEED, *every(3 * MINUTE, START + MINUTE, START + HOUR))
    world.now += HOUR
    world.poll(every=True)
    assert world.feed(FEED, "overflows, poll_interval <= INTERVAL 10 MINUTE") == (1, True)
    assert "some were lost" in world.feed(FEED, "next_poll_reason")[0]
    assert world.feed(OTHERS[0], "overflows") == (0,)
    assert world.sql("SELECT entries_seen, entries_new FROM polls WHERE overflowed") == [(10, 10)]


def test_feeds_of_one_host_are_spread_out(world: NewsWorld) -> None:
    urls = tuple(f"http://one.test/{number}.xml" for number in range(6))
    world.follow(*urls)
    for url in urls:
        world.publish(url, *every(4 * HOUR, START - DAY, START))
    world.poll()
    times = sorted(at for (at,) in world.sql("SELECT next_poll_at FROM feeds"))
    gaps = [late - early for early, late in itertools.pairwise(times)]
    assert min(gaps) >= timedelta(seconds=15)


def test_a_state_that_cannot_be_read_costs_the_habits_and_nothing_else(world: NewsWorld) -> None:
    world.follow(FEED)
    world.publish(FEED, START - HOUR)
    world.poll()
    for broken in ('{"rhythm": {"hours": [1]}}', "[]", '{"rhythm": 7}'):
        world.sql(f"UPDATE internal.poll_states SET state = '{broken}'")
        world.now += DAY
        assert world.poll().counts.feeds == 1
    assert world.feed(FEED, "last_outcome, entries_seen") == ("not_modified", 1)
