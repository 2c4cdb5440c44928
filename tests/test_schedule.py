"""When a page is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest import errors
from ingest.polling.schedule import next_attempt

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://a.example/x"
HOUR = timedelta(hours=1)


def throttled(seconds: float | None) -> errors.Throttled:
    return errors.Throttled("slow down", url=URL, status=429, retry_after=seconds)


DOWN = errors.HttpServerError("500", url=URL, status=500)


def test_a_page_is_tried_five_times_over_three_days() -> None:
    now, waits = NOW, []
    for attempts in range(1, 10):
        at = next_attempt(now=now, attempts=attempts, error=DOWN)
        if at is None:
            break
        waits.append(at - now)
        now = at
    assert attempts == 5
    assert waits == sorted(waits)
    assert timedelta(days=3) <= now - NOW < timedelta(days=4)


@pytest.mark.parametrize(
    ("attempts", "seconds", "wait"),
    [
        (1, None, timedelta(minutes=15)),
        (1, 60, timedelta(minutes=15)),
        (1, 86_400, timedelta(days=1)),
        (2, 3600, 2 * HOUR),
    ],
)
def test_retry_after_is_obeyed(attempts: int, seconds: float | None, wait: timedelta) -> None:
    at = next_attempt(now=NOW, attempts=attempts, error=throttled(seconds))
    assert at == NOW + wait


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (errors.Gone("410", url=URL, status=410), False),
        (errors.NotHtml("a PDF", url=URL), False),
        (errors.NoText("no text", url=URL), False),
        (errors.NoLink("no link", url=URL), False),
        (errors.ParseDeadline("late", url=URL), False),
        (errors.ParseCrashed("died", url=URL), False),
        (errors.RobotsDisallowed("robots", url=URL), False),
        (errors.AddressRefused("private", url=URL), False),
        (errors.UrlRefused("ftp", url=URL), False),
        (errors.HttpClientError("404", url=URL, status=404), True),
        (errors.RobotsUnavailable("robots 500", url=URL), True),
        (errors.DnsFailed("no name", url=URL), True),
        (errors.ConnectFailed("refused", url=URL), True),
        (errors.DeadlineExceeded("late", url=URL), True),
        (errors.BodyBroken("cut", url=URL), True),
        (throttled(None), True),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_only_what_may_pass_is_tried_again(error: errors.OutcomeError, again: bool) -> None:
    assert (next_attempt(now=NOW, attempts=1, error=error) is not None) is again
    assert next_attempt(now=NOW, attempts=5, error=error) is None
