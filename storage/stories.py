"""Stories: what a batch may be copies of, and what was decided about it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import Article, Candidates, Copy, Reprint, Story, StoryDecisions
from storage.arrow import TEXT, TIME, incoming
from storage.blocks import removed_blocks
from storage.rows import one_row
from storage.sketches import alike, stored_sketches

HABIT_STORIES = 3
"""Of fewer stories of a publisher that others carry too, nothing follows for the next. Without any
dates 0.955 of the originals are right, and 0.945 with five (1,300 generated documents)."""


def candidates(
    connection: duckdb.DuckDBPyConnection,
    articles: Sequence[Article],
    canonical_keys: Sequence[str],
    again: Mapping[str, Sequence[int]] | None = None,
) -> Candidates:
    """Stored articles that these may be copies of: by sketch, and by canonical address.

    `canonical_keys` are URL keys that articles of the batch name as their own original; stored
    articles that name one of the batch are found too. `again` are stored articles that are to be
    placed anew, with the sketches that they are about to have.
    """
    again = again or {}
    sketches = [(number, article.article_id) for article in articles for number in article.sketch]
    sketches += [(number, name) for name, numbers in again.items() for number in numbers]
    pairs = alike(connection, sketches, again)
    keys = {key for article in articles for key in article.url_keys}
    named = _named(connection, canonical_keys, sorted(keys))
    wanted = {article_id for _, article_id in pairs} | set(named) | set(again)
    publishers = {article.publisher for article in articles}
    return _found(connection, pairs, wanted, publishers)


def candidates_again(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> Candidates:
    """The same for stored articles, as they are."""
    pairs = _stored_pairs(connection, article_ids)
    return _found(connection, pairs, {*article_ids, *(other for _, other in pairs)}, set())


def around(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> set[str]:
    """The stored articles whose stories may depend on these: what they may be copies of, what they
    or others declare as original, what they are linked to, and all that share a story with them."""
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(_AROUND).fetchall()
    found = {row[0] for row in rows}
    return found | {other for _, other in _stored_pairs(connection, article_ids)}


_AROUND = """
SELECT article_id FROM articles
WHERE story_id IN (SELECT story_id FROM articles SEMI JOIN incoming USING (article_id))
UNION
SELECT urls.article_id
FROM internal.canonical_keys AS named SEMI JOIN incoming USING (article_id)
JOIN internal.article_urls AS urls USING (url_key)
UNION
SELECT named.article_id
FROM internal.article_urls AS urls SEMI JOIN incoming USING (article_id)
JOIN internal.canonical_keys AS named USING (url_key)
UNION
SELECT other_article_id FROM story_overrides
WHERE article_id IN (SELECT article_id FROM incoming)
UNION
SELECT article_id FROM story_overrides
WHERE other_article_id IN (SELECT article_id FROM incoming)
UNION
SELECT to_article_id FROM article_links
WHERE from_article_id IN (SELECT article_id FROM incoming)
UNION
SELECT from_article_id FROM article_links
WHERE to_article_id IN (SELECT article_id FROM incoming)
"""


def _stored_pairs(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> list[tuple[str, str]]:
    return alike(connection, stored_sketches(connection, article_ids))


def _found(
    connection: duckdb.DuckDBPyConnection,
    pairs: Sequence[tuple[str, str]],
    wanted: Collection[str],
    publishers: Collection[str],
) -> Candidates:
    grouped: dict[str, list[str]] = defaultdict(list)
    for name, other in pairs:
        grouped[name].append(other)
    copies = stored_copies(connection, sorted(wanted))
    publishers = {*publishers, *(copy.publisher for copy in copies.values())}
    return Candidates(
        revision=articles_revision(connection),
        pairs={name: tuple(found) for name, found in grouped.items()},
        copies=copies,
        roundups=_roundups(connection, sorted(copies)),
        habits=_habits(connection, sorted(publishers)),
    )


def articles_revision(connection: duckdb.DuckDBPyConnection) -> int:
    """A number that grows whenever articles, or addresses of articles, are added."""
    return int(one_row(connection, "SELECT articles_revision FROM internal.revision")[0])


def _named(
    connection: duckdb.DuckDBPyConnection, canonical_keys: Sequence[str], own_keys: Sequence[str]
) -> list[str]:
    """Articles at these canonical addresses, and those that name one of the own addresses."""
    with (
        incoming(connection, {"url_key": TEXT}, [(key,) for key in canonical_keys], name="named"),
        incoming(connection, {"url_key": TEXT}, [(key,) for key in own_keys], name="own"),
    ):
        rows = connection.execute(
            "SELECT article_id FROM internal.article_urls SEMI JOIN named USING (url_key) "
            "UNION SELECT article_id FROM internal.canonical_keys SEMI JOIN own USING (url_key)"
        ).fetchall()
    return [row[0] for row in rows]


def _roundups(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> frozenset[str]:
    """Those of these articles that are linked as round-ups of two stories or more."""
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(
            """
            SELECT from_article_id
            FROM article_links JOIN articles ON articles.article_id = to_article_id
            WHERE relation = 'roundup' AND from_article_id IN (SELECT article_id FROM incoming)
            GROUP BY from_article_id HAVING count(DISTINCT story_id) > 1
            """
        ).fetchall()
    return frozenset(row[0] for row in rows)


def _habits(connection: duckdb.DuckDBPyConnection, publishers: Sequence[str]) -> dict[str, float]:
    """For those of these publishers that have HABIT_STORIES of them or more: the share of their
    stories, among those that others carry too, in which they had the original."""
    with incoming(connection, {"publisher": TEXT}, [(name,) for name in publishers]):
        rows = connection.execute(
            """
            SELECT publisher, avg((role = 'original')::INTEGER)
            FROM (SELECT publisher, role, story_id FROM articles SEMI JOIN incoming
                  USING (publisher) WHERE role <> 'update')
            SEMI JOIN (SELECT story_id FROM stories WHERE publisher_count > 1) USING (story_id)
            GROUP BY publisher HAVING count(*) >= $least
            """,
            {"least": HABIT_STORIES},
        ).fetchall()
    return dict(rows)


def stored_copies(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> dict[str, Copy]:
    """These articles and all other members of their stories, by id."""
    if not article_ids:
        return {}
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(_COPIES).fetchall()
    copies = [Copy(*row) for row in rows]
    removed = removed_blocks(connection, [copy.article_id for copy in copies])
    return {
        copy.article_id: replace(
            copy,
            url_keys=tuple(copy.url_keys),
            authors=tuple(copy.authors),
            credits=tuple(copy.credits),
            removed=removed.get(copy.article_id, ()),
        )
        for copy in copies
    }


_COPIES = """
WITH members AS MATERIALIZED (
    SELECT article_id, rowid AS row FROM articles
    WHERE story_id IN (SELECT story_id FROM articles SEMI JOIN incoming USING (article_id))
),
known AS (
    SELECT article_id, list(url_key ORDER BY url_key) AS url_keys
    FROM internal.article_urls SEMI JOIN members USING (article_id)
    GROUP BY article_id
)
SELECT article_id, story_id, publisher, title, body, language,
       coalesce(url_keys, []), declared_canonical_url, published_at,
       published_precision, sort_at, first_seen_at, authors, credits
