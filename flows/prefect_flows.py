"""Runs as Prefect flow runs: the same functions as the command line's, their batches as tasks.

Prefect says when, shows and cancels; nothing that is right or wrong rests on it, so its results,
caches and retries are off. This is the only module that imports prefect.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
# The embedded server's first start on a slow machine takes longer than Prefect's 20 s.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Failed

from flows.log import Fields
from flows.progress import Silent
from flows.settings import Settings, load_settings
from flows.tally import RunReport
from ingest.errors import WirecopyError
from ingest.redact import redact_url

ARTIFACT_KEY = "poll-report"
"""Each poll adds a version of the artifact with this key."""


def poll_as_flow(settings: Settings, *, every: bool) -> RunReport:
    """Poll as a flow run of this process, and give back its report.

    It is recorded by the Prefect server that is configured (PREFECT_API_URL, or Prefect's profile),
    else by one that Prefect starts for as long as the run lasts. Raises WirecopyError when it
    cannot be reached, and what `run_poll` raises.
    """
    with get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            raise WirecopyError(
                f"The Prefect server at {redact_url(str(client.api_url))} cannot be reached: "
                f"{error}. Start it, correct PREFECT_API_URL, or poll without --prefect."
            )
    feeds = str(settings.feeds.absolute()) if settings.feeds else None
    ended: list[RunReport | WirecopyError] = []
    token = _ended.set(ended)
    try:
        state = poll(
            home=str(settings.home.absolute()), feeds=feeds, every=every, return_state=True
        )
    finally:
        _ended.reset(token)
    if not ended:
        state.result()  # raises what went wrong
    outcome = ended.pop()
    if isinstance(outcome, WirecopyError):
        raise outcome
    return outcome


# Prefect keeps parameters, results and exceptions of flows and tasks for long after their end, and
# with them whatever they refer to: pages in memory, and DuckDB, which then complains at exit that
# it is leaked. So nothing of ours passes through but names and messages, and what leads to storage
# is imported within the flow.

_ended: ContextVar[list[RunReport | WirecopyError]] = ContextVar("ended")
"""Where a flow run that was started in this process leaves how it ended."""


def _run_name() -> str:
    return f"poll {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


@flow(
    name="poll",
    flow_run_name=_run_name,
    retries=0,
    persist_result=False,
    log_prints=False,
)
def poll(
    home: str | None = None, feeds: str | None = None, every: bool = False
) -> State[None] | None:
    """Poll the feeds that are due, and take in what is new.

    The run is Completed when it did its work, even if feeds failed, and Failed when it could do
    none of it.

    Args:
        home: Home folder. When empty, WIRECOPY_HOME in the environment of the worker, else
            wirecopy-home in the folder in which the worker was started.
        feeds: Feeds file. When empty, the setting `feeds`, else feeds.toml in the home.
        every: Poll every feed now, due or not.
    """
    from flows.poll import run_poll
    from flows.run import set_up

    ended = _ended.get([])
    try:
        settings = load_settings({"home": home, "feeds": feeds})
        setup = dataclasses.replace(
            set_up(settings, Silent()), step=_as_task, flow_run_id=flow_run.get_id()
        )
        with _events_in_run_log(settings.log_level):
            report = run_poll(setup, every=every)
    except WirecopyError as error:
        ended.append(error)
        return Failed(message=error.message)
    ended.append(report)
    _show(report)
    return Failed(message=_nothing_done(report)) if report.nothing_done else None


class _Batch:
    """What a task is to do, and how it failed."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work: Callable[[], None] | None = work
        self.error: WirecopyError | None = None

    def do(self) -> None:
        work, self._work = self._work, None
        if work:
            work()


@task(
    name="batch",
    task_run_name="{name}",
    retries=0,
    cache_policy=NO_CACHE,
    persist_result=False,
    log_prints=False,
)
def _task(name: str, batch: _Batch) -> State[None] | None:
    try:
        batch.do()
    except WirecopyError as error:  # its message says it all; a traceback would only hide it
        batch.error = error
        return Failed(message=error.message)
    return None


def _as_task(name: str, work: Callable[[], None]) -> None:
    """Do a batch as a task of the flow run, in this thread. Raises what the batch raises."""
    batch = _Batch(work)
    state = _task(name, batch, return_state=True)
    error, batch.error = batch.error, None
    if error:
        raise error
    state.result()  # raises what went wrong otherwise


@contextmanager
def _events_in_run_log(level: str) -> Iterator[None]:
    """Our own events, from whichever thread, go to the log of this flow run, and nowhere else."""
    logger = logging.getLogger("wirecopy")
    before = logger.handlers[:], logger.level, logger.propagate
    logger.handlers[:] = [_RunLog()]
    logger.setLevel(level.upper())
    logger.propagate = False
    try:
        yield
    finally:
        logger.handlers[:], logger.level, logger.propagate = before


class _RunLog(logging.Handler):
    """Hands events to Prefect's logger of the flow run in which it was made. Prefect's own handler
    would find no flow run in the threads that fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Fields("text"))
        self._logger = get_run_logger()

    def emit(self, record: logging.LogRecord) -> None:
        self._logger.log(record.levelno, "%s", self.format(record))


def _show(report: RunReport) -> None:
    """Leave the report as an artifact of the flow run."""
    try:
        create_markdown_artifact(as_markdown(report), key=ARTIFACT_KEY)
    except Exception:  # noqa: BLE001 - whatever ails the server, the work of the run is done
        get_run_logger().warning("The server did not take the artifact.", exc_info=True)


def _nothing_done(report: RunReport) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in report.errors_by_kind.items())
    return f"Nothing could be done: the run ended as {report.outcome} ({kinds or 'no errors'})."


def as_markdown(report: RunReport) -> str:
    """The report as the artifact shows it: counts, errors by kind, the first failures."""
    row: Callable[[str, object], str] = "| {} | {} |".format
    counts = dataclasses.asdict(report.counts)
    lines = [f"## {report.kind} {report.run_id}: {report.outcome}", ""]
    lines += [row("what", "count"), "| :-- | --: |"]
    lines += [row(name, f"{count:,}") for name, count in counts.items()]
    lines += [row("seconds", f"{report.seconds:.1f}")]
    if report.errors_by_kind:
        lines += ["", "### Errors by kind", "", row("kind", "count"), "| :-- | --: |"]
        lines += [row(f"`{kind}`", f"{count:,}") for kind, count in report.errors_by_kind.items()]
    if report.failures:
        lines += ["", "### Failures", ""]
        lines += [
            f"- `{failure.kind}` {_literal(failure.url)}: {_literal(failure.message)}"
            for failure in report.failures
        ]
        if report.counts.errors > len(report.failures):
            lines += ["", "More are in the tables polls and entries."]
    lines += ["", f"Database: {_literal(str(report.database))}"]
    return "\n".join(lines) + "\n"


_literal = partial(re.compile(r"([\\`*_\[\]<>|])").sub, r"\\\1")
"""Text in which markdown is to find nothing."""
