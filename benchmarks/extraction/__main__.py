"""How well pages become articles, in one table.

    python -m benchmarks.extraction [--sets own,aeb,fundus,wcxb,traf] [--every 1] [--peers]
        [--record]

Without the larger corpus beside the checkout, the project's own pages are all there is.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping

from benchmarks.extraction.extractors import installed_extractors
from benchmarks.extraction.figures import (
    REFERENCE,
    TARGETS,
    extract_all,
    measure,
    measure_ours,
    record,
    recorded,
)
from benchmarks.extraction.labelled_pages import own_pages, shared_pages
from benchmarks.extraction.scores import Figure

SAMPLE = 6
"""Every so many pages make the sample that the tests measure."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sets", default="own,aeb,fundus,wcxb,traf")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    parser.add_argument("--peers", action="store_true", help="beside other extractors")
    parser.add_argument("--record", action="store_true", help="keep the figures as the measure")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sets = tuple(args.sets.split(","))
    pages = list(own_pages()) if "own" in sets else []
    shared = list(shared_pages(tuple(name for name in sets if name != "own"), every=args.every))
    pages += shared
    extractors = installed_extractors()
    if not args.peers:
        extractors = {name: extractors[name] for name in ("ours", REFERENCE)}
    found, spent = extract_all(pages, extractors)
    for name in extractors:
        figures = (measure_ours if name == "ours" else measure)(pages, found[name])
        _show(
            name, figures, pages=len(pages), spent=spent[name], share=spent[name] / spent[REFERENCE]
        )
        if args.record and name == "ours":
            record("own", {key: value for key, value in figures.items() if key.startswith("own:")})
            if shared:
                rest = {key: value for key, value in figures.items() if not key.startswith("own:")}
                record("all" if args.every == 1 else f"every {args.every}", rest)
    if not args.peers:
        print("\nrecorded:", ", ".join(sorted(recorded("all"))) or "nothing yet")


def _show(
    name: str, figures: Mapping[str, Figure], *, pages: int, spent: float, share: float
) -> None:
    print(f"\n{name}: {pages} pages, {spent:.1f} ms CPU a page, {share:.2f} of {REFERENCE}'s")
    for key, figure in figures.items():
        goal = f"  target {TARGETS[key]:.3f}" if key in TARGETS and name == "ours" else ""
        print(f"  {key:38} {figure.value:.4f} ± {figure.error:.4f}  n={figure.pages}{goal}")


if __name__ == "__main__":
    main()
