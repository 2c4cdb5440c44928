"""Raw pages over the years: small files are merged, old ones dropped, and no page is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from storage_cases import rows

from flows.feeds_file import FeedsFile
from flows.maintain import run_maintenance
from flows.progress import Silent
from flows.restore import run_restore
from flows.run import Setup
from flows.settings import load_settings
from ingest.archive import ArchiveWriter, read_page
from ingest.archive_files import LARGEST_FILE, ArchiveFile, archive_file, file_name, files_to_merge
from ingest.types import ArchivePlace, RawPage
from storage.check import check
from storage.database import Database
from storage.home import Home
from storage.pages import mark_fetched
from storage.runs import start_run

TODAY = datetime(2026, 11, 20, 3, 17, tzinfo=UTC)
PLACES = 'SELECT url_key, file, "offset", length FROM internal.raw_pages ORDER BY url_key'


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def keep(database: Database, moment: datetime, *names: str, kind: str = "poll") -> Path:
    """Archive pages as a run of that moment does."""
    home = database.home
    home.make_folders()
    file = file_name(kind, f"r{moment:%m%d}", now=moment)
    with ArchiveWriter(home.archive, name=file) as archive:
        places = {
            name: (archive.append(raw_page(name, moment)), moment)
            for name in names or [f"{kind} {moment:%m-%d}"]
        }
    with database.write() as connection:
        mark_fetched(connection, places)
    return home.archive / file


def raw_page(name: str, moment: datetime) -> RawPage:
    url = f"https://a.example/{name.replace(' ', '-')}"
    return RawPage(url, url, 200, (("content-type", "text/html"),), name.encode() * 50, moment)


def maintain(database: Database, now: datetime = TODAY, **settings: Any) -> dict[str, int]:
    given = {"home": database.home.folder, "min_free_bytes": 0, "workers": 1, **settings}
    setup = Setup(load_settings(given), FeedsFile({}, {}), Silent(), clock=lambda: now)
    steps = run_maintenance(setup).steps
    return dict(steps["merge archive files"]) | dict(steps["drop old raw pages"])


def read_back(database: Database) -> dict[str, bytes]:
    """Every page that the database knows, read from where it says."""
    return {
        name: read_page(database.home.archive, ArchivePlace(*place)).body
        for name, *place in rows(database, PLACES)
    }


def kept_files(database: Database) -> list[str]:
    return sorted(path.name for path in database.home.archive.iterdir())


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Files of October and November, one of them a backfill's, one of today."""
    made = Database(Home(tmp_path))
    for moment in (at(29, 10), at(30, 10), at(2), at(3), at(4)):
        keep(made, moment)
    keep(made, at(3), kind="backfill")
    keep(made, TODAY - timedelta(hours=2), "of today")
    return made


def test_small_files_of_a_month_become_one(database: Database) -> None:
    before = read_back(database)
    assert len(before) == 7
    assert maintain(database) == {"archive files merged": 5, "raw pages dropped": 0}
    assert read_back(database) == before
    assert kept_files(database) == [
        "20261030T120000Z-poll-r1030-1.warc.gz",
        "20261103T120000Z-backfill-r1103.warc.gz",
        "20261104T120000Z-poll-r1104-1.warc.gz",
        "20261120T011700Z-poll-r1120.warc.gz",
    ]
    assert check(database) == []
    assert maintain(database, TODAY + timedelta(hours=1))["archive files merged"] == 0
    keep(database, at(5))
    assert maintain(database, TODAY + timedelta(hours=2))["archive files merged"] == 2
    assert len(read_back(database)) == 8


def test_old_files_stay_until_a_snapshot_knows_the_new_ones(database: Database) -> None:
    maintain(database, at(1, 10))  # a first snapshot, of a day when nothing was to be merged
    rarely = timedelta(days=90)
    assert maintain(database, publish_interval=rarely)["archive files merged"] == 5
    assert len(kept_files(database)) == 7 + 2
    assert len(read_back(database)) == 7
    assert maintain(database, TODAY + timedelta(minutes=10))["archive files merged"] == 0
    assert len(kept_files(database)) == 4


