"""What a reprocess has to read again: a queue in the database, for any run to go on with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import ArchivePlace, FeedEntry, WantedPage
from storage.arrow import TEXT, incoming
from storage.rows import one_row


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be done again. `since` (inclusive) and `until` (exclusive) bound articles.sort_at;
    None leaves open. `extraction`: read the kept pages again; `matching`: judge stories again."""

    since: datetime | None = None
    until: datetime | None = None
    publisher: str | None = None
    extraction: bool = True
    matching: bool = True

    def as_json(self) -> str:
        """The same text for the same scope."""
        bounds = [at.isoformat() if at else None for at in (self.since, self.until)]
        return json.dumps([*bounds, self.publisher, self.extraction, self.matching])


@dataclass(frozen=True, slots=True)
class Begun:
    """A reprocess under way: how much there was to read, how much is left, and what came of what
    is done. `resumed`: an earlier run had begun it."""

    resumed: bool
    total: int
    left: int
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Queued:
    """An article whose page is to be read again, or (by the key of its address) a page that has
    given no article."""

    number: int
    article_id: str | None
    url_key: str | None


def begin(connection: duckdb.DuckDBPyConnection, scope: Scope, *, now: datetime) -> Begun:
    """Go on with what was begun with this scope, or begin it. What was begun with another is given
    up: what it has done stays."""
    under_way = connection.execute("SELECT scope::VARCHAR FROM internal.reprocessing").fetchall()
    resumed = [(scope.as_json(),)] == under_way
    if not resumed:
        end(connection)
        connection.execute("DELETE FROM internal.reprocess_queue")
        bounds = {"since": scope.since, "until": scope.until, "publisher": scope.publisher}
        if scope.extraction:
            connection.execute(_FILL, bounds)
        if scope.matching:
            connection.execute(_MARK, bounds)
        connection.execute(
            "INSERT INTO internal.reprocessing "
            "SELECT $scope, $now, (SELECT count(*) FROM internal.reprocess_queue), '{}'",
            {"scope": scope.as_json(), "now": now},
        )
    total, left, counts = one_row(
        connection,
        "SELECT total, (SELECT count(*) FROM internal.reprocess_queue), counts::VARCHAR "
        "FROM internal.reprocessing",
    )
    return Begun(resumed, total, left, Counter(json.loads(counts)))


_IN_SCOPE = """
    (dated >= $since OR $since IS NULL) AND (dated < $until OR $until IS NULL)
    AND (publisher = $publisher OR $publisher IS NULL)
"""

_FILL = f"""
INSERT INTO internal.reprocess_queue
SELECT row_number() OVER (ORDER BY place.file, place."offset", article_id, url_key),
       article_id, url_key
FROM (
    SELECT article_id, NULL AS url_key, place
    FROM (SELECT article_id, sort_at AS dated, publisher FROM articles)
    LEFT JOIN (SELECT article_id, arg_max(raw_pages, fetched_at) AS place
               FROM internal.article_urls JOIN internal.raw_pages USING (url_key)
               GROUP BY article_id) USING (article_id)
    WHERE {_IN_SCOPE}
    UNION ALL
    SELECT NULL, url_key, place
    FROM (SELECT url_key, arg_max(raw_pages, fetched_at) AS place FROM internal.raw_pages
          ANTI JOIN internal.article_urls USING (url_key) GROUP BY url_key)
    WHERE url_key IN (
        SELECT url_key
        FROM (SELECT entry_id, feed_id, coalesce(published_at, first_seen_at) AS dated
              FROM entries WHERE status = 'rejected')
        JOIN (SELECT entry_id, url_key FROM internal.entry_keys) USING (entry_id)
        JOIN (SELECT feed_id, publisher FROM feeds) USING (feed_id)
        WHERE {_IN_SCOPE})
)
"""  # noqa: S608 - our own text

_MARK = f"""
INSERT INTO internal.unsettled
SELECT step, article_id
FROM (SELECT article_id, sort_at AS dated, publisher FROM articles)
CROSS JOIN (VALUES ('learn'), ('judge')) AS steps(step)
WHERE {_IN_SCOPE}
"""  # noqa: S608 - our own text


