"""Load one batch of articles as a run does: HOME COUNT FEWEST.

A quarter of them are reprints of stored articles, which a publisher of their own carries; the rest
is new. Prints JSON: seconds of CPU, and articles and reprints as they were counted.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.analysts.generated import paragraphs
from benchmarks.matching.documents import made_article
from flows.stories import take_in
from ingest.matching.sketch import sketch
from ingest.types import Article
from ingest.words import folded_words
from storage.database import Database
from storage.home import Home
from storage.sketches import add_sketches, remove_sketches

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
"""An hour after the last stored article."""

PUBLISHERS = 50
REPRINTED = 4
"""One article in so many."""

OF_AN_ARTICLE = 14
SEED = 2
"""Not that of the stored articles."""

_TO_REPRINT = """
SELECT article_id, body FROM articles
WHERE role = 'original' ORDER BY sort_at DESC, article_id LIMIT ?
"""


def main() -> None:
    database, count = Database(Home(Path(sys.argv[1]))), int(sys.argv[2])
    batch = [(article.url_keys[0], article) for article in new_articles(database, count)]
    began = time.process_time()
    taken = take_in(database, batch, publisher_of=_publisher_of, now=NOW)
    cpu = time.process_time() - began
    print(json.dumps({"cpu": cpu, "articles": taken.articles, "reprints": taken.reprints}))


def _publisher_of(url: str) -> str:
    return url.split("/")[2]


def new_articles(database: Database, count: int) -> list[Article]:
    """The batch, with reprints of what this database holds."""
    with database.write() as connection:
        stored = connection.execute(_TO_REPRINT, [count // REPRINTED]).fetchall()
        # Invented articles have invented sketches; those that are to be found get their own.
        remove_sketches(connection, [name for name, _ in stored])
        add_sketches(connection, [(name, sketch(folded_words(body))) for name, body in stored])
    new = paragraphs(SEED, OF_AN_ARTICLE * count)
    bodies = [body for _, body in stored]
    for start in range(0, OF_AN_ARTICLE * (count - len(bodies)), OF_AN_ARTICLE):
        bodies.append("\n".join(new[start : start + OF_AN_ARTICLE]))
    made = []
    for number, body in enumerate(bodies):
        publisher = f"batch{number % PUBLISHERS}.example"
        published = NOW + timedelta(seconds=number)
        made.append(made_article(
            f"https://{publisher}/news/{number}", body, publisher=publisher,
            title=f"{body[:50]} {number}", authors=(), published=published, seen=published,
            language="en", canonical=None,
        ))  # fmt: skip
    return made


if __name__ == "__main__":
    main()
