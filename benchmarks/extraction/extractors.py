"""The extractors under comparison: ours, trafilatura's modes, and others that are installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.extraction.labelled_pages import LabelledPage
from ingest.errors import WirecopyError
from ingest.extraction.extract import extract_page

NOW = datetime(2026, 11, 20, tzinfo=UTC)
"""Later than every labelled page."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an extractor took from a page; `published` is an ISO day, or a time with its zone;
    `removed` is what it found with the text and took out."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    credits: tuple[str, ...] = ()
    status: str | None = None
    removed: tuple[str, ...] = ()


def ours(page: LabelledPage) -> Found:
    try:
        found = extract_page(page.html, url=page.url, content_type=None, now=NOW)
    except WirecopyError:
        return Found(status="empty")
    return Found(
        body=found.body,
        title=found.title,
        authors=found.authors,
        published=found.published_at.isoformat() if found.published_at else None,
        credits=found.credits,
        status=found.content_status,
        removed=found.foreign,
    )


def trafilatura_mode(**options: Any) -> Callable[[LabelledPage], Found]:
    import trafilatura

    def extract(page: LabelledPage) -> Found:
        document: Any = trafilatura.bare_extraction(
            page.html, url=page.url, include_comments=False, with_metadata=True, **options
        )
        if document is None:
            return Found()
        authors = tuple(name.strip() for name in (document.author or "").split(";") if name.strip())
        return Found(document.text or "", document.title or "", authors, document.date)

    return extract


def newspaper4k() -> Callable[[LabelledPage], Found]:
    newspaper = importlib.import_module("newspaper")

    def extract(page: LabelledPage) -> Found:
        article = newspaper.Article(page.url, fetch_images=False)
        article.download(input_html=page.html.decode("utf-8", "replace"))
        article.parse()
        day = article.publish_date.date().isoformat() if article.publish_date else None
        return Found(article.text, article.title, tuple(article.authors), day)

    return extract


def readability() -> Callable[[LabelledPage], Found]:
    module = importlib.import_module("readability")
    from lxml.html import fromstring

    def extract(page: LabelledPage) -> Found:
        document = module.Document(page.html.decode("utf-8", "replace"))
        lines = fromstring(document.summary()).itertext()
        return Found("\n".join(lines), document.short_title())

    return extract


def resiliparse() -> Callable[[LabelledPage], Found]:
    extraction = importlib.import_module("resiliparse.extract.html2text")

    def extract(page: LabelledPage) -> Found:
        text = extraction.extract_plain_text(
            page.html.decode("utf-8", "replace"), main_content=True, alt_texts=False, links=False
        )
        return Found(text)

    return extract


def installed_extractors() -> Mapping[str, Callable[[LabelledPage], Found]]:
    """By name, ours first; others only where their package is installed."""
    found: dict[str, Callable[[LabelledPage], Found]] = {
        "ours": ours,
        "trafilatura": trafilatura_mode(),
        "trafilatura, fast": trafilatura_mode(fast=True),
        "trafilatura, precision": trafilatura_mode(favor_precision=True),
    }
    for name, make in (
        ("newspaper4k", newspaper4k),
        ("readability-lxml", readability),
        ("resiliparse", resiliparse),
    ):
        try:
            found[name] = make()
        except ImportError:
            continue
    return found
