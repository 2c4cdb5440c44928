"""The commands for analysts: `sql` and `export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.options import HomeOption, JsonOption, QuietOption, print_report, settings_in_force


class ResultFormat(StrEnum):
    """How `sql` prints rows."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class ExportFormat(StrEnum):
    """What `export` writes."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


def add_to(app: typer.Typer) -> None:
    """Make them commands of `wirecopy`."""
    app.command()(sql)
    app.command()(export)


def sql(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="SQL for DuckDB; - reads it from standard input.")
    ],
    home: HomeOption = None,
    form: Annotated[
        ResultFormat, typer.Option("--format", help="How to print the rows.")
    ] = ResultFormat.TABLE,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Ask news.duckdb, the last snapshot.

    Read-only; the query can reach no other file and no network. Times are in UTC.
    """
    import sys

    from flows.query_output import print_rows
    from storage.home import Home
    from storage.query import ask

    text = sys.stdin.read() if query == "-" else query
    with ask(Home(settings_in_force(home).home), text) as result:
        print_rows(result, ResultFormat.JSON if json else form)


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to; made when it is missing.")
    ],
    home: HomeOption = None,
    form: Annotated[
        ExportFormat, typer.Option("--format", help="Kind of files.")
    ] = ExportFormat.PARQUET,
    body: Annotated[
        bool, typer.Option("--body/--no-body", help="With or without the articles' texts.")
    ] = True,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the tables of news.duckdb to files, one folder per month.

    Only what has changed since the last export to the same folder is written.
    """
    from flows.progress import shown
    from flows.report import print_export
    from storage.export import export_tables
    from storage.home import Home

    settings = settings_in_force(home)
    with shown(quiet=quiet) as progress:
        exported = export_tables(
            Home(settings.home), folder, form=form.value, body=body, progress=progress
        )
    print_report(exported, lambda: print_export(exported), json=json)
