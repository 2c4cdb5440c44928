"""When to poll a feed next, decided from what its polls have shown.

Pure: state and observation in, plan and new state out; `now` is passed in, and jitter comes of a
hash. The habits of a feed are learnt in `ingest.polling.rhythm`; what concerns many feeds at once
is in `ingest.polling.runs`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from ingest.errors import Gone, OutcomeError, Throttled
from ingest.polling.rhythm import (
    DAY,
    HOUR,
    FeedRhythm,
    expected_updates,
    learn,
    lively_after,
    wait_for,
)

MINUTE = 60.0

SHORTEST_INTERVAL = 5 * MINUTE
"""As often as runs start; more would be a burden on any publisher."""

LONGEST_INTERVAL = 24 * HOUR
"""A feed that answers is polled once a day at least: the silent ones come back too."""

WINDOW_SHARE = 1 / 3
"""A poll is due when this share of a feed's entries is likely to be new: three times the usual rate
still loses nothing."""

UPDATES_PER_POLL = 0.5
"""A poll is due when half an update is to be expected, that is after half the usual gap between
updates at that hour of that weekday."""

FRESH = 15 * MINUTE
REQUESTS_PER_ENTRY = 80.0
"""Where polls `FRESH` apart cost no more than this many requests for each new entry, at that hour
of that weekday, the interval is no longer. Half the usual gap alone leaves one entry in twenty
waiting for hours; `docs/polling.md` shows what more and fewer requests would bring."""

LIVELY_DAYS = 1.0
"""Days of watching before a feed may be found lively."""

FLOOR_UPDATES = 1.0
"""A floor is obeyed no longer than the usual gap between updates: a feed that publishes more often
than it says contradicts itself, and a floor must not cost entries."""

LONGEST_FLOOR = 60 * MINUTE
"""What a publisher asks for is obeyed up to here. Feeds ask for days and publish hourly."""

BOILERPLATE_SY = 60 * MINUTE
"""`sy:updatePeriod` hourly, once, is what WordPress writes into every feed, whatever the site
publishes (wp-includes/feed-rss2.php): it says nothing."""

OVERFLOW_MEMORY = 7 * DAY
"""For so long after entries were lost, no floor is obeyed and the window counts for a half."""

FAILING_SHARE = 1 / 4
"""The next try at a failing feed comes after this share of the time it has failed already, so that
an outage lasts little longer for us than it did, and a dead feed costs little: about 30 requests
in its first four days, then one a day."""

LONGEST_BACK_OFF = 24 * HOUR
LONGEST_LATE_BACK_OFF = 7 * DAY
LATE = 14 * DAY
"""A failing feed is polled once a day at least, once a week when it has failed for two weeks; it is
never given up. Media Cloud has seen many feeds return after weeks of 404 (mediacloud/rss-fetcher,
fetcher/config.py on MAX_FAILURES)."""

GONE_POLLS = 3
GONE_SPACING = 12 * HOUR
"""So many answers of 410 in a row, this far apart, pause a feed: it is asked once a week only."""

MOVED_POLLS = 3
"""So many polls in a row must be redirected to the same address, permanently, before it replaces
the old one: some permanent redirects are of an afternoon."""

SUSPICIOUS_SILENCE = 6.0
"""Updates that should have come while the server answered 304: by chance, one such silence in four
hundred. The next poll asks for the whole document."""

LONGEST_UNREAD = 7 * DAY
"""The whole document is asked for once a week at least."""

DISTRUST = 30 * DAY
"""For so long after it was caught, a server that answers 304 to a changed document is asked without
validators. Media Cloud sends none to anyone for this reason (HTTP_CONDITIONAL_FETCH)."""

APPEARING = 3600.0
"""An entry may appear so long after its date: editors hold it back, caches answer for their server.
Where it is no more, a 304 in between was no lie."""

JITTER = 0.1
LONGEST_JITTER = 10 * MINUTE
"""Polls come earlier than planned by up to this share, and this time at most, so that feeds do not
march in step. Not later: the plan is already the latest good time."""


FIRST_DOCUMENT = 28 * DAY
"""So far back, the dates in the first document tell of the feed's habits."""


