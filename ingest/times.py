"""Feed dates as people write them: to an instant in UTC, or to nothing rather than to a wrong one.

feedparser's own reading is not used: it takes every zone name that it does not know for UTC.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ingest.month_names import MONTHS
from ingest.types import DateRefused, Precision

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""News on the web begins about here; what is earlier is a default (1970, 1900) or a slip."""
LATEST_AHEAD = timedelta(days=2)
"""How far ahead of now a date is believed: a wrong zone explains one day, an embargo another."""

_MAX_TEXT = 100


@dataclass(frozen=True, slots=True)
class FeedTime:
    """A date from a feed.

    `at` is in UTC, and None when the date cannot be read or believed; then `reason` says why. For
    precision "day", `at` is 00:00 UTC of the day that the feed names.
    """

    at: datetime | None
    precision: Precision | None
    reason: DateRefused | None


# Hours ahead of UTC. RFC 822 names the North American zones; the others are the names that one
# country or region uses alone. Names with two or more owners (IST, AST, GST, SST, AMT, ...) and
# RFC 822's military letters, which RFC 2822 found to be used wrongly, are left out on purpose.
_ZONES: dict[str, float] = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2,
    "met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "msd": 4, "trt": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ndt": -2.5, "adt": -3, "brt": -3, "brst": -2, "art": -3,
    "clt": -4, "clst": -3, "cat": 2, "eat": 3, "wat": 1, "sast": 2, "pkt": 5, "npt": 5.75,
    "ict": 7, "wib": 7, "wita": 8, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9,
    "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
# Names that stand for whichever of summer and winter time was in force.
_REGIONS = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}  # fmt: skip

_OFFSET = re.compile(r"(?:etc/)?(?:gmt|utc?)?\s*([+\-])(\d{1,2}):?(\d{1,2})?(?::?\d\d)?")
_IANA = re.compile(r"[a-z]+(?:/[a-z_]+){1,2}")
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,:]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?\b)?"
)
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<dash>[-/.]?)(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})(?!\d)"
    rf"(?:(?:\s*t\s*|\s+|_){_CLOCK})?\s*(?P<zone>.*)"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<half>)\s*(?P<zone>(?!\d).*)"
)
_EASTERN = re.compile(
    r"(?P<year>\d{4})\s*[년年]\s*(?P<month>\d{1,2})\s*[월月]\s*(?P<day>\d{1,2})\s*[일日]\s*(?P<rest>.*)"
)
_WRITTEN_CLOCK = re.compile(rf"(?<!\d){_CLOCK}(?!\d)")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_NUMERIC_DAY = re.compile(r"(?<!\d)(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?!\d)")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_COMMENT = re.compile(r"\([^()]*\)")
_WEEKDAY = re.compile(
    r"[^\W\d_]+\.?(?:-[^\W\d_]+)?\s*[,،]?\s+(?=\d{1,4}[-/.]\d)|[^\W\d_]+\s*[,،]\s*"
)
_FILLERS = frozenset({
    "à", "at", "alle", "as", "das", "de", "del", "den", "der", "di", "dne", "do", "h", "hrs",
    "kl", "klo", "las", "le", "of", "om", "ore", "st", "nd", "rd", "t", "th", "er", "the", "uhr",
    "um", "år", "ч", "г",
})  # fmt: skip
_KOREAN_HALVES = {"오전": "am", "오후": "pm"}


class _Unreadable(Exception):
    pass


class _UnknownZone(Exception):
    pass


def parse_feed_time(raw: str, *, now: datetime) -> FeedTime:
    """Read RFC 822, RFC 3339, ISO 8601 and W3CDTF dates, and their usual misspellings.

    A date without any zone is taken for UTC, as most feeds that leave it out mean it. A zone name
    that is unknown or has several owners gives no time at all. Hours and minutes without seconds
    have precision "minute"; a day alone, or a stamp at exactly midnight (which nearly always
    stands for a day), has precision "day". Over two days ahead of `now`, or before 1995, is not
    believed.
    """
    text = _COMMENT.sub(" ", unicodedata.normalize("NFKC", raw[:_MAX_TEXT])).strip().lower()
    try:
        at, precision = _read(text)
    except _UnknownZone:
        return FeedTime(None, None, "date_unknown_zone")
    except (_Unreadable, ValueError, OverflowError):
        return FeedTime(None, None, "date_unreadable")
    if at > now + LATEST_AHEAD:
        return FeedTime(None, None, "date_future")
    if at < EARLIEST:
        return FeedTime(None, None, "date_too_old")
    return FeedTime(at, precision, None)


def _read(text: str) -> tuple[datetime, Precision]:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC), "second"
    eastern = _EASTERN.fullmatch(text)
    korean = "년" in text or any(half in text for half in _KOREAN_HALVES)
    if eastern:
        text = "{year}-{month}-{day} {rest}".format(**eastern.groupdict())
    if korean:
        text = _korean(text)
    for candidate in (text, _WEEKDAY.sub("", text, count=1)):
        iso = _COMPACT.fullmatch(candidate) or _ISO.fullmatch(candidate)
        if iso:
            day = date(int(iso["year"]), int(iso["month"]), int(iso["day"]))
            return _instant(day, iso, _zone(iso["zone"]))
    return _written(text)


