"""One fetch at a time: what is asked, what comes back, what becomes of connections."""

from __future__ import annotations

import gzip
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from fetch_setup import NOW, Setup
from rude_server import (
    Behaviour,
    RudeServer,
    Talk,
    drip,
    hang,
    head,
    page,
    raw,
    redirect,
    reset,
)

from ingest import errors
from ingest.errors import FetchError
from ingest.fetching.fetch import default_user_agent
from ingest.types import FetchRequest

KB = 1024


@pytest.fixture
def setup() -> Iterator[Setup]:
    with RudeServer() as server:
        yield Setup(server)


def test_a_page_arrives_with_all_about_it(setup: Setup) -> None:
    setup.server.at("/page", page(b"<p>Hello", 200, "Content-Type: text/html", "X-A: 1", "x-a: 2"))
    response = setup.fetch("/page?q=1#part", host="news.test")
    assert response.body == b"<p>Hello"
    assert response.status == 200
    assert response.header("Content-Type") == "text/html"
    assert [value for name, value in response.headers if name == "x-a"] == ["1", "2"]
    assert response.url == setup.server.url("/page?q=1#part", "news.test")
    assert response.final_url == setup.server.url("/page?q=1", "news.test")
    assert response.moved_to is None
    assert response.fetched_at == NOW
    assert len(response.body) < response.wire_bytes < 400
    asked = setup.server.seen[-1]
    assert asked.target == "/page?q=1"
    assert asked.host == f"news.test:{setup.server.port}"
    assert asked.headers["user-agent"] == default_user_agent()
    assert asked.headers["accept-encoding"] == "gzip, deflate"
    assert asked.headers["accept"].startswith("text/html")
    assert not {"cookie", "authorization", "range", "referer"} & set(asked.headers)


def test_feeds_are_asked_for_as_feeds_and_may_be_larger(setup: Setup) -> None:
    setup.server.at("/feed", page(bytes(300 * KB)))
    assert len(setup.fetch("/feed", kind="feed").body) == 300 * KB
    assert setup.server.seen[-1].headers["accept"].startswith("application/rss+xml")
    assert setup.failure("/feed").kind == "too_large"


NEVER_READ = 1 << 30


@pytest.mark.parametrize(
    ("content_type", "start"),
    [
        ("application/pdf", b"%PDF-1.7"),
        ("video/mp4", b""),
        ("Image/PNG; q=1", b"\x89PNG\r\n"),
        ("application/octet-stream", b"<html>"),
        ("text/html", b"%PDF-1.7\n1 0 obj"),
        ("text/html; charset=utf-8", b"\0\0\0\x18ftypmp42"),
    ],
)
def test_a_page_that_is_none_is_given_up_at_its_first_bytes(
    setup: Setup, content_type: str, start: bytes
) -> None:
    """The server sends a few bytes of a gigabyte, and no more: whoever waits for them hangs."""
    headers = head(200, f"Content-Type: {content_type}", f"Content-Length: {NEVER_READ}")
    setup.policy = replace(setup.policy, max_page_bytes=2 * NEVER_READ)
    setup.server.at("/page", drip(headers + start.ljust(20, b" "), b"", 0.2))
    failure = setup.failure("/page", ignore_robots=True)
    assert (failure.kind, type(failure)) == ("not_html", errors.NotHtml)
    assert failure.url == setup.server.url("/page")


@pytest.mark.parametrize("content_type", ["text/html", "Application/XHTML+XML", "text/plain", ""])
def test_a_page_may_be_served_as_several_things(setup: Setup, content_type: str) -> None:
    setup.server.at("/page", page(b"<!doctype html><p>x", 200, f"Content-Type: {content_type}"))
    assert setup.fetch().body == b"<!doctype html><p>x"


def test_a_feed_may_be_served_as_anything(setup: Setup) -> None:
    setup.server.at("/feed", page(b"<rss version='2.0'/>", 200, "Content-Type: application/pdf"))
    assert setup.fetch("/feed", kind="feed").body.startswith(b"<rss")


def test_the_user_agent_says_who_asks() -> None:
    assert default_user_agent("https://example.org/bot").endswith("(+https://example.org/bot)")
    assert default_user_agent().startswith("Wirecopy/")


