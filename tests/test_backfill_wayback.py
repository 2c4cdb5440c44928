"""`wirecopy backfill wayback:DOMAIN`, against a stand-in that answers as the Wayback Machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from archive_server import ArchiveServer, Capture
from homes import HomeFolder
from hostile_server import article_html


def reader(home: HomeFolder, server: ArchiveServer) -> HomeFolder:
    """A home that asks this archive, and can reach nothing else."""
    (home.folder / "wirecopy.toml").write_text(
        f'wayback_endpoint = "{server.endpoint}"\nallow_networks = ["127.0.0.0/8"]\n'
        f"allow_ports = [{server.port}]\nmin_free_bytes = 0\nper_publisher_delay = 0\n"
    )
    return home


def story(number: int, published: datetime, *captures: datetime, path: str = "") -> list[Capture]:
    stamp = f'<meta property="article:published_time" content="{published.isoformat()}">'
    body = article_html(f"story {number}", stamp)
    url = f"http://www.a.example{path or f'/story-{number}'}"
    return [Capture(url, f"{at:%Y%m%d%H%M%S}", body + str(at).encode()) for at in captures]


def at(day: int, hour: int = 12) -> datetime:
    """An hour of a day, counted from the first of January 2024."""
    return datetime(2024, 1, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


PERIOD = ("--since", "2024-01-20", "--until", "2024-02-10")


def captures() -> list[Capture]:
    return [
        *story(1, at(21), at(21, 15), at(25), at(60)),
        *story(2, at(40), at(100)),  # captured 60 days after the period
        *story(3, at(39), at(200)),  # later than the slack: missed
        *story(4, at(5), at(22)),  # published before
        *story(5, at(45), at(46)),  # published after
        *story(6, at(20, 0), at(20, 1)),
        *story(7, at(5), at(30), path="/2023/11/05/old"),  # its address says enough
        *story(8, at(30), at(31), at(33), path="/2024/01/30/dated?id=1&b=2"),
        Capture("http://www.a.example/gone", "20240125000000", status="404"),
        Capture("http://www.a.example/a.png", "20240125000000", mimetype="image/png"),
        Capture("http://sub.a.example/x", "20240126000000", story(9, at(26), at(26))[0].body),
        Capture("http://other.example/x", "20240126000000", story(10, at(26), at(26))[0].body),
    ]


WANTED = {
    "http://www.a.example/story-1": at(21, 15),
    "http://www.a.example/story-2": at(100),
    "http://www.a.example/story-6": at(20, 1),
    "http://www.a.example/2024/01/30/dated?id=1&b=2": at(31),
    "http://sub.a.example/x": at(26, 0),
}


@pytest.mark.parametrize("most_rows", [100, 3], ids=["one answer", "resumed"])
def test_the_earliest_capture_of_every_article_of_a_period(
    new_home: Callable[[str], HomeFolder], most_rows: int
) -> None:
    with ArchiveServer(captures(), most_rows=most_rows, throttled=1) as server:
        home = reader(new_home("home"), server)
        done = home.run("backfill", "wayback:a.example", *PERIOD, "--json")
        assert done.code == 0, done.err
        assert dict(home.sql("SELECT url, fetched_at FROM articles")) == WANTED
        asked = [path for path in server.asked if path.startswith("/web/")]
        assert len(asked) == len(set(asked))
        assert not any("/2023/11/05/" in path for path in asked)
    assert home.sql("SELECT DISTINCT publisher FROM articles") == [("a.example",)]
    assert home.run("check").code == 0
    assert len(list((home.folder / "archive").glob("*.warc.gz"))) == 1


def test_less_slack_is_another_backfill_and_finds_less(
    new_home: Callable[[str], HomeFolder],
) -> None:
    with ArchiveServer(captures()) as server:
        home = reader(new_home("home"), server)
        told = home.run("backfill", "wayback:a.example", *PERIOD, "--dry-run", "--json").report
        assert told["estimates"][0]["pages"] == 7
        assert not home.published.exists()
        words = (*PERIOD, "--capture-slack", "10")
        assert home.run("backfill", "wayback:a.example", *words).code == 0
        assert "http://www.a.example/story-2" not in urls(home)
        assert home.run("backfill", "wayback:a.example", *PERIOD).code == 0
        assert urls(home) == set(WANTED)
    assert home.sql("SELECT count(*) FROM backfills") == [(2,)]


def urls(home: HomeFolder) -> set[str]:
    return {url for (url,) in home.sql("SELECT url FROM articles")}


def test_an_index_that_does_not_answer_is_said(new_home: Callable[[str], HomeFolder]) -> None:
    with ArchiveServer([], throttled=100) as server:
        home = reader(new_home("home"), server)
        done = home.run("backfill", "wayback:a.example", *PERIOD, "--json")
    assert done.code == 1
    [told] = done.report["backfills"]
    assert (told["status"], told["shards_failed"]) == ("failed", 1)
    shown = home.run("backfill", "show", told["backfill_id"])
    assert "left alone" in shown.out


def test_nothing_archived_is_done(new_home: Callable[[str], HomeFolder]) -> None:
    with ArchiveServer([]) as server:
        home = reader(new_home("home"), server)
        done = home.run("backfill", "wayback:a.example", "--json")
    assert done.code == 0, done.err
    assert done.report["backfills"][0]["status"] == "done"
