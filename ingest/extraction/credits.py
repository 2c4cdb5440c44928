"""Credits: agencies and outlets that an article names as where it comes from.

Looked for where sources are named: datelines and bylines at the beginning, and notes such as
"originally published by" at either end. An article's own publisher is never its credit.
"""

# ruff: noqa: E501 - tables of expressions, one language or kind a line

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from ingest.extraction.agencies import agency_named, agency_pattern, name_alone
from ingest.words import folded_words

OPENING = 600
"""Characters at the beginning of a text in which its source is looked for."""
CLOSING = 1500
"""Characters at the end."""
NAME_WORDS = 6
"""A longer "source" is a sentence."""

CreditSource = Literal["canonical", "metadata", "statement", "dateline", "byline", "bio", "licence"]


@dataclass(frozen=True, slots=True)
class Credit:
    """A source that an article names: `name` is a publisher's domain where the article gives one,
    else an agency's name or the outlet's as written; `words` are those that say so."""

    name: str
    source: CreditSource
    words: str


@dataclass(frozen=True, slots=True)
class CreditPattern:
    """A way to name a source. `expression` has a group ``name``; `example` is a sentence that it
    must find `credit` in."""

    language: str
    source: CreditSource
    expression: str
    example: str
    credit: str


_AGENCY = f"(?P<name>{agency_pattern()})"
_PLACE = r"[^\W\d_][\w'’.\-]*(?:[ /,]+[^\W\d_][\w'’.\-]*){0,5}"
_DASH = r"\s*(?:--|[-–—:])\s"
# An outlet as running text names it: an address, or words that begin with capitals.
_OUTLET = (
    r"(?:the\s+|der\s+|die\s+|das\s+|dem\s+|le\s+|la\s+|l['’]|el\s+|il\s+|o\s+|a\s+|de\s+|het\s+)?"
    r"(?P<name>(?:www\.)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,12}\b"
    r"|(?-i:[A-ZÀ-ÞŁŚŻČŠŽİ][\w'’&.\-]*(?:[ \t\xa0]+(?:of|the|and|für|der|du|de|des|di|del|da|do|van|&|[A-ZÀ-ÞŁŚŻČŠŽİ0-9][\w'’&\-]*)){0,5}))"
)


def _stated(language: str, lead: str, example: str, credit: str) -> CreditPattern:
    return CreditPattern(language, "statement", rf"\b{lead}\s*:?\s+{_OUTLET}", example, credit)


