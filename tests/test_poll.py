"""Poll runs through the command line, on the demo newsroom over real sockets."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from homes import HomeFolder

from newsroom import Newsroom, NewsroomServer

Polled = tuple[HomeFolder, NewsroomServer, Newsroom, list[dict[str, Any]]]
"""A home, what it has polled, and the reports."""


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom) -> Polled:
    """A home polled in two rounds, half of the pieces out in the first, with both reports."""
    home = HomeFolder(tmp_path_factory.mktemp("polled"))
    with NewsroomServer(newsroom) as press:
        press.advance(timedelta(hours=-30))
        home.follow(press.feed_urls(), press.proxy_url)
        first = home.run("poll", "--all", "--json")
        press.advance(timedelta(hours=30))
        second = home.run("poll", "--all", "--json")
        assert (first.code, second.code) == (0, 0), first.err + second.err
        return home, press, newsroom, [first.report, second.report]


def test_every_listed_page_is_an_article_or_rejected_with_a_reason(polled: Polled) -> None:
    home, press, newsroom, _ = polled
    asked = {f"http://{host}{path}" for _, host, path, _, _ in press.requests}
    listed = home.sql("SELECT DISTINCT url, status, reason FROM entries")
    statuses = Counter(status for _, status, _ in listed)
    assert set(statuses) <= {"done", "rejected", "pending"}
    # The newsroom has one page that answers 404, which is tried again, and one that answers 410.
    assert statuses["pending"] == 1
    assert {reason for _, status, reason in listed if status == "rejected"} == {"gone"}
    released = {piece.url for piece in newsroom.released(press.now())}
    held = {url for (url,) in home.sql("SELECT canonical_url FROM articles")}
    assert held <= released
    assert {url for url in released & asked if "retired" not in url} - held <= {
        url for url, status, _ in listed if status != "done"
    }


def test_no_article_is_held_twice_and_no_page_fetched_twice(polled: Polled) -> None:
    home, press, _, _ = polled
    assert home.sql("SELECT url FROM articles GROUP BY url HAVING count(*) > 1") == []
    pages = Counter((host, path) for _, host, path, status, _ in press.requests if status == 200)
    feeds = {(url.split("/")[2], "/" + url.split("/", 3)[3]) for url in press.feed_urls()}
    again = {place for place, count in pages.items() if count > 1}
    assert {place for place in again - feeds if place[1] != "/robots.txt"} == set()


def test_robots_files_are_asked_for_once_in_two_runs(polled: Polled) -> None:
    _, press, _, _ = polled
    asked = Counter(host for _, host, path, _, _ in press.requests if path == "/robots.txt")
    assert set(asked.values()) == {1}


def test_an_entry_in_two_feeds_is_one_article(polled: Polled) -> None:
    home, *_ = polled
    shared = home.sql(
        "SELECT article_id FROM entries WHERE article_id IS NOT NULL "
        "GROUP BY article_id HAVING count(DISTINCT feed_id) > 1"
    )
    assert len(shared) >= 3


def test_changing_guids_make_no_new_entries(polled: Polled) -> None:
    home, _, newsroom, _ = polled
    (changing,) = [outlet for outlet in newsroom.outlets if "changing_guid" in outlet.quirks]
    rows = home.sql(
        f"SELECT count(*), count(DISTINCT url) FROM entries WHERE url LIKE '%{changing.domain}%'"
    )
    assert rows[0][0] == rows[0][1] > 0


def test_every_feed_format_is_read(polled: Polled) -> None:
    home, *_ = polled
    formats = dict(home.sql("SELECT format, sum(entries_seen) FROM feeds GROUP BY format"))
    assert {"rss", "rdf", "atom", "json"} <= set(formats)
    assert all(formats[name] > 0 for name in ("rss", "rdf", "atom", "json"))


def test_reprints_are_in_their_originals_stories(polled: Polled) -> None:
    home, _, newsroom, _ = polled
    story_of = dict(home.sql("SELECT canonical_url, story_id FROM articles"))
    root = dict(newsroom.truth())
    pairs = [(a, b) for a, b in root.items() if a in story_of and b in story_of]
    joined = sum(story_of[a] == story_of[b] for a, b in pairs)
    assert len(pairs) >= 40
    assert joined / len(pairs) >= 0.95

    groups: dict[str, list[str]] = {}
    for url, story_id in story_of.items():
        groups.setdefault(story_id, []).append(root.get(url) or url)
    together = [
        one == other for group in groups.values() for one, other in itertools.combinations(group, 2)
    ]
    assert sum(together) / len(together) >= 0.95


def test_originals_are_named(polled: Polled) -> None:
    home, _, newsroom, _ = polled
    named = dict(
        home.sql(
            "SELECT a.canonical_url, o.canonical_url FROM reprints "
            "JOIN articles a USING (article_id) "
            "JOIN articles o ON o.article_id = reprints.original_article_id"
        )
    )
    truth = newsroom.truth()
    right = sum(truth.get(url) == original for url, original in named.items())
    assert len(named) >= 40
    assert right / len(named) >= 0.9


def test_failures_are_recorded_and_do_not_stop_the_run(polled: Polled) -> None:
    home, _, _, reports = polled
    assert [report["outcome"] for report in reports] == ["completed", "completed"]
    assert reports[0]["errors_by_kind"]["http_4xx"] >= 1
    ((url, outcome, error, failures),) = home.sql(
        "SELECT url, last_outcome, last_error, consecutive_failures FROM feeds "
        "WHERE consecutive_failures > 0"
    )
    assert outcome == "http_4xx"
    assert "404" in error
    assert failures == 2
    assert url.endswith("/retired")


def test_run_rows_agree_with_the_tables(polled: Polled) -> None:
    home, _, _, reports = polled
    rows = home.sql(
        "SELECT feeds, entries, pages, articles, stories, reprints, errors, rechecks, edits "
        "FROM runs ORDER BY started_at"
    )
    names = ("feeds", "entries", "pages", "articles", "stories", "reprints", "errors",
             "rechecks", "edits")  # fmt: skip
    assert [dict(zip(names, row, strict=True)) for row in rows] == [r["counts"] for r in reports]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    assert totals[1] == home.sql("SELECT count(*) FROM entries")[0][0]
    assert totals[3] == home.sql("SELECT count(*) FROM articles")[0][0]
    assert totals[4] == home.sql("SELECT count(*) FROM stories")[0][0]


def test_check_finds_nothing(polled: Polled) -> None:
    home, *_ = polled
    checked = home.run("check")
    assert checked.code == 0, checked.out
    assert "All is well" in checked.out


def test_unchanged_feeds_cost_a_request_and_no_parse(
    home: HomeFolder, press: NewsroomServer
) -> None:
    home.run("poll", "--all")
    before = len(press.requests)
    again = home.run("poll", "--all", "--json")
    assert again.report["counts"]["entries"] == 0
    answered = press.requests[before:]
    assert all(request.path != "/robots.txt" for request in answered)
    assert Counter(request.status for request in answered)[304] >= 10
    outcomes = dict(
        home.sql(
            "SELECT outcome, count(*) FROM polls WHERE run_id = "
            f"'{again.report['run_id']}' GROUP BY outcome"
        )
    )
    # The outlet that sends no validators is recognised by its bytes; the one that changes its
    # guids on every request is not.
    assert outcomes["not_modified"] >= 14
    assert outcomes["no_change"] <= 2


def test_only_due_feeds_are_polled(home: HomeFolder, press: NewsroomServer) -> None:
    home.run("poll")
    second = home.run("poll")
    assert second.code == 0
    assert "No feed was due" in second.out


def test_offline_says_so_and_points_to_the_demo(new_home: Callable[[str], HomeFolder]) -> None:
    home = new_home("offline")
    urls = tuple(f"http://outlet{number}.invalid/feed.xml" for number in range(5))
    home.follow(urls, "http://127.0.0.1:9")  # nothing listens there
    done = home.run("poll")
    assert done.code == 1
    assert "Nothing could be reached" in done.out
    assert "wirecopy demo" in done.out
    assert "Traceback" not in done.out + done.err
    assert home.sql("SELECT outcome, errors FROM runs") == [("offline", 5)]
    assert home.sql("SELECT DISTINCT outcome FROM polls") == [("connect",)]
    # No feed is blamed, and all are due again soon.
    assert home.sql(
        "SELECT DISTINCT consecutive_failures, next_poll_at <= last_poll_at + INTERVAL 6 MINUTE "
        "FROM feeds"
    ) == [(0, True)]


def test_loopback_is_refused_by_default(
    new_home: Callable[[str], HomeFolder], press: NewsroomServer
) -> None:
    home = new_home("guarded")
    home.follow((f"http://127.0.0.1:{press.port}/feed.xml",), "", allow_networks=[])
    settings = (home.folder / "wirecopy.toml").read_text().splitlines()
    kept = [line for line in settings if not line.startswith("proxy")]
    (home.folder / "wirecopy.toml").write_text("\n".join([*kept, f"allow_ports = [{press.port}]"]))
    done = home.run("poll", "--json")
    assert done.report["errors_by_kind"] == {"address_refused": 1}
    assert press.requests == []


def test_json_report_is_whole(home: HomeFolder) -> None:
    done = home.run("poll", "--json", "--quiet")
    report = json.loads(done.out)
    assert report["kind"] == "poll"
    assert report["published"] is True
    assert report["counts"]["articles"] > 150
    assert done.err == ""


def test_secrets_reach_neither_rows_nor_output(
    new_home: Callable[[str], HomeFolder], press: NewsroomServer
) -> None:
    home = new_home("secret")
    url = press.feed_urls()[0].replace("http://", "http://reader:hunter2@")
    home.follow((url,), press.proxy_url)
    feeds = home.folder / "feeds.toml"
    feeds.write_text(feeds.read_text() + 'headers = { Authorization = "env:FEED_SECRET" }\n')
    done = home.run("poll", env={"FEED_SECRET": "s3cr3t-token", "WIRECOPY_LOG_LEVEL": "debug"})
    assert done.code == 0
    stored = b"".join(path.read_bytes() for path in home.folder.rglob("*duckdb*"))
    for secret in ("hunter2", "s3cr3t-token"):
        assert secret not in done.out + done.err
        assert secret.encode() not in stored
    assert home.sql("SELECT consecutive_failures, entries_seen > 0 FROM feeds") == [(0, True)]


def test_a_missing_secret_is_an_outcome(
    new_home: Callable[[str], HomeFolder], press: NewsroomServer
) -> None:
    home = new_home("missing")
    home.follow(press.feed_urls()[:2], press.proxy_url)
    feeds = home.folder / "feeds.toml"
    feeds.write_text(feeds.read_text() + 'headers = { Authorization = "env:NOT_SET_ANYWHERE" }\n')
    done = home.run("poll", "--json")
    assert done.code == 0
    assert done.report["errors_by_kind"] == {"missing_secret": 1}
    assert "NOT_SET_ANYWHERE" in done.report["failures"][0]["message"]
