"""Blocks of text: what recurs in a publisher's articles, and what was taken out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import BlockMemory, CleanedText, HeldText, RemovedBlock
from storage.arrow import TEXT, incoming, of_incoming
from storage.sketches import add_sketches, remove_sketches

Key = tuple[str, int]

KEY_COLUMNS = {"publisher": TEXT, "hash": pa.uint64()}


def remembered(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[Key]
) -> dict[Key, BlockMemory]:
    """What is known of these blocks, and all boilerplate of their publishers."""
    publishers = {publisher for publisher, _ in wanted}
    memory: dict[Key, BlockMemory] = {}
    with incoming(connection, {"publisher": TEXT}, [(name,) for name in publishers]):
        for publisher, number, forgotten in connection.execute(
            "SELECT publisher, hash, forgotten FROM internal.blocks SEMI JOIN incoming "
            "USING (publisher)"
        ).fetchall():
            memory[publisher, number] = BlockMemory(
                publisher, number, learnt=not forgotten, forgotten=forgotten
            )
    unknown = [key for key in wanted if key not in memory]
    with incoming(connection, KEY_COLUMNS, unknown):
        for publisher, number, holders in connection.execute(
            """
            SELECT incoming.publisher, hash, list((article_id, story_id) ORDER BY article_id)
            FROM internal.block_sightings AS seen JOIN incoming USING (publisher, hash)
            JOIN articles USING (article_id)
            GROUP BY ALL
            """
        ).fetchall():
            memory[publisher, number] = BlockMemory(publisher, number, tuple(holders))
    return memory


def keep_blocks(
    connection: duckdb.DuckDBPyConnection,
    sightings: Sequence[tuple[str, int, str]],
    learnt: Mapping[Key, str],
) -> None:
    """Remember which new article (already added) holds which block, each once (publisher, hash,
    article id), and which blocks were learnt from these, with their text."""
    with incoming(connection, {**KEY_COLUMNS, "article_id": TEXT}, sightings):
        connection.execute("INSERT INTO internal.block_sightings BY NAME FROM incoming")
        connection.execute(
            """
            UPDATE internal.blocks
            SET articles = blocks.articles + new.articles,
                first_seen_at = least(blocks.first_seen_at, new.first_seen_at),
                last_seen_at = greatest(blocks.last_seen_at, new.last_seen_at)
            FROM (SELECT publisher, hash, count(*) AS articles,
                         min(first_seen_at) AS first_seen_at, max(first_seen_at) AS last_seen_at
                  FROM incoming SEMI JOIN internal.blocks USING (publisher, hash)
                  JOIN (SELECT article_id, first_seen_at FROM articles) USING (article_id)
                  GROUP BY ALL) AS new
            WHERE blocks.publisher = new.publisher AND blocks.hash = new.hash
            """
        )
    add_learnt(connection, learnt)


def forget_sightings(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> None:
    """These articles hold other blocks now, which are to be kept next. Whether what they held is
    still boilerplate is looked at again by one of the articles that still hold it."""
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        connection.execute(
            """
            UPDATE internal.blocks SET articles = blocks.articles - gone.articles
            FROM (SELECT publisher, hash, count(*) AS articles
                  FROM internal.block_sightings SEMI JOIN incoming USING (article_id)
                  GROUP BY ALL) AS gone
            WHERE blocks.publisher = gone.publisher AND blocks.hash = gone.hash
            """
        )
        connection.execute(
            """
            INSERT INTO internal.unsettled
            SELECT DISTINCT 'learn', holder
            FROM (SELECT publisher, hash, min(seen.article_id) AS holder
                  FROM internal.block_sightings AS seen ANTI JOIN incoming USING (article_id)
                  SEMI JOIN (SELECT publisher, hash FROM internal.block_sightings
                             SEMI JOIN incoming USING (article_id)
                             SEMI JOIN internal.blocks USING (publisher, hash)
                  ) AS gone USING (publisher, hash)
                  GROUP BY publisher, hash)
            """
        )
        connection.execute(
            "DELETE FROM internal.block_sightings "
            "WHERE article_id IN (SELECT article_id FROM incoming)"
        )


def forget_unheld(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop boilerplate that no article holds any more, unless a person has spoken of it."""
    connection.execute("DELETE FROM internal.blocks WHERE articles = 0 AND NOT forgotten")


def add_learnt(connection: duckdb.DuckDBPyConnection, learnt: Mapping[Key, str]) -> None:
    """These blocks, with their text, are boilerplate from now on."""
    if not learnt:
        return
    rows = [(*key, text) for key, text in learnt.items()]
    with incoming(connection, {**KEY_COLUMNS, "text": TEXT}, rows):
        connection.execute(
            """
            INSERT INTO internal.blocks BY NAME
            SELECT publisher, hash, any_value(text) AS text, count(*) AS articles,
                   min(first_seen_at) AS first_seen_at, max(first_seen_at) AS last_seen_at
            FROM internal.block_sightings JOIN incoming USING (publisher, hash)
            JOIN (SELECT article_id, first_seen_at FROM articles) USING (article_id)
            GROUP BY ALL
            """
        )


