"""Analysts read while the pipeline polls and publishes: neither ever meets the other.

Three other processes query `news.duckdb` in loops, opening it anew each time; a fourth keeps it
open all along. A few polls, and backfills of days at the same time; ten minutes of both with
LONG_TESTS=1.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle, product
from statistics import median, quantiles

from homes import LONG, HomeFolder, Result
from storage_cases import OtherProcess, elsewhere

from newsroom import Newsroom, NewsroomServer

SECONDS = 600 if LONG else 12
AGO = timedelta(days=5)
STEP = AGO / 150 if LONG else AGO / 20
"""What passes in the newsroom between two polls."""

READER = """
import json, sys, threading, time
from datetime import datetime, timezone
import duckdb
path, query = sys.argv[1:]
stop, reads, ages, seen, errors = threading.Event(), 0, [], set(), []
def connected():
    try:
        return duckdb.connect(path, read_only=True)
    except duckdb.Error:  # replaced while DuckDB opened it, which it does twice
        return duckdb.connect(path, read_only=True)
threading.Thread(target=lambda: (input(), stop.set()), daemon=True).start()
print("reading", flush=True)
while not stop.is_set():
    try:
        with connected() as connection:
            connection.execute(query).fetchall()
            taken, articles, counted, loose = connection.execute(
                "SELECT taken_at, (SELECT count(*) FROM articles), "
                "(SELECT sum(article_count) FROM stories), "
                "(SELECT count(*) FROM reprints ANTI JOIN articles USING (article_id)) "
                "FROM snapshot").fetchall()[0]
        if (counted or 0) != articles or loose:
            errors.append(f"half-loaded: {articles} articles, {counted} in stories, {loose}")
        seen.add(taken)
        ages.append((datetime.now(timezone.utc) - taken).total_seconds())
        reads += 1
    except Exception as error:
        errors.append(repr(error))
    time.sleep(0.01)
print(json.dumps([reads, len(seen), ages, errors]), flush=True)
"""

NOTEBOOK = """
import json, sys, threading
import duckdb
stop, reads, counts, errors = threading.Event(), 0, set(), []
threading.Thread(target=lambda: (input(), stop.set()), daemon=True).start()
connection = duckdb.connect(sys.argv[1], read_only=True)
print("reading", flush=True)
while not stop.wait(0.05):
    try:
        counts.add(connection.execute("SELECT count(*) FROM unique_articles").fetchall()[0][0])
        reads += 1
    except Exception as error:
        errors.append(repr(error))
print(json.dumps([reads, len(counts), [], errors]), flush=True)
"""

QUERIES = (
    "SELECT state, count(*) FROM coverage_daily GROUP BY ALL",
    "SELECT * FROM republication_edges ORDER BY stories DESC",
    "FROM search('council harbour')",
)


def test_readers_and_the_pipeline_never_meet(newsroom: Newsroom, home: HomeFolder) -> None:
    with NewsroomServer(newsroom, clock=lambda: newsroom.now - AGO) as press:
        feeds = press.feed_urls()[::2]  # the other publishers are the backfills'
        home.follow(feeds, press.proxy_url, publish_interval=0.001, log_level="error")
        assert home.run("poll", "--all", "-q").code == 0
        with (
            elsewhere(READER, home.published, QUERIES[0]) as first,
            elsewhere(READER, home.published, QUERIES[1]) as second,
            elsewhere(READER, home.published, QUERIES[2]) as third,
            elsewhere(NOTEBOOK, home.published) as notebook,
            ThreadPoolExecutor() as others,
        ):
            readers = (first, second, third, notebook)
            assert all(reader.says() == "reading" for reader in readers)
            ended = threading.Event()
            backfilling = others.submit(backfill_until, ended.is_set, home, newsroom)
            try:
                polls = poll_for(SECONDS, home, press)
            finally:
                ended.set()
            backfills = backfilling.result()
            found = [stopped(reader) for reader in readers]
    for reads, _, _, errors in found:
        assert errors == []
        assert reads > 2
    *looping, open_all_along = found
    assert max(snapshots for _, snapshots, _, _ in looping) > 1
    assert open_all_along[1] == 1
    assert home.run("check").code == 0
    ages = [age for _, _, found_ages, _ in looping for age in found_ages]
    reads = sum(reads for reads, *_ in found)
    p95 = quantiles(ages, n=20)[-1]
    print(f"{polls} polls, {backfills} backfills, {reads} reads", end=", ")
    print(f"staleness {median(ages):.1f} s, p95 {p95:.1f} s")


def poll_for(seconds: float, home: HomeFolder, press: NewsroomServer) -> int:
    """Poll again and again, new articles each time; how often."""
    deadline, polls = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        press.advance(STEP)
        is_well(home.run("poll", "--all", "-q"))
        polls += 1
    return polls


def backfill_until(ended: Callable[[], bool], home: HomeFolder, newsroom: Newsroom) -> int:
    """Backfill a day of an outlet after the other, and once more from the start; how many."""
    days = [(newsroom.now - AGO + timedelta(days=n)).date() for n in range(AGO.days)]
    for number, (day, outlet) in enumerate(cycle(product(days, newsroom.outlets))):
        if ended():
            return number
        period = ("--since", str(day), "--until", str(day + timedelta(days=1)), "--restart")
        is_well(home.run("backfill", f"sitemap:http://{outlet.domain}", *period, "-q"))
    raise AssertionError("unreachable")


def is_well(done: Result) -> None:
    assert (done.code, done.err) == (0, "")


def stopped(reader: OtherProcess) -> tuple[int, int, list[float], list[str]]:
    """What a reader has to tell at its end."""
    reader.go_on()
    reads, snapshots, ages, errors = json.loads(reader.says())
    return reads, snapshots, ages, errors
