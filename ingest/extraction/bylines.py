"""Authors: the people whom a page names as having written its article."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import dropwhile, islice

from lxml import etree
from lxml.html import HtmlElement

from ingest.extraction.agencies import agency_named
from ingest.extraction.linked_data import LinkedData, is_organisation, people_of
from ingest.extraction.page_blocks import names_of
from ingest.extraction.person_names import (
    BY,
    MAX_AUTHORS,
    clean_authors,
    is_one_word,
    looks_like_name,
    name_parts,
    without_title,
)
from ingest.plaintext import plain_text

BELOW_HEADING = 60
"""Elements below the headline in which an unmarked byline is looked for."""
PARAGRAPH_CHARACTERS = 120
USER_NAME = 30
"""Characters."""
BYLINE_CHARACTERS = 200
"""A longer text in an element called "byline" is an author's portrait."""

AUTHOR_META = (
    ("author", "article:author", "byl"),
    ("dc.creator", "dcterms.creator", "sailthru.author", "parsely-author", "citation_author"),
    ("article:author_name", "og:article:author", "cxenseparse:author", "dcsext.author"),
)
"""Names of meta tags; those of a group are read together."""
_CATALOGUED = ("citation_author", "dc.creator", "dcterms.creator")
"""Made for catalogues, where the surname stands first."""

# By way of the attributes: to ask every element for each of them takes four times as long.
_MARKED_BYLINE = etree.XPath(
    "(//@rel[contains(concat(' ', ., ' '), ' author ')] | //@itemprop[. = 'author']"
    " | //@data-testid[contains(., 'byline')] | //@id[. = 'author' or . = 'authors'])/.."
)
_PROFILE_LINK = etree.XPath(
    "//a/@rel[contains(concat(' ', ., ' '), ' author ')]/.."
    " | //a/@class[contains(concat(' ', ., ' '), ' fn ')]"
    "/parent::a[ancestor::*[contains(concat(' ', @class, ' '), ' vcard ')]]"
)
_BYLINE_TAGS = ("a", "span", "div", "p", "address", "li", "ul", "strong", "em", "h4", "h5", "h6")
_BYLINE_CLASS = re.compile(r"byline|author|autor|reporter|writer", re.IGNORECASE)
BYLINES_TRIED = 40
_ELSEWHERE = re.compile(
    r"comment|related|sidebar|footer|teaser|widget|recommend|popular|latest|more-|(?<!v)card|disqus|promo"
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
    names a person wins; a first name or a user's name gives way to a whole one in the byline.
    """
    stated = _stated_authors(meta, linked, site_names)
    if not stated:
        if any(agency_named(name) for name in author_lines(meta, linked)):
            return ()  # other names on the page are not this article's
        stated = clean_authors(_card_authors(meta), site_names)
    if not all(map(is_one_word, stated)):
        return stated
    shown = _visible_byline(tree, site_names) or _labelled_author(tree, site_names)
    if not all(map(is_one_word, shown)):
        return shown
    return stated or shown or _user_name(tree, site_names)


def _stated_authors(
    meta: dict[str, list[str]], linked: LinkedData, site_names: Collection[str]
) -> tuple[str, ...]:
    """The people of JSON-LD, else those of the first group of meta tags that names any."""
    names = [name for person, name in people_of(linked) if not is_organisation(person)]
    if found := clean_authors(names, site_names):
        return found
    for group in AUTHOR_META:
        lines = [
            _SURNAME_FIRST.sub(r"\2 \1", name) if key in _CATALOGUED else name
            for key in group
            for name in map(plain_text, meta.get(key, []))
        ]
        if found := clean_authors(lines, site_names):
            return found
    return ()


def _card_authors(meta: dict[str, list[str]]) -> list[str]:
    """Names in the "Written by" field that WordPress adds for cards on other networks."""
    return [
        plain_text(meta[f"twitter:data{number}"][0])
        for number in (1, 2)
        if _AUTHOR_LABEL.fullmatch(meta.get(f"twitter:label{number}", [""])[0])
        and f"twitter:data{number}" in meta
    ]


def author_lines(meta: dict[str, list[str]], linked: LinkedData) -> tuple[str, ...]:
    """Everything that JSON-LD and meta tags give as author, organisations included."""
    names = [name for _, name in people_of(linked)]
    names += [
        plain_text(name) for group in AUTHOR_META for key in group for name in meta.get(key, [])
    ]
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_AUTHORS]


def _visible_byline(tree: HtmlElement, site_names: Collection[str]) -> tuple[str, ...]:
    """The first byline of the page that names people, comments and teasers apart."""
    heading = next(iter(tree.iter("h1")), None)
    around = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    called = (
        element
        for element in tree.iter(*_BYLINE_TAGS)
        if (name := element.get("class")) and _is_byline(name)
    )
    for candidates in (_MARKED_BYLINE(tree), called):
        for element in islice(candidates, BYLINES_TRIED):
            pieces = [" ".join(text.split()) for text in element.itertext()]
            length = sum(map(len, pieces))
            if not 3 <= length <= BYLINE_CHARACTERS or _is_elsewhere(element, around):
                continue
            if found := clean_authors(_name_lines(pieces), site_names):
                return found
    return () if heading is None else _unmarked_byline(heading, around, site_names)


@lru_cache(maxsize=5_000)
def _is_byline(name: str) -> bool:
    return _BYLINE_CLASS.search(name) is not None


def _unmarked_byline(
    heading: HtmlElement, around: Collection[HtmlElement], site_names: Collection[str]
) -> tuple[str, ...]:
    """A short line soon below the headline that begins with "By" and goes on with a name, or that
    is a link to an author's page."""
    paragraphs = 0
    lines = heading.getroottree().iter(heading.tag, "p", "span", "div", "li", "a")
    below = dropwhile(lambda element: element is not heading, lines)
    for line in islice(below, 1, BELOW_HEADING):
        if len(line) > 3 and line.tag != "p":
            continue
        text = " ".join(line.text_content().split())
        paragraphs += line.tag == "p" and len(text) > PARAGRAPH_CHARACTERS
        if paragraphs > 1:  # the standfirst, and now the text
            break
        if not 3 < len(text) <= BYLINE_CHARACTERS:
            continue
        rest = without_title(text)
        announced = rest != text if line.tag != "a" else _AUTHOR_PAGE.search(line.get("href") or "")
        if not announced or not looks_like_name(name_parts(rest)[0]):
            continue
        if not _is_elsewhere(line, around) and (
            found := clean_authors(_linked_names(line), site_names)
        ):
            return found
    return ()


def _linked_names(line: HtmlElement) -> list[str]:
    """The texts of a byline's links where it has several, which no comma need part."""
    links = [" ".join(link.text_content().split()) for link in line.iter("a")]
    return links if len(links) > 1 else [" ".join(line.text_content().split())]


_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|i|in)?|auteurs?|people|profiles?|reporters?|journalists?|by|staff|"
    r"contributors?|columnists?|producers|redakteure?|firma|penulis|yazar)/[^/]",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(r"[\W_]+|and|und|et|og|och|y|e|en|и|та|ve", re.IGNORECASE)
