"""The tables that analysts rely on: names, order and types of columns, comments, closed lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from storage_cases import (
    NOW,
    ROOT,
    article,
    entry,
    follow_feeds,
    followed,
    load,
    new_database,
    polled,
    record,
)

from ingest.errors import (
    OUTCOME_KINDS,
    BrokenFeed,
    FetchError,
    NotAFeed,
    NotHtml,
    ParseCrashed,
    ParseDeadline,
    ParseFailed,
    Postponed,
)
from storage.database import Connection, Database
from storage.publish import publish
from storage.schema_document import schema_document

CONTRACT = {
    "publishers": """
        publisher VARCHAR, name VARCHAR, aliases VARCHAR[], feeds INTEGER, articles INTEGER,
        first_seen_at TIMESTAMPTZ""",
    "feeds": """
        feed_id VARCHAR, url VARCHAR, current_url VARCHAR, publisher VARCHAR, title VARCHAR,
        site_url VARCHAR, format VARCHAR, language VARCHAR, tags VARCHAR[], active BOOLEAN,
        added_at TIMESTAMPTZ, last_poll_at TIMESTAMPTZ, next_poll_at TIMESTAMPTZ,
        poll_interval INTERVAL, last_outcome VARCHAR, last_error VARCHAR,
        consecutive_failures INTEGER, entries_seen BIGINT, next_poll_reason VARCHAR,
        overflows INTEGER""",
    "polls": """
        poll_id VARCHAR, run_id VARCHAR, feed_id VARCHAR, started_at TIMESTAMPTZ,
        elapsed_ms INTEGER, outcome VARCHAR, http_status SMALLINT, bytes BIGINT,
        entries_seen INTEGER, entries_new INTEGER, error VARCHAR, overflowed BOOLEAN""",
    "entries": """
        entry_id VARCHAR, feed_id VARCHAR, guid VARCHAR, url VARCHAR, title VARCHAR,
        summary VARCHAR, authors VARCHAR[], published_at TIMESTAMPTZ, published_raw VARCHAR,
        first_seen_at TIMESTAMPTZ, status VARCHAR, reason VARCHAR, attempts INTEGER,
        next_attempt_at TIMESTAMPTZ, article_id VARCHAR""",
    "articles": """
        article_id VARCHAR, url VARCHAR, canonical_url VARCHAR, declared_canonical_url VARCHAR,
        publisher VARCHAR, title VARCHAR, authors VARCHAR[], published_at TIMESTAMPTZ,
        published_precision VARCHAR, published_source VARCHAR, sort_at TIMESTAMPTZ,
        modified_at TIMESTAMPTZ, first_seen_at TIMESTAMPTZ, fetched_at TIMESTAMPTZ,
        found_by VARCHAR, language VARCHAR, lead VARCHAR, body VARCHAR, word_count INTEGER,
        tags VARCHAR[], section VARCHAR, image_url VARCHAR, credits VARCHAR[],
        credit_source VARCHAR, rights VARCHAR, content_status VARCHAR, content_hash VARCHAR,
        extractor VARCHAR, story_id VARCHAR, role VARCHAR""",
    "stories": """
        story_id VARCHAR, representative_article_id VARCHAR, original_article_id VARCHAR,
        original_status VARCHAR, original_credit VARCHAR, title VARCHAR, language VARCHAR,
        first_published_at TIMESTAMPTZ, last_published_at TIMESTAMPTZ, article_count INTEGER,
        publisher_count INTEGER, changed_at TIMESTAMPTZ""",
    "article_versions": """
        article_id VARCHAR, version INTEGER, seen_at TIMESTAMPTZ, title VARCHAR, body VARCHAR,
        change VARCHAR""",
    "publisher_days": """
        publisher VARCHAR, day DATE, polls INTEGER, polls_failed INTEGER, entries INTEGER,
        articles INTEGER, stories INTEGER, reprints INTEGER""",
    "article_links": """
        from_article_id VARCHAR, to_article_id VARCHAR, relation VARCHAR, containment DOUBLE,
        evidence JSON""",
    "story_redirects": """
        old_story_id VARCHAR, story_id VARCHAR, reason VARCHAR, at TIMESTAMPTZ""",
    "story_overrides": """
        article_id VARCHAR, other_article_id VARCHAR, verdict VARCHAR, reason VARCHAR,
        decided_by VARCHAR, decided_at TIMESTAMPTZ""",
    "reprints": """
        article_id VARCHAR, story_id VARCHAR, original_article_id VARCHAR, relation VARCHAR,
        containment DOUBLE, similarity DOUBLE, lag INTERVAL, added_text VARCHAR, evidence JSON""",
    "boilerplate": """
        publisher VARCHAR, text VARCHAR, articles INTEGER, first_seen_at TIMESTAMPTZ,
        last_seen_at TIMESTAMPTZ, active BOOLEAN""",
    "runs": """
        run_id VARCHAR, kind VARCHAR, flow_run_id VARCHAR, started_at TIMESTAMPTZ,
        finished_at TIMESTAMPTZ, outcome VARCHAR, feeds INTEGER, entries INTEGER, pages INTEGER,
        articles INTEGER, stories INTEGER, reprints INTEGER, errors INTEGER, rechecks INTEGER,
        edits INTEGER""",
    "backfills": """
        backfill_id VARCHAR, source VARCHAR, since TIMESTAMPTZ, until TIMESTAMPTZ, filters JSON,
        created_at TIMESTAMPTZ, status VARCHAR""",
    "backfill_shards": """
        backfill_id VARCHAR, shard VARCHAR, status VARCHAR, pages INTEGER, articles INTEGER,
        started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, attempts INTEGER, error VARCHAR""",
    "snapshot": """
        taken_at TIMESTAMPTZ, run_id VARCHAR, schema_version INTEGER, wirecopy_version VARCHAR""",
}


VIEWS = {
    "boilerplate",
    "article_edits",
    "article_versions",
    "coverage_daily",
    "feed_health",
    "first_to_publish",
    "headline_changes",
    "rechecks",
    "republication_edges",
    "story_timeline",
    "unique_articles",
    "wire_share",
}
MACROS = {
    "as_of",
    "folded",
    "paragraphs_missing",
    "poll_failed",
    "search",
    "utc_day",
    "word_triples",
    "worded_differently",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """One article, from feed to story, and a snapshot of it."""
    made = new_database(tmp_path_factory.mktemp("schema") / "home")
    with made.write() as connection:
        follow_feeds(connection, followed("a.example", tags=["agency"]))
        load(connection, [article("a.example/1")])
        record(connection, polled("a.example", entry("https://a.example/1")))
    publish(made, run_id=None, wirecopy_version="1.2.3", now=NOW)
    return made


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """The published file, as an analyst opens it."""
    with duckdb.connect(str(database.home.published), read_only=True) as opened:
        yield opened


@pytest.fixture
def scratch(tmp_path: Path, database: Database) -> Iterator[Connection]:
    """A copy of the published file that may be written to."""
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(database.home.published.read_bytes())
    with duckdb.connect(str(copy)) as opened:
        yield opened


@pytest.mark.parametrize("table", CONTRACT)
def test_a_table_has_the_contracts_columns_in_its_order(connection: Connection, table: str) -> None:
    wanted = [tuple(column.split()) for column in CONTRACT[table].split(",")]
    found = connection.execute(
        "SELECT column_name, replace(data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ') "
        "FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    assert found == wanted


def test_main_holds_the_contracts_tables_and_nothing_of_the_pipelines_own(
    connection: Connection,
) -> None:
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
    ).fetchall()
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"
    ).fetchall()
    assert {name for (name,) in views} == VIEWS
    assert {name for (name,) in found} == set(CONTRACT) - VIEWS


def test_every_table_and_column_says_what_it_means(connection: Connection) -> None:
    tables = connection.execute(
        "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() "
        "UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() "
        "WHERE NOT internal"
    ).fetchall()
    columns = connection.execute(
        "SELECT schema_name || '.' || table_name || '.' || column_name, comment "
        "FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    views = connection.execute(
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    macros = connection.execute(
        "SELECT DISTINCT function_name, comment FROM duckdb_functions() WHERE NOT internal"
    ).fetchall()
    assert len(columns) > 150
    assert {name for name, _ in macros} == MACROS
    said = tables + views + macros + columns
    assert not [name for name, comment in said if not (comment or "").endswith(".")]


def test_what_may_be_null_is_said_in_its_comment(connection: Connection) -> None:
    nullable = connection.execute(
        "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() "
        "WHERE NOT internal AND is_nullable "
        "AND table_name NOT IN (SELECT view_name FROM duckdb_views() WHERE NOT internal)"
    ).fetchall()
    silent = [name for name, comment in nullable if "NULL" not in comment]
    assert not silent


def test_times_know_their_zone_lists_are_never_null_and_ids_are_text(
    connection: Connection,
) -> None:
    columns = connection.execute(
        "SELECT table_name || '.' || column_name, data_type, "
        "is_nullable AND table_name NOT IN (SELECT view_name FROM duckdb_views()) "
        "FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    wrong = [
        name
        for name, kind, nullable in columns
        if (name.endswith("_at") and kind != "TIMESTAMP WITH TIME ZONE")
        or kind == "TIMESTAMP"
        or (kind.endswith("[]") and nullable)
        or (name.endswith("_id") and kind != "VARCHAR")
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("feeds", "format", "html"),
        ("entries", "status", "waiting"),
        ("articles", "published_precision", "week"),
        ("articles", "published_source", "guess"),
        ("articles", "found_by", "chance"),
        ("articles", "content_status", "good"),
        ("articles", "role", "copy"),
        ("stories", "original_status", "maybe"),
        ("runs", "kind", "lunch"),
        ("runs", "outcome", "fine"),
    ],
)
def test_closed_lists_are_closed(scratch: Connection, table: str, column: str, value: str) -> None:
    with pytest.raises(duckdb.ConstraintException):
        scratch.execute(f"UPDATE {table} SET {column} = ?", [value])


@pytest.mark.parametrize(
    "change",
    [
        "entries SET article_id = NULL",
        "entries SET status = 'rejected', article_id = NULL",
        "stories SET original_status = 'not_held'",
        "articles SET authors = NULL",
    ],
)
def test_rows_that_contradict_themselves_are_refused(scratch: Connection, change: str) -> None:
    with pytest.raises(duckdb.ConstraintException):
        scratch.execute(f"UPDATE {change}")


def test_the_comment_of_outcome_names_every_way_a_poll_can_end(connection: Connection) -> None:
    (comment,) = connection.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'polls' "
        "AND column_name = 'outcome'"
    ).fetchall()[0]
    # One is of pages alone, the other never recorded.
    fetching = set(kinds(FetchError)) - {NotHtml.kind, Postponed.kind}
    parsing = {NotAFeed, BrokenFeed}
    parsing |= {ParseDeadline, ParseCrashed, ParseFailed}
    ends = {"new_entries", "no_change", "not_modified"} | fetching | {one.kind for one in parsing}
    words = set(comment.replace(",", " ").replace(".", " ").replace(":", " ").split())
    assert ends - words == set()
    assert fetching <= OUTCOME_KINDS


def kinds(error: type[FetchError]) -> Iterator[str]:
    for sub in error.__subclasses__():
        yield sub.kind
        yield from kinds(sub)


def test_the_published_file_means_the_same_in_another_time_zone(connection: Connection) -> None:
    connection.execute("SET TimeZone = 'America/New_York'")
    times, days = connection.execute(
        "SELECT list(published_at), list((published_at AT TIME ZONE 'UTC')::DATE) FROM articles"
    ).fetchall()[0]
    assert times == [NOW]
    assert days == [NOW.date()]
    for table in CONTRACT:
        connection.execute(f"FROM {table}").fetchall()
    zone = connection.execute("SELECT taken_at::VARCHAR FROM snapshot").fetchall()[0][0]
    assert zone == "2026-11-20 07:00:00-05"


def test_the_published_file_is_in_the_format_of_older_clients(connection: Connection) -> None:
    tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert tags == [({"storage_version": "v1.2.0+"},)]


def test_the_schemas_document_is_current() -> None:
    assert (ROOT / "docs" / "schema.md").read_text(encoding="utf-8") == schema_document(), (
        "run `make docs`"
    )
