"""What an operator is told, once each: by `wirecopy status`, its exit code, and the webhook."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homes import HomeFolder

from flows.alerts import silent
from newsroom import NewsroomServer
from storage.health import Arrivals

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "hush-token"


class Webhook(http.server.ThreadingHTTPServer):
    """Keeps what is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.posted: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hooks?key={SECRET}"


class _Takes(http.server.BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_feed_that_keeps_failing_is_told_once(
    home: HomeFolder, press: NewsroomServer, webhook: Webhook
) -> None:
    feed = press.feed_urls()[0]
    missing = feed + ".gone"
    home.follow((feed, missing), press.proxy_url, webhook=webhook.url)
    for _ in range(2):
        assert home.run("poll", "--all").code == 0
    assert webhook.posted == []
    assert home.run("status").code == 0

    third = home.run("poll", "--all", "--json")

    [told] = webhook.posted
    assert told["event"] == "wirecopy.feed.failing"
    assert told["payload"]["url"] == missing
    assert (told["payload"]["outcome"], told["payload"]["consecutive_failures"]) == ("http_4xx", 3)
    assert datetime.fromisoformat(told["at"]).tzinfo
    assert [alert["event"] for alert in third.report["alerts"]] == ["wirecopy.feed.failing"]
    status = home.run("status")
    assert status.code == 1
    assert "ALERT      wirecopy.feed.failing since" in status.out
    assert home.run("poll", "--all").code == 0
    assert len(webhook.posted) == 1

    home.follow((feed,), press.proxy_url, webhook=webhook.url)
    home.run("poll", "--all")

    assert home.run("status").code == 0


def test_a_webhook_that_does_not_answer_costs_a_line_in_the_log(
    home: HomeFolder, press: NewsroomServer
) -> None:
    home.follow(press.feed_urls()[:1], "http://127.0.0.1:9", webhook=f"http://127.0.0.1:9/{SECRET}")

    done = home.run("poll")

    assert done.code == 1
    assert "wirecopy.run.offline" in done.err
    assert "webhook.failed" in done.err
    assert SECRET not in done.out + done.err
    assert home.run("status").code == 1


def test_a_webhook_that_is_no_address_is_refused(home: HomeFolder, press: NewsroomServer) -> None:
    home.follow(press.feed_urls()[:1], press.proxy_url, webhook="hooks.example.org")
    done = home.run("poll")
    assert done.code == 2
    assert "webhook" in done.err


def test_status_says_when_nothing_polls(home: HomeFolder, press: NewsroomServer) -> None:
    home.follow(press.feed_urls()[:1], press.proxy_url)
    assert home.run("poll").code == 0
    early = home.run("status", "--json")
    assert (early.code, early.report["late"], early.report["well"]) == (0, False, True)


def arrivals(**given: object) -> Arrivals:
    facts: dict[str, Any] = {
        "publisher": "daily.example",
        "entries": 29,
        "first_at": NOW - timedelta(days=28),
        "last_at": NOW,
        "answered_at": NOW,
    }
    return Arrivals(**{**facts, **given})


@pytest.mark.parametrize(
    ("habit", "told"),
    [
        (arrivals(), False),
        (arrivals(last_at=NOW - timedelta(days=5)), False),  # one entry a day: ten are wanted
        (arrivals(entries=2900, last_at=NOW - timedelta(days=3)), False),  # a long weekend
        (arrivals(entries=2900, last_at=NOW - timedelta(days=4)), True),
        (arrivals(entries=57, last_at=NOW - timedelta(days=14)), True),
        (arrivals(entries=5, last_at=NOW - timedelta(days=27)), False),  # no habit to speak of
        (  # its feeds do not answer: that is another alert
            arrivals(
                entries=2900, last_at=NOW - timedelta(days=9), answered_at=NOW - timedelta(days=9)
            ),
            False,
        ),
    ],
)
def test_a_publisher_is_silent_by_its_own_habit(habit: Arrivals, told: bool) -> None:
    assert [alert.resource for alert in silent([habit], now=NOW)] == ["daily.example"] * told
