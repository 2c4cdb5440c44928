"""Memory of a backfill out of archives of several sizes, in which next to nothing is wanted.

    nice python -m benchmarks.web_archive.large [--gigabytes 0.25,1,2] [--articles 300]

Each archive holds the same pages of the demo newsroom, spread evenly over as many other records
as fill it: by bytes two thirds pages of other hosts, a quarter images, the rest pages of a wanted
host in another language. They are filtered by --host and --language. Prints, as Markdown, the most
memory that the processes of the run held together (what they shared counted once), and its time.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.process_tree import measure
from ingest.archive import ArchiveWriter
from ingest.types import RawPage
from newsroom import compose
from newsroom.site import Site

CAPTURED = datetime(2026, 11, 20, tzinfo=UTC)
SHARES = {"elsewhere": 0.65, "image": 0.25, "german": 0.10}
"""Of an archive's bytes, compressed."""

GERMAN = (
    "Der Gemeinderat hat am Abend nach langer Aussprache beschlossen, die Brücke über den Fluss im "
    "kommenden Jahr zu erneuern und den Verkehr so lange über die alte Straße zu führen."
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Memory of a backfill by size of the archive.")
    parser.add_argument("--gigabytes", default="0.25,1,2")
    parser.add_argument("--articles", type=int, default=300)
    args = parser.parse_args(arguments)
    wanted = list(islice(_newsroom_pages(100 + 3 * args.articles), args.articles))
    print("| archive, GB | records | articles | memory, MB | CPU, s | wall, s |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in map(float, args.gigabytes.split(",")):
        with tempfile.TemporaryDirectory(prefix="wirecopy-bench-") as folder:
            print(_row(Path(folder), wanted, size), flush=True)


def _row(folder: Path, wanted: Sequence[RawPage], gigabytes: float) -> str:
    file = folder / "large.warc.gz"
    records = _write(file, wanted, int(gigabytes * 1e9))
    hosts = sorted({page.url.split("/")[2] for page in wanted})
    words = [f"warc:{file}", "--language", "en", "--json", "--quiet", "--home", str(folder / "h")]
    for host in hosts:
        words += ["--host", host]
    taken = measure([sys.executable, "-m", "flows.cli", "backfill", *words])
    [told] = json.loads(taken.output)["backfills"]
    assert told["status"] == "done"
    size = file.stat().st_size / 1e9
    return (
        f"| {size:.2f} | {records:,} | {told['judged']['articles']} | {taken.memory / 1e6:.0f} "
        f"| {taken.cpu:.0f} | {taken.wall:.0f} |"
    )


def _newsroom_pages(articles: int) -> Iterator[RawPage]:
    """Pages of the English outlets of a newsroom with so many articles in all."""
    room = compose(1, now=CAPTURED, articles=articles)
    site = Site(room)
    languages = {outlet.domain: outlet.language for outlet in room.outlets}
    for piece in room.released(room.now):
        if languages[piece.outlet] == "en":
            answer = site.answer(piece.outlet, piece.path, room.now, f"http://{piece.outlet}")
            yield _page(piece.url, answer.body(), answer.media_type)


def _page(url: str, body: bytes, media_type: str = "text/html; charset=utf-8") -> RawPage:
    return RawPage(url, url, 200, (("Content-Type", media_type),), body, CAPTURED)


def _others(wanted: RawPage) -> Iterator[tuple[str, RawPage]]:
    """Some records of each kind that nobody wants; an archive has each of them many times."""
    dice = random.Random(7)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(3000)]
    for number in range(64):
        text = " ".join(dice.choices(words, k=8000))
        html = f"<html lang='en'><body><article><p>{text}</p></article></body></html>".encode()
        yield "elsewhere", _page(f"http://paper-{number}.elsewhere.example/a", html)
    for number in range(8):
        url = f"{wanted.url}/{number}.jpg"
        yield "image", _page(url, dice.randbytes(200_000), "image/jpeg")
    for number in range(16):
        text = "".join(f"<p>{GERMAN} {' '.join(dice.choices(words, k=3))}</p>" for _ in range(400))
        html = f"<html lang='de'><body><article>{text}</article></body></html>".encode()
        yield "german", _page(f"{wanted.url}/de-{number}", html)


def _members(folder: Path, pages: Sequence[RawPage]) -> list[bytes]:
    """Pages as they stand in a WARC file."""
    name = "parts.warc.gz"
    with ArchiveWriter(folder, name=name) as archive:
        places = [archive.append(page) for page in pages]
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    return [content[place.offset : place.offset + place.length] for place in places]


def _write(file: Path, wanted: Sequence[RawPage], size: int) -> int:
    """An archive of about so many bytes. Returns how many records it has."""
    kinds, pages = zip(*_others(wanted[0]), strict=True)
    others: dict[str, list[bytes]] = {kind: [] for kind in SHARES}
    for kind, member in zip(kinds, _members(file.parent, pages), strict=True):
        others[kind].append(member)
    articles = _members(file.parent, wanted)
    written = dict.fromkeys(SHARES, 0)
    count = 0
    with file.open("wb") as out:
        while (filled := sum(written.values())) < size:
            if len(articles) * size > (size - filled) * len(wanted):
                out.write(articles.pop())
            else:
                kind = min(SHARES, key=lambda one: written[one] / SHARES[one])
                member = others[kind][count % len(others[kind])]
                out.write(member)
                written[kind] += len(member)
            count += 1
    return count


if __name__ == "__main__":
    main()
