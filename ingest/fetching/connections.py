"""The only module that opens sockets: one GET over one connection to a checked address, and the
posts to the operator's own webhook.

urllib3's connection classes connect, without its pools or requests above them: the address must be
checked where the connection is made, a watchdog must be able to end every phase of it, bodies of
redirects must not be read, and nothing may be retried behind the pacing's back.
"""

from __future__ import annotations

import functools
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import certifi
from urllib3 import HTTPHeaderDict, HTTPResponse, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from ingest.errors import ConfigurationError, ConnectFailed, DnsFailed
from ingest.fetching.addresses import AddressGuard, Target
from ingest.fetching.bodies import BodyDamaged, BodyOverflow, decoded
from ingest.fetching.failures import STALE, WireError, root_cause, translated
from ingest.fetching.idle_connections import IdleConnections
from ingest.fetching.watchdog import Watchdog
from ingest.fetching.wire import Cancellation, Line, WireOverflow, WireReply, request_head
from ingest.page_types import START_BYTES
from ingest.redact import redact_url

Resolver = Callable[[str, int], Sequence[str]]
"""Host name and port to literal addresses, in the order to try. Raises OSError."""

Inspection = Callable[[str | None, bytes], None]
"""Looks at an answer's Content-Type, and again once its first bytes are there. Raises FetchError
for a body that is not wanted, which is then not read."""

CONNECT_SECONDS: Final = 10.0
"""For one address, so that a dead IPv6 route leaves time for the IPv4 address."""

MAX_ADDRESSES: Final = 4

_CHUNK: Final = 64 * 1024
_BODY_STATUSES: Final = (200, 203)
# The rest of an error page is read when it is short and quick, which saves a new connection.
_DRAIN_BYTES: Final = 64 * 1024
_DRAIN_SECONDS: Final = 2.0


def resolve(host: str, port: int) -> list[str]:
    """The system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def default_tls() -> ssl.SSLContext:
    """Trusts what the system trusts, and certifi's list: Python on macOS may come without one."""
    context: ssl.SSLContext = create_urllib3_context()
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True, slots=True)
class Answer:
    """A final or redirecting answer. `headers`: names in lower case. `body` is empty unless the
    status is 200 or 203. `cut`: the body went on beyond `max_bytes`, and that was allowed."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_bytes: int
    cut: bool = False

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


class _Dialled(HTTPConnection):
    """A connection made by `dial`, whose answers are read through `line`."""

    line: Line
    dial: Callable[[], socket.socket]
    used = False

    def _new_conn(self) -> socket.socket:
        return self.dial()

    def prepare(self, line: Line, dial: Callable[[], socket.socket]) -> None:
        self.line = line
        self.dial = dial
        self.response_class = functools.partial(WireReply, line=line)  # type: ignore[assignment]

    def retire(self) -> None:
        self.close()
        self.line.release()


class _DialledTls(_Dialled, HTTPSConnection):
    """The same over TLS: server name and certificate check are those of the host's name."""


