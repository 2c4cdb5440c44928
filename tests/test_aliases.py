"""An alias that is added later moves what is stored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage_cases import (
    NOW,
    article,
    entry,
    follow_feeds,
    followed,
    later,
    load,
    new_database,
    polled,
    record,
    rows,
)

from storage.check import check
from storage.publishers import move_aliased, set_aliases
from storage.retention import retire_polls


def test_articles_feeds_and_days_move_to_the_publisher(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    with database.write() as connection:
        follow_feeds(connection, followed("main.example"), followed("alias.example"))
        record(connection, polled("main.example", entry("https://main.example/9")))
        record(connection, polled("alias.example", entry("https://alias.example/9")))
        one, other = article("main.example/1"), article("alias.example/1", sort_at=later(hours=1),
                                                        published_at=later(hours=1))  # fmt: skip
        load(connection, [one, other], [article("else.example/1")])
        retire_polls(connection, now=later(days=3), keep=timedelta(days=1))
    before = rows(database, "SELECT sum(articles), sum(polls) FROM publisher_days")
    for _ in range(2):
        with database.write() as connection:
            move_aliased(connection, {"alias.example": "main.example"}, now=NOW)
            set_aliases(connection, {"main.example": ["alias.example"]})
        assert check(database) == []
        assert rows(
            database, "SELECT publisher, aliases, feeds, articles FROM publishers ORDER BY 1"
        ) == [("else.example", [], 0, 1), ("main.example", ["alias.example"], 2, 2)]
        assert rows(database, "SELECT max(publisher_count) FROM stories") == [(1,)]
        assert rows(database, "SELECT sum(articles), sum(polls) FROM publisher_days") == before


def test_the_publisher_need_not_be_known_yet(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    with database.write() as connection:
        load(connection, [article("alias.example/1")])
        move_aliased(connection, {"alias.example": "new.example", "x": "y"}, now=later(days=1))
    assert rows(database, "SELECT publisher, articles, first_seen_at FROM publishers") == [
        ("new.example", 1, NOW)
    ]
    assert check(database) == []
