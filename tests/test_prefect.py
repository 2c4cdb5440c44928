"""Flow runs on a real Prefect server and worker, and how they end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from homes import LONG, ROOT, HomeFolder
from prefect_installation import Installation, free_port, wait_for
from web_archives import newsroom_pages, write_warc

from newsroom import Newsroom, NewsroomServer

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def open_press(newsroom: Newsroom) -> Iterator[NewsroomServer]:
    """The newsroom, serving for all tests of this module."""
    with NewsroomServer(newsroom) as server:
        yield server


@pytest.fixture(scope="module")
def prefect(
    open_press: NewsroomServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A server with prefect.yaml deployed, every minute instead of every five, and a worker."""
    with Installation(tmp_path_factory.mktemp("prefect")) as installed:
        HomeFolder(installed.home).follow(open_press.feed_urls(), open_press.proxy_url)
        installed.set_up()
        installed.start_worker()
        yield installed


def test_poll_from_the_command_line_as_a_flow_run(
    prefect: Installation, open_press: NewsroomServer, tmp_path: Path
) -> None:
    home = HomeFolder(tmp_path / "home")
    home.follow(open_press.feed_urls(), open_press.proxy_url)
    home.published.with_name("news.duckdb.wal").write_bytes(b"left by somebody")

    done = home.run("poll", "--all", "--prefect", "--json", env=prefect.env)

    assert done.code == 0, done.err
    assert "leaked" not in done.err  # what Prefect keeps alive, DuckDB complains of at the end
    report = done.report
    assert report["outcome"] == "completed"
    assert report["counts"]["articles"] > 150
    [(flow_run_id,)] = home.sql(f"SELECT flow_run_id FROM runs WHERE run_id = '{report['run_id']}'")
    flow_run = prefect.get(f"flow_runs/{flow_run_id}")
    assert flow_run["state_type"] == "COMPLETED"
    assert flow_run["deployment_id"] is None
    assert flow_run["parameters"]["every"] is True
    wait_for(lambda: "publish.stray_log_set_aside" in prefect.log_of(flow_run_id), 30)


def test_a_run_that_reaches_nothing_fails_in_one_sentence(
    prefect: Installation, open_press: NewsroomServer, tmp_path: Path
) -> None:
    home = HomeFolder(tmp_path / "home")
    secrets = ("hush-feed", "hush-proxy")
    feed = open_press.feed_urls()[0].replace("http://", f"http://reader:{secrets[0]}@")
    home.follow((feed,), f"http://user:{secrets[1]}@127.0.0.1:{free_port()}", log_level="debug")

    done = home.run("poll", "--prefect", "--json", env=prefect.env)

    assert done.code == 1, done.err
    assert done.report["outcome"] == "offline"
    assert "Traceback" not in done.err
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as working:
        [(flow_run_id,)] = working.execute("SELECT flow_run_id FROM runs").fetchall()
    flow_run = prefect.get(f"flow_runs/{flow_run_id}")
    wanted = {"flow_run_id": {"any_": [flow_run_id]}, "key": {"any_": ["poll-report"]}}
    [artifact] = prefect.post("artifacts/filter", artifacts=wanted)
    assert flow_run["state_type"] == "FAILED"
    assert "Nothing could be done" in flow_run["state"]["message"]
    assert "`connect`" in artifact["data"]
    [event] = wait_for(
        lambda: prefect.post("events/filter", filter={"event": {"name": ["wirecopy.run.offline"]}})[
            "events"
        ],
        30,
    )
    assert event["payload"]["errors_by_kind"] == {"connect": 1}
    said = done.out + done.err + artifact["data"] + prefect.log_of(flow_run["id"])
    assert not [secret for secret in secrets if secret in said]


def test_a_mistake_in_the_settings_is_a_failed_run_and_exit_code_2(
    prefect: Installation, tmp_path: Path
) -> None:
    done = HomeFolder(tmp_path / "empty").run("poll", "--prefect", env=prefect.env)

    assert done.code == 2
    assert "wirecopy: There is no feeds file" in done.err
    assert "Traceback" not in done.err


