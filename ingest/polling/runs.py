"""What concerns the feeds of a run together: which are due, spacing, and whether we are offline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.polling.policy import (
    LONGEST_LATE_BACK_OFF,
    SHORTEST_INTERVAL,
    Plan,
    PollState,
    fraction,
)

UNREACHED_KINDS = frozenset({"dns", "connect", "tls", "deadline"})
"""Errors that say that the publisher was not reached, whoever's fault it was."""

OFFLINE_WITNESSES = 3
"""Publishers that must have been in order before and unreached now, before the fault is ours."""

OFFLINE_RETRY = timedelta(seconds=SHORTEST_INTERVAL)
"""After a run that was offline, every feed of it is due again at the next."""

FARTHEST_POLL = timedelta(seconds=LONGEST_LATE_BACK_OFF)
"""No poll is ever planned farther ahead; one that seems to be was planned by a clock that was
wrong."""

HOST_SPACING = timedelta(seconds=20)
"""Feeds of one host are planned this far apart."""

SPACING_SHARE = 0.1
"""To be spaced out, a poll is put off by no more than this share of its interval."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a poll reached its publisher. `was_failing`: its feed had failed before, and so says
    nothing about our own connection."""

    publisher: str
    reached: bool
    was_failing: bool


def is_due(next_poll_at: datetime, last_poll_at: datetime | None, now: datetime) -> bool:
    """Whether a feed is to be polled now.

    Also when its times are beyond belief, for the clock has gone wrong and been put right: planned
    farther ahead than plans go, or polled in the future.
    """
    from_the_future = last_poll_at is not None and last_poll_at > now
    return next_poll_at <= now or from_the_future or next_poll_at - now > FARTHEST_POLL


def is_offline(polls: Iterable[Reach]) -> bool:
    """Whether the polls of a run failed because of our own connection.

    That is when more than half of the publishers that were in order before, and three at least,
    were not reached by any poll. Feeds that had failed before are no witnesses, for a run may
    consist of nothing but dead ones; but one of them answering shows that we are online.
    """
    reached: dict[str, bool] = defaultdict(bool)
    for poll in polls:
        if poll.reached or not poll.was_failing:
            reached[poll.publisher] |= poll.reached
    unreached = sum(not answer for answer in reached.values())
    return unreached >= OFFLINE_WITNESSES and 2 * unreached > len(reached)


def after_offline(feed_id: str, state: PollState, now: datetime) -> Plan:
    """Plan a feed that was not reached because we were offline: soon, and without blame."""
    wait = OFFLINE_RETRY * (1 - 0.5 * fraction(feed_id, now.timestamp()))
    reason = "we were offline: due again soon, the feed is not blamed"
    return Plan(now + wait, wait, reason, state)


def spread_out(plans: Sequence[tuple[str, Plan]]) -> list[Plan]:
    """Put polls of one host (first of each pair) that would come together a little apart.

    Order is kept. No poll moves by more than a tenth of its interval, so a host with hundreds of
    feeds still has some together: the fetcher's own spacing sees to these.
    """
    spread: list[Plan] = [plan for _, plan in plans]
    places: dict[str, list[int]] = defaultdict(list)
    for place, (host, _) in enumerate(plans):
        places[host].append(place)
    for shared in places.values():
        free: datetime | None = None
        for place in sorted(shared, key=lambda place: (spread[place].next_poll_at, place)):
            plan = spread[place]
            if free is not None and plan.next_poll_at < free:
                off = min(free - plan.next_poll_at, plan.interval * SPACING_SHARE)
                plan = spread[place] = replace(
                    plan, next_poll_at=plan.next_poll_at + off, interval=plan.interval + off
                )
            free = plan.next_poll_at + HOST_SPACING
    return spread
