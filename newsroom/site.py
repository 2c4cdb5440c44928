"""What each address of the newsroom answers at a given time. No sockets here."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import count

from newsroom.feeds import MEDIA_TYPES, feed_document
from newsroom.layouts import STYLE
from newsroom.outlets import Outlet, Validators, slug
from newsroom.pages import article_page, listing_page, outlets_page
from newsroom.pieces import Newsroom, Piece
from newsroom.sitemaps import INDEX, sitemap_document

_ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /admin/\nAllow: /\n"
# a second feed lists every other piece of the first
_SECOND_FEED_STEP = 2
_LISTED_EARLIER = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `body` is built only when it is sent: a 304 does not render a page."""

    status: int
    media_type: str
    body: Callable[[], bytes]
    etag: str | None = None
    last_modified: str | None = None

    def matches(self, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Whether a conditional request may be answered 304; an ETag outranks a date (RFC 9110)."""
        if self.status != 200:
            return False
        if if_none_match is not None:
            return self.etag is not None and self.etag in if_none_match
        return self.last_modified is not None and if_modified_since == self.last_modified


def _plain(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode)


@dataclass(slots=True)
class _Shelf:
    """The pieces of one outlet in order of publication, their times, and its sections."""

    outlet: Outlet
    pieces: list[Piece]
    times: list[datetime]
    by_path: dict[str, int]
    sections: list[str]


class Site:
    """Answers for all outlets of a newsroom. Safe to call from several threads."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._names = {outlet.domain: outlet.name for outlet in newsroom.outlets}
        self._pieces = {piece.piece_id: piece for piece in newsroom.pieces}
        self._shelves = {
            outlet.domain: _Shelf(outlet, [], [], {}, []) for outlet in newsroom.outlets
        }
        for piece in newsroom.pieces:
            shelf = self._shelves[piece.outlet]
            shelf.by_path[piece.path] = len(shelf.pieces)
            shelf.pieces.append(piece)
            shelf.times.append(piece.published_at)
            if piece.section not in shelf.sections and len(shelf.sections) < 8:
                shelf.sections.append(piece.section)
        self._nonces = count(1)
        # feed address to (number of released pieces, body): rendered once for each state
        self._feeds: dict[tuple[str, str], tuple[int, bytes]] = {}

    def __contains__(self, domain: str) -> bool:
        return domain in self._shelves

    def outlets_page(self) -> Answer:
        return Answer(200, "text/html; charset=utf-8", lambda: outlets_page(self.newsroom).encode())

    def answer(self, domain: str, path: str, at: datetime, link_root: str) -> Answer:
        """What `http://domain/path` answers at that time. `link_root` stands before the paths of
        links in pages: the outlet's address, or ``/domain`` for a browser without the proxy."""
        shelf = self._shelves[domain]
        status = self.newsroom.broken.get((domain, path))
        if status is not None:
            return _plain(status, "Nothing here.\n")
        if path in shelf.outlet.feeds:
            return self._feed(shelf, path, at)
        if path in shelf.by_path:
            return self._article(shelf, shelf.by_path[path], at, link_root)
        if path == "/robots.txt":
            return _plain(200, f"{_ROBOTS}Sitemap: {shelf.outlet.home}{INDEX}\n")
        if path == "/style.css":
            return Answer(200, "text/css", STYLE.encode)
        pieces = shelf.pieces[: bisect_right(shelf.times, at)]
        sitemap = sitemap_document(shelf.outlet, path, pieces, at)
        if sitemap is not None:
            kind = "application/gzip" if path.endswith(".gz") else "application/xml"
            return Answer(200, kind, lambda: sitemap)
        return self._listing(shelf, path, at, link_root)

    def _feed(self, shelf: _Shelf, path: str, at: datetime) -> Answer:
        outlet = shelf.outlet
        released = bisect_right(shelf.times, at)
        key = (outlet.domain, path)
        known = self._feeds.get(key)
        if known is not None and known[0] == released and "changing_guid" not in outlet.quirks:
            body = known[1]
        else:
            pieces = shelf.pieces[:released]
            if path != outlet.feeds[0]:
                pieces = pieces[::_SECOND_FEED_STEP]
            document = feed_document(outlet, path, pieces[::-1], nonce=next(self._nonces))
            body = document.encode(outlet.charset, "xmlcharrefreplace")
            self._feeds[key] = (released, body)
        newest = shelf.times[released - 1] if released else None
        media_type = f"{MEDIA_TYPES[outlet.feed_format]}; charset={outlet.charset}"
        digest = hashlib.blake2b(body, digest_size=9).hexdigest()
        return _validated(Answer(200, media_type, lambda: body), outlet.validators, digest, newest)

    def _article(self, shelf: _Shelf, index: int, at: datetime, link_root: str) -> Answer:
        outlet, piece = shelf.outlet, shelf.pieces[index]
        if piece.published_at > at:
            return _plain(404, "Not out yet.\n")
        origin: tuple[str, str] | None = None
        if piece.reprint_of is not None:
            original = self._pieces[piece.reprint_of]
            origin = (self._names[original.outlet], original.url)
        earlier = shelf.pieces[max(0, index - _LISTED_EARLIER) : index][::-1]

        def body() -> bytes:
            page = article_page(
                outlet,
                piece,
                earlier=earlier,
                sections=shelf.sections,
                origin=origin,
                link_root=link_root,
            )
            return page.encode(outlet.charset, "xmlcharrefreplace")

        media_type = f"text/html; charset={outlet.charset}"
        digest = f"{self.newsroom.seed}-{piece.piece_id}"
        found = Answer(200, media_type, body)
        return _validated(found, outlet.validators, digest, piece.published_at)

    def _listing(self, shelf: _Shelf, path: str, at: datetime, link_root: str) -> Answer:
        outlet = shelf.outlet
        pieces = shelf.pieces[: bisect_right(shelf.times, at)][::-1]
        titles = {f"/section/{slug(section)}/": section for section in shelf.sections}
        if path in titles:
            pieces = [piece for piece in pieces if piece.section == titles[path]]
            title = f"{titles[path]} | {outlet.name}"
        elif path == "/about/":
            pieces, title = [], outlet.name
        elif path == "/":
            title = outlet.name
        else:
            return _plain(404, "No such page.\n")

        def body() -> bytes:
            page = listing_page(
                outlet, pieces, title=title, sections=shelf.sections, link_root=link_root
            )
            return page.encode(outlet.charset, "xmlcharrefreplace")

        return Answer(200, f"text/html; charset={outlet.charset}", body)


def _validated(
    answer: Answer, validators: Validators, digest: str, modified: datetime | None
) -> Answer:
    etag = f'"{digest}"' if validators in ("both", "etag") else None
    last_modified = None
    if modified is not None and validators in ("both", "last_modified"):
        last_modified = format_datetime(modified, usegmt=True)
    return Answer(answer.status, answer.media_type, answer.body, etag, last_modified)
