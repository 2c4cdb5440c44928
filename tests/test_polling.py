"""The polling policy: one rule after the other, its bounds, and a small run of the simulator."""

from __future__ import annotations

import itertools
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homes import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import (
    ConnectFailed,
    DnsFailed,
    Gone,
    HttpClientError,
    HttpServerError,
    MissingSecret,
    OutcomeError,
    RobotsDisallowed,
    Throttled,
)
from ingest.polling.policy import Observation, Plan, PollState, after_failure, after_success
from ingest.polling.rhythm import FeedRhythm, expected_updates, learn, wait_for
from ingest.polling.runs import Reach, after_offline, is_offline, reach, spread_out

sys.path.insert(0, str(ROOT))

from benchmarks.polling.feeds_mix import feeds_mix
from benchmarks.polling.policies import POLICIES
from benchmarks.polling.simulate import Tally, simulate

Totals = dict[str, dict[str, Tally]]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""A Sunday."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/feed.xml"
SERVER_ERROR = HttpServerError("500", url=URL, status=500)
GONE = Gone("410", url=URL, status=410)


def document(every: timedelta, entries: int = 20, at: datetime = NOW) -> Observation:
    """A first document whose entries were published at equal distances up to now."""
    return Observation(
        entries, entries, tuple(at - every * number for number in range(1, entries + 1))
    )


def followed(every: timedelta, entries: int = 20, at: datetime = NOW) -> PollState:
    return after_success("f1", PollState(), document(every, entries, at), at).state


def polled_steadily(
    state: PollState, hours_of_day: set[int], days: int, at: datetime = NOW
) -> PollState:
    """Polled every 30 min for days; an entry at each half hour of some hours of the day."""
    for step in range(1, days * 48 + 1):
        now = at + step * 30 * MINUTE
        new = int((now - 30 * MINUTE).hour in hours_of_day)
        published = (now - 15 * MINUTE,) * new
        state = after_success("f1", state, Observation(20, new, published), now).state
    return state


# When a feed that answers is polled next.


def test_an_unknown_feed_is_polled_about_hourly() -> None:
    plan = after_success("f1", PollState(), Observation(entries=10, new=10), NOW)
    assert 45 * MINUTE <= plan.interval <= HOUR
    assert plan.reason == "nothing is known of its habits yet"
    assert not plan.overflowed


@pytest.mark.parametrize(
    ("every", "entries", "shortest", "longest"),
    [
        (timedelta(minutes=2), 20, 5, 20),
        (timedelta(minutes=15), 20, 5, 15),
        (timedelta(hours=4), 20, 14, 15),
        (timedelta(days=3, hours=7), 20, 8 * 60, 24 * 60),
        (timedelta(days=200), 20, 8 * 60, 24 * 60),
    ],
)
def test_the_first_document_tells_how_often_a_feed_publishes(
    every: timedelta, entries: int, shortest: int, longest: int
) -> None:
    plan = after_success("f1", PollState(), document(every, entries), NOW)
    assert shortest * MINUTE <= plan.interval <= longest * MINUTE


def test_a_small_window_shortens_the_interval() -> None:
    many = followed(20 * MINUTE)
    batches = Observation(entries=6, new=5, published=(NOW + 29 * MINUTE,) * 5)
    plan = after_success("f1", many, batches, NOW + 30 * MINUTE)
    assert plan.interval <= 14 * MINUTE
    assert plan.reason.startswith("a third of its 6 entries is new every")


def test_a_silent_feed_ends_at_one_poll_a_day_and_never_less() -> None:
    state, now, polls = followed(DAY), NOW, 0
    while now < NOW + 180 * DAY:
        plan = after_success("f1", state, Observation(entries=20), now)
        state, now, polls = plan.state, plan.next_poll_at, polls + 1
    assert polls < 1500
    assert 23 * HOUR <= plan.interval <= 24 * HOUR
    assert plan.reason == "publishes less than every other day: polled once a day"


