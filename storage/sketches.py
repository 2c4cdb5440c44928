"""Sketches of stored articles: kept, shortened, removed, and searched for shared hashes.

A row has the number that an article's id spells, not the id: a search reads every row, and numbers
take a fifth of the room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from storage.arrow import TEXT, incoming
from storage.rows import one_row

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Of ids, after their first letter: a number in base 32."""

HASHES_KEPT = 32
"""So many of an article's sketch are kept; a new article is looked up with all its hashes, since a
longer or shorter copy has others among its smallest. On 4,000 generated documents 32 kept and two
shared find 99.96% of the true pairs, as did 48 and three in half the time."""

OLD_HASHES_KEPT = 16
"""So many of an old article's: it is still found for 99.2% of its copies (on 1,000 generated
documents; 99.8% with 32), in half the time."""

OLD_AFTER = timedelta(days=30)
"""Most copies follow within days; a search reads every hash, and most articles are old."""

SHARED_HASHES = 2
"""A pair with fewer sketch hashes in common is not looked at. One may be chance: among a million
articles a new one has three such."""

CANDIDATES_EACH = 24
"""At most so many stored articles are looked at for each new one, the most alike first."""

COMMON_HASH_STORIES = 50
"""A hash found in more stories than this says nothing: a frame or a phrase of the language."""

ARTICLE_ID = "'a' || " + " || ".join(
    f"substr('{DIGITS}', 1 + (article_number >> {shift} & 31)::INTEGER, 1)"
    for shift in range(60, -1, -5)
)
"""SQL: the article id that a number spells."""

PART_ROWS = 1_000_000
"""So many rows are looked at in one transaction, so that memory stays flat."""

Sketches = Iterable[tuple[str, Sequence[int]]]
"""Article ids, each with its sketch."""


def add_sketches(connection: duckdb.DuckDBPyConnection, sketches: Sketches) -> None:
    """Keep the sketches of articles that have none."""
    rows = [
        (number, article)
        for article, sketch in ((_number(name), sketch) for name, sketch in sketches)
        for number in sketch[:HASHES_KEPT]
    ]
    with incoming(connection, {"hash": pa.uint32(), "article_number": pa.uint64()}, rows):
        connection.execute("INSERT INTO internal.sketches BY NAME FROM incoming")


def sketch_parts(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """In which order parts of the sketches are to be shortened: the last first, since removing rows
    may give those after them other numbers."""
    rows = one_row(connection, "SELECT max(rowid) FROM internal.sketches")[0]
    return list(range((rows or 0) // PART_ROWS, -1, -1))


def shorten_sketches(connection: duckdb.DuckDBPyConnection, part: int, *, now: datetime) -> int:
    """Leave of the sketches of articles that came OLD_AFTER ago or earlier what tells most of them,
    which was kept first; of how many articles. Those of this part are looked at: rows that came one
    after the other, since rows removed here and there would stay in memory."""
    connection.execute(
        _TOO_MUCH,
        {
            "first": part * PART_ROWS,
            "last": (part + 1) * PART_ROWS - 1,
            "keep": OLD_HASHES_KEPT,
            "before": now - OLD_AFTER,
        },
    )
    shortened = one_row(connection, "SELECT count(DISTINCT article_number) FROM too_much")[0]
    if shortened:
        connection.execute(
            "DELETE FROM internal.sketches WHERE rowid IN (SELECT row FROM too_much)"
        )
    connection.execute("DROP TABLE too_much")
    return int(shortened)


def remove_sketches(connection: duckdb.DuckDBPyConnection, article_ids: Iterable[str]) -> int:
    """Remove the sketches of these articles; how many rows."""
    rows = [(_number(name),) for name in article_ids]
    with incoming(connection, {"article_number": pa.uint64()}, rows):
        removed = connection.execute(
            "DELETE FROM internal.sketches WHERE article_number IN (FROM incoming)"
        ).fetchall()
    return int(removed[0][0])


def stored_sketches(
    connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]
) -> list[tuple[int, str]]:
    """What is kept of the sketches of these articles: hash and article id."""
    names = {_number(name): name for name in article_ids}
    with incoming(connection, {"article_number": pa.uint64()}, [(number,) for number in names]):
        found = connection.execute(
            "SELECT hash, article_number FROM internal.sketches SEMI JOIN incoming "
            "USING (article_number)"
        ).fetchall()
    return [(number, names[article]) for number, article in found]


def alike(
    connection: duckdb.DuckDBPyConnection,
    sketches: Sequence[tuple[int, str]],
    again: Collection[str] = (),
) -> list[tuple[str, str]]:
    """Pairs of an article with these hashes and a stored one, none of `again`, the most alike
    first."""
    with (
        incoming(connection, {"hash": pa.uint32(), "new_id": TEXT}, sketches),
        incoming(connection, {"article_id": TEXT}, [(name,) for name in again], name="again"),
    ):
        return connection.execute(
            _PAIRS,
            {"common": COMMON_HASH_STORIES, "shared": SHARED_HASHES, "each": CANDIDATES_EACH},
        ).fetchall()


def _number(article_id: str) -> int:
    """The number that an article id spells."""
    number = 0
    for digit in article_id[1:]:
        number = number * len(DIGITS) + DIGITS.index(digit)
    return number


_TOO_MUCH = f"""
CREATE TEMP TABLE too_much AS
WITH long AS MATERIALIZED (
    SELECT article_number FROM internal.sketches WHERE rowid BETWEEN $first AND $last
    GROUP BY article_number HAVING count(*) > $keep
),
old AS MATERIALIZED (
    SELECT article_number
    FROM articles JOIN (SELECT article_number, {ARTICLE_ID} AS article_id FROM long)
    USING (article_id)
    WHERE first_seen_at <= $before
)
SELECT row, article_number
FROM (
    SELECT rowid AS row, article_number,
           row_number() OVER (PARTITION BY article_number ORDER BY rowid) AS place
    FROM internal.sketches SEMI JOIN old USING (article_number)
    WHERE rowid BETWEEN $first AND $last
)
WHERE place > $keep
"""  # noqa: S608

_PAIRS = f"""
WITH found AS MATERIALIZED (
    SELECT hash, new_id, article_number FROM internal.sketches JOIN incoming USING (hash)
),
named AS MATERIALIZED (
    SELECT article_number, {ARTICLE_ID} AS article_id
    FROM (SELECT DISTINCT article_number FROM found)
),
hits AS MATERIALIZED (
    SELECT hash, new_id, article_id
    FROM found JOIN named USING (article_number)
    WHERE article_id <> new_id AND article_id NOT IN (SELECT article_id FROM again)
),
rarity AS (
    SELECT hash, count(DISTINCT story_id) AS stories
    FROM (SELECT DISTINCT hash, article_id FROM hits) JOIN articles USING (article_id)
    GROUP BY hash
)
SELECT new_id, article_id
FROM hits JOIN rarity USING (hash)
WHERE stories <= $common
GROUP BY new_id, article_id
HAVING count(*) >= $shared
QUALIFY row_number() OVER (PARTITION BY new_id
                             ORDER BY sum(1.0 / stories) DESC, article_id) <= $each
ORDER BY new_id, sum(1.0 / stories) DESC, article_id
"""  # noqa: S608
