"""Decoding of a body's content-encoding under a cap, from the chunks that came over the wire."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

MAX_CODINGS: Final = 2
"""Encodings laid over one another: misconfigured servers compress twice, nobody honest thrice."""

_PIECE: Final = 64 * 1024
_GZIP_MAGIC: Final = b"\x1f\x8b"
_CODINGS: Final = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}


class BodyOverflow(Exception):
    """More decoded bytes than the cap."""


class BodyDamaged(Exception):
    """The encoding is unknown, damaged, or ends before its end."""


def decoded(
    chunks: Iterable[bytes], content_encoding: str | None, max_bytes: int
) -> Iterator[bytes]:
    """The body's decoded pieces, at most 64 KiB each for compressed ones.

    Raises BodyOverflow before yielding more than `max_bytes` in all, BodyDamaged for a body that
    is not what its Content-Encoding says, or not the whole of it.
    """
    pieces = iter(chunks)
    for coding in reversed(_codings(content_encoding)):
        pieces = _inflated(pieces, coding)
        # A bomb within a bomb must not grow between the two either.
        pieces = _capped(pieces, max_bytes)
    return _capped(pieces, max_bytes)


def _codings(content_encoding: str | None) -> list[str]:
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    wanted = [name for name in names if name not in ("", "identity", "none", "utf-8")]
    if len(wanted) > MAX_CODINGS or any(name not in _CODINGS for name in wanted):
        raise BodyDamaged(f"content-encoding {','.join(wanted)[:60]!r} was not asked for")
    return [_CODINGS[name] for name in wanted]


def _capped(pieces: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    seen = 0
    for piece in pieces:
        seen += len(piece)
        if seen > max_bytes:
            raise BodyOverflow
        yield piece


def _inflated(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    inflater: zlib._Decompress | None = None
    pending = b""
    members = 0
    for chunk in chunks:
        pending += chunk
        while True:
            if inflater is None:
                if len(pending) < 2:
                    break  # two bytes tell the format
                if members and (coding != "gzip" or not pending.startswith(_GZIP_MAGIC)):
                    return  # padding after the last member, which every reader ignores
                inflater = _inflater(coding, pending)
            try:
                piece = inflater.decompress(pending, _PIECE)
            except zlib.error as error:
                raise BodyDamaged(f"its {coding} data is damaged") from error
            if piece:
                yield piece
            if inflater.eof:
                pending, inflater, members = inflater.unused_data, None, members + 1
                continue
            pending = inflater.unconsumed_tail
            if len(piece) < _PIECE:
                break  # more output would have come: this input is used up
    if inflater is not None or (pending and not members):
        raise BodyDamaged(f"its {coding} data stops before its end")


def _inflater(coding: str, start: bytes) -> zlib._Decompress:
    if coding == "gzip":
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    # "deflate" means zlib's format (RFC 9110, 8.4.1.2), but some servers send it bare. A zlib
    # header's first nibble is 8 and both bytes together divide by 31 (RFC 1950).
    wrapped = start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