def test_polls_move_to_the_hours_at_which_news_comes() -> None:
    state = polled_steadily(PollState(), {8, 9, 10}, days=14)
    midnight = NOW + 14 * DAY + 12 * HOUR
    busy = after_success("f1", state, Observation(entries=20), midnight + 8 * HOUR)
    idle = after_success("f1", state, Observation(entries=20), midnight + 13 * HOUR)
    assert busy.interval <= 15 * MINUTE
    assert idle.interval >= 3 * HOUR
    assert "usual gap" in idle.reason or "lively" in idle.reason


def test_a_nightly_batch_is_awaited_at_night_only() -> None:
    """Ten entries every night: rich enough to be polled often, at any hour if need be."""
    state, now = PollState(), NOW
    polls: list[int] = []
    while now < NOW + 30 * DAY:
        nights = [NOW.replace(hour=3) + n * DAY for n in range(1, 31)]
        last = datetime.fromtimestamp(state.answered_at or NOW.timestamp(), UTC)
        new = [night for night in nights if last < night <= now] * 10
        plan = after_success("f1", state, Observation(20, len(new), tuple(new)), now)
        state, now = plan.state, plan.next_poll_at
        polls += [now.hour] if now > NOW + 20 * DAY else []
    assert sum(hour in (2, 3) for hour in polls) >= 60
    assert len(polls) <= 250


def test_weekends_are_told_from_weekdays() -> None:
    state, now = followed(HOUR, at=NOW + 12 * HOUR), NOW + 12 * HOUR
    for step in range(1, 35 * 24):
        at = now + step * HOUR
        new = int(at.weekday() < 5)
        state = after_success(
            "f1", state, Observation(20, new, (at - 10 * MINUTE,) * new), at
        ).state
    monday, saturday = datetime(2027, 1, 4, 9, tzinfo=UTC), datetime(2027, 1, 2, 9, tzinfo=UTC)
    weekday = expected_updates(state.rhythm, monday.timestamp(), (monday + 6 * HOUR).timestamp())
    weekend = expected_updates(
        state.rhythm, saturday.timestamp(), (saturday + 6 * HOUR).timestamp()
    )
    assert weekday > 3 * weekend


def test_dates_that_cannot_be_are_replaced_by_when_entries_were_seen() -> None:
    """Entries dated at midnight, although none was there at the poll before."""
    state = followed(HOUR)
    midnight = NOW.replace(hour=0)
    seen = Observation(20, 1, (midnight,))
    learnt = after_success("f1", state, seen, NOW + HOUR).state.rhythm
    assert learnt.hours[12] > state.rhythm.hours[12]
    assert learnt.hours[0] == pytest.approx(state.rhythm.hours[0])


# What publishers ask for.


@pytest.mark.parametrize(
    ("asked", "least"),
    [
        ({"ttl": 1800.0}, 30),
        ({"max_age": 2400.0}, 40),
        ({"syndication": 1800.0}, 30),
        ({"ttl": 86400.0}, 54),
        ({"syndication": 3600.0}, 0),
        ({}, 0),
    ],
)
def test_floors_are_obeyed_up_to_an_hour(asked: dict[str, Any], least: int) -> None:
    state = followed(4 * HOUR)
    plan = after_success("f1", state, replace(Observation(20), **asked), NOW + HOUR)
    assert plan.interval >= 0.9 * least * MINUTE
    assert plan.interval <= HOUR
    assert ("asks not to be polled" in plan.reason) == (least > 0)


def test_a_floor_is_remembered_while_the_document_does_not_change() -> None:
    state = after_success("f1", followed(4 * HOUR), Observation(20, ttl=1800.0), NOW + HOUR).state
    plan = after_success("f1", state, Observation(not_modified=True), NOW + 2 * HOUR)
    assert plan.interval >= 27 * MINUTE


def test_a_floor_that_the_feeds_own_pace_contradicts_is_not_obeyed() -> None:
    plan = after_success("f1", followed(12 * MINUTE), Observation(20, ttl=3600.0), NOW + MINUTE)
    assert plan.interval <= 40 * MINUTE


