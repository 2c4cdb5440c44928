"""Periods: which articles belong, and that nothing that belongs is left out unread."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.backfill.periods import Period, days_in_url, make_period, read_bound
from ingest.errors import ConfigurationError
from ingest.types import Precision

ZONES = st.one_of(
    st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]
    ).map(ZoneInfo),
)
MOMENTS = st.integers(0, 30 * 366 * 24 * 60).map(
    lambda minutes: datetime(1999, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
NEAR_BOUNDS = st.timedeltas(timedelta(days=-40), timedelta(days=40))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Any period, beginning and ending at a day or an hour of some zone."""
    since = draw(MOMENTS).astimezone(draw(ZONES))
    until = since + draw(st.timedeltas(timedelta(minutes=1), timedelta(days=400)))
    if draw(st.booleans()):
        since = datetime.combine(since.date(), time(), since.tzinfo)
        until = datetime.combine(until.date() + timedelta(days=1), time(), until.tzinfo)
    return Period(since if draw(st.booleans()) else None, until if draw(st.booleans()) else None)


@st.composite
def published_near(draw: st.DrawFn) -> tuple[Period, datetime]:
    period = draw(periods())
    near = draw(st.sampled_from([period.since, period.until, draw(MOMENTS)]))
    return period, (near or draw(MOMENTS)).astimezone(UTC) + draw(NEAR_BOUNDS)


@given(published_near(), ZONES, st.timedeltas(timedelta(0), timedelta(days=900)))
@example(
    (Period(datetime(2024, 1, 31, tzinfo=UTC)), datetime(2024, 1, 31, 0, 30, tzinfo=UTC)),
    timezone(timedelta(hours=-11)),
    timedelta(0),
)
def test_nothing_that_belongs_is_left_out(
    case: tuple[Period, datetime], zone: timezone, later: timedelta
) -> None:
    """An article whose address has the day or month in which it was published at the publisher's,
    which was changed and captured then or later, the day of that alone being told."""
    period, at = case
    local = at.astimezone(zone)
    stated_day = datetime.combine(local.date(), time(), UTC)
    told: tuple[tuple[datetime, Precision], ...] = ((at, "second"), (stated_day, "day"))
    for published, precision in told:
        if not period.holds(published, precision):
            continue
        for url in (
            f"https://a.example/{local:%Y/%m/%d}/a",
            f"https://a.example/{local:%Y-%m-%d}-a.html",
            f"https://a.example/{local:%Y/%m}/a",
        ):
            assert period.may_hold_url(url)
        for listing in (f"/sitemap-{local:%Y-%m}.xml", f"/s.xml?yyyy={local:%Y&mm=%m&dd=%d}"):
            assert period.may_hold_url(f"https://a.example{listing}", listing=True)
        changed = (at + later).astimezone(zone)
        assert period.may_hold_older(changed)
        assert period.may_hold_older(datetime.combine(changed.date(), time(), UTC))
        assert period.may_hold_stated(published)


@given(published_near())
def test_a_day_and_month_exchanged_in_a_list_loses_nothing(case: tuple[Period, datetime]) -> None:
    period, at = case
    if at.day <= 12 and period.holds(at, "second"):
        assert period.may_hold_stated(at.replace(month=at.day, day=at.month))


@given(
    MOMENTS, ZONES, st.lists(st.integers(0, 3000), min_size=1, max_size=6), MOMENTS, st.booleans()
)
def test_periods_that_meet_hold_every_article_once(
    begin: datetime, zone: timezone, hours: list[int], at: datetime, day_only: bool
) -> None:
    bounds = sorted({begin.astimezone(zone) + timedelta(hours=each) for each in (0, *hours)})
    parts = [Period(None, bounds[0]), Period(bounds[-1], None)]
    parts += [Period(*pair) for pair in pairwise(bounds)]
    published = datetime.combine(at.date(), time(), UTC) if day_only else at
    assert sum(part.holds(published, "day" if day_only else "second") for part in parts) == 1


@given(st.dates(date(2000, 1, 1), date(2030, 12, 30)), ZONES)
@example(date(2024, 2, 29), UTC)
@example(date(2023, 12, 31), UTC)
def test_a_period_of_a_day_holds_that_day_alone(day: date, zone: timezone) -> None:
    """Days are named by lists and pages; the period's zone says when its own begins."""
    since = datetime.combine(day, time(), zone)
    until = datetime.combine(day + timedelta(days=1), time(), zone)
    for off in (-1, 0, 1):
        named = datetime.combine(day + timedelta(days=off), time(), UTC)
        assert Period(since, until).holds(named, "day") == (off == 0)
    assert Period(since, until).holds(until.astimezone(UTC) - timedelta(seconds=1), "second")
    assert not Period(since, until).holds(until.astimezone(UTC), "second")


BOUNDS = {
    "2024-01-31": datetime(2024, 1, 31, tzinfo=UTC),
    "2024-02-29": datetime(2024, 2, 29, tzinfo=UTC),
    "2024-02": datetime(2024, 2, 1, tzinfo=UTC),
    "2024-01-31T18:00": datetime(2024, 1, 31, 18, tzinfo=UTC),
    "2024-01-31 18:00": datetime(2024, 1, 31, 18, tzinfo=UTC),
    "2024-01-31T18:00Z": datetime(2024, 1, 31, 18, tzinfo=UTC),
    "2024-01-31+02:00": datetime(2024, 1, 30, 22, tzinfo=UTC),
    "2024-01-31T18:00-0500": datetime(2024, 1, 31, 23, tzinfo=UTC),
    "2024-07-01 Europe/Berlin": datetime(2024, 6, 30, 22, tzinfo=UTC),
    "2024-01-01T12:00[Asia/Tokyo]": datetime(2024, 1, 1, 3, tzinfo=UTC),
    "2024-01-31 UTC": datetime(2024, 1, 31, tzinfo=UTC),
}


@pytest.mark.parametrize("text", BOUNDS)
def test_bounds_are_read(text: str) -> None:
    assert read_bound(text, "since").astimezone(UTC) == BOUNDS[text]


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-01-32",
        "2024-13",
        "31.01.2024",
        "yesterday",
        "2024-01-31 Mars/Olympus",
        "2024-01-31+25:00",
        "",
    ],
)
def test_bounds_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--since"):
        read_bound(text, "since")


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="exclusive"):
        make_period("2024-01-31", "2024-01-31")


DAYS = {
    "https://a.example/2024/01/31/title": ("2024-01-31", "2024-01-31"),
    "https://a.example/20240131/title": ("2024-01-31", "2024-01-31"),
    "https://a.example/news-2024-01-31.html": None,
    "https://a.example/news/2024-01-31-title": ("2024-01-31", "2024-01-31"),
    "https://a.example/2024/02/title": ("2024-02-01", "2024-02-29"),
    "https://a.example/season-2010-12-review": None,
    "https://a.example/2010-12-review": None,
    "https://a.example/2024/02/2023/01/title": None,
    "https://a.example/2024/02/30/title": None,
    "https://a.example/202401/title": None,
    "https://a.example/1890/05/05/history": None,
    "https://a.example/title?date=2024-01-31": None,
    "https://[broken/2024/01/31/": None,
}


@pytest.mark.parametrize("url", DAYS)
def test_days_in_addresses(url: str) -> None:
    wanted = DAYS[url]
    found = days_in_url(url)
    assert (found and tuple(day.isoformat() for day in found)) == wanted
