"""The original of a story: signals, their weights, and what speaks for it.

Every signal is kept with the words that gave it, so that a person can see why it was believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from ingest.extraction.agencies import agency_named
from ingest.extraction.credits import statements
from ingest.matching.boilerplate import restore
from ingest.outlet_names import means, own_brand
from ingest.types import Article, Copy, StatementKind
from ingest.urls import url_key

CANONICAL_WEIGHT = 6
"""rel=canonical to another publisher says it outright; on 439 real pages the 11 that named another
host were true reprints."""

CREDIT_WEIGHT = 4
"""A credit that was read from the page's markup or byline."""

PHRASE_WEIGHTS: Mapping[StatementKind, int] = {
    "original_source": 5,
    "originally_published": 4,
    "republished": 4,
    "source_line": 3,
    "dateline": 3,
    "byline": 3,
    "bio": 2,
    "copyright": 2,
    "read_more": 2,
    "contributor": 1,
    "via": 1,
}
"""What a phrase in the text weighs. Who had a hand in an article is not whom it is from."""

EARLIEST_WEIGHT = 2
"""Earliest publication decides where nothing better does; one clock in twenty is wrong."""

FIRST_SEEN_WEIGHT = 1
"""Seen first, where publication times are missing or only days."""

CONTAINED_WEIGHT = 1
"""The text that others have inside a frame of their own."""

HABIT_WEIGHT = 4
"""For a publisher that always had the original of what others carry too; as much against one that
never had it, so that an early clock alone does not make a reprinter the original."""

OWN_CREDIT_WEIGHT = -4
"""A text that names another as its source is not the original."""

NEARLY_TIED = 0.5
"""Members whose scores, times apart, differ by no more are told apart by time only."""

SEEN_TOGETHER = timedelta(minutes=10)
"""And not by which was seen first, when both were within one run or so."""

STRONG_CREDIT = 4
"""From here on a credit to a publisher that is not held outweighs the earliest held copy."""

Status = Literal["held", "not_held", "uncertain"]


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to believe that `names` (a publisher, or whatever the words name) has the original.
    `article_id` is the article that the words stand in."""

    signal: str
    weight: int
    words: str
    names: str
    article_id: str

    def as_evidence(self) -> Mapping[str, object]:
        return {"signal": self.signal, "weight": self.weight, "words": self.words}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which member is the original, or whom the members credit, and why: the signals of each
    member, by article id."""

    original: Copy | None
    status: Status
    credit: str | None
    signals: Mapping[str, tuple[Signal, ...]]


def canonical_key(copy: Copy | Article) -> str | None:
    """The URL key of the address the page declares as its original; None when it is its own, and
    for a front page, which is no article."""
    key = url_key(copy.declared_canonical_url) if copy.declared_canonical_url else None
    if key is None or key in copy.url_keys or not urlsplit(key).path.strip("/"):
        return None
    return key


def attribute(
    members: Sequence[Copy],
    signals_of: Callable[[Copy], Sequence[Signal]],
    *,
    contained: Callable[[Copy], float] = lambda _: 0.0,
    chosen: str | None = None,
    habits: Mapping[str, float] | None = None,
) -> Attribution:
    """The original among a story's members, or the credit when it is not held.

    `signals_of` gives what a member says of its source (`stated_signals`). `contained` weighs how
    plain a member's text is beside the others. `chosen` is the article that a person has named as
    the original; `habits` has the share of a publisher's stories (those that others carry too) in
    which it had the original.
    """
    stated = {copy.article_id: tuple(signals_of(copy)) for copy in members}
    scores: dict[str, float] = defaultdict(float)
    absent: dict[str, int] = defaultdict(int)
    endorsed: set[str] = set()
    credit = None
    for copy in members:
        for signal in stated[copy.article_id]:
            named = [other for other in members if _named(signal, other)]
            if signal.weight > 0:
                scores[copy.article_id] += max(OWN_CREDIT_WEIGHT, -signal.weight)
            if not named:
                absent[signal.names] = max(absent[signal.names], signal.weight)
                continue
            direct = [other for other in named if signal.words and _addressed(signal, other)]
            first = min(direct or named, key=publication_order)
            scores[first.article_id] += signal.weight
            endorsed.add(first.article_id)
            credit = credit or first.publisher
    for copy in members:
        scores[copy.article_id] = max(scores[copy.article_id], -8) + contained(copy)
        if habits and copy.publisher in habits:
            scores[copy.article_id] += HABIT_WEIGHT * (2 * habits[copy.publisher] - 1)
    said = dict(scores)
    earliest = _add_times(members, scores)
    best = min(members, key=lambda copy: (-scores[copy.article_id], publication_order(copy)))
    if chosen is not None:
        best = next((copy for copy in members if copy.article_id == chosen), best)
        return Attribution(best, "held", credit, _evidence(members, stated, best, earliest))
    away = max(absent, key=lambda name: (absent[name], name)) if absent else None
    if away is not None and _is_away(best, absent[away], scores, stated, endorsed):
        return Attribution(None, "not_held", away, _evidence(members, stated, None, earliest))
    if any(_tied(best, other, said) for other in members):
        return Attribution(None, "uncertain", credit, _evidence(members, stated, None, earliest))
    return Attribution(best, "held", credit or None, _evidence(members, stated, best, earliest))