# Overflow.


def test_an_overflow_is_recorded_and_shortens_the_interval_at_once() -> None:
    state = followed(2 * HOUR)
    before = after_success("f1", state, Observation(20, 1), NOW + 2 * HOUR)
    lost = Observation(20, 20, tuple(NOW + (41 + n) * MINUTE for n in range(20)))
    plan = after_success("f1", state, lost, NOW + HOUR)
    assert plan.overflowed
    assert plan.state.overflows == 1
    assert plan.interval < before.interval
    assert plan.interval <= 10 * MINUTE
    assert "lost" in plan.reason


def test_floors_are_ignored_after_an_overflow() -> None:
    state = replace(followed(4 * HOUR), overflows=1, overflowed_at=(NOW - DAY).timestamp())
    plan = after_success("f1", state, Observation(20, ttl=3600.0), NOW + HOUR)
    assert plan.interval <= 15 * MINUTE
    week_later = replace(state, overflowed_at=(NOW - 8 * DAY).timestamp())
    plan = after_success("f1", week_later, Observation(20, ttl=3600.0), NOW + HOUR)
    assert plan.interval > 50 * MINUTE


@pytest.mark.parametrize(
    "seen",
    [Observation(20, 19), Observation(1, 1), Observation(0, 0), Observation(not_modified=True)],
)
def test_no_overflow_without_evidence(seen: Observation) -> None:
    assert not after_success("f1", followed(HOUR), seen, NOW + HOUR).overflowed


# Failures.


@pytest.mark.parametrize(
    "error",
    [
        SERVER_ERROR,
        HttpClientError("404", url=URL, status=404),
        DnsFailed("no such host", url=URL),
        ConnectFailed("refused", url=URL),
    ],
)
def test_a_failing_feed_is_polled_ever_more_rarely_but_for_ever(error: OutcomeError) -> None:
    state, now = followed(30 * MINUTE), NOW
    waits: list[timedelta] = []
    while now < NOW + 400 * DAY:
        plan = after_failure("f1", state, error, now)
        waits.append(plan.interval)
        assert not plan.paused
        state, now = plan.state, plan.next_poll_at
    assert waits[0] <= 15 * MINUTE
    assert max(wait for wait in waits[:30]) <= DAY
    assert 5 * DAY <= waits[-1] <= 7 * DAY
    assert 50 < len(waits) < 130


def test_an_outage_lasts_little_longer_for_us_than_it_did() -> None:
    state, now = followed(30 * MINUTE), NOW
    while now < NOW + 4 * HOUR:
        plan = after_failure("f1", state, SERVER_ERROR, now)
        state, now = plan.state, plan.next_poll_at
    assert now <= NOW + 5 * HOUR
    assert plan.reason.startswith(f"failed {state.failures} times in ")


def test_success_forgives_every_failure_and_forgets_nothing_learnt() -> None:
    state = followed(30 * MINUTE)
    failed = after_failure("f1", state, SERVER_ERROR, NOW).state
    assert failed.rhythm == state.rhythm
    plan = after_success("f1", failed, Observation(20), NOW + HOUR)
    assert plan.state.failures == 0
    assert plan.state.failing_since is None


def test_410_pauses_after_three_and_is_still_asked_once_a_week() -> None:
    state, now, plans = followed(HOUR), NOW, list[Plan]()
    for _ in range(4):
        plans.append(after_failure("f1", state, GONE, now))
        state, now = plans[-1].state, plans[-1].next_poll_at
    assert [plan.paused for plan in plans] == [False, False, True, True]
    assert plans[0].interval >= 12 * HOUR
    assert plans[2].interval == 7 * DAY
    assert "paused" in plans[2].reason
    assert not after_success("f1", state, Observation(20), now).state.paused
    assert not after_failure("f1", state, SERVER_ERROR, now).paused