FROM articles LEFT JOIN known USING (article_id)
WHERE articles.rowid IN (SELECT row FROM members)
ORDER BY article_id
"""
"""By numbers of rows, as in `of_incoming`."""


def record_stories(
    connection: duckdb.DuckDBPyConnection, decisions: StoryDecisions, *, now: datetime
) -> None:
    """Make stories, roles of their articles and reprints say what was decided.

    The batch's new articles must have been added; stories of which nothing new was decided stay as
    they are.
    """
    stories = [_story_row(story, now) for story in decisions.stories]
    reprints = [_reprint_row(reprint) for reprint in decisions.reprints]
    with (
        incoming(connection, _STORY_COLUMNS, stories, name="judged"),
        incoming(connection, _REPRINT_COLUMNS, reprints, name="copied"),
    ):
        changed = [(row[0],) for row in connection.execute(_CHANGED).fetchall()]
        with incoming(connection, {"story_id": TEXT}, changed, name="changed"):
            for table in ("reprints", "stories"):
                connection.execute(
                    f"DELETE FROM {table} WHERE story_id IN (FROM changed)"  # noqa: S608
                )
            connection.execute(
                "INSERT INTO stories BY NAME FROM judged SEMI JOIN changed USING (story_id)"
            )
            # A story that is again, since its article has left the one it had gone over to.
            connection.execute("DELETE FROM story_redirects WHERE old_story_id IN (FROM changed)")
            connection.execute(
                "INSERT INTO reprints BY NAME FROM copied SEMI JOIN changed USING (story_id)"
            )
    roles = [(article_id, *judged) for article_id, judged in decisions.roles.items()]
    with incoming(connection, {"article_id": TEXT, "story_id": TEXT, "role": TEXT}, roles):
        connection.execute(
            """
            UPDATE articles SET story_id = incoming.story_id, role = incoming.role
            FROM incoming
            WHERE articles.article_id = incoming.article_id
              AND (articles.story_id <> incoming.story_id OR articles.role <> incoming.role)
            """
        )
    _record_redirects(connection, decisions, now=now)
    _record_links(connection, decisions)
    connection.execute("UPDATE internal.revision SET articles_revision = articles_revision + 1")


_CHANGED = """
WITH before AS (
    SELECT * REPLACE (evidence::VARCHAR AS evidence)
    FROM reprints WHERE rowid IN (SELECT rowid FROM reprints SEMI JOIN judged USING (story_id))
),
after AS (SELECT * FROM copied)
SELECT story_id
FROM (SELECT * EXCLUDE (changed_at) FROM judged
      EXCEPT SELECT * EXCLUDE (changed_at) FROM stories
             WHERE rowid IN (SELECT rowid FROM stories SEMI JOIN judged USING (story_id)))
