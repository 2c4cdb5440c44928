"""The sitemaps of an outlet: an index, one sitemap for each day, and one of the latest news."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from xml.sax.saxutils import escape

from newsroom.outlets import Outlet
from newsroom.pieces import Piece

INDEX = "/sitemap.xml"
NEWS = "/news-sitemap.xml"

_NEWS_AGE = timedelta(days=2)
"""What a news sitemap may list, by Google's rules."""

_URLSET = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS_SPACE = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def sitemap_document(
    outlet: Outlet, path: str, pieces: Sequence[Piece], at: datetime
) -> bytes | None:
    """What lies at a path, given the outlet's pieces that are out; None when it is no sitemap.

    Half of the outlets gzip their daily sitemaps, as files.
    """
    if path == INDEX:
        return _index(outlet, pieces).encode()
    if path == NEWS:
        latest = [piece for piece in pieces if piece.published_at > at - _NEWS_AGE]
        return _document("urlset", "".join(_news(outlet, piece) for piece in latest)).encode()
    for day, listed in groupby(pieces, key=_day):
        if path == _daily(outlet, day):
            body = _document("urlset", "".join(_page(piece) for piece in listed)).encode()
            return gzip.compress(body, mtime=0) if path.endswith(".gz") else body
    return None


def _day(piece: Piece) -> str:
    return f"{piece.published_at:%Y-%m-%d}"


def _daily(outlet: Outlet, day: str) -> str:
    return f"/sitemap-{day}.xml" + (".gz" if len(outlet.domain) % 2 else "")


def _document(root: str, content: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_URLSET} {_NEWS_SPACE}>\n'
        f"{content}</{root}>\n"
    )


def _index(outlet: Outlet, pieces: Sequence[Piece]) -> str:
    lines = []
    for day, listed in groupby(pieces, key=_day):
        newest = max(piece.published_at for piece in listed)
        lines.append(
            f"<sitemap><loc>{outlet.home}{_daily(outlet, day)}</loc>"
            f"<lastmod>{newest:%Y-%m-%dT%H:%M:%SZ}</lastmod></sitemap>\n"
        )
    return _document("sitemapindex", "".join(lines))


def _page(piece: Piece) -> str:
    changed = piece.published_at + timedelta(hours=3)
    return f"<url><loc>{escape(piece.url)}</loc><lastmod>{changed:%Y-%m-%d}</lastmod></url>\n"


def _news(outlet: Outlet, piece: Piece) -> str:
    return (
        f"<url><loc>{escape(piece.url)}</loc><news:news><news:publication>"
        f"<news:name>{escape(outlet.name)}</news:name><news:language>{piece.language}"
        "</news:language></news:publication><news:publication_date>"
        f"{piece.published_at:%Y-%m-%dT%H:%M:%SZ}</news:publication_date>"
        f"<news:title>{escape(piece.title)}</news:title></news:news></url>\n"
    )
