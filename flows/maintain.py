"""`wirecopy maintain`: what is better done from time to time than with every batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from flows.alerts import after_check
from flows.raw_files import drop_old_raw_pages, merge_raw_files, remove_unwanted_files
from flows.run import Run, Setup, finish, publish_if_due, started
from flows.settling import settle
from flows.tally import MaintenanceReport
from storage.check import examine
from storage.retention import retire_polls
from storage.rows import transaction
from storage.settling import count_unsettled
from storage.sketches import shorten_sketches, sketch_parts


def settle_stories(run: Run) -> Mapping[str, int]:
    """Take boilerplate learnt late out of earlier articles, and judge stories again."""
    progress = run.setup.progress
    with run.database.open() as connection:
        progress.stage("articles", count_unsettled(connection, "judge"))
    done = settle(
        run.database,
        publisher_of=run.publisher_of,
        now=run.now,
        advance=lambda judged: progress.advance("articles", judged),
    )
    return {
        "blocks learnt": done.learnt,
        "blocks unlearnt": done.unlearnt,
        "articles cleaned": done.cleaned,
        "articles judged": done.judged,
        "articles moved": done.moved,
    }


def retire_old_polls(run: Run) -> Mapping[str, int]:
    """Count polls by publisher and day, and drop those that are older than keep_polls_days."""
    keep = timedelta(days=run.setup.settings.keep_polls_days)
    with run.database.write() as connection:
        retired = retire_polls(connection, now=run.now(), keep=keep)
    return {"days counted": retired.publisher_days, "polls dropped": retired.polls_dropped}


def shorten_old_sketches(run: Run) -> Mapping[str, int]:
    """Keep less of the sketches of articles that have been held for a while."""
    with run.database.open() as connection:
        parts = sketch_parts(connection)
    shortened = 0
    for part in parts:
        with run.database.open() as connection, transaction(connection):  # no public table
            shortened += shorten_sketches(connection, part, now=run.now())
    return {"sketches shortened": shortened}


def check_database(run: Run) -> Mapping[str, int]:
    """Look at every invariant of the database, and tell of those that are violated."""
    examined = examine(run.database)
    violations = [one.violation for one in examined if one.violation]
    with run.database.write() as connection:
        run.alerts = after_check(connection, violations, now=run.now())
    return {"invariants": len(examined), "violated": len(violations)}


STEPS: tuple[tuple[str, Callable[[Run], Mapping[str, int]]], ...] = (
    ("settle stories", settle_stories),
    ("shorten old sketches", shorten_old_sketches),
    ("retire old polls", retire_old_polls),
    ("drop old raw pages", drop_old_raw_pages),
    ("merge archive files", merge_raw_files),
    ("check", check_database),
)
"""The steps of maintenance, in order. Each may be interrupted, and goes on the next time."""


def run_maintenance(setup: Setup) -> MaintenanceReport:
    """Do every step, and publish what changed."""
    steps: dict[str, Mapping[str, int]] = {}

    with started(setup, "maintain") as run:
        for name, step in STEPS:

            def do(name: str = name, step: Callable[[Run], Mapping[str, int]] = step) -> None:
                steps[name] = step(run)

            setup.step(name, do)
            publish_if_due(run)
        finish(run, "completed")
    published = publish_if_due(run, at_end=True)
    remove_unwanted_files(run)
    return MaintenanceReport(
        run_id=run.run_id,
        outcome="completed",
        started_at=run.started_at,
        seconds=(run.now() - run.started_at).total_seconds(),
        steps=steps,
        alerts=run.alerts,
        database=run.setup.home.published,
        published=published is not None,
    )
