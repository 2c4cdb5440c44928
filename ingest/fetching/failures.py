"""What went wrong on a connection, as an outcome with a sentence that a user understands."""

from __future__ import annotations

import http.client
import ssl

from urllib3.exceptions import HTTPError, InvalidHeader, ProtocolError
from urllib3.exceptions import SSLError as Urllib3SSLError

from ingest.errors import (
    BodyBroken,
    ConnectFailed,
    DeadlineExceeded,
    FetchError,
    ProtocolBroken,
    TlsFailed,
    TooLarge,
)
from ingest.fetching.addresses import Target
from ingest.fetching.bodies import BodyDamaged, BodyOverflow
from ingest.fetching.wire import Line, WireOverflow
from ingest.redact import redact_url

WireError = (HTTPError, http.client.HTTPException, OSError, WireOverflow, BodyDamaged, BodyOverflow)
"""All that an exchange may raise because of the network or the server."""

STALE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""How a kept-alive connection fails that the server had closed meanwhile."""


def root_cause(error: BaseException) -> BaseException:
    """The exception that urllib3 wrapped, or the error itself."""
    while isinstance(error, HTTPError):
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        if (inner := inner or error.__cause__) is None:
            return error
        error = inner
    return error


def translated(error: BaseException, line: Line, target: Target, *, in_body: bool) -> FetchError:
    """The outcome that an exchange with `target` ended in, `in_body` once its headers had come."""
    url = redact_url(target.url)
    host = target.host
    if isinstance(error, FetchError):
        return error
    if line.ended == "cancelled":
        return FetchError("The fetch was given up, because the run was stopped.", url=url)
    cause = root_cause(error)
    if line.ended == "deadline" or isinstance(cause, TimeoutError):
        return DeadlineExceeded(
            f"{host} did not answer completely in time: it is asked again later.", url=url
        )
    if isinstance(cause, BodyOverflow) or (isinstance(cause, WireOverflow) and in_body):
        return TooLarge(
            f"The answer of {host} is too large: raise max_page_bytes or max_feed_bytes"
            " if you want it.",
            url=url,
        )
    if isinstance(cause, BodyDamaged):
        return BodyBroken(f"The answer of {host} cannot be read: {cause}.", url=url)
    if isinstance(cause, ssl.SSLError):
        return _tls_failed(cause, host, url)
    if isinstance(error, Urllib3SSLError):
        return TlsFailed(f"No secure connection to {host}: {error}.", url=url)
    if isinstance(cause, OSError):
        return _connect_failed(cause, host, url)
    if isinstance(error, InvalidHeader):
        return ProtocolBroken(f"The answer of {host} contradicts itself: {error}.", url=url)
    if in_body and isinstance(cause, (ProtocolError, http.client.HTTPException)):
        return BodyBroken(f"The answer of {host} broke off or is garbled.", url=url)
    detail = str(cause).strip() or type(cause).__name__
    return ProtocolBroken(f"The answer of {host} is not proper HTTP ({detail[:100]!r}).", url=url)


def _tls_failed(error: ssl.SSLError, host: str, url: str) -> TlsFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsFailed(
            f"The certificate of {host} was not accepted ({error.verify_message.rstrip('.')}):"
            " its publisher has to renew or correct it.",
            url=url,
        )
    reason = (error.reason or "the handshake failed").replace("_", " ").lower()
    return TlsFailed(f"No secure connection to {host} ({reason}): try again later.", url=url)


def _connect_failed(error: OSError, host: str, url: str) -> ConnectFailed:
    if isinstance(error, http.client.RemoteDisconnected):
        reason = "closed the connection without an answer"
    elif isinstance(error, ConnectionRefusedError):
        reason = "refused the connection"
    elif isinstance(error, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        reason = "reset the connection"
    elif str(error).startswith("Tunnel connection failed"):
        reason = f"could not be reached through the proxy ({str(error)[26:80].strip()})"
    else:
        reason = f"could not be reached ({error.strerror or error})"
    return ConnectFailed(f"{host} {reason}: try again later.", url=url)
