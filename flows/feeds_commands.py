"""`wirecopy feeds …`: feeds shown, changed and exchanged. Imports little, as `cli` does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import (
    FeedsOption,
    HomeOption,
    JsonOption,
    QuietOption,
    print_report,
    settings_in_force,
)

feeds_commands = typer.Typer(
    name="feeds",
    help="The feeds that are followed: list, add, remove, check, import and export them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

TagOption = Annotated[
    list[str] | None, typer.Option("--tag", help="A tag for them; may be given several times.")
]
UrlsArgument = Annotated[list[str], typer.Argument(metavar="URL…", help="Addresses of feeds.")]


@feeds_commands.command("list")
def list_feeds(
    home: HomeOption = None, feeds: FeedsOption = None, json: JsonOption = False
) -> None:
    """Show what is known of each feed: how often it is polled, when next, and why."""
    from flows.feeds_shown import print_feeds, shown_feeds

    found = shown_feeds(settings_in_force(home, feeds=feeds))
    print_report({"feeds": found}, lambda: print_feeds(found), json=json)


@feeds_commands.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of a feed, or of a site.")],
    home: HomeOption = None,
    feeds: FeedsOption = None,
    tag: TagOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Add every feed that is found, not only the first.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find the feeds of a site (its links, the usual places, news sitemaps) and follow the first.

    The feeds file keeps its comments and order.
    """
    from flows.feeds_changed import follow_site, print_added
    from flows.progress import shown

    settings = settings_in_force(home, feeds=feeds)
    with shown(quiet=quiet) as progress:
        report = follow_site(settings, progress, url, tags=tuple(tag or ()), every=every)
    print_report(report, lambda: print_added(report), json=json)


@feeds_commands.command()
def remove(
    urls: UrlsArgument,
    home: HomeOption = None,
    feeds: FeedsOption = None,
    json: JsonOption = False,
) -> None:
    """Stop following feeds. What they have brought is kept."""
    from flows.feeds_changed import print_removed, unfollow

    report = unfollow(settings_in_force(home, feeds=feeds), urls)
    print_report(report, lambda: print_removed(report), json=json)


@feeds_commands.command()
def check(
    urls: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL…]", help="Feeds, followed or not; all that are followed."),
    ] = None,
    home: HomeOption = None,
    feeds: FeedsOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Poll feeds without storing anything, and say what a poll would find and do.

    Exit code 1 when one cannot be had or read.
    """
    from flows.feeds_check import check_feeds
    from flows.feeds_shown import print_checked
    from flows.progress import shown
    from flows.run import set_up

    settings = settings_in_force(home, feeds=feeds)
    with shown(quiet=quiet) as progress:
        found = check_feeds(set_up(settings, progress, feeds_needed=not urls), urls or ())
    print_report({"feeds": found}, lambda: print_checked(found), json=json)
    if any(feed.failed for feed in found):
        raise typer.Exit(1)


@feeds_commands.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="A list of feeds (OPML).")],
    home: HomeOption = None,
    feeds: FeedsOption = None,
    tag: TagOption = None,
    json: JsonOption = False,
) -> None:
    """Follow the feeds of an OPML file, as other readers export it. Folders become tags."""
    from flows.feeds_changed import import_opml, print_imported

    report = import_opml(settings_in_force(home, feeds=feeds), file, tags=tuple(tag or ()))
    print_report(report, lambda: print_imported(report), json=json)


@feeds_commands.command("export")
def export_list(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; standard output otherwise.")
    ] = None,
    home: HomeOption = None,
    feeds: FeedsOption = None,
) -> None:
    """Write the feeds as OPML for other readers, in folders by their tags."""
    from flows.feeds_changed import export_opml

    export_opml(settings_in_force(home, feeds=feeds), file)
