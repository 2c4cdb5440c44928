"""The hostile web and a broken home, through the command line: every case has its recorded outcome,
and none costs a healthy feed anything.

The tables are in `hostile_cases`. One run polls them all, through a proxy, beside fifty healthy
feeds; a second one has no proxy, so that addresses are checked where they are connected to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest
from homes import ROOT, HomeFolder
from hostile_cases import ADDRESSES, NAMES, TOGETHER, Case
from hostile_server import (
    HEALTHY_ENTRIES,
    HEALTHY_FEEDS,
    article,
    feed,
    healthy_pages,
    healthy_urls,
    listed,
    rss,
    serve_case,
    serve_healthy,
)
from rude_server import Behaviour, RudeServer, Talk, head, page, raw

from ingest.redact import redact_url
from ingest.workers.child import PROCESSOR_SECONDS

FETCH_DEADLINE = 18.0
assert PROCESSOR_SECONDS < FETCH_DEADLINE
MEMORY = 700_000_000
TOO_BUSY = 2.0
"""Processes that want to run, per processor: this test takes one of each two processors itself, so
beyond this it gets less than half of what it wants, and how much less changes by the second."""

EVERYWHERE = """
import os, sys
_log = os.open(os.environ["CONNECTS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def _note(event, args):
    told = event in ("socket.connect", "socket.sendto", "socket.sendmsg")
    if told and args[0].family != 1:  # AF_UNIX: a socket pair between two of our processes
        os.write(_log, (repr(args[1]) + "\\n").encode())
sys.addaudithook(_note)
if "NAMES" in os.environ:
    import json, socket
    _names = json.loads(os.environ["NAMES"])
    def _resolve(host, port, *args, **kwargs):
        if host not in _names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "",
                 (a, port)) for a in _names[host]]
    socket.getaddrinfo = _resolve
"""
"""Every Python process of a command imports this at its start, workers too: it notes each address
that a socket is told to connect to, and answers for the name servers, which cannot be had here."""


@dataclass(frozen=True)
class Watched:
    """A command that was run under watch."""

    code: int
    out: str
    err: str
    seconds: float
    most_memory: int
    connects: frozenset[str]


def run_watched(home: HomeFolder, *words: str, names: object = None) -> Watched:
    hooks = home.folder / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(EVERYWHERE)
    log = hooks / "connects"
    env = {**os.environ, "PYTHONPATH": f"{hooks}{os.pathsep}{ROOT}", "CONNECTS_LOG": str(log)}
    if names is not None:
        env["NAMES"] = json.dumps(names)
    began = time.monotonic()
    process = subprocess.Popen(
        home.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=env,
    )  # fmt: skip
    memory = _Memory(process.pid)
    memory.start()
    try:
        out, err = process.communicate(timeout=150)
    finally:
        process.kill()
        memory.ended.set()
        memory.join()
    seconds = time.monotonic() - began
    connects = frozenset(log.read_text().splitlines()) if log.exists() else frozenset()
    return Watched(process.returncode, out, err, seconds, memory.most, connects)


class _Memory(threading.Thread):
    """Samples the resident memory of a process and all that it has started."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.most = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            total = 0
            try:
                family = [self.process, *self.process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for member in family:
                try:
                    total += member.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.most = max(self.most, total)


def set_up(home: HomeFolder, urls: Mapping[str, str] | tuple[str, ...], **settings: object) -> None:
    listed = urls if isinstance(urls, tuple) else tuple(urls.values())
    home.follow((), "")
    feeds = "".join(f"[[feed]]\nurl = {json.dumps(url, ensure_ascii=False)}\n" for url in listed)
    (home.folder / "feeds.toml").write_text(feeds, encoding="utf-8")
    chosen = {
        "per_publisher_delay": 0,
        "min_free_bytes": 0,
        "fetch_deadline": FETCH_DEADLINE,
        **settings,
    }
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items())
    (home.folder / "wirecopy.toml").write_text(text)


@dataclass(frozen=True)
class Polled:
    """A run over cases, and what came of it."""

    home: HomeFolder
    urls: Mapping[str, str]
    server: RudeServer
    watched: Watched
    healthy_seconds: float
    recorded: Mapping[str, Mapping[str, object]]


QUERY = """
SELECT feeds.url, outcome, http_status, polls.error, feeds.next_poll_at - polls.started_at,
       (SELECT list(entries ORDER BY entries.url, entries.title) FROM entries
        WHERE entries.feed_id = feeds.feed_id),
       (SELECT any_value(articles) FROM articles JOIN entries USING (article_id)
        WHERE entries.feed_id = feeds.feed_id)
FROM feeds LEFT JOIN polls USING (feed_id)
"""


