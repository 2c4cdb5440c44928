"""`wirecopy stories` and `wirecopy boilerplate`: what matching found, and a person's word on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import (
    HomeOption,
    JsonOption,
    print_report,
    require_database,
    settings_in_force,
)

if TYPE_CHECKING:
    from flows.run import Setup
    from flows.story_view import StoryView

story_commands = typer.Typer(
    help="Show a story with the evidence, and correct what matching found.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
boilerplate_commands = typer.Typer(
    help="What publishers repeat around their articles, and is taken out of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ArticleArgument = Annotated[str, typer.Argument(metavar="ARTICLE", help="Id of an article.")]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why, for whoever looks at it later (story_overrides).")
]


@story_commands.command("show")
def show_story(
    story: Annotated[
        str,
        typer.Argument(metavar="ID", help="Id of a story, a former one too, or of an article."),
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show who carried a story and when, what each cut and added, and why we believe it."""
    from flows.story_view import view_story
    from storage.database import Database
    from storage.home import Home

    database = Database(Home(settings_in_force(home).home))
    require_database(database.exists(), database.home.folder)
    with database.open() as connection:
        view = view_story(connection, story)
    _print_story(view, json=json)


@story_commands.command("merge")
def merge(
    one: Annotated[str, typer.Argument(metavar="A", help="Id of a story, or of its article.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Id of another.")],
    reason: ReasonOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say that two stories are one. It stays so when stories are judged again."""
    from flows.story_edits import merge_stories

    _print_story(merge_stories(_setup(home), one, other, reason=reason), json=json)


@story_commands.command("split")
def split(
    article: ArticleArgument,
    story: Annotated[
        str | None,
        typer.Option("--from", help="The story it is in: an error when it is in another."),
    ] = None,
    reason: ReasonOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say that an article does not belong to its story. It stays out of it from then on."""
    from flows.story_edits import split_story

    _print_story(split_story(_setup(home), article, story=story, reason=reason), json=json)


@story_commands.command("original")
def original(
    article: ArticleArgument,
    reason: ReasonOption = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say that an article is the original of its story."""
    from flows.story_edits import name_original

    _print_story(name_original(_setup(home), article, reason=reason), json=json)


@boilerplate_commands.command("list")
def list_boilerplate(
    publisher: Annotated[
        str | None, typer.Argument(metavar="[PUBLISHER]", help="Of this publisher only.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List what is taken out of articles, with the hash to name it by."""
    from flows.report_stories import print_boilerplate
    from storage.blocks import known_blocks
    from storage.database import Database
    from storage.home import Home

    database = Database(Home(settings_in_force(home).home))
    require_database(database.exists(), database.home.folder)
    with database.open() as connection:
        blocks = known_blocks(connection, publisher.lower() if publisher else None)
    print_report(blocks, lambda: print_boilerplate(blocks), json=json)


@boilerplate_commands.command("restore")
def restore(
    publisher: Annotated[str, typer.Argument(metavar="PUBLISHER")],
    block: Annotated[
        str, typer.Argument(metavar="TEXT|HASH", help="The text, a part of it, or its hash.")
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Take it out again.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Put a text back into the articles that came with it, and leave it there from now on."""
    from flows.report_stories import print_restored
    from flows.story_edits import restore_boilerplate

    done = restore_boilerplate(_setup(home), publisher, block, undo=undo)
    print_report(done, lambda: print_restored(done), json=json)


def _setup(home: Path | None) -> Setup:
    from flows.progress import Silent
    from flows.run import set_up
    from storage.home import Home

    settings = settings_in_force(home)
    place = Home(settings.home)
    require_database(place.working.exists(), place.folder)
    return set_up(settings, Silent(), feeds_needed=False)


def _print_story(view: StoryView, *, json: bool) -> None:
    from flows.report_stories import print_story

    print_report(view, lambda: print_story(view), json=json)
