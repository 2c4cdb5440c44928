"""What robots.txt permits, and for how long that is believed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import ConnectFailed
from ingest.fetching.robots import (
    KEEP,
    KEEP_FAILURE,
    MAX_CRAWL_DELAY,
    RobotsCache,
    RobotsRecord,
    RobotsRules,
    product_token,
    record_from_answer,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ORIGIN = "https://example.org"
AGENT = "Wirecopy/1.0 (+https://example.net/contact)"


@pytest.mark.parametrize(
    ("agent", "token"),
    [(AGENT, "Wirecopy"), ("MyBot", "MyBot"), ("My Bot/2", "My"), ("", "Wirecopy")],
)
def test_the_name_that_rules_use(agent: str, token: str) -> None:
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("<html>not robots at all</html>", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /private/", "/private/a", False),
        ("User-agent: *\nDisallow: /private/", "/public", True),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf.html", True),
        ("User-agent: wirecopy\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", False),
        ("User-agent: wirecopy\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", True),
        ("User-agent: Googlebot\nDisallow: /", "/a", True),
        ("User-agent: GPTBot\nUser-agent: WIRECOPY\nUser-agent: x\nDisallow: /", "/a", False),
        ("User-agent: GPTBot\nDisallow: /x\nUser-agent: *\nDisallow: /y", "/x", True),
        ("User-agent: *\nDisallow: /y\nUser-agent: GPTBot\nDisallow: /x", "/x", True),
        ("USER-AGENT: * # all\r\nDISALLOW: /x # no", "/x", False),
        ("User-agent: *\rDisallow: /x", "/x", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%c3%a9", False),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert RobotsRules(text, AGENT).allows(ORIGIN + path) is allowed


@pytest.mark.parametrize(
    ("stated", "delay"),
    [("", 0), ("5", 5), ("0.5", 0.5), ("86400", MAX_CRAWL_DELAY), ("-1", 0), ("nan", 0), ("x", 0)],
)
def test_crawl_delay_is_clamped(stated: str, delay: float) -> None:
    rules = RobotsRules(f"User-agent: *\nCrawl-delay: {stated}\nDisallow: /x", AGENT)
    assert rules.crawl_delay == delay


HOSTILE = {
    "many robots, many rules": "".join(f"User-agent:a{n}\n" for n in range(15_000))
    + "".join(f"Disallow:/{n}\n" for n in range(18_000)),
    "hidden line ends": "".join(f"\x0buser agent\xa0a{n}\x0c" for n in range(15_000))
    + "".join(f"Disallow:/{n}\n" for n in range(14_000)),
    "stars": "User-agent: *\nDisallow: /" + "*a" * 250_000,
    "many patterns": "User-agent: *\n" + "Disallow: /*a*b$\n" * 29_000,
    "one line": "User-agent " * 45_000,
    "spaces": "User-agent" + " " * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_little(name: str) -> None:
    started = time.process_time()
    rules = RobotsRules(HOSTILE[name][: 500 * 1024], AGENT)
    rules.allows(ORIGIN + "/" + "ab" * 4000)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("status", "state", "kept"),
    [
        (200, "rules", KEEP),
        (204, "rules", KEEP),
        (401, "open", KEEP),
        (403, "open", KEEP),
        (404, "open", KEEP),
        (410, "open", KEEP),
        (500, "unavailable", KEEP_FAILURE),
        (503, "unavailable", KEEP_FAILURE),
    ],
)
def test_what_a_status_means(status: int, state: str, kept: timedelta) -> None:
    record = record_from_answer(ORIGIN, status, b"User-agent: *\nDisallow: /x", NOW)
    assert (record.state, record.expires_at) == (state, NOW + kept)


def test_bytes_that_are_no_text_are_read_as_far_as_they_go() -> None:
    body = b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\xff\nDisallow: /y\n"
    record = record_from_answer(ORIGIN, 200, body, NOW)
    assert not RobotsRules(record.text, AGENT).allows(ORIGIN + "/y")


def test_records_expire() -> None:
    cache = RobotsCache(AGENT)
    assert cache.verdict(ORIGIN, ORIGIN + "/x", NOW) is None
    cache.keep(record_from_answer(ORIGIN, 200, b"User-agent: *\nDisallow: /x", NOW))
    for path, allowed in (("/x", False), ("/y", True)):
        verdict = cache.verdict(ORIGIN, ORIGIN + path, NOW + timedelta(hours=23))
        assert verdict is not None
        assert verdict.allowed is allowed
    assert cache.verdict(ORIGIN, ORIGIN + "/x", NOW + timedelta(hours=24)) is None
    assert cache.verdict("http://example.org", "http://example.org/x", NOW) is None


def test_only_answers_are_passed_on_to_the_next_run() -> None:
    error = ConnectFailed("refused", url=ORIGIN)
    records = [
        RobotsRecord("https://a", "rules", NOW + KEEP, text="User-agent: *\nDisallow: /"),
        RobotsRecord("https://b", "open", NOW + KEEP),
        RobotsRecord("https://c", "unavailable", NOW + KEEP),
        RobotsRecord("https://d", "unreachable", NOW + KEEP, error=error),
        RobotsRecord("https://e", "open", NOW),
    ]
    cache = RobotsCache(AGENT, records)
    assert cache.records(NOW) == tuple(records[:2])
    verdict = cache.verdict("https://d", "https://d/", NOW)
    assert verdict is not None
    assert verdict.error is error