def test_restore_knows_merged_pages(database: Database) -> None:
    before = read_back(database)
    maintain(database)
    database.home.working.unlink()
    settings = load_settings({"home": database.home.folder, "min_free_bytes": 0, "workers": 1})
    restored = run_restore(Setup(settings, FeedsFile({}, {}), Silent(), clock=lambda: TODAY))
    assert (restored.pages, restored.unreadable) == (0, ())
    assert read_back(database) == before


def test_a_damaged_file_is_left_alone_and_a_torn_end_left_out(database: Database) -> None:
    torn = keep(database, at(5), "whole")
    torn.write_bytes(torn.read_bytes() + torn.read_bytes()[:300])
    damaged = keep(database, at(6), "first", "second")
    broken = bytearray(damaged.read_bytes())
    ((offset,),) = rows(
        database, "SELECT \"offset\" FROM internal.raw_pages WHERE url_key = 'first'"
    )
    broken[offset + 40] ^= 0xFF
    damaged.write_bytes(broken)
    assert maintain(database)["archive files merged"] == 6
    assert damaged.exists()
    assert not torn.exists()
    rest = rows(database, f"FROM ({PLACES}) WHERE url_key <> 'first'")
    bodies = {
        name: read_page(database.home.archive, ArchivePlace(*place)).body for name, *place in rest
    }
    assert bodies["whole"] == b"whole" * 50
    assert bodies["poll 11-02"] == b"poll 11-02" * 50
    assert bodies["second"] == b"second" * 50


def test_pages_are_kept_as_long_as_wanted(database: Database) -> None:
    assert maintain(database, keep_raw_days=17)["raw pages dropped"] == 3
    kept = ["backfill 11-03", "of today", "poll 11-03", "poll 11-04"]
    assert list(read_back(database)) == kept
    assert check(database) == []
    assert maintain(database, TODAY + timedelta(days=99), keep_raw_days=1)["raw pages dropped"] == 4
    assert kept_files(database) == []


def test_files_keep_their_names_while_a_backfill_reads_archives(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            "INSERT INTO backfills (backfill_id, source, filters, created_at, status) "
            "VALUES ('b1', 'warc:archive/*.warc.gz', '{}', ?, 'interrupted')",
            [TODAY],
        )
    assert maintain(database)["archive files merged"] == 0
    with database.write() as connection:
        connection.execute("UPDATE backfills SET status = 'done'")
    assert maintain(database)["archive files merged"] == 5


def merging(files: Iterable[tuple[str, int]], unfinished: str = "") -> list[list[str]]:
    known = [file for name, size in files if (file := archive_file(name, size))]
    groups = files_to_merge(known, now=TODAY, unfinished={unfinished})
    return [[file.name for file in group] for group in groups]


def test_what_is_merged() -> None:
    names = [file_name("poll", f"r{day}", now=at(day)) for day in range(1, 21)]
    assert merging((name, 10) for name in names[:18]) == [names[:18]]
    assert merging((name, 10) for name in [*names[17:20], "other.warc.gz"]) == []
    assert merging([(names[0], 10), (names[1], 64 * 2**20), (names[2], 10)]) == [
        [names[0], names[2]]
    ]
    assert merging(((name, 10) for name in names[:3]), unfinished="r2") == [[names[0], names[2]]]
    large = [(name, 60 * 2**20) for name in names[:18]]
    groups = merging(large)
    assert [name for group in groups for name in group] == names[:17]
    assert all(len(group) * 60 * 2**20 <= LARGEST_FILE for group in groups)
    assert merging([("20261101T120000Z-poll-r1-1-2.warc.gz", 10), (names[1], 10)])  # merged before
    assert archive_file(names[0], 1) == ArchiveFile(names[0], 1, at(1), "poll", "r1")


def test_nothing_is_merged_while_something_is_being_forgotten(database: Database) -> None:
    with database.write() as connection, database.runs.alive("rforget"):
        start_run(connection, "rforget", "forget", now=TODAY, flow_run_id=None)
    with database.runs.alive("rforget"):
        before = kept_files(database)
        assert maintain(database)["archive files merged"] == 0
        assert kept_files(database) == before
    assert maintain(database)["archive files merged"] == 5  # its process has died


def test_what_a_killed_merge_has_left_is_removed(database: Database) -> None:
    left = database.home.archive / "rdead.partial"
    left.write_bytes(b"half a file")
    maintain(database)
    assert not left.exists()
