"""What the commands have in common: options, settings in force, reports as text or JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.settings import Settings

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Home folder (WIRECOPY_HOME, default ./wirecopy-home)."),
]
FeedsOption = Annotated[
    Path | None, typer.Option("--feeds", help="Feeds file (default: feeds.toml in the home).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
SinceOption = Annotated[
    str | None,
    typer.Option(help="Only articles published then or later: 2024-01-31, UTC unless with a zone."),
]
UntilOption = Annotated[
    str | None, typer.Option(help="Only articles published before; itself not included.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def settings_in_force(home: Path | None, **given: object) -> Settings:
    """The settings of this command line, its log set up by them. Raises ConfigurationError."""
    from flows.log import configure_logging
    from flows.settings import load_settings

    settings = load_settings({"home": home, **given})
    configure_logging(settings.log_level, settings.log_format)
    return settings


def print_report(report: object, as_text: Callable[[], None], *, json: bool) -> None:
    """A report in the form that was asked for."""
    if json:
        from flows.report import as_json

        print(as_json(report))
    else:
        as_text()


def require_database(exists: bool, home: Path) -> None:
    """Raises ConfigurationError when there is no database yet."""
    if not exists:
        from ingest.errors import ConfigurationError

        raise ConfigurationError(
            f"There is no database in {home} yet. `wirecopy poll` makes one; "
            "--home or WIRECOPY_HOME names another home."
        )
