"""Analysts read while the pipeline polls and publishes: neither ever meets the other.

Three other processes query `news.duckdb` in loops, opening it anew each time; a fourth keeps it
open all along. A few polls; ten minutes of them with LONG_TESTS=1.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta
from statistics import median, quantiles

from homes import LONG, HomeFolder
from storage_cases import OtherProcess, elsewhere

from newsroom import Newsroom, NewsroomServer

SECONDS = 600 if LONG else 12
STEP = timedelta(hours=6)

READER = """
import json, sys, threading, time
from datetime import datetime, timezone
import duckdb
path, query = sys.argv[1:]
stop, reads, ages, seen, errors = threading.Event(), 0, [], set(), []
threading.Thread(target=lambda: (input(), stop.set()), daemon=True).start()
print("reading", flush=True)
while not stop.is_set():
    try:
        with duckdb.connect(path, read_only=True) as connection:
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
    with NewsroomServer(newsroom, clock=lambda: newsroom.now - 20 * STEP) as press:
        home.follow(press.feed_urls(), press.proxy_url, publish_interval=0.001, log_level="error")
        assert home.run("poll", "--all", "-q").code == 0
        with (
            elsewhere(READER, home.published, QUERIES[0]) as first,
            elsewhere(READER, home.published, QUERIES[1]) as second,
            elsewhere(READER, home.published, QUERIES[2]) as third,
            elsewhere(NOTEBOOK, home.published) as notebook,
        ):
            readers = (first, second, third, notebook)
            assert all(reader.says() == "reading" for reader in readers)
            polls = poll_for(SECONDS, home, press)
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
    print(f"{polls} polls, {reads} reads, staleness {median(ages):.1f} s, p95 {p95:.1f} s")


def poll_for(seconds: float, home: HomeFolder, press: NewsroomServer) -> int:
    """Poll again and again, new articles each time; how often."""
    deadline, polls = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        press.advance(STEP)
        done = home.run("poll", "--all", "-q")
        assert (done.code, done.err) == (0, "")
        polls += 1
    return polls


def stopped(reader: OtherProcess) -> tuple[int, int, list[float], list[str]]:
    """What a reader has to tell at its end."""
    reader.go_on()
    reads, snapshots, ages, errors = json.loads(reader.says())
    return reads, snapshots, ages, errors
