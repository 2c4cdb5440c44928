"""The views and macros, each with the question it answers, asked of the published file by somebody
whose session is in another time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from storage_cases import (
    NOW,
    article,
    entry,
    failed,
    follow_feeds,
    followed,
    later,
    load,
    new_database,
    not_modified,
    polled,
    record,
    reprint,
    story,
    story_id,
)

from ingest.types import Article, ArticleVersion, StoryDecisions
from ingest.versions import describe_change
from storage.articles import add_articles
from storage.database import Connection, Database
from storage.publish import publish
from storage.stories import record_stories
from storage.versions import record_refetches, record_versions

# Half past three in the night in UTC: the evening before in New York.
NIGHT = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = (
    "The harbour master counted nine ships in the fog that morning.\n"
    "Nobody in the town could remember so many of them at once.\n"
    "The council will meet on Tuesday to talk about a longer pier."
)
FIRST, SECOND, THIRD = TEXT.split("\n")


def dated(address: str, at: datetime, **changes: Any) -> Article:
    return article(address, published_at=at, sort_at=at, first_seen_at=at, fetched_at=at, **changes)


WIRE = dated("wire.example/1", NIGHT, title="Nine ships in the fog", body=TEXT)
FULL = dated("copy.example/1", NIGHT + HOUR, title="NINE SHIPS, in the fog!", body=TEXT)
CUT = dated(
    "cutter.example/1",
    NIGHT + 3 * HOUR,
    title="Fog hides ships",
    body=f"{FIRST}\nHere we add a sentence of our own, to be helpful.",
    credits=("Wire",),
    credit_source="statement",
)
OTHER_WIRE = dated("wire.example/2", NIGHT + HOUR, title="A second story", body="Something else.")
OTHER_CUT = dated(
    "cutter.example/2", NIGHT + 2 * HOUR, title="A second story", body="Something else."
)
OLD = dated("copy.example/old", datetime(2026, 11, 17, 23, 0, tzinfo=UTC), title="Old Würste")
CREDITED = dated(
    "cutter.example/3", NIGHT, title="Credited", credits=("Reuters",), credit_source="byline"
)
DAY_ONLY = dated(
    "copy.example/day",
    datetime(2026, 11, 20, tzinfo=UTC),
    published_precision="day",
    title="A second story",
    body="Something else.",
)


def decisions() -> StoryDecisions:
    fog, second = story_id(WIRE), story_id(OTHER_WIRE)
    alone = (OLD, CREDITED)
    return StoryDecisions(
        stories=(
            story(WIRE, FULL, CUT),
            story(OTHER_WIRE, OTHER_CUT, DAY_ONLY),
            *(story(one) for one in alone),
        ),
        roles={
            WIRE.article_id: (fog, "original"),
            FULL.article_id: (fog, "reprint"),
            CUT.article_id: (fog, "reprint"),
            OTHER_WIRE.article_id: (second, "original"),
            OTHER_CUT.article_id: (second, "reprint"),
            DAY_ONLY.article_id: (second, "reprint"),
            **{one.article_id: (story_id(one), "original") for one in alone},
        },
        reprints=(
            reprint(FULL, WIRE),
            reprint(
                CUT,
                WIRE,
                relation="truncated",
                containment=0.4,
                added_text="Here we add a sentence of our own, to be helpful.",
            ),
            reprint(OTHER_CUT, OTHER_WIRE),
            reprint(DAY_ONLY, OTHER_WIRE, lag=None),
        ),
    )


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def poll_the_feeds(connection: Connection) -> None:
    """copy.example: read on the 18th and 19th, blocked on the 20th. wire.example: read on the
    20th only. stopped.example is never polled; empty.example has nothing to say."""
    names = ("copy.example", "wire.example", "stopped.example", "empty.example")
    follow_feeds(connection, *map(followed, names), now=on(18, 0))
    record(
        connection,
        polled(
            "copy.example",
            entry("https://copy.example/old", published_at=OLD.published_at),
            started_at=on(18),
        ),
        now=on(18),
    )
    record(connection, not_modified("copy.example", started_at=on(19)), now=on(19))
    record(connection, failed("copy.example", failures=1, started_at=on(20)), now=on(20))
    record(connection, failed("copy.example", failures=2, started_at=on(20, 14)), now=on(20, 14))
    record(
        connection,
        polled("wire.example", entry("https://wire.example/1"), started_at=on(20), elapsed_ms=40),
        polled("empty.example", started_at=on(20), outcome="no_change"),
        now=on(20),
    )
    follow_feeds(connection, *map(followed, names[:2]), followed(names[3]), now=on(20))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    made = new_database(tmp_path_factory.mktemp("views") / "home")
    with made.write() as connection:
        poll_the_feeds(connection)
        judged = decisions()
        everything = [WIRE, FULL, CUT, OTHER_WIRE, OTHER_CUT, DAY_ONLY, OLD, CREDITED]
        add_articles(connection, everything, judged.roles, now=NOW)
        record_stories(connection, judged, now=NOW)
        record_refetches(connection, {FULL.article_id: later(hours=5)})
        record_versions(connection, [version_of(WIRE, NIGHT + 2 * HOUR, "Ten ships", TEXT)])
        body = f"{FIRST}\n{THIRD}"
        record_versions(connection, [version_of(WIRE, NIGHT + 4 * HOUR, "Ten ships", body)])
    publish(made, run_id=None, wirecopy_version="1", now=NOW)
    return made


def version_of(one: Article, at: datetime, title: str, body: str) -> ArticleVersion:
    before = {NIGHT + 2 * HOUR: (one.title, one.body)}.get(at, ("Ten ships", TEXT))
    return ArticleVersion(
        article_id=one.article_id,
        seen_at=at,
        title=title,
        lead=one.lead,
        body=body,
        word_count=len(body.split()),
        content_hash="fedcba9876543210",
        modified_at=None,
        extractor="test 2",
        change=describe_change(*before, title, body),
    )


@pytest.fixture
def analyst(database: Database) -> Iterator[Connection]:
    with duckdb.connect(
        str(database.home.published),
        read_only=True,
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
    ) as connection:
        connection.execute("SET TimeZone = 'America/New_York'")
        yield connection


def ask(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def test_each_story_is_there_once(analyst: Connection) -> None:
    assert ask(
        analyst,
        "SELECT publisher, title, article_count, publisher_count FROM unique_articles "
        "ORDER BY first_published_at, publisher",
    ) == [
        ("copy.example", "Old Würste", 1, 1),
        ("wire.example", "A second story", 3, 3),
        ("cutter.example", "Credited", 1, 1),
        ("wire.example", "Ten ships", 3, 3),
    ]


def test_who_reprints_whom_and_how_fast(analyst: Connection) -> None:
    assert ask(
        analyst,
        "SELECT publisher, reprinter, stories, median_lag, truncated_share, edited_share, "
        "median_containment, utc_day(first_at) FROM republication_edges ORDER BY reprinter",
    ) == [
        ("wire.example", "copy.example", 2, HOUR, 0.0, 0.0, 1.0, date(2026, 11, 20)),
        ("wire.example", "cutter.example", 2, 2 * HOUR, 0.5, 0.0, 0.7, date(2026, 11, 20)),
    ]


def test_a_storys_timeline_says_what_each_reprint_cut_and_added(analyst: Connection) -> None:
    found = ask(
        analyst,
        "SELECT position, publisher, role, relation, lag, added_text, cut_text "
        f"FROM story_timeline WHERE story_id = '{story_id(WIRE)}' ORDER BY position",
    )
    added = "Here we add a sentence of our own, to be helpful."
    # The original has lost its second paragraph since.
    assert found == [
        (1, "wire.example", "original", None, None, "", ""),
        (2, "copy.example", "reprint", "full", HOUR, "", ""),
        (3, "cutter.example", "reprint", "truncated", 3 * HOUR, added, THIRD),
    ]


@pytest.mark.parametrize(
    ("wanted", "held", "missing"),
    [
        (TEXT, TEXT, ""),
        (TEXT, TEXT.upper().replace("\n", "  "), ""),
        (TEXT, "", TEXT),
        (TEXT, f"{THIRD}\n{FIRST}", SECOND),
        (TEXT, TEXT.replace("nine ships", "some ships"), ""),
        ("Short line.\n\n* * *\nAnother one.", "This is another one, is it?", "Short line."),
        ("", TEXT, ""),
    ],
)
def test_paragraphs_that_a_text_lacks(
    analyst: Connection, wanted: str, held: str, missing: str
) -> None:
    found = analyst.execute("SELECT paragraphs_missing(?, ?)", [wanted, held]).fetchall()
    assert found == [(missing,)]


def test_silent_blocked_and_not_polled_days_are_told_apart(analyst: Connection) -> None:
    found = ask(
        analyst,
        "SELECT publisher, day, state, entries, articles, stories, reprints, polls, polls_failed "
        "FROM coverage_daily WHERE publisher <> 'cutter.example' ORDER BY publisher, day",
    )
    assert found == [
        ("copy.example", date(2026, 11, 17), "published", 1, 1, 1, 0, 0, 0),
        ("copy.example", date(2026, 11, 18), "silent", 0, 0, 0, 0, 1, 0),
        ("copy.example", date(2026, 11, 19), "silent", 0, 0, 0, 0, 1, 0),
        ("copy.example", date(2026, 11, 20), "published", 0, 2, 2, 2, 2, 2),
        ("empty.example", date(2026, 11, 18), "not_polled", 0, 0, 0, 0, 0, 0),
        ("empty.example", date(2026, 11, 19), "not_polled", 0, 0, 0, 0, 0, 0),
        ("empty.example", date(2026, 11, 20), "silent", 0, 0, 0, 0, 1, 0),
        ("stopped.example", date(2026, 11, 18), "not_polled", 0, 0, 0, 0, 0, 0),
        ("stopped.example", date(2026, 11, 19), "not_polled", 0, 0, 0, 0, 0, 0),
        ("stopped.example", date(2026, 11, 20), "not_polled", 0, 0, 0, 0, 0, 0),
        ("wire.example", date(2026, 11, 18), "not_polled", 0, 0, 0, 0, 0, 0),
        ("wire.example", date(2026, 11, 19), "not_polled", 0, 0, 0, 0, 0, 0),
        ("wire.example", date(2026, 11, 20), "published", 1, 2, 2, 0, 1, 0),
    ]


def test_a_day_on_which_every_poll_failed_is_blocked(database: Database) -> None:
    other = new_database(database.home.folder.parent / "blocked")
    with other.write() as connection:
        follow_feeds(connection, followed("a.example"), now=on(18))
        record(connection, failed("a.example", failures=1, started_at=on(18)), now=on(18))
    with other.open() as connection:
        assert ask(connection, "SELECT day, state, polls_failed FROM coverage_daily") == [
            (date(2026, 11, 18), "blocked", 1)
        ]


def test_wire_share_of_each_publisher(analyst: Connection) -> None:
    assert ask(
        analyst,
        "SELECT publisher, articles, reprints, credited, wire_share, main_source "
        "FROM wire_share ORDER BY publisher",
    ) == [
        ("copy.example", 3, 2, 0, 0.667, "wire.example"),
        ("cutter.example", 3, 2, 1, 1.0, "wire.example"),
        ("wire.example", 2, 0, 0, 0.0, None),
    ]


def test_headlines_that_reprinters_changed(analyst: Connection) -> None:
    """The original's headline has changed since, so both reprints differ from it now."""
    assert ask(
        analyst,
        "SELECT publisher, title, original_publisher, original_title, lag FROM headline_changes "
        "ORDER BY publisher",
    ) == [
        ("copy.example", "NINE SHIPS, in the fog!", "wire.example", "Ten ships", HOUR),
        ("cutter.example", "Fog hides ships", "wire.example", "Ten ships", 3 * HOUR),
    ]