def test_the_schedule_fires_and_loads_articles(prefect: Installation) -> None:
    flow_run = wait_for(prefect.scheduled_run, 180, prefect.log("worker"))
    assert flow_run["state_type"] == "COMPLETED", prefect.log("worker").read_text()
    assert re.fullmatch(
        r"poll \d\d:\d\d · 18 feeds · [\d,]+ articles · \d+ errors?", flow_run["name"]
    )

    home, where = HomeFolder(prefect.home), f"flow_run_id = '{flow_run['id']}'"
    [run] = home.sql(
        f"SELECT kind, outcome, feeds, pages, articles, errors FROM runs WHERE {where}"
    )
    assert run[:2] == ("poll", "completed")
    feeds, pages, articles, errors = run[2:]
    assert articles == home.sql("SELECT count(*) FROM articles")[0][0]
    assert articles > 150
    assert errors > 0  # the newsroom has faults: feeds that fail are no failure of the run

    def batches() -> list[str] | None:
        names = prefect.task_names(flow_run["id"])  # task runs are recorded with some delay
        return names if _sum("poll (\\d+) feeds", names) >= feeds else None

    names = wait_for(batches, 30)
    assert _sum("poll (\\d+) feeds", names) == feeds
    assert wait_for(
        lambda: _sum("load (\\d+) pages", prefect.task_names(flow_run["id"])) >= pages, 30
    )
    assert len(prefect.task_names(flow_run["id"])) < 15

    shown = {
        artifact["type"]: artifact
        for artifact in prefect.post(
            "artifacts/filter", artifacts={"flow_run_id": {"any_": [flow_run["id"]]}}
        )
    }
    assert shown.keys() == {"markdown", "progress", "table"}
    assert shown["markdown"]["key"] == "poll-report"
    for said in (f"| articles | {articles} |", "### Stories with most new reprints"):
        assert said in shown["markdown"]["data"]
    assert shown["progress"]["data"] == 100
    assert re.search(r"pages (\d+) of \1\b", shown["progress"]["description"])
    [failing] = json.loads(shown["table"]["data"])
    assert home.sql(
        "SELECT current_url, last_outcome FROM feeds WHERE consecutive_failures > 0"
    ) == [(failing["feed"], failing["outcome"])]
    assert f"<{failing['feed']}>" in shown["markdown"]["data"]


def _sum(pattern: str, names: list[str]) -> int:
    return sum(int(match[1]) for name in names if (match := re.fullmatch(pattern, name)))


def test_a_cancelled_run_lets_go_of_what_it_had(
    prefect: Installation, press: NewsroomServer, tmp_path: Path
) -> None:
    prefect.pause()
    home = HomeFolder(tmp_path / "slow")
    home.follow(press.feed_urls(), press.proxy_url, per_publisher_delay=2)
    run_id = prefect.start_run(home=str(home.folder))
    many = 2 * len(press.feed_urls()) + 10  # robots.txt, feeds, and some pages
    wait_for(lambda: len(press.requests) > many, 120, prefect.log("worker"))

    prefect.post(f"flow_runs/{run_id}/set_state", state={"type": "CANCELLING"})
    wait_for(
        lambda: prefect.state(run_id) == "CANCELLED",
        60,
        prefect.log("worker"),
    )
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as working:
        runs = working.execute("SELECT flow_run_id, outcome FROM runs").fetchall()
        claims = working.execute("SELECT count(*) FROM internal.claims").fetchall()
    assert runs == [(run_id, "cancelled")]
    assert claims == [(0,)]


