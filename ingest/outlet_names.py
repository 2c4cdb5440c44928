"""Which publisher a name means: outlets write "The Guardian", publishers are domains."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ingest.extraction.agencies import AGENCIES, agency_named

AGENCY_DOMAINS = {
    "Associated Press": "apnews.com",
    "Reuters": "reuters.com",
    "Agence France-Presse": "afp.com",
    "dpa": "dpa.com",
    "EFE": "efe.com",
    "ANSA": "ansa.it",
    "Xinhua": "xinhuanet.com",
    "TASS": "tass.com",
    "PTI": "ptinews.com",
    "UPI": "upi.com",
}
"""Agencies' own sites, where the name does not tell."""

ARTICLES = frozenset({
    "the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "o", "a", "de",
    "het",
})  # fmt: skip
"""What a name may begin with, and a domain do without."""

GENERIC = frozenset({
    "blog", "magazin", "magazine", "online", "news", "zeitung", "redaktion", "daily", "media",
    "www", "com", "net", "org", "de", "info", "tv", "staging",
})  # fmt: skip
"""What a brand's other names and addresses have beside it."""

SHORT_NAME = 4
"""A name of fewer letters is no publisher's that has "the" before it."""

LONG_LABEL = 6
"""So long a first label of two domains is one brand under two endings ("businessinsider.de")."""

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


@lru_cache(maxsize=8192)
def means(name: str, publisher: str) -> bool:
    """Whether a name can be that publisher's: its domain, with or without suffixes, or under
    another suffix; its name with or without an article or accents, or by its initials
    ("nytimes.com"); or an agency's own site, under whichever of its names ("afp.de")."""
    agency = agency_named(name) or name
    if AGENCY_DOMAINS.get(agency) == publisher:
        return True
    labels = publisher.removeprefix("www.").split(".")
    known = {fold("".join(labels[:count])) for count in range(1, len(labels) + 1)}
    if any(fold(spelling) in known for spelling in AGENCIES.get(agency, ())):
        return True
    words = name.split()
    # Where an extractor lost the line break, the next line's first words follow the name.
    for count in range(1, len(words) + 1):
        for spelt in _spellings(words[:count]):
            if spelt in known or (len(spelt) >= SHORT_NAME and "the" + spelt in known):
                return True
    return _brand(name) == labels[0].casefold() and len(labels[0]) >= LONG_LABEL


def own_brand(name: str, publisher: str) -> bool:
    """Whether a name is the publisher's own, or that of another site or section of its brand:
    "Harbour Blog" and "staging.harbour.app" for harbour.com."""
    if means(name, publisher):
        return True
    label = fold(publisher.removeprefix("www.").split(".")[0])
    parts = {fold(part) for part in re.split(r"[\s.\-]+", name)}
    own = {fold(part) for part in publisher.split(".")[0].split("-")}
    if "." in name and len(label) >= LONG_LABEL and label in parts:
        return True
    rest = {part for part in parts if part not in GENERIC and part not in ARTICLES}
    return bool(rest) and (
        rest == {label} or (len(own) > 1 and rest <= own and own - rest <= GENERIC)
    )


def fold(name: str) -> str:
    """A name's letters and digits, folded, without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def _spellings(words: list[str]) -> set[str]:
    """How a domain may spell these words."""
    joined = "".join(words).casefold().replace("www.", "")
    spelt = {fold(joined), fold(joined.translate(_SPELT_OUT))}
    if len(words) > 1 and words[0].casefold() in ARTICLES:
        rest = "".join(words[1:]).casefold()
        spelt |= {fold(rest), fold(rest.translate(_SPELT_OUT))}
        words = words[1:]
    letters = [fold(word) for word in words]
    if len(letters) > 2 and all(letters):
        initials = "".join(word[0] for word in letters)
        spelt.add(initials)
        spelt |= {initials[:count] + "".join(letters[count:]) for count in range(2, len(letters))}
    return spelt - {""}


def _brand(name: str) -> str | None:
    """The first label of a domain."""
    bare = name.casefold().removeprefix("www.")
    return bare.split(".")[0] if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", bare) else None