def test_retry_after_is_obeyed_up_to_a_week() -> None:
    for seconds, least, most in ((7200.0, 2 * HOUR, 2 * HOUR), (1e9, 7 * DAY, 7 * DAY)):
        error = Throttled("429", url=URL, status=429, retry_after=seconds)
        plan = after_failure("f1", followed(HOUR), error, NOW)
        assert least <= plan.interval <= most


# Moved feeds.


def test_a_permanent_redirect_is_adopted_after_three_polls_in_a_row() -> None:
    targets = ["a", "a", "b", "b", None, "b", "b", "b", None]
    state, adopted = followed(HOUR), []
    for number, target in enumerate(targets):
        seen = Observation(not_modified=True, moved_to=target)
        plan = after_success("f1", state, seen, NOW + number * HOUR)
        state = plan.state
        adopted.append(plan.adopt_url)
    assert adopted == [None] * 7 + ["b", None]


# Servers that lie with 304.


def test_a_server_that_says_304_for_ever_is_asked_for_the_whole_document() -> None:
    state, now, polls = followed(2 * HOUR), NOW, 0
    while not state.wants_whole_document(now):
        plan = after_success("f1", state, Observation(not_modified=True), now)
        state, now, polls = plan.state, plan.next_poll_at, polls + 1
    assert NOW + 6 * HOUR <= now <= NOW + 3 * DAY
    late = Observation(20, 5, tuple(now - n * HOUR for n in range(2, 7)))
    caught = after_success("f1", state, late, now).state
    assert caught.wants_whole_document(now + 20 * DAY)
    assert not replace(caught, read_at=(now + 31 * DAY).timestamp()).wants_whole_document(
        now + 31 * DAY
    )


def test_an_honest_304_is_not_held_against_a_server() -> None:
    state = after_success("f1", followed(HOUR), Observation(not_modified=True), NOW + HOUR).state
    fresh = Observation(20, 1, (NOW + 80 * MINUTE,))
    plan = after_success("f1", state, fresh, NOW + 90 * MINUTE)
    assert plan.state.distrusted_until is None
    assert not plan.state.wants_whole_document(NOW + 91 * MINUTE)


def test_entries_that_appear_after_their_date_make_no_304_a_lie() -> None:
    """As behind a cache: a poll is answered 304, the next has an entry of ten minutes before."""
    state = after_success("f1", followed(HOUR), Observation(not_modified=True), NOW + HOUR).state
    held_back = Observation(20, 1, (NOW + 50 * MINUTE,))
    for asked_at in (NOW + 90 * MINUTE, NOW + 8 * DAY):  # conditionally, and for the whole document
        plan = after_success("f1", state, held_back, asked_at)
        assert plan.state.distrusted_until is None
    days_old = Observation(20, 1, (NOW - DAY,))
    plan = after_success("f1", state, days_old, NOW + 8 * DAY)
    assert plan.state.wants_whole_document(NOW + 9 * DAY)


def test_a_whole_document_is_asked_for_once_a_week_at_least() -> None:
    state = followed(300 * DAY)
    assert not state.wants_whole_document(NOW + 6 * DAY)
    assert state.wants_whole_document(NOW + 7 * DAY)


# Clocks, runs, hosts.


def test_a_clock_that_jumps_a_day_forwards_and_back_does_no_harm() -> None:
    state = polled_steadily(PollState(), set(range(24)), days=10)
    now = NOW + 10 * DAY
    usual = after_success("f1", state, Observation(20, 1, (now - MINUTE,)), now)
    ahead = after_success("f1", usual.state, Observation(20, 1), now + DAY)
    back = after_success("f1", ahead.state, Observation(20, 1), now + HOUR)
    assert back.interval <= 2 * usual.interval
    assert back.state.rhythm.days >= 0
    failed = after_failure("f1", back.state, SERVER_ERROR, now + DAY)
    earlier = after_failure("f1", failed.state, SERVER_ERROR, now)
    assert earlier.interval <= 30 * MINUTE


