"""The table of a run in a document, between two marks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.extraction.figures import TARGETS
from benchmarks.extraction.scores import Figure

BEGIN, END = "<!-- extraction -->", "<!-- /extraction -->"

ROWS = {
    "news: body F1": "body F1, news",
    "news: body F1, 3+ pages": "body F1, publishers of 3 or more pages",
    "aeb: body F1": "body F1, aeb",
    "fundus: body F1": "body F1, fundus",
    "wcxb: body F1": "body F1, wcxb",
    "traf: with": "traf, wanted pieces found",
    "traf: without": "traf, unwanted pieces left out",
    "fundus: title": "title as labelled, fundus",
    "wcxb: title": "title as labelled, wcxb",
    "fundus: authors": "authors F1, agencies and desks aside, fundus",
    "fundus: authors as labelled": "authors F1 as labelled, fundus",
    "wcxb: authors": "authors F1, agencies and desks aside, wcxb",
    "fundus: day": "on the right day, fundus",
    "wcxb: day": "on the right day, wcxb",
    "traf: day": "on the right day, traf",
    "news: removed, pooled": "removed blocks not in the label, of all (pages)",
    "news: removed": "the same as a mean over these pages",
}
"""Figures that are shown, with their names for readers."""

NOT_GIVEN = {
    "readability-lxml": ("authors", "day"),
    "resiliparse": ("title", "authors", "day"),
}
"""What an extractor does not look for."""


def write_table(
    document: Path, figures: Mapping[str, Mapping[str, Figure]], cpu: Mapping[str, float]
) -> None:
    """Put the figures of all extractors in place of what stands between the marks. `cpu` is each
    one's processor time a page as a share of the reference's."""
    lines = [
        "| figure (pages) | "
        + " | ".join("Wirecopy" if name == "ours" else name for name in figures)
        + " | target |"
    ]
    lines.append("| --- |" + " ---: |" * (len(figures) + 1))
    for key, name in ROWS.items():
        known = [of[key].pages for of in figures.values() if key in of]
        if known:
            field = key.split(": ")[1].split(" ")[0]
            cells = [
                "–" if field in NOT_GIVEN.get(extractor, ()) else _cell(of.get(key))
                for extractor, of in figures.items()
            ]
            target = f"{TARGETS[key]:.3f}" if key in TARGETS else ""
            lines.append(f"| {name} ({max(known)}) | {' | '.join(cells)} | {target} |")
    shares = " | ".join(f"{cpu[name]:.2f}" for name in figures)
    lines.append(f"| CPU a page, trafilatura = 1 | {shares} | 0.70 |")
    before, rest = document.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    table = "\n".join(lines)
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


def _cell(figure: Figure | None) -> str:
    if figure is None or not figure.value:
        return "–"
    return f"{figure.value:.3f} ± {figure.error:.3f}"
