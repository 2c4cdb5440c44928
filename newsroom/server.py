"""The newsroom on a loopback socket: a proxy for the outlets' names and a site for a browser."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from newsroom.pieces import Newsroom
from newsroom.site import Answer, Site

_IDLE_SECONDS = 120


class Request(NamedTuple):
    """One request as it was answered. `at` is on the monotonic clock, in seconds."""

    at: float
    host: str
    path: str
    status: int
    conditional: bool


class NewsroomServer:
    """Serves a newsroom while its context is open.

    As a proxy it answers absolute-form requests (``GET http://meridianwire.example/feed.xml``);
    under its own address it has the same feeds and pages at ``/<domain>/…`` and a list of outlets
    at ``/``. `clock` says what time it is in the newsroom: pieces published later are neither
    listed nor found. Without it the clock stands at the newsroom's `now`; `advance` moves it in
    either case. `port` 0 takes a free one. Raises ValueError for a host that is not a loopback
    address, OSError when the port is taken.
    """

    def __init__(
        self,
        newsroom: Newsroom,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        if not host.startswith("127.") and host != "localhost":
            raise ValueError(f"{host} is not a loopback address; the newsroom serves only those")
        self.newsroom = newsroom
        self.requests: list[Request] = []
        self._site = Site(newsroom)
        self._clock = clock if clock is not None else lambda: newsroom.now
        self._advanced = timedelta()
        self._listener = _Listener(host, port, self)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.05,), name="newsroom", daemon=True
        )

    def __enter__(self) -> NewsroomServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        self._listener.hang_up()

    @property
    def port(self) -> int:
        return int(self._listener.server_address[1])

    @property
    def proxy_url(self) -> str:
        return f"http://{self._listener.server_address[0]!s}:{self.port}"

    def feed_urls(self) -> tuple[str, ...]:
        """Every feed under its outlet's own name, to be asked through the proxy."""
        return tuple(url for outlet in self.newsroom.outlets for url in outlet.feed_urls)

    def now(self) -> datetime:
        """The time in the newsroom."""
        return self._clock() + self._advanced

    def advance(self, by: timedelta) -> None:
        """Moves the newsroom's clock, so that further pieces come out."""
        self._advanced += by

    def answer(self, target: str, host_header: str) -> tuple[str, str, Answer]:
        """Host, path and answer for a request target in absolute or origin form."""
        parts = urlsplit(target)
        host, path = (parts.hostname or "").lower(), parts.path or "/"
        if not host:
            named = host_header.rsplit(":", 1)[0].lower()
            if named not in self._site:
                return self._browsed(path)
            host = named
        if host not in self._site:
            return host, path, _refusal(502, f"No outlet of this newsroom is called {host}.\n")
        return host, path, self._site.answer(host, path, self.now(), f"http://{host}")

    def _browsed(self, target: str) -> tuple[str, str, Answer]:
        """An address under the server's own: ``/`` or ``/<domain>/…``."""
        if target == "/":
            return "", target, self._site.outlets_page()
        domain, slash, rest = target.lstrip("/").partition("/")
        if domain not in self._site:
            return "", target, _refusal(404, "No such outlet; see / for all of them.\n")
        path = slash + rest or "/"
        return domain, path, self._site.answer(domain, path, self.now(), f"/{domain}")


def _refusal(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode)


class _Listener(ThreadingHTTPServer):
    """A thread for each connection, which clients keep open; few and long-lived."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, host: str, port: int, newsroom: NewsroomServer) -> None:
        self.newsroom = newsroom
        self._open: set[socket.socket] = set()
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Ends the connections that clients still keep open; their threads end with them."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already

    def handle_error(self, request: Any, client_address: Any) -> None:
        # a client that went away, or was killed, is no fault of the newsroom's
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one segment

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept in `NewsroomServer.requests` instead."""

    def _respond(self, *, with_body: bool) -> None:
        newsroom = self.server.newsroom
        host, path, answer = newsroom.answer(self.path, self.headers.get("Host", ""))
        if_none_match = self.headers.get("If-None-Match")
        if_modified_since = self.headers.get("If-Modified-Since")
        unchanged = answer.matches(if_none_match, if_modified_since)
        status = 304 if unchanged else answer.status
        conditional = if_none_match is not None or if_modified_since is not None
        # noted before it is sent, so that whoever has the answer finds it in the log
        newsroom.requests.append(Request(time.monotonic(), host, path, status, conditional))
        self.send_response(status)
        if answer.etag is not None:
            self.send_header("ETag", answer.etag)
        if answer.last_modified is not None:
            self.send_header("Last-Modified", answer.last_modified)
        body = b""
        if not unchanged:
            body = answer.body()
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body and not unchanged:
            self.wfile.write(body)
