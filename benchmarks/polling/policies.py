"""The policies that are compared.

Those of other programs are written anew from what their code does; none of it is copied. Each gets
the best case where its code leaves a choice: no limit on requests, its turn at every run.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import UTC, datetime

from benchmarks.polling.feeds_mix import DAY, SimulatedFeed
from benchmarks.polling.simulate import Answer, FeedPolicy, Policy
from ingest.errors import Gone, HttpServerError
from ingest.polling.policy import (
    AIMS,
    Aims,
    Observation,
    PollState,
    after_failure,
    after_success,
)

MINUTE = 60.0


class Ours:
    """`ingest.polling.policy`, as it runs."""

    def __init__(self, feed: SimulatedFeed, aims: Aims, *, floors: bool) -> None:
        self.feed = feed
        self.floors = (feed.ttl, feed.syndication, feed.max_age) if floors else (None, None, None)
        self.aims = aims
        self.state = PollState()
        self.error = HttpServerError("500", url="", status=500)
        self.gone = Gone("410", url="", status=410)

    def conditional(self, now: float) -> bool:
        return not self.state.wants_whole_document(_at(now))

    def answered(self, answer: Answer, now: float) -> float:
        feed = self.feed
        ttl, syndication, max_age = self.floors
        published = tuple(_at(time) for time in answer.new if time <= now)
        seen = Observation(
            entries=answer.entries,
            new=len(answer.new),
            published=published,
            not_modified=answer.not_modified,
            ttl=ttl,
            syndication=syndication,
            max_age=max_age,
        )
        plan = after_success(feed.feed_id, self.state, seen, _at(now), aims=self.aims)
        self.state = plan.state
        return plan.next_poll_at.timestamp()

    def failed(self, now: float, *, gone: bool) -> float:
        error = self.gone if gone else self.error
        plan = after_failure(self.feed.feed_id, self.state, error, _at(now))
        self.state = plan.state
        return plan.next_poll_at.timestamp()


class Fixed:
    """The same interval always, validators never believed: the strongest form of it."""

    def __init__(self, interval: float) -> None:
        self.interval = interval

    def conditional(self, now: float) -> bool:
        return False

    def answered(self, answer: Answer, now: float) -> float:
        return now + self.interval

    def failed(self, now: float, *, gone: bool) -> float:
        return now + self.interval


class Miniflux:
    """Miniflux with POLLING_SCHEDULER=entry_frequency and its defaults.

    The interval is a week divided by a "virtual weekly count": what the mean gap between the oldest
    and the newest entry dated within the last week would make of a week; 24 h when there are fewer
    than two, or no gap; 5 min to 24 h. ttl, Cache-Control and Expires are floors when the document
    was read. Requests are conditional. A feed is dropped from the queue after three errors in a row
    (POLLING_PARSING_ERROR_LIMIT) until the user steps in, which nobody does here. Its queue is
    looked at once an hour by default (POLLING_FREQUENCY), 100 feeds at a time (BATCH_SIZE); here at
    every run, without a limit.
    (miniflux/v2: internal/model/feed.go ScheduleNextCheck, internal/storage/feed.go
    WeeklyFeedEntryCount, internal/reader/handler/handler.go RefreshFeed, internal/storage/batch.go,
    internal/config/options.go.)
    """

    ERROR_LIMIT = 3
    SHORTEST, LONGEST = 5 * MINUTE, 24 * 60 * MINUTE

    def __init__(self, feed: SimulatedFeed, error_limit: float = ERROR_LIMIT) -> None:
        self.error_limit = error_limit
        self.floor = max(feed.ttl or 0.0, feed.max_age or 0.0)
        self.errors = 0
        self.dates: deque[float] = deque()

    def conditional(self, now: float) -> bool:
        return True

    def _interval(self, now: float) -> float:
        while self.dates and self.dates[0] < now - 7 * DAY:
            self.dates.popleft()
        span = self.dates[-1] - self.dates[0] if len(self.dates) > 1 else 0.0
        if span <= 0:
            return self.LONGEST
        weekly = math.ceil(7 * DAY * (len(self.dates) - 1) / span)
        return min(max(round(7 * 24 * 60 / weekly) * MINUTE, self.SHORTEST), self.LONGEST)

    def answered(self, answer: Answer, now: float) -> float:
        interval = self._interval(now)
        self.errors = 0
        if not answer.not_modified:
            first = not self.dates
            self.dates.extend(now if math.isnan(time) else time for time in answer.new)
            if first:
                # The documents of a new feed are stored when it is added, before it is scheduled.
                interval = self._interval(now)
            interval = min(max(interval, self.floor), self.LONGEST)
        return now + interval

    def failed(self, now: float, *, gone: bool) -> float:
        self.errors += 1
        return now + self._interval(now) if self.errors < self.error_limit else math.inf


class MediaCloud:
    """Media Cloud's rss-fetcher with the defaults of its configuration.

    Starts at the interval of `sy:`, else 6 h. When two thirds or more of the entries are known, 10
    min are added; when less than a third are, the interval falls to 6 h, or by 60 min if it is no
    longer than that; 10 min (or `sy:`) to 24 h. Errors count a half each; from the second on the
    interval is multiplied by the count, to 24 h, and to 30 days after thirty. Requests are not
    conditional, for servers lie.
    (mediacloud/rss-fetcher: fetcher/tasks.py update_feed, _check_auto_adjust and below,
    fetcher/config.py.)
    """

    DEFAULT, LONGEST, SHORTEST = 360.0, 1440.0, 10.0
    STEP_UP, STEP_DOWN = 10.0, 60.0
    SOFT_FAILURE, MAX_FAILURES, UNDEAD_DAYS = 0.5, 30.0, 30

    def __init__(self, feed: SimulatedFeed) -> None:
        self.update = feed.syndication / MINUTE if feed.syndication else None
        self.minutes: float | None = None
        self.succeeded = False
        self.failures = 0.0

    def conditional(self, now: float) -> bool:
        return False

    def answered(self, answer: Answer, now: float) -> float:
        minutes = self.minutes or self.update or self.DEFAULT
        known = 1 - len(answer.new) / answer.entries if answer.entries else 1.0
        if self.succeeded and known >= 0.67:
            minutes = min(minutes + self.STEP_UP, self.LONGEST)
        elif self.succeeded and known < 0.33:
            lower = self.DEFAULT if minutes > self.DEFAULT else minutes - self.STEP_DOWN
            minutes = max(lower, self.update or 0.0, self.SHORTEST)
        self.minutes, self.succeeded, self.failures = minutes, True, 0.0
        return now + minutes * MINUTE

    def failed(self, now: float, *, gone: bool) -> float:
        # 404, 429 and 5xx are soft, any other status is not.
        self.failures += 1.0 if gone else self.SOFT_FAILURE
        minutes = self.minutes = self.minutes or self.update or self.DEFAULT
        if self.failures >= 1:
            late = self.failures > self.MAX_FAILURES
            longest = self.UNDEAD_DAYS * 1440.0 if late else self.LONGEST
            minutes = min(minutes * self.failures, longest)
        return now + minutes * MINUTE


def ours(aims: Aims = AIMS, *, floors: bool = True) -> Policy:
    """Our policy; or one with other aims, or deaf to what publishers ask for."""

    def at_work(feed: SimulatedFeed) -> FeedPolicy:
        return Ours(feed, aims, floors=floors)

    return at_work


def fixed(minutes: float) -> Policy:
    return lambda feed: Fixed(minutes * MINUTE)


POLICIES: dict[str, Policy] = {
    "ours": ours(),
    "ours, floors not obeyed": ours(floors=False),
    "fixed 15 min": fixed(15),
    "fixed 60 min": fixed(60),
    "Miniflux": Miniflux,
    "Miniflux, no error limit": lambda feed: Miniflux(feed, math.inf),
    "Media Cloud": MediaCloud,
}


def _at(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)