@pytest.mark.parametrize(
    ("one", "other", "differently"),
    [
        ("Ten ships", "Ten ships", False),
        ("“Ten” ships!", "TEN SHIPS", False),
        ("Ten ships", "Ten shops", True),
        ("Ten ships", "Eleven ships", True),
        ("Élan, vital", "élan vital", False),
        ("…", "", False),
        ("", "Ten ships", True),
        ("十隻船", "十隻船!", False),
        ("十隻船", "九隻船", True),
    ],
)
def test_case_and_punctuation_make_no_other_headline(
    analyst: Connection, one: str, other: str, differently: bool
) -> None:
    told = analyst.execute("SELECT worded_differently($1, $2)", [one, other]).fetchall()
    assert told == [(differently,)]


def test_first_to_publish_among_times_known_to_the_minute(analyst: Connection) -> None:
    assert ask(
        analyst,
        "SELECT publisher, published_at, next_publisher, ahead_by, role FROM first_to_publish "
        "ORDER BY published_at",
    ) == [
        ("wire.example", NIGHT, "copy.example", HOUR, "original"),
        ("wire.example", NIGHT + HOUR, "cutter.example", HOUR, "original"),
    ]


def test_edited_articles_and_their_change(analyst: Connection) -> None:
    assert ask(
        analyst,
        "SELECT publisher, version, seen_at, change, title, previous_title FROM article_edits "
        "ORDER BY version",
    ) == [
        ("wire.example", 2, NIGHT + 2 * HOUR, "title changed", "Ten ships", WIRE.title),
        (
            "wire.example",
            3,
            NIGHT + 4 * HOUR,
            "1 paragraph removed; 12 words fewer",
            "Ten ships",
            "Ten ships",
        ),
    ]


