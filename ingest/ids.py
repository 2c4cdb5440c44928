"""Ids: a letter and 13 characters of base32, minted once and stored.

Minted from a hash of what was first known of the thing, so that the same things loaded in another
order get the same ids; stored, so that they stay when the rules for keys improve.
"""

from __future__ import annotations

import secrets

import xxhash

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o, u to misread."""


def mint(letter: str, *parts: str) -> str:
    """The id for what `parts` name, for example ``mint("a", url_key)``."""
    named = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return letter + _base32(xxhash.xxh3_64_intdigest(named))


def random_id(letter: str) -> str:
    """An id for something that happens once: a run, a poll."""
    return letter + _base32(secrets.randbits(64))


def _base32(number: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))
