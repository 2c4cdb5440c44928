"""A Prefect server and workers as processes of their own, to be asked, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import psutil
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

ROOT = Path(__file__).resolve().parent.parent

DEFAULT_SIGNALS = (
    "import os, signal, sys\n"
    "for s in signal.SIGINT, signal.SIGTERM: signal.signal(s, signal.SIG_DFL)\n"
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""Runs a command with default signal handling: a worker that inherits an ignored SIGINT, as one in
the background of a script does, would not stop."""

BUSY = ["PENDING", "RUNNING", "CANCELLING"]
"""States in which a flow run holds its deployment's only slot."""

STARTING_SECONDS = 240
"""A server takes some 10 s to start, and on a machine with much else to do minutes."""

Found = TypeVar("Found")


class Installation:
    """A server with prefect.yaml deployed, `poll` by another cron, and workers.

    Workers are started in a folder of their own and told the home by a path relative to it.
    Every process is ended when the context is left.
    """

    def __init__(self, folder: Path, *, cron: str = "* * * * *", ui: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.home = folder / "worker" / "home"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._cron, self._ui = cron, ui
        self.env = environment() | {
            "PREFECT_HOME": str(folder / "prefect-home"),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
                "prefect.server.concurrency.lease_storage.filesystem"
            ),
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "DO_NOT_TRACK": "1",
            "WIRECOPY_HOME": "home",
        }
        (folder / "worker").mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # processes

    def set_up(self) -> None:
        """Start the server, and deploy."""
        self.start_server()
        deployed = self.folder / "deployed"
        deployed.mkdir()
        yaml = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
        assert yaml.count('cron: "*/5 * * * *"') == 1
        (deployed / "prefect.yaml").write_text(yaml.replace("*/5 * * * *", self._cron))
        self.prefect("work-pool", "create", "wirecopy", "--type", "process")
        self.prefect("--no-prompt", "deploy", "--all", cwd=deployed)

    def start_server(self) -> None:
        words = ["server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        self._start("server", words + ([] if self._ui else ["--no-ui"]), self.folder)
        wait_for(self.healthy, STARTING_SECONDS, self.log("server"))

    def start_worker(self, name: str = "worker") -> None:
        words = ["worker", "start", "--pool", "wirecopy", "--name", name]
        self._start(name, words, self.folder / "worker")

    def prefect(self, *words: str, cwd: Path | None = None) -> None:
        """Run a command of Prefect's to its end."""
        done = subprocess.run(
            _command(words),
            cwd=cwd or self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _start(self, name: str, words: list[str], cwd: Path) -> None:
        with self.log(name).open("ab") as out:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-c", DEFAULT_SIGNALS, *_command(words)],
                cwd=cwd,
                env=self.env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def flow_runs(self) -> list[psutil.Process]:
        """The processes of its flow runs, whoever started them."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            ours = (process.info["environ"] or {}).get("PREFECT_API_URL") == self.url
            if ours and "prefect.engine" in (process.info["cmdline"] or ()):
                found.append(process)
        return found

    def family(self, name: str) -> list[psutil.Process]:
        """What that process has started, and what those have."""
        with suppress(psutil.NoSuchProcess):
            return list(psutil.Process(self.processes[name].pid).children(recursive=True))
        return []

    def kill(self, name: str, *, family: bool = False) -> None:
        """SIGKILL for the process; with `family`, first for all that it has started."""
        for process in self.family(name) if family else ():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.processes[name].kill()
        self.processes.pop(name).wait()

    def stop(self, name: str) -> None:
        """SIGTERM, and what then still lives is killed."""
        family, process = self.family(name), self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for survivor in psutil.wait_procs(family, timeout=5)[1]:
            with suppress(psutil.NoSuchProcess):
                survivor.kill()

    def close(self) -> None:
        for name in sorted(self.processes, reverse=True):  # workers before the server
            self.stop(name)
        for process in self.flow_runs():  # that outlived their worker
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    # what the server says

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

    def deployment(self, name: str = "poll") -> str:
        return str(self.get(f"deployments/name/{name}/{name}")["id"])

    def start_run(self, deployment: str = "poll", **parameters: Any) -> str:
        """Start a run of the deployment. Returns its id."""
        path = f"deployments/{self.deployment(deployment)}/create_flow_run"
        return str(self.post(path, parameters=parameters)["id"])

    def state(self, run_id: str) -> str:
        return str(self.get(f"flow_runs/{run_id}")["state_type"])

    def runs(self, *states: str, deployment: str = "poll") -> list[dict[str, Any]]:
        """Its runs in those states, the first started first."""
        found: list[dict[str, Any]] = self.post(
            "flow_runs/filter",
            sort="START_TIME_ASC",
            flow_runs={
                "state": {"type": {"any_": list(states)}},
                "deployment_id": {"any_": [self.deployment(deployment)]},
            },
        )
        return found

    def slots_taken(self, deployment: str = "poll") -> int:
        """How many of the deployment's slots the server believes to be taken."""
        limit = self.get(f"deployments/{self.deployment(deployment)}")["global_concurrency_limit"]
        return int(limit["active_slots"])

    def scheduled_run(self) -> dict[str, Any] | None:
        """The first ended run that the schedule, and nobody else, started."""
        ended = self.runs("COMPLETED", "FAILED", "CRASHED")
        return next((run for run in ended if run["auto_scheduled"]), None)

    def set_paused(self, paused: bool) -> None:
        self.ask("PATCH", f"deployments/{self.deployment()}", {"paused": paused})

    def pause(self) -> None:
        """Stop the schedule, and wait for the run it may have started: it holds the only slot."""
        self.set_paused(True)
        wait_for(lambda: not self.runs(*BUSY), 90, self.log("worker"))

    def task_names(self, run_id: str) -> list[str]:
        tasks = self.post("task_runs/filter", flow_runs={"id": {"any_": [run_id]}})
        return [task["name"] for task in tasks]

    def log_of(self, run_id: str) -> str:
        logs = self.post("logs/filter", logs={"flow_run_id": {"any_": [run_id]}})
        return "\n".join(line["message"] for line in logs)


def _command(words: list[str] | tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "prefect", *words]


def wait_for(look: Callable[[], Found | None], seconds: float, log: Path | None = None) -> Found:
    """What `look` finds, tried again until it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError(f"nothing in {seconds} s\n{log.read_text() if log else ''}")


def environment() -> dict[str, str]:
    """This process's environment, without what would lead to another server or home."""
    foreign = ("PREFECT_", "WIRECOPY_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