@pytest.mark.parametrize("user_agent", ["", " ", "a\r\nX-Evil: 1", "Bücher/1"])
def test_a_user_agent_that_cannot_be_sent_is_a_configuration_error(
    setup: Setup, user_agent: str
) -> None:
    with pytest.raises(errors.ConfigurationError, match="user_agent"):
        setup.fetcher(user_agent=user_agent)


def test_compressed_and_chunked_pages(setup: Setup) -> None:
    text = b"hello " * 5000
    squeezed = gzip.compress(text)
    chunks = b"".join(
        b"%x;ext=1\r\n%b\r\n" % (len(part), part)
        for part in (squeezed[:5], squeezed[5:60], squeezed[60:])
    )
    chunked = head(200, "Transfer-Encoding: chunked", "Content-Encoding: gzip") + chunks
    setup.server.at("/chunked", lambda talk: talk.send(chunked + b"0\r\nTrailer: x\r\n\r\n"))
    setup.server.at("/plain", raw(head(200, "Content-Encoding: gzip") + squeezed))
    assert setup.fetch("/chunked").body == text
    assert setup.fetch("/plain").body == text


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"]
)
def test_interim_answers_are_passed_over(setup: Setup, interim: bytes) -> None:
    setup.server.at("/page", raw(interim * 3 + head(200, "Content-Length: 2") + b"ok"))
    assert setup.fetch().body == b"ok"


def test_a_malformed_header_hides_nothing_behind_it(setup: Setup) -> None:
    answer = head(200, "A: 1", "nonsense without a colon", "Content-Length: 2", "B: 2") + b"ok"
    setup.server.at("/page", lambda talk: talk.send(answer))
    response = setup.fetch()
    assert (response.body, response.header("b")) == (b"ok", "2")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Note: a b\r\nContent-Length: 2\r\n\r\n", "a b"),
        (b"HTTP/1.1 200\nx-note:a b\ncontent-length:2\n\n", "a b"),
        (b"HTTP/1.1 200 OK\r\nX-NOTE:\ta b \t\r\nCONTENT-LENGTH:  2  \r\n\r\n", "a b"),
        (b"HTTP/1.1 200 OK\r\nX-Note: a\r\n b\r\nContent-Length: 2\r\n\r\n", "a\r\n b"),
        (b"HTTP/1.1 200 OK\r\nX-Note: a\rX-More: b\r\nContent-Length: 2\r\n\r\n", "a"),
        (b"HTTP/1.1 200 OK\r\nX-Note: a\r\nX-Note: b\r\nContent-Length: 2\r\n\r\n", "a"),
        (b"HTTP/1.1 200 OK\r\nX-Note: \xe9\r\nContent-Length: 2\r\n\r\n", "\xe9"),
        (b"HTTP/1.1 200 OK\r\nX-Note:\r\nContent-Length: 2\r\n\r\n", ""),
        (b"HTTP/1.0 200 OK\r\nX-Note: a\r\nContent-Length: 2\r\n\r\n", "a"),
        (b"HTTP/1.7  200 Fine\r\nX-Note: a\r\nContent-Length: 2\r\n\r\n", "a"),
    ],
)
def test_headers_however_they_are_written(setup: Setup, answer: bytes, value: str) -> None:
    setup.server.at("/page", lambda talk: talk.send(answer + b"ok"))
    response = setup.fetch()
    assert (response.body, response.header("x-note")) == (b"ok", value)


