"""One fetch: from the URL that was asked for, over its redirects, to a response or an error."""

from __future__ import annotations

import functools
import http
import logging
import re
from collections.abc import Mapping
from typing import Final

from ingest.errors import (
    FetchError,
    Gone,
    HttpClientError,
    HttpServerError,
    HttpStatusError,
    NotHtml,
    ProtocolBroken,
    RedirectRefused,
)
from ingest.fetching.addresses import Target, parse_target
from ingest.fetching.connections import Answer
from ingest.fetching.dispatch import Steps
from ingest.fetching.polite import Budget, PoliteClient
from ingest.fetching.robots_gate import RobotsGate
from ingest.page_types import not_html
from ingest.redact import redact_url
from ingest.types import FetchRequest, FetchResponse

log = logging.getLogger("wirecopy.fetch")

MAX_HOPS: Final = 5
"""Redirects that are followed."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_ACCEPT: Final = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, text/plain;q=0.8, */*;q=0.5",
}
# These are ours to set: the feed's own headers cannot change where or how we ask.
_OUR_HEADERS: Final = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "expect"}
    | {"accept-encoding", "range", "if-none-match", "if-modified-since", "proxy-authorization"}
)
_USUAL_NAMES: Final = {"user-agent": "User-Agent", "accept": "Accept"}
_NOT_IN_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_COOKIE = re.compile(
    r"\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256})=([\x21\x23-\x2b\x2d-\x3a\x3c-\x7e]*)"
)
_MAX_COOKIES: Final = 4096


class Fetch:
    """The state of one fetch between its steps.

    `target` is the request's, where that has been read already. Cookies live as long as the fetch:
    some sites redirect to the same URL until a cookie comes back. They go to the origin that set
    them only.
    """

    def __init__(
        self,
        request: FetchRequest,
        client: PoliteClient,
        gate: RobotsGate,
        *,
        budget: Budget,
        max_bytes: int,
        target: Target | None = None,
    ) -> None:
        self._request = request
        self._target = target
        self._client = client
        self._gate = gate
        self._budget = budget
        self._max_bytes = max_bytes
        self._own_headers: dict[str, str] = {}
        self._hops = 0
        self._all_permanent = True
        self._downgraded = False
        self._cookies: dict[str, dict[str, str]] = {}
        self._seen: set[tuple[str, str]] = set()

    def steps(self) -> Steps:
        """Raises FetchError."""
        target = self._target or parse_target(self._request.url)
        self._own_headers = self._headers_for(target)
        has_userinfo = target.authorization is not None
        wanted = _WANTED[self._request.kind]
        while True:
            self._client.guard.check_target(target)
            if not self._request.ignore_robots:
                yield from self._gate.admit(target, self._budget)
            self._seen.add((target.url, self._cookie_header(target)))
            answer = yield from self._client.get(
                target,
                self._headers_now(target),
                accept=_ACCEPT[self._request.kind],
                max_bytes=self._max_bytes,
                budget=self._budget,
                inspect=functools.partial(wanted, target),
            )
            if answer.status not in _REDIRECTS:
                return self._response(target, answer, has_userinfo=has_userinfo)
            target = self._next_target(target, answer)

    def _headers_for(self, target: Target) -> dict[str, str]:
        """The feed's own headers and the URL's userinfo, as they go to the first origin."""
        own = {"Authorization": target.authorization} if target.authorization else {}
        for name, value in self._request.headers.items():
            lower = name.strip().lower()
            if lower in _OUR_HEADERS:
                continue
            value = value.strip()
            if _NOT_IN_HEADER.search(value) or not re.fullmatch(
                r"[!#$%&'*+\-.^_`|~0-9a-z]+", lower
            ):
                raise FetchError(
                    f"The feed's header {lower[:60]!r} cannot be sent: it holds a character that"
                    " headers must not have. Correct it in feeds.toml or in the environment.",
                    url=redact_url(self._request.url),
                )
            own[_USUAL_NAMES.get(lower, lower.title())] = _as_latin1(value)
        return own

    def _headers_now(self, target: Target) -> dict[str, str]:
        headers = dict(self._own_headers)
        request = self._request
        if request.etag and not _NOT_IN_HEADER.search(request.etag):
            headers["If-None-Match"] = _as_latin1(request.etag)
        if request.last_modified and not _NOT_IN_HEADER.search(request.last_modified):
            headers["If-Modified-Since"] = _as_latin1(request.last_modified)
        cookies = self._cookie_header(target)
        if cookies and "Cookie" not in headers:
            headers["Cookie"] = cookies
        return headers

    def _next_target(self, target: Target, answer: Answer) -> Target:
        """Where the redirect leads. Own headers stay behind when it leaves the origin; userinfo in
        a Location is nobody's credentials and is ignored."""
        location = answer.header("location")
        if not location:
            raise self._redirect_refused(target, "answered with a redirect that leads nowhere")
        self._hops += 1
        self._all_permanent &= answer.status in _PERMANENT
        if self._hops > MAX_HOPS:
            raise self._redirect_refused(target, f"redirects more than {MAX_HOPS} times")
        self._take_cookies(target, answer)
        following = parse_target(_as_utf8(location), base=target.url).without_credentials()
        if (following.url, self._cookie_header(following)) in self._seen:
            raise self._redirect_refused(target, "redirects in a circle")
        if target.scheme == "https" and following.scheme == "http":
            if self._own_headers:
                raise self._redirect_refused(
                    target, "redirects to an address without encryption, although it needs a key"
                )
            self._downgraded = True
            log.warning(
                "fetch.downgraded",
                extra={"url": redact_url(target.url), "to": redact_url(following.url)},
            )
        if following.origin != target.origin:
            self._own_headers = {}
        return following

    def _redirect_refused(self, target: Target, what: str) -> RedirectRefused:
        return RedirectRefused(
            f"{target.host} {what}: open the address in a browser to find the right one.",
            url=redact_url(target.url),
        )

    def _take_cookies(self, target: Target, answer: Answer) -> None:
        jar = self._cookies.setdefault(target.origin, {})
        for name, value in answer.headers:
            if name == "set-cookie" and (match := _COOKIE.match(value)):
                jar[match[1]] = match[2]
                if len(self._cookie_header(target)) > _MAX_COOKIES:
                    del jar[match[1]]

    def _cookie_header(self, target: Target) -> str:
        jar: Mapping[str, str] = self._cookies.get(target.origin, {})
        return "; ".join(f"{name}={value}" for name, value in jar.items())

    def _response(self, target: Target, answer: Answer, *, has_userinfo: bool) -> FetchResponse:
        request = self._request
        if answer.status == 304 and not (request.etag or request.last_modified):
            raise ProtocolBroken(
                f"{target.host} answered 'not modified' although nothing was known of it:"
                " try again later.",
                url=redact_url(target.url),
            )
        if answer.status not in (200, 203, 304):
            raise _status_error(target, answer.status)
        # Whoever goes straight to the new place would go without the old URL's credentials.
        moved = self._hops > 0 and self._all_permanent and not has_userinfo
        return FetchResponse(
            url=request.url,
            final_url=target.url,
            status=304 if answer.status == 304 else 200,
            headers=answer.headers,
            body=answer.body,
            fetched_at=self._client.now(),
            elapsed_ms=round(self._budget.spent * 1000),
            wire_bytes=answer.wire_bytes,
            moved_to=target.url if moved else None,
            downgraded=self._downgraded,
        )


