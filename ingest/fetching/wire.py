"""One connection under guard: its bytes are counted and capped, it can be ended from another
thread in any phase, and what the server sends is held to HTTP more strictly than http.client does.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final, Literal, Self

from urllib3.util import wait_for_read

MAX_HEAD_BYTES: Final = 256 * 1024
"""Status lines and headers of one answer, interim answers included."""

MAX_HEADERS: Final = 100
"""http.client's own bound; browsers stop at about 256 KiB instead."""

MAX_INTERIM: Final = 16
"""Answers of 1xx before the final one."""

_MAX_LINE: Final = 64 * 1024
_BUFFER: Final = 64 * 1024
# 101 is final: it would end HTTP on this connection.
_INTERIM = re.compile(rb"HTTP/\d\.\d[ \t]+1(?!01)\d\d\b")
_NOT_IN_PATH = re.compile(r"[\x00-\x20\x7f]")
_NOT_IN_HEADERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PLAIN_STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?\r?\n")
_PLAIN_FIELD = re.compile(rb"([!-9;-~]+):[ \t]*([^\r\n]*)\r?\n")

Ending = Literal["deadline", "cancelled"]


class WireOverflow(Exception):
    """The server sent more bytes than it may."""


class Line:
    """The guard over one connection: which bytes came, how many may, and whether it was ended.

    A second descriptor of the same connection is kept, because http.client and ssl pass the first
    one around, wrap it and close it; shutting the second one down ends reads on either.
    """

    def __init__(self) -> None:
        self.received = 0
        self.allowance = 0
        self.ended: Ending | None = None
        self.wake = threading.Event()
        self._deadline = 0.0
        self._lifeline: socket.socket | None = None
        self._lock = threading.Lock()

    def begin(self, deadline: float) -> None:
        """A new exchange, until `deadline` (monotonic seconds)."""
        self.received = 0
        self.allowance = MAX_HEAD_BYTES
        self._deadline = deadline

    def left(self) -> float:
        """Seconds until the deadline, never 0: that would mean non-blocking to a socket."""
        return max(self._deadline - time.monotonic(), 0.001)

    def attach(self, sock: socket.socket) -> None:
        with self._lock:
            previous, self._lifeline = self._lifeline, sock.dup()
            ended = self.ended
        if previous is not None:
            previous.close()
        if ended is not None:
            raise ConnectionAbortedError(ended)

    def expire(self) -> None:
        self._end("deadline")

    def cancel(self) -> None:
        self._end("cancelled")

    def _end(self, ending: Ending) -> None:
        with self._lock:
            if self.ended is None:
                self.ended = ending
            if self._lifeline is not None:
                with suppress(OSError):  # not connected yet, or not any more
                    self._lifeline.shutdown(socket.SHUT_RDWR)
        self.wake.set()

    def release(self) -> None:
        with self._lock:
            lifeline, self._lifeline = self._lifeline, None
        if lifeline is not None:
            lifeline.close()


class Cancellation:
    """Fetches that are given up together. A cancelled one starts no further exchange."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: set[Line] = set()
        self.cancelled = False

    @contextmanager
    def holding(self, line: Line) -> Iterator[None]:
        with self._lock:
            self._lines.add(line)
            if self.cancelled:
                line.cancel()
        try:
            yield
        finally:
            with self._lock:
                self._lines.discard(line)

    def cancel(self) -> None:
        with self._lock:
            self.cancelled = True
            for line in self._lines:
                line.cancel()


def request_head(path: str, headers: Mapping[str, str]) -> bytes:
    """A GET as it is sent. Raises ValueError for what would break out of its line."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if _NOT_IN_PATH.search(path) or _NOT_IN_HEADERS.search("".join(lines)):
        raise ValueError("control characters in a request")
    return "\r\n".join((f"GET {path} HTTP/1.1", *lines, "", "")).encode("latin-1")


class _CountedSocket(io.RawIOBase):
    """The reading side of a socket, with the line's cap on it."""

    def __init__(self, sock: socket.socket, line: Line) -> None:
        self._sock = sock
        self._line = line
        self.only_at_hand = False
        self.at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        line = self._line
        if line.ended is not None:
            raise ConnectionAbortedError(line.ended)
        if self.at_end or (self.only_at_hand and not self._at_hand()):
            return None
        count = self._sock.recv_into(buffer)
        line.received += count
        if line.received > line.allowance:
            raise WireOverflow
        return count

    def _at_hand(self) -> bool:
        if isinstance(self._sock, ssl.SSLSocket):
            # The socket may be readable for a session ticket, and reading would wait for more.
            return self._sock.pending() > 0
        return wait_for_read(self._sock, timeout=0.0)