def test_a_clock_that_was_years_ahead_is_forgotten_within_weeks() -> None:
    state = polled_steadily(PollState(), set(range(24)), days=10)
    now = NOW + 10 * DAY
    future = after_success("f1", state, Observation(20, 20), now + 365 * 50 * DAY)
    state = after_success("f1", future.state, Observation(20, 1), now).state
    assert state.rhythm.days < 60
    assert not state.wants_whole_document(now + MINUTE)
    state = polled_steadily(state, set(range(24)), days=20, at=now)
    plan = after_success("f1", state, Observation(20), now + 20 * DAY)
    assert plan.interval <= 30 * MINUTE
    assert plan.state.rhythm.faded_at <= (now + 20 * DAY).timestamp()


def reaches(**publishers: str) -> list[Reach]:
    """ "-" is not reached and "+" reached; "x" and "o" the same of feeds that had failed."""
    return [
        Reach(name, reached=letter in "+o", was_failing=letter in "xo")
        for name, letters in publishers.items()
        for letter in letters
    ]


@pytest.mark.parametrize(
    ("polls", "offline"),
    [
        (reaches(a="-", b="-", c="-"), True),
        (reaches(a="-", b="-", c="-", d="+"), True),
        (reaches(a="-", b="-", c="-", d="+", e="+", f="+"), False),
        (reaches(a="----------------"), False),
        (reaches(a="-", b="-"), False),
        (reaches(a="x", b="x", c="x", d="x"), False),
        (reaches(a="x", b="x", c="x", d="-", e="-", f="-"), True),
        (reaches(a="-", b="-", c="-", d="o", e="o", f="o"), False),
        (reaches(a="-+", b="-+", c="-+"), False),
        ([], False),
    ],
)
def test_our_own_outage_is_told_from_theirs(polls: list[Reach], offline: bool) -> None:
    assert is_offline(polls) is offline


def test_offline_no_feed_is_blamed_and_all_are_due_again_soon() -> None:
    state = followed(DAY)
    plan = after_offline("f1", state, NOW)
    assert plan.state == state
    assert timedelta(0) < plan.interval <= 5 * MINUTE


def test_feeds_of_one_host_are_spread_out() -> None:
    plan = Plan(NOW + HOUR, HOUR, "", PollState())
    spread = spread_out([("a", plan)] * 4 + [("b", plan)], {})
    times = [each.next_poll_at for each in spread]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times[:4])]
    assert gaps == [timedelta(seconds=20)] * 3
    assert times[4] == NOW + HOUR
    crowd = spread_out([("a", plan)] * 500, {})
    assert max(each.next_poll_at for each in crowd) <= NOW + HOUR + 7 * MINUTE


def test_polls_are_put_apart_from_those_that_are_planned_already() -> None:
    plan = Plan(NOW + HOUR, HOUR, "", PollState())
    seconds = timedelta(seconds=1)
    taken = [NOW + HOUR + n * 20 * seconds for n in (-2, 0, 1, 4)]
    (moved,) = spread_out([("a", plan)], {"a": taken, "b": [NOW + HOUR]})
    assert moved.next_poll_at == NOW + HOUR + 40 * seconds
    assert moved.interval == HOUR + 40 * seconds


@pytest.mark.parametrize(
    ("error", "reached"),
    [
        (None, True),
        (SERVER_ERROR, True),
        (GONE, True),
        (DnsFailed("", url=URL), False),
        (ConnectFailed("", url=URL), False),
        (RobotsDisallowed("", url=URL), None),
        (MissingSecret("", url=URL), None),
    ],
)
def test_what_a_poll_shows_of_the_way_there(
    error: OutcomeError | None, reached: bool | None
) -> None:
    seen = reach("a", error, was_failing=False)
    assert (seen.reached if seen else None) is reached


