"""The flow `backfill` on a real Prefect server and worker: its form, and what cancelling does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import HomeFolder
from test_prefect import Prefect, open_press, prefect, wait_for  # noqa: F401 - fixtures
from web_archives import newsroom_pages, write_warc

from newsroom import Newsroom

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.timeout(300)]


def start(prefect: Prefect, **parameters: Any) -> str:  # noqa: F811
    """Start a run of the deployment. Returns its id."""
    deployment = prefect.get("deployments/name/backfill/backfill")["id"]
    created = prefect.post(f"deployments/{deployment}/create_flow_run", parameters=parameters)
    return str(created["id"])


def state(prefect: Prefect, run_id: str) -> str:  # noqa: F811
    return str(prefect.get(f"flow_runs/{run_id}")["state_type"])


def test_cancelled_and_started_again_it_goes_on(
    prefect: Prefect,  # noqa: F811
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

    first = start(prefect, **parameters)
    wait_for(lambda: any("load" in name for name in prefect.task_names(first)), 120)
    prefect.post(f"flow_runs/{first}/set_state", state={"type": "CANCELLING"})
    wait_for(lambda: state(prefect, first) == "CANCELLED", 60, prefect.worker_log)
    with duckdb.connect(str(home.folder / "state" / "working.duckdb"), read_only=True) as working:
        [(status, running)] = working.execute(
            "SELECT any_value(b.status), count(*) FILTER (s.status = 'running') "
            "FROM backfills b JOIN backfill_shards s USING (backfill_id)"
        ).fetchall()
    assert (status, running) == ("interrupted", 0)

    second = start(prefect, **parameters)
    wait_for(lambda: state(prefect, second) == "COMPLETED", 120, prefect.worker_log)
    assert home.sql("SELECT count(*) FROM articles") == [(len(pages),)]
    assert home.sql("SELECT sum(pages), count(DISTINCT backfill_id) FROM backfill_shards") == [
        (len(pages), 1)
    ]
    assert home.run("check").code == 0
    artifacts = prefect.post("artifacts/filter", artifacts={"flow_run_id": {"any_": [second]}})
    kinds = {artifact["key"]: artifact["data"] for artifact in artifacts}
    assert kinds["backfill-progress"] == 100.0
    assert "| pages |" in kinds["backfill-report"]


def test_a_mistake_is_a_failed_run_that_says_it(prefect: Prefect, tmp_path: Path) -> None:  # noqa: F811
    run_id = start(prefect, sources=[f"warc:{tmp_path}/*.warc.gz"], home=str(tmp_path / "home"))
    wait_for(lambda: state(prefect, run_id) == "FAILED", 90, prefect.worker_log)
    message = prefect.get(f"flow_runs/{run_id}")["state"]["message"]
    assert "names no file" in message
