"""Which URLs and addresses are fetched, and what is shown of a URL."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.errors import AddressRefused, ConfigurationError, UrlRefused
from ingest.fetching.addresses import AddressGuard, is_public, parse_target
from ingest.redact import redact_url

# fmt: off
NOT_PUBLIC = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1",
    "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::1", "2001:2::1", "2001:10::1",
    "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1", "fc00::1",
    "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
)
# fmt: on
# fmt: off
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2606:4700:4700::1111",
    "2a00:1450:4001::1", "2003::1",
)
# fmt: on


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_special_addresses_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_ordinary_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@given(
    st.one_of(
        st.ip_addresses(v=4),
        st.ip_addresses(v=6),
        st.integers(0, 2**29).map(lambda low: ipaddress.IPv6Address(0x2001 << 112 | low << 80)),
    )
)
@example(ipaddress.ip_address("224.0.0.1"))
def test_whatever_is_public_here_is_global_unicast_for_python_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        for special in (
            "multicast",
            "reserved",
            "unspecified",
            "loopback",
            "link_local",
            "private",
        ):
            assert not getattr(address, f"is_{special}"), special


@given(st.ip_addresses(v=4))
def test_ipv6_never_smuggles_an_ipv4_address(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for smuggler in (
        number,  # compatible
        0xFFFF << 32 | number,  # mapped
        0xFFFF << 48 | number,  # translated, ::ffff:0:a.b.c.d
        0x0064FF9B << 96 | number,  # NAT64
        0x0064FF9B0001 << 80 | number,  # local NAT64
        0x2002 << 112 | number << 80,  # 6to4
        0x20010000 << 96 | (number ^ 0xFFFFFFFF),  # Teredo
    ):
        assert not is_public(ipaddress.IPv6Address(smuggler))


def spellings(address: ipaddress.IPv4Address) -> list[str]:
    number = int(address)
    a, b, c, d = address.packed
    return [
        f"{a}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.{d}.",
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{c << 8 | d}",
        f"0x{a:X}.0{b:o}.{c}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}%2e{b}%2E{c}.{d}",
        f"{a}\u3002{b}\uff0e{c}\uff61{d}",
        "".join(
            chr(ord(digit) - 48 + 0xFF10) if digit.isdigit() else digit for digit in str(address)
        ),
    ]


@given(st.ip_addresses(v=4), st.sampled_from(["", "user@", "good.example:x@"]))
@example(ipaddress.ip_address("127.0.0.1"), "")
@example(ipaddress.ip_address("0.0.0.0"), "")
def test_every_spelling_of_an_ipv4_address_is_that_address(
    address: ipaddress.IPv4Address, userinfo: str
) -> None:
    guard = AddressGuard()
    for spelling in spellings(address):
        target = parse_target(f"http://{userinfo}{spelling}/x")
        assert target.address == address, spelling
        assert target.url == f"http://{address}/x"
        if not is_public(address):
            with pytest.raises(AddressRefused):
                guard.check_target(target)
        else:
            guard.check_target(target)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("http://good.example\\@127.0.0.1/", "good.example", "/@127.0.0.1/"),
        ("http:\\\\good.example\\a", "good.example", "/a"),
        ("http://good.example@evil.example/", "evil.example", "/"),
        ("http://good.example:80@evil.example/", "evil.example", "/"),
        ("http://evil.example#@good.example/", "evil.example", "/"),
        ("http://evil.example?@good.example/", "evil.example", "/?@good.example/"),
        ("https:good.example/a", "good.example", "/a"),
        ("  \t\nhttp://good.example/a\r\n b ", "good.example", "/a%20b"),
        ("http://goo\nd.example/\tx", "good.example", "/x"),
        ("http://Bücher.example/ü?ü", "xn--bcher-kva.example", "/%C3%BC?%C3%BC"),
        ("http://EXAMPLE.org.:80/", "example.org", "/"),
        ("http://a/%0d%0aX: y", "a", "/%0d%0aX:%20y"),
        ("http://[2606:4700::1]/", "2606:4700::1", "/"),
        ("http://a_b.example/", "a_b.example", "/"),
    ],
)
def test_urls_are_read_as_browsers_read_them(url: str, host: str, path: str) -> None:
    target = parse_target(url)
    assert (target.host, target.path) == (host, path)
    assert "@" not in target.netloc


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/only/a/path",
        "//no.scheme/",
        "file:///etc/passwd",
        "data:text/html,hello",
        "javascript:alert(1)",
        "ftp://example.org/",
        "gopher://127.0.0.1:70/",
        "http://",
        "http://a..b/",
        "http://.a/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://4294967296/",
        "http://exa mple.org/",
        "http://a\x00b/",
        "http://a%00b/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://example.org:99999/",
        "http://" + "a" * 64 + ".org/",
        "http://" + "a." * 130 + "org/",
        "http://example.org/" + "a" * 10_000,
        "http://\ud800.org/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        parse_target(url)
    assert len(caught.value.url or "") <= 2001


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://u:p@", "http://a/"]))
def test_any_text_is_a_target_or_refused(text: str, start: str) -> None:
    try:
        target = parse_target(start + text)
    except UrlRefused:
        return
    assert target.url.isascii()
    assert not set(target.url) & set(" \r\n\t\\")
    assert parse_target(target.url).url == target.url


@pytest.mark.parametrize(
    ("url", "netloc"),
    [
        ("http://a/", "a"),
        ("http://a:80/", "a"),
        ("https://a:443/", "a"),
        ("https://a:80/", "a:80"),
        ("http://[2606:4700::1]:8080/", "[2606:4700::1]:8080"),
    ],
)
def test_the_host_header_names_other_ports_only(url: str, netloc: str) -> None:
    assert parse_target(url).netloc == netloc


@pytest.mark.parametrize(
    ("url", "ports", "allowed"),
    [
        ("http://example.org/", (), True),
        ("https://example.org/", (), True),
        ("http://example.org:443/", (), True),
        ("http://example.org:22/", (), False),
        ("http://example.org:0/", (), False),
        ("http://example.org:8080/", (), False),
        ("http://example.org:8080/", (8080,), True),
        ("http://example.org/", (8080,), True),
    ],
)
def test_ports(url: str, ports: tuple[int, ...], allowed: bool) -> None:
    guard = AddressGuard((), ports)
    if allowed:
        guard.check_target(parse_target(url))
        return
    with pytest.raises(UrlRefused, match="allow_ports"):
        guard.check_target(parse_target(url))


@pytest.mark.parametrize(
    ("answers", "networks", "allowed"),
    [
        (["8.8.8.8"], (), True),
        (["8.8.8.8", "2606:4700::1"], (), True),
        (["8.8.8.8", "127.0.0.1"], (), False),
        (["127.0.0.1"], ("127.0.0.0/8",), True),
        (["127.0.0.1", "10.0.0.1"], ("127.0.0.0/8",), False),
        (["10.0.0.1", "::1"], ("127.0.0.0/8", "10.0.0.0/8", "::1/128"), True),
        (["::ffff:127.0.0.1"], ("127.0.0.0/8",), False),
        (["::ffff:127.0.0.1"], ("::/0",), False),
        (["::ffff:127.0.0.1"], ("::/0", "127.0.0.0/8"), True),
        (["64:ff9b::808:808"], (), False),
        (["64:ff9b::808:808"], ("64:ff9b::/96",), True),
        (["64:ff9b::a01:203"], ("64:ff9b::/96",), False),
        (["64:ff9b::a9fe:a9fe"], ("::/0",), False),
        (["64:ff9b::a01:203"], ("64:ff9b::/96", "10.0.0.0/8"), True),
        (["64:ff9b::a01:203"], ("10.0.0.0/8",), False),
        (["2002:7f00:1::1"], ("2002::/16",), False),
        (["fe80::1%eth0"], (), False),
        (["not an address"], (), False),
    ],
)
def test_one_bad_answer_spoils_all(
    answers: list[str], networks: tuple[str, ...], allowed: bool
) -> None:
    guard = AddressGuard(networks)
    target = parse_target("http://name.example/")
    if allowed:
        guard.check_answers(target, answers)
        return
    with pytest.raises(AddressRefused, match=r"name\.example leads to .*allow_networks"):
        guard.check_answers(target, answers)


def test_a_wrong_network_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="allow_networks"):
        AddressGuard(("127.0.0.0/99",))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://example.org/a?b=c&d=e", "http://example.org/a?b=c&d=e"),
        ("http://user:pw@example.org/a", "http://example.org/a"),
        ("http://user@example.org:81/", "http://example.org:81/"),
        ("http:user:pw@example.org/", "http:example.org/"),
        ("http:\\\\user:pw@example.org\\a", "http:\\\\example.org\\a"),
        ("https://user:p@ss@example.org/", "https://example.org/"),
        ("https://user:pa/ss@example.org/", "https://***"),
        ("https://user:pa#ss@example.org/", "https://***"),
        ("https://user:pa?ss@example.org/", "https://***"),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"),
        ("http://e.org/?token=s", "http://e.org/?token=***"),
        ("http://e.org/?a=1&api_key=s&b=2", "http://e.org/?a=1&api_key=***&b=2"),
        ("http://e.org/?apikey=s;KEY=s", "http://e.org/?apikey=***;KEY=***"),
        ("http://e.org/?access-token=s", "http://e.org/?access-token=***"),
        ("http://e.org/?authToken=s", "http://e.org/?authToken=***"),
        ("http://e.org/?X-Amz-Signature=s", "http://e.org/?X-Amz-Signature=***"),
        ("http://e.org/?sig=s&password=s", "http://e.org/?sig=***&password=***"),
        ("http://e.org/?auth=s&jwt=s", "http://e.org/?auth=***&jwt=***"),
        ("http://e.org/?%74oken=s", "http://e.org/?%74oken=***"),
        ("http://e.org/?x=1&amp;token=s", "http://e.org/?x=1&amp;token=***"),
        ("http://e.org/?author=me&keyword=k", "http://e.org/?author=me&keyword=k"),
        ("http://e.org/#access_token=s", "http://e.org/"),
        ("//user:pw@e.org/", "//e.org/"),
        ("mailto:x", "mailto:x"),
        ("http://e.org/a\r\nb", "http://e.org/ab"),
        ("http://e.org/" + "a" * 9000, "http://e.org/" + "a" * 1987 + "…"),
    ],
)
def test_secrets_are_not_shown(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@given(
    st.text("abcXYZ019._~!$&'()*+,;=%", min_size=1, max_size=20),
    st.one_of(
        st.text("abcXYZ019._~!$&'()*+,;=:%/?#", max_size=20),
        st.text("abcXYZ019._~!$&'()*+,;=:%@", max_size=20),
    ),
)
def test_userinfo_is_never_shown(user: str, password: str) -> None:
    url = f"https://{user}:SECRET{password}SECRET@example.org/path?x=1"
    assert "SECRET" not in redact_url(url)
