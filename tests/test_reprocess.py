"""`reprocess`: what is kept is read again, without a network, to the end however often interrupted,
and what a better extraction changes is no edit."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from homes import LONG, ROOT, HomeFolder
from living_pages import HOST, LivingPages, living_pages, paragraphs, story_page
from rude_server import RudeServer

from flows.reprocess import ReprocessReport, run_reprocess
from ingest.rereading import of_same
from storage.forget import remove_rows
from storage.reprocessing import Scope, begin

BADLY = "title = 'Wrong', body = 'Wrong.', authors = ['X'], extractor = 'old 1'"
ARTICLES = "SELECT * EXCLUDE (story_id) FROM articles ORDER BY article_id"
DERIVED = """
    SELECT 'sketch', article_number::VARCHAR, list(hash ORDER BY hash)::VARCHAR
    FROM internal.sketches GROUP BY article_number
    UNION ALL SELECT 'sighting', article_id, list(hash ORDER BY hash)::VARCHAR
    FROM internal.block_sightings GROUP BY article_id
    UNION ALL SELECT 'removed', article_id, list((place, text) ORDER BY number)::VARCHAR
    FROM internal.removed_blocks GROUP BY article_id
    UNION ALL SELECT 'boilerplate', publisher, text || articles FROM internal.blocks
    ORDER BY ALL
