"""What concerns the feeds of a run together: spacing, and whether we are offline."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.errors import OutcomeError
from ingest.polling.policy import SHORTEST_INTERVAL, Plan, PollState, fraction

UNREACHED_KINDS = frozenset({"dns", "connect", "tls", "deadline"})
"""Errors that say that the publisher was not reached, whoever's fault it was."""

SILENT_KINDS = frozenset(
    {"url_refused", "address_refused", "missing_secret", "robots_disallowed", "robots_unavailable",
     "throttled"}
)  # fmt: skip
"""Errors that are found here, or were remembered: they say nothing about the way there."""

OFFLINE_WITNESSES = 3
"""Publishers that must have been in order before and unreached now, before the fault is ours."""

OFFLINE_RETRY = timedelta(seconds=SHORTEST_INTERVAL)
"""After a run that was offline, every feed of it is due again at the next."""

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


def reach(publisher: str, error: OutcomeError | None, *, was_failing: bool) -> Reach | None:
    """What a poll shows of the way to its publisher, given how it ended; None when it ended before
    anybody was asked."""
    if error is not None and error.kind in SILENT_KINDS:
        return None
    return Reach(publisher, error is None or error.kind not in UNREACHED_KINDS, was_failing)


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


def spread_out(
    plans: Sequence[tuple[str, Plan]], planned: Mapping[str, Sequence[datetime]]
) -> list[Plan]:
    """Put polls of one host (first of each pair) that would come together a little apart, and apart
    from those that are `planned` of it already.

    Order is kept. No poll moves by more than a tenth of its interval, so a host with hundreds of
    feeds still has some together: the fetcher's own spacing sees to these.
    """
    spread: list[Plan] = [plan for _, plan in plans]
    taken = {host: sorted(times) for host, times in planned.items()}
    order = sorted(range(len(plans)), key=lambda place: (spread[place].next_poll_at, place))
    for place in order:
        plan, times = spread[place], taken.setdefault(plans[place][0], [])
        free = _free(times, plan.next_poll_at)
        off = min(free - plan.next_poll_at, plan.interval * SPACING_SHARE)
        if off:
            plan = spread[place] = replace(
                plan, next_poll_at=plan.next_poll_at + off, interval=plan.interval + off
            )
        insort(times, plan.next_poll_at)
    return spread


def _free(taken: Sequence[datetime], wanted: datetime) -> datetime:
    """The first time from `wanted` on that is far enough from every time in `taken` (sorted)."""
    free = wanted
    for time in taken[bisect_right(taken, wanted - HOST_SPACING) :]:
        if time >= free + HOST_SPACING:
            break
        free = time + HOST_SPACING
    return free
