"""Fetching, politely and safely: what the rest of Wirecopy sees of it.

robots.txt (`robots_gate`), pacing per publisher (`pacing`, `dispatch`), redirects hop by hop
(`hops`), addresses checked before and names after resolution (`addresses`), one deadline and caps
on bytes (`wire`). Sockets are opened by `connections` alone.
"""

from __future__ import annotations

import functools
import math
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Final

from ingest.errors import ConfigurationError, FetchError, UrlRefused
from ingest.fetching.addresses import AddressGuard, Target, parse_target
from ingest.fetching.connections import Connections, Resolver, resolve
from ingest.fetching.dispatch import Job, Run, Steps, Turnstile, run_one
from ingest.fetching.hops import Fetch
from ingest.fetching.pacing import MAX_RETRY_AFTER, Pacing, ThrottleRecord
from ingest.fetching.polite import Budget, PoliteClient
from ingest.fetching.robots import RobotsRecord
from ingest.fetching.robots_gate import RobotsGate
from ingest.fetching.wire import Cancellation
from ingest.types import FetchRequest, FetchResponse

MIB: Final = 1024 * 1024

BUFFERED_BYTES: Final = 64 * MIB
"""Bodies that were fetched and not yet consumed; beyond it `fetch_all` starts nothing new."""

MAX_SITEMAP_BYTES: Final = 50 * MIB
"""Of a sitemap, which the protocol (https://www.sitemaps.org/protocol.html) allows no larger."""