class Connections:
    """Makes exchanges with targets, keeping connections alive between them. Thread-safe."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        proxy: Target | None = None,
        keep_idle: int = 64,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if proxy is not None and proxy.scheme != "http":
            raise ConfigurationError("proxy: only an http:// proxy is supported.")
        self._guard = guard
        self._proxy = proxy
        self._resolver = resolver
        self._tls = tls
        self._tls_lock = threading.Lock()
        self._idle: IdleConnections[_Dialled] = IdleConnections(keep_idle)
        self._watchdog = Watchdog()

    def close(self) -> None:
        self._idle.close()
        self._watchdog.close()

    def exchange(
        self,
        target: Target,
        headers: Mapping[str, str],
        *,
        max_bytes: int,
        seconds: float,
        cancellation: Cancellation,
        on_send: Callable[[], None],
        inspect: Inspection = lambda content_type, start: None,
        cut: bool = False,
    ) -> Answer:
        """GET the target, within `seconds` for everything. The body may have `max_bytes`, on the
        wire and decoded; with `cut`, a longer one is cut there instead of being an error.
        `on_send` is called when the connection stands, `inspect` for an answer of 200 or 203.
        Redirects are not followed. Raises FetchError."""
        forwarded = self._proxy is not None and target.scheme == "http"
        key = "proxy" if forwarded else target.origin
        sent = {"Host": target.netloc, **headers}
        if forwarded and self._proxy is not None and self._proxy.authorization:
            sent["Proxy-Authorization"] = self._proxy.authorization
        exchange = _Exchange(
            target,
            target.url if forwarded else target.path,
            sent,
            max_bytes,
            cut,
            inspect,
            self._watchdog,
            on_send,
        )
        deadline = time.monotonic() + seconds
        connection = self._idle.take(key)
        if connection is not None:
            answer = exchange.over(connection, deadline, cancellation)
            if answer is None:  # closed by the server while it was idle, this request unseen
                connection = None
        if connection is None:
            connection = self._connection_to(target)
            answer = exchange.over(connection, deadline, cancellation)
            if answer is None:
                raise ConnectFailed(
                    f"{target.host} closed the connection: try again later.",
                    url=redact_url(target.url),
                )
        assert answer is not None
        if exchange.reusable:
            self._idle.put(key, connection)
        return answer

    def _connection_to(self, target: Target) -> _Dialled:
        line = Line()
        over = self._proxy or target
        connection: _Dialled
        if target.scheme == "https":
            connection = _DialledTls(over.host, over.port, ssl_context=self._tls_context())
            if self._proxy is not None:
                credentials = self._proxy.authorization
                connection.set_tunnel(
                    target.host,
                    target.port,
                    {"Proxy-Authorization": credentials} if credentials else None,
                )
        else:
            connection = _Dialled(over.host, over.port)
        connection.prepare(line, functools.partial(self._dial, over, line))
        return connection

    def _tls_context(self) -> ssl.SSLContext:
        with self._tls_lock:
            if self._tls is None:
                self._tls = default_tls()  # takes 30 ms, and only https needs it
            return self._tls

    def _dial(self, target: Target, line: Line) -> socket.socket:
        """A socket connected to a checked address of the target, or to the proxy, whose address is
        the user's own choice."""
        if target.address is not None:
            answers: Sequence[str] = (target.host,)
        else:
            answers = self._resolved(target, line)
        if target is not self._proxy:
            self._guard.check_answers(target, answers)
        failure: OSError | None = None
        for address in answers[:MAX_ADDRESSES]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                return _connected(family, (address, target.port), line)
            except OSError as error:
                failure = failure or error
                if line.ended is not None:
                    break
        if isinstance(failure, TimeoutError) and line.left() > 0.01:
            failure = OSError("no answer from its address")
        raise failure or OSError("it has no address")

    def _resolved(self, target: Target, line: Line) -> Sequence[str]:
        """The resolver's answers. It cannot be interrupted, so it runs in a thread that is left to
        itself when the fetch ends first."""
        outcome: list[Sequence[str] | BaseException] = []

        def run() -> None:
            try:
                outcome.append(self._resolver(target.host, target.port))
            except BaseException as error:  # noqa: BLE001  (raised by the waiting thread)
                outcome.append(error)
            line.wake.set()

        threading.Thread(target=run, name="wirecopy-resolve", daemon=True).start()
        line.wake.wait(line.left())
        if not outcome:
            raise TimeoutError("the name was not resolved in time")
        answers = outcome[0]
        if isinstance(answers, (OSError, UnicodeError)):
            raise DnsFailed(
                f"The name {target.host} could not be resolved: check the address and the network.",
                url=redact_url(target.url),
            ) from answers
        if isinstance(answers, BaseException):
            raise answers
        return answers


def _inspected(pieces: Iterable[bytes], inspect: Callable[[bytes], None]) -> Iterator[bytes]:
    """The pieces, once the first bytes have been looked at. What is shorter is cheap to read."""
    start = b""
    for piece in pieces:
        if len(start) < START_BYTES:
            start += piece[:START_BYTES]
            if len(start) >= START_BYTES:
                inspect(start)
        yield piece


def _connected(family: socket.AddressFamily, address: tuple[str, int], line: Line) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(min(CONNECT_SECONDS, line.left()))
        line.attach(sock)
        sock.connect(address)
        sock.settimeout(line.left())
    except BaseException:
        sock.close()
        raise
    return sock


