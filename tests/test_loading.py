"""Articles, stories and reprints: loading them, and finding what a batch may be copies of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from storage_cases import (
    NOW,
    article,
    decided,
    kept_open,
    later,
    load,
    new_database,
    reprint,
    rows,
    story,
    story_id,
    table,
)

from ingest.types import Article, KnownArticle
from storage import database as databases
from storage.arrow import TEXT, incoming
from storage.articles import add_articles, add_urls, known_articles
from storage.database import Database
from storage.sample import widest_story
from storage.sketches import (
    CANDIDATES_EACH,
    COMMON_HASH_STORIES,
    HASHES_KEPT,
    remove_sketches,
    stored_sketches,
)
from storage.stories import (
    articles_revision,
    candidates,
    record_stories,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with kept_open(tmp_path) as made:
        yield made


def sketched(address: str, *hashes: int, **changes: object) -> Article:
    return article(address, sketch=tuple(hashes), **changes)


# --- articles


def test_an_article_is_stored_as_it_was_made(database: Database) -> None:
    made = article(
        "a.example/1",
        declared_canonical_url="https://b.example/1",
        published_precision="day",
        published_source="page",
        modified_at=later(hours=2),
        first_seen_at=later(hours=1),
        fetched_at=later(hours=3),
        found_by="backfill",
        language=None,
        body="First.\nSecond with 'quotes', \U0001f600 and \u0645\u0631\u062d\u0628\u0627.",
        tags=(),
        section="World",
        image_url="https://a.example/1.png",
        rights="noarchive",
        content_status="teaser",
    )
    with database.write() as connection:
        load(connection, [made])
        (found,) = table(connection, "FROM articles")
        columns = [column[0] for column in connection.execute("FROM articles").description]
    stored = dict(zip(columns, found, strict=True))
    for column in columns:
        if column in ("credits", "credit_source", "story_id", "role"):
            continue
        value = getattr(made, column)
        assert stored[column] == (list(value) if isinstance(value, tuple) else value), column
    assert (stored["credits"], stored["credit_source"]) == ([], None)
    assert (stored["story_id"], stored["role"]) == (story_id(made), "original")


def test_unknown_times_are_null_and_the_article_is_still_in_order(database: Database) -> None:
    undated = {"published_at": None, "published_precision": None, "published_source": None}
    with database.write() as connection:
        load(connection, [article("a.example/1", sort_at=later(hours=1), **undated)])
    assert rows(database, "SELECT published_at, published_precision, sort_at FROM articles") == [
        (None, None, later(hours=1))
    ]


def test_an_article_is_known_by_every_address_it_has(database: Database) -> None:
    made = article("a.example/1", url_keys=("k1", "k2", "k3"))
    known = KnownArticle(made.article_id, "a.example", made.title, made.content_hash)
    with database.write() as connection:
        load(connection, [made], [article("a.example/2")])
        assert known_articles(connection, ["k1", "k3", "k4"]) == {"k1": known, "k3": known}
        add_urls(connection, [("k4", made.article_id), ("k4", made.article_id)])
        assert known_articles(connection, ["k4"]) == {"k4": known}
        assert known_articles(connection, []) == {}


def test_an_address_stays_with_the_article_it_was_first_known_for(database: Database) -> None:
    one, two = article("a.example/1"), article("a.example/2")
    with database.write() as connection:
        load(connection, [one], [two])
        add_urls(connection, [(one.url_keys[0], two.article_id)])
        known = known_articles(connection, one.url_keys)
        assert known[one.url_keys[0]].article_id == one.article_id
        assert len(table(connection, "FROM internal.article_urls")) == 2


def test_publishers_of_articles_are_added_and_their_articles_counted(database: Database) -> None:
    with database.write() as connection:
        load(connection, [article("a.example/1")], [article("b.example/1")])
        load(connection, [article("a.example/2")], now=later(hours=1))
    assert rows(
        database, "SELECT publisher, articles, first_seen_at FROM publishers ORDER BY publisher"
    ) == [("a.example", 2, NOW), ("b.example", 1, NOW)]


def test_the_error_that_ends_a_transaction_is_the_one_that_is_told(database: Database) -> None:
    with (
        pytest.raises(duckdb.BinderException, match="no_such_column"),
        database.write() as connection,
        incoming(connection, {"name": TEXT}, [("a",)]),
    ):
        connection.execute("SELECT no_such_column FROM incoming")
    assert rows(database, "SELECT count(*) FROM articles") == [(0,)]  # and it can be used again


def test_who_looked_before_others_added_articles_or_addresses_can_tell(
    database: Database,
) -> None:
    one = article("a.example/1")
    with database.write() as connection:
        empty = articles_revision(connection)
        load(connection, [one])
        loaded = articles_revision(connection)
        add_urls(connection, [(one.url_keys[0], one.article_id)])
        same = articles_revision(connection)
        add_urls(connection, [("k2", one.article_id)])
        assert empty < loaded == same < articles_revision(connection)
    with database.open() as connection:
        assert candidates(connection, [one], []).revision == articles_revision(connection)


def test_the_first_hashes_of_a_sketch_are_kept_by_article(database: Database) -> None:
    hashes = (4294967295, *range(7, 7 + HASHES_KEPT))
    made = sketched("a.example/1", *hashes)
    with database.write() as connection:
        load(connection, [made])
        assert sorted(stored_sketches(connection, [made.article_id])) == [
            (number, made.article_id) for number in sorted(hashes[:HASHES_KEPT])
        ]
        remove_sketches(connection, [made.article_id])
        assert table(connection, "FROM internal.sketches") == []


def test_more_text_than_fits_into_memory_can_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the usual memory, and more text than that in fewer rows than DuckDB would by itself
    compress together."""
    monkeypatch.setattr(databases, "MEMORY_LIMIT", "128MB")
    database = new_database(tmp_path)
    with database.write() as connection:
        load(connection, [article("a.example/1")])
    for first in range(0, 72000, 24000):
        with database.write() as connection:
            connection.execute(
                "INSERT INTO articles SELECT articles.* "
                "REPLACE ('a' || i AS article_id, repeat(md5(i::VARCHAR), 60) AS body) "
                "FROM (FROM articles LIMIT 1) AS articles, range(?, ?) AS numbers(i)",
                [first, first + 24000],
            )
    with database.open() as connection:
        connection.execute("CHECKPOINT")
        assert table(connection, "SELECT count(*), sum(length(body)) > 128e6 FROM articles") == [
            (72001, True)
        ]


