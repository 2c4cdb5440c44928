"""Which URL may be fetched, and which address may be connected to. Pure: nothing is resolved here.

URLs are read as browsers read them (WHATWG, by ada): numeric spellings of IPv4 addresses,
backslashes, userinfo, full-width digits and international names all come out as one plain host, and
that same host is what is checked, resolved, connected to and named in the request.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import unquote

import ada_url

from ingest.errors import AddressRefused, ConfigurationError, UrlRefused
from ingest.redact import redact_url

Address = IPv4Address | IPv6Address

MAX_URL: Final = 8192
"""Characters; servers commonly refuse longer request lines (RFC 9110 asks for 8000 at least)."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PARTS: Final = ("protocol", "username", "password", "hostname", "port", "pathname", "search")

# IANA special-purpose registries for IPv4 and IPv6, and the multicast and reserved blocks. Our own
# list, because `ipaddress.is_global` holds multicast, NAT64 and 6to4 relays for global.
_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local: cloud metadata lives there
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# All global unicast IPv6 lies in 2000::/3; mapped, NAT64, site-local, unique-local, link-local and
# multicast addresses lie outside of it. These parts of it lead elsewhere:
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""The well-known prefix of translators (RFC 6052, 2.1); the last four bytes are the address."""


def is_public(address: Address) -> bool:
    """Whether it is a public unicast address, which anyone on the internet means by it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in _GLOBAL_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart for fetching.

    `host` is ASCII, in lower case, without brackets and without a trailing dot; `address` is set
    when it is a literal address. `path` is the request target with the query. `authorization` is
    the header value that the URL's userinfo asks for. `url` holds neither userinfo nor fragment.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None
    authorization: str | None

    @property
    def netloc(self) -> str:
        """The Host header's value: brackets for IPv6, the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def url(self) -> str:
        return self.origin + self.path

    def without_credentials(self) -> Target:
        return replace(self, authorization=None)


def parse_target(url: str, *, base: str | None = None) -> Target:
    """Read an absolute URL, or one relative to `base`. Raises UrlRefused for what is no http(s)
    URL with a usable host."""
    if len(url) > MAX_URL:
        raise _refused(f"The URL is longer than {MAX_URL} characters and is not fetched.", url)
    try:
        absolute = url if base is None else ada_url.join_url(base, url)
        parsed = ada_url.parse_url(absolute, _PARTS)
    except (ValueError, UnicodeError):
        raise _refused("This is not an absolute web address: correct the link.", url) from None
    scheme = parsed["protocol"].removesuffix(":")
    if scheme not in _DEFAULT_PORTS:
        raise _refused("Only http and https addresses are fetched: correct the link.", url)
    host = parsed["hostname"].removeprefix("[").removesuffix("]").removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or any(not 0 < len(label) <= 63 for label in labels):
        raise _refused("The URL's host is not a usable name: correct the link.", url)
    return Target(
        scheme=scheme,
        host=host,
        port=int(parsed["port"]) if parsed["port"] else _DEFAULT_PORTS[scheme],
        path=parsed["pathname"] + parsed["search"],
        address=_literal_address(host),
        authorization=_basic_authorization(parsed["username"], parsed["password"]),
    )


def _literal_address(host: str) -> Address | None:
    if ":" not in host and not host[-1].isdigit():
        return None  # a name: ip_address would take ten times as long to find out
    try:
        return ip_address(host)
    except ValueError:
        return None


def _refused(message: str, url: str) -> UrlRefused:
    return UrlRefused(message, url=redact_url(url))


def _basic_authorization(username: str, password: str) -> str | None:
    if not username and not password:
        return None
    credentials = f"{unquote(username)}:{unquote(password)}".encode()
    return "Basic " + base64.b64encode(credentials).decode("ascii")


class AddressGuard:
    """The allow-list of ports and networks. `allow_ports` come on top of 80 and 443;
    `allow_networks` (CIDR) are the only way to an address that is not public."""

    def __init__(self, allow_networks: Sequence[str] = (), allow_ports: Sequence[int] = ()) -> None:
        try:
            self._networks = tuple(ip_network(text, strict=False) for text in allow_networks)
        except ValueError as error:
            raise ConfigurationError(f"allow_networks: {error}.") from error
        self._ports = frozenset(allow_ports) | frozenset(_DEFAULT_PORTS.values())

    def check_target(self, target: Target) -> None:
        """Raises UrlRefused for its port, AddressRefused for its literal address."""
        if target.port not in self._ports:
            raise UrlRefused(
                f"Port {target.port} of {target.host} is not fetched from:"
                " list it in allow_ports if you trust it.",
                url=redact_url(target.url),
            )
        if target.address is not None:
            self.check_answers(target, (target.host,))

    def check_answers(self, target: Target, answers: Sequence[str]) -> None:
        """Raises AddressRefused if any of the addresses that the host resolved to is not allowed:
        a name with one public and one private answer is a trap."""
        for answer in answers:
            if not self._is_allowed(answer):
                raise AddressRefused(
                    f"{target.host} leads to {answer}, which is not a public address:"
                    " list its network in allow_networks if you trust it.",
                    url=redact_url(target.url),
                )

    def _is_allowed(self, answer: str) -> bool:
        try:
            address = ip_address(answer)
        except ValueError:
            return False
        embedded = _embedded(address)
        return self._is_open(address) and (embedded is None or self._is_open(embedded))

    def _is_open(self, address: Address) -> bool:
        return is_public(address) or any(
            address.version == network.version and address in network for network in self._networks
        )


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that packets to this one end at: whoever allows a translator's network
    has not thereby allowed all that lies behind it."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
