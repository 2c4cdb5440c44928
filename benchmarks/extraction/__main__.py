"""How well pages become articles, in one table.

    python -m benchmarks.extraction [--sets own,aeb,fundus,wcxb,traf] [--every 1] [--peers]
        [--shared DIR] [--record] [--table FILE]

Without the larger corpus beside the checkout or in DIR, the project's own pages are all there is.
With --peers, other extractors read the same pages, in an environment that is made for them.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from pathlib import Path

from benchmarks.extraction import labelled_pages
from benchmarks.extraction.extractors import own_and_reference
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
from benchmarks.extraction.peers import PEERS, Peer, environments
from benchmarks.extraction.scores import Figure
from benchmarks.extraction.table import write_table

SAMPLE = 6
"""Every so many pages make the sample that the tests measure."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sets", default="own,aeb,fundus,wcxb,traf")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    parser.add_argument("--peers", action="store_true", help="beside other extractors")
    parser.add_argument("--shared", type=Path, help="the larger corpus's folder")
    parser.add_argument("--table", type=Path, help="write the table into this document")
    parser.add_argument("--record", action="store_true", help="keep the figures as the measure")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if args.shared:
        labelled_pages.SHARED_SET = args.shared / "corpus" / "pages"
    sets = tuple(args.sets.split(","))
    pages = list(own_pages()) if "own" in sets else []
    shared = list(shared_pages(tuple(name for name in sets if name != "own"), every=args.every))
    pages += shared
    extractors = own_and_reference()
    if not args.peers:
        extractors = {name: extractors[name] for name in ("ours", REFERENCE)}
    peers = [Peer(name, environments()) for name in PEERS] if args.peers else []
    extractors |= {peer.name: peer.extract for peer in peers}
    found, spent = extract_all(pages, extractors)
    for peer in peers:
        print(f"{peer.name} gave up {peer.given_up} pages")
        peer.close()
    table: dict[str, Mapping[str, Figure]] = {}
    for name in extractors:
        figures = (measure_ours if name == "ours" else measure)(pages, found[name])
        table[name] = figures
        _show(
            name, figures, pages=len(pages), spent=spent[name], share=spent[name] / spent[REFERENCE]
        )
        if args.record and name == "ours":
            record("own", {key: value for key, value in figures.items() if key.startswith("own:")})
            if shared:
                rest = {key: value for key, value in figures.items() if not key.startswith("own:")}
                record("all" if args.every == 1 else f"every {args.every}", rest)
    if args.table:
        write_table(args.table, table, {name: spent[name] / spent[REFERENCE] for name in spent})
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