def test_conditional_requests(setup: Setup) -> None:
    setup.server.at("/page", page(b"", 304, 'ETag: "2"'))
    response = setup.fetch(etag='W/"1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT")
    assert response.not_modified
    assert (response.status, response.body) == (304, b"")
    asked = setup.server.seen[-1].headers
    assert asked["if-none-match"] == 'W/"1"'
    assert asked["if-modified-since"] == "Sun, 22 Nov 2026 10:00:00 GMT"
    assert setup.failure("/page").kind == "protocol"


def test_a_stored_validator_cannot_inject_a_header(setup: Setup) -> None:
    setup.server.at("/page", page())
    setup.fetch(etag='"1"\r\nX-Evil: 1', last_modified="é€ü")
    asked = setup.server.seen[-1].headers
    assert not {"x-evil", "if-none-match"} & set(asked)
    assert asked["if-modified-since"].encode("latin-1").decode("utf-8") == "é€ü"


STATUSES: list[tuple[int, tuple[str, ...], str]] = [
    (200, (), "ok"),
    (203, (), "ok"),
    (204, (), "http_status"),
    (205, (), "http_status"),
    (206, ("Content-Range: bytes 0-1/100",), "http_status"),
    (300, (), "http_status"),
    (400, (), "http_4xx"),
    (401, (), "http_4xx"),
    (403, (), "http_4xx"),
    (404, (), "http_4xx"),
    (451, (), "http_4xx"),
    (410, (), "gone"),
    (500, (), "http_5xx"),
    (502, (), "http_5xx"),
    (503, (), "http_5xx"),
    (503, ("Retry-After: soon",), "http_5xx"),
    (599, (), "http_5xx"),
    (700, (), "http_status"),
]


@pytest.mark.parametrize(("status", "headers", "outcome"), STATUSES)
def test_statuses(setup: Setup, status: int, headers: tuple[str, ...], outcome: str) -> None:
    setup.server.at("/page", page(b"" if status == 204 else b"hi", status, *headers))
    if outcome == "ok":
        assert setup.fetch().body == b"hi"
        return
    failure = setup.failure("/page")
    assert failure.kind == outcome
    assert isinstance(failure, errors.HttpStatusError)
    assert failure.status == status
    assert str(status) in failure.message
    assert failure.url == setup.server.url("/page")


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "7", 7),
        (429, "Sun, 22 Nov 2026 12:01:30 GMT", 90),
        (503, "7", 7),
        (503, "Sun, 22 Nov 2026 12:01:30 GMT", 90),
        (429, "garbage", 60),
        (429, None, 60),
        (429, "999999999", 86400),
        (503, "0", 0),
    ],
)
def test_throttling(setup: Setup, status: int, value: str | None, seconds: float) -> None:
    headers = [f"Retry-After: {value}"] if value is not None else []
    setup.server.at("/page", page(b"slow down", status, *headers))
    failure = setup.failure("/page")
    assert isinstance(failure, errors.Throttled)
    assert (failure.status, failure.retry_after) == (status, seconds)


def test_connections_are_kept_alive(setup: Setup) -> None:
    setup.server.at("/page", page())
    with setup.fetcher() as fetcher:
        for _ in range(5):
            fetcher.fetch(FetchRequest(setup.server.url("/page")))
        with pytest.raises(errors.HttpClientError):
            fetcher.fetch(FetchRequest(setup.server.url("/missing")))
        fetcher.fetch(FetchRequest(setup.server.url("/page"), etag='"1"'))
    assert setup.server.connections == 1


def test_a_connection_that_the_server_closed_is_replaced_silently(setup: Setup) -> None:
    def once(talk: Talk) -> None:
        page(b"ok")(talk)
        talk.close()  # without having said so

    def at_the_second(talk: Talk) -> None:
        if talk.asked.connection == 1:
            talk.close()  # the race: it closes just when we ask again
        else:
            page(b"fresh")(talk)

    setup.server.at("/once", once)
    setup.server.at("/page", page())
    setup.server.at("/race", at_the_second)
    with setup.fetcher() as fetcher:
        fetcher.fetch(FetchRequest(setup.server.url("/page")))
        assert fetcher.fetch(FetchRequest(setup.server.url("/race"))).body == b"fresh"
        for _ in range(2):
            assert fetcher.fetch(FetchRequest(setup.server.url("/once"))).body == b"ok"
            time.sleep(0.05)
        assert fetcher.fetch(FetchRequest(setup.server.url("/page"))).body == b"ok"


