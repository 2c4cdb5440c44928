"""What is a web page and what is not, by its Content-Type and its first bytes."""

from __future__ import annotations

from typing import Final

HTML_TYPES: Final = (
    "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml",
)  # fmt: skip
"""What pages are served as: some of them, by mistake, as text or XML."""

START_BYTES: Final = 12
"""First bytes of a document that tell what it is."""

# PDF, PNG, JPEG, GIF, zip (office documents too), gzip, RAR, Matroska and WebM, Ogg, MP3, RIFF
# (WAV, AVI, WebP), Flash.
_BINARY_STARTS: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"Rar!",
    b"\x1aE\xdf\xa3", b"OggS", b"ID3", b"RIFF", b"CWS", b"FWS",
)  # fmt: skip
_MP4: Final = b"ftyp"  # from the fifth byte on


def not_html(content_type: str | None, start: bytes) -> str | None:
    """What a document is that cannot be a web page, for a message; None when it may be one.

    `start` is how it begins, as far as that is known; `START_BYTES` are enough.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and kind not in HTML_TYPES:
        return kind[:60]
    if start.startswith(_BINARY_STARTS) or start[4:8] == _MP4:
        return "a binary file"
    return None
