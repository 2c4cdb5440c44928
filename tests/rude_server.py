"""A loopback server that answers as the hostile web does: each path is a function over the raw
socket, so an answer may be cut, dripped, garbled or never given.

    with RudeServer() as server:
        server.at("/page", page(b"hello"))
        server.at("/slow", drip(b"HTTP/1.1 200 OK\r\n"))

What was asked is in `server.seen`. Names lead here through `server.resolver`, so that one server
can be many publishers.
"""

from __future__ import annotations

import gzip
import re
import select
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[["Talk"], object]


@dataclass
class Asked:
    """One request as it came over the wire. Times in monotonic seconds, `ended` when the last of
    the answer was about to be sent; `sni` is the name that the TLS handshake asked for."""

    method: str
    target: str
    headers: dict[str, str]
    connection: int
    started: float
    ended: float = 0.0
    sni: str | None = None

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


@dataclass
class Talk:
    """One request that waits for its answer."""

    sock: socket.socket
    asked: Asked
    closing: threading.Event
    keep_alive: bool = field(default=True)

    def send(self, data: bytes) -> None:
        # Before, or a client that has all of it may be back before this thread notes the end.
        self.asked.ended = time.monotonic()
        self.sock.sendall(data)

    def close(self) -> None:
        self.keep_alive = False

    def sleep(self, seconds: float) -> bool:
        """False once the server is being closed."""
        return not self.closing.wait(seconds)


def head(status: int | str = 200, *headers: str) -> bytes:
    line = f"{status} Some Reason" if isinstance(status, int) else status
    return "\r\n".join([f"HTTP/1.1 {line}", *headers, "", ""]).encode("utf-8")


def page(body: bytes = b"ok", status: int = 200, *headers: str) -> Behaviour:
    """A proper answer."""
    whole = head(status, *headers, f"Content-Length: {len(body)}") + body
    return lambda talk: talk.send(whole)


def redirect(to: str, status: int = 302, *headers: str) -> Behaviour:
    return page(b"", status, f"Location: {to}", *headers)


def raw(data: bytes) -> Behaviour:
    """These bytes, and the connection is closed."""

    def behave(talk: Talk) -> None:
        talk.send(data)
        talk.close()

    return behave


def drip(start: bytes, again: bytes = b"x", every: float = 0.02) -> Behaviour:
    """`start`, and then `again` for ever."""

    def behave(talk: Talk) -> None:
        talk.close()
        talk.send(start)
        while talk.sleep(every):
            talk.send(again)

    return behave


def flood(start: bytes, again: bytes) -> Behaviour:
    """`start`, and then `again` as fast as it is taken, up to 200 MB."""

    def behave(talk: Talk) -> None:
        talk.close()
        talk.send(start)
        for _ in range(200_000_000 // len(again)):
            if talk.closing.is_set():
                return
            talk.send(again)

    return behave


def hang(talk: Talk) -> None:
    """No answer at all."""
    talk.close()
    while talk.sleep(0.5):
        if select.select([talk.sock], [], [], 0)[0] and not talk.sock.recv(1):
            return


def reset(talk: Talk) -> None:
    """A TCP reset instead of an answer."""
    talk.close()
    talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.sock.close()


def gzip_bomb(decoded_bytes: int) -> bytes:
    return gzip.compress(bytes(decoded_bytes), 9, mtime=0)


class RudeServer:
    """See the module. Every path that is not given answers 404."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Asked] = []
        self.connections = 0
        self._tls = tls
        self._behaviours: dict[str, Behaviour] = {}
        self._closing = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._sni = threading.local()
        if tls is not None:
            tls.sni_callback = self._note_sni
        threading.Thread(target=self._accept, daemon=True).start()

    def at(self, path: str, behaviour: Behaviour) -> None:
        """`path` may carry a host, `name.test/path`, and then holds for that host only."""
        self._behaviours[path] = behaviour

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def resolver(self, host: str, port: int) -> Sequence[str]:
        """Every name leads here."""
        return ["127.0.0.1"]

    @property
    def open_connections(self) -> int:
        with self._lock:
            return len(self._sockets)

    def paths(self, host: str | None = None) -> list[str]:
        """Paths asked for, in order, robots.txt apart."""
        with self._lock:
            return [
                asked.target
                for asked in self.seen
                if asked.target != "/robots.txt"
                and (host is None or asked.host.partition(":")[0] == host)
            ]

    def spacing(self, host: str) -> float:
        """Mean seconds between the requests to the host. Single gaps say less: a busy machine may
        notice one request late and the next one soon."""
        starts = [asked.started for asked in self.seen if asked.host.partition(":")[0] == host]
        return (max(starts) - min(starts)) / (len(starts) - 1)

    def most_at_once(self, host: str) -> int:
        """The largest number of requests to the host that were being answered together."""
        marks = []
        for asked in self.seen:
            if asked.host.partition(":")[0] == host:
                marks += [(asked.started, 1), (asked.ended, -1)]
        most = now = 0
        for _, step in sorted(marks):
            now += step
            most = max(most, now)
        return most

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            sockets = [self._listener, *self._sockets]
        for sock in sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def __enter__(self) -> RudeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _note_sni(self, sock: object, name: str | None, context: object) -> None:
        self._sni.name = name

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._sockets.add(sock)
                number = self.connections
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        plain = sock
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._sockets.add(sock)
            with sock.makefile("rb") as reader:
                while self._answer_one(sock, reader, number):
                    pass
        except (OSError, ValueError):
            pass  # the client, or the test, has had enough
        finally:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
            with self._lock:
                self._sockets -= {sock, plain}

    def _answer_one(self, sock: socket.socket, reader, number: int) -> bool:  # type: ignore[no-untyped-def]
        words = reader.readline().decode("latin-1").split()
        if len(words) != 3:
            return False
        headers = {}
        while line := reader.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        sni = getattr(self._sni, "name", None)
        asked = Asked(words[0], words[1], headers, number, time.monotonic(), sni=sni)
        with self._lock:
            self.seen.append(asked)
        # As a proxy, it is given whole URLs.
        path = re.sub("^http://[^/]*", "", asked.target).partition("?")[0]
        with_host = asked.host.partition(":")[0] + path
        behaviour = (
            self._behaviours.get(with_host)
            or self._behaviours.get(asked.target)
            or self._behaviours.get(path)
        )
        talk = Talk(sock, asked, self._closing)
        try:
            (behaviour or page(b"not here", 404))(talk)
        finally:
            asked.ended = asked.ended or time.monotonic()
        return talk.keep_alive


_connects: list[tuple[str, int]] | None = None


def _audit(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and _connects is not None:
        address = args[1]
        if isinstance(address, tuple):
            _connects.append((str(address[0]), int(address[1])))


@contextmanager
def recorded_connects() -> Iterator[list[tuple[str, int]]]:
    """Every address that any socket of this process was told to connect to, as the interpreter
    itself reports it (an audit hook, which no code of ours can pass by)."""
    global _connects
    if not getattr(sys, "_wirecopy_audited", False):
        sys.addaudithook(_audit)
        sys._wirecopy_audited = True  # type: ignore[attr-defined]
    _connects = []
    try:
        yield _connects
    finally:
        _connects = None
