"""What a page says about itself: meta tags, link tags and JSON-LD.

Each field is a list of places in order of trust; the first that says something wins. Title,
authors and dates have modules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.extraction.bylines import author_lines, choose_authors
from ingest.extraction.headings import headings
from ingest.extraction.linked_data import (
    LinkedData,
    is_news,
    name_of,
    one,
    read_linked_data,
    text_of,
)
from ingest.extraction.page_dates import MODIFIED_META, stated_times
from ingest.extraction.titles import choose_title, main_heading, without_site
from ingest.plaintext import plain_text
from ingest.publishers import publisher_of
from ingest.urls import url_key


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """A page's word about itself, as text; times as the page wrote them.

    `published` is the most trusted of `published_times`. `titles` are all the spellings of the
    headline, `heading` the h1 that shows it, `site_names` the names of the site, all for what
    repeats them in the text. `author_names` are the fields that name authors as the page wrote
    them, agencies and all. `article_body` is the text that JSON-LD gives. `news`: JSON-LD calls the
    article news. `free` is False where JSON-LD says that the article must be paid for. `sources`
    are addresses that the page names as its source.
    """

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
    published_times: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    site_names: tuple[str, ...] = field(default=(), compare=False)
    article_body: str | None = None
    free: bool | None = None
    sources: tuple[str, ...] = ()
    author_names: tuple[str, ...] = ()
    news: bool = False
    heading: str | None = None


def read_metadata(tree: HtmlElement, *, url: str) -> PageMetadata:
    """Read a parsed page's metadata. `url` resolves relative links."""
    meta = _meta_tags(tree)
    linked = read_linked_data(tree)
    article = linked.article
    sites = _site_names(meta, linked, url)
    title, heading, titles = _titles(tree, meta, article, sites)
    times = stated_times(tree, meta, linked)
    return PageMetadata(
        title=title,
        authors=choose_authors(tree, meta, linked, sites),
        published=times[0] if times else None,
        modified=text_of(article.get("dateModified")) or _first(meta, MODIFIED_META),
        canonical_url=_canonical(tree, url),
        language=_language(tree, meta),
        description=_first(meta, ("og:description", "description", "twitter:description")),
        tags=_tags(meta, article),
        section=_first(meta, ("article:section", "section"))
        or text_of(article.get("articleSection")),
        image_url=_image(meta, article, url),
        rights=_rights(tree, meta, url),
        published_times=tuple(times),
        titles=titles,
        site_names=sites,
        article_body=_article_body(article),
        free=_free(article),
        sources=_sources(meta, article, url),
        author_names=author_lines(meta, linked),
        news=is_news(article),
        heading=heading,
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


def _site_names(meta: Mapping[str, list[str]], linked: LinkedData, url: str) -> tuple[str, ...]:
    """What the site calls itself, and its domain, whole and without the suffix."""
    names = [
        _first(meta, (key,))
        for key in ("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher")
    ]
    names += [
        name_of(one(linked.article.get("publisher"))),
        name_of(linked.article.get("isPartOf")),
    ]
    names += [name_of(linked.page.get("publisher")), name_of(linked.page.get("isPartOf"))]
    domain = publisher_of(url)
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names += [domain, domain.split(".")[0], host]
    return tuple(dict.fromkeys(name for name in names if name))


def _titles(
    tree: HtmlElement,
    meta: Mapping[str, list[str]],
    article: Mapping[str, Any],
    sites: tuple[str, ...],
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The headline, the h1 that shows it, and every spelling of it on the page."""
    shown = {heading.text: heading.headline for heading in headings(tree)}
    documents = (plain_text(element.text_content()) for element in tree.iter("title"))
    document = without_site(next((text for text in documents if text), None), sites)
    shared = without_site(_first(meta, ("og:title",)), sites)
    page = without_site(text_of(article.get("headline")), sites)
    heading = main_heading(shown, (page, shared, document), sites)
    headline = shown[heading] if heading else None
    title = choose_title(
        page=page,
        heading=without_site(headline, sites),
        shared=shared,
        document=document,
        alternative=without_site(text_of(article.get("alternativeHeadline")), sites),
        site_names=sites,
    )
    twitter = _first(meta, ("twitter:title",))
    spellings = (title, page, heading, headline, shared, document, twitter)
    return title, heading, tuple(dict.fromkeys(text for text in spellings if text))


def _article_body(article: Mapping[str, Any]) -> str | None:
    text = article.get("articleBody")
    return text if isinstance(text, str) and text.strip() else None


def _free(article: Mapping[str, Any]) -> bool | None:
    stated = one(article.get("isAccessibleForFree"))
    if isinstance(stated, str):
        return {"true": True, "false": False}.get(stated.strip().lower().rsplit("/", 1)[-1])
    return stated if isinstance(stated, bool) else None


def _sources(
    meta: Mapping[str, list[str]], article: Mapping[str, Any], url: str
) -> tuple[str, ...]:
    """Addresses that the page names as where its article comes from."""
    based = article.get("isBasedOn") or article.get("isBasedOnUrl")
    named = [one(based) if not isinstance(one(based), dict) else one(based).get("url")]  # type: ignore[attr-defined]
    named += [
        line for key in ("original-source", "syndication-source") for line in meta.get(key, [])
    ]
    own = url_key(url)
    found = (name.strip() for name in named if isinstance(name, str) and "://" in name)
    return tuple(dict.fromkeys(name for name in found if url_key(name) not in (None, own)))


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
        names = [name for word in listed for name in (name_of(word) or "").split(",")]
    if not names:
        names = [name for line in meta.get("keywords", []) for name in line.split(",")]
    found = (plain_text(name) for name in names)
    return tuple(dict.fromkeys(name for name in found if name))[:30]


def _image(meta: Mapping[str, list[str]], linked: Mapping[str, Any], url: str) -> str | None:
    image: object = meta.get("og:image", [None])[0] or one(linked.get("image"))
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
