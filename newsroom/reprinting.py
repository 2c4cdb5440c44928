"""How one outlet prints another's text: whole, cut off or edited, with credit or without."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from newsroom.frames import FRAMES
from newsroom.outlets import Credit, Outlet, piece_path
from newsroom.pieces import Piece, Relation

# Taken in turn, as are the credits, so that even a small newsroom has all of them.
_RELATIONS: tuple[Relation, ...] = (
    "full",
    "full",
    "full",
    "full",
    "truncated",
    "edited",
    "edited",
)
_RETITLED_SHARE = 0.4
_CANONICAL_SHARE = 0.7
# A median of three hours and seldom more than a day, as with copies of agency text.
_MEDIAN_LAG_MINUTES = 180
_LONGEST_LAG = timedelta(hours=40)


def reprint(
    rng: random.Random,
    original: Piece,
    origin: Outlet,
    outlet: Outlet,
    serial: int,
    synonyms: Mapping[str, str],
) -> Piece:
    """`outlet`'s copy of `original`, which appeared at `origin`. A dateline is kept only where it
    is the credit; other outlets cut it, as their editors do."""
    words = FRAMES[outlet.language]
    relation = _RELATIONS[serial % len(_RELATIONS)]
    credited = _credit(outlet, origin, relation, serial)
    title = original.title
    if rng.random() < _RETITLED_SHARE:
        title = rng.choice(words.retitles).format(title=original.title, place=original.place)
    published_at = original.published_at + _lag(rng)
    signed = credited != "none" and rng.random() < 0.8
    return Piece(
        piece_id=f"p{serial:05d}",
        outlet=outlet.domain,
        path=piece_path(outlet, original.section, title, serial, published_at),
        title=title,
        authors=original.authors if signed else (rng.choice(outlet.staff),),
        published_at=published_at,
        language=outlet.language,
        section=original.section,
        place=original.place,
        paragraphs=_copied(rng, original, relation, synonyms, words.inserts),
        dateline=original.dateline if credited == "dateline" else "",
        header=outlet.header,
        footer=(*_credit_lines(rng, original, origin, credited), *outlet.footer),
        reprint_of=original.piece_id,
        relation=relation,
        credited=credited,
        canonical_to_original=outlet.points_canonical and rng.random() < _CANONICAL_SHARE,
    )


def _credit(outlet: Outlet, origin: Outlet, relation: Relation, serial: int) -> Credit:
    credited = outlet.credits[serial % len(outlet.credits)]
    if relation == "truncated" and credited != "none":
        return "read_more"
    if credited == "dateline" and origin.kind != "agency":
        return "source_line"
    return credited


def _credit_lines(
    rng: random.Random, original: Piece, origin: Outlet, credited: Credit
) -> tuple[str, ...]:
    words = FRAMES[original.language]
    lines = {
        "first_appeared": words.first_appeared,
        "source_line": words.source_lines,
        "author_note": words.author_notes,
        "read_more": words.read_more,
    }.get(credited)
    if lines is None:
        return ()
    line = rng.choice(lines).format(
        origin=origin.name,
        origin_url=original.url,
        author=original.authors[0],
        place=original.place,
        date=_numeric_date(original.published_at, original.language),
    )
    return (line,)


def _numeric_date(at: datetime, language: str) -> str:
    pattern = {"en": "%Y-%m-%d", "de": "%d.%m.%Y", "es": "%d/%m/%Y"}[language]
    return at.strftime(pattern)


def _lag(rng: random.Random) -> timedelta:
    minutes = _MEDIAN_LAG_MINUTES * rng.lognormvariate(0, 1)
    return min(timedelta(minutes=2 + round(minutes)), _LONGEST_LAG)


def _copied(
    rng: random.Random,
    original: Piece,
    relation: Relation,
    synonyms: Mapping[str, str],
    inserts: tuple[str, ...],
) -> tuple[str, ...]:
    if relation == "truncated":
        return _truncated(rng, original.paragraphs)
    if relation == "edited":
        insert = rng.choice(inserts).format(place=original.place)
        return _edited(rng, original.paragraphs, synonyms, insert)
    return original.paragraphs


def _truncated(rng: random.Random, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """The opening paragraphs: at least 90 words and a third to a half of the text."""
    total = sum(len(paragraph.split()) for paragraph in paragraphs)
    wanted = max(90, int(total * rng.uniform(0.35, 0.5)))
    kept: list[str] = []
    words = 0
    for paragraph in paragraphs[:-1]:
        if words >= wanted:
            break
        kept.append(paragraph)
        words += len(paragraph.split())
    return tuple(kept)


def _edited(
    rng: random.Random, paragraphs: tuple[str, ...], synonyms: Mapping[str, str], insert: str
) -> tuple[str, ...]:
    """Straight quotation marks, most of the known words swapped, a middle paragraph dropped and a
    sentence of the desk's own put in."""
    known = re.compile(
        r"\b(" + "|".join(sorted(map(re.escape, synonyms), key=len, reverse=True)) + r")\b"
    )

    def swap(match: re.Match[str]) -> str:
        word = cast("str", match.group(1))
        return synonyms[word] if rng.random() < 0.7 else word

    edited = [known.sub(swap, re.sub("[“”„]", '"', paragraph)) for paragraph in paragraphs]
    if len(edited) >= 6:
        del edited[rng.randrange(2, len(edited) - 1)]
    edited.insert(rng.randrange(2, len(edited)), insert) if len(edited) > 2 else edited.append(
        insert
    )
    return tuple(edited)