def default_user_agent(contact: str | None = None) -> str:
    """Who asks, and where to complain: publishers block robots that do not say."""
    try:
        release = version("wirecopy")
    except PackageNotFoundError:  # run from a checkout
        release = "0"
    return f"Wirecopy/{release} (+{contact})" if contact else f"Wirecopy/{release}"


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How to fetch. Times in seconds.

    `proxy`: an ``http://`` URL; names are then resolved by it. `allow_networks`: CIDR networks that
    may be connected to although they are not public. `allow_ports`: on top of 80 and 443.
    `per_publisher_delay`: between the starts of two requests to one publisher.
    `fetch_deadline`: for one URL with robots.txt and all redirects, waiting for its turn apart.
    `max_page_bytes`, `max_feed_bytes`: of a decoded body, and again of what comes over the wire.
    """

    user_agent: str = field(default_factory=default_user_agent)
    proxy: str | None = None
    allow_networks: tuple[str, ...] = ()
    allow_ports: tuple[int, ...] = (80, 443)
    per_publisher_delay: float = 1.0
    per_publisher_connections: int = 2
    connections: int = 32
    fetch_deadline: float = 60.0
    max_page_bytes: int = 10 * MIB
    max_feed_bytes: int = 20 * MIB


class Fetcher:
    """Fetches with one policy, for any number of threads. Close it, or use it as a context.

    `publisher_of` gives the publisher of a URL, by which requests are spaced. `clock` gives
    monotonic seconds for the spacing, `now` the aware UTC time. `robots`, `throttles`: what an
    earlier run knew (`robots_records`, `throttle_records`). `resolver` and `tls` replace the
    system's name resolution and trust.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        publisher_of: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        robots: Iterable[RobotsRecord] = (),
        throttles: Iterable[ThrottleRecord] = (),
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        user_agent = _checked_user_agent(policy.user_agent)
        guard = AddressGuard(policy.allow_networks, policy.allow_ports)
        self._policy = policy
        self._publisher_of = publisher_of
        self._now = now
        pacing = Pacing(policy.per_publisher_delay, policy.per_publisher_connections)
        for record in throttles:
            seconds = min((record.until - now()).total_seconds(), MAX_RETRY_AFTER)
            pacing.throttle(record.publisher, seconds, record.status, clock())
        self._turnstile = Turnstile(pacing, clock)
        self._connections = Connections(
            guard,
            proxy=_proxy_target(policy.proxy),
            keep_idle=2 * policy.connections,
            resolver=resolver,
            tls=tls,
        )
        self._client = PoliteClient(
            self._connections,
            guard,
            self._turnstile,
            publisher_of=publisher_of,
            user_agent=user_agent,
            now=now,
        )
        self._gate = RobotsGate(self._client, user_agent, robots)
        self._lock = threading.Lock()
        self._active: set[Cancellation] = set()

    def fetch(self, request: FetchRequest) -> FetchResponse:
        """Blocks until the answer is there, waiting for the publisher's turn first. Raises the
        FetchError that says what went wrong."""
        cancellation = self._begin()
        try:
            return run_one(request, self._steps(request, cancellation), self._turnstile)
        finally:
            self._end(cancellation)

    def fetch_all(
        self,
        requests: Iterable[FetchRequest],
        *,
        buffered_bytes: int = BUFFERED_BYTES,
        patience: float = math.inf,
    ) -> Iterator[tuple[FetchRequest, FetchResponse | FetchError]]:
        """Fetches all of a batch, many publishers at once, and yields each request with what came
        of it, as they complete.

        The batch is held in memory from the first result on. While more than `buffered_bytes` of
        bodies wait to be consumed, nothing new is started. Requests to a publisher that asks for a
        pause longer than `pacing.MAX_THROTTLE_WAIT` fail at once, as Throttled. After `patience`
        seconds those that still wait for nothing but their publisher's turn come as Postponed: one
        that wants long pauses, or hangs, makes nobody wait for hours. Leaving the iterator, or an
        interrupt, cuts the connections and ends the threads.
        """
        cancellation = self._begin()
        try:
            run = Run(
                [self._job(request, cancellation) for request in requests],
                self._turnstile,
                threads=self._policy.connections,
                buffered_bytes=buffered_bytes,
                patience=patience,
                cancel=cancellation.cancel,
            )
            yield from run.results()
        finally:
            self._end(cancellation)

    def slow_down(self, publisher: str, delay: float) -> None:
        """Keep at least `delay` seconds between two requests to a publisher."""
        with self._turnstile.changed:
            self._turnstile.pacing.slow_down(publisher, delay)

    def robots_records(self) -> tuple[RobotsRecord, ...]:
        """What is known of robots.txt files, for the next run's `robots`: plain values."""
        return self._gate.records()

    def throttle_records(self) -> tuple[ThrottleRecord, ...]:
        """Who asked to be left alone for longer than until now, for the next run's `throttles`."""
        with self._turnstile.changed:
            throttles = self._turnstile.pacing.throttles(self._turnstile.now())
        return tuple(
            ThrottleRecord(publisher, found.status, self._now() + timedelta(seconds=found.seconds))
            for publisher, found in throttles.items()
        )

    def close(self) -> None:
        """Ends what is still being fetched, and closes all connections."""
        with self._lock:
            active = tuple(self._active)
        with self._turnstile.changed:
            self._turnstile.closed = True
            self._turnstile.changed.notify_all()
        for cancellation in active:
            cancellation.cancel()
        self._connections.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self) -> Cancellation:
        if self._turnstile.closed:
            raise RuntimeError("this Fetcher is closed")
        cancellation = Cancellation()
        with self._lock:
            self._active.add(cancellation)
        return cancellation

    def _end(self, cancellation: Cancellation) -> None:
        with self._lock:
            self._active.discard(cancellation)

    def _steps(
        self, request: FetchRequest, cancellation: Cancellation, target: Target | None = None
    ) -> Steps:
        policy = self._policy
        limits = {"feed": policy.max_feed_bytes, "sitemap": MAX_SITEMAP_BYTES}
        fetch = Fetch(
            request,
            self._client,
            self._gate,
            budget=Budget(policy.fetch_deadline, cancellation),
            max_bytes=limits.get(request.kind, policy.max_page_bytes),
            target=target,
        )
        return fetch.steps()

    def _job(self, request: FetchRequest, cancellation: Cancellation) -> Job:
        try:
            target = parse_target(request.url)
            publisher = self._publisher_of(target.url)
        except UrlRefused:
            target, publisher = None, ""  # its first step says so, and asks nobody
        return Job(
            request, publisher, functools.partial(self._steps, request, cancellation, target)
        )


def _checked_user_agent(text: str) -> str:
    if not text.strip() or not text.isascii() or not text.isprintable():
        raise ConfigurationError(
            "user_agent and contact: only printable ASCII characters can be sent."
        )
    return text.strip()


def _proxy_target(proxy: str | None) -> Target | None:
    if proxy is None:
        return None
    try:
        return parse_target(proxy)
    except UrlRefused as error:
        raise ConfigurationError(f"proxy: {error.message}") from error
