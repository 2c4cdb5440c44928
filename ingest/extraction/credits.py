"""Credits: agencies and outlets that an article names as where it comes from.

Looked for where sources are named: datelines and bylines at the beginning, and notes such as
"originally published by" at either end. An article's own publisher is never its credit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from ingest.extraction.agencies import AGENCIES, agency_named, name_alone
from ingest.extraction.credit_patterns import PATTERNS, CreditPattern
from ingest.month_names import MONTHS
from ingest.outlet_names import fold, own_brand
from ingest.types import Statement, StatementKind

OPENING = 600
"""Characters at the beginning of a text in which its source is looked for."""
CLOSING = 1500
"""Characters at the end."""
NAME_WORDS = 6
"""A longer "source" is a sentence."""

DATA_SOURCES = 2
"""So many different names in lines "Source: …" are those of figures and tables."""

CreditSource = Literal["canonical", "metadata", "statement", "dateline", "byline", "bio", "licence"]


@dataclass(frozen=True, slots=True)
class Credit:
    """A source that an article names: `name` is a publisher's domain where the article gives one,
    else an agency's name or the outlet's as written; `words` are those that say so."""

    name: str
    source: CreditSource
    words: str


_CUES = tuple((cue, at) for at, one in enumerate(PATTERNS) for cue in one.cues or ("",))
_SPELLINGS = tuple(spelling.casefold() for group in AGENCIES.values() for spelling in group)
_AGENCY_CUES = frozenset(spelling.split()[0].split("-")[0] for spelling in _SPELLINGS) - {
    "the",
    "la",
}
_UNSPACED_AGENCIES = tuple(
    spelling for spelling in _SPELLINGS if re.search("[\u3040-\ud7af]", spelling)
)
_WORD = re.compile(r"\w+")
_SOURCE_OF: dict[StatementKind, CreditSource] = {
    "original_source": "statement",
    "originally_published": "statement",
    "republished": "statement",
    "source_line": "statement",
    "dateline": "dateline",
    "byline": "byline",
    "contributor": "byline",
    "bio": "bio",
    "copyright": "licence",
}
"""Where to read on, and where something was come upon, are no credits."""
_ORDER: tuple[CreditSource, ...] = (
    "canonical", "metadata", "statement", "dateline", "byline", "bio", "licence",
)  # fmt: skip
_DOMAIN = re.compile(r"(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12})", re.IGNORECASE)
_NO_OUTLET = frozenset({
    "this", "that", "these", "there", "here", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "facebook", "twitter", "instagram", "youtube", "telegram",
    "tiktok", "x", "linkedin", "english", "german", "french", "spanish", "creative commons", "a",
    "an", "agencies", "agenturen", "agences", "agencias", "news agencies", "news", "staff",
    "archive", "archiv", "internet", "press release", "pressemitteilung",
    # Whose figures and pictures stand in articles, and whose articles do not.
    "statista", "refinitiv", "factset", "tradingview", "getty", "shutterstock", "imago", "unsplash",
    "flickr", "wikimedia", "wikipedia", "pixabay",
})  # fmt: skip
_COUNTRIES = frozenset({"u.s", "us", "uk", "u.k"})
_INSTITUTION = re.compile(
    r"(?i)\b(?:department|ministry|bureau|centers? for|census|statisti\w*|bundesamt|eurostat|insee|"
    r"ministère|ministerio|ministerium|universit\w+|institut\w*|world bank|united nations|getty)\b"
)
"""Whose figures a line "Source: …" names, and not whose article."""


@cache
def compiled(pattern: CreditPattern) -> re.Pattern[str]:
    """Its expression. All of them take a tenth of a second to compile; few runs meet them all."""
    return re.compile(pattern.expression, re.IGNORECASE | re.MULTILINE)


def statements(text: str) -> tuple[Statement, ...]:
    """What the ends of a text say of its source, at most one of a kind and name."""
    parts = [text] if len(text) <= OPENING + CLOSING else [text[:OPENING], _closing(text)]
    found: dict[tuple[StatementKind, str], Statement] = {}
    for number, part in enumerate(parts):
        for one in _in_part(part, opening=number == 0):
            found.setdefault((one.kind, fold(one.name)), one)
    lines = [one for one in found.values() if one.kind == "source_line"]
    if len(lines) >= DATA_SOURCES:
        return tuple(one for one in found.values() if one.kind != "source_line")
    return tuple(found.values())


@lru_cache(maxsize=2)  # a page's text is looked through as it was found, and as it is kept
def _in_part(part: str, *, opening: bool) -> tuple[Statement, ...]:
    return tuple(_look_through(part, opening=opening))


def _look_through(part: str, *, opening: bool) -> Iterator[Statement]:
    lowered = part.lower()
    # Looking for the phrases costs a hundred times more.
    agencies = not _AGENCY_CUES.isdisjoint(_WORD.findall(lowered)) or any(
        name in lowered for name in _UNSPACED_AGENCIES
    )
    possible = {at for cue, at in _CUES if cue in lowered}
    for at, pattern in enumerate(PATTERNS):
        if at not in possible or (pattern.agency and not agencies):
            continue
        if pattern.kind == "dateline" and not opening:
            continue
        for match in compiled(pattern).finditer(part):
            if pattern.kind == "dateline" and match.start() > OPENING:
                break
            if name := _credited(match, pattern):
                yield Statement(pattern.kind, name, " ".join(match[0].split()))


def find_credits(
    text: str,
    *,
    names: Collection[str] = (),
    addresses: Collection[str] = (),
    publisher: str,
    site_names: Collection[str] = (),
    publisher_of: Callable[[str], str],
) -> tuple[Credit, ...]:
    """The sources that an article names, most trusted first, each once.

    `text` is the article's, with what was cut off below it; `names` are author fields and bylines
    as written; `addresses` are those that the markup gives as source. `publisher` and `site_names`
    are the article's own and never a credit.
    """
    own = {_key(name) for name in site_names}
    found: dict[str, Credit] = {}
    for credit in (
        *(Credit(publisher_of(address), "metadata", address) for address in addresses),
        *_in_names(names),
        *_in_text(text),
    ):
        key = _key(credit.name)
        if not key or key in own or own_brand(credit.name, publisher):
            continue
        before = found.get(key)
        if before is None or _ORDER.index(credit.source) < _ORDER.index(before.source):
            found[key] = credit
    return tuple(sorted(found.values(), key=lambda credit: _ORDER.index(credit.source)))


def _key(name: str) -> str:
    return fold(name).removeprefix("the")


def _in_names(names: Collection[str]) -> Iterator[Credit]:
    for line in names:
        for part in re.split(r"[,;/|()]|\s(?:and|und|et|mit|with|via|y|e|in)\s", line):
            if agency := agency_named(part):
                yield Credit(agency, "byline", line.strip())


def _in_text(text: str) -> Iterator[Credit]:
    for one in statements(text):
        source = _SOURCE_OF.get(one.kind)
        if source is not None:
            yield Credit(one.name, source, one.words)


def _closing(text: str) -> str:
    """The end of a text, from the beginning of a line."""
    end = text[-CLOSING:]
    return end.partition("\n")[2] or end


def _credited(match: re.Match[str], pattern: CreditPattern) -> str | None:
    """The name in a phrase, or None when it is no outlet's."""
    bare = name_alone(match["name"])
    if agency := agency_named(bare):
        return agency
    if pattern.agency:
        # In small letters only where nothing but an agency stands: "(ats)".
        return agency_named(bare.upper()) if "(" in match[0] else None
    if domain := _DOMAIN.fullmatch(bare):
        return domain[1].lower()
    words = bare.lower().split()
    if (
        not 1 <= len(words) <= NAME_WORDS
        or len(bare) < 2
        or bare.lower() in _NO_OUTLET | _COUNTRIES
    ):
        return None
    if words[0] in _NO_OUTLET or words[0].strip(".") in MONTHS:
        return None
    if pattern.kind == "source_line" and _INSTITUTION.search(bare):
        return None
    return bare
