"""Flow runs on a real Prefect server and worker, and how they end."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import psutil  # type: ignore[import-untyped]
import pytest
import requests
from homes import ROOT, HomeFolder
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from newsroom import Newsroom, NewsroomServer

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.timeout(300)]

DEFAULT_SIGNALS = (
    "import os, signal, sys\n"
    "for s in signal.SIGINT, signal.SIGTERM: signal.signal(s, signal.SIG_DFL)\n"
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""Runs a command with default signal handling: a worker that inherits an ignored SIGINT, as one in
the background of a script does, would not stop."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Prefect:
    """A server, a worker that runs the deployments of prefect.yaml, and where the worker's flow
    runs find their home."""

    url: str
    env: dict[str, Any]
    home: HomeFolder
    worker_log: Path

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        with requests.Session() as session:
            # the server says 503 while its SQLite file is busy
            patient = Retry(8, backoff_factor=0.2, status_forcelist=[503], allowed_methods=None)
            session.mount("http://", HTTPAdapter(max_retries=patient))
            answer = session.request(method, f"{self.url}/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def post(self, path: str, **body: Any) -> Any:
        return self.ask("POST", path, body)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def deployment(self) -> str:
        return str(self.get("deployments/name/poll/poll")["id"])

    def scheduled_run(self) -> dict[str, Any] | None:
        """The first ended run that the schedule, and nobody else, started."""
        runs = self.post(
            "flow_runs/filter",
            sort="START_TIME_ASC",
            flow_runs={
                "state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}},
                "deployment_id": {"any_": [self.deployment()]},
            },
        )
        return next((run for run in runs if run["auto_scheduled"]), None)

    def pause(self) -> None:
        """Stop the schedule, and wait for the run it may have started: it holds the only slot."""
        self.ask("PATCH", f"deployments/{self.deployment()}", {"paused": True})
        busy = {
            "state": {"type": {"any_": ["PENDING", "RUNNING"]}},
            "deployment_id": {"any_": [self.deployment()]},
        }
        wait_for(lambda: not self.post("flow_runs/filter", flow_runs=busy), 90, self.worker_log)

    def task_names(self, run_id: str) -> list[str]:
        tasks = self.post("task_runs/filter", flow_runs={"id": {"any_": [run_id]}})
        return [task["name"] for task in tasks]

    def log_of(self, run_id: str) -> str:
        logs = self.post("logs/filter", logs={"flow_run_id": {"any_": [run_id]}})
        return "\n".join(line["message"] for line in logs)


def wait_for(look: Callable[[], Found | None], seconds: float, log: Path | None = None) -> Found:
    """What `look` finds, tried again until it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError(f"nothing in {seconds} s\n{log.read_text() if log else ''}")