def test_every_article_has_its_versions_and_most_have_one(analyst: Connection) -> None:
    found = ask(
        analyst,
        "SELECT article_id, list(version ORDER BY version), list(seen_at ORDER BY version) "
        "FROM article_versions GROUP BY article_id",
    )
    versions = {article_id: numbers for article_id, numbers, _ in found}
    assert versions[WIRE.article_id] == [1, 2, 3]
    assert {tuple(v) for key, v in versions.items() if key != WIRE.article_id} == {(1,)}
    seen = {article_id: times for article_id, _, times in found}
    assert seen[FULL.article_id] == [FULL.fetched_at]  # although it was fetched again since
    assert seen[WIRE.article_id] == [NIGHT, NIGHT + 2 * HOUR, NIGHT + 4 * HOUR]


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-11-20 03:29:59+00", None),
        ("2026-11-20 03:30:00+00", (1, "Nine ships in the fog", TEXT)),
        ("2026-11-20 05:29:59+00", (1, "Nine ships in the fog", TEXT)),
        ("2026-11-20 00:30:00-05", (2, "Ten ships", TEXT)),
        ("2026-11-20 07:30:00+00", (3, "Ten ships", f"{FIRST}\n{THIRD}")),
        ("2030-01-01 00:00:00+00", (3, "Ten ships", f"{FIRST}\n{THIRD}")),
    ],
)
def test_content_as_it_stood_at_a_moment(
    analyst: Connection, moment: str, wanted: tuple[int, str, str] | None
) -> None:
    found = ask(
        analyst,
        f"SELECT version, title, body FROM as_of('{moment}') "
        f"WHERE article_id = '{WIRE.article_id}'",
    )
    assert found == ([wanted] if wanted else [])