def test_jitter_parts_feeds_and_is_the_same_each_time() -> None:
    first = document(DAY)
    plans = [after_success(f"f{n}", PollState(), first, NOW) for n in range(20)]
    assert len({plan.next_poll_at for plan in plans}) > 10
    assert plans[3] == after_success("f3", PollState(), first, NOW)


# Bounds, whatever happens.

observations = st.builds(
    Observation,
    entries=st.integers(0, 500),
    new=st.integers(0, 500),
    published=st.lists(
        st.integers(-(10**8), 10**8).map(lambda offset: NOW + timedelta(seconds=offset)),
        max_size=8,
    ).map(tuple),
    not_modified=st.booleans(),
    ttl=st.none() | st.floats(0, 1e12),
    syndication=st.none() | st.floats(0, 1e12),
    max_age=st.none() | st.floats(0, 1e12),
    moved_to=st.sampled_from([None, "a", "b"]),
)
errors = st.sampled_from(
    [SERVER_ERROR, GONE, Throttled("429", url=URL, status=429, retry_after=1e12)]
)
steps = st.lists(
    st.tuples(st.integers(-(10**6), 10**7), observations | errors), min_size=1, max_size=25
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_every_plan_is_within_bounds_and_every_state_can_be_stored(
    history: list[tuple[int, Observation | OutcomeError]],
) -> None:
    state, now = PollState(), NOW
    for seconds, event in history:
        now += timedelta(seconds=seconds)
        if isinstance(event, Observation):
            plan = after_success("f1", state, event, now)
            assert 5 * MINUTE <= plan.interval <= DAY
        else:
            plan = after_failure("f1", state, event, now)
            assert 5 * MINUTE <= plan.interval <= 7 * DAY
        assert plan.next_poll_at == now + plan.interval
        assert plan.reason
        stored = json.dumps(plan.state.as_dict(), allow_nan=False)
        assert len(stored) < 1200
        state = PollState.from_dict(json.loads(stored))
        again = PollState.from_dict(json.loads(json.dumps(state.as_dict())))
        assert again == state


@given(st.lists(st.floats(0, 30 * 86400), max_size=60), st.floats(0.1, 5), st.floats(0, 7 * 86400))
def test_waiting_for_updates_and_counting_them_agree(
    times: list[float], wanted: float, start: float
) -> None:
    rhythm = learn(FeedRhythm(), times, 30 * 86400.0, 30 * 86400.0)
    begin = 30 * 86400.0 + start
    wait = wait_for(rhythm, wanted, begin, 365 * 86400.0)
    assert expected_updates(rhythm, begin, begin + wait) == pytest.approx(wanted, rel=1e-6)


# The simulator.


@pytest.fixture(scope="module")
def totals() -> Totals:
    feeds = feeds_mix(120, 12, seed=5)
    return {name: simulate(feeds, policy, 12) for name, policy in POLICIES.items()}


def test_ours_costs_half_and_loses_no_more_than_polling_every_quarter_of_an_hour(
    totals: Totals,
) -> None:
    ours, fixed = totals["ours"]["all"], totals["fixed 15 min"]["all"]
    assert ours.published == fixed.published > 1000
    assert ours.requests_per_entry <= 0.5 * fixed.requests_per_entry
    assert ours.lost <= 1.2 * fixed.lost
    assert ours.delay(50) <= 1.5 * fixed.delay(50)


@pytest.mark.parametrize("other", ["Miniflux", "Media Cloud"])
def test_ours_is_sooner_and_loses_less_than_others(totals: Totals, other: str) -> None:
    ours, theirs = totals["ours"]["all"], totals[other]["all"]
    assert ours.delay(95) < theirs.delay(95)
    assert ours.lost < theirs.lost


def test_the_mix_is_the_same_each_time() -> None:
    first, second = feeds_mix(30, 3, seed=1), feeds_mix(30, 3, seed=1)
    assert [feed.published.tolist() for feed in first] == [
        feed.published.tolist() for feed in second
    ]
    assert feeds_mix(30, 3, seed=2)[0].published.tolist() != first[0].published.tolist()