UNION SELECT story_id FROM (FROM before EXCEPT FROM after)
UNION SELECT story_id FROM (FROM after EXCEPT FROM before)
"""
"""Stories of which something else was decided than is stored, of them or of their reprints."""


def _record_redirects(
    connection: duckdb.DuckDBPyConnection, decisions: StoryDecisions, *, now: datetime
) -> None:
    """Stories that have lost their last article are no more; older redirects to them go along."""
    if not decisions.redirects:
        return
    rows = [(r.old_story_id, r.story_id, r.reason, now) for r in decisions.redirects]
    columns = {"old_story_id": TEXT, "story_id": TEXT, "reason": TEXT, "at": TIME}
    with incoming(connection, columns, rows):
        connection.execute(
            "DELETE FROM reprints WHERE story_id IN (SELECT old_story_id FROM incoming)"
        )
        connection.execute(
            "DELETE FROM stories WHERE story_id IN (SELECT old_story_id FROM incoming)"
        )
        connection.execute(
            "UPDATE story_redirects SET story_id = incoming.story_id FROM incoming "
            "WHERE story_redirects.story_id = incoming.old_story_id"
        )
        connection.execute("INSERT INTO story_redirects BY NAME FROM incoming")


def _record_links(connection: duckdb.DuckDBPyConnection, decisions: StoryDecisions) -> None:
    """The links of the articles that were looked at are replaced, and what links articles that are
    of one story by now."""
    relinked = [(article_id,) for article_id in decisions.relinked]
    with incoming(connection, {"article_id": TEXT}, relinked):
        connection.execute(
            "DELETE FROM article_links "
            "WHERE from_article_id IN (SELECT article_id FROM incoming) "
            "OR to_article_id IN (SELECT article_id FROM incoming)"
        )
    judged = [(article_id,) for article_id in decisions.roles]
    with incoming(connection, {"article_id": TEXT}, judged):
        connection.execute(
            "DELETE FROM article_links USING articles AS one, articles AS other "
            "WHERE from_article_id IN (SELECT article_id FROM incoming) "
            "AND one.article_id = from_article_id AND other.article_id = to_article_id "
            "AND (relation = 'update' OR one.story_id = other.story_id)"
        )
    columns = {
        "from_article_id": TEXT,
        "to_article_id": TEXT,
        "relation": TEXT,
        "containment": pa.float64(),
        "evidence": TEXT,
    }
    rows = [
        (link.from_article_id, link.to_article_id, link.relation, link.containment,
         json.dumps(list(link.evidence), ensure_ascii=False))
        for link in decisions.links
    ]  # fmt: skip
    if rows:
        with incoming(connection, columns, rows):
            connection.execute("INSERT INTO article_links BY NAME FROM incoming")


_STORY_COLUMNS = {
    "story_id": TEXT,
    "representative_article_id": TEXT,
    "original_article_id": TEXT,
    "original_status": TEXT,
    "original_credit": TEXT,
    "title": TEXT,
    "language": TEXT,
    "first_published_at": TIME,
    "last_published_at": TIME,
    "article_count": pa.int32(),
    "publisher_count": pa.int32(),
    "changed_at": TIME,
}


def _story_row(story: Story, now: datetime) -> tuple[object, ...]:
    return tuple(
        now if column == "changed_at" else getattr(story, column) for column in _STORY_COLUMNS
    )


_REPRINT_COLUMNS = {
    "article_id": TEXT,
    "story_id": TEXT,
    "original_article_id": TEXT,
    "relation": TEXT,
    "containment": pa.float64(),
    "similarity": pa.float64(),
    "lag": pa.duration("us"),
    "added_text": TEXT,
    "evidence": TEXT,
}


def _reprint_row(reprint: Reprint) -> tuple[object, ...]:
    return tuple(
        json.dumps(list(reprint.evidence), ensure_ascii=False)
        if column == "evidence"
        else getattr(reprint, column)
        for column in _REPRINT_COLUMNS
    )


def stored_reprints(connection: duckdb.DuckDBPyConnection, story_id: str) -> dict[str, Reprint]:
    """What is said of a story's reprints, by article."""
    rows = connection.execute("FROM reprints WHERE story_id = ?", [story_id]).fetchall()
    return {row[0]: replace(Reprint(*row), evidence=tuple(json.loads(row[-1]))) for row in rows}
