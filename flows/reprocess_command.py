"""The command `reprocess`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

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
    from storage.database import Database


def reprocess(
    home: HomeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    publisher: Annotated[
        str | None, typer.Option(help="Only this publisher's articles, for example antiwar.com.")
    ] = None,
    extraction_only: Annotated[
        bool,
        typer.Option(
            "--extraction-only", help="Read pages again; leave the stories to `wirecopy maintain`."
        ),
    ] = False,
    matching_only: Annotated[
        bool, typer.Option("--matching-only", help="Judge stories again; read no page.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read the raw pages that are kept again, and judge the stories again: after an upgrade.

    Asks nobody for anything. Interrupted, the same command goes on from there. What changes by it
    is no edit by a publisher, and makes no version of an article.
    """
    from flows.progress import shown
    from flows.report_reprocess import print_reprocess
    from flows.reprocess import run_reprocess
    from flows.run import set_up
    from ingest.backfill.periods import make_period
    from ingest.errors import ConfigurationError
    from ingest.publishers import publisher_of
    from storage.database import Database
    from storage.home import Home
    from storage.reprocessing import Scope

    if extraction_only and matching_only:
        raise ConfigurationError("--extraction-only and --matching-only leave nothing to do.")
    settings = settings_in_force(home)
    period = make_period(since, until)
    database = Database(Home(settings.home))
    require_database(database.exists(), settings.home)
    with shown(quiet=quiet) as progress:
        setup = set_up(settings, progress, feeds_needed=False)
        scope = Scope(
            since=period.since,
            until=period.until,
            publisher=publisher_of(publisher, setup.feeds.aliases) if publisher else None,
            extraction=not matching_only,
            matching=not extraction_only,
        )
        if scope.publisher:
            _require_publisher(database, scope.publisher)
        report = run_reprocess(setup, scope)
    print_report(report, lambda: print_reprocess(report), json=json)


def _require_publisher(database: Database, publisher: str) -> None:
    """Raises ConfigurationError for a publisher of which nothing is held."""
    from ingest.errors import ConfigurationError
    from storage.publishers import known_publisher

    with database.open() as connection:
        known = known_publisher(connection, publisher)
    if not known:
        raise ConfigurationError(
            f"Nothing is held of a publisher {publisher}. "
            "`wirecopy feeds list` shows whom you follow."
        )
