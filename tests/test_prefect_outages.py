"""Prefect's processes are killed: nothing is lost or doubled, and nothing is stuck afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from homes import LONG, ROOT, HomeFolder
from prefect_installation import Installation, environment, free_port, wait_for

from newsroom import NewsroomServer

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not LONG, reason="half an hour: LONG_TESTS=1"),
]
LEASE_SECONDS = 300 + 15 + 15
"""A slot whose run has died is free by then: Prefect's lease, and how often the server looks."""

GRACE_SECONDS = 120 + 15 + 15
"""The same for a run that died before it began: grace_period_seconds in prefect.yaml."""

NEVER = "0 0 29 2 *"

OVERLAPPING = """
    SELECT one.run_id, other.run_id FROM runs one JOIN runs other ON one.run_id < other.run_id
    WHERE one.kind = 'poll' AND other.kind = 'poll'
      AND one.started_at < other.finished_at AND other.started_at < one.finished_at
"""


@pytest.fixture
def slow(press: NewsroomServer, tmp_path: Path) -> Iterator[Installation]:
    """A server and a worker, no schedule, and a home whose polls take some 20 s."""
    with Installation(tmp_path, cron=NEVER) as installed:
        HomeFolder(installed.home).follow(press.feed_urls(), press.proxy_url, per_publisher_delay=1)
        installed.set_up()
        installed.start_worker()
        yield installed


def at_work(installed: Installation, press: NewsroomServer) -> str:
    """Start a poll, and wait until it has fetched feeds and some pages. Returns its id."""
    before = len(press.requests)
    run_id = installed.start_run()
    enough = before + 2 * len(press.feed_urls()) + 10
    wait_for(lambda: len(press.requests) > enough, 120, installed.log("worker"))
    return run_id


def assert_nothing_lost_or_doubled(home: HomeFolder, press: NewsroomServer) -> None:
    """Whatever happened, the next runs have it all, once: what the newsroom gave out is held."""
    checked = home.run("check")
    assert checked.code == 0, checked.out
    assert home.run("publish").code == 0
    waiting = "SELECT count(*) FROM entries WHERE status IN ('pending', 'fetched') AND attempts = 0"
    assert home.sql(waiting) == [(0,)]
    pages = {(piece.outlet, piece.path) for piece in press.newsroom.pieces}
    given = {(r.host, r.path) for r in press.requests if r.status == 200} & pages
    assert home.sql("SELECT count(*), count(DISTINCT url) FROM articles") == [(len(given),) * 2]
    assert len(given) > 150
    for nothing in (
        "SELECT feed_id FROM polls GROUP BY feed_id, run_id HAVING count(*) > 1",
        "SELECT run_id FROM runs WHERE finished_at IS NULL",
    ):
        assert home.sql(nothing) == []
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as working:
        assert working.execute("SELECT count(*) FROM internal.claims").fetchall() == [(0,)]


def polls_again(installed: Installation) -> None:
    """Another run goes through."""
    run_id = installed.start_run(every=True)
    ended = ("COMPLETED", "CANCELLED", "FAILED", "CRASHED")
    wait_for(lambda: installed.state(run_id) in ended, 180, installed.log("worker"))
    assert installed.state(run_id) == "COMPLETED", installed.get(f"flow_runs/{run_id}")["state"]


def test_a_worker_killed_with_its_run_at_work(slow: Installation, press: NewsroomServer) -> None:
    at_work(slow, press)
    slow.kill("worker", family=True)
    slow.start_worker()
    wait_for(lambda: slow.slots_taken() == 0, LEASE_SECONDS, slow.log("server"))
    polls_again(slow)
    home = HomeFolder(slow.home)
    assert_nothing_lost_or_doubled(home, press)
    assert home.sql("SELECT outcome FROM runs ORDER BY started_at") == [
        ("interrupted",),
        ("completed",),
    ]


def test_a_worker_killed_with_its_run_about_to_begin(
    slow: Installation, press: NewsroomServer
) -> None:
    run_id = slow.start_run()
    wait_for(lambda: slow.state(run_id) == "PENDING" and slow.flow_runs(), 60, slow.log("worker"))
    slow.kill("worker", family=True)
    for process in slow.flow_runs():
        process.kill()
    assert slow.state(run_id) == "PENDING"
    assert slow.slots_taken() == 1
    slow.start_worker()
    wait_for(lambda: slow.slots_taken() == 0, GRACE_SECONDS, slow.log("server"))
    polls_again(slow)
    assert_nothing_lost_or_doubled(HomeFolder(slow.home), press)


def test_a_run_completes_its_work_without_the_server_and_ends_within_a_minute(
    slow: Installation, press: NewsroomServer
) -> None:
    at_work(slow, press)
    slow.kill("server")
    home = HomeFolder(slow.home)
    wait_for(home.published.exists, 120, slow.log("worker"))
    assert home.sql("SELECT outcome FROM runs") == [("completed",)]
    wait_for(lambda: not slow.flow_runs(), 60, slow.log("worker"))
    slow.start_server()
    wait_for(lambda: slow.slots_taken() == 0, LEASE_SECONDS, slow.log("server"))
    polls_again(slow)
    assert_nothing_lost_or_doubled(home, press)


