"""Feed dates: an instant in UTC with its precision, or the reason why there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.times import EARLIEST, LATEST_AHEAD, FeedTime, parse_feed_time

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

READ = [
    # RFC 822 and 2822
    ("Tue, 05 Mar 2024 10:11:12 GMT", "2024-03-05 10:11:12", "second"),
    ("Tue, 05 Mar 2024 10:11:12 +0200", "2024-03-05 08:11:12", "second"),
    ("Tue, 05 Mar 2024 10:11:12 -0330", "2024-03-05 13:41:12", "second"),
    ("Tue, 5 Mar 24 10:11 EST", "2024-03-05 15:11:00", "minute"),
    ("05 Mar 2024 10:11:12 Z", "2024-03-05 10:11:12", "second"),
    ("Tue, 05 Mar 2024 10:11:12 -0000", "2024-03-05 10:11:12", "second"),
    ("Tue, 05 Mar 2024 10:11:12 +0200 (CEST)", "2024-03-05 08:11:12", "second"),
    ("Tue, 05 Mar 2024 10:11:60 +0000", "2024-03-05 10:11:59", "second"),
    ("Fri, 31 Dec 99 10:00:01 GMT", "1999-12-31 10:00:01", "second"),
    # zone names
    ("Mon, 16 Oct 2023 12:00:01 CEST", "2023-10-16 10:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 BST", "2023-10-16 11:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 pdt", "2023-10-16 19:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 AEDT", "2023-10-16 01:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 GMT+02:00", "2023-10-16 10:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 UTC-5", "2023-10-16 17:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 Etc/GMT+5", "2023-10-16 17:00:01", "second"),
    ("Mon, 16 Oct 2023 12:00:01 America/New_York", "2023-10-16 16:00:01", "second"),
    ("Tue, 16 Jan 2024 12:00:01 ET", "2024-01-16 17:00:01", "second"),
    ("Tue, 16 Jul 2024 12:00:01 ET", "2024-07-16 16:00:01", "second"),
    # ISO 8601, RFC 3339, W3CDTF
    ("2024-03-05T10:11:12Z", "2024-03-05 10:11:12", "second"),
    ("2024-03-05T10:11:12.1234567+01:00", "2024-03-05 09:11:12", "second"),
    ("2024-03-05t10:11+0100", "2024-03-05 09:11:00", "minute"),
    ("2024-03-05 10:11:12 +0100", "2024-03-05 09:11:12", "second"),
    ("20240305T101112Z", "2024-03-05 10:11:12", "second"),
    ("2024-03-05", "2024-03-05 00:00:00", "day"),
    ("20240305", "2024-03-05 00:00:00", "day"),
    ("2024/3/5 9:05", "2024-03-05 09:05:00", "minute"),
    ("1709633472", "2024-03-05 10:11:12", "second"),
    ("1709633472000", "2024-03-05 10:11:12", "second"),
    # no zone: UTC
    ("2024-03-05T10:11:12", "2024-03-05 10:11:12", "second"),
    ("Tue, 05 Mar 2024 10:11:12", "2024-03-05 10:11:12", "second"),
    # a day, said outright or by midnight
    ("05 Mar 2024", "2024-03-05 00:00:00", "day"),
    ("Tue, 05 Mar 2024 00:00:00 GMT", "2024-03-05 00:00:00", "day"),
    ("Tue, 05 Mar 2024 00:00:00 +0900", "2024-03-05 00:00:00", "day"),
    ("2024-03-05T24:00:00Z", "2024-03-06 00:00:00", "day"),
    # as software writes it
    ("Mon Oct 16 12:00:01 2023", "2023-10-16 12:00:01", "second"),
    ("Mon Oct 16 12:00:01 PDT 2023", "2023-10-16 19:00:01", "second"),
    ("Mon Oct 16 12:00:01 +0200 2023", "2023-10-16 10:00:01", "second"),
    ("Sat, Dec 27 2014 11:22:33 PM", "2014-12-27 23:22:33", "second"),
    ("March 5, 2024 12:05 am", "2024-03-05 00:05:00", "minute"),
    ("March 5th, 2024", "2024-03-05 00:00:00", "day"),
    ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15 12:19:53", "second"),
    ("Tue, 05-Mar-24 10:11:12 GMT", "2024-03-05 10:11:12", "second"),
    ("31.12.2024 10:00 CET", "2024-12-31 09:00:00", "minute"),
    ("12/31/2024 10:00 AM", "2024-12-31 10:00:00", "minute"),
    # languages
    ("Di, 05 März 2024 10:11:12 +0100", "2024-03-05 09:11:12", "second"),
    ("5. März 2024, 10:00 Uhr", "2024-03-05 10:00:00", "minute"),
    ("mar., 05 mars 2024 10:00:01 +0100", "2024-03-05 09:00:01", "second"),
    ("1er août 2024 à 10h30", "2024-08-01 10:30:00", "minute"),
    ("mar 5 mar 2024 10:00:30", "2024-03-05 10:00:30", "second"),
    ("5 de marzo de 2024 10:00", "2024-03-05 10:00:00", "minute"),
    ("Seg, 12 Set 2016 12:34:56 -0300", "2016-09-12 15:34:56", "second"),
    ("Вт, 05 мар 2024 10:00:10 +0300", "2024-03-05 07:00:10", "second"),
    ("Κυρ, 11 Ιούλ 2004 12:00:01 EST", "2004-07-11 17:00:01", "second"),
    ("2004년 05월 28일  01:31:15", "2004-05-27 16:31:15", "second"),
    ("2004-05-25 오후 11:23:17", "2004-05-25 14:23:17", "second"),
    ("2024年5月3日 12:30", "2024-05-03 12:30:00", "minute"),
]

REFUSED = [
    ("", "date_unreadable"),
    ("yesterday", "date_unreadable"),
    ("5 minutes ago", "date_unreadable"),
    ("2024", "date_unreadable"),
    ("2024-03", "date_unreadable"),
    ("2024-02-30", "date_unreadable"),
    ("0000-00-00 00:00:00", "date_unreadable"),
    ("03/04/2024", "date_unreadable"),
    ("Tue, 05 Mar 2024 25:11:12 GMT", "date_unreadable"),
    ("Tue, 99 Mar 2024 10:11:12 GMT", "date_unreadable"),
    ("1" * 5000, "date_unreadable"),
    ("Mon, 16 Oct 2023 12:00:01 IST", "date_unknown_zone"),
    ("Mon, 16 Oct 2023 12:00:01 XYZ", "date_unknown_zone"),
    ("Mon, 16 Oct 2023 12:00:01 +9900", "date_unknown_zone"),
    ("2023-10-16T12:00:01 Nowhere/Land", "date_unknown_zone"),
    ("Thu, 01 Jan 1970 00:00:00 GMT", "date_too_old"),
    ("1994-12-31T23:59:59Z", "date_too_old"),
    ("Tue, 05 Mar 2034 10:11:12 GMT", "date_future"),
    ("2026-11-24T12:00:01Z", "date_future"),
]


@pytest.mark.parametrize(("raw", "at", "precision"), READ)
def test_dates_that_are_read(raw: str, at: str, precision: str) -> None:
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC)
    read = parse_feed_time(raw, now=NOW)
    assert (read.at, read.precision, read.reason) == (expected, precision, None)


@pytest.mark.parametrize(("raw", "reason"), REFUSED)
def test_dates_that_are_refused_say_why(raw: str, reason: str) -> None:
    read = parse_feed_time(raw, now=NOW)
    assert (read.at, read.precision, read.reason) == (None, None, reason)


def test_two_days_ahead_is_still_believed() -> None:
    assert parse_feed_time("2026-11-24T12:00:00Z", now=NOW).at == NOW + timedelta(days=2)


INSTANTS = st.datetimes(
    min_value=EARLIEST.replace(tzinfo=None) + timedelta(days=2),
    max_value=(NOW + LATEST_AHEAD).replace(tzinfo=None) - timedelta(days=2),
).map(lambda instant: instant.replace(microsecond=0, tzinfo=UTC))
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(INSTANTS, ZONES)
def test_standard_formats_in_any_zone_give_the_instant_back(
    instant: datetime, zone: timezone
) -> None:
    local = instant.astimezone(zone)
    midnight = local.hour == local.minute == local.second == 0
    day = local.replace(tzinfo=UTC)
    expected = FeedTime(day, "day", None) if midnight else FeedTime(instant, "second", None)
    assert parse_feed_time(format_datetime(local), now=NOW) == expected
    assert parse_feed_time(local.isoformat(), now=NOW) == expected


@given(st.one_of(st.text(), st.from_regex(r"[0-9A-Za-z:,/+. \-]{1,40}", fullmatch=True)))
def test_any_text_gives_a_time_or_a_reason(raw: str) -> None:
    read = parse_feed_time(raw, now=NOW)
    assert (read.at is None) == (read.precision is None) == (read.reason is not None)
    assert read.at is None or EARLIEST <= read.at <= NOW + LATEST_AHEAD
