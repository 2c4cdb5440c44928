"""JSON-LD: the article that a page describes to search engines, and the people it refers to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from ingest.plaintext import plain_text

ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|LiveBlogPosting)$")
"""Of schema.org: NewsArticle, ReportageNewsArticle, OpinionNewsArticle and so on."""
PAGE_TYPES = re.compile(r"WebPage$|^ItemPage$")
MAX_PEOPLE = 50
MAX_THINGS = 2000
"""Objects of one page that are looked at; the largest graphs seen on news pages have about 300."""

_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"\\]{8,40})"')
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What a page's JSON-LD says: its article, the page as an object (each empty when there is
    none), names and kinds of the objects that have an ``@id``, and the publication time that a
    script which is not valid JSON still shows."""

    article: Mapping[str, Any]
    page: Mapping[str, Any]
    by_id: Mapping[str, Mapping[str, Any]]
    broken_published: str | None = None


def read_linked_data(tree: HtmlElement) -> LinkedData:
    """Read all JSON-LD of a parsed page; what is broken or odd says nothing."""
    article, page = _NOTHING, _NOTHING
    by_id: dict[str, Mapping[str, Any]] = {}
    broken = None
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            document = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            found = _PUBLISHED.search(script.text or "")
            broken = broken or (found[1] if found else None)
            continue
        for thing in _things(document):
            name = thing.get("@id")
            if isinstance(name, str) and thing.get("name"):
                by_id.setdefault(name, thing)
            if not article and _is_a(thing, ARTICLE_TYPES):
                article = thing
            elif not page and _is_a(thing, PAGE_TYPES):
                page = thing
    return LinkedData(article, page, by_id, broken)


def _is_a(thing: Mapping[str, Any], kind: re.Pattern[str]) -> bool:
    kinds = thing.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and kind.search(name) for name in listed)


def _things(document: object) -> Iterator[dict[str, Any]]:
    # A stack, not recursion: how deep it nests is the page's choice.
    waiting = [document]
    seen = 0
    while waiting and seen < MAX_THINGS:
        thing = waiting.pop()
        if isinstance(thing, list):
            waiting += reversed(thing)
        elif isinstance(thing, dict):
            seen += 1
            yield thing
            waiting += (thing.get("mainEntity"), thing.get("@graph"))


def one(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def text_of(value: object) -> str | None:
    """A text, or the first of a list of them; None for whatever else a page has put there."""
    text = one(value)
    return plain_text(text) or None if isinstance(text, str) else None


def name_of(value: object) -> str | None:
    """The name of a person, organisation or term, given as text or as an object."""
    return text_of(value.get("name") if isinstance(value, dict) else value)


def resolve(value: object, linked: LinkedData) -> object:
    """The object that a bare reference (``{"@id": ...}``) stands for, else the value itself."""
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("@id"), str):
        return linked.by_id.get(value["@id"], value)
    return value


def people_of(linked: LinkedData) -> list[tuple[object, str]]:
    """Whom the article names as its authors, else the page: each as it is described, with its
    name. A list may stand within a list, and a name be given in parts."""
    said = (linked.article.get("author") or linked.article.get("creator")) or (
        linked.page.get("author")
    )
    waiting, found = [said], list[tuple[object, str]]()
    while waiting and len(found) < MAX_PEOPLE:
        person = waiting.pop()
        if isinstance(person, list):
            waiting += reversed(person[:MAX_PEOPLE])
            continue
        if isinstance(person, dict) and isinstance(person.get("@list"), list):
            waiting.append(person["@list"])
            continue
        person = resolve(person, linked)
        names = person.get("name") if isinstance(person, dict) else person
        listed = names if isinstance(names, list) else [names or _from_parts(person)]
        found += [(person, name) for one_name in listed if (name := text_of(one_name))]
    return found


def _from_parts(person: object) -> str | None:
    if not isinstance(person, dict):
        return None
    parts = (text_of(person.get(key)) for key in ("givenName", "familyName"))
    return " ".join(part for part in parts if part) or None


def is_news(article: Mapping[str, Any]) -> bool:
    return _is_a(article, re.compile("News"))


def is_organisation(value: object) -> bool:
    return isinstance(value, dict) and _is_a(value, re.compile(r"Organi[sz]ation$"))
