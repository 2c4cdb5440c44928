"""The publication dates a backfill wants, and what can be left out unread because of them.

Leaving out is by bounds only: an address, a `lastmod` or a time of capture never says when an
article was published, but it can say that it was not in the period.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.errors import ConfigurationError
from ingest.times import EARLIEST
from ingest.types import Precision

SLACK = timedelta(days=3)
"""How far a date that is only a bound may be off: a day that is named in an unknown zone begins up
to 14 hours before and ends up to 36 hours after it begins in UTC, and publication times are
believed up to two days ahead (`ingest.times.LATEST_AHEAD`)."""

DRAFTED = timedelta(days=31)
"""How long before its publication an article may have got the date in its address."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_OFFSET = re.compile(r"(.*\d)\s*(Z|[+-]\d{2}:?\d{2})")
_NAMED = re.compile(r"([\d:.T -]*\d)\s*\[?([A-Za-z]+(?:/[A-Za-z0-9_+-]+)*)\]?")

_URL_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<dash>[-/_]?)(?P<month>0[1-9]|1[0-2])"
    r"(?:(?P=dash)(?P<day>0[1-9]|[12]\d|3[01]))?(?=[/._&\s-]|$|T\d)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Publication from `since` (inclusive) to `until` (exclusive), either open when None.

    Both are aware. Their zones matter for articles of which only the day is known: such a day
    begins at midnight of the bound's zone, so that of two periods that meet at a bound each such
    article is in exactly one, as any other is.
    """

    since: datetime | None = None
    until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it leaves out nothing."""
        return self.since is None and self.until is None

    def holds(self, published_at: datetime, precision: Precision | None) -> bool:
        """Whether an article published then belongs."""
        since, until = self.since, self.until
        return (since is None or _in_zone_of(since, published_at, precision) >= since) and (
            until is None or _in_zone_of(until, published_at, precision) < until
        )

    def may_hold_older(self, than: datetime) -> bool:
        """Whether an article can belong that was published then or earlier: one captured or last
        changed at that time."""
        return self.since is None or than + SLACK >= self.since

    def may_hold_url(self, url: str, *, listing: bool = False) -> bool:
        """Whether an article can belong whose address, or that of the list it is in, is this: a
        date in it tells (`days_in_url`)."""
        days = days_in_url(url, listing=listing)
        return days is None or self.may_hold_days(*days)

    def may_hold_days(self, first: date, last: date) -> bool:
        """Whether an article can belong that was filed under a day from `first` to `last`."""
        if self.since is not None and _midnight(last) + DRAFTED + SLACK < self.since:
            return False
        return self.until is None or _midnight(first) - SLACK < self.until

    def may_hold_stated(self, published_at: datetime) -> bool:
        """Whether an article can belong that a list says was published then.

        The page may tell an earlier time, which then counts, or the same with day and month
        exchanged (`ingest.articles`).
        """
        if self.may_hold_older(published_at):
            return True
        if published_at.day > 12:
            return False
        return self.may_hold_older(
            published_at.replace(month=published_at.day, day=published_at.month)
        )


ALWAYS = Period()


def _in_zone_of(bound: datetime, at: datetime, precision: Precision | None) -> datetime:
    """`at`; for a day, its beginning in the bound's zone."""
    if precision != "day":
        return at
    return datetime.combine(at.astimezone(UTC).date(), time(), bound.tzinfo)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def make_period(since: str | None, until: str | None) -> Period:
    """The period between two texts that `read_bound` reads. Raises ConfigurationError also when it
    is empty."""
    return period_between(
        read_bound(since, "since") if since else None, read_bound(until, "until") if until else None
    )


def period_between(since: datetime | None, until: datetime | None) -> Period:
    """The period between two aware moments. Raises ConfigurationError when it is empty."""
    if since and until and since >= until:
        raise ConfigurationError(
            f"--since {since:%Y-%m-%d %H:%M} is not before --until {until:%Y-%m-%d %H:%M}: --until "
            "is exclusive, so one day needs the day after it."
        )
    return Period(since, until)


def read_bound(text: str, name: str) -> datetime:
    """The moment that a bound of a period names.

    `2024-01-31`, `2024-01-31T18:00` and `2024-01` (its first day) are in UTC, unless a zone
    follows: `2024-01-31+02:00`, `2024-01-31T18:00Z`, `2024-01-31 Europe/Berlin`. Raises
    ConfigurationError.
    """
    stated, zone = _zone_apart(text.strip(), name)
    try:
        if match := _MONTH.fullmatch(stated):
            moment = datetime(int(match[1]), int(match[2]), 1)  # noqa: DTZ001 - the zone follows
        elif _DAY.match(stated):
            moment = datetime.fromisoformat(stated)
        else:
            raise ValueError
        moment = moment.replace(tzinfo=zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"--{name} {text}: no such date. Write it as 2024-01-31, 2024-01-31T18:00 or 2024-01, "
            "with a zone behind it (+02:00, Europe/Berlin) unless it is UTC."
        ) from None
    return moment


def _zone_apart(text: str, name: str) -> tuple[str, tzinfo]:
    if match := _OFFSET.fullmatch(text):
        try:
            zone = datetime.fromisoformat(f"2000-01-01T00:00{match[2]}").tzinfo
        except ValueError:
            zone = None
        if zone is not None:
            return match[1], zone
    elif (match := _NAMED.fullmatch(text)) and match[2].upper() in ("UTC", "GMT"):
        return match[1], UTC
    elif match:
        try:
            return match[1], ZoneInfo(match[2])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigurationError(
                f"--{name} {text}: {match[2]} is no time zone that is known here. Give its offset "
                "instead, as in 2024-01-31+02:00."
            ) from None
    return text, UTC


def days_in_url(url: str, *, listing: bool = False) -> tuple[date, date] | None:
    """The first and last day of the day or month that a URL names; None when it names none, or
    several that differ.

    A day is /2024/01/31/, /2024-01-31-, /20240131/, a month /2024/01/. The address of a `listing`
    (a sitemap, an archive page) may also have a month as in sitemap-2024-01.xml, and a day as in
    ?yyyy=2024&mm=01&dd=31; in an article's, 2010-12 may be a season.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    text = parts.path
    if listing:
        query = re.sub(r"&(?:mm|month|m|dd|day|d)=", "-", parts.query)
        text += " " + query.replace("=", " ")
    found = {_span(match, listing) for match in _URL_DATE.finditer(text)}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _span(match: re.Match[str], listing: bool) -> tuple[date, date] | None:
    year, month, dash = int(match["year"]), int(match["month"]), match["dash"]
    if not listing and match.string[: match.start()].endswith("-"):
        return None  # in the midst of words
    if not match["day"] and not (dash == "/" or (dash and listing)):
        return None  # a number, or a season
    try:
        first = date(year, month, int(match["day"] or 1))
    except ValueError:
        return None
    if first < EARLIEST.date():
        return None
    return first, first if match["day"] else date(year, month, monthrange(year, month)[1])
