"""URLs: the key that says when two of them are one page, and the link that is to be fetched.

The key is for comparing only. What is fetched is the URL as the feed gave it.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

import ada_url

_MAX_URL = 8192
"""Characters. Servers commonly refuse request lines beyond 8 KB, so a longer URL leads nowhere."""

# Names that carry where a click came from, never which article is meant. courlan keeps a longer
# list, but it also drops `cid`, `eid`, `uid`, `source` or `keyword`, which in old content systems
# are the article; and it costs eight times as much per URL.
_TRACKING_PREFIXES = (
    "utm_", "mkt_", "mtm_", "matomo_", "piwik_", "pk_campaign", "pk_kwd", "pk_medium", "pk_source",
    "oly_", "vero_", "itm_", "ga_", "hsa_", "_hs", "at_medium", "at_campaign", "at_custom",
    "at_link", "at_bbc", "at_ptr", "at_format", "at_creation", "wt_mc", "wt.mc", "wt_zmc",
    "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "guce_", "sc_campaign", "sc_channel",
    "fb_action", "trk_", "fbc_",
)  # fmt: skip
_TRACKING_NAMES = frozenset({
    "fbclid", "gclid", "dclid", "gclsrc", "gbraid", "wbraid", "msclkid", "yclid", "ysclid",
    "twclid", "ttclid", "igshid", "igsh", "li_fat_id", "epik", "sccid", "srsltid", "gad_source",
    "gad_campaignid", "mc_cid", "mc_eid", "cmpid", "cmp", "icid", "ncid", "ocid", "ito", "smid",
    "smtyp", "ftag", "xtor", "xtref", "xts", "s_cid", "spm", "s_kwcid", "ref_src", "ref_url",
    "__twitter_impression", "__s", "_ga", "_gl", "guccounter", "traffic_source", "feedtype",
    "feedname", "share_from", "shareadid", "sr_share", "sharetype",
})  # fmt: skip
# Dropped only with a value that names a channel: elsewhere these names select content.
_CHANNEL_NAMES = frozenset({
    "from", "partner", "ref", "referrer", "referer", "source", "src", "via", "f", "cid",
})  # fmt: skip
_CHANNEL_VALUES = frozenset({
    "rss", "atom", "feed", "rss2", "rssfeed", "rss-feed", "rss_feed", "feedburner", "facebook",
    "twitter", "email", "newsletter", "whatsapp", "telegram", "flipboard", "googlenews",
    "google-news",
})  # fmt: skip
_AMP_PARAMETERS = frozenset({("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")})

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_HTTP = re.compile(r"https?:", re.IGNORECASE)
# Removed by every browser before it reads a URL (WHATWG URL, "remove all ASCII tab or newline").
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\u200b]+")


def url_key(url: str) -> str | None:
    """The key of a page's URL: two URLs with equal keys are one page.

    It is itself an https URL, and its own key. http and https meet; so do letter cases of the host,
    Unicode and punycode, a leading ``www.``, default ports, a trailing slash, spellings of a
    percent-escape, the order of parameters, and the AMP variant of a page. Userinfo, fragment and
    tracking parameters are not part of it. Different paths or other parameters never meet.

    Returns None when `url` is not an absolute http(s) URL.
    """
    if len(url) > _MAX_URL or not _HTTP.match(url.lstrip()):
        return None
    try:
        href = ada_url.normalize_url(url)
    except (ValueError, UnicodeError):
        return None
    rest = href.partition("://")[2].partition("#")[0]
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    host = _key_host(authority)
    if not host:
        return None
    if "%" in path:
        path = _ESCAPE.sub(_one_spelling, path)
    key = "https://" + host + _key_path(path)
    query = _key_query(query) if query else ""
    return f"{key}?{query}" if query else key


def _key_host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    # Both, whatever the scheme: http and https have become one.
    host = host.removesuffix(":80").removesuffix(":443").rstrip(".")
    while host.startswith(("www.", "amp.")) and "." in host[4:]:
        host = host[4:]
    return host


def _key_path(path: str) -> str:
    path = "/" + path.rstrip("/")
    while path.endswith("/amp") and path != "/amp":
        path = path[:-4].rstrip("/") or "/"
    return path


def _key_query(query: str) -> str:
    if "%" in query:
        query = _ESCAPE.sub(_one_spelling, query)
    kept = [chunk for chunk in query.split("&") if chunk and not _is_noise(chunk)]
    # Stable, so that the order of repeated names still counts.
    kept.sort(key=lambda chunk: chunk.partition("=")[0])
    return "&".join(kept)


def _is_noise(chunk: str) -> bool:
    name, _, value = chunk.lower().partition("=")
    return (
        name in _TRACKING_NAMES
        or name.startswith(_TRACKING_PREFIXES)
        or (name, value) in _AMP_PARAMETERS
        or (name in _CHANNEL_NAMES and value in _CHANNEL_VALUES)
    )


def _one_spelling(match: re.Match[str]) -> str:
    """RFC 3986, section 6.2.2: unreserved characters bare, every other escape in upper case."""
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else "%" + match[1].upper()


def clean_link(raw: str, base: str | None) -> str | None:
    """The absolute URL that a feed's link means, resolved against `base` and otherwise untouched.

    Entities must have been decoded. A link with another scheme (``mailto:``, ``javascript:``) comes
    back as it is, so that its refusal can be recorded; so does a relative one without a base.
    Returns None when there is no usable text, or an http(s) URL too long for any server.
    """
    text = _UNUSABLE.sub("", _LINE_BREAKS.sub("", raw)).strip()
    if not text:
        return None
    if not _SCHEME.match(text):
        text = _absolute(text, base)
    elif not _HTTP.match(text):
        return text[:_MAX_URL]
    return text if len(text) <= _MAX_URL else None


def _absolute(text: str, base: str | None) -> str:
    if text[:4].lower() == "www." and "/" not in text.partition(".")[0]:
        # A host without its scheme, a common slip; as a relative path it would lead nowhere.
        return "https://" + text
    if not base:
        return text
    try:
        return urljoin(base, text)
    except ValueError:
        return text
