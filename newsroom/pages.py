"""HTML pages: an article in its outlet's template, front and section pages, the list of outlets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from newsroom.layouts import FURNITURE, LAYOUTS, LISTING, TITLE_SUFFIXES
from newsroom.outlets import Outlet, slug
from newsroom.pieces import Newsroom, Piece

_AUTHOR_PAGE = "/about/"


def article_page(
    outlet: Outlet,
    piece: Piece,
    *,
    earlier: Sequence[Piece],
    sections: Sequence[str],
    origin: tuple[str, str] | None,
    link_root: str,
) -> str:
    """The page of one piece.

    `earlier` are pieces of the same outlet that came out before it (for the lists around the text;
    they are fixed when the page appears, so its bytes never change). `origin` is name and address
    of the original of a reprint. `link_root` stands before the paths of links to be clicked, while
    the canonical address is that under the outlet's own name.
    """
    words = FURNITURE[outlet.language]
    return LAYOUTS[outlet.layout % len(LAYOUTS)].format(
        head=_head(outlet, piece, origin),
        language=outlet.language,
        name=escape(outlet.name),
        tagline=escape(outlet.tagline),
        home=link_root,
        nav=_nav(outlet, sections, link_root),
        title=escape(piece.title),
        byline=_byline(outlet, piece),
        body=_body(piece, origin),
        sidebar=_links(earlier[:5], link_root),
        related=_links(
            [other for other in earlier if other.section == piece.section][:4], link_root
        ),
        legal=words["legal"].format(year=piece.published_at.year, name=escape(outlet.name)),
        section=escape(piece.section),
        share=words["share"],
        h_read=words["h_read"],
        h_related=words["h_related"],
        h_letter=words["h_letter"],
    )


def listing_page(
    outlet: Outlet, pieces: Sequence[Piece], *, title: str, sections: Sequence[str], link_root: str
) -> str:
    """A front or section page: links to pieces, newest first, and to the feeds."""
    words = FURNITURE[outlet.language]
    media = "application/feed+json" if outlet.feed_format == "json" else "application/rss+xml"
    if outlet.feed_format == "atom":
        media = "application/atom+xml"
    feeds = "".join(
        f'<link rel="alternate" type="{media}" href="{link_root}{path}">' for path in outlet.feeds
    )
    return LISTING.format(
        language=outlet.language,
        charset=outlet.charset,
        title=escape(title),
        feeds=feeds,
        home=link_root,
        tagline=escape(outlet.tagline),
        nav=_nav(outlet, sections, link_root),
        items=_links(pieces, link_root),
        legal=words["legal"].format(
            year=pieces[0].published_at.year if pieces else "", name=escape(outlet.name)
        ),
    )


def outlets_page(newsroom: Newsroom) -> str:
    """What a browser sees at the server's own address: every outlet with its feeds."""
    rows = "".join(
        f'<li><a href="/{outlet.domain}/">{escape(outlet.name)}</a> '
        f"({outlet.kind}, {outlet.language}, {outlet.feed_format}): "
        + ", ".join(f'<a href="/{outlet.domain}{path}">{path}</a>' for path in outlet.feeds)
        + "</li>"
        for outlet in newsroom.outlets
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>Demo newsroom</title></head>\n<body><h1>Demo newsroom</h1>"
        "<p>Invented outlets with invented news. Use this address as an HTTP proxy to reach "
        f"them under their own names.</p><ul>{rows}</ul></body></html>\n"
    )


def _nav(outlet: Outlet, sections: Iterable[str], link_root: str) -> str:
    items = [(f"/section/{slug(section)}/", section) for section in sections]
    items.append((_AUTHOR_PAGE, FURNITURE[outlet.language]["about"]))
    return "".join(f'<li><a href="{link_root}{p}">{escape(label)}</a></li>' for p, label in items)


def _links(pieces: Iterable[Piece], link_root: str) -> str:
    return "".join(
        f'<li><a href="{link_root}{piece.path}">{escape(piece.title)}</a></li>' for piece in pieces
    )


def _byline(outlet: Outlet, piece: Piece) -> str:
    words = FURNITURE[outlet.language]
    authors = words["by"].format(authors=words["and"].join(piece.authors))
    at = piece.published_at
    date = words["date"].format(
        day=at.day, month=words["months"].split()[at.month - 1], year=at.year, time=f"{at:%H:%M}"
    )
    return (
        f'<span class="author">{escape(authors)}</span> '
        f'<time datetime="{_stamp(at)}">{escape(date)}</time>'
    )


def _body(piece: Piece, origin: tuple[str, str] | None) -> str:
    if origin is None or piece.credited in ("none", "dateline"):
        return body_html(piece)
    name, url = escape(origin[0]), escape(origin[1])
    start = len(piece.printed) - len(piece.footer)
    lines = [f"<p>{escape(line, quote=False)}</p>" for line in piece.printed]
    lines[start] = lines[start].replace(name, f'<a href="{url}">{name}</a>', 1)
    return "\n".join(lines)


def body_html(piece: Piece) -> str:
    """The article's column as paragraphs, for pages and for feeds that carry the whole text."""
    return "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in piece.printed)


def _head(outlet: Outlet, piece: Piece, origin: tuple[str, str] | None) -> str:
    canonical = origin[1] if origin and piece.canonical_to_original else piece.url
    suffix = TITLE_SUFFIXES[outlet.layout % len(TITLE_SUFFIXES)].format(name=outlet.name)
    tags = [
        f'<meta charset="{outlet.charset}">',
        f"<title>{escape(piece.title + suffix)}</title>",
        f'<link rel="canonical" href="{canonical}">',
        f'<link rel="stylesheet" href="{outlet.home}/style.css">',
    ]
    if outlet.metadata in ("full", "og"):
        tags += _open_graph(outlet, piece)
    if outlet.metadata in ("full", "jsonld"):
        tags.append(_json_ld(outlet, piece))
    return "\n".join(tags)


def _open_graph(outlet: Outlet, piece: Piece) -> list[str]:
    properties = {
        "og:type": "article",
        "og:title": piece.title,
        "og:site_name": outlet.name,
        "og:url": piece.url,
        "og:locale": outlet.language,
        "article:published_time": _stamp(piece.published_at),
        "article:section": piece.section,
    }
    tags = [
        f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items()
    ]
    return [*tags, f'<meta name="author" content="{escape(", ".join(piece.authors))}">']


def _json_ld(outlet: Outlet, piece: Piece) -> str:
    described = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": _stamp(piece.published_at),
        "author": [{"@type": "Person", "name": name} for name in piece.authors],
        "publisher": {"@type": "Organization", "name": outlet.name},
        "articleSection": piece.section,
        "mainEntityOfPage": piece.url,
    }
    # a title could close the script element
    text = json.dumps(described).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
