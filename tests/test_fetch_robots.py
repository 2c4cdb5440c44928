"""robots.txt over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fetch_setup import NOW, Setup
from rude_server import (
    Behaviour,
    RudeServer,
    flood,
    hang,
    head,
    page,
    raw,
    recorded_connects,
    redirect,
    reset,
)

from ingest import errors
from ingest.types import FetchRequest

KB = 1024


@pytest.fixture
def setup() -> Iterator[Setup]:
    with RudeServer() as server:
        yield Setup(server)


CUT_THROUGH = b"Disallow: /" + b"*" * 150_000 + b"/never\n"
"""Forbids hardly anything as a whole, and everything when its end is missing."""


def robots(text: str, status: int = 200, *headers: str) -> Behaviour:
    return page(text.encode(), status, *headers)


@pytest.mark.parametrize("kind", ["page", "feed"])
def test_what_robots_txt_forbids_is_not_asked_for(setup: Setup, kind: Any) -> None:
    setup.server.at("/robots.txt", robots("User-agent: Wirecopy\nDisallow: /private/"))
    setup.server.at("/private/a", page())
    setup.server.at("/page", page())
    with setup.fetcher() as fetcher:
        private = FetchRequest(setup.server.url("/private/a"), kind=kind)
        with pytest.raises(errors.RobotsDisallowed):
            fetcher.fetch(private)
        assert setup.server.paths() == []
        fetcher.fetch(FetchRequest(setup.server.url("/page"), kind=kind))
        fetcher.fetch(replace(private, ignore_robots=True))
    assert [asked.target for asked in setup.server.seen].count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (page(b"", 404), "ok"),
        (page(b"", 403), "ok"),
        (page(b"", 204), "ok"),
        (robots("<html>soft 404</html>"), "ok"),
        (robots("User-agent: *\nDisallow: /"), "robots_disallowed"),
        (page(b"", 500), "robots_unavailable"),
        (page(b"", 503), "robots_unavailable"),
        (page(b"", 503, "Retry-After: 100"), "throttled"),
        (page(b"", 429), "throttled"),
        (page(b"x", 200, "Content-Encoding: gzip"), "robots_unavailable"),
        (hang, "deadline"),
        (reset, "connect"),
        (raw(b"nonsense"), "protocol"),
        (redirect("/other.txt"), "robots_disallowed"),
        (redirect("/robots.txt"), "ok"),
        (page(b"", 302), "ok"),
        (redirect("http://10.0.0.1/robots.txt"), "robots_unavailable"),
        (redirect("file:///etc/passwd"), "robots_unavailable"),
        # Cut at 500 KiB: the rules before count, the rule that the cut went through does not.
        (page(b"User-agent: *\nAllow: /x\n" + b"#\n" * 200_000 + CUT_THROUGH), "ok"),
        (
            flood(head(200) + b"User-agent: *\nDisallow: /page\n", b"# " + b"x" * 97 + b"\n"),
            "robots_disallowed",
        ),
    ],
)
def test_robots_txt_itself_may_be_anything(
    setup: Setup, behaviour: Behaviour, outcome: str
) -> None:
    setup.server.at("/robots.txt", behaviour)
    setup.server.at("/other.txt", robots("User-agent: *\nDisallow: /"))
    setup.server.at("/page", page())
    setup.policy = replace(setup.policy, fetch_deadline=0.5 if outcome == "deadline" else 10.0)
    with recorded_connects() as connects:
        if outcome == "ok":
            assert setup.fetch().body == b"ok"
        else:
            assert setup.failure("/page").kind == outcome
            assert "/page" not in setup.server.paths()
    assert {address for address, _ in connects} == {"127.0.0.1"}


def test_a_failing_robots_txt_is_asked_for_again_after_ten_minutes(setup: Setup) -> None:
    clock = [NOW]
    setup.options["now"] = lambda: clock[0]
    setup.server.at("/robots.txt", page(b"", 500))
    setup.server.at("/page", page())
    request = FetchRequest(setup.server.url("/page"))
    with setup.fetcher() as fetcher:
        for _ in range(3):
            with pytest.raises(errors.RobotsUnavailable):
                fetcher.fetch(request)
        assert len(setup.server.seen) == 1
        setup.server.at("/robots.txt", page(b"", 404))
        clock[0] = NOW.replace(minute=11)
        assert fetcher.fetch(request).body == b"ok"


def test_redirect_targets_have_their_own_robots_txt(setup: Setup) -> None:
    setup.server.at("other.test/robots.txt", robots("User-agent: *\nDisallow: /"))
    setup.server.at("/page", redirect(setup.server.url("/there", "other.test")))
    setup.server.at("/there", page())
    with pytest.raises(errors.RobotsDisallowed, match=r"other\.test"):
        setup.fetch("/page", host="first.test")
    assert setup.server.paths("other.test") == []


def test_a_crawl_delay_is_kept(setup: Setup) -> None:
    setup.server.at("/robots.txt", robots("User-agent: *\nCrawl-delay: 0.4\nDisallow: /x"))
    setup.server.at("/page", page())
    with setup.fetcher() as fetcher:
        for _ in range(2):
            fetcher.fetch(FetchRequest(setup.server.url("/page")))
    assert len(setup.server.seen) == 3
    assert setup.server.spacing("127.0.0.1") > 0.25


def test_the_next_run_may_know_robots_txt_already(setup: Setup) -> None:
    setup.server.at("/robots.txt", robots("User-agent: *\nDisallow: /private"))
    setup.server.at("/page", page())
    with setup.fetcher() as fetcher:
        fetcher.fetch(FetchRequest(setup.server.url("/page")))
        setup.options["robots"] = fetcher.robots_records()
    with setup.fetcher() as fetcher:
        fetcher.fetch(FetchRequest(setup.server.url("/page")))
        with pytest.raises(errors.RobotsDisallowed):
            fetcher.fetch(FetchRequest(setup.server.url("/private")))
    assert [asked.target for asked in setup.server.seen].count("/robots.txt") == 1
