"""Invariants of the database, each a query for what violates it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from storage.database import Database
from storage.home import Home
from storage.rows import one_row
from storage.sketches import ARTICLE_ID

EXAMPLES = 5
"""So many violating keys are named."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold: how many rows violate it, and a few of them."""

    invariant: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """An invariant that was looked at: how many rows (for the archive, files) it covers, and how it
    is violated, if it is."""

    invariant: str
    covered: int
    violation: Violation | None


KEYS = {
    "publishers": "publisher",
    "feeds": "feed_id",
    "polls": "poll_id",
    "entries": "entry_id",
    "articles": "article_id",
    "stories": "story_id",
    "reprints": "article_id",
    "runs": "run_id",
    "backfills": "backfill_id",
    "backfill_shards": "backfill_id, shard",
    "internal.shard_work": "backfill_id, shard",
    "publisher_days": "publisher, day",
    "internal.feed_state": "feed_id",
    "internal.poll_states": "feed_id",
    "internal.entry_keys": "entry_id",
    "internal.article_urls": "url_key",
    "internal.throttles": "publisher",
    "internal.blocks": "(publisher, hash)",
    "internal.removed_blocks": "(article_id, number)",
    "internal.block_sightings": "(publisher, hash, article_id)",
    "story_redirects": "old_story_id",
    "internal.versions": "article_id, version",
    "internal.refusals": "kind, key",
    "internal.rechecks": "article_id",
    "internal.reprocess_queue": "number",
}
"""The key of each table; checked by scanning, since no index enforces it."""

GROWING = ("publishers", "feeds", "polls", "entries", "articles", "runs")
"""Tables from which a run takes no row: an article judged anew may end its story or reprint."""

