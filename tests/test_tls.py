"""TLS with a local authority: the name is verified, whatever address is connected to."""

from __future__ import annotations

import datetime
import ipaddress
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fetch_setup import host_of
from rude_server import RudeServer, Talk, drip, head, page, raw, recorded_connects, redirect

from ingest import errors
from ingest.fetching.fetch import Fetcher, FetchPolicy
from ingest.types import FetchRequest

TODAY = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """Signs certificates; `trusting` is a client's context that trusts it and nothing else."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def trusting(self) -> ssl.SSLContext:
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server(
        self, *hosts: str, age: datetime.timedelta = DAY, self_signed: bool = False
    ) -> ssl.SSLContext:
        """A server's context, its certificate for the hosts made `age` ago for 30 days."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = []
        for host in hosts:
            try:
                alternatives.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                alternatives.append(x509.DNSName(host))
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name(hosts[0]))
            .issuer_name(name(hosts[0]) if self_signed else self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(TODAY - age)
            .not_valid_after(TODAY - age + 30 * DAY)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .sign(key if self_signed else self.key, hashes.SHA256())
        )
        path = self.folder / f"{certificate.serial_number:x}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name("Test Authority"))
        .issuer_name(name("Test Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(TODAY - 99 * DAY)
        .not_valid_after(TODAY + 99 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(tmp_path_factory.mktemp("tls"), key, certificate)


Serve = Callable[[ssl.SSLContext], RudeServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[RudeServer] = []

    def start(context: ssl.SSLContext) -> RudeServer:
        servers.append(RudeServer(context))
        servers[-1].at("/page", page(b"secure"))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def fetcher(authority: Authority, *servers: RudeServer, deadline: float = 10.0) -> Fetcher:
    return Fetcher(
        FetchPolicy(
            allow_networks=("127.0.0.0/8",),
            allow_ports=tuple(server.port for server in servers),
            per_publisher_delay=0.0,
            fetch_deadline=deadline,
        ),
        publisher_of=host_of,
        resolver=lambda host, port: ["127.0.0.1"],
        tls=authority.trusting(),
    )


def test_sni_host_and_certificate_are_the_names_on_a_pinned_address(
    authority: Authority, serve: Serve
) -> None:
    server = serve(authority.server("news.test", "*.wild.test", "xn--bcher-kva.test"))
    with recorded_connects() as connects, fetcher(authority, server) as client:
        for host, sni in (
            ("news.test", "news.test"),
            ("a.wild.test", "a.wild.test"),
            ("BÜCHER.test", "xn--bcher-kva.test"),
            ("news.test.", "news.test"),
        ):
            assert client.fetch(FetchRequest(server.url("/page", host))).body == b"secure"
            asked = server.seen[-1]
            assert asked.sni == sni
            assert asked.host == f"{sni}:{server.port}"
        assert {address for address, _ in connects} == {"127.0.0.1"}
        assert server.connections == 3, "one per name, kept alive"


def test_a_literal_address_needs_a_certificate_for_it(authority: Authority, serve: Serve) -> None:
    good = serve(authority.server("127.0.0.1"))
    bad = serve(authority.server("news.test"))
    with fetcher(authority, good, bad) as client:
        assert client.fetch(FetchRequest(good.url("/page"))).body == b"secure"
        with pytest.raises(errors.TlsFailed):
            client.fetch(FetchRequest(bad.url("/page")))


@pytest.mark.parametrize("case", ["expired", "future", "wrong name", "self-signed", "too wild"])
def test_bad_certificates_are_refused_before_anything_is_sent(
    authority: Authority, serve: Serve, case: str
) -> None:
    context, reason = {
        "expired": (authority.server("news.test", age=60 * DAY), "expired"),
        "future": (authority.server("news.test", age=-5 * DAY), "not yet valid"),
        "wrong name": (authority.server("other.test"), "mismatch"),
        "self-signed": (authority.server("news.test", self_signed=True), "self.signed"),
        "too wild": (authority.server("*.test"), "mismatch"),
    }[case]
    server = serve(context)
    host = "a.news.test" if case == "too wild" else "news.test"
    with fetcher(authority, server) as client, pytest.raises(errors.TlsFailed, match=reason):
        client.fetch(FetchRequest(server.url("/page", host), headers={"X-Key": "s"}))
    assert server.seen == []


def test_an_unknown_authority_is_refused(authority: Authority, serve: Serve) -> None:
    server = serve(authority.server("news.test"))
    policy = FetchPolicy(allow_networks=("127.0.0.0/8",), allow_ports=(server.port,))
    with (
        Fetcher(policy, publisher_of=host_of, resolver=server.resolver) as client,
        pytest.raises(errors.TlsFailed),
    ):
        client.fetch(FetchRequest(server.url("/page", "news.test")))


def test_https_spoken_to_plain_http(authority: Authority) -> None:
    def answer() -> None:
        with listener.accept()[0] as sock:
            sock.recv(4096)
            sock.sendall(head(400))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, daemon=True).start()
        port = listener.getsockname()[1]
        policy = FetchPolicy(allow_networks=("127.0.0.0/8",), allow_ports=(port,))
        with (
            Fetcher(policy, publisher_of=host_of, tls=authority.trusting()) as client,
            pytest.raises(errors.TlsFailed),
        ):
            client.fetch(FetchRequest(f"https://127.0.0.1:{port}/page"))


def test_plain_http_spoken_to_https(authority: Authority, serve: Serve) -> None:
    secure = serve(authority.server("news.test"))
    with (
        fetcher(authority, secure) as client,
        pytest.raises((errors.ConnectFailed, errors.ProtocolBroken)),
    ):
        client.fetch(FetchRequest(f"http://news.test:{secure.port}/page"))


def test_a_handshake_that_never_comes_ends_at_the_deadline(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        policy = FetchPolicy(("x"), None, ("127.0.0.0/8",), (port,), fetch_deadline=0.5)
        started = time.monotonic()
        with (
            Fetcher(policy, publisher_of=host_of, tls=authority.trusting()) as client,
            pytest.raises(errors.DeadlineExceeded),
        ):
            client.fetch(FetchRequest(f"https://127.0.0.1:{port}/"))
        assert time.monotonic() - started < 4


def test_a_drip_over_tls_ends_at_the_deadline(authority: Authority, serve: Serve) -> None:
    server = serve(authority.server("news.test"))
    server.at("/page", drip(head(200, "Content-Length: 9999")))
    started = time.monotonic()
    with (
        fetcher(authority, server, deadline=0.6) as client,
        pytest.raises(errors.DeadlineExceeded),
    ):
        client.fetch(FetchRequest(server.url("/page", "news.test")))
    assert time.monotonic() - started < 4


def test_bodies_over_tls_are_whole_or_an_error(authority: Authority, serve: Serve) -> None:
    server = serve(authority.server("news.test"))
    server.at("/short", raw(head(200, "Content-Length: 100") + b"x" * 50))
    server.at("/long", raw(head(200, "Content-Length: 10") + b"x" * 50))
    server.at("/large", page(bytes(3_000_000)))
    with fetcher(authority, server) as client:
        assert len(client.fetch(FetchRequest(server.url("/large", "news.test"))).body) == 3_000_000
        for path in ("/short", "/long"):
            with pytest.raises(errors.BodyBroken):
                client.fetch(FetchRequest(server.url(path, "news.test")))


@pytest.mark.parametrize("with_key", [False, True])
def test_leaving_encryption_is_refused_with_a_key_and_noted_without(
    authority: Authority, serve: Serve, caplog: pytest.LogCaptureFixture, with_key: bool
) -> None:
    secure = serve(authority.server("news.test"))
    with RudeServer() as plain, fetcher(authority, secure, plain) as client:
        plain.at("/page", page(b"plain"))
        secure.at("/down", redirect(f"http://news.test:{plain.port}/page"))
        url = secure.url("/down", "news.test")
        if with_key:
            for request in (
                FetchRequest(url, headers={"Authorization": "Bearer x"}),
                FetchRequest(url.replace("://", "://user:pw@")),
            ):
                with pytest.raises(errors.RedirectRefused, match="encryption"):
                    client.fetch(request)
            assert plain.seen == []
        else:
            response = client.fetch(FetchRequest(url))
            assert (response.body, response.downgraded) == (b"plain", True)
            unmoved = plain.url("/page", "news.test")
            assert not client.fetch(FetchRequest(unmoved)).downgraded
            assert "fetch.downgraded" in [record.message for record in caplog.records]


class ConnectProxy:
    """A proxy that knows CONNECT, and leads every name to one port."""

    def __init__(self, port: int, answer: bytes = b"HTTP/1.1 200 Established\r\n\r\n") -> None:
        self.connects: list[bytes] = []
        self._port = port
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += sock.recv(4096)
            self.connects.append(asked)
            sock.sendall(self._answer)
            if b" 200 " not in self._answer:
                return
            with socket.create_connection(("127.0.0.1", self._port)) as onward:
                pairs = {sock: onward, onward: sock}
                while True:
                    for ready in select.select(list(pairs), [], [])[0]:
                        data = ready.recv(65536)
                        if not data:
                            return
                        pairs[ready].sendall(data)

    def close(self) -> None:
        self._listener.close()


def proxied(authority: Authority, proxy: ConnectProxy, deadline: float = 10.0) -> Fetcher:
    resolved = {"proxy.test": ["127.0.0.1"]}
    return Fetcher(
        FetchPolicy(
            proxy=f"http://user:pw@proxy.test:{proxy.port}",
            per_publisher_delay=0.0,
            fetch_deadline=deadline,
        ),
        publisher_of=host_of,
        resolver=lambda host, port: resolved[host],
        tls=authority.trusting(),
    )


def test_https_through_a_proxy_is_tunnelled_and_verified(
    authority: Authority, serve: Serve
) -> None:
    server = serve(authority.server("news.test"))
    proxy = ConnectProxy(server.port)
    try:
        with proxied(authority, proxy) as client:
            assert client.fetch(FetchRequest("https://news.test/page")).body == b"secure"
            assert server.seen[-1].sni == server.seen[-1].host == "news.test"
            assert "proxy-authorization" not in server.seen[-1].headers
            assert len(proxy.connects) == 1
            assert proxy.connects[0].startswith(b"CONNECT news.test:443 HTTP/1.")
            assert b"Proxy-Authorization: Basic dXNlcjpwdw==" in proxy.connects[0]
            with pytest.raises(errors.TlsFailed):
                client.fetch(FetchRequest("https://other.test/page"))
            for inner in ("https://10.0.0.1/", "https://[::1]/", "https://news.test:8443/"):
                with pytest.raises((errors.AddressRefused, errors.UrlRefused)):
                    client.fetch(FetchRequest(inner))
            assert len(proxy.connects) == 2
    finally:
        proxy.close()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "connect"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "connect"),
        (b"", "connect"),
        (b"nonsense\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000, "protocol"),
    ],
)
def test_a_proxy_that_will_not(authority: Authority, answer: bytes, outcome: str) -> None:
    proxy = ConnectProxy(9, answer)
    try:
        with proxied(authority, proxy, 5.0) as client, pytest.raises(errors.FetchError) as caught:
            client.fetch(FetchRequest("https://news.test/page"))
        assert caught.value.kind == outcome
        assert "news.test" in caught.value.message
    finally:
        proxy.close()


def test_a_proxy_that_drips_ends_at_the_deadline(authority: Authority) -> None:
    def dripping(talk: Talk) -> None:
        drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.1)(talk)

    with RudeServer() as server:
        server.at("news.test:443", dripping)
        policy = FetchPolicy(proxy=server.url(), fetch_deadline=0.6)
        with (
            Fetcher(policy, publisher_of=host_of, tls=authority.trusting()) as client,
            pytest.raises(errors.DeadlineExceeded),
        ):
            client.fetch(FetchRequest("https://news.test/page"))