def boilerplate_of(
    connection: duckdb.DuckDBPyConnection, publishers: Sequence[str]
) -> dict[str, frozenset[int]]:
    """The hashes of these publishers' boilerplate."""
    with incoming(connection, {"publisher": TEXT}, [(name,) for name in publishers]):
        rows = connection.execute(
            "SELECT publisher, list(hash) FROM internal.blocks SEMI JOIN incoming "
            "USING (publisher) WHERE NOT forgotten GROUP BY publisher"
        ).fetchall()
    return {publisher: frozenset(numbers) for publisher, numbers in rows}


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """A row of `boilerplate`, with the block's hash as 16 hexadecimal digits."""

    publisher: str
    hash: str
    text: str
    articles: int
    first_seen_at: datetime
    last_seen_at: datetime
    active: bool

    @property
    def key(self) -> Key:
        return self.publisher, int(self.hash, 16)


def known_blocks(
    connection: duckdb.DuckDBPyConnection, publisher: str | None = None
) -> list[KnownBlock]:
    """The boilerplate of a publisher, or of all, what is held by most articles first."""
    rows = connection.execute(
        "SELECT publisher, hash, text, articles, first_seen_at, last_seen_at, NOT forgotten "
        "FROM internal.blocks WHERE publisher = $publisher OR $publisher IS NULL "
        "ORDER BY publisher, articles DESC, text",
        {"publisher": publisher},
    ).fetchall()
    return [KnownBlock(name, f"{number:016x}", *row) for name, number, *row in rows]


def set_forgotten(connection: duckdb.DuckDBPyConnection, keys: Sequence[Key], value: bool) -> None:
    """Whether these blocks belong to the articles, by a person's word."""
    with incoming(connection, KEY_COLUMNS, keys):
        connection.execute(
            "UPDATE internal.blocks SET forgotten = ? FROM incoming "
            "WHERE blocks.publisher = incoming.publisher AND blocks.hash = incoming.hash",
            [value],
        )


def holders_of(connection: duckdb.DuckDBPyConnection, keys: Sequence[Key]) -> list[str]:
    """The articles that came with these blocks."""
    with incoming(connection, KEY_COLUMNS, keys):
        rows = connection.execute(
            "SELECT DISTINCT article_id FROM internal.block_sightings SEMI JOIN incoming "
            "USING (publisher, hash) ORDER BY article_id"
        ).fetchall()
    return [row[0] for row in rows]


def add_removed(
    connection: duckdb.DuckDBPyConnection, removed: Mapping[str, Sequence[RemovedBlock]]
) -> None:
    """Keep what was taken out of articles (by id) that had nothing taken out before."""
    if not any(removed.values()):
        return
    rows = [
        (article_id, number, cut.at, cut.text, cut.hash)
        for article_id, cuts in removed.items()
        for number, cut in enumerate(cuts)
    ]
    columns = {
        "article_id": TEXT,
        "number": pa.int16(),
        "place": pa.int32(),
        "text": TEXT,
        "hash": pa.uint64(),
    }
    with incoming(connection, columns, rows):
        connection.execute("INSERT INTO internal.removed_blocks BY NAME FROM incoming")


def removed_blocks(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> dict[str, tuple[RemovedBlock, ...]]:
    """What was taken out of these articles, in order; those without are left out."""
    if not article_ids:
        return {}
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(_REMOVED).fetchall()
    return {name: tuple(RemovedBlock(*cut) for cut in cuts) for name, cuts in rows}


_REMOVED = f"""
SELECT article_id, list((place, text, hash) ORDER BY number)
FROM internal.removed_blocks WHERE {of_incoming("internal.removed_blocks")}
GROUP BY article_id
"""  # noqa: S608 - our own text


def held_texts(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> list[HeldText]:
    """The texts of these articles."""
    if not article_ids:
        return []
    with incoming(connection, {"article_id": TEXT}, [(name,) for name in article_ids]):
        rows = connection.execute(_HELD_TEXTS).fetchall()
    removed = removed_blocks(connection, article_ids)
    return [
        HeldText(name, publisher, lead, body, removed.get(name, ()), matched)
        for name, publisher, lead, body, matched in rows
    ]


_HELD_TEXTS = f"""
SELECT article_id, publisher, lead, body, content_status IN ('full', 'teaser')
FROM articles WHERE {of_incoming("articles")}
ORDER BY article_id
"""  # noqa: S608 - our own text


def rewrite_texts(connection: duckdb.DuckDBPyConnection, texts: Sequence[CleanedText]) -> None:
    """Articles cleaned again: their text, what was taken out of it, and their sketch."""
    if not texts:
        return
    columns = {
        "article_id": TEXT,
        "lead": TEXT,
        "body": TEXT,
        "word_count": pa.int32(),
        "content_hash": TEXT,
    }
    rows = [tuple(getattr(text, column) for column in columns) for text in texts]
    with incoming(connection, columns, rows):
        connection.execute(
            """
            UPDATE articles SET lead = incoming.lead, body = incoming.body,
                                word_count = incoming.word_count,
                                content_hash = incoming.content_hash
            FROM incoming WHERE articles.article_id = incoming.article_id
            """
        )
        connection.execute(
            "DELETE FROM internal.removed_blocks "
            "WHERE article_id IN (SELECT article_id FROM incoming)"
        )
    add_removed(connection, {text.article_id: text.removed for text in texts})
    remove_sketches(connection, [text.article_id for text in texts])
    add_sketches(connection, [(text.article_id, text.sketch) for text in texts])