def _korean(text: str) -> str:
    """The afternoon marker moved behind the clock, and Korea's zone where none is given."""
    for marker, half in _KOREAN_HALVES.items():
        text = re.sub(rf"{marker}\s*([\d:]+)", rf"\1 {half}", text)
    return text if re.search(r"[+-]\d\d:?\d\d$|[a-z]{3,4}$", text) else f"{text} +09:00"


def _written(text: str) -> tuple[datetime, Precision]:
    """A date with a month's name (``Tue, 05 Mar 2024 10:11:12 GMT``), or ``31.12.2024``."""
    numeric = _NUMERIC_DAY.search(text)
    if numeric:
        rest = text[numeric.end() :]
        clock = _WRITTEN_CLOCK.search(rest)
        zone = rest[clock.end() :] if clock else rest
        return _instant(_numeric_day(numeric), clock, _zone(zone))
    clock = _WRITTEN_CLOCK.search(text)
    if clock:
        before, after = text[: clock.start()], text[clock.end() :].strip(" ,")
    else:
        before, after = text, ""
    zone = after
    year_last = re.search(r"(?:^|\s)(\d{4})$", after)
    if year_last:
        # asctime: the year stands behind the clock and the zone.
        zone = after[: year_last.start()]
        before = f"{before} {year_last[1]}"
    day, rest = _named_day(before)
    return _instant(day, clock, _zone(zone) or _zone(rest))


def _zone(text: str) -> str:
    """What is left of a text that should be a zone, without the words that mean "o'clock"."""
    return " ".join(word for word in text.split() if word.strip(".,") not in _FILLERS)


def _numeric_day(match: re.Match[str]) -> date:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first > 12 or first == second:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    # 03/04/2024 is two different days on two continents.
    raise _Unreadable


def _named_day(text: str) -> tuple[date, str]:
    """The day in a text with a month's name, and the text behind the day (a zone, perhaps)."""
    numbers: list[str] = []
    month = None
    end = 0
    for word in _WORDS.finditer(text):
        if word[0].isdigit():
            numbers.append(word[0])
        elif found := MONTHS.get(_plain(word[0])):
            # The last one counts: 'mar 5 mar 2024' begins with a Spanish Tuesday.
            month = found
        elif month is not None and len(numbers) == 2:
            break
        elif numbers and word[0] not in _FILLERS:
            raise _Unreadable
        end = word.end()
    if month is None or len(numbers) != 2:
        raise _Unreadable
    day, year = numbers
    if len(day) == 4:
        day, year = year, day
    if len(day) > 2:
        raise _Unreadable
    return date(_full_year(year), month, int(day)), text[end:].strip(" ,.")


def _full_year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    if len(digits) != 2:
        raise _Unreadable
    # RFC 2822, section 4.3, moved to the age of the web.
    return int(digits) + (1900 if int(digits) >= 90 else 2000)


def _instant(day: date, clock: re.Match[str] | None, zone: str) -> tuple[datetime, Precision]:
    if clock is None or clock["hour"] is None:
        if zone:
            _offset(zone, datetime.combine(day, time()))
        return datetime.combine(day, time(), UTC), "day"
    hour, minute = int(clock["hour"]), int(clock["minute"])
    second = int(clock["second"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise _Unreadable
        hour = hour % 12 + (12 if clock["half"] == "p" else 0)
    if (hour, minute, second) == (24, 0, 0):
        day, hour = day + timedelta(days=1), 0
    # A leap second is the last second of its minute.
    local = datetime.combine(day, time(hour, minute, 59 if second == 60 else second))
    offset = _offset(zone, local)
    if local.time() == time():
        return local.replace(tzinfo=UTC), "day"
    at = (local - offset).replace(tzinfo=UTC)
    return at, "second" if clock["second"] is not None else "minute"


def _offset(zone: str, local: datetime) -> timedelta:
    """How far the zone is ahead of UTC at that local time."""
    name = zone.strip(" ,;.").lower()
    if not name:
        return timedelta()
    if name in _ZONES:
        return timedelta(hours=_ZONES[name])
    match = _OFFSET.match(name)
    if match and (match.end() == len(name) or re.fullmatch(r"\s+[a-z]{1,5}", name[match.end() :])):
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            raise _UnknownZone
        ahead = timedelta(hours=hours, minutes=minutes)
        # POSIX turned the sign round: Etc/GMT+5 is five hours behind.
        return ahead if (match[1] == "+") != name.startswith("etc/gmt") else -ahead
    if name in _REGIONS or _IANA.fullmatch(name):
        return _regional_offset(_REGIONS.get(name, name), local)
    raise _UnknownZone


def _regional_offset(name: str, local: datetime) -> timedelta:
    # pytz carries its own time zone database; zoneinfo's may be missing on a small system.
    import pytz  # type: ignore[import-untyped]

    try:
        offset = pytz.timezone(name).utcoffset(local, is_dst=False)
    except TypeError:
        # Zones without summer time take no is_dst.
        offset = pytz.timezone(name).utcoffset(local)
    except pytz.UnknownTimeZoneError:
        raise _UnknownZone from None
    return timedelta(seconds=offset.total_seconds())


def _plain(word: str) -> str:
    """Without accents, so that 'février' and 'fevrier' are one word."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
