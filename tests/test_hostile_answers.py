"""Servers that mean harm or are broken: each costs one named outcome, no more."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest
from fetch_setup import Setup
from rude_server import (
    Behaviour,
    RudeServer,
    Talk,
    drip,
    flood,
    gzip_bomb,
    hang,
    head,
    page,
    raw,
    recorded_connects,
    redirect,
    reset,
)

from ingest.types import FetchRequest

KB = 1024


@pytest.fixture
def setup() -> Iterator[Setup]:
    with RudeServer() as server:
        yield Setup(server)


CHUNKED = head(200, "Transfer-Encoding: chunked")
BOMB = gzip_bomb(300_000_000)
SQUEEZED = gzip.compress(b"<p>" + bytes(range(256)) * 40)

HOSTILE: dict[str, tuple[Behaviour, str]] = {
    # time
    "drip body": (drip(head(200, "Content-Length: 99999")), "deadline"),
    "drip without length": (drip(head(200)), "deadline"),
    "drip chunks": (drip(CHUNKED, b"1\r\nx\r\n"), "deadline"),
    "drip headers": (drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.2), "deadline"),
    "drip one header": (drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"), "deadline"),
    "drip status line": (drip(b"HTTP/1.1 200 ", b"O"), "deadline"),
    "drip interim": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.2), "deadline"),
    "no answer": (hang, "deadline"),
    "body never comes": (drip(head(200, "Content-Length: 5"), b"", 0.2), "deadline"),
    # size
    "longer than allowed": (page(bytes(201 * KB)), "too_large"),
    "promises too much": (drip(head(200, "Content-Length: 99999999999"), b""), "too_large"),
    "endless body": (flood(head(200), bytes(65536)), "too_large"),
    "endless chunks": (flood(CHUNKED, b"8000\r\n" + bytes(0x8000) + b"\r\n"), "too_large"),
    "chunk extensions": (flood(CHUNKED, b"1;" + b"x" * 60000 + b"\r\ny\r\n"), "too_large"),
    "endless trailers": (flood(CHUNKED + b"0\r\n", b"X: y\r\n" * 1000), "too_large"),
    "gzip bomb": (page(BOMB, 200, "Content-Encoding: gzip"), "too_large"),
    "bomb in a bomb": (
        page(gzip.compress(BOMB), 200, "Content-Encoding: gzip, gzip"),
        "too_large",
    ),
    "deflate bomb": (page(BOMB[10:], 200, "Content-Encoding: deflate"), "too_large"),
    # damage
    "short body": (raw(head(200, "Content-Length: 100") + b"x" * 50), "body_broken"),
    "empty body": (raw(head(200, "Content-Length: 100")), "body_broken"),
    "long body": (raw(head(200, "Content-Length: 10") + b"x" * 50), "body_broken"),
    "cut gzip": (page(SQUEEZED[:-20], 200, "Content-Encoding: gzip"), "body_broken"),
    "cut gzip, no length": (
        raw(head(200, "Content-Encoding: gzip") + SQUEEZED[:-9]),
        "body_broken",
    ),
    "not gzip": (page(b"<html>", 200, "Content-Encoding: gzip"), "body_broken"),
    "brotli unasked": (page(b"\x0b\x02", 200, "Content-Encoding: br"), "body_broken"),
    "cut chunks": (raw(CHUNKED + b"5\r\nhello\r\n"), "body_broken"),
    "cut in a chunk": (raw(CHUNKED + b"50\r\nhello"), "body_broken"),
    "chunk garbage": (raw(CHUNKED + b"5\r\nhello\r\nzz\r\n"), "body_broken"),
    "negative chunk": (raw(CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"), "body_broken"),
    "minus one chunk": (raw(CHUNKED + b"-1\r\nhello\r\n0\r\n\r\n"), "body_broken"),
    "not chunked at all": (raw(CHUNKED + b"<html>hello</html>"), "body_broken"),
    "unknown transfer": (raw(head(200, "Transfer-Encoding: gzip, chunked")), "body_broken"),
    # not HTTP
    "not HTTP": (raw(b"SSH-2.0-OpenSSH_9.9\r\n"), "protocol"),
    "only a body": (raw(b"<html>hello</html>"), "protocol"),
    "no status": (raw(b"HTTP/1.1 \r\n\r\n"), "protocol"),
    "status of words": (raw(b"HTTP/1.1 twohundred OK\r\n\r\n"), "protocol"),
    "HTTP/9": (raw(b"HTTP/9.9 200 OK\r\n\r\n"), "protocol"),
    "cut headers": (raw(b"HTTP/1.1 200 OK\r\nContent-Type: te"), "protocol"),
    "two lengths": (raw(head(200, "Content-Length: 2", "Content-Length: 3") + b"abc"), "protocol"),
    "header flood": (flood(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 500), "protocol"),
    "endless header": (flood(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 5000), "protocol"),
    "huge headers": (
        raw(head(200, *[f"X-{n}: {'y' * 8000}" for n in range(90)])),
        "protocol",
    ),
    "endless status line": (flood(b"HTTP/1.1 200 ", b"O" * 5000), "protocol"),
    "interim flood": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "protocol"),
    "unmodified unasked": (raw(head(304)), "protocol"),
    # connection
    "reset": (reset, "connect"),
    "closed at once": (raw(b""), "connect"),
    # redirects
    "to itself": (redirect("/page"), "redirect"),
    "nowhere": (page(b"", 302), "redirect"),
    "empty target": (redirect(""), "redirect"),
    "to a file": (redirect("file:///etc/passwd"), "url_refused"),
    "to data": (redirect("data:text/html,hello"), "url_refused"),
    "to javascript": (redirect("javascript:alert(1)"), "url_refused"),
    "to nonsense": (redirect("http://[::1/"), "url_refused"),
    "to a port": (redirect("http://127.0.0.1:22/"), "url_refused"),
    "to metadata": (redirect("http://169.254.169.254/latest/meta-data/"), "address_refused"),
    "to metadata, decimal": (redirect("http://2852039166/"), "address_refused"),
    "to metadata, octal": (redirect("http://0251.0376.0251.0376/"), "address_refused"),
    "to metadata, hex": (redirect("http://0xa9fea9fe/"), "address_refused"),
    "to metadata, mapped": (redirect("http://[::ffff:169.254.169.254]/"), "address_refused"),
    "to metadata, userinfo": (redirect("http://127.0.0.1@169.254.169.254/"), "address_refused"),
    "to metadata, NAT64": (redirect("http://[64:ff9b::a9fe:a9fe]/"), "address_refused"),
    "to an inner name": (redirect("http://inner.test/"), "address_refused"),
    "to IPv6 loopback": (redirect("http://[::1]/"), "address_refused"),
    "to everything": (redirect("http://0/"), "address_refused"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_have_their_outcome(setup: Setup, name: str) -> None:
    behaviour, outcome = HOSTILE[name]
    setup.server.at("/page", behaviour)
    setup.policy = replace(setup.policy, fetch_deadline=0.6 if outcome == "deadline" else 10.0)
    setup.options["resolver"] = lambda host, port: ["10.1.2.3"]
    started = time.monotonic()
    with recorded_connects() as connects:
        failure = setup.failure("/page")
    assert failure.kind == outcome
    assert time.monotonic() - started < 6
    assert {address for address, _ in connects} == {"127.0.0.1"}
    assert failure.url
    assert failure.message.endswith(".")
    assert "\n" not in failure.message


def test_a_bomb_takes_little_memory(setup: Setup) -> None:
    setup.server.at("/page", page(BOMB, 200, "Content-Encoding: gzip"))
    setup.server.at("/moved", raw(head(302, "Location: /ok", "Content-Encoding: gzip") + BOMB))
    setup.server.at("/ok", page())
    tracemalloc.start()
    try:
        assert setup.failure("/page").kind == "too_large"
        assert setup.fetch("/moved").body == b"ok"
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_the_deadline_covers_all_hops_together(setup: Setup) -> None:
    def slow_hop(talk: Talk) -> None:
        talk.sleep(0.4)
        number = int(talk.asked.target.rpartition("/")[2])
        redirect(f"/hop/{number + 1}")(talk)

    for number in range(6):
        setup.server.at(f"/hop/{number}", slow_hop)
    setup.policy = replace(setup.policy, fetch_deadline=1.0)
    assert setup.failure("/hop/0").kind == "deadline"
    assert len(setup.server.paths()) <= 3


def test_waiting_for_ones_turn_does_not_count(setup: Setup) -> None:
    setup.server.at("/page", page())
    with setup.fetcher(per_publisher_delay=0.5, fetch_deadline=0.4) as fetcher:
        for _ in range(2):
            response = fetcher.fetch(FetchRequest(setup.server.url("/page")))
            assert response.body == b"ok"
            assert response.elapsed_ms < 400


def test_a_name_server_that_hangs_ends_at_the_deadline(setup: Setup) -> None:
    release = threading.Event()
    setup.options["resolver"] = lambda host, port: release.wait(30) and ["127.0.0.1"]
    setup.policy = replace(setup.policy, fetch_deadline=0.4)
    started = time.monotonic()
    failure = setup.failure(setup.server.url("/", "hangs.test"))
    release.set()
    assert failure.kind == "deadline"
    assert time.monotonic() - started < 4


def test_a_connection_that_is_never_accepted_ends_at_the_deadline(setup: Setup) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = []
        for _ in range(6):  # fill its queue, so that the kernel answers no further one
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
            waiting.append(sock)
        setup.policy = replace(setup.policy, fetch_deadline=0.5, allow_ports=(port,))
        started = time.monotonic()
        failure = setup.failure(f"http://127.0.0.1:{port}/")
        assert failure.kind == "deadline"
        assert time.monotonic() - started < 4
        for sock in waiting:
            sock.close()


def test_a_refused_connection_and_an_unknown_name(setup: Setup) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    setup.policy = replace(setup.policy, allow_ports=(port,))
    assert setup.failure(f"http://127.0.0.1:{port}/").kind == "connect"

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    setup.options["resolver"] = unknown
    failure = setup.failure(f"http://nobody.test:{port}/")
    assert failure.kind == "dns"
    assert "nobody.test" in failure.message
    setup.options["resolver"] = lambda host, port: []
    assert setup.failure(f"http://nobody.test:{port}/").kind == "connect"


def test_error_pages_that_drip_cost_two_seconds_at_most(setup: Setup) -> None:
    setup.server.at("/page", drip(head(404, "Content-Length: 5000")))
    started = time.monotonic()
    assert setup.failure("/page", ignore_robots=True).kind == "http_4xx"
    assert time.monotonic() - started < 6


def test_nothing_is_left_open(setup: Setup) -> None:
    """Descriptors and threads: a run meets thousands of broken servers."""
    for number, (behaviour, outcome) in enumerate(HOSTILE.values()):
        if outcome not in ("deadline", "too_large"):
            setup.server.at(f"/{number}", behaviour)
    setup.server.at("/page", page())
    process = psutil.Process()
    requests = [FetchRequest(setup.server.url(f"/{number}")) for number in range(len(HOSTILE))]
    requests += [FetchRequest(setup.server.url("/page", f"p{number}.test")) for number in range(30)]
    counts = []
    for _ in range(3):
        with setup.fetcher(connections=8) as fetcher:
            assert len(list(fetcher.fetch_all(requests))) == len(requests)
        deadline = time.monotonic() + 5
        while setup.server.open_connections and time.monotonic() < deadline:
            time.sleep(0.02)  # until the server has noticed, which shares our process
        counts.append((process.num_fds(), threading.active_count()))
    (fds, threads), last = counts[0], counts[-1]
    assert last[0] <= fds
    assert last[1] <= threads
