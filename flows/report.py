"""What commands print: one report type each, as text for people or JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from flows.counted import counted

if TYPE_CHECKING:  # a command that reports one of these should not load what makes the others
    from flows.forget import ForgetReport
    from flows.restore import RestoreReport
    from flows.status import Status
    from flows.tally import MaintenanceReport, RunReport
    from storage.check import Examined
    from storage.export import Exported
    from storage.sample import StorySample
    from storage.status import LastRun

QUERIES = (
    ("each story once", "SELECT title, publisher_count FROM stories ORDER BY changed_at DESC"),
    (
        "who republished whom",
        "SELECT a.publisher, o.publisher AS original, r.relation, r.lag FROM reprints r "
        "JOIN articles a USING (article_id) "
        "JOIN articles o ON o.article_id = r.original_article_id",
    ),
    (
        "feeds that fail",
        "SELECT url, last_outcome, last_error FROM feeds WHERE consecutive_failures > 0",
    ),
)
"""For a first look at the database."""


def as_json(report: object) -> str:
    """Any report as one JSON document."""
    return json.dumps(_plain(report), ensure_ascii=False, indent=2)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Path) else value


def print_run(report: RunReport) -> None:
    """The table at the end of a run, the failures, and where to look."""
    console = _console()
    console.print(f"{report.kind} {report.run_id}: {report.outcome}")
    console.print(_counts(report))
    for failure in report.failures:
        console.print(f"  {failure.url}\n    {failure.kind}: {failure.message}", soft_wrap=True)
    if report.counts.errors > len(report.failures):
        console.print(f"  and {report.counts.errors - len(report.failures)} more")
    for remark in _remarks(report):
        console.print(remark, soft_wrap=True)
    if report.database.exists():
        print_queries(report.database)


def _counts(report: RunReport) -> Table:
    table = Table()
    table.add_column("what")
    table.add_column("count", justify="right")
    labels = {
        "feeds": "feeds polled",
        "entries": "new entries",
        "pages": "pages fetched",
        "articles": "new articles",
        "stories": "new stories",
        "reprints": "reprints",
        "errors": "errors",
    }
    if report.kind == "backfill":  # which polls nothing, and may read its pages from files
        labels = {**labels, "pages": "pages judged"}
        del labels["feeds"], labels["entries"]
    for name, label in labels.items():
        table.add_row(label, f"{getattr(report.counts, name):,}")
    for kind, count in report.errors_by_kind.items():
        table.add_row(f"  {kind}", f"{count:,}")
    if report.rechecks:
        table.add_row("articles rechecked", f"{report.counts.rechecks:,}")
        for outcome, count in report.rechecks.items():
            table.add_row(f"  {outcome}", f"{count:,}")
    table.add_row("seconds", f"{report.seconds:.1f}")
    return table


def _remarks(report: RunReport) -> Iterator[str]:
    """What the figures alone do not tell, and what to do about it."""
    if report.postponed:
        yield (
            f"{report.postponed:,} feeds and pages wait for the next run: their publishers want to "
            "be asked slowly, and nothing else was left to do."
        )
    if report.rechecks_waiting:
        yield f"{report.rechecks_waiting:,} recent articles are still to be rechecked."
    if report.set_aside:
        yield (
            f"Somebody opened {report.database.name} for writing; the log left beside it was moved "
            f"to {report.set_aside}. Open it read-only."
        )
    if report.outcome == "offline":
        nothing = report.counts.errors >= report.counts.feeds
        yield (
            f"{'Nothing' if nothing else 'Next to nothing'} could be reached: is this machine "
            "online? Feeds that answered before are due again in five minutes. `wirecopy demo` "
            "shows the whole job without a network."
        )
    elif report.kind == "poll" and report.counts.feeds == 0:
        yield "No feed was due. `wirecopy poll --all` polls every feed now."


def print_maintenance(report: MaintenanceReport) -> None:
    """What each step did."""
    console = _console()
    console.print(f"maintain {report.run_id}: {report.outcome} in {report.seconds:.1f} s")
    for step, figures in report.steps.items():
        done = ", ".join(f"{name} {count:,}" for name, count in figures.items())
        console.print(f"  {step}: {done}", soft_wrap=True)
    if report.alerts:
        console.print("An invariant of the database does not hold: `wirecopy check` says which.")
    if report.published:
        console.print(f"Database: {report.database}", soft_wrap=True)


def print_queries(database: Path) -> None:
    """Where the database is, and three queries to try."""
    console = _console()
    console.print(f"\nDatabase: {database}", soft_wrap=True)
    console.print("Open it read-only with any DuckDB client and try:")
    for title, sql in QUERIES:
        console.print(f"  -- {title}\n  {sql};", soft_wrap=True, highlight=False)


def print_demo(report: RunReport, sample: StorySample | None, *, outlets: int) -> None:
    """The run's report, one story with its reprints, and what to do next."""
    console = _console()
    console.print(f"A newsroom of {outlets} invented outlets was polled on this machine.\n")
    print_run(report)
    if sample:
        _print_story(sample)
    console.print(
        "\nNext, with real feeds:\n"
        "  wirecopy init    writes wirecopy-home/feeds.toml, a list of news feeds to edit\n"
        "  wirecopy poll    polls them",
        soft_wrap=True,
    )


