"""WARC files as crawlers write them, made of the newsroom's pages."""

from __future__ import annotations

import base64
import gzip
import io
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from newsroom import Newsroom
from newsroom.site import Site

PADDING = 12_000
"""Bytes that do not compress in each page, so that a page is as large as in life."""


@dataclass(frozen=True)
class StoredPage:
    """A page as a crawler has met it."""

    url: str
    body: bytes
    captured_at: datetime
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    status: str = "200 OK"


def newsroom_pages(newsroom: Newsroom, *, editions: int = 1) -> list[StoredPage]:
    """Every piece of the newsroom, in the order of publication; further editions have the same text
    at other addresses of the outlet."""
    site, dice = Site(newsroom), random.Random(3)
    pages = []
    for edition in range(editions):
        for piece in newsroom.released(newsroom.now):
            if (piece.outlet, piece.path) in newsroom.broken:
                continue
            answer = site.answer(piece.outlet, piece.path, newsroom.now, f"http://{piece.outlet}")
            noise = b"<!-- " + base64.b64encode(dice.randbytes(PADDING)) + b" -->"
            path = f"/edition-{edition}{piece.path}" if edition else piece.path
            pages.append(
                StoredPage(
                    f"http://{piece.outlet}{path}",
                    answer.body().replace(piece.path.encode(), path.encode()) + noise,
                    newsroom.now.replace(minute=edition),
                    (("Content-Type", answer.media_type),),
                )
            )
    return pages


def write_warc(path: Path, pages: Iterable[StoredPage], *, compressed: bool = True) -> list[int]:
    """A WARC file with a warcinfo record, and for each page its request, response, metadata and a
    revisit. Returns the offset of each response."""
    offsets = []
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compressed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a crawler"}))
        for page in pages:
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True)
            taken = page.captured_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            date = {"WARC-Date": taken}
            writer.write_record(_record(writer, page, "request", date, asked, b""))
            offsets.append(file.tell())
            answered = StatusAndHeaders(page.status, list(page.headers), protocol="HTTP/1.1")
            writer.write_record(_record(writer, page, "response", date, answered, page.body))
            metadata = io.BytesIO(b"languages-cld2: {}\r\n")
            writer.write_record(
                writer.create_warc_record(page.url, "metadata", metadata, warc_headers_dict=date)
            )
            again = writer.create_revisit_record(page.url, "sha1:A", page.url, taken, answered)
            writer.write_record(again)
    return offsets


def _record(
    writer: WARCWriter,
    page: StoredPage,
    kind: str,
    date: Mapping[str, str],
    headers: StatusAndHeaders,
    body: bytes,
) -> object:
    return writer.create_warc_record(
        page.url, kind, io.BytesIO(body), http_headers=headers, warc_headers_dict=dict(date)
    )


def encoded_body(body: bytes, *, chunked: bool = False, gzipped: bool = False) -> bytes:
    """A body as it came through the wire."""
    if gzipped:
        body = gzip.compress(body, mtime=0)
    if chunked:
        parts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return body
