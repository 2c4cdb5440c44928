"""What a successful poll shows the policy, taken from the answer and the document in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.polling.policy import Observation, PollState
from ingest.types import FeedEntry, FetchResponse, ParsedFeed

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


def observe(
    state: PollState,
    answer: FetchResponse,
    document: ParsedFeed | None,
    new: Sequence[FeedEntry],
    *,
    moved_to: str | None = None,
) -> Observation:
    """The observation of a poll that was answered. `document` is None when the body is the one that
    was read before, or none was sent; `new` are the entries never seen before.

    A document that broke off counts for as many entries as the last one: what is missing at its end
    is known, more likely than not.
    """
    entries = len(document.entries) if document else 0
    if document and document.partial:
        entries = max(entries, state.window)
    return Observation(
        entries=entries,
        new=len(new),
        published=tuple(
            entry.published_at
            for entry in new
            if entry.published_at
            and entry.published_precision != "day"
            and entry.published_at <= answer.fetched_at
        ),
        not_modified=answer.not_modified,
        ttl=document.ttl if document else None,
        syndication=document.syndication if document else None,
        max_age=fresh_seconds(answer.header("cache-control"), answer.header("age")),
        moved_to=moved_to,
    )


def fresh_seconds(cache_control: str | None, age: str | None) -> float | None:
    """For how long an answer may be kept without asking again (RFC 9111, 4.2), None when it does
    not say: max-age, less the time it has spent in caches on its way."""
    found = _MAX_AGE.search(cache_control or "")
    if not found or _NOT_KEPT.search(cache_control or ""):
        return None
    spent = int(age) if age and age.strip().isdecimal() and len(age) < 10 else 0
    return float(max(int(found[1]) - spent, 0))
