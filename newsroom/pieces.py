"""A piece is one text at one address of one outlet; a newsroom is all outlets and their pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from newsroom.outlets import Credit, Outlet

Relation = Literal["full", "truncated", "edited"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What an outlet prints at one address.

    `paragraphs` are the text itself; `dateline` opens the first of them in print, `header` and
    `footer` stand around them. `reprint_of` is the id of the original, never of another copy, and
    `relation` says how much of it was taken. `credited` is "none" for an own text. `quotes` are
    the ids of the stories that a round-up contains; `series` names the recurring report that this
    is one issue of (such texts share their wording and are not copies).
    """

    piece_id: str
    outlet: str
    path: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime
    language: str
    section: str
    place: str
    paragraphs: tuple[str, ...]
    dateline: str = ""
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    reprint_of: str | None = None
    relation: Relation | None = None
    credited: Credit = "none"
    canonical_to_original: bool = False
    quotes: tuple[str, ...] = ()
    series: str | None = None

    @property
    def url(self) -> str:
        return f"http://{self.outlet}{self.path}"

    @property
    def printed(self) -> tuple[str, ...]:
        """Every paragraph of the article's column, from the header to the footer."""
        first, *rest = self.paragraphs
        return (*self.header, self.dateline + first, *rest, *self.footer)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """`pieces` are in the order of their publication. `broken` maps an address (domain, path) to
    the status that the server answers there instead of what should be found."""

    seed: int
    now: datetime
    outlets: tuple[Outlet, ...]
    pieces: tuple[Piece, ...]
    broken: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def released(self, at: datetime) -> tuple[Piece, ...]:
        """The pieces that are out at that time."""
        return tuple(piece for piece in self.pieces if piece.published_at <= at)

    def truth(self) -> dict[str, str]:
        """Address of each reprint to the address of its original."""
        urls = {piece.piece_id: piece.url for piece in self.pieces}
        return {piece.url: urls[piece.reprint_of] for piece in self.pieces if piece.reprint_of}

    def stories(self) -> dict[str, tuple[str, ...]]:
        """Address of each text that is not a reprint to the addresses of its reprints, in order of
        publication; empty for a story of one."""
        copies: dict[str, list[str]] = {
            piece.url: [] for piece in self.pieces if not piece.reprint_of
        }
        for reprint, original in self.truth().items():
            copies[original].append(reprint)
        return {original: tuple(reprints) for original, reprints in copies.items()}