def test_what_was_not_read_to_its_end_is_not_read_as_the_next_answer(setup: Setup) -> None:
    def chunks(data: bytes, *headers: str) -> Behaviour:
        """All but the last 10 kB at once, which go beyond every cap; the rest comes later."""
        start = head(200, "Transfer-Encoding: chunked", *headers)
        first, last = (
            b"%x\r\n%b\r\n" % (len(part), part) for part in (data[:-10_000], data[-10_000:])
        )

        def behave(talk: Talk) -> None:
            with suppress(OSError):
                talk.send(start + first)
                talk.sleep(0.2)
                talk.send(last + b"0\r\n\r\n")

        return behave

    padded = gzip.compress(b"hello") + bytes(70_000)
    setup.server.at("/robots.txt", chunks(b"User-agent: *\nAllow: /\n\n" * 21_000))
    setup.server.at("/padded", chunks(padded, "Content-Encoding: gzip"))
    setup.server.at("/large", chunks(bytes(300_000)))
    setup.server.at(
        "/moved",
        lambda talk: talk.send(head(302, "Location: /page", "Content-Length: 4") + b"abcd"),
    )
    setup.server.at("/page", page())
    with setup.fetcher() as fetcher:
        for path, body in {"/page": b"ok", "/padded": b"hello", "/moved": b"ok"}.items():
            assert fetcher.fetch(FetchRequest(setup.server.url(path))).body == body
            with pytest.raises(errors.TooLarge):
                fetcher.fetch(FetchRequest(setup.server.url("/large")))
            assert fetcher.fetch(FetchRequest(setup.server.url("/page"))).body == b"ok"


@pytest.mark.parametrize("pause", [0.0, 0.1])
def test_a_body_where_none_belongs_is_not_the_next_answer(setup: Setup, pause: float) -> None:
    def unchanged(talk: Talk) -> None:
        with suppress(OSError):
            talk.send(head(304) + (evil if not pause else b""))
            talk.sleep(pause)
            talk.send(evil if pause else b"")

    evil = head(200, "Content-Length: 4") + b"evil"
    setup.server.at("/feed", unchanged)
    setup.server.at("/page", page(b"mine"))
    with setup.fetcher() as fetcher:
        asked = FetchRequest(setup.server.url("/feed"), kind="feed", etag='"1"')
        assert fetcher.fetch(asked).not_modified
        time.sleep(2 * pause)
        assert fetcher.fetch(FetchRequest(setup.server.url("/page"))).body == b"mine"


def test_a_smuggled_second_answer_is_nobodys(setup: Setup) -> None:
    evil = head(200, "Content-Length: 4") + b"evil"
    setup.server.at("/two", lambda talk: talk.send(head(200, "Content-Length: 2") + b"ok" + evil))
    setup.server.at("/page", page(b"mine"))
    with setup.fetcher() as fetcher:
        assert fetcher.fetch(FetchRequest(setup.server.url("/two"))).body == b"ok"
        assert fetcher.fetch(FetchRequest(setup.server.url("/page"))).body == b"mine"


def test_a_closed_fetcher_ends_what_runs_and_fetches_no_more(setup: Setup) -> None:
    setup.server.at("/page", hang)
    fetcher = setup.fetcher(fetch_deadline=60.0)
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            fetcher.fetch(FetchRequest(setup.server.url("/page")))
        except BaseException as error:  # noqa: BLE001
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not setup.server.paths():
        time.sleep(0.01)
    fetcher.close()
    thread.join(5)
    assert [type(error) for error in outcome] == [FetchError]
    with pytest.raises(RuntimeError):
        fetcher.fetch(FetchRequest(setup.server.url("/page")))


@pytest.mark.parametrize(
    "behaviour",
    [
        page(b"", 404),
        page(b"", 500),
        page(b"", 429),
        redirect("/page?token=SECRET"),
        redirect("http://10.0.0.1/?api_key=SECRET"),
        raw(b"nonsense"),
        reset,
        raw(head(200, "Content-Length: 9")),
        raw(head(200, "garbled header SECRET") + b"ok"),
    ],
)
def test_secrets_are_in_no_error_and_no_log(
    setup: Setup, behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    setup.server.at("/page", behaviour)
    url = f"http://user:SECRET@127.0.0.1:{setup.server.port}/page?key=SECRET&a=b"
    shown = ""
    try:
        setup.fetch(url, headers={"X-Key": "SECRET"})
    except FetchError as error:
        shown = f"{error} {error.url} {error!r}"
    logged = [json.dumps(record.__dict__, default=str) for record in caplog.records]
    assert "SECRET" not in shown
    assert "SECRET" not in "".join(logged)
