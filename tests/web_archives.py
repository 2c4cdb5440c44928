"""WARC files as crawlers write them, made of the newsroom's pages."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from homes import SHARED
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from ingest.urls import url_key
from newsroom import Newsroom
from newsroom.site import Site

CORPUS_CAPTURED = datetime(2026, 11, 1, tzinfo=UTC)

DAMAGED_AT = 1200
"""Bytes after the beginning of a record; the smallest pages are larger."""

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

    def at_edition(self, number: int) -> StoredPage:
        """The same text at another address of its outlet, captured twice so many hours later;
        itself at edition 0."""
        if not number:
            return self
        parts = urlsplit(self.url)
        path = f"/edition-{number}{parts.path}"
        body = (
            self.body.replace(parts.path.encode(), path.encode()) if parts.path[1:] else self.body
        )
        url = urlunsplit(parts._replace(path=path))
        return replace(
            self, url=url, body=body, captured_at=self.captured_at + timedelta(hours=2 * number)
        )


def newsroom_pages(newsroom: Newsroom, *, editions: int = 1) -> list[StoredPage]:
    """Every piece of the newsroom, in the order of publication; further editions have the same text
    at other addresses of the outlet."""
    site, dice = Site(newsroom), random.Random(3)
    pages = []
    for piece in newsroom.released(newsroom.now):
        if (piece.outlet, piece.path) in newsroom.broken:
            continue
        url = f"http://{piece.outlet}{piece.path}"
        answer = site.answer(piece.outlet, piece.path, newsroom.now, f"http://{piece.outlet}")
        noise = b"<!-- " + base64.b64encode(dice.randbytes(PADDING)) + b" -->"
        headers = (("Content-Type", answer.media_type),)
        pages.append(StoredPage(url, answer.body() + noise, newsroom.now, headers))
    return [page.at_edition(number) for number in range(editions) for page in pages]


def corpus_pages() -> list[StoredPage]:
    """The pages of the corpus beside the checkout, where there is one, that have addresses of their
    own."""
    folder = SHARED / "corpus" / "pages"
    listing = folder / "pages.jsonl"
    if not listing.exists():
        return []
    pages: dict[str, StoredPage] = {}
    for row in map(json.loads, listing.read_text("utf-8").split("\n")[:-1]):
        body = gzip.decompress((folder / row["html"]).read_bytes())
        key = url_key(row["url"])
        if key is None or key in pages:
            continue
        captured_at = CORPUS_CAPTURED + timedelta(minutes=len(pages))
        pages[key] = StoredPage(row["url"], body, captured_at)
    return list(pages.values())


def damage(file: Path, offset: int) -> None:
    """A wrong byte in the record that begins there."""
    content = bytearray(file.read_bytes())
    content[offset + DAMAGED_AT] ^= 0xFF
    file.write_bytes(content)


def cut_short(file: Path, offset: int) -> None:
    """Bytes missing in the midst of the record that begins there; others follow it."""
    content = file.read_bytes()
    file.write_bytes(content[: offset + DAMAGED_AT] + content[offset + DAMAGED_AT + 300 :])


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
