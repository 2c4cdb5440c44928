"""The figures of an extractor over labelled pages, with their errors, and what is recorded."""

from __future__ import annotations

import html
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.extraction.extractors import Found
from benchmarks.extraction.labelled_pages import LabelledPage
from benchmarks.extraction.memory import remember
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
from ingest.matching.blocks import blocks_of

RECORDED = Path(__file__).with_name("recorded.json")
"""Figures with their errors, recorded with the code: by page set, then by name."""

TARGETS = {
    "news: body F1": 0.970, "news: body F1, 3+ pages": 0.980, "news: removed, pooled": 0.98,
    "fundus: title": 0.90, "fundus: authors": 0.90, "fundus: day": 0.985,
}  # fmt: skip
REFERENCE = "trafilatura"
"""The extractor whose processor time a page counts as 1."""
MANY_PAGES = 3
"""A publisher with so many pages is one that its earlier pages can tell something about."""

SHORT_BLOCK = 5
"""A removed block of fewer words ("More:") is the gold's only where it is a line or sentence there:
such words are found within many sentences."""

NEWS = ("aeb", "fundus")


def score(page: LabelledPage, found: Found) -> Scored:
    """The scores of one page; None where there is no gold."""
    row: dict[str, float | None] = {}
    if page.body is not None:
        row["precision"], row["recall"] = text_overlap(found.body, page.body)
        row["recall"] = row["recall"] if row["recall"] is not None else 1.0
        row["cut"], row["missed"] = cut, missed = removed_blocks(page.body, found)
        if cut:
            row["removed"] = 1 - missed / cut
    if page.wanted is not None:
        row["with"], row["without"] = chunk_scores(found.body, page.wanted, page.unwanted or ())
    if page.title is not None:
        row["title"] = same_title(found.title, page.title)
    if page.authors is not None:
        row["authors as labelled"] = authors_f1(found.authors, page.authors)
        row["authors"] = authors_f1(found.authors, people(page.authors, page))
    if page.published:
        row["day"] = float(same_day(found.published, page.published, page.html))
    if page.credits is not None:
        row["credits"] = authors_f1(found.credits, page.credits)
    if page.status is not None:
        row["status"] = float(found.status == page.status)
    return row


def removed_blocks(gold: str, found: Found) -> tuple[int, int]:
    """How many blocks were taken out, and how many of them the gold has and what was kept lacks."""
    text, kept = f" {plain(gold)} ", f" {plain(found.body)} "
    blocks = {f" {plain(block.text)} " for block in blocks_of(gold)}
    blocks |= {f" {plain(line)} " for line in gold.split("\n")}
    cut = [f" {plain(block)} " for block in found.removed if plain(block)]
    missed = [
        block
        for block in cut
        if block in (blocks if len(block.split()) < SHORT_BLOCK else text) and block not in kept
    ]
    return len(cut), len(missed)


def people(names: Sequence[str], page: LabelledPage) -> list[str]:
    """Gold authors without agencies, desks ("Staff") and the site itself: no authors to us. Labels
    that hold several names, or a degree or place behind one, are taken apart."""
    names = [part for name in names for part in _one_by_one(name)]
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


def _one_by_one(label: str) -> list[str]:
    """The names in a label: "Ida Moss and Leo Kern, PhD"."""
    parts = [part for part in _ENUMERATED.split(label) if part]
    return parts[:1] + [part for part in parts[1:] if " " in part or " " not in parts[0]]


_ENUMERATED = re.compile(r"\s*[,;]\s*(?:(?:and|und)\s+)?|\s+(?:and|und)\s+")
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


def same_day(found: str | None, gold: str, html: bytes = b"") -> bool:
    """The gold's day, in UTC, in the gold's own zone, or as the page itself spells the time found:
    most labels name the publisher's day without a zone."""
    if found is None:
        return False
    if found[:10] == gold[:10]:
        return True
    ours, theirs = _instant(found), _instant(gold)
    if ours is None:
        return False
    if theirs is not None and ours.astimezone(theirs.tzinfo).date() == theirs.date():
        return True
    spelled = {stamp.decode() for stamp in _STAMP.findall(html) if stamp.decode()[:10] == gold[:10]}
    return any(_instant(stamp) == ours for stamp in spelled)