def _want_html(target: Target, content_type: str | None, start: bytes) -> None:
    """A PDF or a video is refused before it is fetched, not after ten megabytes of it."""
    if other := not_html(content_type, start):
        raise NotHtml(f"The page is {other}, not HTML.", url=redact_url(target.url))


def _want_all(target: Target, content_type: str | None, start: bytes) -> None:
    """Feeds and sitemaps are served as anything; whether it is one is seen when it is read."""


_WANTED: Final = {"page": _want_html, "feed": _want_all, "sitemap": _want_all}


def _status_error(target: Target, status: int) -> HttpStatusError:
    try:
        meaning = f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        meaning = str(status)
    advice, kind = "its answer holds no page", HttpStatusError
    if status == 410:
        advice, kind = "it is gone for good, remove it", Gone
    elif status in (401, 402, 403):
        advice, kind = "it wants a key, or no robots", HttpClientError
    elif 400 <= status < 500:
        advice, kind = "check the address", HttpClientError
    elif 500 <= status < 600:
        advice, kind = "it is asked again later", HttpServerError
    return kind(
        f"{target.host} answered {meaning}: {advice}.", url=redact_url(target.url), status=status
    )


def _as_latin1(value: str) -> str:
    """http.client sends headers as Latin-1; other text goes as UTF-8 bytes, as servers expect."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("latin-1")
    return value


def _as_utf8(value: str) -> str:
    """A header that http.client read as Latin-1 but the server most likely meant as UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