@contextmanager
def running(*command: str, cwd: Path, env: dict[str, str], log: Path) -> Iterator[None]:
    """A process for the length of the block, ended with all its descendants."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", DEFAULT_SIGNALS, *command],
            cwd=cwd,
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        alive = process.poll() is None
        family = psutil.Process(process.pid).children(recursive=True) if alive else []
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for survivor in psutil.wait_procs(family, timeout=5)[1]:
            survivor.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def open_press(newsroom: Newsroom) -> Iterator[NewsroomServer]:
    """The newsroom, serving for all tests of this module."""
    with NewsroomServer(newsroom) as server:
        yield server


@pytest.fixture(scope="module")
def prefect(
    open_press: NewsroomServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prefect]:
    """A server with prefect.yaml deployed, every minute instead of every five, and a worker that
    was started in a folder of its own and told the home by a path relative to it."""
    folder = tmp_path_factory.mktemp("prefect")
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "WIRECOPY_"))}
    env = inherited | {
        "PREFECT_HOME": str(folder / "prefect-home"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "DO_NOT_TRACK": "1",
        "WIRECOPY_HOME": "home",
    }
    deployed, worker = folder / "deployed", folder / "worker"
    deployed.mkdir()
    worker.mkdir()
    yaml = (ROOT / "prefect.yaml").read_text()
    assert yaml.count('cron: "*/5 * * * *"') == 1
    (deployed / "prefect.yaml").write_text(yaml.replace("*/5 * * * *", "* * * * *"))
    home = HomeFolder(worker / "home")
    home.follow(open_press.feed_urls(), open_press.proxy_url)
    with ExitStack() as stack:
        server = ("server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
        log = folder / "server.log"
        stack.enter_context(running(*_prefect(*server), cwd=folder, env=env, log=log))
        wait_for(lambda: _healthy(url), 120, log)
        _run(*_prefect("work-pool", "create", "wirecopy", "--type", "process"), cwd=folder, env=env)
        _run(*_prefect("--no-prompt", "deploy", "--all"), cwd=deployed, env=env)
        command = _prefect("worker", "start", "--pool", "wirecopy")
        log = folder / "worker.log"
        stack.enter_context(running(*command, cwd=worker, env=env, log=log))
        yield Prefect(url, env, home, log)


def _prefect(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *words]


def _run(*command: str, cwd: Path, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_the_schedule_fires_and_loads_articles(prefect: Prefect) -> None:
    flow_run = wait_for(prefect.scheduled_run, 180, prefect.worker_log)
    assert flow_run["state_type"] == "COMPLETED", prefect.worker_log.read_text()
    assert re.fullmatch(
        r"poll \d\d:\d\d · 18 feeds · [\d,]+ articles · \d+ errors?", flow_run["name"]
    )

    where = f"flow_run_id = '{flow_run['id']}'"
    [run] = prefect.home.sql(
        f"SELECT kind, outcome, feeds, pages, articles, errors FROM runs WHERE {where}"
    )
    assert run[:2] == ("poll", "completed")
    feeds, pages, articles, errors = run[2:]
    assert articles == prefect.home.sql("SELECT count(*) FROM articles")[0][0]
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
    assert prefect.home.sql(
        "SELECT current_url, last_outcome FROM feeds WHERE consecutive_failures > 0"
    ) == [(failing["feed"], failing["outcome"])]
    assert f"<{failing['feed']}>" in shown["markdown"]["data"]


def _sum(pattern: str, names: list[str]) -> int:
    return sum(int(match[1]) for name in names if (match := re.fullmatch(pattern, name)))


def test_a_cancelled_run_lets_go_of_what_it_had(
    prefect: Prefect, press: NewsroomServer, tmp_path: Path
) -> None:
    prefect.pause()
    home = HomeFolder(tmp_path / "slow")
    home.follow(press.feed_urls(), press.proxy_url, per_publisher_delay=2)
    created = prefect.post(
        f"deployments/{prefect.deployment()}/create_flow_run",
        parameters={"home": str(home.folder)},
    )
    run_id = created["id"]
    many = 2 * len(press.feed_urls()) + 10  # robots.txt, feeds, and some pages
    wait_for(lambda: len(press.requests) > many, 120, prefect.worker_log)

    prefect.post(f"flow_runs/{run_id}/set_state", state={"type": "CANCELLING"})
    wait_for(
        lambda: prefect.get(f"flow_runs/{run_id}")["state_type"] == "CANCELLED",
        60,
        prefect.worker_log,
    )
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as working:
        runs = working.execute("SELECT flow_run_id, outcome FROM runs").fetchall()
        claims = working.execute("SELECT count(*) FROM internal.claims").fetchall()
    assert runs == [(run_id, "cancelled")]
    assert claims == [(0,)]


def test_poll_from_the_command_line_as_a_flow_run(
    prefect: Prefect, open_press: NewsroomServer, tmp_path: Path
) -> None:
    home = HomeFolder(tmp_path / "home")
    home.follow(open_press.feed_urls(), open_press.proxy_url)
    home.published.with_name("news.duckdb.wal").write_bytes(b"left by somebody")

    done = home.run("poll", "--all", "--prefect", "--json", **prefect.env)

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
    prefect: Prefect, open_press: NewsroomServer, tmp_path: Path
) -> None:
    home = HomeFolder(tmp_path / "home")
    secrets = ("hush-feed", "hush-proxy")
    feed = open_press.feed_urls()[0].replace("http://", f"http://reader:{secrets[0]}@")
    home.follow((feed,), f"http://user:{secrets[1]}@127.0.0.1:{free_port()}", log_level="debug")

    done = home.run("poll", "--prefect", "--json", **prefect.env)

    assert done.code == 1, done.err
    assert done.report["outcome"] == "offline"
    assert "Traceback" not in done.err
    artifact = prefect.get("artifacts/poll-report/latest")
    flow_run = prefect.get(f"flow_runs/{artifact['flow_run_id']}")
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
    prefect: Prefect, tmp_path: Path
) -> None:
    done = HomeFolder(tmp_path / "empty").run("poll", "--prefect", **prefect.env)

    assert done.code == 2
    assert "wirecopy: There is no feeds file" in done.err
    assert "Traceback" not in done.err


def test_a_server_that_is_not_there_is_said_in_one_sentence(home: HomeFolder) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"

    done = home.run("poll", "--prefect", PREFECT_API_URL=url)

    assert done.code == 1
    assert f"wirecopy: The Prefect server at {url}" in done.err
    assert "Traceback" not in done.err


def test_plain_commands_do_not_import_prefect() -> None:
    program = (
        "import sys, flows.cli, flows.poll, flows.run, flows.report\n"
        "sys.exit('prefect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