@dataclass(frozen=True, slots=True)
class Aims:
    """How eagerly feeds are polled; see the constants. No `requests_per_entry` at all leaves the
    rule of the quarter of an hour out. Others than these defaults are for the simulation."""

    updates_per_poll: float = UPDATES_PER_POLL
    requests_per_entry: float = REQUESTS_PER_ENTRY


AIMS = Aims()


@dataclass(frozen=True, slots=True)
class PollState:
    """What is kept of a feed between polls, in one row. Times are seconds since the epoch.

    `window` is the number of entries in the last document read, at `read_at`, and `asked` the
    interval in seconds that it asked for. `unread` counts the updates that should have come since,
    while the server said that nothing had changed.
    """

    rhythm: FeedRhythm = field(default_factory=FeedRhythm)
    answered_at: float | None = None
    read_at: float | None = None
    window: int = 0
    asked: float = 0.0
    unread: float = 0.0
    distrusted_until: float | None = None
    overflows: int = 0
    overflowed_at: float | None = None
    failures: int = 0
    failing_since: float | None = None
    gone: int = 0
    moved_to: str | None = None
    moved_polls: int = 0

    @property
    def paused(self) -> bool:
        """Whether the publisher has said often enough that the feed is gone."""
        return self.gone >= GONE_POLLS

    def wants_whole_document(self, now: datetime) -> bool:
        """Whether the next poll must not be conditional: 304 is not believed of this server."""
        time = now.timestamp()
        if self.distrusted_until is not None and time < self.distrusted_until <= time + DISTRUST:
            return True
        old = self.read_at is not None and abs(time - self.read_at) >= LONGEST_UNREAD
        return old or self.unread >= SUSPICIOUS_SILENCE

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, texts and lists, to be stored as JSON."""
        plain = {name: getattr(self, name) for name in _STATE_FIELDS}
        return {**plain, "rhythm": self.rhythm.as_dict()}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> PollState:
        """The state that `as_dict` gave, what it lacks at its default. Raises KeyError or
        ValueError when the rhythm is broken."""
        values = {name: plain[name] for name in _STATE_FIELDS & plain.keys()}
        if "rhythm" in values:
            values["rhythm"] = FeedRhythm.from_dict(values["rhythm"])
        return cls(**values)


_STATE_FIELDS = frozenset(entry.name for entry in fields(PollState))


@dataclass(frozen=True, slots=True)
class Observation:
    """What a successful poll showed.

    `entries` counts those in the document, `new` those never seen before; both are 0 when the body
    was not read. `published` has the times that new entries state, to the minute at least and not
    in the future. `not_modified` is an answer of 304. The floors `ttl`, `syndication` (sy:) and
    `max_age` (Cache-Control) are in seconds. `moved_to` is the target of a permanent redirect.
    """

    entries: int = 0
    new: int = 0
    published: tuple[datetime, ...] = ()
    not_modified: bool = False
    ttl: float | None = None
    syndication: float | None = None
    max_age: float | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """When a feed is polled next, and why, in a sentence for people.

    `overflowed`: entries were lost before this poll. `adopt_url` is the address to poll from now
    on, when it has proved to have moved. `paused`: see `PollState.paused`.
    """

    next_poll_at: datetime
    interval: timedelta
    reason: str
    state: PollState
    overflowed: bool = False
    adopt_url: str | None = None
    paused: bool = False


def after_success(
    feed_id: str,
    state: PollState,
    seen: Observation,
    now: datetime,
    *,
    aims: Aims = AIMS,
) -> Plan:
    """Learn from a poll that was answered, and plan the next."""
    time = now.timestamp()
    overflowed = _overflowed(state, seen)
    moved_polls, adopt_url = _moved(state, seen)
    learnt = PollState(
        rhythm=_learnt(state, seen, time, overflowed),
        answered_at=time,
        read_at=state.read_at if seen.not_modified else time,
        window=seen.entries or state.window,
        asked=_asked(seen) if seen.entries else state.asked,
        unread=_unread(state, seen, time),
        distrusted_until=_distrusted_until(state, seen, now),
        overflows=state.overflows + overflowed,
        overflowed_at=time if overflowed else state.overflowed_at,
        moved_to=None if adopt_url else seen.moved_to,
        moved_polls=moved_polls,
    )
    wait, reason = _wait(state, learnt, seen, time, aims)
    wait = max(
        wait - min(wait * JITTER, LONGEST_JITTER) * fraction(feed_id, time), SHORTEST_INTERVAL
    )
    return _plan(now, wait, reason, learnt, overflowed=overflowed, adopt_url=adopt_url)


def after_failure(feed_id: str, state: PollState, error: OutcomeError, now: datetime) -> Plan:
    """Plan the next try at a feed whose poll failed; nothing it has taught is forgotten.

    Every failure counts alike: 404, 5xx and unknown hosts come back. Only 410 is believed, the
    third time.
    """
    time = now.timestamp()
    since = min(time, state.failing_since if state.failures and state.failing_since else time)
    gone = state.gone + 1 if isinstance(error, Gone) else 0
    failing = replace(
        state,
        failures=state.failures + 1,
        failing_since=since,
        gone=gone,
        moved_to=None,
        moved_polls=0,
    )
    if failing.paused:
        reason = f"gone (410) {gone} times in a row: paused, asked once a week"
        return _plan(now, LONGEST_LATE_BACK_OFF, reason, failing, paused=True)
    usual = wait_for(state.rhythm, UPDATES_PER_POLL, time, FRESH)
    longest = LONGEST_BACK_OFF if time - since < LATE else LONGEST_LATE_BACK_OFF
    wait = min(max((time - since) * FAILING_SHARE, usual, SHORTEST_INTERVAL), longest)
    wait = max(wait * (1 - 2 * JITTER * fraction(feed_id, time)), SHORTEST_INTERVAL)
    if gone:
        wait = max(wait, GONE_SPACING)
    if isinstance(error, Throttled) and error.retry_after is not None:
        wait = max(wait, min(error.retry_after, LONGEST_LATE_BACK_OFF))
    often = f"{failing.failures} times in {_spoken(time - since)}"
    reason = f"failed {often if failing.failures > 1 else 'once'}: backing off"
    return _plan(now, wait, reason, failing)


def fraction(feed_id: str, time: float) -> float:
    """A number from 0 up to 1 that is the same for the same feed and second, for jitter."""
    return zlib.crc32(f"{feed_id} {int(time)}".encode()) / 2**32


def _plan(
    now: datetime,
    wait: float,
    reason: str,
    state: PollState,
    *,
    overflowed: bool = False,
    adopt_url: str | None = None,
    paused: bool = False,
) -> Plan:
    interval = timedelta(seconds=round(wait))
    return Plan(now + interval, interval, reason, state, overflowed, adopt_url, paused)


def _overflowed(state: PollState, seen: Observation) -> bool:
    """Whether entries came and went between this poll and the last: none is known.

    A feed of one entry shows nothing: any new one drives out the last.
    """
    return state.read_at is not None and seen.entries >= 2 and seen.new >= seen.entries


def _moved(state: PollState, seen: Observation) -> tuple[int, str | None]:
    """Polls in a row that were redirected to the same address, and that address if they suffice."""
    if seen.moved_to is None:
        return 0, None
    polls = state.moved_polls + 1 if seen.moved_to == state.moved_to else 1
    return (0, seen.moved_to) if polls >= MOVED_POLLS else (polls, None)


def _unread(state: PollState, seen: Observation, time: float) -> float:
    if not seen.not_modified or state.answered_at is None:
        return 0.0
    return state.unread + expected_updates(state.rhythm, state.answered_at, time)


def _distrusted_until(state: PollState, seen: Observation, now: datetime) -> float | None:
    """Catch a server that has answered 304 although entries had come; distrust it for a while.

    Only a whole document that was asked for can tell: one that answers a conditional request shows
    that the server knows of changes, though its entries appear some time after their date.
    """
    answered_at, silent = state.answered_at, state.unread >= SUSPICIOUS_SILENCE
    asked_whole = state.unread > 0 and state.wants_whole_document(now)
    if asked_whole and seen.new and answered_at is not None:
        known = answered_at - (0 if silent else APPEARING)
        stated = [published.timestamp() for published in seen.published]
        if any(published < known for published in stated) or (not stated and silent):
            return now.timestamp() + DISTRUST
    return state.distrusted_until


def _learnt(state: PollState, seen: Observation, time: float, overflowed: bool) -> FeedRhythm:
    stated = [published.timestamp() for published in seen.published] if seen.new else []
    if state.answered_at is None:
        recent = sorted(moment for moment in stated if time - FIRST_DOCUMENT <= moment <= time)
        # The oldest only marks where the watching begins, unless the document reaches further.
        whole = bool(stated) and min(stated) < time - FIRST_DOCUMENT
        if len(recent) < 2 and not whole:
            return replace(state.rhythm, faded_at=time)
        start = time - FIRST_DOCUMENT if whole else recent[0]
        return learn(state.rhythm, recent if whole else recent[1:], time - start, time)
    since = min(state.answered_at, time)
    if state.unread > 0 and state.read_at is not None:
        # What a server kept back with 304 may be older than its last answer.
        credible = [moment for moment in stated if state.read_at < moment <= time]
    else:
        credible = [moment for moment in stated if since < moment <= time]
    undated = seen.new - len(credible)
    if undated > 0:
        step = (time - since) / undated
        credible += [since + (number + 0.5) * step for number in range(undated)]
    watched = time - since
    if overflowed and stated:
        watched = min(watched, time - min(credible))
    return learn(state.rhythm, credible, watched, time)


def _wait(
    before: PollState, state: PollState, seen: Observation, time: float, aims: Aims
) -> tuple[float, str]:
    """Seconds to the next poll, and why."""
    hasty = state.overflowed_at is not None and abs(time - state.overflowed_at) < OVERFLOW_MEMORY
    share = WINDOW_SHARE / 2 if hasty else WINDOW_SHARE
    window_updates = share * max(state.window, 1) / state.rhythm.entries_per_update
    by_window = window_updates < aims.updates_per_poll
    wait = wait_for(
        state.rhythm, min(window_updates, aims.updates_per_poll), time, LONGEST_INTERVAL
    )
    if seen.new and before.answered_at is not None and time > before.answered_at:
        # The pace of the moment, whatever the habits.
        pace = (time - before.answered_at) * share * max(seen.entries, 1) / seen.new
        if pace < wait:
            wait, by_window = pace, True
    if state.overflows > before.overflows:
        return wait, f"all {seen.entries} entries were new, some were lost: polled sooner"
    lively = False
    if wait > FRESH and aims.requests_per_entry and state.rhythm.days >= LIVELY_DAYS:
        per_hour = HOUR / FRESH / aims.requests_per_entry
        fresh = FRESH + lively_after(state.rhythm, time, wait, per_hour)
        if fresh < wait:
            wait, by_window, lively = fresh, False, True
    floor = 0.0 if hasty else min(max(state.asked, seen.max_age or 0.0), LONGEST_FLOOR)
    if floor > wait and not by_window:
        usual = wait_for(state.rhythm, min(window_updates, FLOOR_UPDATES), time, LONGEST_INTERVAL)
        if wait < min(floor, usual):
            return min(floor, usual), f"asks not to be polled more often than {_every(floor)}"
    if lively:
        return wait, f"lively: polled {_every(FRESH)} at its busy hours"
    if by_window:
        part = "a sixth" if hasty else "a third"
        return wait, f"{part} of its {state.window} entries is new {_every(wait)}"
    if wait >= LONGEST_INTERVAL:
        return wait, "publishes less than every other day: polled once a day"
    if not state.rhythm.days:
        return wait, "nothing is known of its habits yet"
    return wait, f"half its usual gap at this hour, about {state.rhythm.updates_per_day:.1f} a day"


def _asked(seen: Observation) -> float:
    """The interval the document asks for, in seconds; 0 when it asks for none."""
    syndication = None if seen.syndication == BOILERPLATE_SY else seen.syndication
    return max(seen.ttl or 0.0, syndication or 0.0)


def _every(seconds: float) -> str:
    return f"every {_spoken(seconds)}"


def _spoken(seconds: float) -> str:
    if seconds < 90 * MINUTE:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < 2 * DAY:
        return f"{seconds / HOUR:.0f} h"
    return f"{seconds / DAY:.0f} days"
