"""What is connected to, however it is spelt, and with a proxy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fetch_setup import Setup, host_of
from rude_server import (
    RudeServer,
    page,
    recorded_connects,
    redirect,
)

from ingest import errors
from ingest.fetching.fetch import Fetcher, FetchPolicy
from ingest.types import FetchRequest

KB = 1024


@pytest.fixture
def setup() -> Iterator[Setup]:
    with RudeServer() as server:
        yield Setup(server)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0",
        "[::1]",
        "localhost",
        "[::ffff:127.0.0.1]",
        "127.0.0.1.",
        "x@127.0.0.1",
        "127.0.0.1%2e",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
def test_loopback_is_refused_unless_allowed_however_it_is_spelt(setup: Setup, host: str) -> None:
    policy = FetchPolicy(allow_ports=(setup.server.port,))
    with (
        recorded_connects() as connects,
        Fetcher(policy, publisher_of=host_of) as fetcher,
        pytest.raises(errors.AddressRefused, match="allow_networks"),
    ):
        fetcher.fetch(FetchRequest(f"http://{host}:{setup.server.port}/", ignore_robots=True))
    assert not connects
    assert not setup.server.seen


def test_one_private_answer_among_several_spoils_them_all(setup: Setup) -> None:
    setup.options["resolver"] = lambda host, port: ["127.0.0.1", "10.0.0.8"]
    with recorded_connects() as connects:
        assert setup.failure(setup.server.url("/", "trap.test")).kind == "address_refused"
    assert not connects


def test_a_name_that_changes_its_mind_is_connected_where_it_was_checked(setup: Setup) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]])
    setup.options["resolver"] = lambda host, port: next(answers)
    setup.server.at("/page", page(b"ok", 200, "Connection: close"))
    url = setup.server.url("/page", "rebind.test")
    with recorded_connects() as connects, setup.fetcher() as fetcher:
        request = FetchRequest(url, ignore_robots=True)
        assert fetcher.fetch(request).body == b"ok"
        with pytest.raises(errors.AddressRefused):
            fetcher.fetch(request)
        assert fetcher.fetch(request).body == b"ok"
    assert connects == [("127.0.0.1", setup.server.port)] * 2


def test_the_next_address_is_tried_when_one_does_not_answer(setup: Setup) -> None:
    setup.policy = replace(setup.policy, allow_networks=("127.0.0.0/8", "::1/128"))
    setup.options["resolver"] = lambda host, port: ["::1", "127.0.0.1"]
    setup.server.at("/page", page())
    assert setup.fetch("/page", host="both.test").body == b"ok"


def test_environment_proxies_are_ignored(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    setup.server.at("/page", page())
    assert setup.fetch().body == b"ok"


def through_proxy(setup: Setup) -> list[str]:
    """Make the server the proxy; names that we resolve ourselves are collected."""
    resolved: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    proxy = f"http://user:PROXYSECRET@proxy.test:{setup.server.port}"
    setup.options["resolver"] = resolver
    setup.policy = replace(setup.policy, proxy=proxy, allow_networks=(), allow_ports=())
    return resolved


def test_names_are_left_to_the_proxy(setup: Setup) -> None:
    resolved = through_proxy(setup)
    setup.server.at("http://news.test/page", page(b"by proxy"))
    setup.server.at("http://other.test/page", page(b"other"))
    with setup.fetcher() as fetcher:
        assert fetcher.fetch(FetchRequest("http://news.test/page")).body == b"by proxy"
        assert fetcher.fetch(FetchRequest("http://other.test/page")).body == b"other"
    assert set(resolved) == {"proxy.test"}
    assert setup.server.connections == 1
    asked = setup.server.seen[-1]
    assert asked.target == "http://other.test/page"
    assert asked.host == "other.test"
    assert asked.headers["proxy-authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://127.0.0.1/", "address_refused"),
        ("http://169.254.169.254/", "address_refused"),
        ("http://0x7f.1/", "address_refused"),
        ("http://news.test:8080/", "url_refused"),
        ("http://moved.test/", "address_refused"),
    ],
)
def test_literal_addresses_and_ports_are_checked_before_the_proxy(
    setup: Setup, url: str, outcome: str
) -> None:
    through_proxy(setup)
    setup.server.at("http://moved.test/", redirect("http://10.0.0.1/"))
    failure = setup.failure(url)
    assert failure.kind == outcome
    assert "PROXYSECRET" not in failure.message


def test_only_plain_proxies_are_supported(setup: Setup) -> None:
    for proxy in ("https://proxy.test", "socks5://proxy.test", "proxy.test:3128"):
        with pytest.raises(errors.ConfigurationError, match="proxy"):
            setup.fetcher(proxy=proxy)
