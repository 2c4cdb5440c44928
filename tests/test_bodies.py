"""Content-encodings: whole or an error, never a silent half, never more than the cap."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetching.bodies import BodyDamaged, BodyOverflow, decoded

TEXT = "".join(random.Random(7).choices("abcdefgh <>", k=40_000)).encode()
MANY = 10_000_000


def bare_deflate(data: bytes) -> bytes:
    squeezer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()


def read(data: bytes, coding: str | None, cap: int = MANY, step: int = 1000) -> bytes:
    chunks = (data[start : start + step] for start in range(0, len(data), step))
    return b"".join(decoded(chunks, coding, cap))


WHOLE = {
    "none": (TEXT, None),
    "identity": (TEXT, "identity"),
    "empty": (b"", None),
    "empty although gzip": (b"", "gzip"),
    "gzip": (gzip.compress(TEXT), "gzip"),
    "upper case": (gzip.compress(TEXT), " GZIP "),
    "x-gzip": (gzip.compress(TEXT), "x-gzip"),
    "gzip of nothing": (gzip.compress(b""), "gzip"),
    "two members": (gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), "gzip"),
    "padding": (gzip.compress(TEXT) + bytes(600), "gzip"),
    "deflate": (zlib.compress(TEXT), "deflate"),
    "bare deflate": (bare_deflate(TEXT), "deflate"),
    "twice": (gzip.compress(gzip.compress(TEXT)), "gzip, gzip"),
    "both": (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
}


@pytest.mark.parametrize("step", [1, 7, 1000, MANY])
@pytest.mark.parametrize("name", WHOLE)
def test_whole_bodies(name: str, step: int) -> None:
    data, coding = WHOLE[name]
    assert read(data, coding, step=step) == (
        TEXT if "empty" not in name and "nothing" not in name else b""
    )


DAMAGED = {
    "cut gzip": (gzip.compress(TEXT)[:-4000], "gzip"),
    "gzip without its last byte": (gzip.compress(TEXT)[:-1], "gzip"),
    "gzip of one byte": (b"\x1f", "gzip"),
    "second member cut": (gzip.compress(TEXT) + gzip.compress(TEXT)[:50], "gzip"),
    "wrong checksum": (gzip.compress(TEXT)[:-8] + bytes(8), "gzip"),
    "flipped": (gzip.compress(TEXT)[:5000] + b"\xff" * 20 + gzip.compress(TEXT)[5020:], "gzip"),
    "not gzip": (TEXT, "gzip"),
    "cut deflate": (zlib.compress(TEXT)[:-10], "deflate"),
    "cut bare deflate": (bare_deflate(TEXT)[:-10], "deflate"),
    "brotli": (TEXT, "br"),
    "zstd": (TEXT, "zstd"),
    "unknown": (TEXT, "rot13"),
    "thrice": (TEXT, "gzip, gzip, gzip"),
}


@pytest.mark.parametrize("step", [1, 1000, MANY])
@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_bodies_are_errors(name: str, step: int) -> None:
    data, coding = DAMAGED[name]
    with pytest.raises(BodyDamaged):
        read(data, coding, step=step)


CODES: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
}


@pytest.mark.parametrize("coding", [None, "gzip", "deflate", "gzip, gzip"])
def test_the_cap_is_exact(coding: str | None) -> None:
    data = TEXT
    for name in (coding or "").split(", "):
        data = CODES[name](data)
    assert read(data, coding, cap=len(TEXT)) == TEXT
    with pytest.raises(BodyOverflow):
        read(data, coding, cap=len(TEXT) - 1)


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip"])
def test_a_bomb_takes_no_memory(coding: str) -> None:
    bomb = gzip.compress(bytes(200_000_000), 6)
    if coding != "gzip":
        bomb = gzip.compress(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(BodyOverflow):
            read(bomb, coding, cap=1_000_000, step=64 * 1024)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_no_more_is_read_than_the_cap_allows() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(BodyOverflow):
        for _ in decoded(endless(), None, 10_000):
            pass
    assert taken == 11


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]), st.integers(1, 50))
def test_any_bytes_are_decoded_or_refused(data: bytes, coding: str, step: int) -> None:
    with suppress(BodyDamaged):
        read(data, coding, step=step)


@given(st.binary(max_size=3000), st.integers(0, 3000), st.integers(1, 500))
def test_a_cut_gzip_is_never_taken_for_whole(data: bytes, kept: int, step: int) -> None:
    whole = gzip.compress(data)
    assert read(whole, "gzip", step=step) == data
    if 0 < kept < len(whole):
        with pytest.raises(BodyDamaged):
            read(whole[:kept], "gzip", step=step)
