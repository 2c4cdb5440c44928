"""What a flow run shows in Prefect's own UI: its name, how far it is, a report, events.

Whatever ails the server, the work of a run is done: what cannot be shown is a line in the log.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.tally import Alert, RunReport

if TYPE_CHECKING:
    from storage.health import FailingFeed, ReprintedStory

REPORT_KEY: Final = "{kind}-report"
FAILING_KEY: Final = "failing-feeds"
PROGRESS_KEY: Final = "{kind}-progress"
"""Each run adds a version of the artifact with this key."""

PROGRESS_SECONDS: Final = 5.0
"""How often the progress artifact is brought up to date: each time is a request."""

REPRINTED_SHOWN: Final = 10
FAILING_SHOWN: Final = 50


class Shown:
    """What a flow run shows of itself, made within it. It is the run's progress, too: an artifact
    with the share of what is known to be there that is done, and a line that says of what."""

    def __init__(self, kind: str) -> None:
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}
        self._shown_at = time.monotonic()
        self._server_answers = True
        key = PROGRESS_KEY.format(kind=kind)
        self._artifact = self._try(lambda: create_progress_artifact(0.0, key, "begun"))

    def stage(self, name: str, total: int) -> None:
        self._total[name] = total
        self._done.setdefault(name, 0)

    def advance(self, name: str, done: int = 1) -> None:
        self._done[name] += done
        if time.monotonic() - self._shown_at >= PROGRESS_SECONDS:
            self._shown_at = time.monotonic()
            self._show_progress(100 * sum(self._done.values()) / max(1, sum(self._total.values())))

    def _show_progress(self, percent: float) -> None:
        stages = [f"{name} {self._done[name]} of {self._total[name]}" for name in self._total]
        said = ", ".join(stages) or "nothing to do"
        artifact = cast("UUID | None", self._artifact)
        if artifact:
            self._try(lambda: update_progress_artifact(artifact, min(100.0, percent), said))

    def end(
        self,
        report: RunReport,
        failing: Sequence[FailingFeed],
        reprinted: Sequence[ReprintedStory],
    ) -> None:
        """Name the flow run by what it did, leave its artifacts, and emit its alerts as events."""
        text = as_markdown(report, failing, reprinted)
        self.leave(report.kind, run_title(report), text, report.alerts)
        if failing:
            self._try(lambda: create_table_artifact(_failing_table(failing), key=FAILING_KEY))

    def leave(self, kind: str, title: str, markdown: str, alerts: Sequence[Alert]) -> None:
        """Name the flow run, leave its report, and emit its alerts as events."""
        self._show_progress(100.0)
        self._try(lambda: _rename(title))
        self._try(lambda: create_markdown_artifact(markdown, key=REPORT_KEY.format(kind=kind)))
        for alert in alerts:
            self._try(partial(_emit, alert))

    def _try(self, ask: Callable[[], object]) -> object:
        """The run's work goes on without Prefect's server: once it has not answered, it is not
        waited for again."""
        if not self._server_answers:
            return None
        try:
            with temporary_settings(updates={PREFECT_CLIENT_MAX_RETRIES: 1}):
                return ask()
        except Exception as error:  # noqa: BLE001 - whatever ails it, or the way to it
            self._server_answers = False
            with suppress(Exception):
                get_run_logger().warning("Prefect's server does not answer: %s", error)
            return None


def run_title(report: RunReport) -> str:
    """A name that says what happened: ``poll 14:05 · 212 feeds · 87 articles · 3 errors``."""
    counts = report.counts
    parts = [f"{report.kind} {report.started_at:%H:%M}"]
    if report.outcome != "completed":
        parts.append(report.outcome)
    for name in ("feeds", "articles", "edits", "errors"):
        if count := getattr(counts, name):
            parts.append(f"{count:,} {name if count > 1 else name.removesuffix('s')}")
    return " · ".join(parts if len(parts) > 1 else [*parts, "nothing due"])


def _rename(name: str) -> None:
    with get_client(sync_client=True) as client:
        client.update_flow_run(UUID(flow_run.get_id()), name=name)


def _emit(alert: Alert) -> None:
    emit_event(
        alert.event,
        resource={
            "prefect.resource.id": f"{alert.event}.{alert.resource}",
            "prefect.resource.name": str(alert.payload.get("url", alert.resource)),
        },
        payload=alert.payload,
    )


def as_markdown(
    report: RunReport,
    failing: Sequence[FailingFeed] = (),
    reprinted: Sequence[ReprintedStory] = (),
) -> str:
    """The report as the artifact shows it."""
    return "\n".join(
        [
            f"## {report.kind} {report.run_id}: {report.outcome}",
            *_counts(report),
            *_alerts(report),
            *_stories(reprinted),
            *_feeds(failing),
            *_failures(report),
            "",
            f"Database: {_literal(str(report.database))}",
            "",
        ]
    )


_row: Callable[[str, object], str] = "| {} | {} |".format


def _counts(report: RunReport) -> Iterator[str]:
    yield from ("", _row("what", "count"), "| :-- | --: |")
    for name, count in dataclasses.asdict(report.counts).items():
        yield _row(name, f"{count:,}")
    yield _row("seconds", f"{report.seconds:.1f}")
    if report.errors_by_kind:
        yield from ("", "### Errors by kind", "", _row("kind", "count"), "| :-- | --: |")
        for kind, errors in report.errors_by_kind.items():
            yield _row(f"`{kind}`", f"{errors:,}")


def _alerts(report: RunReport) -> Iterator[str]:
    if report.alerts:
        yield from ("", "### Alerts", "")
    for alert in report.alerts:
        said = ", ".join(f"{name} {_literal(str(value))}" for name, value in alert.payload.items())
        yield f"- `{alert.event}` {_literal(alert.resource)}: {said}"


def _stories(reprinted: Sequence[ReprintedStory]) -> Iterator[str]:
    if reprinted:
        yield from ("", "### Stories with most new reprints", "")
    for story in reprinted:
        title = _literal(story.title or story.story_id)
        yield f"- {story.reprints} × {_link(title, story.url)} ({_literal(story.publisher)})"


def _feeds(failing: Sequence[FailingFeed]) -> Iterator[str]:
    if failing:
        yield from ("", "### Failing feeds", "")
    for feed in failing[:FAILING_SHOWN]:
        said = _literal(feed.error or "")
        yield f"- {_link(_literal(feed.url), feed.url)} `{feed.outcome}` × {feed.failures}: {said}"
    if len(failing) > FAILING_SHOWN:
        yield f"- and {len(failing) - FAILING_SHOWN} more: see the table feeds"


def _failures(report: RunReport) -> Iterator[str]:
    if report.failures:
        yield from ("", "### Failures of this run", "")
    for failure in report.failures:
        yield f"- `{failure.kind}` {_literal(failure.url)}: {_literal(failure.message)}"
    if report.counts.errors > len(report.failures):
        yield from ("", "More are in the tables polls and entries.")


def _failing_table(failing: Sequence[FailingFeed]) -> list[dict[str, object]]:
    return [
        {
            "feed": feed.url,
            "publisher": feed.publisher,
            "failures": feed.failures,
            "outcome": feed.outcome,
            "error": feed.error or "",
        }
        for feed in failing[:FAILING_SHOWN]
    ]


def _link(text: str, url: str) -> str:
    return f"[{text}](<{url.replace('>', '%3E').replace('<', '%3C')}>)"


_literal = partial(re.compile(r"([\\`*_\[\]<>|])").sub, r"\\\1")
"""Text in which markdown is to find nothing."""
