"""One polite GET as a step: the target checked, the publisher's turn waited for, its wish to be
left alone recorded. Pages, feeds and robots.txt all pass through here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from ingest.errors import DeadlineExceeded, Throttled
from ingest.fetching.addresses import AddressGuard, Target
from ingest.fetching.connections import Answer, Connections, Inspection
from ingest.fetching.dispatch import Turn, Turnstile
from ingest.fetching.pacing import DEFAULT_RETRY_AFTER, retry_after_seconds
from ingest.fetching.wire import Cancellation
from ingest.redact import redact_url

log = logging.getLogger("wirecopy.fetch")


class Budget:
    """The time that one fetch may still use on the network; waiting for turns does not count."""

    def __init__(self, seconds: float, cancellation: Cancellation) -> None:
        self.seconds = seconds
        self.cancellation = cancellation
        self.spent = 0.0

    @contextmanager
    def spending(self, target: Target) -> Iterator[float]:
        """Gives the seconds left. Raises DeadlineExceeded when there are none."""
        left = self.seconds - self.spent
        if left <= 0:
            raise DeadlineExceeded(
                f"The way to {target.host} took too long: it is asked again later.",
                url=redact_url(target.url),
            )
        started = time.monotonic()
        try:
            yield left
        finally:
            self.spent += time.monotonic() - started


class _Sending:
    """Tells the pacing once when a request goes out, at the latest when it has failed to."""

    def __init__(self, turnstile: Turnstile, publisher: str) -> None:
        self._turnstile = turnstile
        self._publisher = publisher
        self._noted = False

    def note(self) -> None:
        if not self._noted:
            self._noted = True
            self._turnstile.sent(self._publisher)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.note()


class PoliteClient:
    """Asks publishers, each in its turn."""

    def __init__(
        self,
        connections: Connections,
        guard: AddressGuard,
        turnstile: Turnstile,
        *,
        publisher_of: Callable[[str], str],
        user_agent: str,
        now: Callable[[], datetime],
    ) -> None:
        self.guard = guard
        self.turnstile = turnstile
        self.publisher_of = publisher_of
        self.now = now
        self._connections = connections
        self._user_agent = user_agent

    def get(
        self,
        target: Target,
        headers: Mapping[str, str],
        *,
        accept: str,
        max_bytes: int,
        budget: Budget,
        inspect: Inspection = lambda content_type, start: None,
        cut: bool = False,
    ) -> Generator[Turn, None, Answer]:
        """The answer to one GET, whatever its status but for a throttling one.

        `headers` go over the usual ones. `inspect` may refuse the body by what it is. With `cut`, a
        body beyond `max_bytes` is cut there. Raises FetchError; Throttled for 429, and for 503 with
        a Retry-After.
        """
        self.guard.check_target(target)
        publisher = self.publisher_of(target.url)
        yield Turn(publisher)
        usual = {
            "User-Agent": self._user_agent,
            "Accept": accept,
            "Accept-Encoding": "gzip, deflate",
        }
        sending = _Sending(self.turnstile, publisher)
        with sending, budget.spending(target) as seconds:
            answer = self._connections.exchange(
                target,
                {**usual, **headers},
                max_bytes=max_bytes,
                seconds=seconds,
                cancellation=budget.cancellation,
                on_send=sending.note,
                inspect=inspect,
                cut=cut,
            )
        self._obey_throttle(target, publisher, answer)
        return answer

    def _obey_throttle(self, target: Target, publisher: str, answer: Answer) -> None:
        if answer.status not in (429, 503):
            return
        seconds = retry_after_seconds(answer.header("retry-after"), self.now())
        if seconds is None:
            if answer.status == 503:
                return
            seconds = DEFAULT_RETRY_AFTER
        with self.turnstile.changed:
            now = self.turnstile.now()
            self.turnstile.pacing.throttle(publisher, seconds, answer.status, now)
        log.info("fetch.throttled", extra={"publisher": publisher, "seconds": seconds})
        raise Throttled(
            f"{target.host} asked to be left alone for {seconds:.0f} s: it is asked again later.",
            url=redact_url(target.url),
            status=answer.status,
            retry_after=seconds,
        )