def test_a_server_restarted_during_a_run_hears_how_it_ended(
    slow: Installation, press: NewsroomServer
) -> None:
    run_id = at_work(slow, press)
    slow.kill("server")
    slow.start_server()
    wait_for(lambda: slow.state(run_id) == "COMPLETED", 120, slow.log("worker"))
    wait_for(lambda: slow.slots_taken() == 0, 30)
    polls_again(slow)
    assert_nothing_lost_or_doubled(HomeFolder(slow.home), press)


def test_a_run_goes_on_though_its_slot_cannot_be_renewed(
    slow: Installation, press: NewsroomServer
) -> None:
    """Prefect renews a slot's lease after 225 s, and would end the run when it cannot."""
    home = HomeFolder(slow.home)
    home.follow(press.feed_urls(), press.proxy_url, per_publisher_delay=15)
    at_work(slow, press)
    slow.kill("server")
    wait_for(home.published.exists, 900, slow.log("worker"))
    [(outcome, seconds)] = home.sql("SELECT outcome, epoch(finished_at - started_at) FROM runs")
    assert outcome == "completed"
    assert seconds > 250


def test_a_machine_that_stopped_during_a_run(slow: Installation, press: NewsroomServer) -> None:
    at_work(slow, press)
    slow.kill("worker", family=True)
    slow.kill("server", family=True)
    slow.start_server()
    slow.start_worker()
    wait_for(lambda: slow.slots_taken() == 0, LEASE_SECONDS, slow.log("server"))
    polls_again(slow)
    assert_nothing_lost_or_doubled(HomeFolder(slow.home), press)


@pytest.fixture
def every_minute(press: NewsroomServer, tmp_path: Path) -> Iterator[Installation]:
    """A server that has polls every minute, and no worker yet."""
    with Installation(tmp_path) as installed:
        HomeFolder(installed.home).follow(press.feed_urls(), press.proxy_url)
        installed.set_up()
        yield installed


def test_one_run_catches_up_with_those_that_were_missed(
    every_minute: Installation, press: NewsroomServer
) -> None:
    installed = every_minute
    wait_for(lambda: len(_late(installed)) >= 3, 300)
    late = {run["id"] for run in _late(installed)}
    installed.start_worker()
    wait_for(lambda: not late & {run["id"] for run in _late(installed)}, 120)
    installed.pause()
    states = sorted(installed.state(str(run_id)) for run_id in late)
    assert states == ["CANCELLED"] * (len(late) - 1) + ["COMPLETED"]
    assert_nothing_lost_or_doubled(HomeFolder(installed.home), press)


def _late(installed: Installation) -> list[dict[str, object]]:
    return [run for run in installed.runs("SCHEDULED") if run["state_name"] == "Late"]


def test_two_workers_share_the_runs(every_minute: Installation, press: NewsroomServer) -> None:
    installed, home = every_minute, HomeFolder(every_minute.home)
    for name in ("worker", "worker-2"):
        installed.start_worker(name)
    wait_for(lambda: len(installed.runs("COMPLETED")) >= 3, 300, installed.log("worker"))
    installed.pause()
    ran = {run["id"] for run in installed.runs("COMPLETED")}
    assert not installed.runs("CRASHED", "FAILED")
    assert_nothing_lost_or_doubled(home, press)
    assert home.sql(OVERLAPPING) == []
    assert {row[0] for row in home.sql("SELECT flow_run_id FROM runs")} == ran
    pages = [(r.host, r.path) for r in press.requests if r.status == 200 and ".html" in r.path]
    assert len(pages) == len(set(pages))


@pytest.mark.parametrize("servers", [1, 2])
def test_two_schedulers_on_one_home(
    servers: int, home: HomeFolder, press: NewsroomServer, tmp_path: Path
) -> None:
    """The second one finds the first one's server, or, told another port, starts its own."""
    every_minute = tmp_path / "prefect.yaml"
    yaml = (ROOT / "prefect.yaml").read_text()
    every_minute.write_text(yaml.replace("*/5 * * * *", "* * * * *"))
    ports = [free_port() for _ in range(servers)] * (2 // servers)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for number, port in enumerate(ports):
            with (tmp_path / f"schedule-{number}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(
                        home.command("schedule", "--file", str(every_minute)),
                        cwd=ROOT,
                        env=environment()
                        | {"PREFECT_SERVER_API_PORT": str(port), "HOME": str(tmp_path)},
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
            time.sleep(20)
        ended = "SELECT count(*) FROM runs WHERE outcome = 'completed'"
        wait_for(lambda: home.published.exists() and home.sql(ended)[0][0] >= 2, 300)
        time.sleep(60)
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=90)
    finally:
        for process in started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert_nothing_lost_or_doubled(home, press)
    polled_twice = """
        SELECT feed_id FROM polls JOIN polls other USING (feed_id)
        WHERE polls.poll_id < other.poll_id
          AND abs(epoch(polls.started_at - other.started_at)) < 60"""
    assert home.sql(polled_twice) == []
