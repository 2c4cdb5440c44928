"""Redirects: followed by us, hop by hop, leaving behind what belongs to the origin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fetch_setup import Setup
from rude_server import (
    RudeServer,
    Talk,
    head,
    page,
    redirect,
)

from ingest.types import FetchRequest

KB = 1024


@pytest.fixture
def setup() -> Iterator[Setup]:
    with RudeServer() as server:
        yield Setup(server)


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([302, 301], False),
        ([301] * 5, True),
    ],
)
def test_a_feed_has_moved_when_every_hop_says_so(
    setup: Setup, statuses: list[int], moved: bool
) -> None:
    for number, status in enumerate(statuses):
        setup.server.at(f"/{number}", redirect(f"/{number + 1}", status))
    setup.server.at(f"/{len(statuses)}", page())
    response = setup.fetch("/0")
    final = setup.server.url(f"/{len(statuses)}")
    assert response.final_url == final
    assert response.moved_to == (final if moved else None)


def test_five_hops_are_enough(setup: Setup) -> None:
    for number in range(9):
        setup.server.at(f"/{number}", redirect(f"/{number + 1}"))
    assert setup.failure("/0").kind == "redirect"
    assert len(setup.server.paths()) == 6


def test_redirects_are_resolved_like_links(setup: Setup) -> None:
    setup.server.at("/dir/page", redirect("../é?x=ü#frag"))
    setup.server.at("/%C3%A9", page())
    response = setup.fetch("/dir/page")
    assert response.final_url == setup.server.url("/%C3%A9?x=%C3%BC")


def test_a_redirects_body_is_not_read(setup: Setup) -> None:
    sent = []

    def moved(talk: Talk) -> None:
        talk.close()
        talk.send(head(302, "Location: /page"))
        for _ in range(2000):
            talk.send(bytes(65536))
            sent.append(65536)

    setup.server.at("/moved", moved)
    setup.server.at("/page", page())
    assert setup.fetch("/moved").body == b"ok"
    assert sum(sent) < 30_000_000


def test_own_headers_stay_with_their_origin(setup: Setup) -> None:
    own = {"Authorization": "Bearer SECRET", "x-key": "SECRET", "Cookie": "s=SECRET"}
    setup.server.at("/here", redirect("/there"))
    setup.server.at("/there", redirect(setup.server.url("/away", "other.test")))
    setup.server.at("/away", redirect(setup.server.url("/back", "first.test")))
    setup.server.at("/back", page())
    setup.fetch("/here", host="first.test", headers=own, etag='"e"')
    sent = {asked.target: asked.headers for asked in setup.server.seen}
    for path in ("/here", "/there"):
        assert sent[path]["authorization"] == "Bearer SECRET"
        assert sent[path]["x-key"] == "SECRET"
        assert sent[path]["cookie"] == "s=SECRET"
    for path in ("/away", "/back", "/robots.txt"):
        assert "SECRET" not in str(sent[path]), path
    assert sent["/back"]["if-none-match"] == '"e"'


def test_userinfo_is_sent_as_credentials_and_not_shown(setup: Setup) -> None:
    setup.server.at("/here", redirect(f"http://evil:SECRET2@127.0.0.1:{setup.server.port}/there"))
    setup.server.at("/there", redirect(setup.server.url("/away", "other.test"), 301))
    setup.server.at("/away", page())
    port = setup.server.port
    response = setup.fetch(f"http://user:p%40ss@127.0.0.1:{port}/here")
    sent = {asked.target: asked.headers.get("authorization") for asked in setup.server.seen}
    assert sent["/here"] == "Basic dXNlcjpwQHNz" == sent["/there"]
    assert sent["/away"] is None
    assert "p%40ss" not in response.final_url
    setup.server.at("/moved", redirect("/away", 301))
    moved = setup.fetch(f"http://user:pw@127.0.0.1:{port}/moved")
    assert moved.moved_to is None, "the new URL alone would go without the credentials"


def test_own_headers_cannot_change_how_we_ask(setup: Setup) -> None:
    setup.server.at("/page", page())
    own = {"host": "evil.test", "Range": "bytes=0-1", "accept-encoding": "br", "USER-AGENT": "me"}
    setup.fetch(headers={**own, "Connection": "close", "X-Text": " “ü” "})
    sent = setup.server.seen[-1].headers
    assert sent["host"] == f"127.0.0.1:{setup.server.port}"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["user-agent"] == "me"
    assert "range" not in sent
    assert sent["x-text"].encode("latin-1").decode("utf-8") == "“ü”"


@pytest.mark.parametrize(
    "own",
    [{"X-Key": "SECRET\r\nX-Evil: 1"}, {"X Key": "SECRET"}, {"": "SECRET"}, {"X:Y": "SECRET"}],
)
def test_a_header_that_cannot_be_sent_is_named_but_not_shown(
    setup: Setup, own: dict[str, str]
) -> None:
    failure = setup.failure("/page", headers=own)
    assert "SECRET" not in failure.message
    assert not setup.server.paths()


def test_a_cookie_wall_opens_within_one_fetch_only(setup: Setup) -> None:
    def wall(talk: Talk) -> None:
        if talk.asked.headers.get("cookie") == "seen=yes":
            page(b"behind", 200, "Set-Cookie: more=1")(talk)
        else:
            redirect("/wall", 302, "Set-Cookie: seen=yes; Path=/; HttpOnly")(talk)

    setup.server.at("/wall", wall)
    setup.server.at("/page", page())
    with setup.fetcher() as fetcher:
        assert fetcher.fetch(FetchRequest(setup.server.url("/wall"))).body == b"behind"
        fetcher.fetch(FetchRequest(setup.server.url("/page")))
    assert "cookie" not in setup.server.seen[-1].headers


def test_cookies_do_not_leave_their_origin(setup: Setup) -> None:
    away = setup.server.url("/page", "other.test")
    setup.server.at("/here", redirect(away, 302, "Set-Cookie: id=SECRET; Domain=test"))
    setup.server.at("/page", page())
    setup.fetch("/here", host="first.test")
    assert "cookie" not in setup.server.seen[-1].headers
