"""A web archive on loopback that answers as the Wayback Machine does: the CDX index with its
filters, limits and resumption keys, and captures as they were received.

The index's behaviour is that of https://github.com/internetarchive/wayback/tree/master/
wayback-cdx-server (README): rows sorted by key and time, `from` and `to` inclusive, `filter` a
regular expression that a whole field must match, and with `showResumeKey` an empty row and a row
with the key behind the last one when there are more. A capture is given for the time nearest to the
one that is asked for, by a redirect when that differs.
"""

from __future__ import annotations

import json
import re
import threading
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
MOST_ROWS = 150_000
"""The server's own limit of one answer."""


@dataclass(frozen=True)
class Capture:
    url: str
    timestamp: str
    body: bytes = b""
    status: str = "200"
    mimetype: str = "text/html"

    @property
    def urlkey(self) -> str:
        """The host turned round and without `www.`, then the path: a SURT, roughly."""
        parts = urlsplit(self.url.lower())
        host = (parts.hostname or "").removeprefix("www.")
        turned = ",".join(reversed(host.split(".")))
        query = f"?{parts.query}" if parts.query else ""
        return f"{turned}){parts.path or '/'}{query}"

    def row(self) -> dict[str, str]:
        values = (self.urlkey, self.timestamp, self.url, self.mimetype, self.status, "D", "1234")
        return dict(zip(FIELDS, values, strict=True))


class ArchiveServer:
    """Serves captures while its context is open. `most_rows` bounds an answer of the index;
    `throttled` is the number of index requests that are refused first."""

    def __init__(
        self, captures: Iterable[Capture], *, most_rows: int = MOST_ROWS, throttled: int = 0
    ) -> None:
        self.captures = sorted(captures, key=lambda each: (each.urlkey, each.timestamp))
        self.most_rows = most_rows
        self.throttled = throttled
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.asked.append(self.path)
                status, headers, body = server.answer(self.path)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: Any) -> None:
                pass

        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._listener.daemon_threads = True
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,))

    @property
    def port(self) -> int:
        return int(self._listener.server_address[1])

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> ArchiveServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()

    def answer(self, target: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a request."""
        parts = urlsplit(target)
        if parts.path == "/cdx/search/cdx":
            if self.throttled:
                self.throttled -= 1
                return 429, {"Retry-After": "1"}, b"Too many requests"
            return self._index(parse_qs(parts.query))
        found = re.fullmatch(r"/web/(\d{14})id_/(.+)", target)
        return self._capture(found[1], found[2]) if found else (404, {}, b"Nothing here")

    def _index(self, words: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        assert words["output"] == ["json"]
        rows = [each.row() for each in self.captures if _in_scope(each, words)]
        for condition in words.get("filter", []):
            name, _, pattern = condition.removeprefix("!").partition(":")
            wanted = not condition.startswith("!")
            rows = [row for row in rows if bool(re.fullmatch(pattern, row[name])) == wanted]
        if "resumeKey" in words:
            after = unquote_plus(words["resumeKey"][0]).rstrip("!").rsplit(" ", 1)
            keys = [[row["urlkey"], row["timestamp"]] for row in rows]
            rows = rows[bisect_right(keys, after) :]
        limit = min(int(words.get("limit", [str(MOST_ROWS)])[0]), self.most_rows)
        names = words["fl"][0].split(",") if "fl" in words else list(FIELDS)
        answer: list[list[str]] = [names]
        answer += [[row[name] for name in names] for row in rows[:limit]]
        if len(rows) > limit and words.get("showResumeKey") == ["true"]:
            last = rows[limit - 1]
            answer += [[], [quote_plus(f"{last['urlkey']} {last['timestamp']}!")]]
        body = json.dumps(answer if len(answer) > 1 else []).encode()
        return 200, {"Content-Type": "application/json"}, body

    def _capture(self, timestamp: str, url: str) -> tuple[int, dict[str, str], bytes]:
        key = Capture(url, "").urlkey
        held = [each for each in self.captures if each.urlkey == key]
        if not held:
            return 404, {}, b"Not archived"
        nearest = min(held, key=lambda each: abs(int(each.timestamp) - int(timestamp)))
        if nearest.timestamp != timestamp:
            place = f"{self.endpoint}/web/{nearest.timestamp}id_/{nearest.url}"
            return 302, {"Location": place}, b""
        headers = {"Content-Type": nearest.mimetype, "x-archive-src": "a.warc.gz"}
        return int(nearest.status), headers, nearest.body


def _in_scope(capture: Capture, words: dict[str, list[str]]) -> bool:
    """Whether a capture is of the domain and between `from` and `to`; shorter times are padded."""
    host = (urlsplit(capture.url).hostname or "").lower()
    domain = words["url"][0].lower()
    if words.get("matchType") == ["domain"]:
        near = host == domain or host.endswith("." + domain)
    else:
        near = host == domain
    since = words.get("from", [""])[0].ljust(14, "0")
    until = words.get("to", [""])[0].ljust(14, "9")
    return near and since <= capture.timestamp <= until