_SURNAME_FIRST = re.compile(r"^([^,]+),\s*([^,]+)$")
_AUTHOR_LABEL = re.compile(
    r"\W*(?:auth?ors?|autor(?:in|en|es|a)?(?:/autor(?:in)?)?|auteure?\(?s?\)?|autore|autori|texte?|byline|"
    r"written\s+by|verfasst\s+von|geschrieben\s+von|écrit\s+par|escrito\s+por|scritto\s+da|"
    r"geschreven\s+door|napisane\s+przez|skrevet\s+av|skriven\s+av|автор|написано|yazan|作者|執筆者)\W*",
    re.IGNORECASE,
)
_LABEL_TAGS = ("strong", "b", "dt", "span", "th", "label")


def _labelled_author(tree: HtmlElement, site_names: Collection[str]) -> tuple[str, ...]:
    """The names that stand behind a label such as "Author"."""
    for label in tree.iter(*_LABEL_TAGS):
        said = label.text or ""
        if len(label) > 0 or not 4 <= len(said) <= 14 or not _AUTHOR_LABEL.fullmatch(said):
            continue
        follower = label.getnext()
        texts = (label.tail, follower.text_content() if follower is not None else None)
        for text in texts:
            names = " ".join((text or "").split()).strip(" :|")
            if names and len(names) <= BYLINE_CHARACTERS and looks_like_name(name_parts(names)[0]):
                return clean_authors([names], site_names)
    return ()


def _user_name(tree: HtmlElement, site_names: Collection[str]) -> tuple[str, ...]:
    """The one word by which a blog's template links its author."""
    for link in islice(_PROFILE_LINK(tree), BYLINES_TRIED):
        name = " ".join(link.text_content().split())
        if is_one_word(name) and len(name) <= USER_NAME and not _is_elsewhere(link, ()):
            return clean_authors([name], site_names)
    return ()


def _name_lines(pieces: Iterable[str]) -> list[str]:
    """Of a byline's pieces of text those that are names, up to the first that is not: a role, a
    date or a portrait follows."""
    lines: list[str] = []
    announced = False
    for piece in pieces:
        if not piece or _CONNECTIVE.fullmatch(piece):
            continue
        name = BY.sub("", piece)
        if not name:
            announced = True
        elif announced or name != piece or all(looks_like_name(part) for part in name_parts(name)):
            lines.append(name)
            announced = False
        elif lines:
            break
    return lines


def _is_elsewhere(element: HtmlElement, around: Collection[HtmlElement]) -> bool:
    """Whether an element stands in a part of the page that is not the article's; what is `around`
    the headline is, whatever it is called. An author's link or address may stand at the side."""
    marked = "author" in (element.get("rel") or "").split() or element.tag == "address"
    if "comment" in (element.get("class") or ""):
        return True
    for at, ancestor in enumerate(element.iterancestors()):
        if at > 8 or ancestor in around or ancestor.tag in ("body", "html"):
            return False
        if ancestor.tag == "article":
            return "comment" in (ancestor.get("class") or "")
        if ancestor.tag in ("nav", "figure") or (ancestor.tag == "aside" and not marked):
            return True
        if ancestor.tag == "footer" and next(ancestor.iterancestors("article"), None) is None:
            return True
        if _ELSEWHERE.search(names_of(ancestor)):
            return True
    return False