def queued(connection: duckdb.DuckDBPyConnection, after: int, limit: int) -> list[Queued]:
    """The next that are to be read, with greater numbers than `after`."""
    rows = connection.execute(
        "SELECT number, article_id, url_key FROM internal.reprocess_queue WHERE number > ? "
        "ORDER BY number LIMIT ?",
        [after, limit],
    ).fetchall()
    return [Queued(*row) for row in rows]


def still_queued(connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> set[int]:
    """Those of these that no other run has done meanwhile."""
    with incoming(connection, {"number": pa.int32()}, [(number,) for number in numbers]):
        rows = connection.execute(
            "SELECT number FROM internal.reprocess_queue SEMI JOIN incoming USING (number)"
        ).fetchall()
    return {number for (number,) in rows}


def settle_queued(
    connection: duckdb.DuckDBPyConnection, numbers: Sequence[int], counts: Mapping[str, int]
) -> None:
    """These are done, and this came of them."""
    with incoming(connection, {"number": pa.int32()}, [(number,) for number in numbers]):
        connection.execute(
            "DELETE FROM internal.reprocess_queue WHERE number IN (SELECT number FROM incoming)"
        )
    held = connection.execute("SELECT counts::VARCHAR FROM internal.reprocessing").fetchall()
    if held:
        total = Counter(json.loads(held[0][0])) + Counter(counts)
        connection.execute("UPDATE internal.reprocessing SET counts = ?", [json.dumps(total)])


def end(connection: duckdb.DuckDBPyConnection) -> None:
    """All is done."""
    connection.execute("DELETE FROM internal.reprocessing")


def pages_without_article(
    connection: duckdb.DuckDBPyConnection, url_keys: Sequence[str]
) -> list[WantedPage]:
    """Those of these pages that are kept, have given no article, and whose entries were rejected;
    with what the first of the entries said."""
    with incoming(connection, {"url_key": TEXT}, [(key,) for key in url_keys]):
        rows = connection.execute(_WITHOUT_ARTICLE).fetchall()
    return [
        WantedPage(
            url_key=key,
            url=url,
            entry=FeedEntry(
                guid=None,
                url=url,
                title=title,
                summary=summary,
                authors=tuple(authors),
                published_at=published_at,
                published_raw=raw,
            ),
            attempts=0,
            first_seen_at=first_seen_at,
            archived=ArchivePlace(file, offset, length),
        )
        for (key, url, title, summary, authors, published_at, raw, first_seen_at, file, offset,
             length) in rows
    ]  # fmt: skip


_WITHOUT_ARTICLE = """
WITH listed AS (
    SELECT url_key, arg_min(entries, (first_seen_at, entry_id)) AS entry
    FROM entries JOIN (SELECT entry_id, url_key FROM internal.entry_keys) USING (entry_id)
    SEMI JOIN incoming USING (url_key)
    WHERE status = 'rejected'
    GROUP BY url_key
),
raw AS (
    SELECT url_key, arg_max(raw_pages, fetched_at) AS place
    FROM internal.raw_pages SEMI JOIN incoming USING (url_key) GROUP BY url_key
)
SELECT url_key, entry.url, entry.title, entry.summary, entry.authors, entry.published_at,
       entry.published_raw, entry.first_seen_at, place.file, place."offset", place.length
FROM listed JOIN raw USING (url_key) ANTI JOIN internal.article_urls USING (url_key)
ORDER BY url_key
"""


def settle_rejected(connection: duckdb.DuckDBPyConnection, articles: Mapping[str, str]) -> None:
    """Rejected entries whose pages (URL key to article id) have given an article after all."""
    with incoming(connection, {"url_key": TEXT, "article_id": TEXT}, list(articles.items())):
        connection.execute(
            """
            UPDATE entries SET status = 'done', reason = NULL, next_attempt_at = NULL,
                               article_id = incoming.article_id
            FROM internal.entry_keys JOIN incoming USING (url_key)
            WHERE entries.entry_id = entry_keys.entry_id AND status = 'rejected'
            """
        )
