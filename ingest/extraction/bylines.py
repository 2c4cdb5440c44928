"""Authors: people named by a page or feed, without site names, roles, places and doublings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from ingest.extraction.agencies import agency_named
from ingest.extraction.linked_data import LinkedData, is_organisation, name_of, resolve
from ingest.plaintext import plain_text
from ingest.words import folded_words

MAX_AUTHORS = 20
NAME_WORDS = 6
"""A longer "name" is a sentence or a list of things."""
HEADING_SIBLINGS = 4
"""Elements below the headline in which an unmarked byline is looked for."""
BYLINE_CHARACTERS = 200
"""A longer text in an element called "byline" is an author's portrait."""

# "By", "words by", "story by" in front of names; in other languages what stands there.
_BY = re.compile(
    r"^\s*(?:(?:written|posted|words|text|story|reported|authored|published|articles?)\s+)?by\b[:\s]*"
    r"|^\s*(?:ein\s+\w+\s+)?(?:von|verfasst\s+von|veröffentlicht\s+von|text)\b[:\s]+"
    r"|^\s*(?:écrit\s+par|publié\s+par|par)\b[:\s]+|^\s*(?:escrito\s+)?por\b[:\s]+"
    r"|^\s*(?:scritto\s+da|a\s+cura\s+di|di|da)\b[:\s]+|^\s*(?:door|tekst)\b[:\s]+"
    r"|^\s*(?:auth?ors?|autor(?:in|en|es|a)?|auteurs?|autore|autori|byline)\s*:\s*"
    r"|^\s*(?:av|af|tekst)\b[:\s]+|^\s*na\s+(?=[A-Z])|^\s*(?:foto|photo)s?\s*(?:und|and|:)\s*(?:text|by)\s*:?\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[;|•·/]|\s(?:and|und|et|og|och|ja|en|with|mit|avec|con|i)\s|\s&\s|\s[ey]\s)\s*",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*[,、，]\s*(?:and\s+|und\s+|et\s+)?")
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|contributor|columnist|producer|staff|team|desk|"
    r"redaktion\w*|redakteur\w*|redazione|redacción|redacao|redação|rédaction|redactie|redaktør|"
    r"korrespondent\w*|correspondant\w*|corresponsal|autor(?:in|en)?|author|admin|administrator|"
    r"webmaster|guest|unknown|anonymous|newsroom|newsdesk|press\s+release|pressemitteilung|agenc\w+|"
    r"agentur\w*|nachrichten|news|online|magazine?|media|verlag|gmbh|inc|ltd|llc|journalist\w*|"
    r"director|president|professor|university|universit\w+|institute?|editorial|board|follow|"
    r"comments?|updated|published|image|photo|foto|getty|read|min|share|view|bio|profile|sign\s+(?:in|up)|"
    r"log\s?in|coordinator|managers?|marketing|strateg\w+|specialist|expert|product|founder)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\s*,\s*(?:PhD|Ph\.D\.|MD|M\.D\.|DVM|MBA|RN|Jr\.?|Sr\.?|I{2,3})\b\.?", re.IGNORECASE
)
_BRACKET = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]")
_IN_BRACKETS = re.compile(r"[(\[]([^)\]]{2,60})[)\]]")
_AFTER_NAME = re.compile(
    r"\s+(?:-|–|—|\||•|·|@|https?:|\d{1,2}[.:/]|\d{4}\b|posted|published|updated|stand:|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:am|vom|le|el|il|on)\s+\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_KOREAN_ROLE = re.compile(
    r"(?<=[\uac00-\ud7a3])\s*(?:선임|수습|인턴)?\s*(?:기자|특파원|논설위원)\b"
)
_CONNECTIVE = re.compile(r"[\W_]+|and|und|et|og|och|y|e|en", re.IGNORECASE)

AUTHOR_META = (
    ("author", "article:author", "byl"),
    ("dc.creator", "dcterms.creator", "sailthru.author", "parsely-author", "citation_author"),
    ("article:author_name", "og:article:author", "cxenseparse:author", "dcsext.author"),
)
"""Names of meta tags; those of a group are read together."""

_MARKED_BYLINE = etree.XPath(
    "//*[@rel='author' or @itemprop='author' or @data-testid='byline-name'"
    " or contains(concat(' ', @rel, ' '), ' author ') or @id='author' or @id='authors']"
)
_BYLINE_TAGS = ("a", "span", "div", "p", "address", "li", "ul", "strong", "em", "h4", "h5", "h6")
_BYLINE_CLASS = re.compile(r"byline|author|autor|reporter|writer", re.IGNORECASE)
BYLINES_TRIED = 40
_ELSEWHERE = re.compile(
    r"comment|related|sidebar|footer|teaser|widget|recommend|popular|latest|more-|card|disqus|promo"
    r"|most-?(?:read|viewed)|meistgelesen|taboola|outbrain|trending"
    r"|navigation|caption|credit",
    re.IGNORECASE,
)