PATTERNS: tuple[CreditPattern, ...] = (
    # Datelines: "KYIV (Reuters) -", "BERLIN (dpa) -", "(AP) --", "Berlin, 3. Mai (AFP) -".
    CreditPattern("any", "dateline", rf"^\W{{0,2}}(?:{_PLACE}[^()\n]{{0,40}})?\((?:[^()]{{1,20}}[/,]\s*)?{_AGENCY}(?:/[^()]{{1,20}})?\)(?:{_DASH}|\s)", "KYIV (Reuters) - Talks began on Monday.", "Reuters"),
    CreditPattern("en", "dateline", rf"^\(?{_AGENCY}\)?{_DASH}", "(AP) — Talks began on Monday.", "Associated Press"),
    CreditPattern("en", "dateline", rf"^{_PLACE}, [^()\n]{{3,25}} \({_AGENCY}\)", "BEIJING, May 3 (Xinhua) -- Talks began.", "Xinhua"),
    CreditPattern("de", "dateline", rf"^{_PLACE}\s*\({_AGENCY}(?:/[\w-]+)?\){_DASH}", "Berlin (dpa/bb) - Die Gespräche begannen.", "dpa"),
    CreditPattern("de", "dateline", rf"^{_AGENCY}(?:/[\w-]+)?{_DASH}", "dpa/lno – Die Gespräche begannen.", "dpa"),
    CreditPattern("fr", "dateline", rf"^{_PLACE} \({_AGENCY}\)\s*[-–—]", "Paris (AFP) – Les discussions ont commencé.", "Agence France-Presse"),
    CreditPattern("es", "dateline", rf"^{_PLACE}, \d{{1,2}} [a-z.]{{3,10}} \({_AGENCY}\)\s*\.?-", "Madrid, 3 may (EFE).- Las conversaciones empezaron.", "EFE"),
    CreditPattern("it", "dateline", rf"^\({_AGENCY}\)\s*-", "(ANSA) - ROMA, 03 MAG - I colloqui sono iniziati.", "ANSA"),
    CreditPattern("pt", "dateline", rf"^{_PLACE} \({_AGENCY}\)\s*[-–—]", "São Paulo (Folhapress) - As conversas começaram.", "Folhapress"),
    CreditPattern("nl", "dateline", rf"^{_PLACE} \({_AGENCY}\)\s*[-–—]", "Den Haag (ANP) - De gesprekken zijn begonnen.", "ANP"),
    # Agency lines at the end: "(dpa)", "Quelle: dpa", "mit dpa", "AFP/dpa".
    CreditPattern("any", "byline", rf"(?:^|[.!?\"”»]\s*)\(?(?:[\w-]{{2,6}}/)?{_AGENCY}(?:/[\w-]{{2,8}})*\)?\W*$", "Die Gespräche begannen. (dpa)", "dpa"),
    CreditPattern("de", "byline", rf"^\W*(?:mit|quellen?:?|von|nach)\s+(?:material\s+(?:der|von)\s+)?(?:\w+/)?{_AGENCY}\b.{{0,30}}$", "mit dpa", "dpa"),
    CreditPattern("en", "byline", rf"^\W*(?:by|source:?|with|additional reporting by|\(?reporting by)\s+(?:the\s+)?(?:[^\n]{{2,40}},\s*)?{_AGENCY}\W*$", "By Ida Moss, Associated Press", "Associated Press"),
    CreditPattern("fr", "byline", rf"^\W*(?:avec|par|source\s*:)\s+(?:l['’])?{_AGENCY}\W*$", "avec AFP", "Agence France-Presse"),
    CreditPattern("es", "byline", rf"^\W*(?:con\s+información\s+de|por|fuente:|agencia)\s+{_AGENCY}\W*$", "Con información de EFE", "EFE"),
    CreditPattern("it", "byline", rf"^\W*(?:fonte:?|di|con)\s+{_AGENCY}\W*$", "Fonte: ANSA", "ANSA"),
    CreditPattern("pt", "byline", rf"^\W*(?:com\s+informações\s+d[aeo]|fonte:|por)\s+{_AGENCY}\W*$", "Com informações da Agência Brasil", "Agência Brasil"),
    CreditPattern("nl", "byline", rf"^\W*(?:bron:|door|met)\s+(?:het\s+)?{_AGENCY}\W*$", "Bron: ANP", "ANP"),
    # Statements of where the article comes from.
    _stated("en", r"(?:was\s+|is\s+|were\s+)?(?:(?:first|originally|previously)\s+(?:published|appeared|posted|ran|reported)|republished|reprinted|reproduced|cross-?posted|re-?posted)(?:\s+(?:here|with\s+permission))?\s+(?:by|on|at|in|from|via)", "This article was originally published by The Harbour Times.", "Harbour Times"),
    _stated("en", r"first\s+appeared\s+(?:on|at|in)", "This post first appeared on harbour.example.", "harbour.example"),
    _stated("en", r"original\s+source\s+(?:of\s+this\s+(?:article|story)\s+)?(?:is|was)", "The original source of this article is Harbour Review.", "Harbour Review"),
    _stated("en", r"(?:this\s+(?:article|story)\s+(?:comes|is)\s+(?:courtesy\s+of|from)|courtesy\s+of|licensed\s+from|provided\s+by)", "This story comes from Harbour Review.", "Harbour Review"),
    CreditPattern("en", "statement", rf"^\W*(?:source|via)\s*:\s*{_OUTLET}\W*$", "Source: Harbour Review", "Harbour Review"),
    _stated("de", r"(?:zuerst|ursprünglich|erstmals)\s+(?:erschienen|veröffentlicht)?\s*(?:wurde\s+)?(?:bei|auf|in|im|von)", "Der Artikel ist zuerst erschienen bei Hafenblatt.", "Hafenblatt"),
    _stated("de", r"(?:übernommen\s+(?:von|aus)|mit\s+freundlicher\s+genehmigung\s+(?:von|der|des))", "Dieser Text wurde übernommen von Hafenblatt.", "Hafenblatt"),
    _stated("fr", r"(?:(?:publié|paru)\s+(?:initialement|à\s+l['’]origine|d['’]abord)|(?:initialement|d['’]abord)\s+(?:publié|paru)|repris|republié)e?\s+(?:par|sur|dans|de|du)", "Cet article a été initialement publié par Le Port.", "Port"),
    _stated("es", r"(?:publicad[oa]\s+(?:originalmente|originariamente|inicialmente|por\s+primera\s+vez)|(?:originalmente|inicialmente)\s+publicad[oa]|reproducid[oa]|republicad[oa])\s+(?:por|en|de)", "Este artículo fue publicado originalmente en Puerto Nuevo.", "Puerto Nuevo"),
    _stated("it", r"(?:pubblicat[oa]\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta|inizialmente)|(?:originariamente|inizialmente)\s+pubblicat[oa]|ripubblicat[oa])\s+(?:da|su|in|per)", "Articolo pubblicato originariamente su Porto Nuovo.", "Porto Nuovo"),
    _stated("pt", r"(?:publicad[oa]\s+(?:originalmente|inicialmente|primeiro)|(?:originalmente|inicialmente)\s+publicad[oa]|republicad[oa])\s+(?:por|em|no|na|pel[oa]|de)", "Texto publicado originalmente em Porto Novo.", "Porto Novo"),
    _stated("nl", r"(?:(?:eerder|oorspronkelijk|voor\s+het\s+eerst)\s+(?:gepubliceerd|verschenen)|verscheen\s+(?:eerder|oorspronkelijk)|overgenomen)\s+(?:door|op|in|bij|van)", "Dit artikel is oorspronkelijk verschenen in Haven Nieuws.", "Haven Nieuws"),
    _stated("sv", r"(?:ursprungligen|först)\s+(?:publicerad|publicerades)\s+(?:av|på|i)", "Artikeln publicerades: ursprungligen publicerad i Hamnbladet.", "Hamnbladet"),
    _stated("pl", r"(?:pierwotnie|po\s+raz\s+pierwszy)\s+(?:opublikowan[oya]|ukazał\s+się)\s+(?:na|w|przez)", "Tekst pierwotnie opublikowany w Gazeta Portowa.", "Gazeta Portowa"),
    # Authors' portraits that name the outlet they write for.
    CreditPattern("en", "bio", rf"\bis\s+(?:the|an?)\s+(?:[\w-]+\s+){{0,5}}?(?:editor|reporter|writer|correspondent|columnist|journalist|editor-in-chief|contributor)\s+(?:of|for|at|with|to)\s+{_OUTLET}", "Ida Moss is the news editor of Harbour.example.", "harbour.example"),
    CreditPattern("de", "bio", rf"\bist\s+(?:[\w-]+\s+){{0,3}}?(?:redakteur(?:in)?|reporter(?:in)?|korrespondent(?:in)?|autor(?:in)?)\s+(?:bei|von|für|beim|der|des)\s+{_OUTLET}", "Ida Moss ist Redakteurin bei Hafenblatt.", "Hafenblatt"),
    CreditPattern("fr", "bio", rf"\best\s+(?:[\w-]+\s+){{0,3}}?(?:journaliste|rédact\w+|correspondante?)\s+(?:à|au|pour|de|du|chez)\s+{_OUTLET}", "Ida Moss est journaliste pour Le Port.", "Port"),
    CreditPattern("es", "bio", rf"\bes\s+(?:[\w-]+\s+){{0,3}}?(?:periodista|redactora?|corresponsal|editora?)\s+(?:de|en|para)\s+{_OUTLET}", "Ida Moss es periodista de Puerto Nuevo.", "Puerto Nuevo"),
    # Notices of rights.
    CreditPattern("en", "licence", rf"(?:©|\(c\)|copyright)\s*(?:(?:19|20)\d\d\s*)?(?:by\s+|the\s+)?{_AGENCY}\b", "© 2026 The Associated Press. All rights reserved.", "Associated Press"),
    CreditPattern("any", "licence", rf"(?:©|\(c\))\s*(?:(?:19|20)\d\d\s*)?(?:\w+/)?{_AGENCY}(?:/|\b)", "© SZ/dpa/chrk - Rechte vorbehalten", "dpa"),
)  # fmt: skip
"""Ways to name a source, per language, each with an example that a test runs."""