# --- stories and reprints


def test_a_story_and_its_reprints_are_stored_as_decided(database: Database) -> None:
    original = article("a.example/1")
    copy = article("b.example/1", sort_at=later(hours=30), published_at=later(hours=30))
    evidence = ({"signal": "canonical", "weight": 6, "words": "https://a.example/1 \u2013 'x'"},)
    judged = reprint(
        copy, original, relation="truncated", containment=0.25, similarity=0.125,
        added_text="Header\nFooter", evidence=evidence,
    )  # fmt: skip
    decisions = replace(decided([original, copy]), reprints=(judged,))
    with database.write() as connection:
        add_articles(connection, [original, copy], decisions.roles, now=NOW)
        record_stories(connection, decisions, now=later(hours=31))
    made = story_id(original)
    assert rows(database, "FROM stories") == [
        (made, original.article_id, original.article_id, "held", None, original.title, "en", NOW,
         later(hours=30), 2, 2, later(hours=31))
    ]  # fmt: skip
    (found,) = rows(database, "FROM reprints")
    assert found[:-1] == (
        copy.article_id, made, original.article_id, "truncated", 0.25, 0.125, timedelta(hours=30),
        "Header\nFooter")  # fmt: skip
    assert json.loads(found[-1]) == list(evidence)
    assert rows(database, "SELECT article_id, role FROM articles ORDER BY publisher") == [
        (original.article_id, "original"), (copy.article_id, "reprint")]  # fmt: skip


def test_a_story_whose_original_is_not_held_has_reprints_without_lag(database: Database) -> None:
    one, two = article("a.example/1"), article("b.example/1")
    not_held = {"original_article_id": None, "original_status": "not_held"}
    decisions = decided([one, two])
    made = story_id(one)
    decisions = replace(
        decisions,
        stories=(story(one, two, original_credit="c.example", **not_held),),
        roles={one.article_id: (made, "reprint"), two.article_id: (made, "reprint")},
        reprints=tuple(reprint(a, one, original_article_id=None, lag=None) for a in (one, two)),
    )
    with database.write() as connection:
        add_articles(connection, [one, two], decisions.roles, now=NOW)
        record_stories(connection, decisions, now=NOW)
    found = rows(database, "SELECT original_article_id, lag, relation FROM reprints")
    assert found == [(None, None, "full")] * 2
    assert rows(database, "SELECT original_status, original_credit FROM stories") == [
        ("not_held", "c.example")
    ]


