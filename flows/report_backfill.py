"""What the backfill commands print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Column, Table

from flows.backfill import BackfillReport
from flows.backfill_estimate import Estimate
from flows.report import print_run
from storage.backfills import Backfill
from storage.page_problems import PageProblem
from storage.shards import ShardRow

SHARDS_SHOWN = 40
"""Of those that are done; others are all shown."""


@dataclass(frozen=True, slots=True)
class BackfillDetails:
    """A backfill, its shards, and the first pages that could not be had or read."""

    backfill: Backfill
    shards: tuple[ShardRow, ...]
    failures: tuple[PageProblem, ...]


def print_backfill_run(report: BackfillReport) -> None:
    """The run's report, how far each backfill is, and how to go on."""
    print_run(report)
    print_backfills(report.backfills)
    console = _console()
    if report.stopped:
        left = _counted(sum(one.shards_left for one in report.backfills))
        console.print(f"Stopped with {left} left. Run the same command again to go on.")
    elif any(one.shards_left for one in report.backfills):
        console.print(
            "Some shards are in hand of another run, or the backfill was cancelled: "
            "`wirecopy backfill list` tells."
        )
    elif not report.shards and all(one.status == "done" for one in report.backfills):
        console.print("Nothing was left to do. With --restart all is gone through again.")
    failed = [one for one in report.backfills if one.shards_failed]
    for one in failed:
        console.print(
            f"{_counted(one.shards_failed)} failed: `wirecopy backfill show "
            f"{one.backfill_id}` says why, --retry-failed tries again.",
            soft_wrap=True,
        )


def print_backfills(found: Sequence[Backfill]) -> None:
    """A table of backfills, one line each, and what became of their pages."""
    console = _console()
    if not found:
        console.print("There are no backfills.")
        return
    for one in found:
        console.print(f"\n{one.backfill_id}  {one.status}  {one.source}", soft_wrap=True)
        period = f"{_day(one.since, 'the beginning')} to {_day(one.until, 'now')}"
        filters = f"; {one.filters}" if one.filters != "{}" else ""
        console.print(f"  published  {period}{filters}", soft_wrap=True)
        console.print(f"  shards     {_shards(one)}")
        console.print(f"  pages      {_pages(one)}", soft_wrap=True)


def print_cancelled(after: Backfill) -> None:
    """A backfill after it was to be cancelled."""
    print_backfills([after])
    if after.status in ("done", "failed"):
        _console().print("It had ended before: there is nothing to cancel.")
    else:
        _console().print("No more shards are begun. The command that began it goes on with it.")


def print_estimates(found: Sequence[Estimate]) -> None:
    """How much each backfill would be."""
    console = _console()
    for one in found:
        about = "about " if one.sampled else ""
        console.print(f"\n{one.source}", soft_wrap=True)
        console.print(f"  shards  {one.shards:,}")
        console.print(f"  pages   {about}{one.pages:,} that may belong")
        console.print(f"  bytes   {one.bytes:,} to read from disk")
        console.print(f"  time    about {_duration(one.seconds)}")
        for failure in one.failures:
            console.print(f"  {failure.url}\n    {failure.kind}: {failure.message}", soft_wrap=True)
    console.print("\nNothing was taken in. Without --dry-run it is.")


def print_details(details: BackfillDetails) -> None:
    """A backfill, its shards, and the pages that could not be had."""
    print_backfills([details.backfill])
    console = _console()
    table = Table(Column("shard", overflow="fold"), "status", "pages", "articles", "attempts")
    done = [row for row in details.shards if row.status == "done"]
    others = [row for row in details.shards if row.status != "done"]
    for row in [*others, *done[:SHARDS_SHOWN]]:
        table.add_row(
            row.shard, row.status, f"{row.pages:,}", f"{row.articles:,}", f"{row.attempts:,}"
        )
    console.print(table)
    for row in others:
        if row.error:
            console.print(f"  {row.shard}\n    {row.error}", soft_wrap=True)
    if len(done) > SHARDS_SHOWN:
        console.print(f"and {len(done) - SHARDS_SHOWN:,} more that are done")
    for problem in details.failures:
        console.print(f"  {problem.url}\n    {problem.reason}: {problem.message}", soft_wrap=True)
    if details.backfill.pages_failed > len(details.failures):
        more = details.backfill.pages_failed - len(details.failures)
        console.print(f"  and {more:,} more in internal.backfill_failures")


def _counted(shards: int) -> str:
    return "1 shard" if shards == 1 else f"{shards:,} shards"


def _shards(one: Backfill) -> str:
    words = [f"{one.shards_done:,} of {one.shards:,} done"]
    if one.shards_failed:
        words.append(f"{one.shards_failed:,} failed")
    return ", ".join(words)


def _pages(one: Backfill) -> str:
    judged = one.judged
    words = [f"{judged.pages:,} judged", f"{judged.articles:,} new articles"]
    kinds = (
        ("known already", judged.known),
        ("published outside the period", judged.outside),
        ("undated", judged.undated),
        ("in other languages", judged.other_language),
        ("failed", one.pages_failed),
    )
    words += [f"{count:,} {label}" for label, count in kinds if count]
    return ", ".join(words)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"


def _day(bound: datetime | None, otherwise: str) -> str:
    return f"{bound:%Y-%m-%d %H:%M} UTC" if bound else otherwise


def _console() -> Console:
    return Console(highlight=False, emoji=False, markup=False)