def recorded_in(home: HomeFolder) -> dict[str, dict[str, Any]]:
    """By feed, what the tables say of it in the words of the cases."""
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as database:
        database.execute("SET TimeZone = 'UTC'")
        rows = database.execute(QUERY).fetchall()
        kept = database.execute(
            "SELECT url FROM feeds JOIN internal.feed_state USING (feed_id)"
        ).fetchall()
    with_validators = {url for (url,) in kept}
    found = {}
    for url, outcome, status, error, waits, entries, article_row in rows:
        listed = entries or []
        found[url] = {
            "outcome": outcome,
            "http_status": status,
            "says": error or "",
            "waits": waits.total_seconds() if waits else 0,
            "entries": len(listed),
            "settled": dict(Counter((entry["status"], entry["reason"]) for entry in listed)),
            "titles": [entry["title"] for entry in listed],
            "summaries": [entry["summary"] for entry in listed],
            "published": [entry["published_at"] for entry in listed],
            "raw_times": [entry["published_raw"] for entry in listed],
            "article": article_row or {},
            "validators": url in with_validators,
        }
    return found


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("hostile")
    with RudeServer() as server:
        serve_healthy(server)
        urls = {}
        for number, (name, case) in enumerate(TOGETHER.items()):
            host = f"case{number}.example"
            serve_case(server, host, case.routes)
            urls[name] = f"http://{host}/feed"
        proxy = f"http://127.0.0.1:{server.port}"
        healthy_seconds = poll_healthy_alone(server, folder / "alone")
        server.seen.clear()
        home = HomeFolder(folder / "home")
        hostile = tuple(urls.values())
        # Mixed, so that neither kind comes first.
        mixed = sorted((*healthy_urls(), *hostile), key=lambda url: hash((url[::-1], len(url))))
        set_up(home, tuple(mixed), proxy=proxy)
        watched = run_watched(home, "poll", "--all", "--quiet", "--json")
        assert watched.code == 0, watched.err
        yield Polled(home, urls, server, watched, healthy_seconds, recorded_in(home))


def poll_healthy_alone(server: RudeServer, folder: Path) -> float:
    """How many seconds that takes now."""
    alone = HomeFolder(folder)
    set_up(alone, healthy_urls(), proxy=f"http://127.0.0.1:{server.port}")
    healthy = run_watched(alone, "poll", "--all", "--quiet")
    assert healthy.code == 0, healthy.err
    return healthy.seconds


def check_case(case: Case, name: str, polled: Polled) -> None:
    url = polled.urls[name]
    actual = polled.recorded[redact_url(url)]
    host = url.split("/")[2]
    for key, wanted in case.expects.items():
        if key == "says":
            assert str(wanted) in str(actual["says"])
        elif key == "waits":
            assert float(actual["waits"]) >= float(wanted)  # type: ignore[arg-type]
        elif key == "waits_at_most":
            assert float(actual["waits"]) <= float(wanted) + 1  # type: ignore[arg-type]
        elif key == "paths":
            asked = {seen.target for seen in polled.server.seen if seen.host == host}
            assert sorted(target.removeprefix(f"http://{host}") for target in asked) == wanted
        elif key == "body_has":
            assert str(wanted) in actual["article"]["body"]  # type: ignore[index]
        elif key == "article":
            for column, value in wanted.items():  # type: ignore[attr-defined]
                expected = value.format(host=host) if isinstance(value, str) else value
                assert actual["article"].get(column) == expected, column  # type: ignore[attr-defined]
        else:
            assert actual[key] == wanted, (key, actual["says"])
    outcome = actual["outcome"]
    if outcome not in ("new_entries", "no_change", "not_modified"):
        assert str(actual["says"]).strip(), "an outcome that is not explained"
        assert "\n" not in str(actual["says"])


def test_there_are_cases_enough() -> None:
    assert len(TOGETHER) + len(ADDRESSES) >= 150
    assert {case.kind for case in (*TOGETHER.values(), *ADDRESSES.values())} == {
        "feed", "HTTP", "page", "text", "time", "address",
    }  # fmt: skip


def test_the_run_does_its_work(together: Polled) -> None:
    watched = together.watched
    assert "Traceback" not in watched.err
    report = json.loads(watched.out)
    assert report["outcome"] == "completed"
    assert report["counts"]["feeds"] == HEALTHY_FEEDS + len(TOGETHER)
    checked = together.home.run("check")
    assert checked.code == 0, checked.out


@pytest.mark.parametrize("name", TOGETHER)
def test_every_case_has_its_recorded_outcome(together: Polled, name: str) -> None:
    check_case(TOGETHER[name], name, together)


def test_every_healthy_entry_arrives(together: Polled) -> None:
    held = together.home.sql(
        "SELECT entries.url, articles.content_status FROM entries JOIN articles USING (article_id) "
        "WHERE entries.status = 'done' AND entries.url LIKE '%healthy%'"
    )
    assert dict(held) == dict.fromkeys(healthy_pages(), "full")
    assert len(held) == HEALTHY_FEEDS * HEALTHY_ENTRIES


