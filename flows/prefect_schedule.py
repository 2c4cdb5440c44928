"""`wirecopy schedule`: the deployments of prefect.yaml, run from one process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import flows.prefect_flows  # noqa: F401 - first: it sets what Prefect reads when it is imported

# isort: split
import yaml  # type: ignore[import-untyped]
from prefect import serve
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, RRule, Schedule
from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings

from flows.prefect_outage import server_answers
from flows.settings import PREFIX, Settings
from ingest.errors import ConfigurationError, WirecopyError
from ingest.redact import redact_url

SERVER_SECONDS: Final = 180.0
"""How long it may take to start: on its first start it makes its database."""

RUNS_AT_ONCE: Final = 3
"""One of each deployment; what is more waits."""


def run_schedule(settings: Settings, file: Path | None) -> None:
    """Run the deployments of prefect.yaml until interrupted.

    Uses the Prefect server that is configured (PREFECT_API_URL, or Prefect's profile), else one on
    this machine, which is started when none answers there. Raises ConfigurationError for a
    prefect.yaml that is missing or wrong, WirecopyError when there is no server to be had.
    """
    deployments = _deployments(file or _find_file())
    home = settings.home.absolute()
    os.environ[PREFIX + "HOME"] = str(home)  # for the flow runs, which are processes of their own
    with _server(home / "state" / "prefect"):
        # the runs missed while nothing ran are caught up with by one
        served = [_served(described) for described in deployments]
        serve(*served, pause_on_shutdown=False, limit=RUNS_AT_ONCE)


def _find_file() -> Path:
    for folder in (Path.cwd(), Path(__file__).resolve().parent.parent):
        if (folder / "prefect.yaml").is_file():
            return folder / "prefect.yaml"
    raise ConfigurationError(
        "There is no prefect.yaml in this folder: change to the checkout, or name it with --file."
    )


def _deployments(file: Path) -> list[dict[str, Any]]:
    try:
        described = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{file} cannot be read as a prefect.yaml: {error}") from None
    if not described:
        raise ConfigurationError(f"{file} describes no deployment.")
    return list(described)


def _served(described: dict[str, Any]) -> RunnerDeployment:
    limit = described.get("concurrency_limit")
    return RunnerDeployment.from_entrypoint(
        described["entrypoint"],
        described["name"],
        description=described.get("description"),
        parameters=described.get("parameters"),
        tags=described.get("tags"),
        schedules=[_schedule(one) for one in described.get("schedules", ())],
        concurrency_limit=ConcurrencyLimitConfig(**limit) if isinstance(limit, dict) else limit,
    )


def _schedule(described: dict[str, Any]) -> Schedule:
    kinds: dict[str, Callable[..., Schedule]] = {"cron": Cron, "interval": Interval, "rrule": RRule}
    for kind, make in kinds.items():
        if kind in described:
            rest = {name: value for name, value in described.items() if name != kind}
            return make(described[kind], **rest)
    raise ConfigurationError(f"A schedule of prefect.yaml has none of {', '.join(kinds)}.")


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    """Prefect's settings lead to a server that answers."""
    if url := get_current_settings().api.url:
        with get_client(sync_client=True) as client:
            if error := client.api_healthcheck():
                raise WirecopyError(
                    f"The Prefect server at {redact_url(str(url))} cannot be reached: {error}. "
                    "Start it, or correct PREFECT_API_URL."
                )
        yield
        return
    api = get_current_settings().server.api  # where Prefect's own commands would look for it
    url = f"http://{api.host}:{api.port}/api"
    os.environ["PREFECT_API_URL"] = url
    with temporary_settings(updates={PREFECT_API_URL: url}):
        if server_answers():
            yield
        else:
            with _own_server(folder, str(api.host), api.port):
                yield


@contextmanager
def _own_server(folder: Path, host: str, port: int) -> Iterator[None]:
    """A server for as long as the schedule runs; its database stays in the home."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Starting a Prefect server; its UI will be at http://{host}:{port}", flush=True)
    # a run every five minutes for a year: without this its database only grows
    ours = {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "P14D",
        # who holds a slot is remembered in memory otherwise: a slot that is held when the machine
        # stops would stay taken for ever, and every later run be cancelled
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
            "prefect.server.concurrency.lease_storage.filesystem"
        ),
    }
    with (folder / "server.log").open("ab") as log:
        command = ("prefect", "server", "start", "--host", host, "--port", str(port))
        server = subprocess.Popen(  # noqa: S603 - nothing in it comes from elsewhere
            [sys.executable, "-m", *command],
            env={"PREFECT_HOME": str(folder)} | ours | os.environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C stops the schedule first, and then this
        )
        try:
            deadline = time.monotonic() + SERVER_SECONDS
            while not server_answers():
                if server.poll() is not None or time.monotonic() > deadline:
                    raise WirecopyError(
                        f"Prefect's server did not start: {folder / 'server.log'} says why."
                    )
                time.sleep(0.5)
            yield
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