def test_a_story_that_is_judged_again_is_replaced_whole(database: Database) -> None:
    first, second = article("a.example/1"), article("b.example/1")
    earlier = article("c.example/1", sort_at=later(hours=-5), published_at=later(hours=-5))
    other = [article("x.example/1"), article("y.example/1")]
    with database.write() as connection:
        load(connection, [first, second], other)
    before = rows(database, "SELECT * FROM articles WHERE publisher = 'x.example'")
    # An earlier copy arrives: it is the original of the story, which keeps its id.
    made = story_id(first)
    again = replace(
        decided([earlier, first, second]),
        stories=(story(earlier, first, second, story_id=made),),
        roles={
            earlier.article_id: (made, "original"),
            first.article_id: (made, "reprint"),
            second.article_id: (made, "reprint"),
        },
        reprints=tuple(reprint(a, earlier, story_id=made) for a in (first, second)),
    )
    with database.write() as connection:
        add_articles(connection, [earlier], again.roles, now=NOW)
        record_stories(connection, again, now=later(hours=1))
    assert rows(
        database, "SELECT story_id, original_article_id, article_count, changed_at FROM stories "
        "ORDER BY changed_at",
    ) == [
        (story_id(other[0]), other[0].article_id, 2, NOW),
        (made, earlier.article_id, 3, later(hours=1)),
    ]  # fmt: skip
    assert rows(
        database, "SELECT publisher, role FROM articles ORDER BY publisher"
    ) == [
        ("a.example", "reprint"), ("b.example", "reprint"), ("c.example", "original"),
        ("x.example", "original"), ("y.example", "reprint"),
    ]  # fmt: skip
    originals = rows(
        database, "SELECT original_article_id, count(*) FROM reprints GROUP BY ALL ORDER BY ALL"
    )
    assert sorted(originals) == sorted([(earlier.article_id, 2), (other[0].article_id, 1)])
    assert rows(database, "SELECT * FROM articles WHERE publisher = 'x.example'") == before


def test_the_widest_story_is_shown_with_its_reprints(database: Database) -> None:
    wide = [article(f"{letter}.example/1") for letter in "abc"]
    with database.write() as connection:
        load(connection, [article("n.example/1")], [article("x.example/1")], wide)
        shown = widest_story(connection)
    assert shown
    assert shown.story_id == story_id(wide[0])
    assert [(member.publisher, member.role) for member in shown.members] == [
        ("a.example", "original"), ("b.example", "reprint"), ("c.example", "reprint")]  # fmt: skip
    with new_database(database.home.folder / "other").open() as connection:
        assert widest_story(connection) is None


# --- candidates


def test_copies_are_found_by_two_shared_hashes(database: Database) -> None:
    held = {
        "one": sketched("a.example/one", 1, 90, 91),
        "three": sketched("a.example/three", 1, 2, 3, 92),
        "four": sketched("a.example/four", 1, 2, 3, 4),
        "none": sketched("a.example/none", 80, 81, 82),
    }
    new = sketched("b.example/new", 1, 2, 3, 4, 5)
    unlike = sketched("b.example/unlike", 80, 100, 101)
    with database.write() as connection:
        load(connection, *[[one] for one in held.values()])
        found = candidates(connection, [new, unlike, article("b.example/short")], [])
    likely = (held["four"].article_id, held["three"].article_id)
    assert found.pairs == {new.article_id: likely}
    assert set(found.copies) == set(likely)


def test_a_reprint_of_what_is_years_old_is_found(database: Database) -> None:
    """By a part of its hashes, since it is longer, among others that are new."""
    body = range(1, 49)
    old = sketched("a.example/old", *body, sort_at=NOW - timedelta(days=1200))
    others = [sketched(f"a.example/{n}", *range(1000 * n, 1000 * n + 48)) for n in range(1, 30)]
    reprint = sketched("b.example/new", *range(31, 33), *range(100_000, 100_046))
    with database.write() as connection:
        load(connection, [old])
        load(connection, *[[one] for one in others])
        assert candidates(connection, [reprint], []).pairs == {
            reprint.article_id: (old.article_id,)
        }


