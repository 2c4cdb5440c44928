"""Sketches of stored articles: kept, removed, and searched for what shares hashes with a batch.

A row has the number that an article's id spells, not the id: a search reads every row, and numbers
take a fifth of the room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import duckdb
import pyarrow as pa

from storage.arrow import TEXT, incoming

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Of ids, after their first letter: a number in base 32."""

HASHES_KEPT = 32
"""So many of an article's sketch are kept; a new article is looked up with all its hashes, since a
longer or shorter copy has others among its smallest. On 4,000 generated documents 32 kept and two
shared find 99.96% of the true pairs, as did 48 and three in half the time."""

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
