"""A newsroom from a seed: who writes what, when, and who prints it again."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

from newsroom.english import ENGLISH
from newsroom.frames import FRAMES
from newsroom.german import GERMAN
from newsroom.outlets import Outlet, found_outlets, piece_path
from newsroom.pieces import Newsroom, Piece
from newsroom.prose import Writer
from newsroom.reports import SERIES, market_report
from newsroom.reprinting import reprint
from newsroom.spanish import SPANISH

# Own texts appear within this span around `now`: most are out already, some come out later.
PAST = timedelta(days=7)
AHEAD = timedelta(hours=16)
# Reprinters write about a quarter of what they print.
_OWN_SHARE = 0.25
_WEIGHTS = {"agency": 1.3, "originator": 1.0, "reprinter": 1.3}
_REPORTS = 6
_WORDS = (180, 220, 260, 320, 380, 440, 520, 620)
_WRITERS = {language.code: Writer(language) for language in (ENGLISH, GERMAN, SPANISH)}


def compose(
    seed: int = 1,
    *,
    now: datetime,
    outlets: int = 16,
    articles: int = 240,
    faults: bool = False,
) -> Newsroom:
    """The newsroom of that seed around that time: the same arguments give the same newsroom.

    `now` must be timezone-aware. `articles` counts every piece, reprints included; about a tenth
    comes out after `now`. With `faults`, one more feed and two pages are promised but missing.
    Raises ValueError for fewer than 7 outlets (below that not every kind is there) or fewer than 4
    articles for each.
    """
    if now.tzinfo is None:
        raise ValueError("now must be timezone-aware")
    if outlets < 7 or articles < 4 * outlets:
        raise ValueError("a newsroom needs at least 7 outlets and 4 articles for each")
    rng = random.Random(seed)  # noqa: S311 - invented news, no secrets
    now = now.astimezone(UTC).replace(microsecond=0)
    founded = found_outlets(rng, outlets, _WRITERS)
    serials = count(1)
    own, wanted = _own_pieces(rng, founded, articles, now, serials)
    own.append(_round_up(rng, founded, own, now, serials))
    by_domain = {outlet.domain: outlet for outlet in founded}
    copies = _reprints(rng, by_domain, own, wanted, serials)
    pieces = sorted(own + copies, key=lambda piece: (piece.published_at, piece.piece_id))
    if not faults:
        return Newsroom(seed, now, founded, tuple(pieces))
    promised, broken = _break(founded, pieces)
    return Newsroom(seed, now, promised, tuple(pieces), broken)


def _allotment(outlets: tuple[Outlet, ...], articles: int) -> list[int]:
    """How many pieces each outlet prints; they sum to `articles`."""
    weights = [_WEIGHTS[outlet.kind] for outlet in outlets]
    edges = [0.0]
    for weight in weights:
        edges.append(edges[-1] + weight)
    marks = [round(articles * edge / edges[-1]) for edge in edges]
    return [after - before for before, after in pairwise(marks)]


def _own_pieces(
    rng: random.Random,
    outlets: tuple[Outlet, ...],
    articles: int,
    now: datetime,
    serials: Iterator[int],
) -> tuple[list[Piece], dict[str, int]]:
    """The texts that outlets write themselves, and how many reprints each outlet still wants. One
    place is left for the round-up."""
    own: list[Piece] = []
    wanted: dict[str, int] = {}
    reports_left = _REPORTS
    round_up_left = 1
    for outlet, share in zip(outlets, _allotment(outlets, articles), strict=True):
        written = share
        if outlet.kind == "reprinter":
            written = max(1, round(share * _OWN_SHARE))
            wanted[outlet.domain] = share - written
        if outlet.kind == "originator" and outlet.language == "en":
            written -= round_up_left
            round_up_left = 0
        if outlet.kind == "agency" and outlet.language == "en" and reports_left:
            reports = min(reports_left, share // 2)
            reports_left = 0
            written -= reports
            own += _market_reports(rng, outlet, reports, now, serials)
        for turn in range(written):
            # one text in each of `written` equal spans, so that no outlet is silent for long
            share_of_span = (turn + rng.random()) / written
            published_at = (now - PAST + (PAST + AHEAD) * share_of_span).replace(microsecond=0)
            own.append(_own_piece(rng, outlet, published_at, next(serials)))
    return own, wanted


def _own_piece(rng: random.Random, outlet: Outlet, published_at: datetime, serial: int) -> Piece:
    writer = _WRITERS[outlet.language]
    draft = writer.article(rng, words=rng.choice(_WORDS))
    section = writer.language.topics[draft.topic]["section"][0]
    return Piece(
        piece_id=f"p{serial:05d}",
        outlet=outlet.domain,
        path=piece_path(outlet, section, draft.title, serial, published_at),
        title=draft.title,
        authors=tuple(rng.sample(outlet.staff, 2 if rng.random() < 0.15 else 1)),
        published_at=published_at,
        language=outlet.language,
        section=section,
        place=draft.place,
        paragraphs=draft.paragraphs,
        dateline=_dateline(outlet, draft.place),
        header=outlet.header,
        footer=outlet.footer,
    )


def _dateline(outlet: Outlet, place: str) -> str:
    if outlet.kind != "agency":
        return ""
    return FRAMES[outlet.language].dateline.format(place=place.upper(), origin=outlet.name)


def _market_reports(
    rng: random.Random, outlet: Outlet, number: int, now: datetime, serials: Iterator[int]
) -> list[Piece]:
    """The recurring report: the same wording, other numbers, one a day up to now."""
    reports = []
    for age in range(number):
        day = now - timedelta(days=age)
        serial = next(serials)
        title, paragraphs = market_report(rng, day)
        published_at = day - timedelta(minutes=rng.randint(5, 50))
        reports.append(
            Piece(
                piece_id=f"p{serial:05d}",
                outlet=outlet.domain,
                path=piece_path(outlet, "Markets", title, serial, published_at),
                title=title,
                authors=(outlet.staff[0],),
                published_at=published_at,
                language="en",
                section="Markets",
                place="Meridian",
                paragraphs=paragraphs,
                dateline=_dateline(outlet, "Meridian"),
                series=SERIES,
            )
        )
    return reports


def _round_up(
    rng: random.Random,
    outlets: tuple[Outlet, ...],
    own: list[Piece],
    now: datetime,
    serials: Iterator[int],
) -> Piece:
    """One page that quotes two stories of others at length: by the first English originator, out
    before `now`."""
    host = next(o for o in outlets if o.kind == "originator" and o.language == "en")
    latest = now - timedelta(hours=6)
    others = [
        piece
        for piece in own
        if piece.language == "en"
        and piece.outlet != host.domain
        and not piece.series
        and piece.published_at < latest
    ]
    others.sort(key=lambda piece: -len(piece.paragraphs))
    first, second = rng.sample(others[: max(2, len(others) // 2)], 2)
    names = {outlet.domain: outlet.name for outlet in outlets}
    serial = next(serials)
    title = f"Elsewhere: {first.place}, {second.place} and what others write"
    published_at = max(first.published_at, second.published_at) + timedelta(
        minutes=rng.randint(90, 300)
    )
    paragraphs = (
        "Two reports from other desks are worth your time. "
        f"{names[first.outlet]} looks at {first.place}.",
        *first.paragraphs[:4],
        f"{names[second.outlet]}, meanwhile, has been to {second.place}.",
        *second.paragraphs[:4],
        f"More from {first.place} and {second.place} as we get it.",
    )
    return Piece(
        piece_id=f"p{serial:05d}",
        outlet=host.domain,
        path=piece_path(host, "Review", title, serial, published_at),
        title=title,
        authors=(host.staff[0],),
        published_at=published_at,
        language="en",
        section="Review",
        place=first.place,
        paragraphs=paragraphs,
        footer=host.footer,
        quotes=(first.piece_id, second.piece_id),
    )


def _reprints(
    rng: random.Random,
    by_domain: dict[str, Outlet],
    own: list[Piece],
    wanted: dict[str, int],
    serials: Iterator[int],
) -> list[Piece]:
    """Each reprinter takes what it wants from others in its language, no text twice, agencies'
    rather than others'."""
    pools: dict[str, list[Piece]] = {}
    for piece in own:
        kind = by_domain[piece.outlet].kind
        if kind != "reprinter" and not piece.series and not piece.quotes:
            pools.setdefault(piece.language, []).append(piece)
    copies: list[Piece] = []
    for domain, number in wanted.items():
        outlet = by_domain[domain]
        synonyms = _WRITERS[outlet.language].language.synonyms
        ranked = [
            (rng.random() * (2 if by_domain[piece.outlet].kind == "agency" else 1), index)
            for index, piece in enumerate(pools[outlet.language])
        ]
        for _, index in heapq.nlargest(number, ranked):
            original = pools[outlet.language][index]
            origin = by_domain[original.outlet]
            copies.append(reprint(rng, original, origin, outlet, next(serials), synonyms))
    return copies


def _break(
    outlets: tuple[Outlet, ...], pieces: list[Piece]
) -> tuple[tuple[Outlet, ...], dict[tuple[str, str], int]]:
    """One feed that answers 404, one page 404, one page 410. The pages are own texts that no other
    piece was taken from, so that the truth about reprints still holds."""
    taken = {piece.reprint_of for piece in pieces} | {q for piece in pieces for q in piece.quotes}
    lonely = [
        piece for piece in pieces
        if piece.piece_id not in taken and not piece.reprint_of and not piece.quotes
    ]  # fmt: skip
    missing, gone = lonely[0], lonely[1]
    outlet = outlets[1]
    retired = outlet.feeds[0] + "/retired"
    broken = {
        (outlet.domain, retired): 404,
        (missing.outlet, missing.path): 404,
        (gone.outlet, gone.path): 410,
    }
    changed = replace(outlet, feeds=(*outlet.feeds, retired))
    return (outlets[0], changed, *outlets[2:]), broken
