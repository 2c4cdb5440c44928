"""Which publisher a URL belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import ada_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

_NO_ALIASES: Mapping[str, str] = {}

# Platforms whose subdomains are outlets of their own, but which the Public Suffix List does not
# (or not in every edition) carry among its private suffixes.
_HOSTING_SUFFIXES = (
    "beehiiv.com", "blogspot.com", "ghost.io", "livejournal.com", "medium.com", "over-blog.com",
    "substack.com", "tumblr.com", "typepad.com", "wordpress.com",
)  # fmt: skip


def publisher_of(url_or_host: str, aliases: Mapping[str, str] = _NO_ALIASES) -> str:
    """The publisher's key: the registered domain of a URL or host, in lower case and punycode.

    Private suffixes count (``alice.substack.com``), an unknown suffix gives the last two labels, an
    IP address gives ``host:port`` (the port left out when neither it nor the scheme is stated).
    `aliases` maps a domain to the publisher's main domain. Text without a host gives ``""``.
    """
    scheme, separator, rest = url_or_host.strip().partition("://")
    if not separator:
        scheme, rest = "", scheme.removeprefix("//")
    for end in "/?#\\":
        rest = rest.partition(end)[0]
    domain = _domain(rest.rpartition("@")[2], scheme.lower())
    return aliases.get(domain, domain)


@lru_cache(maxsize=65536)
def _domain(authority: str, scheme: str) -> str:
    host, port = _split_port(authority)
    ascii_host = _ascii_host(host)
    if ascii_host.startswith("[") or ascii_host.replace(".", "").isdigit():
        port = port or {"http": "80", "https": "443"}.get(scheme, "")
        return f"{ascii_host}:{port}" if port else ascii_host
    name = ascii_host.strip(".")
    if name.startswith("www.") and "." in name[4:]:
        name = name[4:]
    parts = _suffix_list()(name, include_psl_private_domains=True)
    if parts.domain and parts.suffix:
        return f"{parts.domain}.{parts.suffix}"
    if parts.suffix and parts.suffix == name:
        # The platform itself (github.io); a bare public suffix (co.uk) stays what it is.
        return name
    return ".".join(name.split(".")[-2:])


def _split_port(authority: str) -> tuple[str, str]:
    head, colon, port = authority.rpartition(":")
    if colon and port.isdigit() and (":" not in head or head.endswith("]")):
        return head, port
    return authority.removesuffix(":"), ""


def _ascii_host(host: str) -> str:
    """As a browser writes it: punycode, lower case, numeric spellings of an address made plain."""
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    try:
        return ada_url.normalize_url(f"http://{host}/")[len("http://") :].rstrip("/").lower()
    except (ValueError, UnicodeError):
        return host.lower()


@cache
def _suffix_list() -> TLDExtract:
    # Imported on first use: the import alone costs 60 ms, and the commands that never need a
    # publisher must not pay it. The list is the one in the package: no network, no cache folder.
    from tldextract import TLDExtract

    return TLDExtract(
        suffix_list_urls=(),
        cache_dir=None,
        include_psl_private_domains=True,
        extra_suffixes=_HOSTING_SUFFIXES,
    )
