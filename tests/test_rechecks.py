"""Recent articles are fetched again: what their publishers change is seen, and what they take down
is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from homes import HomeFolder
from living_pages import HOST, START, LivingPages, living_pages, paragraphs, story_page
from rude_server import Behaviour, page, redirect

from flows.status import look
from ingest.polling.rechecks import next_recheck

HOUR = timedelta(hours=1)
TEXT = paragraphs("first")
PAYWALL = (
    '<script type="application/ld+json">{"@context": "https://schema.org", '
    '"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
)


def html_page(document: bytes) -> Behaviour:
    return page(document, 200, "Content-Type: text/html")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingPages]:
    with living_pages(tmp_path_factory.mktemp("rechecks")) as made:
        yield made


@pytest.fixture
def world(shared: LivingPages, tmp_path: Path) -> LivingPages:
    """Two articles of one publisher, not yet polled."""
    shared.server.seen.clear()
    made = replace(shared, home=HomeFolder(tmp_path / "home"), pages={})
    for path, title, seed in (
        ("/a", "A pier reopens", "first"),
        ("/b", "A ferry is late", "second"),
    ):
        made.publish(path, story_page(title, *paragraphs(seed)))
    made.follow()
    return made


@pytest.mark.parametrize(
    ("checked", "following"),
    [
        (0, 1),
        (0.9, 6),
        (1, 6),
        (1.1, 6),
        (4, 6),
        (5, 24),
        (6, 24),
        (20, 72),
        (60, None),
        (72, None),
    ],
)
def test_checks_follow_at_growing_distances_and_late_ones_stand_for_the_next(
    checked: float, following: float | None
) -> None:
    wanted = None if following is None else START + following * HOUR
    assert next_recheck(START, START + checked * HOUR) == wanted


def test_an_edited_page_gets_a_version_and_an_unchanged_one_none(world: LivingPages) -> None:
    assert world.poll().counts.articles == 2
    assert world.asked("/a") == 1
    assert world.poll(minutes=30).rechecks == {}
    edited = [*TEXT[:3], "The mayor, it was added later, had opened the pier herself at noon."]
    world.publish("/a", story_page("A pier reopens at last", *edited))
    before = world.now
    report = world.poll(minutes=31)
    assert report.rechecks == {"changed": 1, "unchanged": 1}
    assert (report.counts.rechecks, report.counts.edits, report.counts.errors) == (2, 1, 0)
    assert world.asked("/a") == 2
    assert world.sql("SELECT rechecks, edits FROM runs ORDER BY started_at DESC LIMIT 1") == [
        (2, 1)
    ]
    versions = world.sql(
        "SELECT version, seen_at, title, change FROM article_versions JOIN articles "
        "USING (article_id, title) WHERE url LIKE '%/a' ORDER BY version"
    )
    assert [(v, title) for v, _, title, _ in versions] == [(2, "A pier reopens at last")]
    ((change,),) = world.sql("SELECT change FROM article_edits")
    assert change.startswith("title changed; 1 paragraph added, 1 removed")
    for moment, title in ((before, "A pier reopens"), (world.now + HOUR, "A pier reopens at last")):
        told = world.sql(f"SELECT title FROM as_of('{moment}') WHERE title LIKE '%pier%'")
        assert told == [(title,)]
    assert world.sql("SELECT title FROM stories WHERE title LIKE '%pier%'") == [
        ("A pier reopens at last",)
    ]
    # What was seen is kept, and only where it said something new.
    assert world.sql("SELECT count(*) FROM internal.raw_pages") == [(3,)]
    assert world.violations() == []
    held = look(world.database, now=world.now).held
    assert (held.edits, held.rechecks_planned, held.rechecks_due) == (1, 2, 0)


def test_servers_without_validators_are_believed_by_their_bytes(world: LivingPages) -> None:
    document = world.pages[f"{HOST}/a"]
    world.serve("/a", html_page(document))
    world.poll()
    assert world.poll(hours=1).rechecks == {"unchanged": 2}
    white = document.replace(b"<p>", b"\n  <p class='x'>").replace(b"</p>", b" </p>")
    world.serve("/a", html_page(white))
    assert world.poll(hours=5).rechecks == {"unchanged": 2}
    assert world.sql("SELECT count(*) FROM article_versions") == [(2,)]


def test_a_page_that_is_gone_is_recorded_and_its_article_kept(world: LivingPages) -> None:
    world.poll()
    world.serve("/a", page(b"no more", 404))
    world.serve("/b", page(b"no more", 410))
    report = world.poll(hours=1)
    assert (report.rechecks, report.outcome) == ({"gone": 2}, "completed")
    first = world.now
    document = world.pages[f"{HOST}/b"] + b" "
    world.serve("/b", html_page(document))
    assert world.poll(hours=71).rechecks == {"gone": 1, "unchanged": 1}
    assert world.sql("SELECT url, outcome, gone_at, next_check_at FROM rechecks") == [
        (f"http://{HOST}/a", "gone", first, None)
    ]
    assert world.poll(hours=100).rechecks == {}
    ((body,),) = world.sql("SELECT body FROM articles WHERE url LIKE '%/a'")
    assert body.startswith(TEXT[0])
    assert world.violations() == []


def test_what_a_page_gives_less_of_does_not_replace_what_is_held(world: LivingPages) -> None:
    answers = {
        "/a": (page(b"", 500), "http_5xx"),
        "/b": (redirect("/other"), "other_article"),
        "/c": (html_page(story_page("News of /c", paragraphs("/c")[0], head=PAYWALL)), "worse"),
        "/d": (html_page(b"<html><body></body></html>"), "no_text"),
    }
    for path in answers:
        world.publish(path, story_page(f"News of {path}", *paragraphs(path)))
    world.serve("/other", html_page(story_page("Quite another tale", *paragraphs("other"))))
    world.poll()
    before = world.sql("SELECT * FROM articles ORDER BY article_id")
    for path, (behaviour, _) in answers.items():
        world.serve(path, behaviour)
    assert world.poll(hours=1).counts.edits == 0
    assert world.sql("SELECT * FROM articles ORDER BY article_id") == before
    found = world.sql("SELECT url, outcome, next_check_at FROM rechecks ORDER BY url")
    assert found == [
        (f"http://{HOST}{path}", outcome, START + 6 * HOUR)
        for path, (_, outcome) in answers.items()
    ]


def test_boilerplate_that_comes_later_is_no_edit(world: LivingPages) -> None:
    world.publish("/c", story_page("Rain is expected", *paragraphs("third")))
    world.poll()
    notice = "Reports from the islands are made with the help of the northern harbour fund."
    for path, title, seed in (
        ("/a", "A pier reopens", "first"),
        ("/b", "A ferry is late", "second"),
        ("/c", "Rain is expected", "third"),
    ):
        world.publish(path, story_page(title, *paragraphs(seed), notice))
    assert world.poll(hours=1).rechecks == {"unchanged": 3}
    assert world.sql("SELECT count(*) FROM article_versions") == [(3,)]
    assert world.sql("SELECT articles FROM boilerplate WHERE text LIKE 'Reports%'") == [(3,)]
    assert world.violations() == []


def test_a_copy_that_is_taken_over_later_joins_the_story(world: LivingPages) -> None:
    copy = "copy.example"
    world.publish("/c", story_page("Bridge closed", *paragraphs("bridge")), copy)
    world.follow(HOST, copy)
    world.poll()
    assert world.sql("SELECT count(*) FROM stories") == [(3,)]
    world.publish("/c", story_page("Bridge closed: a pier", *TEXT), copy)
    assert world.poll(hours=1).rechecks == {"changed": 1, "unchanged": 2}
    assert world.sql("SELECT count(*), max(publisher_count) FROM stories") == [(2, 2)]
    assert world.violations() == []


def test_one_run_takes_its_share_and_a_setting_turns_all_off(
    world: LivingPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.rechecks.RECHECKS", 1)
    world.poll()
    report = world.poll(hours=1)
    assert (report.rechecks, report.rechecks_waiting) == ({"unchanged": 1}, 1)
    world.follow(recheck=False)
    assert world.poll(minutes=5).rechecks == {}
    world.follow()
    assert world.poll(minutes=5).rechecks == {"unchanged": 1}