_COMPILED = tuple(
    (pattern, re.compile(pattern.expression, re.IGNORECASE | re.MULTILINE)) for pattern in PATTERNS
)
_ORDER: tuple[CreditSource, ...] = (
    "canonical", "metadata", "statement", "dateline", "byline", "bio", "licence",
)  # fmt: skip
_DOMAIN = re.compile(r"(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12})", re.IGNORECASE)
_NO_OUTLET = frozenset({
    "this", "that", "these", "there", "here", "monday", "tuesday", "wednesday", "thursday",
    "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december", "facebook", "twitter", "instagram",
    "youtube", "telegram", "tiktok", "x", "linkedin", "english", "creative commons", "a", "an",
    # Whose figures and pictures stand in articles, and whose articles do not.
    "statista", "refinitiv", "factset", "tradingview", "getty", "shutterstock", "imago", "unsplash",
    "flickr", "wikimedia", "wikipedia", "pixabay",
})  # fmt: skip


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
    own = {
        "".join(folded_words(name)) for name in (publisher, publisher.split(".")[0], *site_names)
    }
    found: dict[str, Credit] = {}
    for credit in (
        *(Credit(publisher_of(address), "metadata", address) for address in addresses),
        *_in_names(names),
        *_in_text(text),
    ):
        key = "".join(folded_words(credit.name))
        if not key or key in own or credit.name.lower() == publisher:
            continue
        before = found.get(key)
        if before is None or _ORDER.index(credit.source) < _ORDER.index(before.source):
            found[key] = credit
    return tuple(sorted(found.values(), key=lambda credit: _ORDER.index(credit.source)))


