"""Feed documents in five formats, written as plainly as real newsrooms write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from newsroom.outlets import FeedFormat, Outlet
from newsroom.pages import body_html
from newsroom.pieces import Piece

MEDIA_TYPES: Mapping[FeedFormat, str] = {
    "rss2": "application/rss+xml",
    "rss091": "application/rss+xml",
    "rss1": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_SUMMARY_LENGTH = 220


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str
    link: str
    guid: str | None
    summary: str
    content: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    section: str


def feed_document(outlet: Outlet, path: str, pieces: Sequence[Piece], *, nonce: int = 0) -> str:
    """The feed at `path` with these pieces, newest first. `nonce` goes into the guids of an outlet
    whose guids change."""
    entries = [_entry(outlet, path, piece, nonce) for piece in pieces]
    newest = max((piece.published_at for piece in pieces), default=None)
    return _WRITERS[outlet.feed_format](outlet, path, entries, newest)


def _entry(outlet: Outlet, path: str, piece: Piece, nonce: int) -> _Entry:
    quirks = outlet.quirks
    link = piece.path if "relative_links" in quirks else piece.url
    if path != outlet.feeds[0]:
        link += "?utm_source=rss&utm_medium=feed"
    guid: str | None = f"{outlet.domain}:{piece.piece_id}"
    if "no_guid" in quirks:
        guid = None
    elif "changing_guid" in quirks:
        guid = f"{outlet.domain}:{piece.piece_id}:{nonce}"
    summary = piece.printed[len(piece.header)]
    if len(summary) > _SUMMARY_LENGTH:
        summary = summary[:_SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"
    return _Entry(
        piece.title,
        link,
        guid,
        summary,
        body_html(piece) if "full_content" in quirks else None,
        piece.authors,
        None if "no_date" in quirks else piece.published_at,
        piece.section,
    )


def _declaration(outlet: Outlet) -> str:
    return f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'


def _rss2(outlet: Outlet, path: str, entries: list[_Entry], newest: datetime | None) -> str:
    items = []
    for entry in entries:
        lines = [
            f"<title>{escape(entry.title)}</title>",
            f"<link>{escape(entry.link)}</link>",
            f"<description>{escape(entry.summary)}</description>",
            f"<category>{escape(entry.section)}</category>",
            *(f"<dc:creator>{escape(name)}</dc:creator>" for name in entry.authors),
        ]
        if entry.guid is not None:
            lines.append(f'<guid isPermaLink="false">{entry.guid}</guid>')
        if entry.published_at is not None:
            lines.append(f"<pubDate>{format_datetime(entry.published_at)}</pubDate>")
        if entry.content is not None:
            lines.append(f"<content:encoded>{escape(entry.content)}</content:encoded>")
        items.append("<item>" + "".join(lines) + "</item>\n")
    built = f"<lastBuildDate>{format_datetime(newest)}</lastBuildDate>" if newest else ""
    return (
        _declaration(outlet)
        + '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        + 'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        + 'xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        + f"<title>{escape(outlet.name)}</title><link>{outlet.home}/</link>"
        + f"<description>{escape(outlet.tagline)}</description>"
        + f"<language>{outlet.language}</language>{built}"
        + f'<atom:link href="{outlet.home}{path}" rel="self"/>\n'
        + "".join(items)
        + "</channel></rss>\n"
    )


def _rss091(outlet: Outlet, path: str, entries: list[_Entry], newest: datetime | None) -> str:
    """RSS 0.91 knows neither guid nor date of an item."""
    items = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link>"
        f"<description>{escape(entry.summary)}</description></item>\n"
        for entry in entries
    )
    return (
        _declaration(outlet)
        + f'<rss version="0.91"><channel>\n<title>{escape(outlet.name)}</title>'
        + f"<link>{outlet.home}/</link><description>{escape(outlet.tagline)}</description>"
        + f"<language>{outlet.language}</language>\n{items}</channel></rss>\n"
    )


def _rss1(outlet: Outlet, path: str, entries: list[_Entry], newest: datetime | None) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{escape(entry.link)}"/>' for entry in entries)
    items = "".join(
        f'<item rdf:about="{escape(entry.link)}"><title>{escape(entry.title)}</title>'
        f"<link>{escape(entry.link)}</link><description>{escape(entry.summary)}</description>"
        + "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in entry.authors)
        + (f"<dc:date>{_iso(entry.published_at)}</dc:date>" if entry.published_at else "")
        + "</item>\n"
        for entry in entries
    )
    return (
        _declaration(outlet)
        + '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        + 'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        + f'<channel rdf:about="{outlet.home}{path}"><title>{escape(outlet.name)}</title>'
        + f"<link>{outlet.home}/</link><description>{escape(outlet.tagline)}</description>"
        + f"<dc:language>{outlet.language}</dc:language>"
        + f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _atom(outlet: Outlet, path: str, entries: list[_Entry], newest: datetime | None) -> str:
    items = []
    for entry in entries:
        dates = (
            f"<published>{_iso(entry.published_at)}</published>"
            f"<updated>{_iso(entry.published_at)}</updated>"
            if entry.published_at
            else ""
        )
        identity = f"<id>urn:newsroom:{entry.guid}</id>" if entry.guid is not None else ""
        authors = "".join(f"<author><name>{escape(n)}</name></author>" for n in entry.authors)
        content = f'<content type="html">{escape(entry.content)}</content>' if entry.content else ""
        items.append(
            f"<entry><title>{escape(entry.title)}</title>"
            f'<link rel="alternate" href="{escape(entry.link)}"/>'
            f"{identity}{dates}{authors}<summary>{escape(entry.summary)}</summary>{content}</entry>\n"
        )
    updated = f"<updated>{_iso(newest)}</updated>" if newest else ""
    return (
        _declaration(outlet)
        + f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n'
        + f"<title>{escape(outlet.name)}</title><id>{outlet.home}/</id>{updated}"
        + f'<link rel="alternate" href="{outlet.home}/"/>'
        + f'<link rel="self" href="{outlet.home}{path}"/>\n'
        + "".join(items)
        + "</feed>\n"
    )


def _json(outlet: Outlet, path: str, entries: list[_Entry], newest: datetime | None) -> str:
    items = []
    for entry in entries:
        item: dict[str, object] = {
            "url": entry.link,
            "title": entry.title,
            "summary": entry.summary,
            "content_text": entry.summary,
            "authors": [{"name": name} for name in entry.authors],
            "tags": [entry.section],
        }
        if entry.guid is not None:
            item["id"] = entry.guid
        if entry.content is not None:
            item["content_html"] = entry.content
        if entry.published_at is not None:
            item["date_published"] = _iso(entry.published_at)
        items.append(item)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": outlet.home + "/",
        "feed_url": outlet.home + path,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


_WRITERS: Mapping[FeedFormat, Callable[[Outlet, str, list[_Entry], datetime | None], str]] = {
    "rss2": _rss2,
    "rss091": _rss091,
    "rss1": _rss1,
    "atom": _atom,
    "json": _json,
}
