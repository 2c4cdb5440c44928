"""Homes that are filled by backfills alone, what is in them, and runs that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Any

import psutil
from homes import HomeFolder

TABLES = {
    "articles": """
        SELECT canonical_url, publisher, title, authors, published_at, published_precision,
               published_source, modified_at, language, lead, body, word_count, tags, section,
               image_url, credits, credit_source, rights, content_status, content_hash, role
        FROM articles""",
    "stories": """
        SELECT list(canonical_url ORDER BY canonical_url), any_value(original_status),
               any_value(original_credit), any_value(stories.title), any_value(first_published_at),
               any_value(article_count), any_value(publisher_count)
        FROM articles JOIN stories USING (story_id) GROUP BY story_id""",
    "reprints": """
        SELECT a.canonical_url, o.canonical_url, relation, containment, similarity, lag, added_text
        FROM reprints JOIN articles AS a USING (article_id)
        JOIN articles AS o ON o.article_id = original_article_id""",
    "article_links": """
        SELECT a.canonical_url, b.canonical_url, relation, containment FROM article_links
        JOIN articles AS a ON a.article_id = from_article_id
        JOIN articles AS b ON b.article_id = to_article_id""",
    "boilerplate": "SELECT publisher, articles, active FROM boilerplate",
    "publishers": "SELECT publisher, name, aliases, feeds, articles FROM publishers",
    "entries": "SELECT url, title, status, reason FROM entries",
}
"""What must come out the same, however it came about: all but ids and times of arrival. Of
boilerplate that has figures, the first form that came is kept: its text is not compared."""


def tables(home: HomeFolder) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(home.sql(sql), key=repr) for name, sql in TABLES.items()}


def bare_home(home: HomeFolder) -> HomeFolder:
    """A home that follows nothing."""
    (home.folder / "wirecopy.toml").write_text("min_free_bytes = 0\n")
    return home


def kill_in_its_midst(process: subprocess.Popen[bytes], after: float) -> bool:
    """Kill a run some seconds after it has begun to extract. False when it had ended before."""
    parent = psutil.Process(process.pid)
    while process.poll() is None and not parent.children():
        time.sleep(0.02)
    ends = time.monotonic() + after
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.02)
    if process.poll() is not None:
        return False
    children = parent.children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert psutil.wait_procs(children, timeout=10)[1] == []
    return True
