"""Polls are dropped with time, and what they said about publishers and days stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from storage_cases import (
    Brought,
    article,
    entry,
    failed,
    follow_feeds,
    followed,
    load,
    new_database,
    not_modified,
    polled,
    record,
    rows,
    table,
)

from ingest.ids import mint
from storage.check import check
from storage.database import Connection, Database
from storage.publish import publish
from storage.retention import Retired, retire_polls

COVERAGE = "SELECT * EXCLUDE (state), state FROM coverage_daily ORDER BY publisher, day"


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Two feeds, polled from the 10th to the 14th; b.example's fails on the 12th."""
    made = new_database(tmp_path / "home")
    with made.write() as connection:
        follow_feeds(connection, followed("a.example"), followed("b.example"), now=on(10, 0))
        record(
            connection,
            polled("a.example", entry("https://a.example/1"), started_at=on(10)),
            polled("b.example", started_at=on(10), outcome="no_change"),
            now=on(10),
        )
        for day in (11, 12, 13, 14):
            answer = failed("b.example", failures=1) if day == 12 else not_modified("b.example")
            both = (not_modified("a.example"), answer)
            record(connection, *(dated(poll, on(day, 23)) for poll in both), now=on(day, 23))
        load(connection, [article("a.example/1", published_at=on(11), sort_at=on(11))])
    return made


def dated(poll: Brought, at: datetime) -> Brought:
    result = replace(poll.result, started_at=at, poll_id=mint("p", repr(poll), str(at)))
    return replace(poll, result=result)


def retire(database: Database, now: datetime, days: int) -> Retired:
    with database.write() as connection:
        return retire_polls(connection, now=now, keep=timedelta(days=days))


def test_coverage_stays_when_polls_go(database: Database) -> None:
    before = rows(database, COVERAGE)
    assert {row[-1] for row in before} == {"published", "silent", "blocked"}
    assert retire(database, on(14, 13), days=2) == Retired(8, 4)
    assert rows(database, COVERAGE) == before
    assert rows(database, "SELECT min(utc_day(started_at)) FROM polls") == [(date(2026, 11, 12),)]
    assert rows(
        database, "SELECT day, polls, polls_failed FROM publisher_days WHERE polls_failed > 0"
    ) == [(date(2026, 11, 12), 1, 1)]
    assert retire(database, on(30), days=2).polls_dropped == 6
    assert rows(database, "SELECT count(*) FROM polls") == [(0,)]
    assert rows(database, COVERAGE) == before
    assert check(database) == []


def test_it_can_be_repeated(database: Database) -> None:
    retire(database, on(14, 13), days=2)
    days = rows(database, "FROM publisher_days ORDER BY ALL")
    assert retire(database, on(14, 13), days=2) == Retired(8, 0)
    assert rows(database, "FROM publisher_days ORDER BY ALL") == days


def test_the_day_that_goes_on_is_left_to_its_polls(database: Database) -> None:
    retire(database, on(14, 23), days=0)
    assert rows(database, "SELECT max(day) FROM publisher_days") == [(date(2026, 11, 13),)]
    assert rows(database, "SELECT count(*), min(utc_day(started_at)) FROM polls") == [
        (2, date(2026, 11, 14))
    ]


def test_articles_of_old_days_are_still_counted(database: Database) -> None:
    retire(database, on(20), days=1)
    with database.write() as connection:
        load(connection, [article("a.example/2", published_at=on(11), sort_at=on(11))])
        before = articles_of(connection, "publisher_days")
    retire(database, on(20), days=1)
    with database.open() as connection:
        assert (before, articles_of(connection, "publisher_days")) == ([(1,)], [(2,)])
        assert articles_of(connection, "coverage_daily") == [(2,)]


def articles_of(connection: Connection, name: str) -> list[tuple[object, ...]]:
    return table(
        connection,
        f"SELECT articles FROM {name} WHERE publisher = 'a.example' AND day = DATE '2026-11-11'",
    )


def test_polls_that_were_dropped_since_the_snapshot_are_no_violation(database: Database) -> None:
    publish(database, run_id=None, wirecopy_version="1", now=on(14, 23))
    retire(database, on(15), days=2)
    assert check(database) == []
