"""Publishers that want to be asked slowly or not at all: they get what they ask for, over as many
runs as it takes, and hold up nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import HomeFolder
from hostile_server import article, feed, listed, rss
from rude_server import RudeServer, Talk, page

import flows.pages
import flows.poll
from flows.progress import Silent
from flows.run import set_up
from flows.settings import load_settings
from flows.tally import RunReport


@pytest.fixture
def server() -> Iterator[RudeServer]:
    with RudeServer() as rude:
        yield rude


def publish(server: RudeServer, host: str, pages: int, robots: str = "") -> str:
    """A publisher with one feed; its address."""
    paths = [f"/{number}" for number in range(pages)]
    server.at(f"{host}/robots.txt", page(robots.encode()))
    server.at(f"{host}/feed", feed(rss("".join(listed(path, f"T{path}") for path in paths))))
    for path in paths:
        server.at(host + path, article(host + path))
    return f"http://{host}/feed"


def follow(home: HomeFolder, server: RudeServer, *feeds: str) -> None:
    proxy = f"http://127.0.0.1:{server.port}"
    home.follow(feeds, proxy, per_publisher_connections=2, allow_networks=[])


def poll(home: HomeFolder) -> RunReport:
    settings = load_settings({"home": home.folder})
    return flows.poll.run_poll(set_up(settings, Silent()), every=True)


def statuses(home: HomeFolder, host: str) -> dict[str, int]:
    rows = home.sql(
        f"SELECT status, count(*) FROM entries WHERE url LIKE '%//{host}/%' GROUP BY status"
    )
    return dict(rows)


def test_a_publisher_that_wants_long_pauses_is_spread_over_runs(
    server: RudeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.pages, "PATIENCE", 3.0)
    home = HomeFolder(tmp_path / "home")
    slow = publish(server, "slow.example", 12, "User-agent: *\nCrawl-delay: 1")
    follow(home, server, slow, publish(server, "quick.example", 30))
    started = time.monotonic()
    first = poll(home)
    assert time.monotonic() - started < 11, "all of them would take 14 s and more"
    assert first.outcome == "completed"
    assert statuses(home, "quick.example") == {"done": 30}
    done = statuses(home, "slow.example")["done"]
    assert 1 <= done <= 6
    assert statuses(home, "slow.example") == {"done": done, "pending": 12 - done}
    assert first.postponed == 12 - done
    assert first.counts.errors == 0
    assert home.sql("SELECT max(attempts) FROM entries WHERE status = 'pending'") == [(0,)]
    assert home.run("check").code == 0
    second = poll(home)
    assert second.counts.articles >= 1
    assert statuses(home, "slow.example")["done"] == done + second.counts.articles
    assert server.spacing("slow.example") > 0.9
    pages = [path for path in server.paths("slow.example") if not path.endswith("feed")]
    assert len(pages) == len(set(pages))


def test_a_wish_to_be_left_alone_holds_for_the_runs_that_follow(
    server: RudeServer, tmp_path: Path
) -> None:
    home = HomeFolder(tmp_path / "home")
    url = publish(server, "tired.example", 6)
    refused: list[float] = []

    def refuse(talk: Talk) -> None:
        page(b"", 429, "Retry-After: 600")(talk)
        refused.append(time.monotonic())

    server.at("tired.example/3", refuse)
    follow(home, server, url, publish(server, "good.example", 2))
    assert poll(home).outcome == "completed"
    asked = len(server.seen)
    assert [seen for seen in server.seen if seen.host == "good.example"]
    again = poll(home)
    assert again.errors_by_kind == {"throttled": 1}
    assert "tired.example" in again.failures[0].message
    late = [seen for seen in server.seen[asked:] if seen.host == "tired.example"]
    assert late == []
    assert not [s for s in server.seen if "tired" in s.host and s.started > refused[-1] + 0.2]
    ((waits,),) = home.sql(
        "SELECT date_diff('second', max(started_at), max(next_poll_at)) "
        "FROM feeds JOIN polls USING (feed_id) WHERE url LIKE '%tired%'"
    )
    assert waits > 500
    assert home.run("check").code == 0
