"""Removing what was forgotten on request, and remembering that it is refused."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.types import ArchivePlace
from storage.arrow import TEXT, incoming
from storage.database import ROW_GROUP_ROWS as GROUP
from storage.database import STORAGE_VERSION, Connection, Database
from storage.publishers import count_articles
from storage.sketches import remove_sketches


@dataclass(frozen=True, slots=True)
class Refusals:
    """Pages (by URL key) and publishers that are not taken in again."""

    pages: frozenset[str]
    publishers: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.pages or self.publishers)

    def cover(self, publisher: str, url_keys: Sequence[str]) -> bool:
        """Whether a page of that publisher, known by these keys, is refused."""
        return publisher in self.publishers or not self.pages.isdisjoint(url_keys)


def refusals(connection: Connection) -> Refusals:
    """All that is refused."""
    rows = connection.execute("SELECT kind, key FROM internal.refusals").fetchall()
    return Refusals(
        frozenset(key for kind, key in rows if kind == "page"),
        frozenset(key for kind, key in rows if kind == "publisher"),
    )


def refuse(
    connection: Connection, keys: Sequence[str], publisher: str | None, *, now: datetime
) -> None:
    """Remember pages (by URL key) and a publisher as refused."""
    rows = [("page", key) for key in keys] + ([("publisher", publisher)] if publisher else [])
    with incoming(connection, {"kind": TEXT, "key": TEXT}, rows):
        connection.execute(
            "INSERT INTO internal.refusals BY NAME SELECT DISTINCT kind, key, ? AS refused_at "
            "FROM incoming ANTI JOIN internal.refusals USING (kind, key)",
            [now],
        )


def known_by(
    connection: Connection, keys: Sequence[str], publisher: str | None
) -> dict[str, list[str]]:
    """The articles under these URL keys or of that publisher, each with all its keys."""
    with incoming(connection, {"url_key": TEXT}, [(key,) for key in keys]):
        rows = connection.execute(
            """
            SELECT article_id, list(url_key) FROM internal.article_urls
            WHERE article_id IN (SELECT article_id
                                 FROM internal.article_urls SEMI JOIN incoming USING (url_key)
                                 UNION SELECT article_id FROM articles WHERE publisher = $publisher)
            GROUP BY article_id
            """,
            {"publisher": publisher},
        ).fetchall()
    return dict(rows)


def listed_urls(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Every entry with a link: its id, the key of the link, the link, and its feed's publisher."""
    return connection.execute(
        "SELECT entry_id, url_key, entries.url, publisher FROM entries "
        "JOIN internal.entry_keys USING (entry_id) JOIN feeds ON feeds.feed_id = entries.feed_id "
        "WHERE url_key IS NOT NULL"
    ).fetchall()


def failed_urls(connection: Connection) -> list[str]:
    """Addresses of pages that backfills could not have."""
    rows = connection.execute("SELECT DISTINCT url FROM internal.backfill_failures").fetchall()
    return [url for (url,) in rows]


def remove_failures(connection: Connection, urls: Sequence[str]) -> int:
    """Delete what backfills say of these addresses; how many rows."""
    with incoming(connection, {"url": TEXT}, [(url,) for url in urls]):
        return _delete(connection, "internal.backfill_failures", "url IN (FROM incoming)")


def remove_rows(
    connection: Connection,
    article_ids: Sequence[str],
    entry_ids: Sequence[str],
    publisher: str | None,
) -> int:
    """Delete articles and entries, and whatever refers to them, in every table; how many rows.

    Stories that lose an article, but not their last, are to be judged anew by the caller.
    """
    with (
        incoming(connection, {"id": TEXT}, [(one,) for one in article_ids], name="gone_articles"),
        incoming(connection, {"id": TEXT}, [(one,) for one in entry_ids], name="gone_entries"),
    ):
        connection.execute(
            "CREATE TEMP TABLE gone_keys AS "
            "SELECT url_key FROM internal.article_urls WHERE article_id IN (FROM gone_articles) "
            "UNION SELECT url_key FROM internal.entry_keys WHERE entry_id IN (FROM gone_entries)"
        )
        rows = 0
        for table, column in _referring(connection):
            source = "gone_entries" if column == "entry_id" else "gone_articles"
            rows += _delete(connection, table, f"{column} IN (FROM {source})")
        rows += remove_sketches(connection, article_ids)
        rows += _delete(connection, "internal.raw_pages", "url_key IN (FROM gone_keys)")
        rows += _delete(connection, "stories", "story_id NOT IN (SELECT story_id FROM articles)")
        rows += _delete(
            connection, "story_redirects", "story_id NOT IN (SELECT story_id FROM stories)"
        )
        connection.execute("DROP TABLE gone_keys")
    if publisher:
        connection.execute("DELETE FROM publisher_days WHERE publisher = ?", [publisher])
        connection.execute("DELETE FROM internal.blocks WHERE publisher = ?", [publisher])
        connection.execute(
            "DELETE FROM publishers WHERE publisher = ? AND publisher NOT IN "
            "(SELECT publisher FROM feeds UNION SELECT publisher FROM articles)",
            [publisher],
        )
    _count_again(connection)
    return rows