def _in_names(names: Collection[str]) -> Iterator[Credit]:
    for line in names:
        for part in re.split(r"[,;/|()]|\s(?:and|und|et|mit|with|via|y|e|in)\s", line):
            if agency := agency_named(part):
                yield Credit(agency, "byline", line.strip())


def _in_text(text: str) -> Iterator[Credit]:
    parts = [text] if len(text) <= OPENING + CLOSING else [text[:OPENING], _closing(text)]
    for part in parts:
        for pattern, expression in _COMPILED:
            if pattern.source == "dateline" and part is not parts[0]:
                continue
            for match in expression.finditer(part):
                if pattern.source == "dateline" and match.start() > OPENING:
                    break
                if name := _credited(match["name"]):
                    yield Credit(name, pattern.source, " ".join(match[0].split()))


def _closing(text: str) -> str:
    """The end of a text, from the beginning of a line."""
    end = text[-CLOSING:]
    return end.partition("\n")[2] or end


def _credited(name: str) -> str | None:
    bare = name_alone(name)
    if agency := agency_named(bare):
        return agency
    if domain := _DOMAIN.fullmatch(bare):
        return domain[1].lower()
    words = bare.split()
    if not 1 <= len(words) <= NAME_WORDS or bare.lower() in _NO_OUTLET or len(bare) < 3:
        return None
    return None if words[0].lower() in _NO_OUTLET else bare
