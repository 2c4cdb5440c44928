"""Backfills as Prefect flow runs: the same function as the command line's, its batches as tasks."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import Field

from flows.prefect_flows import as_task, events_in_run_log
from flows.prefect_outage import gone_soon_after
from flows.prefect_shown import Shown
from flows.progress import Progress
from flows.settings import load_settings
from ingest.errors import WirecopyError

Sources = Annotated[list[str], Field(min_length=1)]
Languages = Annotated[list[Annotated[str, Field(pattern="^[a-z]{2}$")]] | None, Field()]
Days = Annotated[int, Field(ge=0)]


def _run_name() -> str:
    return f"backfill {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


@flow(
    name="backfill",
    flow_run_name=_run_name,
    retries=0,
    persist_result=False,
    log_prints=False,
)
def backfill(
    sources: Sources,
    since: datetime | None = None,
    until: datetime | None = None,
    hosts: list[str] | None = None,
    languages: Languages = None,
    undated: bool = False,
    capture_slack: Days = 90,
    restart: bool = False,
    retry_failed: bool = False,
    home: str | None = None,
) -> State[None] | None:
    """Take in pages that no current feed lists.

    Cancelled and started again with the same parameters, it goes on where it stopped. The run is
    Completed when it did its work, even if some shards failed, and Failed when nothing came of it.

    Args:
        sources: Where the pages are: sitemap:URL, urls:FILE, warc:PATH-or-GLOB, wayback:DOMAIN or
            articles:FILE. Files are those of the machine on which the worker runs.
        since: Only articles published then or later. UTC unless with a zone.
        until: Only articles published before; itself not included.
        hosts: Only pages of these hosts and those below them; all when empty.
        languages: Only articles in these languages (ISO 639-1, as in `de`); all when empty.
        undated: With a period, also articles whose date is not known.
        capture_slack: For wayback, days after `until` in which a capture is looked for. What was
            captured later is missed.
        restart: Begin anew what was done before.
        retry_failed: Try shards again that have failed.
        home: Home folder. When empty, WIRECOPY_HOME in the environment of the worker, else
            wirecopy-home in the folder in which the worker was started.
    """
    from flows.backfill import run_backfill
    from flows.backfill_request import requests_for
    from flows.run import set_up
    from ingest.backfill.periods import period_between

    try:
        period = period_between(_aware(since), _aware(until))
        requests = requests_for(
            sources,
            period,
            hosts or (),
            languages or (),
            undated=undated,
            capture_slack_days=capture_slack,
            restart=restart,
            retry_failed=retry_failed,
        )
        settings = load_settings({"home": home})
        shown = Shown("backfill")
        setup = dataclasses.replace(
            set_up(settings, _Shards(shown), feeds_needed=False),
            step=as_task,
            flow_run_id=flow_run.get_id(),
        )
        with gone_soon_after(), events_in_run_log(settings.log_level):
            report = run_backfill(setup, requests)
    except WirecopyError as error:
        return Failed(message=error.message)
    shown.end(report, (), ())
    if report.nothing_done:
        return Failed(message="Nothing could be done: every shard failed. The artifact says why.")
    return None


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


class _Shards:
    """Passes on how many shards are done, which is known beforehand; how many pages they hold is
    not."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def stage(self, name: str, total: int) -> None:
        if name == "shards":
            self._progress.stage(name, total)

    def advance(self, name: str, done: int = 1) -> None:
        if name == "shards":
            self._progress.advance(name, done)