def test_a_copy_carries_what_matching_needs_of_it(database: Database) -> None:
    held = sketched(
        "a.example/1", 1, 2, 3, url_keys=("k2", "k1"), published_precision="minute",
        declared_canonical_url="https://c.example/1", first_seen_at=later(hours=1),
    )  # fmt: skip
    new = sketched("b.example/1", 1, 2, 3)
    with database.write() as connection:
        load(connection, [held])
        copy = candidates(connection, [new], []).copies[held.article_id]
    assert copy.url_keys == ("k1", "k2")
    assert copy.story_id == story_id(held)
    for name in ("publisher", "title", "body", "language", "declared_canonical_url", "published_at",
                 "published_precision", "sort_at", "first_seen_at"):  # fmt: skip
        assert getattr(copy, name) == getattr(held, name)


def test_the_other_members_of_a_copys_story_come_with_it(database: Database) -> None:
    original = sketched("a.example/1", 11, 12, 13)
    copy = sketched("b.example/1", 1, 2, 3)
    new = sketched("c.example/1", 1, 2, 3)
    with database.write() as connection:
        load(connection, [original, copy], [sketched("x.example/1", 4, 5, 6)])
        found = candidates(connection, [new], [])
    assert found.pairs == {new.article_id: (copy.article_id,)}
    assert set(found.copies) == {original.article_id, copy.article_id}


def test_an_article_named_as_canonical_is_found_without_likeness(database: Database) -> None:
    held = article("a.example/1", url_keys=("k1", "k2"))
    with database.write() as connection:
        load(connection, [held])
        found = candidates(connection, [sketched("b.example/1", 1, 2, 3)], ["k2", "elsewhere"])
    assert found.pairs == {}
    assert set(found.copies) == {held.article_id}


def test_an_empty_batch_has_no_candidates(database: Database) -> None:
    with database.write() as connection:
        load(connection, [sketched("a.example/1", 1, 2, 3)])
        found = candidates(connection, [], [])
    assert (found.pairs, found.copies) == ({}, {})


def test_hashes_found_in_many_stories_say_nothing_but_a_widely_reprinted_story_is_found(
    database: Database,
) -> None:
    frame = (1, 2, 3)
    framed = [[sketched(f"a.example/{n}", *frame, 1000 + n)] for n in range(COMMON_HASH_STORIES)]
    # More copies than COMMON_HASH_STORIES, but all of one story.
    wire = [sketched(f"w{n}.example/1", 11, 12, 13) for n in range(COMMON_HASH_STORIES + 20)]
    by_frame = sketched("n.example/1", *frame)
    by_wire = sketched("n.example/2", 11, 12, 13)
    with database.write() as connection:
        load(connection, *framed, wire)
        found = candidates(connection, [by_frame, by_wire], [])
        assert len(found.pairs[by_frame.article_id]) == CANDIDATES_EACH
        assert found.pairs[by_wire.article_id]
        load(connection, [sketched("a.example/last", *frame)])
        found = candidates(connection, [by_frame, by_wire], [])
        assert by_frame.article_id not in found.pairs
        assert set(found.copies) == {member.article_id for member in wire}


def test_the_most_alike_come_first_and_the_rest_is_left_out(database: Database) -> None:
    shared = {n: range(1, 4 + n) for n in range(CANDIDATES_EACH + 6)}
    held = {n: sketched(f"a.example/{n}", *hashes) for n, hashes in shared.items()}
    new = sketched("b.example/1", *range(1, 60))
    with database.write() as connection:
        load(connection, *[[one] for one in held.values()])
        (best,) = candidates(connection, [new], []).pairs.values()
    order = sorted(held, reverse=True)[:CANDIDATES_EACH]
    assert best == tuple(held[n].article_id for n in order)


def test_a_rare_hash_counts_for_more_than_a_common_one(database: Database) -> None:
    common = [[sketched(f"a.example/{n}", 1, 2, 3, 4)] for n in range(20)]
    rare = sketched("r.example/1", 11, 12, 13)
    new = sketched("b.example/1", 1, 2, 3, 4, 11, 12, 13)
    with database.write() as connection:
        load(connection, *common, [rare])
        (best,) = candidates(connection, [new], []).pairs.values()
    assert best[0] == rare.article_id
    assert len(best) == 21