def _tied(best: Copy, other: Copy, said: Mapping[str, float]) -> bool:
    """Whether nothing tells the best member from one of another publisher: neither what is said of
    them nor a time that means something."""
    if best.publisher == other.publisher:
        return False
    if abs(said[best.article_id] - said[other.article_id]) > NEARLY_TIED:
        return False
    if abs(best.first_seen_at - other.first_seen_at) > SEEN_TOGETHER:
        return False
    day, coarse, at, _ = publication_order(best)
    other_day, other_coarse, other_at, _ = publication_order(other)
    return day == other_day and ((coarse and other_coarse) or at == other_at)


def _is_away(
    best: Copy,
    weight: int,
    scores: Mapping[str, float],
    stated: Mapping[str, tuple[Signal, ...]],
    endorsed: set[str],
) -> bool:
    """Whether what is credited is not held: the credit is strong, or the best of those held credits
    somebody else itself."""
    own = [signal for signal in stated[best.article_id] if signal.weight >= 2]
    if best.article_id in endorsed and all(agency_named(signal.names) for signal in own):
        own = []  # others say that it is its; an agency's part in it is another matter
    if own:
        return True
    return weight >= STRONG_CREDIT and weight > scores[best.article_id] + 1


def stated_signals(copy: Copy, publisher_of: Callable[[str], str]) -> tuple[Signal, ...]:
    """What an article says of its source; of itself, nothing."""
    signals: list[Signal] = []
    key = canonical_key(copy)
    named = publisher_of(key) if key else copy.publisher
    if key and not _own_host(key, copy.publisher) and not own_brand(named, copy.publisher):
        url = copy.declared_canonical_url or ""
        signals.append(Signal("canonical", CANONICAL_WEIGHT, url, named, copy.article_id))
    found = copy.statements
    if found is None:
        found = statements(restore(copy.body, copy.removed))
    said = {one.name for one in found}
    stated = [(str(one.kind), PHRASE_WEIGHTS[one.kind], one.name, one.words) for one in found]
    stated += [("credit", CREDIT_WEIGHT, name, name) for name in copy.credits if name not in said]
    authors = set(copy.authors)
    signals += [
        Signal(signal, weight, words, name, copy.article_id)
        for signal, weight, name, words in stated
        if name not in authors and not own_brand(name, copy.publisher)
    ]
    return tuple(signals)


def _own_host(key: str, publisher: str) -> bool:
    host = urlsplit(key).hostname or ""
    return host == publisher or host.endswith("." + publisher)


def _named(signal: Signal, copy: Copy) -> bool:
    """Whether a signal means this article's publisher."""
    if copy.article_id == signal.article_id:
        return False
    if signal.signal == "canonical":
        return _addressed(signal, copy) or _own_host(url_key(signal.words) or "", copy.publisher)
    return means(signal.names, copy.publisher)


def _addressed(signal: Signal, copy: Copy) -> bool:
    return signal.signal == "canonical" and url_key(signal.words) in copy.url_keys


def _add_times(members: Sequence[Copy], scores: dict[str, float]) -> frozenset[str]:
    """Weigh the times in; the members that may have been published first."""
    earliest = frozenset(
        copy.article_id
        for copy in members
        if not any(surely_before(other, copy) for other in members)
    )
    for name in earliest:
        scores[name] += EARLIEST_WEIGHT
    seen = min(members, key=lambda copy: (copy.first_seen_at, copy.article_id))
    later = [copy for copy in members if copy.first_seen_at > seen.first_seen_at]
    if later:
        scores[seen.article_id] += FIRST_SEEN_WEIGHT
    return earliest


def surely_before(one: Copy, other: Copy) -> bool:
    """Whether the one was published before the other, as far as their dates can be trusted: of a
    day and an hour of that day, neither is known to be before the other."""
    return _published_within(one)[1] < _published_within(other)[0]


def _published_within(copy: Copy) -> tuple[datetime, datetime]:
    """The earliest and the latest time at which an article may have been published: when it was
    seen, it was out."""
    if copy.published_at is None:
        return copy.first_seen_at, copy.first_seen_at
    if copy.published_precision in ("second", "minute"):
        return copy.published_at, copy.published_at
    day = copy.published_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = day + timedelta(days=1)
    return day, min(end, copy.first_seen_at) if copy.first_seen_at >= day else end


def publication_order(copy: Copy) -> tuple[datetime, bool, datetime, str]:
    """Days first, since most dates are no finer; then times where they are known."""
    if copy.published_at is None:
        day = copy.first_seen_at.astimezone(UTC)
    else:
        day = copy.published_at.astimezone(UTC)
    coarse = copy.published_precision in (None, "day")
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, coarse, copy.sort_at, copy.article_id


def _evidence(
    members: Sequence[Copy],
    stated: Mapping[str, tuple[Signal, ...]],
    original: Copy | None,
    earliest: frozenset[str],
) -> dict[str, tuple[Signal, ...]]:
    evidence: dict[str, tuple[Signal, ...]] = {}
    for copy in members:
        signals = [
            signal
            for signal in stated[copy.article_id]
            if original is None or _named(signal, original)
        ]
        if (
            original
            and original.article_id in earliest
            and original.published_at
            and surely_before(original, copy)
        ):
            words = original.published_at.astimezone(UTC).isoformat()
            signals.append(
                Signal("earliest", EARLIEST_WEIGHT, words, original.publisher, original.article_id)
            )
        evidence[copy.article_id] = tuple(signals)
    return evidence
