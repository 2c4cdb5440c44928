"""A backfill of 5,000 pages out of damaged archives, killed at 30 random moments.

Only with LONG_TESTS=1; twenty minutes. The pages are those of the corpus beside the checkout, or
the demo newsroom's where there is none. Prints what it has counted (`pytest -s`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from backfill_homes import bare_home, kill_in_its_midst, tables
from homes import LONG, HomeFolder
from web_archives import StoredPage, corpus_pages, cut_short, damage, newsroom_pages, write_warc

from ingest.urls import url_key
from newsroom import Newsroom

pytestmark = [
    pytest.mark.skipif(not LONG, reason="twenty minutes: LONG_TESTS=1"),
    pytest.mark.timeout(3600),
]

PAGES, FILES, KILLS = 5000, 4, 30
BATCH_PAGES = 200
"""What is in hand when the process dies: about 100 pages that are loaded, and 100 that are read."""

MOST_REPEATED = 2 * BATCH_PAGES
"""Shards are taken whole, and how many pages they hold is known only afterwards."""

SEED = 8


@dataclass(frozen=True)
class Archives:
    """WARC files, the pages that can be read in them, and how many cannot."""

    source: str
    pages: list[StoredPage]
    damaged: int


def archives(folder: Path, newsroom: Newsroom) -> Archives:
    """Pages at several addresses, captured on several days, each among its request, metadata and a
    revisit. In each file five responses have a wrong byte and two are cut short in its midst; the
    last file ends in the midst of a page."""
    made = corpus_pages() or newsroom_pages(newsroom)
    dice = random.Random(SEED)
    editions = -(-PAGES // len(made))
    pages = [page.at_edition(number) for number in range(editions) for page in made][:PAGES]
    readable: list[StoredPage] = []
    folder.mkdir()
    each = PAGES // FILES
    for number in range(FILES):
        file, mine = folder / f"{number}.warc.gz", pages[number * each : (number + 1) * each]
        offsets = write_warc(file, mine)
        hurt = set(dice.sample(range(each - 1), 7))
        for position, at in enumerate(sorted(hurt, reverse=True)):
            (damage if position < 5 else cut_short)(file, offsets[at])
        if number == FILES - 1:
            content = file.read_bytes()
            file.write_bytes(content[: -(len(content) - offsets[-1]) // 2])
            hurt.add(each - 1)
        readable += [page for at, page in enumerate(mine) if at not in hurt]
    return Archives(f"warc:{folder}/*.warc.gz", readable, PAGES - len(readable))


def test_killed_thirty_times_it_takes_every_page_once(
    new_home: Callable[[str], HomeFolder], newsroom: Newsroom, tmp_path: Path
) -> None:
    made = archives(tmp_path / "archives", newsroom)
    straight, killed = bare_home(new_home("straight")), bare_home(new_home("killed"))
    began = time.monotonic()
    assert straight.run("backfill", made.source, timeout=1800).code == 0
    whole = time.monotonic() - began

    repeated = killed_and_resumed(killed, made.source, whole)
    print(
        f"{len(made.pages)} pages and {made.damaged} damaged, {whole:.0f} s in one run; "
        f"{len(repeated)} kills; pages judged again after a kill: {sorted(repeated)}"
    )
    assert len(repeated) == KILLS
    assert max(repeated) <= MOST_REPEATED

    for home in (straight, killed):
        takes_every_page_once(home, made)
        assert home.run("maintain", timeout=600).code == 0
    assert tables(killed) == tables(straight)


def killed_and_resumed(home: HomeFolder, source: str, whole: float) -> list[int]:
    """Kill runs at random moments, then let one end. For each kill, how many pages had been in hand
    and were judged again: those of the shards that were begun and not ended. `whole` is how long a
    run takes that is left alone, in seconds."""
    dice = random.Random(SEED)
    longest = (
        whole / KILLS + whole * BATCH_PAGES / PAGES
    )  # so that some runs get on, and some do not
    begun: dict[str, int] = {}
    open_after: list[list[str]] = []
    for _ in range(KILLS):
        if not kill_in_its_midst(home.start("backfill", source), dice.uniform(0, longest)):
            break
        [told] = home.run("backfill", "list", "--json").report["backfills"]
        shards = home.run("backfill", "show", told["backfill_id"], "--json").report["shards"]
        again = [
            one
            for one in shards
            if one["status"] != "done" and one["attempts"] > begun.get(one["shard"], 0)
        ]
        open_after.append([one["shard"] for one in again])
        begun = {one["shard"]: one["attempts"] for one in shards}
    done = home.run("backfill", source, "--json", timeout=1800)
    assert done.code == 0, done.err
    [told] = done.report["backfills"]
    assert told["status"] == "done"
    pages = dict(home.sql("SELECT shard, pages FROM backfill_shards"))
    return [sum(pages[shard] for shard in shards) for shards in open_after]


def takes_every_page_once(home: HomeFolder, made: Archives) -> None:
    checked = home.run("check")
    assert checked.code == 0, checked.out
    kept = [key for (key,) in home.sql("SELECT url_key FROM internal.raw_pages")]
    assert sorted(kept) == sorted(str(url_key(page.url)) for page in made.pages)
    [(judged, states)] = home.sql("SELECT sum(pages), list(DISTINCT status) FROM backfill_shards")
    assert (judged, states) == (len(made.pages), ["done"])
    reasons = home.sql("SELECT reason, count(*) FROM internal.backfill_failures GROUP BY reason")
    assert reasons == [("record_damaged", made.damaged)]
