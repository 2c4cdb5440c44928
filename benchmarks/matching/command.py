"""Labelled articles through the command, as anybody's are: `wirecopy backfill articles:FILE`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.matching.documents import Labelled
from benchmarks.matching.store import Held, held_in
from benchmarks.process_tree import measure
from ingest.types import Article
from storage.database import Database
from storage.home import Home


def backfilled(labelled: Labelled) -> tuple[Held, float]:
    """What the tables say after the articles were backfilled in their order, in one pass, and what
    the command cost in all: CPU milliseconds an article."""
    with TemporaryDirectory() as folder:
        file, home = Path(folder, "articles.jsonl"), Path(folder, "home")
        write(labelled.articles, file)
        command = [sys.executable, "-m", "flows.cli", "backfill", f"articles:{file}"]
        cost = measure([*command, "--home", home, "--quiet"])
        held = held_in(Database(Home(home)))
    return held, 1000 * cost.cpu / len(labelled.articles)


def write(articles: Iterable[Article], file: Path) -> None:
    """A file of articles: what a page shows, and nothing of its label."""
    with file.open("w", encoding="utf-8") as lines:
        for article in articles:
            lines.write(json.dumps(_row(article), ensure_ascii=False) + "\n")


def _row(article: Article) -> Mapping[str, object]:
    published = article.published_at
    return {
        "url": article.url,
        "title": article.title,
        "body": article.body,
        "publisher": article.publisher,
        "authors": article.authors,
        "published": published.isoformat() if published else None,
        "language": article.language,
        "canonical_url": article.declared_canonical_url,
    }
