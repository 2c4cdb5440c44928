"""The command line. Each command imports what it needs, so that `--help` is quick."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows import analyst_commands, keeping_commands
from flows.backfill_cli import backfill_commands
from flows.feeds_commands import feeds_commands
from flows.options import (
    FeedsOption,
    HomeOption,
    JsonOption,
    QuietOption,
    print_report,
    require_database,
    settings_in_force,
)
from flows.story_commands import boilerplate_commands, story_commands

app = typer.Typer(
    name="wirecopy",
    help="Polls news feeds, recognises who republished whom, and keeps it all in one DuckDB file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(story_commands, name="stories")
app.add_typer(boilerplate_commands, name="boilerplate")
app.add_typer(backfill_commands, name="backfill")
analyst_commands.add_to(app)
keeping_commands.add_to(app)
app.add_typer(feeds_commands, name="feeds")


def script() -> None:
    """The `wirecopy` script: `main`, after which the process ends at once. Everything is closed by
    then, and to take down what was imported costs a fifth of what a run with nothing new does."""
    code: str | int | None = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more; Python has its own way to end then
        sys.exit(code)
    if not isinstance(code, int) or "prefect" in sys.modules:  # which sends its last events at exit
        sys.exit(code)
    os._exit(code)


def main() -> None:
    """The commands: errors of ours become a message and an exit code, 2 for mistakes in
    settings or usage and 1 for anything else."""
    # numpy starts as many threads as there are processors, for algebra that nothing here does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from ingest.errors import ConfigurationError, WirecopyError

    # A run makes objects by the hundred thousand and hardly a cycle. To look for those as often as
    # Python does by itself would take a twelfth of its processor time.
    gc.set_threshold(10_000)
    # As Ctrl-C, so that a run that is stopped by systemd or a container says so in `runs`.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except ConfigurationError as error:
        _fail(str(error), 2)
    except WirecopyError as error:
        _fail(str(error), 1)
    except KeyboardInterrupt:
        _fail("Interrupted. What was committed is kept; the next run goes on from there.", 130)


def _fail(message: str, code: int) -> None:
    from flows.report import print_error

    print_error(message)
    raise SystemExit(code)


@app.callback(invoke_without_command=True)
def _wirecopy(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from flows.version import wirecopy_version

        print(wirecopy_version())
        raise typer.Exit


@app.command()
def init(home: HomeOption = None) -> None:
    """Make a home with a feeds file of public news feeds to start from."""
    from flows.init import make_home

    for line in make_home(settings_in_force(home)):
        print(line)


@app.command()
def poll(
    home: HomeOption = None,
    feeds: FeedsOption = None,
    every: Annotated[bool, typer.Option("--all", help="Poll every feed now, due or not.")] = False,
    prefect: Annotated[
        bool, typer.Option("--prefect", help="Make it a Prefect flow run, with tasks.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Poll the feeds that are due, and take in what is new."""
    from flows.progress import shown
    from flows.report import print_run

    settings = settings_in_force(home, feeds=feeds)
    if prefect:
        from flows.prefect_flows import poll_as_flow

        report = poll_as_flow(settings, every=every)
    else:
        from flows.poll import run_poll
        from flows.run import set_up

        with shown(quiet=quiet) as progress:
            report = run_poll(set_up(settings, progress), every=every)
    print_report(report, lambda: print_run(report), json=json)
    if report.nothing_done:
        raise typer.Exit(1)


@app.command()
def maintain(home: HomeOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Settle what came in: clean earlier articles of boilerplate learnt since, judge stories again.

    Run it once a day or so. It costs what has changed since the last time.
    """
    from flows.maintain import run_maintenance
    from flows.progress import shown
    from flows.report import print_maintenance
    from flows.run import set_up

    settings = settings_in_force(home)
    with shown(quiet=quiet) as progress:
        report = run_maintenance(set_up(settings, progress, feeds_needed=False))
    print_report(report, lambda: print_maintenance(report), json=json)


@app.command()
def publish(home: HomeOption = None, json: JsonOption = False) -> None:
    """Take a snapshot of the working database now: news.duckdb."""
    from flows.clock import utc_now
    from flows.version import wirecopy_version
    from storage.database import Database
    from storage.home import Home
    from storage.publish import publish as take_snapshot

    database = Database(Home(settings_in_force(home).home))
    require_database(database.exists(), database.home.folder)
    published = take_snapshot(
        database, run_id=None, wirecopy_version=wirecopy_version(), now=utc_now()
    )
    text = f"{published.path}: {published.bytes:,} bytes in {published.elapsed_ms} ms"
    print_report(published, lambda: print(text), json=json)


@app.command()
def status(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show what is held, what waits, how the last run went, and what is wrong.

    Exit code 1 when something is: feeds are not polled in time, the last run could not do its work,
    or an alert stands. For monitoring.
    """
    from flows.clock import utc_now
    from flows.report import print_status
    from flows.status import look
    from storage.database import Database
    from storage.home import Home

    database = Database(Home(settings_in_force(home).home))
    require_database(database.exists(), database.home.folder)
    found = look(database, now=utc_now())
    print_report(found, lambda: print_status(found), json=json)
    if not found.well:
        raise typer.Exit(1)


@app.command()
def check(home: HomeOption = None, json: JsonOption = False) -> None:
    """Check the settings, the feeds file and every invariant of the database.

    Exit code 1 when one is violated.
    """
    from flows.feeds_file import read_feeds_file
    from flows.report import print_check
    from storage.check import examine
    from storage.database import Database
    from storage.home import Home

    settings = settings_in_force(home)
    database = Database(Home(settings.home))
    require_database(database.exists(), database.home.folder)
    feeds_file = settings.feeds or database.home.feeds_file
    if feeds_file.exists():
        read_feeds_file(feeds_file)
    examined = examine(database)
    violations = [one.violation for one in examined if one.violation]
    covered = {one.invariant: one.covered for one in examined}
    report = {"violations": violations, "covered": covered}
    print_report(report, lambda: print_check(examined), json=json)
    if violations:
        raise typer.Exit(1)


@app.command()
def demo(
    home: Annotated[
        Path | None, typer.Option("--home", help="Home folder of the demo (default ./demo-home).")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the newsroom up, to poll it by hand.")
    ] = False,
    port: Annotated[int, typer.Option("--port", help="Port of the newsroom (0: any).")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Another seed writes other news.")] = 1,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the whole job without a network: a synthetic newsroom on loopback, polled for real."""
    from flows.demo import run_demo

    run_demo(home=home, serve=serve, port=port, seed=seed, json=json, quiet=quiet)


@app.command()
def schedule(
    home: HomeOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="Another prefect.yaml than the one here or in the checkout."),
    ] = None,
) -> None:
    """Run the deployments of prefect.yaml from this process, until it is stopped.

    Uses the Prefect server that PREFECT_API_URL names; without one, a server is started here.
    """
    from flows.prefect_schedule import run_schedule

    run_schedule(settings_in_force(home), file)


if __name__ == "__main__":
    script()
