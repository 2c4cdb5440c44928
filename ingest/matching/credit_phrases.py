"""Phrases in a text that say where it comes from, and which publisher a name means.

A small table: what stands in most reprints in English, German, French, Spanish, Italian, Portuguese
and Dutch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.extraction.agencies import agency_named, name_alone

HEAD_CHARACTERS = 600
TAIL_CHARACTERS = 1500
"""Credits stand at the ends of a text; further in, other outlets are quoted."""

_DOMAIN = r"(?:[\w-]+\.)+[a-z]{2,}"
_TITLE = r"[^\W\d_a-z][\w&'’-]*(?:\.(?=\w)[\w-]+)*(?:[ ](?:(?:of|the|for|de|der|du|des|la)[ ]){0,2}[^\W\d_a-z][\w&'’-]*){0,4}"  # noqa: E501
_NAME = rf"(?:the[ ])?(?P<name>{_DOMAIN}|{_TITLE})"

_PATTERNS: tuple[tuple[str, int, tuple[str, ...], str], ...] = (
    (
        "original_source",
        5,
        ("original source of",),
        rf"original source of this \w+ (?:is|was):? {_NAME}",
    ),
    (
        "original_source",
        5,
        ("source originale de",),
        rf"source originale de cet article est {_NAME}",
    ),
    (
        "original_source",
        5,
        ("fuente original de",),
        rf"fuente original de este artículo es {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("originally ", "first "),
        rf"(?:originally|first) (?:published|appeared|posted|ran) (?:by|on|at|in) {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("erschien",),
        rf"erschien(?:en)? (?:zuerst|ursprünglich) (?:auf|bei|in) {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("zuerst", "ursprünglich"),
        rf"(?:zuerst|ursprünglich) (?:von|auf|bei|in) {_NAME} (?:veröffentlicht|erschienen)",
    ),
    (
        "originally_published",
        4,
        ("initialement",),
        rf"(?:initialement publié|publié initialement|paru initialement|initialement paru)e?s?"
        rf" (?:sur|par|dans) {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("publicado originalmente",),
        rf"publicado originalmente (?:en|por) {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("originariamente",),
        rf"pubblicato originariamente (?:su|da) {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("publicado originalmente",),
        rf"publicado originalmente (?:em|no|na|pelo|pela) {_NAME}",
    ),
    (
        "originally_published",
        4,
        ("gepubliceerd", "verschenen"),
        rf"(?:oorspronkelijk|eerder) (?:gepubliceerd|verschenen)"
        rf" (?:op|in|door) {_NAME}",
    ),
    (
        "republished",
        4,
        ("republished", "reprinted", "reproduced", "reposted"),
        rf"(?:republished|reprinted|reproduced|reposted)(?: here)?(?: with(?: the)?(?: kind)?"
        rf" permission)? (?:from|of|by) {_NAME}",
    ),
    (
        "republished",
        4,
        ("freundlicher genehmigung",),
        rf"mit freundlicher Genehmigung (?:von|der|des) {_NAME}",
    ),
    (
        "republished",
        4,
        ("aimable autorisation",),
        rf"avec l['’]aimable autorisation (?:de|du) {_NAME}",
    ),
    ("republished", 4, ("permiso de",), rf"(?:reproducido )?con (?:el )?permiso de {_NAME}"),
    (
        "source_line",
        3,
        ("source", "quelle", "fuente", "fonte", "bron"),
        rf"(?:^|\n|[.!?…»)] )(?:Source|Quelle|Fuente|Fonte|Bron) ?: ?{_NAME}",
    ),
    (
        "bio",
        2,
        (" editor", " writer", " reporter", " journalist", " columnist", " correspondent"),
        rf"\bis (?:a|an|the) (?:[\w-]+ ){{0,3}}(?:editor|writer|reporter|journalist|columnist|"
        rf"correspondent)(?: in chief)? (?:of|at|for|with) {_NAME}",
    ),
    (
        "bio",
        2,
        ("redakteur", "journalist", "korrespondent"),
        rf"\bist (?:\w+ )?(?:Redakteur|Journalist|Korrespondent)(?:in)? (?:bei|von) {_NAME}",
    ),
    (
        "bio",
        2,
        ("est journaliste", "est rédact"),
        rf"\best (?:journaliste|rédact(?:eur|rice)) (?:à|au|chez) {_NAME}",
    ),
    (
        "bio",
        2,
        ("es periodista", "es redactor"),
        rf"\bes (?:periodista|redactora?) (?:de|en) {_NAME}",
    ),
    (
        "copyright",
        2,
        ("©", "(c)", "copyright"),
        rf"(?:©|\(c\)|copyright) [^\n,.]{{2,60}}, {_NAME}, \d{{4}}",
    ),
    (
        "read_more",
        2,
        ("reading", "read "),
        rf"(?:continue reading|read (?:the (?:full|whole|rest of the|original) )?(?:\w+ )?)"
        rf" ?(?:at|on) {_NAME}",
    ),
    (
        "read_more",
        2,
        ("lesen",),
        rf"(?:Artikel lesen Sie|weiterlesen) (?:bei|auf) {_NAME}",
    ),
    (
        "read_more",
        2,
        ("article complet", "la suite"),
        rf"(?:article complet|la suite) sur {_NAME}",
    ),
    ("read_more", 2, ("leyendo en",), rf"(?:Siga|sigue) leyendo en {_NAME}"),
    ("via", 1, ("(via", "(vía", "h/t", "hat tip"), rf"(?:\((?:via|vía)|\bh/t|\bhat tip:?) {_NAME}"),
)
"""Signal, weight, what a text holds (in lower case) when it may hold the phrase, and the phrase."""

_COMPILED = tuple(
    (signal, weight, cues, re.compile(_case_insensitive))
    for signal, weight, cues, pattern in _PATTERNS
    # Only the phrase: a name begins with a capital.
    for _case_insensitive in (f"(?i:{pattern.split(_NAME)[0]}){_NAME}{pattern.split(_NAME)[1]}",)
)
AGENCIES = {
    "AP": "apnews.com",
    "Reuters": "reuters.com",
    "AFP": "afp.com",
    "dpa": "dpa.com",
    "EFE": "efe.com",
    "ANSA": "ansa.it",
    "Xinhua": "xinhuanet.com",
    "TASS": "tass.com",
    "PTI": "ptinews.com",
    "UPI": "upi.com",
}
"""Agencies as their datelines name them, and their domains."""

_DOMAINS = {agency_named(name) or name: domain for name, domain in AGENCIES.items()}

NO_NAMES = frozenset({"agencies", "agenturen", "news", "newsagencies", "staff", "twitter"})
"""What stands where a source is named, folded, and names none."""

_IN_BRACKETS = tuple(f"({name}" for name in AGENCIES)
_DATELINE = re.compile(
    r"(?:^|\n)[^\n]{2,60}?\((?P<name>" + "|".join(AGENCIES) + r")(?:[-/]\w+)?\)\s*[-–—:]"
)


@dataclass(frozen=True, slots=True)
class Credit:
    """A phrase that names where a text comes from: what kind it is, its weight, whom it names and
    the words themselves."""

    signal: str
    weight: int
    name: str
    words: str


def credits_in(text: str) -> tuple[Credit, ...]:
    """What the ends of a text say of its source, at most one of a kind and name."""
    short = len(text) <= HEAD_CHARACTERS + TAIL_CHARACTERS
    parts = (text,) if short else (text[:HEAD_CHARACTERS], text[-TAIL_CHARACTERS:])
    found: dict[tuple[str, str], Credit] = {}
    for part in parts:
        for credit in _in_part(part):
            found.setdefault((credit.signal, fold(credit.name)), credit)
    return tuple(found.values())


def _in_part(part: str) -> Iterator[Credit]:
    lowered = part.lower()
    for signal, weight, cues, pattern in _COMPILED:
        if any(cue in lowered for cue in cues):  # looking for the phrase costs a hundred times more
            for match in pattern.finditer(part):
                name = name_alone(match["name"])
                if name and fold(name) not in NO_NAMES:
                    yield Credit(signal, weight, name, match[0].strip())
    if any(agency in part for agency in _IN_BRACKETS):
        for match in _DATELINE.finditer(part):
            yield Credit("dateline", 3, match["name"], match[0].strip())


def fold(name: str) -> str:
    """A name's letters and digits, folded."""
    return "".join(re.findall(r"\w", name.casefold())).replace("_", "")


def means(name: str, publisher: str) -> bool:
    """Whether a name can be that publisher's: its domain, with or without suffixes, or the agency's
    own."""
    if _DOMAINS.get(agency_named(name) or name) == publisher:
        return True
    labels = publisher.removeprefix("www.").split(".")
    known = {fold("".join(labels[:count])) for count in range(1, len(labels) + 1)}
    words = name.split()
    # Where an extractor lost the line break, the next line's first words follow the name.
    readings = {fold("".join(words[:count])) for count in range(1, len(words) + 1)}
    readings |= {reading.removeprefix("the") for reading in readings}
    readings |= {reading.removeprefix("www") for reading in readings}
    return not known.isdisjoint(readings - {""})
