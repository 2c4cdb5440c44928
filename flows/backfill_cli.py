"""`wirecopy backfill`: its commands. `backfill SOURCE…` is `backfill run SOURCE…`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from flows.options import (
    HomeOption,
    JsonOption,
    QuietOption,
    SinceOption,
    UntilOption,
    print_report,
    require_database,
    settings_in_force,
)

if TYPE_CHECKING:
    from flows.backfill_request import BackfillRequest
    from flows.settings import Settings
    from storage.backfills import Backfill
    from storage.database import Connection, Database


class _RunByDefault(TyperGroup):
    """A group whose first word may be left out when it is `run`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        first = next(iter(args), "--help")
        if first not in self.commands and first != "--help":
            args = ["run", *args]
        return super().parse_args(ctx, args)


backfill_commands = typer.Typer(
    cls=_RunByDefault,
    help="Take in pages that no current feed lists: `backfill SOURCE…` is `backfill run SOURCE…`, "
    "whose --help lists sources and options.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

BackfillArgument = Annotated[
    str, typer.Argument(metavar="BACKFILL", help="Id of the backfill (see `backfill list`).")
]
SourcesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="sitemap:URL (a sitemap, an index of sitemaps, or a site whose robots.txt names "
        "them), urls:FILE (text, CSV or JSON Lines; url, and if known title and published), "
        "warc:PATH (a file or a quoted glob pattern), wayback:DOMAIN (the Wayback Machine's "
        "captures), articles:FILE (extracted text: JSON Lines or Parquet with url, body and, "
        "if known, title, publisher, authors, published, language, canonical_url).",
    ),
]
HostsOption = Annotated[
    list[str] | None,
    typer.Option("--host", help="Only pages of this host and those below it. Repeatable."),
]
LanguagesOption = Annotated[
    list[str] | None,
    typer.Option("--language", help="Only articles in this language (ISO 639-1). Repeatable."),
]
UndatedOption = Annotated[
    bool, typer.Option("--undated", help="With a period: also articles whose date is not known.")
]
CaptureSlackOption = Annotated[
    int,
    typer.Option(
        help="wayback: days after --until in which a capture is looked for. What was captured "
        "later is missed.",
        min=0,
    ),
]
RestartOption = Annotated[bool, typer.Option("--restart", help="Begin anew what was done before.")]
RetryFailedOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try shards again that have failed.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say how much it would be.")]


@backfill_commands.command()
def run(
    sources: SourcesArgument,
    since: SinceOption = None,
    until: UntilOption = None,
    hosts: HostsOption = None,
    languages: LanguagesOption = None,
    undated: UndatedOption = False,
    capture_slack: CaptureSlackOption = 90,
    restart: RestartOption = False,
    retry_failed: RetryFailedOption = False,
    dry_run: DryRunOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take in pages that no current feed lists. The same command again goes on where it stopped.

    Ctrl-C ends the batch in hand; a second one stops at once.
    """
    from flows.backfill_request import requests_for
    from ingest.backfill.periods import make_period

    requests = requests_for(
        sources,
        make_period(since, until),
        hosts or (),
        languages or (),
        undated=undated,
        capture_slack_days=capture_slack,
        restart=restart,
        retry_failed=retry_failed,
    )
    carry_out = _say_how_much if dry_run else _take_in
    carry_out(settings_in_force(home), requests, json=json, quiet=quiet)


def _take_in(
    settings: Settings, requests: list[BackfillRequest], *, json: bool, quiet: bool
) -> None:
    from flows.backfill import run_backfill
    from flows.interrupts import ends_after_batch
    from flows.progress import shown
    from flows.report_backfill import print_backfill_run
    from flows.run import set_up

    with ends_after_batch() as stop, shown(quiet=quiet) as progress:
        report = run_backfill(set_up(settings, progress, feeds_needed=False), requests, stop)
    print_report(report, lambda: print_backfill_run(report), json=json)
    if report.stopped:
        raise typer.Exit(130)
    if report.nothing_done:
        raise typer.Exit(1)


def _say_how_much(
    settings: Settings, requests: list[BackfillRequest], *, json: bool, quiet: bool
) -> None:
    from flows.backfill_estimate import estimate
    from flows.progress import shown
    from flows.report_backfill import print_estimates
    from flows.run import set_up

    with shown(quiet=quiet) as progress:
        found = estimate(set_up(settings, progress, feeds_needed=False), requests)
    print_report({"estimates": found}, lambda: print_estimates(found), json=json)


@backfill_commands.command("list")
def list_backfills(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show all backfills, the latest first, and how far each is."""
    from flows.report_backfill import print_backfills
    from storage.backfills import backfills

    with _up_to_date(_database(home)) as connection:
        found = backfills(connection)
    print_report({"backfills": found}, lambda: print_backfills(found), json=json)


@backfill_commands.command()
def show(backfill: BackfillArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show a backfill with its shards and the pages that could not be had."""
    from flows.report_backfill import BackfillDetails, print_details
    from storage.page_problems import problems_of
    from storage.shards import shards_of

    with _up_to_date(_database(home)) as connection:
        details = BackfillDetails(
            _found(connection, backfill),
            tuple(shards_of(connection, backfill)),
            tuple(problems_of(connection, backfill)),
        )
    print_report(details, lambda: print_details(details), json=json)


@backfill_commands.command()
def cancel(backfill: BackfillArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Stop a backfill after the batch in hand. Starting it again goes on with it."""
    from flows.report_backfill import print_cancelled
    from storage.backfills import cancel as cancel_backfill

    with _up_to_date(_database(home)) as connection:
        _found(connection, backfill)
        cancel_backfill(connection, backfill)
        after = _found(connection, backfill)
    print_report(after, lambda: print_cancelled(after), json=json)


def _database(home: Path | None) -> Database:
    from storage.database import Database
    from storage.home import Home

    database = Database(Home(settings_in_force(home).home))
    require_database(database.exists(), database.home.folder)
    return database


@contextmanager
def _up_to_date(database: Database) -> Iterator[Connection]:
    """A connection to a ledger that knows which runs have died."""
    from flows.clock import utc_now
    from storage.claims import bury_dead_runs
    from storage.rows import transaction

    with database.open() as connection, transaction(connection):
        bury_dead_runs(connection, database.runs, now=utc_now())
        yield connection


def _found(connection: Connection, backfill_id: str) -> Backfill:
    from ingest.errors import ConfigurationError
    from storage.backfills import backfills

    found = backfills(connection, backfill_id)
    if not found:
        raise ConfigurationError(
            f"There is no backfill {backfill_id}. `wirecopy backfill list` shows those there are."
        )
    return found[0]
