"""The commands that mend, remove and read again: `restore`, `forget` and `reprocess`."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.options import HomeOption, JsonOption, QuietOption, print_report, settings_in_force
from flows.reprocess_command import reprocess


def add_to(app: typer.Typer) -> None:
    """Make them commands of `wirecopy`."""
    app.command()(restore)
    app.command()(forget)
    app.command()(reprocess)


def restore(
    home: HomeOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also when the working database can be read.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make the working database anew: the last snapshot and the raw pages archived since.

    What was there is moved aside. Says what could not be restored.
    """
    from flows.progress import shown
    from flows.report import print_restore
    from flows.restore import run_restore
    from flows.run import set_up

    settings = settings_in_force(home)
    with shown(quiet=quiet) as progress:
        report = run_restore(set_up(settings, progress, feeds_needed=False), force=force)
    print_report(report, lambda: print_restore(report), json=json)


def forget(
    target: Annotated[
        str, typer.Argument(metavar="URL|PUBLISHER", help="An article's address, or a publisher.")
    ],
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Remove an article or a publisher everywhere, and refuse it from then on.

    Rows, versions, sketches and raw pages go, in the working database, in news.duckdb and in the
    archive; the next export to a folder removes it there. Copies that others made are theirs.
    """
    from flows.forget import run_forget
    from flows.progress import shown
    from flows.report import print_forget
    from flows.run import set_up

    settings = settings_in_force(home)
    with shown(quiet=quiet) as progress:
        report = run_forget(set_up(settings, progress, feeds_needed=False), target)
    print_report(report, lambda: print_forget(report), json=json)
