"""Stories and boilerplate as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from rich.console import Console

from flows.story_edits import RestoredBoilerplate
from flows.story_view import MemberView, StoryView
from storage.blocks import KnownBlock
from storage.story_view import LinkedArticle

LONGEST = 300
"""Characters of a paragraph that are shown; all are in --json and in the tables."""


def print_story(view: StoryView) -> None:
    """Members in time, with what each did to the text, links, and what persons have decided."""
    console = _console()
    if view.asked != view.story_id and view.asked.startswith("s"):
        console.print(f"{view.asked} is no more; its articles are in {view.story_id}.")
    console.print(f"{view.story_id}  {view.title}", soft_wrap=True)
    console.print(_original(view), soft_wrap=True)
    for member in view.members:
        console.print()
        for line in _member(member, view):
            console.print(line, soft_wrap=True)
    if view.links:
        console.print("\nLinked articles, which are of other stories or later tellings:")
        for link in view.links:
            console.print(f"  {_link(link)}", soft_wrap=True)
    if view.overrides:
        console.print("\nDecided by persons:")
        for one in view.overrides:
            words = f"  {one.decided_at:%Y-%m-%d} {one.decided_by}: {one.article_id} "
            words += f"{one.verdict} {one.other_article_id}"
            console.print(f"{words} {one.reason}".rstrip(), soft_wrap=True)


def _original(view: StoryView) -> str:
    held = next((m for m in view.members if m.article_id == view.original_article_id), None)
    if held:
        return f"Original: {held.publisher} ({held.article_id})"
    if view.original_status == "not_held":
        return f"Original: not held; credited to {view.original_credit}"
    return "Original: uncertain; nothing decides between the copies"


def _member(member: MemberView, view: StoryView) -> list[str]:
    when = "time unknown"
    if member.published_at:
        day_only = member.published_precision == "day"
        when = f"{member.published_at:{'%Y-%m-%d' if day_only else '%Y-%m-%d %H:%M'}}"
    standing: str = member.role
    if member.article_id == view.representative_article_id and member.role != "original":
        standing += ", stands for the story"
    lines = [f"{when}  {member.publisher}  {standing}  ({member.article_id})"]
    lines.append(f"  {member.url}")
    if member.title != view.title:
        lines.append(f"  headline: {member.title}")
    if member.authors:
        lines.append(f"  by {', '.join(member.authors)}")
    if member.credits:
        lines.append(f"  credits {', '.join(member.credits)}")
    if member.relation and member.containment is not None and member.similarity is not None:
        said = f"  {member.relation}: {member.containment:.0%} of the text, "
        said += f"similarity {member.similarity:.2f}"
        lines.append(f"{said}, {_lag(member.lag)}" if member.lag is not None else said)
    for signal in member.evidence:
        lines.append(f"  because {signal['signal']} ({signal['weight']:+}): {signal['words']}")
    lines += _paragraphs("cut", member.cut)
    lines += _paragraphs("added", member.added)
    return lines


def _lag(lag: timedelta) -> str:
    minutes = round(abs(lag).total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return f"{' '.join(parts[:2]) or 'less than a minute'} {'earlier' if lag.days < 0 else 'later'}"


def _paragraphs(what: str, paragraphs: Sequence[str]) -> list[str]:
    shown = [text if len(text) <= LONGEST else text[: LONGEST - 1] + "…" for text in paragraphs]
    return [f"  {what}: {text}" for text in shown]


def _link(link: LinkedArticle) -> str:
    relations = {"excerpt": "quotes", "roundup": "contains", "update": "retells"}
    one = f"{link.publisher} “{link.title}” ({link.link.from_article_id})"
    other = f"{link.other_publisher} “{link.other_title}” ({link.link.to_article_id})"
    return f"{one} {relations[link.link.relation]} {link.link.containment:.0%} of {other}"


def print_boilerplate(blocks: Sequence[KnownBlock]) -> None:
    """What is known, by publisher."""
    console = _console()
    if not blocks:
        console.print("No boilerplate is known: it is learnt from three different stories on.")
        return
    for publisher, group in groupby(blocks, key=lambda one: one.publisher):
        console.print(publisher)
        for one in group:
            state = "" if one.active else "put back: "
            said = f"  {one.hash}  {one.articles:>6,} articles  {state}{one.text}"
            console.print(said, soft_wrap=True)


def print_restored(done: RestoredBoilerplate) -> None:
    """What was put back, and where."""
    what = "taken out of" if done.active else "put back into"
    for block in done.blocks:
        _console().print(f"“{block.text}” was {what} {done.articles:,} articles.", soft_wrap=True)


def _console() -> Console:
    return Console(highlight=False, emoji=False, markup=False)