def _print_story(story: StorySample) -> None:
    console = _console()
    console.print(f"\nOne story, {story.story_id}: {story.title}", soft_wrap=True)
    width = max(len(member.publisher) for member in story.members)
    for member in story.members:
        words = [member.role]
        if member.relation and member.containment is not None:
            words.append(f"{member.relation}, {member.containment:.0%} of it")
        if member.lag is not None:
            words.append(f"{member.lag} later")
        if member.title != story.title:
            words.append(f"retitled “{member.title}”")
        console.print(f"  {member.publisher:<{width}}  {', '.join(words)}", soft_wrap=True)
        if member.added_text:
            added = " / ".join(member.added_text.split("\n"))
            console.print(f"  {'':<{width}}  adds: {_short(added)}", soft_wrap=True)


def _short(text: str, limit: int = 100) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def print_status(status: Status) -> None:
    """What is held, what waits, and what is wrong."""
    held, console = status.held, _console()
    taken = _moment(held.published_at) if held.published_at else "never"
    overdue = f", the oldest for {_spell(held.overdue)}" if held.feeds_due else ""
    lines = [
        ("last run", _last_run(held.last_run)),
        (
            "feeds",
            f"{held.feeds:,} followed, {held.feeds_due:,} due{overdue}, "
            f"{held.feeds_failing:,} failing",
        ),
        ("entries", f"{held.entries_waiting:,} waiting, {held.entries_rejected:,} rejected"),
        (
            "held",
            f"{counted(held.articles, 'article')}, {counted(held.stories, 'story')}, "
            f"{counted(held.reprints, 'reprint')}",
        ),
        (
            "rechecks",
            f"{held.rechecks_due:,} due, {held.rechecks_planned:,} planned; in the last 24 hours "
            f"{counted(held.edits, 'edit')} and {counted(held.gone, 'page')} gone",
        ),
        ("published", taken),
        ("disk", f"{_size(status.home_bytes)} used, {_size(status.free_bytes)} free"),
    ]
    if held.errors:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in held.errors.items())
        lines.append(("errors", f"in the last 24 hours: {kinds}"))
    if status.late:
        lines.append(("LATE", "feeds have been due for long: is the schedule running?"))
    for alert in held.alerts:
        said = ", ".join(f"{name} {value}" for name, value in alert.payload.items())
        lines.append(("ALERT", f"{alert.event} since {_moment(alert.since)}: {said}"))
    for name, text in lines:
        console.print(f"{name:<9}  {text}", soft_wrap=True)


def _last_run(run: LastRun | None) -> str:
    if run is None:
        return "none yet: `wirecopy poll` makes one"
    ended = _moment(run.finished_at) if run.finished_at else "still running"
    return (
        f"{run.kind} {run.run_id}: {run.outcome or 'running'}, began {_moment(run.started_at)}, "
        f"ended {ended}, {counted(run.errors, 'error')}"
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _spell(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def print_check(examined: Sequence[Examined]) -> None:
    """How many rows each invariant covers, and every violated one."""
    console = _console()
    for one in examined:
        console.print(f"{one.covered:>12,}  {one.invariant}", soft_wrap=True)
    violations = [one.violation for one in examined if one.violation]
    for violation in violations:
        examples = ", ".join(violation.examples)
        console.print(
            f"VIOLATED: {violation.invariant}: {violation.count} ({examples})", soft_wrap=True
        )
    if not violations:
        console.print(f"All is well: {len(examined)} invariants hold for so many rows.")


def print_restore(report: RestoreReport) -> None:
    """What was restored, and what could not be."""
    console = _console()
    since = (
        f"the snapshot of {_moment(report.snapshot_at)}"
        if report.snapshot_at
        else "nothing: no snapshot could be read"
    )
    lines = [
        f"damage     {report.damage}",
        f"from       {since}",
        f"archive    {counted(report.pages, 'page')} since: {counted(report.articles, 'article')}, "
        f"{report.reprints:,} of them reprints; "
        f"{counted(report.errors, 'page')} without an article",
    ]
    if report.aside:
        lines.append(f"set aside  {report.aside}: remove it when all is well")
    lines += [f"unreadable {name} in the archive" for name in report.unreadable]
    lines += [f"lost       {what}" for what in report.lost]
    for line in lines:
        console.print(line, soft_wrap=True)


def print_forget(report: ForgetReport) -> None:
    """What was removed."""
    _console().print(
        f"{report.target}: {counted(report.articles, 'article')}, "
        f"{counted(report.entries, 'entry')} and {counted(report.raw_pages, 'raw page')} removed, "
        f"{counted(report.rows, 'row')} in all; "
        f"{counted(report.stories, 'story')} judged anew without them. It is refused from now on.",
        soft_wrap=True,
    )
    for copy in report.copies:
        _console().print(
            f"{copy} was set aside earlier and may hold it: remove it.", soft_wrap=True
        )


def print_export(exported: Exported) -> None:
    """What an export wrote."""
    _console().print(
        f"{exported.folder}: {counted(exported.written, 'file')} written "
        f"({exported.bytes:,} bytes), {exported.unchanged:,} unchanged, "
        f"{exported.removed:,} removed",
        soft_wrap=True,
    )


def print_error(message: str) -> None:
    """An error, on standard error."""
    print(f"wirecopy: {message}", file=sys.stderr)


def _console() -> Console:
    return Console(highlight=False, emoji=False, markup=False)
