"""Reprints of pieces a year old are found, though less is kept of old sketches."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homes import HomeFolder
from stored_stories import HOUR, article, frame, prose, text

from ingest.publishers import publisher_of
from ingest.types import Article
from storage.sketches import HASHES_KEPT, OLD_HASHES_KEPT

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package
from benchmarks.matching.store import Store

PIECES = 40
NOW = datetime.now(UTC)
LAST_YEAR = NOW - timedelta(days=365)


def piece(number: int, first_seen: datetime) -> Article:
    return article(
        f"https://desk{number % 4}.example/{number}",
        text(*prose(number)),
        at=first_seen,
        first_seen=first_seen,
        title=f"Headline of piece {number}",
    )


def reprint(number: int) -> Article:
    """A reprint of the piece: whole within a frame, or cut in the middle."""
    body = prose(number)
    cut = text(*body[: 1 + len(body) // 2])
    framed = text(frame(2 * number, 40), *body, frame(2 * number + 1, 40))
    return article(
        f"https://mirror{number % 5}.example/{number}",
        cut if number % 2 else framed,
        at=NOW - HOUR,
        first_seen=NOW,
        title=f"Headline of piece {number}",
    )


def kept(store: Store) -> list[int]:
    """How many hashes are kept of the articles, in ascending order."""
    with store.database.open() as connection:
        counts = connection.execute(
            "SELECT count(*) FROM internal.sketches GROUP BY article_number ORDER BY ALL"
        ).fetchall()
    return [count for (count,) in counts]


def test_reprints_of_last_years_pieces_are_found() -> None:
    store = Store(publisher_of)
    old = [piece(number, LAST_YEAR) for number in range(PIECES)]
    store.take_in(old)
    store.take_in([piece(PIECES, NOW)])
    assert kept(store) == [HASHES_KEPT] * (PIECES + 1)

    report = HomeFolder(store.database.home.folder).run("maintain", "--json").report
    assert report["steps"]["shorten old sketches"] == {"sketches shortened": PIECES}
    assert kept(store) == [OLD_HASHES_KEPT] * PIECES + [HASHES_KEPT]
    again = HomeFolder(store.database.home.folder).run("maintain", "--json").report
    assert again["steps"]["shorten old sketches"] == {"sketches shortened": 0}

    reprints = [reprint(number) for number in range(PIECES)]
    store.take_in(reprints)
    copies = store.held.copies
    lost = [
        copy.url for one, copy in zip(old, reprints, strict=True)
        if copies[one.article_id].story_id != copies[copy.article_id].story_id
    ]  # fmt: skip
    assert not lost