def test_a_backfill_cancelled_and_started_again_goes_on(
    prefect: Installation,
    newsroom: Newsroom,
    tmp_path: Path,
) -> None:
    prefect.pause()
    deployment = prefect.get("deployments/name/backfill/backfill")
    assert deployment["schedules"] == []
    form = deployment["parameter_openapi_schema"]["properties"]
    assert {"sources", "since", "until", "hosts", "languages", "undated"} <= set(form)
    assert all(field.get("description") for field in form.values())
    assert "date-time" in str(form["since"])

    pages = newsroom_pages(newsroom)
    write_warc(tmp_path / "a.warc.gz", pages)
    home = HomeFolder(tmp_path / "home")
    home.folder.mkdir()
    (home.folder / "wirecopy.toml").write_text("min_free_bytes = 0\n")
    parameters = {"sources": [f"warc:{tmp_path}/a.warc.gz"], "home": str(home.folder)}

    first = prefect.start_run("backfill", **parameters)
    wait_for(lambda: any("load" in name for name in prefect.task_names(first)), 120)
    prefect.post(f"flow_runs/{first}/set_state", state={"type": "CANCELLING"})
    wait_for(lambda: prefect.state(first) == "CANCELLED", 60, prefect.log("worker"))
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as working:
        [(status, running)] = working.execute(
            "SELECT any_value(b.status), count(*) FILTER (s.status = 'running') "
            "FROM backfills b JOIN backfill_shards s USING (backfill_id)"
        ).fetchall()
    assert (status, running) == ("interrupted", 0)

    second = prefect.start_run("backfill", **parameters)
    wait_for(lambda: prefect.state(second) == "COMPLETED", 120, prefect.log("worker"))
    assert home.sql("SELECT count(*) FROM articles") == [(len(pages),)]
    assert home.sql("SELECT sum(pages), count(DISTINCT backfill_id) FROM backfill_shards") == [
        (len(pages), 1)
    ]
    assert home.run("check").code == 0
    artifacts = prefect.post("artifacts/filter", artifacts={"flow_run_id": {"any_": [second]}})
    kinds = {artifact["key"]: artifact["data"] for artifact in artifacts}
    assert kinds["backfill-progress"] == 100.0
    assert "| pages |" in kinds["backfill-report"]


def test_a_mistake_in_a_backfill_is_a_failed_run_that_says_it(
    prefect: Installation, tmp_path: Path
) -> None:
    run_id = prefect.start_run(
        "backfill", sources=[f"warc:{tmp_path}/*.warc.gz"], home=str(tmp_path / "home")
    )
    wait_for(lambda: prefect.state(run_id) == "FAILED", 90, prefect.log("worker"))
    message = prefect.get(f"flow_runs/{run_id}")["state"]["message"]
    assert "names no file" in message


@pytest.mark.skipif(not LONG, reason="LONG_TESTS=1 kills more of Prefect")
def test_a_run_whose_worker_is_killed_ends_and_the_next_takes_up_its_work(
    prefect: Installation, press: NewsroomServer, tmp_path: Path
) -> None:
    """One of many ways to go wrong; test_prefect_outages.py has the others."""
    home = HomeFolder(tmp_path / "slow")
    home.follow(press.feed_urls(), press.proxy_url, per_publisher_delay=1)
    first = prefect.start_run(home=str(home.folder))
    many = 2 * len(press.feed_urls()) + 10
    wait_for(lambda: len(press.requests) > many, 120, prefect.log("worker"))
    prefect.kill("worker")
    prefect.start_worker()
    ended = ("COMPLETED", "CRASHED")  # nobody reads what it prints: then Prefect ends it
    wait_for(lambda: prefect.state(first) in ended, 90, prefect.log("worker"))
    assert prefect.slots_taken() == 0

    home.follow(press.feed_urls(), press.proxy_url)
    second = prefect.start_run(home=str(home.folder))
    wait_for(lambda: prefect.state(second) == "COMPLETED", 120, prefect.log("worker"))
    checked = home.run("check")
    assert checked.code == 0, checked.out
    waiting = "SELECT count(*) FROM entries WHERE status IN ('pending', 'fetched') AND attempts = 0"
    assert home.sql(waiting) == [(0,)]
    assert home.sql("SELECT count(*) > 150 FROM articles") == [(True,)]


def test_a_server_that_is_not_there_is_said_in_one_sentence(home: HomeFolder) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"

    done = home.run("poll", "--prefect", env={"PREFECT_API_URL": url})

    assert done.code == 1
    assert f"wirecopy: The Prefect server at {url}" in done.err
    assert "Traceback" not in done.err


def test_plain_commands_do_not_import_prefect() -> None:
    program = (
        "import sys, flows.cli, flows.poll, flows.run, flows.report\n"
        "sys.exit('prefect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