INVARIANTS = {
    "every done entry has its article": """
        SELECT entry_id FROM entries ANTI JOIN articles USING (article_id) WHERE status = 'done'""",
    "every waiting entry has a time for its next try": """
        SELECT entry_id FROM entries
        WHERE status IN ('pending', 'fetched') AND next_attempt_at IS NULL""",
    "every entry belongs to a feed": "SELECT entry_id FROM entries ANTI JOIN feeds USING (feed_id)",
    "every entry can be recognised again": """
        SELECT entry_id FROM entries ANTI JOIN internal.entry_keys USING (entry_id)""",
    "no feed lists a page twice": """
        SELECT feed_id || ' ' || url_key FROM internal.entry_keys WHERE url_key IS NOT NULL
        GROUP BY feed_id, url_key HAVING count(*) > 1""",
    "feeds.entries_seen counts the feed's entries": """
        SELECT feed_id FROM feeds LEFT JOIN entries USING (feed_id)
        GROUP BY feed_id, entries_seen HAVING count(entry_id) <> entries_seen""",
    "validators are not ahead of entries": """
        SELECT feed_id FROM internal.feed_state JOIN feeds USING (feed_id)
        WHERE entries_known > entries_seen""",
    "feeds.overflows counts every overflowed poll": """
        SELECT feed_id FROM feeds LEFT JOIN polls USING (feed_id)
        GROUP BY feed_id, overflows HAVING count(*) FILTER (overflowed) > overflows""",
    "every poll belongs to a feed and a run": """
        SELECT poll_id FROM polls ANTI JOIN feeds USING (feed_id)
        UNION SELECT poll_id FROM polls ANTI JOIN runs USING (run_id)""",
    "every feed and article has its publisher": """
        SELECT feed_id FROM feeds ANTI JOIN publishers USING (publisher)
        UNION SELECT article_id FROM articles ANTI JOIN publishers USING (publisher)""",
    "publishers.feeds counts the publisher's feeds": """
        SELECT publishers.publisher FROM publishers LEFT JOIN feeds USING (publisher)
        GROUP BY publishers.publisher, publishers.feeds
        HAVING count(feed_id) <> publishers.feeds""",
    "publishers.articles counts the publisher's articles": """
        SELECT publishers.publisher FROM publishers LEFT JOIN articles USING (publisher)
        GROUP BY publishers.publisher, publishers.articles
        HAVING count(article_id) <> publishers.articles""",
    "every article is known by an address": """
        SELECT article_id FROM articles ANTI JOIN internal.article_urls USING (article_id)""",
    "every address leads to an article": """
        SELECT url_key FROM internal.article_urls ANTI JOIN articles USING (article_id)""",
    "articles.sort_at is published_at, else first_seen_at": """
        SELECT article_id FROM articles WHERE sort_at <> coalesce(published_at, first_seen_at)""",
    "every article belongs to a story": """
        SELECT article_id FROM articles ANTI JOIN stories USING (story_id)""",
    "a story's representative is one of its articles": """
        SELECT stories.story_id FROM stories LEFT JOIN articles
            ON article_id = representative_article_id AND articles.story_id = stories.story_id
        WHERE article_id IS NULL""",
    "a held original is one of its story's articles, and represents it": """
        SELECT stories.story_id FROM stories LEFT JOIN articles
            ON article_id = original_article_id AND articles.story_id = stories.story_id
            AND role = 'original'
        WHERE original_status = 'held'
          AND (article_id IS NULL OR representative_article_id <> original_article_id)""",
    "a story has one original at most": """
        SELECT story_id FROM articles WHERE role = 'original'
        GROUP BY story_id HAVING count(*) > 1""",
    "stories count their articles and publishers": """
        SELECT stories.story_id FROM stories LEFT JOIN articles USING (story_id)
        GROUP BY stories.story_id, article_count, publisher_count
        HAVING count(article_id) <> article_count
            OR count(DISTINCT publisher) <> publisher_count""",
    "stories span their articles' times": """
        SELECT stories.story_id FROM stories JOIN articles USING (story_id)
        GROUP BY stories.story_id, first_published_at, last_published_at
        HAVING min(sort_at) <> first_published_at OR max(sort_at) <> last_published_at""",
    "reprints has a row for each article with role reprint, and no other": """
        SELECT article_id FROM articles ANTI JOIN reprints USING (article_id, story_id)
        WHERE role = 'reprint'
        UNION SELECT article_id FROM reprints
        WHERE article_id NOT IN (SELECT article_id FROM articles WHERE role = 'reprint')""",
    "reprints name their story's original": """
        SELECT article_id FROM reprints JOIN stories USING (story_id)
        WHERE reprints.original_article_id IS DISTINCT FROM stories.original_article_id""",
    "links lead from one article to another": """
        SELECT from_article_id FROM article_links
        WHERE from_article_id NOT IN (SELECT article_id FROM articles)
           OR to_article_id NOT IN (SELECT article_id FROM articles)
           OR from_article_id = to_article_id""",
    "excerpts and round-ups link different stories, updates lie in one": """
        SELECT from_article_id FROM article_links
        JOIN articles AS one ON one.article_id = from_article_id
        JOIN articles AS other ON other.article_id = to_article_id
        WHERE (one.story_id = other.story_id) <> (relation = 'update')""",
    "what was removed from an article stood in it": """
        SELECT article_id FROM internal.removed_blocks LEFT JOIN articles USING (article_id)
        WHERE articles.article_id IS NULL OR place NOT BETWEEN 0 AND length(body)""",
    "what was removed is its publisher's boilerplate": """
        SELECT article_id FROM internal.removed_blocks AS removed
        JOIN articles USING (article_id)
        LEFT JOIN internal.blocks ON blocks.publisher = articles.publisher
            AND blocks.hash = removed.hash AND NOT forgotten
        WHERE removed.hash <> 0 AND blocks.hash IS NULL
          AND article_id NOT IN (SELECT article_id FROM internal.unsettled WHERE step = 'clean')""",
    "boilerplate counts the articles that came with it": """
        SELECT blocks.publisher || ' ' || any_value(text) FROM internal.blocks
        LEFT JOIN internal.block_sightings AS seen USING (publisher, hash)
        GROUP BY blocks.publisher, hash, articles HAVING count(article_id) <> articles""",
    "blocks, sketches and addresses of originals are those of articles": f"""
        SELECT article_id FROM internal.block_sightings ANTI JOIN articles USING (article_id)
        UNION SELECT article_id
        FROM (SELECT {ARTICLE_ID} AS article_id
              FROM (SELECT DISTINCT article_number FROM internal.sketches))
        ANTI JOIN articles USING (article_id)
        UNION SELECT article_id FROM internal.canonical_keys ANTI JOIN articles USING (article_id)
        """,  # noqa: S608
    "redirects lead from a story that is no more to one that is": """
        SELECT old_story_id FROM story_redirects
        WHERE story_id NOT IN (SELECT story_id FROM stories)
           OR old_story_id IN (SELECT story_id FROM stories)""",
    "every shard belongs to a backfill, and says what it consists of": """
        SELECT shard FROM backfill_shards ANTI JOIN backfills USING (backfill_id)
        UNION SELECT shard FROM backfill_shards ANTI JOIN internal.shard_work
            USING (backfill_id, shard)
        UNION SELECT shard FROM internal.shard_work ANTI JOIN backfill_shards
            USING (backfill_id, shard)""",
    "a shard that runs is in hand of a run, and no other is": """
        SELECT shard FROM backfill_shards JOIN internal.shard_work USING (backfill_id, shard)
        WHERE (status = 'running') <> (run_id IS NOT NULL)""",
    "no backfill is done before its shards are": """
        SELECT backfill_id FROM backfills JOIN backfill_shards USING (backfill_id)
        WHERE backfills.status = 'done' AND backfill_shards.status <> 'done'""",
    "versions are of an article, from 1 on, only the newest without content": """
        SELECT article_id FROM internal.versions LEFT JOIN articles USING (article_id)
        GROUP BY article_id
        HAVING count(articles.article_id) < count(*) OR min(version) <> 1
            OR max(version) <> count(*) OR count(versions.body) <> count(*) - 1
            OR max(version) FILTER (versions.body IS NULL) <> max(version)""",
    "versions follow each other in time": """
        SELECT article_id FROM internal.versions
        QUALIFY seen_at <= lag(seen_at) OVER (PARTITION BY article_id ORDER BY version)""",
    "days are of a publisher, and count no more failures than polls": """
        SELECT publisher FROM publisher_days LEFT JOIN publishers USING (publisher)
        WHERE publishers.publisher IS NULL OR polls_failed > polls
           OR publisher_days.stories > publisher_days.articles""",
    "nothing is held that was forgotten on request": """
        SELECT article_id FROM internal.article_urls JOIN internal.refusals
            ON kind = 'page' AND key = url_key
        UNION SELECT article_id FROM articles JOIN internal.refusals
            ON kind = 'publisher' AND key = publisher""",
    "a run that has ended says how": """
        SELECT run_id FROM runs WHERE (finished_at IS NULL) <> (outcome IS NULL)
                                   OR finished_at < started_at""",
    "what is rechecked are articles, and no more than one reprocess is under way": """
        SELECT article_id FROM internal.rechecks ANTI JOIN articles USING (article_id)
        UNION SELECT 'reprocess' FROM internal.reprocessing HAVING count(*) > 1""",
    "snapshot has one row at most": "SELECT taken_at FROM snapshot OFFSET 1",
}


