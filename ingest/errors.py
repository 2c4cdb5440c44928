"""One tree of errors. Each carries the URL it is about, and tells the user what to do.

Errors about one feed or page are outcomes: their `kind` is stored in `polls.outcome` and
`entries.reason`, one closed list (`OUTCOME_KINDS`).
"""

from __future__ import annotations

from typing import ClassVar


class WirecopyError(Exception):
    """Anything that Wirecopy reports without a traceback."""

    def __init__(self, message: str, *, url: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.url = url


class ConfigurationError(WirecopyError):
    """A setting, a feeds file or a command line that cannot be obeyed (exit code 2)."""


class StorageError(WirecopyError):
    """The home folder or a database in it cannot be used; the message says what to do."""


class DatabaseBusy(StorageError):
    """Another program holds the working database, or its lock, for too long."""


class DatabaseTooNew(StorageError):
    """The database was written by a newer version of Wirecopy."""


class DiskFull(StorageError):
    """No space is left; what was committed before is kept."""


class OutcomeError(WirecopyError):
    """One feed or page could not be had; `kind` is recorded and the run goes on."""

    kind: ClassVar[str] = "error"


class FetchError(OutcomeError):
    """A request that did not end in a usable answer."""


class UrlRefused(FetchError):
    """Not an http(s) URL, or a port that is not allowed."""

    kind = "url_refused"


class MissingSecret(FetchError):
    """A header of the feed is to come from an environment variable that is not set."""

    kind = "missing_secret"


class AddressRefused(FetchError):
    """The host name leads to an address that is not public (see `allow_networks`)."""

    kind = "address_refused"


class RobotsDisallowed(FetchError):
    """The publisher's robots.txt forbids it."""

    kind = "robots_disallowed"


class RobotsUnavailable(FetchError):
    """robots.txt answered with a server error: nothing is fetched until it can be read."""

    kind = "robots_unavailable"


class DnsFailed(FetchError):
    kind = "dns"


class ConnectFailed(FetchError):
    """Refused, reset or unreachable, before or during the answer."""

    kind = "connect"


class TlsFailed(FetchError):
    kind = "tls"


class DeadlineExceeded(FetchError):
    """The whole fetch took longer than `fetch_deadline`."""

    kind = "deadline"


class TooLarge(FetchError):
    """More bytes, on the wire or decoded, than `max_page_bytes` or `max_feed_bytes`."""

    kind = "too_large"


class BodyBroken(FetchError):
    """Shorter than promised, or its compression is damaged or unknown."""

    kind = "body_broken"


class ProtocolBroken(FetchError):
    """The server's answer is not HTTP."""

    kind = "protocol"


class RedirectRefused(FetchError):
    """Too many hops, a loop, a hop without a target, or one that would drop protection."""

    kind = "redirect"


class HttpStatusError(FetchError):
    """A final status that is neither 200 nor 304. `retry_after` is in seconds, when given."""

    kind = "http_status"

    def __init__(
        self, message: str, *, url: str, status: int, retry_after: float | None = None
    ) -> None:
        super().__init__(message, url=url)
        self.status = status
        self.retry_after = retry_after


class HttpClientError(HttpStatusError):
    kind = "http_4xx"


class HttpServerError(HttpStatusError):
    kind = "http_5xx"


class Gone(HttpStatusError):
    """410: the publisher says that it will not come back."""

    kind = "gone"


class Throttled(HttpStatusError):
    """429 or 503 with Retry-After: the whole publisher waits."""

    kind = "throttled"


class Postponed(FetchError):
    """Nothing was asked: the publisher's turn did not come in time. No outcome of a feed or page;
    these are as they were, and the next run's."""

    kind = "postponed"


class ParseError(OutcomeError):
    """Bytes that could not be read as what they should be."""


class NotAFeed(ParseError):
    kind = "not_a_feed"


class BrokenFeed(ParseError):
    """A feed so damaged that not one entry could be read."""

    kind = "broken_feed"


class NotHtml(FetchError, ParseError):
    """A PDF, an image, a video: no article page. Known by the answer's headers or first bytes, and
    then the rest is not fetched; or found when it is read."""

    kind = "not_html"


class ParseDeadline(ParseError):
    """Parsing did not end in time; its worker process was killed."""

    kind = "parse_deadline"


class ParseCrashed(ParseError):
    """The worker process died, or ran out of its memory."""

    kind = "parse_crashed"


class ParseFailed(ParseError):
    """The parser raised; the message says what."""

    kind = "parse_failed"


class RecordDamaged(ParseError):
    """A record of a web archive that is damaged or cut off; `url` says where it lies."""

    kind = "record_damaged"


class EntryRejected(OutcomeError):
    """An entry that cannot become an article."""


class NoLink(EntryRejected):
    kind = "no_link"


class BadRow(EntryRejected):
    """A row of an imported file without a usable url or body."""

    kind = "bad_row"


class Forgotten(EntryRejected):
    """The page or its publisher was forgotten on request (`wirecopy forget`)."""

    kind = "forgotten"


class NoText(EntryRejected):
    """The page holds no article text."""

    kind = "no_text"


def _kinds(base: type[OutcomeError]) -> set[str]:
    return {base.kind}.union(*(_kinds(sub) for sub in base.__subclasses__()))


OUTCOME_KINDS: frozenset[str] = frozenset(_kinds(OutcomeError))
POLL_OUTCOMES: frozenset[str] = OUTCOME_KINDS | {"new_entries", "no_change", "not_modified"}
