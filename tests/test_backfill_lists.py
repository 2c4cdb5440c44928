"""Backfills of pages that are fetched: `sitemap:URL` and `urls:FILE`."""

from __future__ import annotations

import gzip
import json
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backfill_homes import tables
from homes import LONG, HomeFolder
from hostile_server import article
from rude_server import RudeServer, page

from flows.backfill import run_backfill
from flows.backfill_request import BackfillRequest
from flows.progress import Silent
from flows.run import set_up
from flows.settings import load_settings
from ingest.backfill.periods import Period
from ingest.backfill.sitemaps import named_in_robots, pages_in, read_sitemap, sitemaps_in
from ingest.errors import NotAFeed
from newsroom import Newsroom, NewsroomServer
from newsroom.pieces import Piece

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def bare(new_home: Callable[[str], HomeFolder], press: NewsroomServer) -> HomeFolder:
    return reader(new_home("bare"), press)


def reader(home: HomeFolder, press: NewsroomServer) -> HomeFolder:
    """A home that reaches the newsroom and follows nothing."""
    home.follow((), press.proxy_url)
    (home.folder / "feeds.toml").unlink()
    return home


def urls(home: HomeFolder) -> set[str]:
    return {url for (url,) in home.sql("SELECT url FROM articles")}


def out(newsroom: Newsroom, domain: str) -> list[Piece]:
    return [
        piece
        for piece in newsroom.released(newsroom.now)
        if piece.outlet == domain and (piece.outlet, piece.path) not in newsroom.broken
    ]


def test_a_sitemap_found_through_robots_gives_the_articles_of_a_period(
    bare: HomeFolder, newsroom: Newsroom, press: NewsroomServer
) -> None:
    words = ("--since", "2026-11-17", "--until", "2026-11-19", "--json")
    outlets = [outlet.domain for outlet in newsroom.outlets[:3]]
    done = bare.run("backfill", *(f"sitemap:http://{domain}" for domain in outlets), *words)
    assert done.code == 0, done.err
    wanted = {
        piece.url
        for domain in outlets
        for piece in out(newsroom, domain)
        if "2026-11-17" <= f"{piece.published_at:%Y-%m-%d}" < "2026-11-19"
    }
    assert len(wanted) > 10
    assert urls(bare) == wanted
    asked = [request.path for request in press.requests if "sitemap" in request.path]
    assert not any("2026-11-13" in path for path in asked)  # its lastmod says enough
    assert any(path.endswith(".gz") for path in asked)
    fetched = {f"http://{request.host}{request.path}" for request in press.requests}
    old = [p.url for domain in outlets for p in out(newsroom, domain) if p.published_at.day < 14]
    assert old
    assert not fetched & set(old)
    assert bare.run("check").code == 0


def test_a_news_sitemap_says_when_articles_were_published(
    bare: HomeFolder, newsroom: Newsroom, press: NewsroomServer
) -> None:
    domain = newsroom.outlets[0].domain
    done = bare.run("backfill", f"sitemap:http://{domain}/news-sitemap.xml", "--json")
    assert done.code == 0, done.err
    held = dict(bare.sql("SELECT url, published_at FROM articles"))
    latest = {
        piece.url: piece.published_at
        for piece in out(newsroom, domain)
        if piece.published_at > newsroom.now - timedelta(days=2)
    }
    assert held == latest
    assert bare.sql("SELECT DISTINCT published_source FROM articles") == [("sitemap",)]