_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?[+-]\d\d:?\d\d")


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def extract_all(
    pages: Sequence[LabelledPage], extractors: Mapping[str, Callable[[LabelledPage], Found]]
) -> tuple[dict[str, list[Found]], dict[str, float]]:
    """What each extractor takes from each page, and its CPU milliseconds a page. They take turns
    at every page, so that whatever else the machine does slows all of them."""
    found: dict[str, list[Found]] = {name: [] for name in extractors}
    spent = dict.fromkeys(extractors, 0.0)
    for page in pages:
        for name, extract in extractors.items():
            started = time.process_time()
            found[name].append(extract(page))
            spent[name] += time.process_time() - started + found[name][-1].spent
    return found, {name: 1000 * total / max(1, len(pages)) for name, total in spent.items()}


def measure(pages: Sequence[LabelledPage], found: Sequence[Found]) -> dict[str, Figure]:
    """All figures of an extractor by name ("set: what")."""
    rows = [score(page, one) for page, one in zip(pages, found, strict=True)]
    figures: dict[str, Figure] = {}
    for group, members in _groups(pages).items():
        chosen = [
            (row, page) for row, page in zip(rows, pages, strict=True) if page.corpus in members
        ]
        for name in FIGURES:
            key = {"body F1": "precision", "removed, pooled": "removed"}.get(name, name)
            known = [(row, page.publisher) for row, page in chosen if key in row]
            if not known or (group == "news" and name not in ("body F1", *_REMOVED)):
                continue
            statistic = _STATISTICS.get(name) or _mean_of(name)
            figures[f"{group}: {name}"] = with_error(
                [row for row, _ in known], [publisher for _, publisher in known], statistic
            )
            if group == "news" and name == "body F1":
                figures["news: body F1, 3+ pages"] = _of_many_pages(known)
    return figures


FIGURES = (
    "body F1", "title", "authors", "authors as labelled", "day", "with", "without", "credits",
    "status", "removed", "removed, pooled",
)  # fmt: skip
_REMOVED = ("removed", "removed, pooled")


def measure_ours(pages: Sequence[LabelledPage], found: Sequence[Found]) -> dict[str, Figure]:
    """Our figures: bodies cleaned by the boilerplate memory, each publisher's pages in date order;
    "page alone" is what one page gives, "later" what is cleaned of what later pages taught."""
    remembered = remember(pages, found)
    figures = measure(pages, remembered.arrived)
    for name, others in (("page alone", found), ("later", remembered.settled)):
        for key, figure in measure(pages, others).items():
            if key.startswith("news: body F1"):
                figures[f"{key}, {name}"] = figure
    return figures


def _groups(pages: Sequence[LabelledPage]) -> dict[str, tuple[str, ...]]:
    corpora = sorted({page.corpus for page in pages})
    return dict(sorted(({"news": NEWS} | {name: (name,) for name in corpora}).items()))


def _of_many_pages(known: Sequence[tuple[Scored, str]]) -> Figure:
    """F1 over the publishers with several pages."""
    count = Counter(publisher for _, publisher in known)
    several = [(row, publisher) for row, publisher in known if count[publisher] >= MANY_PAGES]
    return with_error([row for row, _ in several], [name for _, name in several], f1)


def pooled(rows: Sequence[Scored]) -> float:
    """The share of all blocks removed that is right to go, whatever page they are on."""
    return 1 - sum(row["missed"] or 0 for row in rows) / sum(row["cut"] or 0 for row in rows)


_STATISTICS: dict[str, Callable[[Sequence[Scored]], float]] = {
    "body F1": f1, "removed, pooled": pooled,
}  # fmt: skip


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
