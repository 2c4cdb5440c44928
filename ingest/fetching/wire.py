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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, Literal

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


class _CountedSocket(io.RawIOBase):
    """The reading side of a socket, with the line's cap on it."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, line: Line) -> None:
        self._raw = raw
        self._sock = sock
        self._line = line
        self.only_at_hand = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        line = self._line
        if line.ended is not None:
            raise ConnectionAbortedError(line.ended)
        if self.only_at_hand and not self._at_hand():
            return None
        count = self._raw.readinto(buffer)
        line.received += count or 0
        if line.received > line.allowance:
            raise WireOverflow
        return int(count) if count is not None else None

    def _at_hand(self) -> bool:
        if isinstance(self._sock, ssl.SSLSocket):
            # The socket may be readable for a session ticket, and reading would wait for more.
            return self._sock.pending() > 0
        return wait_for_read(self._sock, timeout=0.0)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _ReplyReader(io.BufferedReader):
    """Remembers on closing what had come beyond the end of the answer."""

    left_over = b""

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
    sees it only when it is whole.
    """

    def __init__(self, sock: socket.socket, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.reader = _ReplyReader(_CountedSocket(self.fp.detach(), sock, line), _BUFFER)
        self.fp = self.reader

    def begin(self) -> None:
        if self.headers is not None:
            return  # as http.client does: it has begun
        head = self._head()
        self.fp = io.BufferedReader(io.BytesIO(head))
        try:
            super().begin()
        finally:
            self.fp = self.reader

    def _head(self) -> bytes:
        for _ in range(MAX_INTERIM + 1):
            status_line = self._line_of_head()
            if not status_line.startswith(b"HTTP/"):
                return status_line  # http.client says what is wrong with it
            headers = self._header_lines()
            if not _INTERIM.match(status_line):
                return b"".join((status_line, *headers, b"\r\n"))
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