"""


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivingPages]:
    """Four articles with a line in common, one of them edited; and a page without text."""
    notice = "Reports from the islands are made with the help of the northern harbour fund."
    with living_pages(tmp_path_factory.mktemp("polled") / "home") as world:
        for path in ("/a", "/b", "/c", "/d"):
            world.publish(path, story_page(f"News of {path}", *paragraphs(path), notice))
        world.publish("/empty", b"<html><body><p></p></body></html>")
        world.follow()
        world.poll()
        world.publish("/d", story_page("News of /d, corrected", *paragraphs("/d"), notice))
        assert world.poll(hours=1).counts.edits == 1
        yield world


@pytest.fixture
def world(polled: LivingPages, tmp_path: Path) -> LivingPages:
    """A copy of it, whose server is not to be asked."""
    folder = tmp_path / "home"
    shutil.copytree(polled.home.folder, folder)
    polled.server.seen.clear()
    return replace(polled, home=replace(polled.home, folder=folder))


def reprocess(world: LivingPages, **scope: Any) -> ReprocessReport:
    return run_reprocess(world.setup(), Scope(**scope))


def spoil(world: LivingPages, where: str = "true") -> None:
    """Make the articles what a bad extraction would have made of them."""
    with world.database.write() as connection:
        connection.execute(f"UPDATE articles SET {BADLY} WHERE {where}")
        connection.execute(
            "DELETE FROM internal.removed_blocks WHERE article_id IN "
            f"(SELECT article_id FROM articles WHERE {where})"
        )


def test_what_was_extracted_badly_is_as_new(world: LivingPages) -> None:
    before, derived = world.sql(ARTICLES), world.sql(DERIVED)
    versions = world.sql("SELECT * FROM article_versions ORDER BY ALL")
    spoil(world)
    report = reprocess(world)
    assert (report.changed, report.unchanged, report.resumed) == (4, 0, False)
    assert report.fields == {"title": 4, "authors": 4, "body": 4}
    assert (report.pages_without_article, report.new_articles) == (1, 0)
    assert world.sql(ARTICLES) == before
    assert world.sql(DERIVED) == derived
    assert world.sql("SELECT * FROM article_versions ORDER BY ALL") == versions
    assert world.sql("SELECT count(*) FROM stories WHERE title = 'Wrong'") == [(0,)]
    assert world.server.seen == []
    assert world.violations() == []
    again = reprocess(world)
    assert (again.changed, again.unchanged, again.fields) == (0, 4, {})


def test_a_killed_run_is_gone_on_with(world: LivingPages, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.sql(ARTICLES)
    spoil(world)
    monkeypatch.setattr("flows.reprocess.PAGE_BATCH", 1)
    stopping: list[str] = []

    def step(name: str, batch: Callable[[], None]) -> None:
        batch()
        stopping.append(name)
        if len(stopping) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_reprocess(replace(world.setup(), step=step), Scope())
    assert world.violations() == []
    report = reprocess(world)
    assert (report.resumed, report.done_before) == (True, 2)
    assert (report.changed, report.pages_without_article) == (4, 1), "of both runs"
    assert world.sql(ARTICLES) == before
    assert world.sql("SELECT count(*) FROM internal.reprocess_queue") == [(0,)]
    assert world.sql("SELECT count(*) FROM internal.reprocessing") == [(0,)]


UNDER_WAY = "SELECT scope FROM internal.reprocessing"

KILLED = """
import sys
import flows.reprocess
flows.reprocess.PAGE_BATCH = 10
sys.argv = ["wirecopy", "reprocess", "--quiet", "--json", "--home", {home!r}]
from flows.cli import main
main()
"""


@pytest.mark.skipif(not LONG, reason="LONG_TESTS=1 runs it")
def test_whenever_it_is_killed_nothing_is_lost_or_done_twice(home: HomeFolder) -> None:
    """kill -9 at random moments of runs over the whole newsroom."""
    home.run("poll", "--all")
    home.run("maintain")
    world = LivingPages(home, RudeServer())
    before = world.sql(ARTICLES), world.sql(DERIVED)
    with world.database.write() as connection:
        connection.execute(f"UPDATE articles SET {BADLY}")
        connection.execute("DELETE FROM internal.removed_blocks")
    rng, told = random.Random(1), None
    for kills in itertools.count():
        command = [sys.executable, "-c", KILLED.format(home=str(home.folder))]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        try:
            told, _ = run.communicate(timeout=rng.uniform(3, 12) if kills < 10 else 600)
            break
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()
            if (world.sql(ARTICLES), world.sql(DERIVED)) == before and not world.sql(UNDER_WAY):
                break  # all was done: it was about to end
    if told:
        report = json.loads(told)
        assert (report["resumed"], report["unchanged"]) == (kills > 0, 0)
        assert report["changed"] == len(before[0])
    assert (world.sql(ARTICLES), world.sql(DERIVED)) == before
    assert world.violations() == []


def test_another_scope_begins_anew(world: LivingPages) -> None:
    whole, some = Scope(), Scope(publisher=HOST, matching=False)
    with world.database.write() as connection:
        assert [begin(connection, scope, now=world.now).resumed for scope in (whole, whole)] == [
            False,
            True,
        ]
        assert [begin(connection, scope, now=world.now).resumed for scope in (some, some)] == [
            False,
            True,
        ]
        assert begin(connection, Scope(publisher="other.example"), now=world.now).total == 0


def test_a_page_that_had_given_no_article_may_give_one(world: LivingPages) -> None:
    """As when its worker had died of it."""
    with world.database.write() as connection:
        ((name,),) = connection.execute(
            "SELECT article_id FROM articles WHERE url LIKE '%/a'"
        ).fetchall()
        connection.execute(
            "UPDATE entries SET status = 'rejected', reason = 'parse_crashed', article_id = NULL "
            "WHERE article_id = ?",
            [name],
        )
        connection.execute("CREATE TEMP TABLE kept AS FROM internal.raw_pages")
        remove_rows(connection, [name], [], None)
        connection.execute(
            "INSERT INTO internal.raw_pages FROM kept "
            'ANTI JOIN internal.raw_pages USING (file, "offset")'
        )
    report = reprocess(world)
    assert (report.unchanged, report.pages_without_article, report.new_articles) == (3, 2, 1)
    assert world.sql("SELECT title FROM articles WHERE url LIKE '%/a'") == [("News of /a",)]
    assert world.sql("SELECT status, reason FROM entries WHERE url LIKE '%/a'") == [("done", None)]
    assert world.violations() == []


def test_pages_that_are_lost_are_counted_and_their_articles_stay(world: LivingPages) -> None:
    for file in world.database.home.archive.glob("*.warc.gz"):
        file.unlink()
    before = world.sql(ARTICLES)
    report = reprocess(world)
    assert (report.page_lost, report.changed, report.unchanged) == (4, 0, 0)
    assert world.sql(ARTICLES) == before


def test_a_text_that_the_feed_carried_stays(world: LivingPages) -> None:
    """The feed's words are not kept: the page alone would make a teaser of it."""
    whole = "\n".join(paragraphs("whole", 30))
    with world.database.write() as connection:
        connection.execute(
            "UPDATE articles SET body = ?, word_count = 1080, content_status = 'full', "
            "title = 'Wrong' WHERE url LIKE '%/a'",
            [whole],
        )

    def teaser(stored: Any, read: Any) -> Any:
        return replace(of_same(stored, read), content_status="teaser")

    with mock.patch("flows.reprocess.of_same", teaser):
        report = reprocess(world, publisher=HOST)
    assert report.fields["title"] == 1
    assert world.sql("SELECT body, content_status FROM articles WHERE url LIKE '%/a'") == [
        (whole, "full")
    ]


def test_the_command(world: LivingPages) -> None:
    spoil(world, "url LIKE '%/b'")
    done = world.home.run("reprocess", "--extraction-only", "--since", "2026-11-01")
    assert (done.code, "4 articles read again: 1 changed." in done.out) == (0, True)
    assert "articles wait to be judged by `wirecopy maintain`" in done.out
    told = world.home.run("reprocess", "--matching-only", "--json").report
    assert told["stories"]["articles judged"] == 4
    assert world.sql("SELECT count(*) FROM articles WHERE title = 'Wrong'") == [(0,)]
    unknown = world.home.run("reprocess", "--publisher", "nobody.example")
    assert (unknown.code, "Nothing is held of" in unknown.err) == (2, True)
    wrong = world.home.run("reprocess", "--extraction-only", "--matching-only")
    assert (wrong.code, "nothing to do" in wrong.err) == (2, True)
