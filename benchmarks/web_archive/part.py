"""A backfill out of a web archive, beside plain trafilatura on the same records."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from benchmarks.document import Bar, Section, Table
from benchmarks.end_to_end.served import SETS
from benchmarks.process_tree import Cost, measure
from benchmarks.rounds import Plan, in_rounds
from ingest.archive import ArchiveWriter
from ingest.types import RawPage
from newsroom import compose
from newsroom.site import Site

CAPTURED = datetime(2026, 11, 20, tzinfo=UTC)
EDITIONS = 4
"""The larger file has every page so often, at other addresses: memory must not grow with it."""

PAGES, SHORT_PAGES = 400, 20

OURS, PLAIN, LARGE = "wirecopy backfill", "trafilatura alone", "wirecopy backfill, larger file"

_ABOUT = """
A WARC file of {pages} pages ({about}) into an empty database, and one of {more} pages, in which the
same texts stand at {editions} addresses each. trafilatura alone, with its metadata, in one process,
keeps nothing; the backfill cleans, matches, archives nothing anew, loads and publishes.
"""


def measured(plan: Plan) -> Section:
    """Pages for each second of CPU, and memory for two sizes of file."""
    count = SHORT_PAGES if plan.short else PAGES
    corpus = plan.shared / "corpus" / "pages" if plan.shared and not plan.short else None
    about = "of real outlets" if corpus else "of the demo newsroom"
    small, large = plan.scratch / "small", plan.scratch / "large"
    pages = _write(small, islice(_pages(corpus), count))
    editions = 1 if plan.short else EDITIONS
    more = _write(large, _again(islice(_pages(corpus), count), editions))
    python = plan.environments.python("web_archive")
    plain = Path(__file__).with_name("plain.py")

    def backfill(folder: Path, number: int) -> Cost:
        home = plan.scratch / f"{folder.name}-home{number}"
        home.mkdir()
        words = ["backfill", f"warc:{folder}/pages.warc.gz", "--undated", "--json", "--quiet"]
        cost = measure([sys.executable, "-m", "flows.cli", *words, "--home", home])
        assert json.loads(cost.output)["counts"]["articles"] > 0
        return cost

    found = in_rounds(
        plan.rounds,
        {
            OURS: lambda number: backfill(small, number),
            PLAIN: lambda _: measure([python, plain, small / "pages.warc.gz"]),
            LARGE: lambda number: backfill(large, number),
        },
    )
    rows = []
    for name, one in found.items():
        done = more if name == LARGE else pages
        rows.append([
            name, f"{done:,}", f"{one.cpu:.1f}", f"{done / one.cpu:.1f}", f"{one.wall:.1f}",
            f"{one.memory / 1e6:.0f}",
        ])  # fmt: skip
    columns = ("", "pages", "CPU, s", "pages per CPU second", "wall, s", "memory, MB")
    return Section(
        name="web_archive",
        title="Backfill of a web archive",
        about=_ABOUT.format(pages=pages, about=about, more=more, editions=editions),
        tables=[Table(columns, rows)],
        commands=[(OURS, "wirecopy backfill warc:FILE --undated"), (PLAIN, "plain.py FILE")],
        versions=[plan.environments.versions("web_archive")],
        unit="pages per CPU second",
        bars=[
            Bar("a file", name, round((more if name == LARGE else pages) / one.cpu, 2))
            for name, one in found.items()
        ],
    )


def _pages(corpus: Path | None) -> Iterator[tuple[str, bytes]]:
    """Addresses and bodies."""
    if corpus is None:
        room = compose(1, now=CAPTURED)
        site = Site(room)
        for piece in room.released(room.now):
            answer = site.answer(piece.outlet, piece.path, room.now, f"http://{piece.outlet}")
            yield f"http://{piece.outlet}{piece.path}", answer.body()
        return
    with (corpus / "pages.jsonl").open(encoding="utf-8") as lines:
        for page in map(json.loads, lines):
            if page["set"] in SETS.split(","):
                yield page["url"], gzip.decompress((corpus / page["html"]).read_bytes())


def _again(pages: Iterator[tuple[str, bytes]], editions: int) -> Iterator[tuple[str, bytes]]:
    for url, body in pages:
        parts = urlsplit(url)
        for edition in range(editions):
            path = f"/edition-{edition}{parts.path}" if edition else parts.path
            yield urlunsplit(parts._replace(path=path)), body


def _write(folder: Path, pages: Iterator[tuple[str, bytes]]) -> int:
    folder.mkdir()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    with ArchiveWriter(folder, name="pages.warc.gz") as archive:
        count = 0
        for count, (url, body) in enumerate(pages, start=1):  # noqa: B007 - counted
            archive.append(RawPage(url, url, 200, headers, body, CAPTURED))
    return count
