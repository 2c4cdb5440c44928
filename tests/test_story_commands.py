"""`wirecopy stories` and `wirecopy boilerplate`: what matching found, and a person's word on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from homes import HomeFolder
from stored_stories import prose

PITCH = "Join our morning letter, it has 12 issues a year and costs nothing at all."


def row(
    site: str, number: int, seed: int, *more: str, hour: int = 6, **said: Any
) -> dict[str, Any]:
    body = "\n".join((*prose(seed, 220), *more))
    return {
        "url": f"https://{site}/{number}",
        "title": " ".join(prose(seed)[0].split()[:7]),
        "body": body,
        "published": f"2026-11-{10 + number:02}T{hour:02}:30:00Z",
        "language": "en",
        **said,
    }


ROWS = [
    row("wire.example", 1, 1),
    row("digest.example", 1, 1, PITCH, hour=9, title="Another headline"),
    {**row("lantern.example", 1, 1, hour=11), "body": "\n".join(prose(1, 220)[:4])},
    row("digest.example", 2, 2, PITCH),
    row("digest.example", 3, 3, PITCH),
    row("digest.example", 4, 4, PITCH),
    row("wire.example", 5, 5),
    row("lantern.example", 6, 6),
]


@pytest.fixture(scope="module")
def read_home(tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    """One story with two reprints, and five articles alone; one publisher repeats its pitch."""
    made = HomeFolder(tmp_path_factory.mktemp("stories") / "home")
    made.folder.mkdir()
    (made.folder / "wirecopy.toml").write_text("min_free_bytes = 0\n")
    file = made.folder / "articles.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in ROWS))
    done = made.run("backfill", f"articles:{file}")
    assert done.code == 0, done.err
    return made


@pytest.fixture
def home(read_home: HomeFolder, tmp_path: Path) -> HomeFolder:
    """A copy of it, to be changed."""
    shutil.copytree(read_home.folder, tmp_path / "home")
    return HomeFolder(tmp_path / "home")


def ids(home: HomeFolder) -> dict[str, tuple[str, str]]:
    """Article and story id by address."""
    rows = home.sql("SELECT url, article_id, story_id FROM articles")
    return {url.removeprefix("https://"): (one, story) for url, one, story in rows}


def report(home: HomeFolder, *words: str) -> Any:
    done = home.run(*words, "--json")
    assert done.code == 0, done.err
    return done.report


def is_sound(home: HomeFolder) -> None:
    checked = home.run("check")
    assert checked.code == 0, checked.out


def test_a_story_is_shown_by_its_id_and_by_an_articles(read_home: HomeFolder) -> None:
    home, known = read_home, ids(read_home)
    original, story = known["wire.example/1"]
    shown = report(home, "stories", "show", story)
    assert shown["original_article_id"] == original
    assert [(m["publisher"], m["role"], m["relation"]) for m in shown["members"]] == [
        ("wire.example", "original", None),
        ("digest.example", "reprint", "full"),
        ("lantern.example", "reprint", "truncated"),
    ]
    _, wrapped, cut = shown["members"]
    assert wrapped["added"] == [PITCH]
    assert wrapped["boilerplate"] == [PITCH]
    assert wrapped["lag"] == 3 * 3600
    assert cut["cut"] == list(prose(1, 220)[4:])
    assert {signal["signal"] for signal in cut["evidence"]} == {"earliest"}
    said = home.run("stories", "show", original).out
    for words in (
        "wire.example  original",
        f"added: {PITCH}",
        "3 h later",
        "because earliest (+2)",
    ):
        assert words in said
    assert known["lantern.example/1"][0] in said
    assert story in said


def test_merged_stories_stay_one_and_the_former_id_still_leads_there(home: HomeFolder) -> None:
    known = ids(home)
    (one, story), (other, former) = known["wire.example/5"], known["lantern.example/6"]
    words = ("stories", "merge", other, story, "--reason", "the same flood")
    merged = report(home, *words)
    assert merged["story_id"] == min(story, former, key=lambda name: name != merged["story_id"])
    assert {member["article_id"] for member in merged["members"]} == {one, other}
    (override,) = merged["overrides"]
    assert (override["verdict"], override["reason"]) == ("same", "the same flood")
    gone = ({story, former} - {merged["story_id"]}).pop()
    assert report(home, "stories", "show", gone)["story_id"] == merged["story_id"]
    assert f"{gone} is no more" in home.run("stories", "show", gone).out
    assert home.run("maintain").code == 0
    assert home.sql("SELECT old_story_id, story_id, reason FROM story_redirects") == [
        (gone, merged["story_id"], "merged")
    ]
    assert home.sql("SELECT verdict, decided_by <> '' FROM story_overrides") == [("same", True)]
    is_sound(home)
    twice = home.run(*words)
    assert twice.code == 2
    assert "one story already" in twice.err


def test_an_article_that_is_split_off_stays_out_until_it_is_merged_again(
    home: HomeFolder, tmp_path: Path
) -> None:
    known = ids(home)
    copy, story = known["digest.example/1"]
    alone = report(home, "stories", "split", copy, "--from", story)
    assert [member["article_id"] for member in alone["members"]] == [copy]
    assert alone["story_id"] != story
    assert len(report(home, "stories", "show", story)["members"]) == 2
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(row("quill.example", 1, 1, hour=20)) + "\n")
    assert home.run("backfill", f"articles:{more}").code == 0
    assert home.run("maintain").code == 0
    shown = report(home, "stories", "show", known["wire.example/1"][0])
    assert {m["publisher"] for m in shown["members"]} >= {"wire.example", "lantern.example"}
    assert copy not in {member["article_id"] for member in shown["members"]}
    is_sound(home)
    merged = report(home, "stories", "merge", copy, story)
    assert merged["story_id"] == story
    assert len(merged["members"]) == 4
    assert home.sql("SELECT DISTINCT verdict FROM story_overrides") == [("same",)]
    again = report(home, "stories", "split", copy)
    assert again["story_id"] == alone["story_id"]  # it is again what it was
    is_sound(home)


def test_a_person_can_name_the_original(home: HomeFolder) -> None:
    known = ids(home)
    copy, story = known["digest.example/1"]
    named = report(home, "stories", "original", copy, "--reason", "they told us")
    assert named["original_article_id"] == copy
    assert home.sql(
        f"SELECT original_article_id, article_count FROM stories WHERE story_id = '{story}'"
    ) == [(copy, 3)]
    other, _ = known["wire.example/1"]
    assert report(home, "stories", "original", other)["original_article_id"] == other
    assert home.sql("SELECT article_id FROM story_overrides") == [(other,)]
    is_sound(home)


def test_boilerplate_is_listed_and_can_be_put_back(home: HomeFolder) -> None:
    (block,) = report(home, "boilerplate", "list", "digest.example")
    assert (block["text"], block["articles"], block["active"]) == (PITCH, 4, True)
    assert report(home, "boilerplate", "list") == [block]
    assert report(home, "boilerplate", "list", "wire.example") == []
    assert block["hash"] in home.run("boilerplate", "list").out
    bodies = "SELECT count(*) FROM articles WHERE body LIKE '%morning letter%'"
    counted = "SELECT sum(word_count) FROM articles WHERE publisher = 'digest.example'"
    assert home.sql(bodies) == [(0,)]
    (before,) = home.sql(counted)[0]

    done = report(home, "boilerplate", "restore", "digest.example", "morning LETTER")
    assert (done["active"], done["articles"]) == (False, 4)
    assert home.sql(bodies) == [(4,)]
    assert home.sql(counted) == [(before + 4 * len(PITCH.split()),)]
    assert home.sql("SELECT text, articles, active FROM boilerplate") == [(PITCH, 4, False)]
    is_sound(home)
    assert home.run("maintain").code == 0
    assert home.sql(bodies) == [(4,)]
    held = {row["url"]: row["body"] for row in ROWS}
    assert dict(home.sql("SELECT url, body FROM articles")) == held

    report(home, "boilerplate", "restore", "digest.example", block["hash"], "--undo")
    assert home.sql(bodies) == [(0,)]
    assert home.sql(counted) == [(before,)]
    is_sound(home)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("stories", "show", "s0"), "no story or article s0"),
        (("stories", "merge", "s0", "s1"), "no story or article"),
        (("stories", "split", "{story}"), "is a story"),
        (("stories", "split", "{alone}"), "alone in its story"),
        (("stories", "split", "{copy}", "--from", "{alone}"), "is not in story"),
        (("stories", "original", "{alone}"), "alone in its story"),
        (("boilerplate", "restore", "digest.example", "no such words"), "boilerplate list"),
        (("boilerplate", "restore", "nobody.example", PITCH), "No boilerplate of nobody.example"),
    ],
)
def test_mistakes_are_explained(read_home: HomeFolder, words: tuple[str, ...], says: str) -> None:
    known = ids(read_home)
    names = {
        "{story}": known["wire.example/1"][1],
        "{alone}": known["wire.example/5"][0],
        "{copy}": known["digest.example/1"][0],
    }
    done = read_home.run(*(names.get(word, word) for word in words))
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err