def move_raw_pages(connection: Connection, moved: Mapping[tuple[str, int], ArchivePlace]) -> None:
    """Raw pages (by file and offset) lie elsewhere now."""
    columns = {
        "file": TEXT, "offset": pa.int64(), "new_file": TEXT, "new_offset": pa.int64(),
    }  # fmt: skip
    rows = [(file, offset, to.file, to.offset) for (file, offset), to in moved.items()]
    with incoming(connection, columns, rows):
        connection.execute(
            'UPDATE internal.raw_pages SET file = new_file, "offset" = new_offset FROM incoming '
            'WHERE raw_pages.file = incoming.file AND raw_pages."offset" = incoming."offset"'
        )


def compact(database: Database) -> None:
    """Write the working database anew: deleted rows stay in the free blocks of the old file."""
    home = database.home
    fresh = home.state / "compacted.duckdb"
    fresh.unlink(missing_ok=True)
    with database.hold():
        with duckdb.connect() as connection:
            for path, name in ((home.working, "old"), (fresh, "new")):
                place = str(path).replace("'", "''")
                options = f"(STORAGE_VERSION '{STORAGE_VERSION}', ROW_GROUP_SIZE {GROUP})"
                connection.execute(f"ATTACH '{place}' AS {name} {options}")
            connection.execute("COPY FROM DATABASE old TO new")
            connection.execute("CHECKPOINT new")
        os.replace(fresh, home.working)
        for kept in home.state.glob("working.schema-*.duckdb"):
            kept.unlink()


def _referring(connection: Connection) -> list[tuple[str, str]]:
    """Every column of a table that names an article or an entry."""
    rows: list[tuple[str, str]] = connection.execute(
        "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = current_database() AND NOT internal "
        "AND column_name IN ('article_id', 'other_article_id', 'from_article_id', "
        "                    'to_article_id', 'entry_id') "
        "AND (schema_name, table_name) NOT IN "
        "    (SELECT (schema_name, view_name) FROM duckdb_views()) ORDER BY ALL"
    ).fetchall()
    return rows


def _delete(connection: Connection, table: str, where: str) -> int:
    found = connection.execute(f"DELETE FROM {table} WHERE {where}").fetchall()  # noqa: S608
    return int(found[0][0])


def _count_again(connection: Connection) -> None:
    connection.execute(
        """
        UPDATE feeds SET entries_seen = counted.entries
        FROM (SELECT feeds.feed_id, count(entry_id) AS entries
              FROM feeds LEFT JOIN entries USING (feed_id) GROUP BY feeds.feed_id) AS counted
        WHERE feeds.feed_id = counted.feed_id AND feeds.entries_seen <> counted.entries
        """
    )
    connection.execute(
        "UPDATE internal.feed_state SET entries_known = least(entries_known, entries_seen) "
        "FROM feeds WHERE feeds.feed_id = feed_state.feed_id"
    )
    connection.execute(
        """
        UPDATE internal.blocks SET articles = counted.articles
        FROM (SELECT blocks.publisher, hash, count(article_id) AS articles
              FROM internal.blocks LEFT JOIN internal.block_sightings USING (publisher, hash)
              GROUP BY ALL) AS counted
        WHERE blocks.publisher = counted.publisher AND blocks.hash = counted.hash
          AND blocks.articles <> counted.articles
        """
    )
    connection.execute("UPDATE publishers SET articles = 0")
    publishers = connection.execute("SELECT publisher FROM publishers").fetchall()
    count_articles(connection, [publisher for (publisher,) in publishers])
    connection.execute("UPDATE internal.revision SET articles_revision = articles_revision + 1")
