"""robots.txt asked for when needed, once per origin, and its word kept."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Final

from ingest.errors import (
    AddressRefused,
    BodyBroken,
    DeadlineExceeded,
    FetchError,
    RobotsDisallowed,
    RobotsUnavailable,
    Throttled,
    UrlRefused,
)
from ingest.fetching.addresses import Target, parse_target
from ingest.fetching.dispatch import Claimed, Turn
from ingest.fetching.polite import Budget, PoliteClient
from ingest.fetching.robots import (
    KEEP,
    KEEP_FAILURE,
    MAX_ROBOTS_BYTES,
    RobotsCache,
    RobotsRecord,
    Verdict,
    record_from_answer,
)
from ingest.redact import redact_url

MAX_HOPS: Final = 5
"""Redirects followed for robots.txt; with more it counts as missing (RFC 9309, 2.3.1.2)."""

_ACCEPT: Final = "text/plain, */*;q=0.5"


class RobotsGate:
    """Lets a target pass, or says why not."""

    def __init__(
        self, client: PoliteClient, user_agent: str, records: Iterable[RobotsRecord]
    ) -> None:
        self._client = client
        self._cache = RobotsCache(user_agent, records)

    def records(self) -> tuple[RobotsRecord, ...]:
        with self._client.turnstile.changed:
            return self._cache.records(self._client.now())

    def admit(self, target: Target, budget: Budget) -> Generator[Turn | Claimed, None, None]:
        """Raises RobotsDisallowed, RobotsUnavailable, or the error that kept us from robots.txt:
        a host that cannot be reached should say that, not something about robots."""
        client, origin = self._client, target.origin
        while True:
            with client.turnstile.changed:
                verdict = self._cache.verdict(origin, target.url, client.now())
                mine = verdict is None and client.turnstile.claim(origin)
            if verdict is not None:
                return self._apply(verdict, target)
            if not mine:
                yield Claimed(origin)
                continue
            try:
                record = yield from self._ask(target, budget)
                with client.turnstile.changed:
                    self._cache.keep(record)
            finally:
                client.turnstile.release(origin)

    def _apply(self, verdict: Verdict, target: Target) -> None:
        if verdict.crawl_delay:
            publisher = self._client.publisher_of(target.url)
            with self._client.turnstile.changed:
                self._client.turnstile.pacing.slow_down(publisher, verdict.crawl_delay)
        if verdict.allowed:
            return
        url = redact_url(target.url)
        if verdict.error is not None:
            raise type(verdict.error)(verdict.error.message, url=url)
        if verdict.state == "rules":
            raise RobotsDisallowed(
                f"robots.txt of {target.host} forbids this address: ask the publisher for leave.",
                url=url,
            )
        raise RobotsUnavailable(
            f"robots.txt of {target.host} cannot be read at the moment, so nothing is fetched"
            " there: it is asked again later.",
            url=url,
        )

    def _ask(self, target: Target, budget: Budget) -> Generator[Turn, None, RobotsRecord]:
        """What robots.txt of the target's origin says. Raises errors that say nothing about it:
        throttling, a run that is stopped, a deadline that was nearly over before."""
        origin = target.origin
        asked = parse_target("/robots.txt", base=target.url)
        spent_before = budget.spent
        redirected = False
        for _ in range(MAX_HOPS + 1):
            failed_until = self._client.now() + KEEP_FAILURE
            try:
                answer = yield from self._client.get(
                    asked, {}, accept=_ACCEPT, max_bytes=MAX_ROBOTS_BYTES, budget=budget, cut=True
                )
                if not 300 <= answer.status < 400:
                    body = answer.body.rpartition(b"\n")[0] if answer.cut else answer.body
                    return record_from_answer(origin, answer.status, body, self._client.now())
                redirected = True
                location = answer.header("location")
                if location is None:
                    break
                asked = parse_target(location, base=asked.url).without_credentials()
            except BodyBroken:
                return RobotsRecord(origin, "unavailable", failed_until)
            except Throttled:
                raise
            except FetchError as error:
                if type(error) is FetchError:
                    raise
                if isinstance(error, DeadlineExceeded) and spent_before > budget.seconds / 2:
                    raise
                if redirected and isinstance(error, (AddressRefused, UrlRefused)):
                    return RobotsRecord(origin, "unavailable", failed_until)
                return RobotsRecord(origin, "unreachable", failed_until, error=error)
        return RobotsRecord(origin, "open", self._client.now() + KEEP)