class _ReplyReader(io.BufferedReader):
    """Remembers on closing what had come beyond the end of the answer."""

    left_over = b""

    def makefile(self, mode: str) -> Self:
        """As http.client asks a socket for it."""
        return self

    def close(self) -> None:
        if not self.closed and isinstance(self.raw, _CountedSocket):
            self.raw.only_at_hand = True
            with suppress(OSError, ValueError, WireOverflow):  # broken or ended: nothing is left
                self.left_over = self.peek(1)[:64]
        super().close()


class WireReply(http.client.HTTPResponse):
    """An answer read through the line's cap.

    http.client takes headers that break off for complete ones, stops reading headers at the first
    malformed one, and skips interim answers without end. So the head is read here, and http.client
    sees it only when it is whole, and only if there is anything odd about it: it has headers read
    as those of an email, which takes a third of an exchange's processor time.

    `fields`: the headers, names in lower case.
    """

    fields: tuple[tuple[str, str], ...] = ()

    def __init__(self, sock: socket.socket, *args: Any, line: Line, **kwargs: Any) -> None:
        self._counted = _CountedSocket(sock, line)
        self.reader = _ReplyReader(self._counted, _BUFFER)
        super().__init__(self.reader, *args, **kwargs)  # type: ignore[arg-type]

    def begin(self) -> None:
        head = self._head()
        if self._read_plainly(head):
            return
        self.fp = io.BufferedReader(io.BytesIO(b"".join(head)))
        try:
            super().begin()
        finally:
            self.fp = self.reader
        self.fields = tuple((name.lower(), value.strip()) for name, value in self.headers.items())

    def field(self, name: str) -> str | None:
        """The first header of that name, in lower case."""
        return next((value for key, value in self.fields if key == name), None)

    def end(self) -> None:
        """Close an answer that has no body. If the server sends one all the same, and it is not
        here yet, the connection will show it before it is used again."""
        self._counted.at_end = True
        self.close()

    def _read_plainly(self, head: list[bytes]) -> bool:
        """Take from a head without oddities what http.client would take from it. False: there is
        something odd, and nothing was taken."""
        status = _PLAIN_STATUS.fullmatch(head[0])
        lines = [_PLAIN_FIELD.fullmatch(line) for line in head[1:-1]]
        if status is None or None in lines:
            return False
        named = [(m[1].decode().lower(), m[2].decode("latin-1")) for m in lines if m]
        self.fields = tuple((name, value.strip()) for name, value in named)
        first = dict(reversed(named))
        self.status = int(status[1])
        self.chunked = first.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.length = None
        if self.status in (204, 304):
            self.length = 0
        elif not self.chunked:
            with suppress(ValueError):
                length = int(first.get("content-length", ""))
                self.length = length if length >= 0 else None
        open_ended = not self.chunked and self.length is None
        self.will_close = open_ended or "close" in first.get("connection", "").lower()
        return True

    def _head(self) -> list[bytes]:
        """The final answer's lines, with the empty one. What is no HTTP is a line without it:
        http.client says what is wrong."""
        for _ in range(MAX_INTERIM + 1):
            status_line = self._line_of_head()
            if not status_line.startswith(b"HTTP/"):
                return [status_line]
            headers = self._header_lines()
            if not _INTERIM.match(status_line):
                return [status_line, *headers, b"\r\n"]
        raise http.client.HTTPException("too many interim answers")

    def _header_lines(self) -> list[bytes]:
        lines: list[bytes] = []
        while (line := self._line_of_head()) not in (b"\r\n", b"\n"):
            if not line:
                raise http.client.HTTPException("the headers break off")
            if len(lines) >= MAX_HEADERS:
                raise http.client.HTTPException(f"more than {MAX_HEADERS} headers")
            # One line without a colon would hide all headers behind it, the length included.
            if b":" in line or line[:1] in (b" ", b"\t"):
                lines.append(line)
        return lines

    def _line_of_head(self) -> bytes:
        line = self.reader.readline(_MAX_LINE + 1)
        if len(line) > _MAX_LINE:
            raise http.client.LineTooLong("header line")
        return line
