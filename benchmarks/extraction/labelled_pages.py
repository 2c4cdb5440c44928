"""Pages with gold values: the project's own small set, and a larger corpus where one is at hand."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OWN_SET = ROOT / "tests" / "extraction_pages"
SHARED_SET = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "corpus" / "pages"


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page and what a careful reader takes from it; None where nobody has said.

    `body` is the article's text, `standfirst` its lead where the labels keep it apart. `wanted` and
    `unwanted` are pieces of text that must and must not be extracted. `published` begins with the
    day in the publisher's zone. `status` is the expected content_status.
    """

    page_id: str
    corpus: str
    publisher: str
    url: str
    language: str | None
    html: bytes
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: str | None = None
    body: str | None = None
    standfirst: str | None = None
    wanted: tuple[str, ...] | None = None
    unwanted: tuple[str, ...] | None = None
    credits: tuple[str, ...] | None = None
    status: str | None = None


def own_pages() -> Iterator[LabelledPage]:
    """The project's own pages, each written to show a trap."""
    for gold in sorted(OWN_SET.glob("*.json")):
        row = json.loads(gold.read_text("utf-8"))
        yield _page(row, corpus="own", html=gold.with_suffix(".html").read_bytes())


def shared_pages(
    sets: tuple[str, ...], *, every: int = 1, folder: Path | None = None
) -> Iterator[LabelledPage]:
    """The larger corpus, or nothing when it is not beside the checkout; `every` n-th page of it, by
    a stable order that is not that of publishers."""
    folder = folder or SHARED_SET
    listing = folder / "pages.jsonl"
    if not listing.exists():
        return
    rows = [json.loads(line) for line in listing.read_text("utf-8").split("\n") if line]
    rows = [row for row in rows if row["set"] in sets]
    rows.sort(key=lambda row: row["id"].rpartition("-")[2])
    for row in rows[::every]:
        html = gzip.decompress((folder / row["html"]).read_bytes())
        yield _page(row, corpus=row["set"], html=html)


def _page(row: dict[str, Any], *, corpus: str, html: bytes) -> LabelledPage:
    def listed(name: str) -> tuple[str, ...] | None:
        return None if row.get(name) is None else tuple(row[name])

    return LabelledPage(
        page_id=row["id"],
        corpus=corpus,
        publisher=row["domain"],
        url=row["url"],
        language=row.get("language"),
        html=html,
        title=row.get("title"),
        authors=listed("authors"),
        published=row.get("published"),
        body=row.get("body"),
        standfirst=row.get("summary"),
        wanted=listed("with"),
        unwanted=listed("without"),
        credits=listed("credits"),
        status=row.get("status"),
    )
