"""URLs as they may be shown: without credentials, in logs, error messages and rows."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

MAX_SHOWN_URL: Final = 2000
"""Characters of a URL that are shown; a hostile feed may hold one of megabytes."""

HIDDEN: Final = "***"

# Everything up to the end of the authority. A backslash ends it too: that is how URLs are read for
# fetching (WHATWG), and whatever stands behind it is path.
_AUTHORITY = re.compile(r"^([^:/?#\\]*:)?([/\\]{2,})([^/\\?#]*)", re.DOTALL)
# `https:user:password@host` has no slashes, and is read as if it had them.
_SLASHLESS = re.compile(r"^(https?:)()([^/\\?#]*)", re.IGNORECASE)
_HOST = re.compile(r"(?:\[[^\]]*\]|[^:]+)(?::\d*)?", re.DOTALL)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# fmt: off
_SECRET_WORDS: Final = frozenset((
    "auth", "oauth", "authorization", "bearer", "cred", "creds", "credential", "credentials",
    "hmac", "jwt", "key", "pass", "passwd", "password", "passphrase", "pin", "pwd", "secret",
    "session", "sessionid", "sid", "sig", "sign", "signature", "ticket", "token", "user",
    "username", "login", "code",
))
# fmt: on
_SECRET_ENDINGS: Final = ("key", "token", "secret", "password", "passwd", "signature", "auth")


def redact_url(url: str) -> str:
    """The URL without its userinfo and fragment, secret-looking query values replaced by ``***``.

    Any text is accepted, a broken URL too; the result holds no control characters and at most
    `MAX_SHOWN_URL` characters. Secrets in a path cannot be told from names and stay.
    """
    shown = _UNPRINTABLE.sub("", url.strip()[: 8 * MAX_SHOWN_URL]).partition("#")[0]
    shown = _without_userinfo(shown)
    head, mark, query = shown.partition("?")
    if mark:
        pieces = re.split(r"([&;])", query)
        shown = head + mark + "".join(_without_value(piece) for piece in pieces)
    return shown if len(shown) <= MAX_SHOWN_URL else shown[:MAX_SHOWN_URL] + "…"


def _without_userinfo(url: str) -> str:
    match = _AUTHORITY.match(url) or _SLASHLESS.match(url)
    if match is None:
        return url
    start = f"{match[1] or ''}{match[2]}"
    host = match[3].rpartition("@")[2]
    if not _HOST.fullmatch(host):
        # No host, so perhaps a password with a slash in it: `https://user:pass/word@host`.
        return start + HIDDEN
    return start + host + url[match.end() :]


def _without_value(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    return f"{name}={HIDDEN}" if equals and value and _is_secret(name) else parameter


def _is_secret(name: str) -> bool:
    """Whether a query parameter's name promises a secret: `api_key`, `X-Amz-Signature`, `authToken`
    do, `author` and `keyword` do not."""
    plain = unquote_plus(name)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
    words = re.split(r"[^a-z0-9]+", spaced)
    joined = "".join(words)
    return not _SECRET_WORDS.isdisjoint(words) or joined.endswith(_SECRET_ENDINGS)
