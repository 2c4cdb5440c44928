"""Maintenance as a Prefect flow run: what the command line does, its steps as tasks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed

from flows.prefect_flows import as_task, events_in_run_log
from flows.prefect_outage import gone_soon_after
from flows.prefect_shown import Shown
from flows.settings import load_settings
from flows.tally import MaintenanceReport
from ingest.errors import WirecopyError


def _run_name() -> str:
    return f"maintain {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


@flow(
    name="maintain",
    flow_run_name=_run_name,
    retries=0,
    persist_result=False,
    log_prints=False,
)
def maintain(home: str | None = None) -> State[None] | None:
    """Settle stories and boilerplate, retire old polls and raw pages, check the database, publish.

    Args:
        home: Home folder. When empty, WIRECOPY_HOME in the environment of the worker, else
            wirecopy-home in the folder in which the worker was started.
    """
    from flows.maintain import run_maintenance
    from flows.run import set_up

    try:
        settings = load_settings({"home": home})
        shown = Shown("maintain")
        setup = dataclasses.replace(
            set_up(settings, shown, feeds_needed=False),
            step=as_task,
            flow_run_id=flow_run.get_id(),
        )
        with gone_soon_after(), events_in_run_log(settings.log_level):
            report = run_maintenance(setup)
    except WirecopyError as error:
        return Failed(message=error.message)
    shown.leave("maintain", _title(report), "\n".join(_markdown(report)), report.alerts)
    return None


def _title(report: MaintenanceReport) -> str:
    judged = report.steps["settle stories"].get("articles judged", 0)
    violated = report.steps["check"]["violated"]
    parts = [f"maintain {report.started_at:%H:%M}", f"{judged:,} articles judged"]
    return " · ".join([*parts, f"{violated} invariants violated"] if violated else parts)


def _markdown(report: MaintenanceReport) -> Iterator[str]:
    yield from (f"## maintain {report.run_id}: {report.outcome}", "")
    yield from ("| step | what | count |", "| :-- | :-- | --: |")
    for step, figures in report.steps.items():
        for what, count in figures.items():
            yield f"| {step} | {what} | {count:,} |"
    if report.alerts:
        yield from ("", "### Violated", "")
    for alert in report.alerts:
        yield f"- {alert.resource}: {alert.payload['count']}"
