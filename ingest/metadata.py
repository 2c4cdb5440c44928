"""What a page says about itself: meta tags, link tags and JSON-LD.

Each field is a list of places in order of trust; the first that says something wins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from ingest.plaintext import plain_text

TITLE_LIMIT = 500
"""Characters. Longer "titles" are texts in the wrong tag."""

ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|LiveBlogPosting)$")
"""Of schema.org: NewsArticle, ReportageNewsArticle, OpinionNewsArticle and so on."""

PUBLISHED_META = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "date",
)
MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """A page's word about itself, as text; times as the page wrote them."""

    title: str | None
    authors: tuple[str, ...]
    published: str | None
    modified: str | None
    canonical_url: str | None
    language: str | None
    description: str | None
    tags: tuple[str, ...]
    section: str | None
    image_url: str | None
    rights: str | None


def read_metadata(tree: HtmlElement, *, url: str) -> PageMetadata:
    """Read a parsed page's metadata. `url` resolves relative links."""
    meta = _meta_tags(tree)
    linked = _json_ld_article(tree)
    return PageMetadata(
        title=_title(tree, meta, linked),
        authors=_authors(meta, linked),
        published=_text(linked.get("datePublished")) or _first(meta, PUBLISHED_META),
        modified=_text(linked.get("dateModified")) or _first(meta, MODIFIED_META),
        canonical_url=_canonical(tree, url),
        language=_language(tree, meta),
        description=_first(meta, ("og:description", "description", "twitter:description")),
        tags=_tags(meta, linked),
        section=_first(meta, ("article:section", "section")) or _text(linked.get("articleSection")),
        image_url=_image(meta, linked, url),
        rights=_rights(tree, meta, url),
    )


def _meta_tags(tree: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        content = (tag.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = tag.get(attribute)
            if name and content:
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(meta: Mapping[str, list[str]], names: tuple[str, ...]) -> str | None:
    said = (plain_text(meta[name][0]) for name in names if name in meta)
    return next((text for text in said if text), None)


def _json_ld_article(tree: HtmlElement) -> dict[str, Any]:
    """The first object of the page's JSON-LD that is an article; empty when there is none."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            document = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(document):
            kinds = thing.get("@type")
            for kind in kinds if isinstance(kinds, list) else [kinds]:
                if isinstance(kind, str) and ARTICLE_TYPES.search(kind):
                    return thing
    return {}


def _things(document: object) -> Iterator[dict[str, Any]]:
    # A stack, not recursion: how deep it nests is the page's choice.
    waiting = [document]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, list):
            waiting += reversed(thing)
        elif isinstance(thing, dict):
            yield thing
            waiting += (thing.get("mainEntity"), thing.get("@graph"))


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _text(value: object) -> str | None:
    """A text, or the first of a list of them; None for whatever else a page has put there."""
    text = _one(value)
    return plain_text(text) or None if isinstance(text, str) else None


def _name(value: object) -> str | None:
    """The name of a person, organisation or term, given as text or as an object."""
    return _text(value.get("name") if isinstance(value, dict) else value)


def _title(
    tree: HtmlElement, meta: Mapping[str, list[str]], linked: Mapping[str, Any]
) -> str | None:
    title = _first(meta, ("og:title",)) or _text(linked.get("headline"))
    for tag in ("h1", "title"):
        title = title or next(
            (text for element in tree.iter(tag) if (text := plain_text(element.text_content()))),
            None,
        )
    return title[:TITLE_LIMIT] if title else None


def _authors(meta: Mapping[str, list[str]], linked: Mapping[str, Any]) -> tuple[str, ...]:
    people = linked.get("author")
    names: list[str] = []
    for person in people if isinstance(people, list) else [people]:
        if name := _name(person):
            names.append(name)
    if not names:
        said = (meta.get(key, []) for key in ("author", "article:author", "byl"))
        names = [plain_text(name) for lines in said for name in lines]
    return tuple(dict.fromkeys(name for name in names if name and "://" not in name))


def _canonical(tree: HtmlElement, url: str) -> str | None:
    for link in tree.iter("link"):
        href = (link.get("href") or "").strip()
        if href and "canonical" in (link.get("rel") or "").lower().split():
            try:
                absolute = urljoin(url, href)
            except ValueError:
                return None
            return absolute if absolute.startswith(("http://", "https://")) else None
    return None


def _language(tree: HtmlElement, meta: Mapping[str, list[str]]) -> str | None:
    declared = tree.get("lang") or _first(meta, ("og:locale", "language", "content-language"))
    code = re.match(r"\s*([a-zA-Z]{2})\b", (declared or "").replace("_", "-"))
    return code[1].lower() if code else None


def _tags(meta: Mapping[str, list[str]], linked: Mapping[str, Any]) -> tuple[str, ...]:
    names = list(meta.get("article:tag", []))
    keywords = linked.get("keywords")
    if not names and keywords:
        listed = keywords if isinstance(keywords, list) else [keywords]
        names = [name for word in listed for name in (_name(word) or "").split(",")]
    if not names:
        names = [name for line in meta.get("keywords", []) for name in line.split(",")]
    found = (plain_text(name) for name in names)
    return tuple(dict.fromkeys(name for name in found if name))[:30]


def _image(meta: Mapping[str, list[str]], linked: Mapping[str, Any], url: str) -> str | None:
    image: object = meta.get("og:image", [None])[0] or _one(linked.get("image"))
    if isinstance(image, dict):
        image = image.get("url")
    if not isinstance(image, str):
        return None
    try:
        absolute = urljoin(url, image.strip())
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None


def _rights(tree: HtmlElement, meta: Mapping[str, list[str]], url: str) -> str | None:
    """Reservations against archiving and mining, and licence links."""
    stated = [
        directive
        for line in meta.get("robots", [])
        for directive in re.split(r"[\s,]+", line.lower())
        if directive in ("noarchive", "noai", "noimageai")
    ]
    for name in ("tdm-reservation", "tdm-policy"):
        stated += [f"{name}: {line}" for line in meta.get(name, [])[:1]]
    for link in tree.iter("link", "a"):
        if "license" in (link.get("rel") or "").lower().split() and link.get("href"):
            try:
                stated.append("license: " + urljoin(url, link.get("href").strip()))
            except ValueError:
                continue
    return "; ".join(dict.fromkeys(stated)) or None