def choose_authors(
    tree: HtmlElement,
    meta: dict[str, list[str]],
    linked: LinkedData,
    site_names: Collection[str],
) -> tuple[str, ...]:
    """The people who wrote the article.

    JSON-LD first, then meta tags, then the byline that readers see; of each, what is left when
    site names, organisations, roles, addresses and pictures' credits are out. The first place that
    names a person wins.
    """
    people = linked.article.get("author") or linked.article.get("creator")
    listed = people if isinstance(people, list) else [people]
    resolved = [resolve(person, linked) for person in listed]
    names = [
        name for person in resolved if not is_organisation(person) and (name := name_of(person))
    ]
    if found := clean_authors(names, site_names):
        return found
    for group in AUTHOR_META:
        lines = [plain_text(name) for key in group for name in meta.get(key, [])]
        if found := clean_authors(lines, site_names):
            return found
    if any(agency_named(name) for name in author_lines(meta, linked)):
        return ()  # other names on the page are not this article's
    return _visible_byline(tree, site_names) or _labelled_author(tree, site_names)


def author_lines(meta: dict[str, list[str]], linked: LinkedData) -> tuple[str, ...]:
    """Everything that JSON-LD and meta tags give as author, organisations included."""
    people = linked.article.get("author") or linked.article.get("creator")
    listed = people if isinstance(people, list) else [people]
    names = [name_of(resolve(person, linked)) for person in listed]
    names += [
        plain_text(name) for group in AUTHOR_META for key in group for name in meta.get(key, [])
    ]
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_AUTHORS]


def clean_authors(lines: Iterable[str], site_names: Collection[str] = ()) -> tuple[str, ...]:
    """The people in bylines or author fields, in order, each once."""
    sites = {" ".join(folded_words(name)) for name in site_names}
    bare_sites = {name.replace(" ", "") for name in sites}
    found: dict[str, str] = {}
    for line in lines:
        if any(_bare(inside) in bare_sites for inside in _IN_BRACKETS.findall(line)):
            continue  # "Deutsche Welle (www.dw.com)"
        for name in _names(line):
            spelling = " ".join(folded_words(name))
            if spelling in sites or spelling.replace(" ", "") in bare_sites:
                continue
            acronym = name.split(" ")[0]
            if acronym.isupper() and acronym.lower() in bare_sites:  # "MDR Thüringen" on mdr.de
                continue
            if _is_person(name, spelling):
                found.setdefault(spelling, name)
    return tuple(found.values())[:MAX_AUTHORS]


def _bare(text: str) -> str:
    return "".join(folded_words(text.strip().removeprefix("www.")))


_PORTRAIT = re.compile(
    r"^(?P<name>(?:[A-ZÀ-ÞŁŚŻČŠŽİ][\w'’.-]*\s+){1,3}[A-ZÀ-ÞŁŚŻČŠŽİ][\w'’-]+)\s+"
    r"(?:is|ist|est|es|è|é)\s+(?:the|an?|der|die|ein|eine|le|la|un|une|el|una|il|o|uma?)?\s*(?:[\w-]+\s+){0,5}?"
    r"(?:editor|reporter|writer|correspondent|columnist|journalist|author|contributor|redakt\w+|"
    r"journaliste|periodista|redactora?|giornalista|jornalista|professor)\b",
)


def portrayed(lines: Iterable[str]) -> tuple[str, ...]:
    """The people whom lines below an article introduce: "Ida Moss is the editor of ..."."""
    found = (_PORTRAIT.match(line) for line in lines)
    return tuple(dict.fromkeys(match["name"] for match in found if match))


def _names(line: str) -> list[str]:
    text = " ".join(line.split())
    if "://" in text or "@" in text.split(" ")[0] or len(text) > 600:
        return []
    text = _KOREAN_ROLE.sub("", _BRACKET.sub("", text))
    text = _AFTER_NAME.sub("", _BY.sub("", text))
    names: list[str] = []
    for part in _AND.split(text):
        parts = _COMMA.split(_DEGREE.sub("", part))
        # What follows a name after a comma is another name, or where and for whom it works.
        names += [piece for at, piece in enumerate(parts) if at == 0 or _looks_like_name(piece)]
    return [name.strip(" .,;:*–—-") for name in names]