def check(database: Database) -> list[Violation]:
    """Every invariant that does not hold; empty when all is well."""
    return [one.violation for one in examine(database) if one.violation]


def examine(database: Database) -> list[Examined]:
    """Every invariant, with how many rows it covers."""
    with database.open() as connection:
        return [
            *_examined(connection),
            _raw_pages(connection, database.home),
            *_check_published(connection, database.home),
        ]


def _examined(connection: duckdb.DuckDBPyConnection) -> Iterator[Examined]:
    keys = {
        f"{table}.{key} is unique": f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1"  # noqa: S608
        for table, key in KEYS.items()
    }
    held: dict[str, int] = {}
    for invariant, sql in {**keys, **INVARIANTS}.items():
        rows = connection.execute(sql).fetchall()
        examples = tuple(sorted(str(row[0]) for row in rows)[:EXAMPLES])
        violation = Violation(invariant, len(rows), examples) if rows else None
        covered = 0
        for table in _starts(sql):
            if table not in held:
                held[table] = one_row(connection, f"SELECT count(*) FROM {table}")[0]  # noqa: S608
            covered += held[table]
        yield Examined(invariant, covered, violation)


def _starts(sql: str) -> set[str]:
    """The tables that a query, and what it is a union with, starts from: what it says something
    about."""
    starts = (_FROM.search(part) for part in sql.split("UNION"))
    return {found[1] for found in starts if found}


