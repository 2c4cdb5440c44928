"""What robots.txt permits (RFC 9309), from values: protego decides, nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, Literal

from protego import Protego

from ingest.errors import FetchError

MAX_ROBOTS_BYTES: Final = 500 * 1024
"""What is read of a robots.txt; RFC 9309 (2.5) asks for at least 500 KiB."""

MAX_CRAWL_DELAY: Final = 30.0
"""Seconds; a longer Crawl-delay would make one publisher's feed last for hours."""

KEEP: Final = timedelta(hours=24)
"""How long rules hold; RFC 9309 (2.4) allows no longer."""

KEEP_FAILURE: Final = timedelta(minutes=10)
"""How long a host whose robots.txt could not be had is left alone."""

_USER_AGENT_LINE = re.compile(r"user[-\s]*agent(?:\s*:|\s+)([^#]*)", re.IGNORECASE)


def product_token(user_agent: str) -> str:
    """The name that robots.txt rules call us by: what stands before the version."""
    return user_agent.strip().partition("/")[0].partition(" ")[0] or "Wirecopy"


class RobotsRules:
    """One robots.txt as it reads for one robot."""

    def __init__(self, text: str, user_agent: str) -> None:
        self._token = product_token(user_agent)
        self._rules = Protego.parse(self._without_other_robots(text))

    def allows(self, url: str) -> bool:
        return self._rules.can_fetch(url, self._token)

    @property
    def crawl_delay(self) -> float:
        """Seconds, 0 when none is stated, at most `MAX_CRAWL_DELAY`."""
        return min(self._rules.crawl_delay(self._token) or 0.0, MAX_CRAWL_DELAY)

    def _without_other_robots(self, text: str) -> str:
        """Name all groups that cannot be ours alike. protego keeps a copy of the rules for each
        robot that a group names, so 15,000 names over 20,000 rules would fill the memory."""
        token = self._token.lower()
        lines = []
        for line in text.splitlines():
            match = _USER_AGENT_LINE.match(line.strip())
            name = match[1].strip().lower() if match else "*"
            ours = name == "*" or (name.replace("*", "") or "?") in token
            lines.append(line if ours else "User-agent: another-robot/")
        return "\n".join(lines)


State = Literal["rules", "open", "unavailable", "unreachable"]


@dataclass(frozen=True)
class RobotsRecord:
    """What is known about one origin's robots.txt until `expires_at`.

    `rules`: `text` holds. `open`: there is none (any 4xx), all is allowed. `unavailable`: the
    server failed to give it, so nothing is. `unreachable`: the host could not be talked to;
    `error` says how.
    """

    origin: str
    state: State
    expires_at: datetime
    text: str = ""
    error: FetchError | None = field(default=None, compare=False)


class _Known:
    """A record, its rules read when first needed."""

    def __init__(self, record: RobotsRecord, user_agent: str) -> None:
        self.record = record
        self._user_agent = user_agent

    @cached_property
    def rules(self) -> RobotsRules:
        return RobotsRules(self.record.text, self._user_agent)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a record says about one URL. `error` is set for an origin that cannot be reached."""

    allowed: bool
    state: State
    crawl_delay: float = 0.0
    error: FetchError | None = None


class RobotsCache:
    """Records by origin. Not thread-safe: its user holds a lock over it."""

    def __init__(self, user_agent: str, records: Iterable[RobotsRecord] = ()) -> None:
        self._user_agent = user_agent
        self._known: dict[str, _Known] = {}
        for record in records:
            self.keep(record)

    def keep(self, record: RobotsRecord) -> None:
        self._known[record.origin] = _Known(record, self._user_agent)

    def verdict(self, origin: str, url: str, now: datetime) -> Verdict | None:
        """None: not known, or no longer."""
        known = self._known.get(origin)
        if known is None or known.record.expires_at <= now:
            return None
        state = known.record.state
        if state == "rules":
            return Verdict(known.rules.allows(url), state, known.rules.crawl_delay)
        return Verdict(state == "open", state, error=known.record.error)

    def records(self, now: datetime) -> tuple[RobotsRecord, ...]:
        """The answers that a later run may still go by; failures are not among them."""
        return tuple(
            known.record
            for known in self._known.values()
            if known.record.state in ("rules", "open") and known.record.expires_at > now
        )


def record_from_answer(origin: str, status: int, body: bytes, now: datetime) -> RobotsRecord:
    """What a final answer to the request for robots.txt means. `body` counts for 2xx only, and may
    be cut short at `MAX_ROBOTS_BYTES`."""
    if status >= 500:
        return RobotsRecord(origin, "unavailable", now + KEEP_FAILURE)
    if not 200 <= status < 300:
        return RobotsRecord(origin, "open", now + KEEP)
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace")
    return RobotsRecord(origin, "rules", now + KEEP, text=text)