@dataclass(slots=True)
class _Exchange:
    """One request and its answer."""

    target: Target
    path: str
    headers: Mapping[str, str]
    max_bytes: int
    cut: bool
    inspect: Inspection
    watchdog: Watchdog
    on_send: Callable[[], None]
    reusable: bool = False
    read_whole: bool = False

    def over(
        self, connection: _Dialled, deadline: float, cancellation: Cancellation
    ) -> Answer | None:
        """The answer; None when a connection used before turned out to be closed. The connection is
        retired unless the exchange is `reusable`."""
        line = connection.line
        line.begin(deadline)
        reply: WireReply | None = None
        try:
            with cancellation.holding(line), self.watchdog.watch(line.left(), line.expire):
                if connection.is_closed:
                    connection.timeout = line.left()
                    connection.connect()
                self.on_send()
                reply = self._asked(connection, line)
                answer = self._answer(reply, line)
        except WireError as error:
            unseen = connection.used and not line.received and line.ended is None
            if unseen and isinstance(root_cause(error), STALE):
                return None
            raise translated(error, line, self.target, in_body=reply is not None) from error
        else:
            connection.used = True
            clean = not reply.will_close and not reply.reader.left_over and line.ended is None
            self.reusable = clean and self.read_whole
        finally:
            if not self.reusable:
                connection.retire()
                if reply is not None:
                    reply.close()
        return answer

    def _asked(self, connection: _Dialled, line: Line) -> WireReply:
        """Send the request, and read the head of the answer. urllib3 and http.client would do the
        same at three times the cost, and log malformed headers with the URL, secrets and all."""
        sock = connection.sock
        sock.settimeout(line.left())
        sock.sendall(request_head(self.path, self.headers))
        reply = WireReply(sock, method="GET", line=line)
        try:
            reply.begin()
        except BaseException:
            reply.close()
            raise
        return reply

    def _answer(self, reply: WireReply, line: Line) -> Answer:
        body, was_cut = b"", False
        line.allowance = line.received + self.max_bytes
        if reply.status in _BODY_STATUSES:
            body, was_cut = self._body(reply)
        elif reply.length == 0 and not reply.chunked:
            reply.end()
            self.read_whole = True
        elif reply.status >= 400:
            self._drain(reply, line)
        return Answer(reply.status, reply.fields, body, line.received, was_cut)

    def _body(self, reply: WireReply) -> tuple[bytes, bool]:
        if not reply.chunked and (coding := reply.field("transfer-encoding")):
            raise BodyDamaged(f"transfer-encoding {coding[:60]!r} was not asked for")
        response = HTTPResponse(
            body=reply,
            headers=HTTPHeaderDict(reply.fields),
            status=reply.status,
            preload_content=False,
            decode_content=False,
            original_response=reply,
            request_method="GET",
        )
        promised = response.length_remaining
        inspect = functools.partial(self.inspect, reply.field("content-type"))
        inspect(b"")
        # One buffer that grows, not a list of pieces: with dozens of threads, what is left of these
        # after large bodies adds up to hundreds of megabytes. BytesIO gives it away uncopied.
        body = io.BytesIO()
        try:
            if promised is not None and promised > self.max_bytes and not self.cut:
                raise BodyOverflow
            stream = self._to_its_end(response.stream(_CHUNK, decode_content=False))
            coding = ", ".join(v for name, v in reply.fields if name == "content-encoding")
            for piece in _inspected(decoded(stream, coding, self.max_bytes), inspect):
                body.write(piece)
        except (BodyOverflow, WireOverflow):
            if not self.cut:
                raise
            return body.getvalue(), True
        except ValueError as error:  # http.client, for a negative chunk size
            raise BodyDamaged("its chunks are garbled") from error
        extra = reply.reader.left_over.strip()
        if promised is not None and extra and not extra.startswith(b"HTTP/"):
            raise BodyDamaged("it is longer than its Content-Length says")
        return body.getvalue(), False

    def _to_its_end(self, stream: Iterator[bytes]) -> Iterator[bytes]:
        """Notes that the stream was exhausted: urllib3 closes the reply also when it is left early,
        and what is still to come would then be taken for the next answer."""
        yield from stream
        self.read_whole = True

    def _drain(self, reply: WireReply, line: Line) -> None:
        if reply.will_close or (reply.length or 0) > _DRAIN_BYTES:
            return
        line.allowance = line.received + _DRAIN_BYTES
        # A drip ends the line, and with it the connection, but not the answer.
        with suppress(*WireError, ValueError), self.watchdog.watch(_DRAIN_SECONDS, line.expire):
            while reply.read(_CHUNK):
                pass
            self.read_whole = True


def post_json(url: str, document: object, *, timeout: float = 10.0) -> None:
    """Post a JSON document to an address that the operator has configured, wherever it is.

    Raises ConnectFailed, whose message holds no part of the URL that may be secret.
    """
    with PoolManager(num_pools=1, retries=False, ssl_context=default_tls()) as pool:
        try:
            status = pool.request("POST", url, json=document, timeout=timeout).status
        except HTTPError as error:
            kind = type(error).__name__
            raise ConnectFailed(
                f"The webhook cannot be reached ({kind}): see the setting webhook.",
                url=redact_url(url),
            ) from None
    if status >= 300:
        raise ConnectFailed(
            f"The webhook answered {status}: see the setting webhook.", url=redact_url(url)
        )