def test_hostile_feeds_cost_one_deadline_at_most(together: Polled, tmp_path: Path) -> None:
    healthy_seconds = together.healthy_seconds
    if together.watched.seconds > healthy_seconds + FETCH_DEADLINE:
        # The machine may have become busier since the healthy feeds were polled alone.
        if os.getloadavg()[0] > TOO_BUSY * (os.cpu_count() or 1):
            pytest.skip("others keep this machine too busy to time anything by the clock")
        healthy_seconds = max(healthy_seconds, poll_healthy_alone(together.server, tmp_path))
    assert together.watched.seconds <= healthy_seconds + FETCH_DEADLINE


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no memory limit for a process")
def test_hostile_feeds_cost_little_memory(together: Polled) -> None:
    assert together.watched.most_memory < MEMORY


def test_only_the_proxy_is_connected_to(together: Polled) -> None:
    assert together.watched.connects == {f"('127.0.0.1', {together.server.port})"}


# --- addresses


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with RudeServer() as server:
        # Each with a path of its own: many are spellings of one address.
        urls = {
            name: str(case.url).format(port=server.port) + f"?{number}"
            for number, (name, case) in enumerate(ADDRESSES.items())
        }
        serve_case(server, "good.test", {})
        for case in ADDRESSES.values():
            for path, behaviour in case.routes.items():
                server.at(path, behaviour)
        server.at("127.0.0.1/a0", article("loopback"))
        home = HomeFolder(tmp_path_factory.mktemp("direct") / "home")
        set_up(
            home,
            urls,
            allow_networks=["127.0.0.1/32"],
            allow_ports=[server.port],
            per_publisher_connections=8,
        )
        watched = run_watched(home, "poll", "--all", "--quiet", names=NAMES)
        assert watched.code == 0, watched.err
        yield Polled(home, urls, server, watched, 0.0, recorded_in(home))


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_has_its_recorded_outcome(direct: Polled, name: str) -> None:
    check_case(ADDRESSES[name], name, direct)


def test_no_address_outside_of_the_allow_list_is_connected_to(direct: Polled) -> None:
    assert direct.watched.connects == {f"('127.0.0.1', {direct.server.port})"}


# --- politeness, by the server's log


@pytest.fixture(scope="module")
def polite(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Three publishers with slow pages, polled twice: one asks to be left alone for two seconds,
    one forbids a folder."""
    with RudeServer() as server:
        throttled = [True]

        def slow(talk: Talk) -> None:
            talk.sleep(0.6)
            article(talk.asked.target)(talk)

        def leave_alone(talk: Talk) -> None:
            if throttled and throttled.pop():
                page(b"", 429, f"Retry-After: {PAUSE}")(talk)
            else:
                slow(talk)

        urls = []
        for number in range(3):
            host = f"slow{number}.example"
            paths = [f"/{n}" for n in range(8)] + ["/private/1"]
            document = rss("".join(listed(path, f"T{path}") for path in paths))
            server.at(f"{host}/feed", unchanged(feed(document, 'ETag: "1"')))
            server.at(f"{host}/robots.txt", page(b"User-agent: *\nDisallow: /private/"))
            for path in paths:
                server.at(host + path, leave_alone if number == 0 else slow)
            urls.append(f"http://{host}/feed")
        home = HomeFolder(tmp_path_factory.mktemp("polite") / "home")
        proxy = f"http://127.0.0.1:{server.port}"
        set_up(home, tuple(urls), proxy=proxy, per_publisher_delay=SPACING)
        for _ in range(2):
            assert home.run("poll", "--all", "-q").code == 0
        yield server


SPACING, PAUSE, SLACK = 0.25, 2, 0.05


def unchanged(behaviour: Behaviour) -> Behaviour:
    """304 to a conditional request."""

    def behave(talk: Talk) -> None:
        known = talk.asked.headers.get("if-none-match") == '"1"'
        (raw(head(304)) if known else behaviour)(talk)

    return behave


def test_publishers_are_asked_as_often_as_they_like(polite: RudeServer) -> None:
    for number in range(3):
        host = f"slow{number}.example"
        assert polite.most_at_once(host) == 2
        starts = sorted(seen.started for seen in polite.seen if seen.host == host)
        assert all(later - one >= SPACING - SLACK for one, later in pairwise(starts))


def test_a_publisher_that_asks_for_a_pause_gets_it(polite: RudeServer) -> None:
    seen = [each for each in polite.seen if each.host == "slow0.example"]
    refused = next(each for each in seen if each.target.endswith("/0"))
    assert not [each for each in seen if 0.1 < each.started - refused.ended < PAUSE - SLACK]
    assert len({each.target for each in seen}) == 10  # and then all of it


def test_what_is_known_is_asked_for_once_and_what_is_forbidden_never(polite: RudeServer) -> None:
    asked = Counter(f"{each.host} {each.target.split('example')[1]}" for each in polite.seen)
    conditional = [each for each in polite.seen if "if-none-match" in each.headers]
    assert sorted(each.target for each in conditional) == [
        f"http://slow{number}.example/feed" for number in range(3)
    ]
    assert not [name for name in asked if "private" in name]
    again = {name for name, count in asked.items() if count > 1 and not name.endswith("/feed")}
    assert again == set()  # the one that was refused has to wait a quarter of an hour
