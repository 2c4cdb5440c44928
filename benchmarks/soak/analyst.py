"""Somebody who reads news.duckdb all the time, in a process of their own as analysts do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

READER = """
import duckdb, json, sys, time
while not sys.stdin.closed:
    said = {}
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            [row] = connection.execute(
                "SELECT epoch(now()) - epoch(taken_at), (SELECT count(*) FROM articles),"
                " (SELECT sum(article_count)::BIGINT FROM stories) FROM snapshot").fetchall()
            due = connection.execute(
                "SELECT feed_id, epoch(last_poll_at), epoch(next_poll_at) FROM feeds"
                " WHERE last_poll_at IS NOT NULL").fetchall()
        said = {"age": row[0], "agree": row[1] == (row[2] or 0), "due": due}
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    try:
        print(json.dumps(said), flush=True)
    except BrokenPipeError:
        break
    time.sleep(1)
"""


class Reads(NamedTuple):
    """What the analyst saw: `ages` of the snapshots that were read, in seconds; for each feed and
    time of its last poll when it was due next (both seconds since 1970)."""

    opened: int
    errors: list[str]
    ages: list[float]
    due: dict[tuple[str, float], float]


class Analyst:
    """Reads while its context is open; then `reads` says what was seen."""

    def __init__(self, published: Path) -> None:
        self._published = published
        self._log = published.parent / "analyst.jsonl"

    def __enter__(self) -> Analyst:
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-c", READER, str(self._published)], stdout=out
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def reads(self) -> Reads:
        reads = Reads(0, [], [], {})
        for line in self._log.read_text().splitlines():
            if not line.endswith("}"):
                continue  # cut off at the end
            said = json.loads(line)
            reads = reads._replace(opened=reads.opened + 1)
            if "error" in said:
                reads.errors.append(said["error"])
                continue
            if not said["agree"]:
                reads.errors.append("stories do not add up to the articles")
            reads.ages.append(said["age"])
            reads.due.update({(feed, last): due for feed, last, due in said["due"]})
        return reads