def _looks_like_name(text: str) -> bool:
    """Two to four words that begin with capitals; a place or an office is mostly one word."""
    words = text.split()
    if not 2 <= len(words) <= 5 or _ROLE.search(text):
        return False
    return words[0][:1].isupper() and words[-1][:1].isupper()


def _is_person(name: str, spelling: str) -> bool:
    if len(name) < 2 or len(name) > 80 or len(spelling.split()) > NAME_WORDS:
        return False
    if any(mark.isdigit() for mark in name) or "@" in name or "://" in name or ".com" in name:
        return False
    if name.startswith("(") or ("." in name.strip(".") and " " not in name):
        return False
    if name.isupper() and name.isascii() and len(name) <= 5:  # "LBCI": no person's name
        return False
    if " in " in name and agency_named(name.partition(" in ")[0]):  # "Associated Press in Valencia"
        return False
    return not _ROLE.search(name) and agency_named(name) is None


def _visible_byline(tree: HtmlElement, site_names: Collection[str]) -> tuple[str, ...]:
    """The first byline of the page that names people, comments and teasers apart."""
    called = (
        element
        for element in tree.iter(*_BYLINE_TAGS)
        if (name := element.get("class")) and _BYLINE_CLASS.search(name)
    )
    for candidates in (_MARKED_BYLINE(tree), called):
        for element in islice(candidates, BYLINES_TRIED):
            pieces = [" ".join(text.split()) for text in element.itertext()]
            length = sum(map(len, pieces))
            if not 3 <= length <= BYLINE_CHARACTERS or _is_elsewhere(element):
                continue
            if found := clean_authors(_name_lines(pieces), site_names):
                return found
    return _unmarked_byline(tree, site_names)


def _unmarked_byline(tree: HtmlElement, site_names: Collection[str]) -> tuple[str, ...]:
    """A short line below the headline that begins with "By" and goes on with a name."""
    heading = next(iter(tree.iter("h1")), None)
    if heading is None:
        return ()
    for at, element in enumerate(heading.itersiblings()):
        if at >= HEADING_SIBLINGS:
            break
        for line in [element, *element.iter("p", "span", "div")][:HEADING_SIBLINGS]:
            if len(line) > 3:
                continue
            text = " ".join(line.text_content().split())
            rest = _BY.sub("", text)
            if (
                rest == text
                or len(text) > BYLINE_CHARACTERS
                or not _looks_like_name(_parts(rest)[0])
            ):
                continue
            if found := clean_authors([text], site_names):
                return found
    return ()


_AUTHOR_LABEL = re.compile(
    r"\W*(?:auth?ors?|autor(?:in|en|es|a)?|auteure?s?|autore|autori|written\s+by|texte?|byline)\W*",
    re.IGNORECASE,
)
_LABELS = etree.XPath(
    "//*[self::strong or self::b or self::dt or self::span or self::th or self::label]"
    "[not(*) and string-length(.) >= 4 and string-length(.) <= 14]"
)


def _labelled_author(tree: HtmlElement, site_names: Collection[str]) -> tuple[str, ...]:
    """The names that stand behind a label such as "Author"."""
    for label in _LABELS(tree):
        if not _AUTHOR_LABEL.fullmatch(label.text or ""):
            continue
        follower = label.getnext()
        texts = (label.tail, follower.text_content() if follower is not None else None)
        for text in texts:
            names = " ".join((text or "").split()).strip(" :|")
            if names and len(names) <= BYLINE_CHARACTERS and _looks_like_name(_parts(names)[0]):
                return clean_authors([names], site_names)
    return ()


def _name_lines(pieces: Iterable[str]) -> list[str]:
    """Of a byline's pieces of text those that are names, up to the first that is not: a role, a
    date or a portrait follows."""
    lines: list[str] = []
    announced = False
    for piece in pieces:
        if not piece or _CONNECTIVE.fullmatch(piece):
            continue
        name = _BY.sub("", piece)
        if not name:
            announced = True
        elif announced or name != piece or all(_looks_like_name(part) for part in _parts(name)):
            lines.append(name)
            announced = False
        elif lines:
            break
    return lines


def _parts(text: str) -> list[str]:
    found = [part for part in _COMMA.split(_AND.sub(",", _AFTER_NAME.sub("", text))) if part]
    return found or [text]


def _is_elsewhere(element: HtmlElement) -> bool:
    for at, ancestor in enumerate(element.iterancestors()):
        if at > 8 or ancestor.tag in ("body", "html", "article"):
            return False
        if ancestor.tag in ("aside", "footer", "nav", "figure"):
            return True
        if _ELSEWHERE.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            return True
    return False