def test_a_sitemap_that_is_not_there_is_asked_for_once(
    bare: HomeFolder, newsroom: Newsroom, press: NewsroomServer
) -> None:
    missing = f"http://{newsroom.outlets[0].domain}/no-sitemap.xml"
    done = bare.run("backfill", f"sitemap:{missing}")
    assert done.code == 1
    assert "1 shard failed" in done.out
    assert [request.path for request in press.requests].count("/no-sitemap.xml") == 1
    assert bare.sql("SELECT status, attempts FROM backfill_shards") == [("failed", 1)]
    ((backfill_id,),) = bare.sql("SELECT backfill_id FROM backfills")
    shown = bare.run("backfill", "show", backfill_id)
    assert missing in shown.out
    assert "404" in shown.out


Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def polled_first(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What a poll of all feeds makes, and then a backfill of some of the publishers."""
    home = HomeFolder(tmp_path_factory.mktemp("polled first"))
    with NewsroomServer(newsroom) as press:
        home.follow(press.feed_urls(), press.proxy_url)
        assert home.run("poll", "--all").code == 0
        assert home.run("backfill", *some_sitemaps(newsroom)).code == 0
    return tables(home)


def some_sitemaps(newsroom: Newsroom) -> list[str]:
    return [f"sitemap:http://{outlet.domain}" for outlet in newsroom.outlets[:5]]


def the_same(home: HomeFolder, expected: Tables) -> None:
    checked = home.run("check")
    assert checked.code == 0, checked.out
    assert len(expected["articles"]) > 200
    held = tables(home)
    for each in expected:
        assert held[each] == expected[each], each


@pytest.mark.parametrize("trial", range(3 if LONG else 1))
def test_a_poll_and_a_backfill_at_once_make_the_same_tables(
    trial: int, home: HomeFolder, newsroom: Newsroom, polled_first: Tables
) -> None:
    poll = home.start("poll", "--all")
    time.sleep(trial)
    runs = [poll, home.start("backfill", *some_sitemaps(newsroom))]
    assert [run.wait(timeout=180) for run in runs] == [0, 0]
    assert home.run("publish").code == 0
    the_same(home, polled_first)


def test_feeds_have_their_word_about_what_a_backfill_had_taken_before(
    home: HomeFolder, newsroom: Newsroom, press: NewsroomServer, polled_first: Tables
) -> None:
    assert home.run("backfill", *some_sitemaps(newsroom)).code == 0
    fetched = len(press.requests)
    assert home.run("poll", "--all").code == 0
    the_same(home, polled_first)
    before, after = (
        {f"http://{host}{path}" for _, host, path, *_ in requests}
        for requests in (press.requests[:fetched], press.requests[fetched:])
    )
    articles = {url for (url,) in home.sql("SELECT url FROM articles")}
    assert len(before & articles) > 50
    assert before & after & articles == set()


def test_without_an_archive_what_a_backfill_had_taken_stays_as_it_is(
    home: HomeFolder, newsroom: Newsroom, press: NewsroomServer
) -> None:
    home.follow(press.feed_urls(), press.proxy_url, archive=False)
    assert home.run("backfill", *some_sitemaps(newsroom)).code == 0
    before = "SELECT COLUMNS(* EXCLUDE (story_id, role)) FROM articles WHERE found_by = 'backfill'"
    held = home.sql(f"{before} ORDER BY url")
    assert home.run("poll", "--all").code == 0
    assert home.sql(f"{before} ORDER BY url") == held
    waiting = "SELECT count(*) FROM entries WHERE status = 'fetched'"
    assert home.sql(waiting) == [(0,)]


LISTS: dict[str, Callable[[list[dict[str, str]]], str]] = {
    "list.txt": lambda rows: "# a list\n\n" + "".join(row["url"] + "\n" for row in rows),
    "list.csv": lambda rows: (
        "URL,title,published,note\n"
        + "".join(f'"{row["url"]}","{row["title"]}",{row["published"]},x\n' for row in rows)
    ),
    "list.jsonl": lambda rows: "".join(json.dumps(row) + "\n" for row in rows),
}


def test_lists_of_urls_in_every_form(
    new_home: Callable[[str], HomeFolder], newsroom: Newsroom, press: NewsroomServer, tmp_path: Path
) -> None:
    rows = [
        {"url": piece.url, "title": "", "published": f"{piece.published_at:%Y-%m-%dT%H:%M:%SZ}"}
        for piece in out(newsroom, newsroom.outlets[0].domain)[:4]
    ]
    for name, write in LISTS.items():
        (tmp_path / name).write_text(write(rows) + "not a url\n")
        home = reader(new_home(f"home of {name}"), press)
        done = home.run("backfill", f"urls:{tmp_path / name}", "--json")
        assert done.code == 0, done.err
        assert urls(home) == {row["url"] for row in rows}
        assert done.report["errors_by_kind"] == {"bad_row": 1}
        assert name in done.report["failures"][0]["url"]


def test_what_cannot_be_had_is_tried_a_bounded_number_of_times(
    new_home: Callable[[str], HomeFolder], tmp_path: Path
) -> None:
    """A page that is not found is not asked for again; a server that fails is, three times, and the
    shard is shown as failed. What was taken meanwhile stays."""
    file = tmp_path / "list.txt"
    paths = ("/good", "/missing", "/failing")
    file.write_text("".join(f"http://a.example{path}\n" for path in paths))
    with RudeServer() as server:
        server.at("/good", article("good"))
        server.at("/failing", page(b"", 500))
        home = new_home("home")
        home.follow((), server.url().rstrip("/"))
        (home.folder / "feeds.toml").unlink()
        done = home.run("backfill", f"urls:{file}", "--json")
        assert done.code == 0, done.err
        asked = [target.removeprefix("http://a.example") for target in server.paths()]
        asked.remove("/robots.txt")
        assert sorted(asked) == sorted([*paths, "/failing", "/failing"])
        [told] = done.report["backfills"]
        assert (told["status"], told["shards_failed"]) == ("failed", 1)
        assert done.report["errors_by_kind"] == {"http_4xx": 1, "http_5xx": 1}
        assert urls(home) == {"http://a.example/good"}
        shown = home.run("backfill", "show", told["backfill_id"], "--json").report
        assert {row["reason"] for row in shown["failures"]} == {"http_4xx", "http_5xx"}
        assert shown["shards"][0]["attempts"] == 3

        assert "It had ended before" in home.run("backfill", "cancel", told["backfill_id"]).out
        same = home.run("backfill", f"urls:{file}")
        assert len(server.paths()) == len(asked) + 1
        assert "--retry-failed" in same.out
        server.at("/failing", article("failing"))
        again = home.run("backfill", f"urls:{file}", "--retry-failed", "--json")
        assert again.report["backfills"][0]["status"] == "done"
        assert urls(home) == {"http://a.example/good", "http://a.example/failing"}


def test_a_backfill_is_listed_stopped_cancelled_and_taken_up(
    bare: HomeFolder, newsroom: Newsroom, press: NewsroomServer, tmp_path: Path
) -> None:
    settings = bare.folder / "wirecopy.toml"
    quick = settings.read_text()
    settings.write_text(quick.replace("per_publisher_delay = 0", "per_publisher_delay = 1"))
    file = tmp_path / "list.txt"
    pieces = out(newsroom, newsroom.outlets[0].domain)
    file.write_text("".join(piece.url + "\n" for piece in pieces))
    process = bare.start("backfill", f"urls:{file}")
    while sum(request.path != "/robots.txt" for request in press.requests) < 2:
        assert process.poll() is None
    [listed] = bare.run("backfill", "list", "--json").report["backfills"]
    assert (listed["status"], listed["source"]) == ("running", f"urls:{file}")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert 0 < len(urls(bare)) < len(pieces)  # the pages that had come
    name = listed["backfill_id"]
    shown = bare.run("backfill", "show", name, "--json").report
    assert shown["backfill"]["status"] == "interrupted"
    assert "cancelled" in bare.run("backfill", "cancel", name).out

    settings.write_text(quick)
    fetched = len(press.requests)
    assert bare.run("backfill", f"urls:{file}").code == 0
    assert urls(bare) == {piece.url for piece in pieces}
    assert len(press.requests) - fetched < len(pieces)  # none twice
    assert bare.sql("SELECT backfill_id, status FROM backfills") == [(name, "done")]


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_a_backfill_that_is_not_there(bare: HomeFolder, command: str) -> None:
    assert bare.run("backfill", command, "b123").code == 2
    assert bare.run("poll").code == 2


NAMED = {
    "one": (b"User-agent: *\nSitemap: http://a.example/s.xml\n", ["http://a.example/s.xml"]),
    "several": (
        b"SITEMAP: /one.xml\nsitemap:http://b.example/two.xml.gz\nSitemap: /one.xml",
        ["http://a.example/one.xml", "http://b.example/two.xml.gz"],
    ),
    "none": (b"User-agent: *\nDisallow:", ["http://a.example/sitemap.xml"]),
    "nothing": (b"", ["http://a.example/sitemap.xml"]),
}


@pytest.mark.parametrize("name", NAMED)
def test_robots_name_sitemaps(name: str) -> None:
    text, wanted = NAMED[name]
    assert named_in_robots(text.decode(), "http://a.example/robots.txt") == wanted


URLSET = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc> http://a.example/1?a=1&amp;b=2 </loc><lastmod>2024-01-31</lastmod></url>"
    "<url><loc>/2</loc><lastmod>2024-03-01T08:00:00+09:00</lastmod></url>"
    "<url><loc>mailto:x@a.example</loc></url><url><lastmod>2024-01-31</lastmod></url>"
    "<url><loc>http://a.example/3</loc><lastmod>31/01/24</lastmod></url></urlset>"
)
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap><loc>http://a.example/old.xml</loc><lastmod>2023-12-01</lastmod></sitemap>"
    "<sitemap><loc>http://a.example/sitemap-2023-05.xml</loc></sitemap>"
    "<sitemap><loc>http://a.example/sitemap-2024-02.xml</loc></sitemap>"
    "<sitemap><loc>http://a.example/all.xml</loc><lastmod>2024-11-01</lastmod></sitemap>"
    "</sitemapindex>"
)
SITEMAPS = {
    "xml": URLSET.encode(),
    "gzip": gzip.compress(URLSET.encode()),
    "utf-16": URLSET.replace("?>", ' encoding="utf-16"?>').encode("utf-16"),
    "cut off": URLSET.encode()[:-60],
    "gzip cut off": gzip.compress(URLSET.encode(), mtime=0)[:-12],
}


@pytest.mark.parametrize("name", ["xml", "gzip"])
def test_a_sitemap_lists_pages(name: str) -> None:
    listing = read_sitemap(SITEMAPS[name], "http://a.example/s.xml", NOW)
    assert [page.url for page, _ in listing.pages] == [
        "http://a.example/1?a=1&b=2",
        "http://a.example/2",
        "http://a.example/3",
    ]
    assert not listing.damaged
    period = Period(datetime(2024, 2, 20, tzinfo=UTC))
    assert [page.url for page in pages_in(listing, period)] == [
        "http://a.example/2",
        "http://a.example/3",
    ]


@pytest.mark.parametrize("name", ["cut off", "gzip cut off"])
def test_a_broken_sitemap_gives_what_can_be_read(name: str) -> None:
    listing = read_sitemap(SITEMAPS[name], "http://a.example/s.xml", NOW)
    assert listing.damaged
    assert listing.pages


def test_an_index_leads_to_the_sitemaps_of_the_period() -> None:
    listing = read_sitemap(INDEX.encode(), "http://a.example/s.xml", NOW)
    period = Period(datetime(2024, 1, 31, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC))
    assert [shard.name for shard in sitemaps_in(listing, period, 0)] == [
        "http://a.example/sitemap-2024-02.xml",
        "http://a.example/all.xml",
    ]
    assert not list(sitemaps_in(listing, period, 4))


def test_text_and_feeds_are_sitemaps_too_and_pages_are_not() -> None:
    text = read_sitemap(b"http://a.example/1\nhttp://a.example/2\n", "http://a.example/s.txt", NOW)
    assert len(text.pages) == 2
    feed = (
        b"<rss version='2.0'><channel><item><link>http://a.example/1</link></item></channel></rss>"
    )
    assert len(read_sitemap(feed, "http://a.example/feed", NOW).pages) == 1
    for body in (b"<html><body>Not here</body></html>", b"", b"Not here, sorry."):
        with pytest.raises(NotAFeed):
            read_sitemap(body, "http://a.example/s.xml", NOW)


def test_small_sitemaps_are_loaded_together(bare: HomeFolder, newsroom: Newsroom) -> None:
    """A sitemap for every day, a page or two in each: not a batch for each."""
    loaded: list[tuple[int, int]] = []

    def step(name: str, batch: Callable[[], None]) -> None:
        if found := re.fullmatch(r"load (\d+) pages of (\d+) shards", name):
            loaded.append((int(found[1]), int(found[2])))
        batch()

    setup = set_up(load_settings({"home": bare.folder}), Silent(), feeds_needed=False)
    source = f"sitemap:http://{newsroom.outlets[0].domain}"
    run_backfill(replace(setup, step=step), [BackfillRequest(source)])
    with_pages = [batch for batch in loaded if batch[0]]
    assert sum(pages for pages, _ in with_pages) > 8
    assert len(with_pages) == 1
