"""Runs as Prefect flow runs: the same functions as the command line's, their batches as tasks.

Prefect says when, shows and cancels; nothing that is right or wrong rests on it, so its results,
caches and retries are off. Only the modules named prefect_… import prefect.
"""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
# The embedded server's first start on a slow machine takes longer than Prefect's 20 s.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Failed

from flows.log import Fields
from flows.prefect_outage import exit_when_unheard, gone_soon_after, keep_running_without_a_slot
from flows.prefect_shown import REPRINTED_SHOWN, Shown
from flows.settings import Settings, load_settings
from flows.tally import RunReport
from ingest.errors import WirecopyError
from ingest.redact import redact_url

keep_running_without_a_slot()

RETRIES: Final = 2
"""So often a command asks a server again that has gone away: its user waits."""


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
        with temporary_settings(updates={PREFECT_CLIENT_MAX_RETRIES: RETRIES}):
            state = poll(
                home=str(settings.home.absolute()), feeds=feeds, every=every, return_state=True
            )
    except Exception:
        if not ended:  # else the server left while the run went on, and that went well
            raise
    else:
        if not ended:
            state.result()  # raises what went wrong
    finally:
        _ended.reset(token)
    outcome = ended.pop()
    if isinstance(outcome, WirecopyError):
        raise outcome
    exit_when_unheard(int(outcome.nothing_done))
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
        shown = Shown("poll")
        setup = dataclasses.replace(
            set_up(settings, shown), step=as_task, flow_run_id=flow_run.get_id()
        )
        with gone_soon_after(), events_in_run_log(settings.log_level):
            report = run_poll(setup, every=every)
    except WirecopyError as error:
        ended.append(error)
        return Failed(message=error.message)
    ended.append(report)
    _show(shown, report, settings.home)
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


def as_task(name: str, work: Callable[[], None]) -> None:
    """Do a batch as a task of the flow run, in this thread. Raises what the batch raises."""
    batch = _Batch(work)
    state = _task(name, batch, return_state=True)
    error, batch.error = batch.error, None
    if error:
        raise error
    state.result()  # raises what went wrong otherwise


@contextmanager
def events_in_run_log(level: str) -> Iterator[None]:
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


def _show(shown: Shown, report: RunReport, home: Path) -> None:
    """Show in Prefect what the run did, and what is wrong."""
    from storage.database import Database
    from storage.health import failing_feeds, most_reprinted
    from storage.home import Home

    with Database(Home(home)).open() as connection:
        failing = failing_feeds(connection, least=1)
        reprinted = most_reprinted(connection, since=report.started_at, limit=REPRINTED_SHOWN)
    shown.end(report, failing, reprinted)


def _nothing_done(report: RunReport) -> str:
    kinds = ", ".join(f"{kind} {count}" for kind, count in report.errors_by_kind.items())
    return f"Nothing could be done: the run ended as {report.outcome} ({kinds or 'no errors'})."
