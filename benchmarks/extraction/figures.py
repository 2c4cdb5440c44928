"""The figures of an extractor over labelled pages, with their errors, and what is recorded."""

from __future__ import annotations

import html
import json
import re
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.extraction.extractors import Found
from benchmarks.extraction.labelled_pages import LabelledPage
from benchmarks.extraction.scores import (
    Figure,
    Scored,
    authors_f1,
    chunk_scores,
    f1,
    mean,
    plain,
    same_title,
    text_overlap,
    with_error,
)
from ingest.extraction.agencies import agency_named

RECORDED = Path(__file__).with_name("recorded.json")
"""Figures with their errors, recorded with the code: by page set, then by name."""

TARGETS = {
    "news: body F1": 0.970, "fundus: title": 0.90, "fundus: authors": 0.90, "fundus: day": 0.985,
}  # fmt: skip

NEWS = ("aeb", "fundus")


def score(page: LabelledPage, found: Found) -> Scored:
    """The scores of one page; None where there is no gold."""
    row: dict[str, float | None] = {}
    if page.body is not None:
        row["precision"], row["recall"] = text_overlap(found.body, page.body)
        row["recall"] = row["recall"] if row["recall"] is not None else 1.0
    if page.wanted is not None:
        row["with"], row["without"] = chunk_scores(found.body, page.wanted, page.unwanted or ())
    if page.title is not None:
        row["title"] = same_title(found.title, page.title)
    if page.authors is not None:
        row["authors as labelled"] = authors_f1(found.authors, page.authors)
        row["authors"] = authors_f1(found.authors, people(page.authors, page))
    if page.published:
        row["day"] = float(same_day(found.published, page.published))
    if page.credits is not None:
        row["credits"] = authors_f1(found.credits, page.credits)
    if page.status is not None:
        row["status"] = float(found.status == page.status)
    return row


def people(names: Sequence[str], page: LabelledPage) -> list[str]:
    """Gold authors without agencies, desks ("Staff") and the site itself: no authors to us."""
    sites = {_bare(name) for name in (page.publisher.split(".")[0], *_site_names(page))} - {""}
    return [
        name
        for name in names
        if agency_named(name) is None
        and not _DESK.search(name)
        and not any(
            site in (bare := _bare(name)) or (len(bare) > 3 and bare in site) for site in sites
        )
    ]


_DESK = re.compile(r"\b(?:staff|redaktion|desk|team|reporter|newsroom|editors)\b", re.IGNORECASE)
_SITE_NAME = re.compile(
    rb"""<meta[^>]{0,80}(?:og:site_name|application-name)["'][^>]{0,80}?content=["']([^"']{2,60})"""
)


def _site_names(page: LabelledPage) -> list[str]:
    return [
        html.unescape(name.decode("utf-8", "replace")) for name in _SITE_NAME.findall(page.html)
    ]


def _bare(text: str) -> str:
    """Letters and digits, without case, accents and spaces."""
    letters = unicodedata.normalize("NFKD", plain(text))
    return "".join(mark for mark in letters if mark.isalnum())


def same_day(found: str | None, gold: str) -> bool:
    """The gold's day, in UTC or in the gold's own zone."""
    if found is None:
        return False
    if found[:10] == gold[:10]:
        return True
    try:
        ours, theirs = datetime.fromisoformat(found), datetime.fromisoformat(gold)
    except ValueError:
        return False
    if ours.tzinfo is None or theirs.tzinfo is None:
        return False
    return ours.astimezone(theirs.tzinfo).date() == theirs.date()


def measure(
    pages: Sequence[LabelledPage], extract: Callable[[LabelledPage], Found]
) -> tuple[dict[str, Figure], float]:
    """All figures by name ("set: what"), and CPU milliseconds a page."""
    started = time.process_time()
    found = [extract(page) for page in pages]
    spent = 1000 * (time.process_time() - started) / max(1, len(pages))
    rows = [score(page, one) for page, one in zip(pages, found, strict=True)]
    figures: dict[str, Figure] = {}
    corpora = {page.corpus for page in pages}
    groups: Mapping[str, tuple[str, ...]] = {"news": NEWS} | {name: (name,) for name in corpora}
    for group, members in sorted(groups.items()):
        chosen = [
            (row, page) for row, page in zip(rows, pages, strict=True) if page.corpus in members
        ]
        for name in (
            "body F1",
            "title",
            "authors",
            "authors as labelled",
            "day",
            "with",
            "without",
            "credits",
            "status",
        ):
            key = "precision" if name == "body F1" else name
            known = [(row, page.publisher) for row, page in chosen if key in row]
            if not known or (group == "news" and name != "body F1"):
                continue
            statistic = f1 if name == "body F1" else _mean_of(name)
            figures[f"{group}: {name}"] = with_error(
                [row for row, _ in known], [publisher for _, publisher in known], statistic
            )
    return figures, spent


def _mean_of(name: str) -> Callable[[Sequence[Scored]], float]:
    return lambda rows: mean(rows, name)


def recorded(which: str) -> dict[str, tuple[float, float]]:
    """The recorded figures of a page set: value and error by name."""
    if not RECORDED.exists():
        return {}
    sets = json.loads(RECORDED.read_text("utf-8"))
    return {name: (value, error) for name, (value, error) in sets.get(which, {}).items()}


def record(which: str, figures: Mapping[str, Figure]) -> None:
    """Write the figures of a page set beside the code."""
    sets = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    sets[which] = {
        name: [round(figure.value, 4), round(figure.error, 4)] for name, figure in figures.items()
    }
    RECORDED.write_text(json.dumps(sets, indent=1, sort_keys=True) + "\n", "utf-8")