def test_the_past_has_each_article_once(analyst: Connection) -> None:
    (counts,) = ask(analyst, f"SELECT count(*), count(DISTINCT article_id) FROM as_of('{on(20)}')")
    assert counts == (8, 8)
    (then,) = ask(analyst, f"SELECT count(*) FROM as_of('{on(18)}')")
    assert then == (1,)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("second", ["A second story"] * 3),
        ("WÜRSTE", ["Old Würste"]),
        ("ships pier", ["Ten ships", "NINE SHIPS, in the fog!"]),
        ("fog ships", ["NINE SHIPS, in the fog!", "Fog hides ships", "Ten ships"]),
        ("fog, SHIPS!", ["NINE SHIPS, in the fog!", "Fog hides ships", "Ten ships"]),
        ("harbour zeppelin", []),
        ("  ", []),
        ("it's 100% %_ '", []),
    ],
)
def test_search_finds_all_words_best_first(
    analyst: Connection, words: str, found: list[str]
) -> None:
    rows = analyst.execute("SELECT title, score FROM search(?)", [words]).fetchall()
    assert sorted(title for title, _ in rows) == sorted(found)
    scores = [score for _, score in rows]
    assert scores == sorted(scores, reverse=True)


def test_a_word_in_the_title_ranks_above_one_in_the_text(analyst: Connection) -> None:
    titles = [row[0] for row in ask(analyst, "SELECT title FROM search('fog') LIMIT 2")]
    assert sorted(titles) == ["Fog hides ships", "NINE SHIPS, in the fog!"]


def test_a_feeds_health(analyst: Connection) -> None:
    assert ask(
        analyst,
        "SELECT publisher, state, last_outcome, consecutive_failures, polls_7d, polls_failed_7d, "
        "entries_7d, median_ms_7d FROM feed_health ORDER BY publisher",
    ) == [
        ("copy.example", "failing", "connect", 2, 4, 2, 1, 12.0),
        ("empty.example", "empty", "no_change", 0, 1, 0, 0, 12.0),
        ("stopped.example", "stopped", None, 0, 0, 0, 0, None),
        ("wire.example", "well", "new_entries", 0, 1, 0, 1, 40.0),
    ]


def test_views_and_macros_answer_about_an_attached_file_too(database: Database) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{database.home.published}' AS news (READ_ONLY)")
        assert ask(connection, "SELECT count(*) FROM news.coverage_daily") != [(0,)]
        connection.execute("USE news")
        assert ask(connection, "SELECT count(*) FROM search('ships')") == [(3,)]


def test_an_empty_database_answers_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = new_database(tmp_path_factory.mktemp("empty"))
    with empty.open() as connection:
        for (view,) in ask(connection, "SELECT view_name FROM duckdb_views() WHERE NOT internal"):
            assert ask(connection, f"FROM {view}") == []
        assert ask(connection, "FROM search('words')") == []
        assert ask(connection, "FROM as_of(now())") == []


def test_versions_of_several_articles_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = new_database(tmp_path_factory.mktemp("several"))
    with made.write() as connection:
        load(connection, [WIRE], [OLD])
        record_versions(
            connection,
            [
                version_of(one, NIGHT + 2 * HOUR, f"New {one.title}", one.body)
                for one in (WIRE, OLD)
            ],
        )
        found = ask(
            connection, "SELECT version, title, previous_title FROM article_edits ORDER BY ALL"
        )
        titles = ask(connection, "SELECT title FROM stories ORDER BY title")
    assert found == [
        (2, f"New {WIRE.title}", WIRE.title),
        (2, f"New {OLD.title}", OLD.title),
    ]
    assert titles == [(f"New {WIRE.title}",), (f"New {OLD.title}",)]
