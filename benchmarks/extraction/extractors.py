"""The extractors under comparison that the project's own environment has: ours, trafilatura's."""

from __future__ import annotations

from collections.abc import Callable
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
    `removed` is what it found with the text and took out. `spent` is processor time in seconds,
    where another process did the work."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    credits: tuple[str, ...] = ()
    status: str | None = None
    removed: tuple[str, ...] = ()
    spent: float = 0.0


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


def own_and_reference() -> dict[str, Callable[[LabelledPage], Found]]:
    """Ours first, then trafilatura in its modes."""
    return {
        "ours": ours,
        "trafilatura": trafilatura_mode(),
        "trafilatura, fast": trafilatura_mode(fast=True),
        "trafilatura, precision": trafilatura_mode(favor_precision=True),
    }
