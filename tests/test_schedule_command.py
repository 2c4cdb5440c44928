"""`wirecopy schedule`: one process that fires the deployments of prefect.yaml."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from browser import CHROMIUM, read
from homes import ROOT, HomeFolder
from prefect_installation import environment, free_port

from newsroom import NewsroomServer

SECONDS = 200.0


@pytest.mark.timeout(300)
def test_schedule_fires_by_itself_and_stops_when_told(
    home: HomeFolder, press: NewsroomServer, tmp_path: Path
) -> None:
    often = tmp_path / "prefect.yaml"
    yaml = (ROOT / "prefect.yaml").read_text()
    often.write_text(yaml.replace("*/5 * * * *", "* * * * * */10"))  # the sixth field: seconds
    log, port = (tmp_path / "schedule.log").open("wb"), free_port()
    schedule = subprocess.Popen(
        home.command("schedule", "--file", str(often)),
        cwd=ROOT,
        env=environment() | {"PREFECT_SERVER_API_PORT": str(port), "HOME": str(tmp_path)},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + SECONDS
        while not (
            home.published.exists() and home.sql("SELECT * FROM runs WHERE outcome NOT NULL")
        ):
            assert schedule.poll() is None, (tmp_path / "schedule.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "schedule.log").read_text()
            time.sleep(1)
        if CHROMIUM:
            _look_in_the_ui(port, tmp_path)
        family = psutil.Process(schedule.pid).children(recursive=True)
        schedule.send_signal(signal.SIGTERM)
        schedule.wait(timeout=60)
    finally:
        if schedule.poll() is None:
            os.killpg(schedule.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
    [(count, flow_run)] = home.sql(
        "SELECT (SELECT count(*) FROM articles), any_value(flow_run_id) FROM runs"
    )
    assert count > 100
    assert flow_run
    assert (home.folder / "state" / "prefect" / "server.log").exists()


def _look_in_the_ui(port: int, folder: Path) -> None:
    """What a person reads of the run in Prefect's own pages, in a real browser."""
    api = f"http://127.0.0.1:{port}/api"
    completed = {"state": {"type": {"any_": ["COMPLETED"]}}}
    asked: dict[str, Any] = {"flow_runs": completed, "sort": "START_TIME_ASC"}
    deadline = time.monotonic() + 60
    while not (ended := _ask(f"{api}/flow_runs/filter", asked)):
        assert time.monotonic() < deadline
        time.sleep(1)
    address = f"http://127.0.0.1:{port}/runs/flow-run/{ended[0]['id']}"
    page = read(address, folder, until="Completed")
    assert re.search(r"poll \d\d:\d\d · 18 feeds · \d+ articles", page)
    artifacts = _ask(
        f"{api}/artifacts/filter",
        {"artifacts": {"key": {"any_": ["poll-report"]}}, "sort": "CREATED_DESC"},
    )
    address = f"http://127.0.0.1:{port}/artifacts/artifact/{artifacts[-1]['id']}"
    report = read(address, folder, until="Errors by kind")
    for heading in ("Stories with most new reprints", "Failing feeds"):
        assert heading in report


def _ask(url: str, body: dict[str, Any]) -> Any:
    answer = requests.post(url, json=body, timeout=30)
    answer.raise_for_status()
    return answer.json()


def test_mistakes_are_explained(home: HomeFolder, tmp_path: Path) -> None:
    wrong = tmp_path / "prefect.yaml"
    wrong.write_text("name: nothing\n")
    for file, says in ((tmp_path / "none.yaml", "none.yaml"), (wrong, "deployments")):
        done = home.run("schedule", "--file", str(file))
        assert done.code == 2
        assert says in done.err
        assert "Traceback" not in done.err
    url = f"http://127.0.0.1:{free_port()}/api"
    done = home.run("schedule", env={"PREFECT_API_URL": url})
    assert done.code == 1
    assert f"wirecopy: The Prefect server at {url} cannot be reached" in done.err