_FROM = re.compile(r"\bFROM\s+([\w.]+)")


def _raw_pages(connection: duckdb.DuckDBPyConnection, home: Home) -> Examined:
    ends = connection.execute(
        'SELECT file, max("offset" + length) FROM internal.raw_pages GROUP BY file'
    ).fetchall()
    missing = []
    for file, end in ends:
        path = home.archive / file
        if not path.exists() or path.stat().st_size < end:
            missing.append(file)
    invariant = "every raw page lies in the archive"
    violation = Violation(invariant, len(missing), tuple(sorted(missing)[:EXAMPLES]))
    return Examined(invariant, len(ends), violation if missing else None)


def _check_published(connection: duckdb.DuckDBPyConnection, home: Home) -> Iterator[Examined]:
    """The published file equals the working database as of its snapshot."""
    invariant = "news.duckdb shows the working database as of its snapshot"
    found = list(_published_violations(connection, home, invariant))
    tables = sum("." not in table for table in KEYS)
    yield Examined(invariant, tables, found[0] if found else None)


def _published_violations(
    connection: duckdb.DuckDBPyConnection, home: Home, invariant: str
) -> Iterator[Violation]:
    if not home.published.exists():
        if one_row(connection, "SELECT published_revision FROM internal.revision")[0] >= 0:
            yield Violation(invariant, 1, ("the file is missing",))
        return
    if home.published_log.exists():
        said = "news.duckdb.wal, left by somebody who wrote to it, alters what it shows"
        yield Violation(invariant, 1, (f"{said}: `wirecopy publish` sets it aside",))
        return
    path = str(home.published).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS published (READ_ONLY)")
        differing = list(_differences(connection))
    except duckdb.Error as error:
        yield Violation(invariant, 1, (f"it cannot be read: {str(error).splitlines()[0]}",))
        return
    finally:
        connection.execute("DETACH DATABASE IF EXISTS published")
    if differing:
        yield Violation(invariant, len(differing), tuple(differing[:EXAMPLES]))


def _differences(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Tables that differ: in any row when nothing was written since the snapshot was taken, else in
    keys that have gone since, of tables that only grow."""
    (unchanged,) = one_row(
        connection,
        "SELECT published.revision = working.revision "
        "FROM published.internal.revision AS published, internal.revision AS working",
    )
    for table, key in KEYS.items():
        if "." in table or not (unchanged or table in GROWING):
            continue
        columns = "*" if unchanged else key
        gone = f"SELECT {columns} FROM published.main.{table} EXCEPT SELECT {columns} FROM {table}"  # noqa: S608
        if table == "polls" and not unchanged:
            gone += _OLD_POLLS
        new = f"SELECT {columns} FROM {table} EXCEPT SELECT {columns} FROM published.main.{table}"  # noqa: S608
        for sql in (gone, new) if unchanged else (gone,):
            if one_row(connection, f"SELECT count(*) FROM ({sql})")[0]:  # noqa: S608
                yield table
                break


_OLD_POLLS = """
    EXCEPT SELECT poll_id FROM published.main.polls
    WHERE started_at < (SELECT min(started_at) FROM polls)"""
"""Polls that have been dropped with time, as they are when publisher_days counts them."""
