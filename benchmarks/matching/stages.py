"""What a backfill's CPU goes into: `python -m benchmarks.matching.stages FILE --home HOME` is
`wirecopy backfill articles:FILE --home HOME` with a clock around the functions of each stage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clocks import Clock
from benchmarks.matching.command import write
from benchmarks.matching.documents import Labelled
from benchmarks.process_tree import measure

STAGES = {
    "ingest.imports:folded_words": "sketch",
    "ingest.imports:sketch": "sketch",
    "ingest.matching.cleaning:folded_words": "sketch",
    "ingest.matching.cleaning:sketch_of": "sketch",
    "flows.stories:candidates": "candidates",
    "ingest.matching.stories:_likely_pairs": "candidates",
    "ingest.matching.placement:Placement.place": "verification",
    "ingest.matching.stories:judge": "attribution",
    "flows.stories:read": "boilerplate",
    "flows.stories:remembered": "boilerplate",
    "flows.stories:learn": "boilerplate",
    "flows.stories:unlearn": "boilerplate",
    "flows.stories:clean_article": "boilerplate",
    "flows.stories:_cleaned_again": "boilerplate",
    "flows.stories:_record": "loading",
}
"""Functions, where they are looked up, and the stage whose time is theirs. Where one calls another
of these, the time is the other's."""

MATCHING = ("sketch", "candidates", "verification")
REST = "reading, start-up and publishing"


def by_stage(labelled: Labelled) -> dict[str, float]:
    """CPU milliseconds an article of a backfill of these, by stage."""
    with TemporaryDirectory() as folder:
        file, home = Path(folder, "articles.jsonl"), Path(folder, "home")
        write(labelled.articles, file)
        cost = measure([sys.executable, "-m", __name__, file, "--home", home])
    count = len(labelled.articles) / 1000
    found = {
        stage: seconds / count
        for stage, seconds in json.loads(cost.output.splitlines()[-1]).items()
    }
    found[" + ".join(MATCHING)] = sum(found[stage] for stage in MATCHING)
    return {"cpu_ms": cost.cpu / count} | {
        f"cpu_ms, {name}": spent for name, spent in found.items()
    }


def main() -> None:
    clock = Clock(REST)
    for name, stage in STAGES.items():
        clock.around(name, stage=stage)
    from flows.cli import app

    file, *options = sys.argv[1:]
    app(["backfill", f"articles:{file}", "--quiet", *options], standalone_mode=False)
    print(json.dumps(clock.taken()))


if __name__ == "__main__":
    main()
