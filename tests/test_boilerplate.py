"""What a publisher repeats is learnt, taken out and put back; what an article says is not."""

from __future__ import annotations

import pytest
from stored_stories import HOUR, NOW, StoryStore, article, frame, prose, text

from ingest.matching.blocks import blocks_of
from ingest.matching.boilerplate import clean, learn, read, restore, unlearn
from ingest.types import BlockMemory

HEADER = frame(11, 30).replace(".", ",") + "."
PITCH = "Subscribe to our letter, 12 issues a year, from 3 May 2026."
SITE = "digest.example"


def hashes(*paragraphs: str) -> frozenset[int]:
    return frozenset(block.hash for block in blocks_of(text(*paragraphs)) if block.hash)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n\n",
        "One sentence. Another one! A third?\n* * *\n\nEnd",
        "  spaces  \n\ttabs \n",
        "港町。市議会は決めた。",
    ],
)
def test_blocks_make_up_the_text(body: str) -> None:
    assert "".join(block.text for block in blocks_of(body)) == body


def test_blocks_differing_in_figures_and_months_are_the_same() -> None:
    assert hashes(PITCH) == hashes("Subscribe to our letter – 8 issues a year, from 14 June 2027")
    assert hashes(PITCH) != hashes("Subscribe to our paper, 12 issues a year, from 3 May 2026.")


def test_what_is_removed_can_be_put_back() -> None:
    whole = text(HEADER, "* * *", *prose(1, 200), PITCH, "") + "\n\n"
    cleaned = clean(whole, hashes(HEADER, PITCH))
    assert cleaned.body == text(*prose(1, 200))
    assert restore(cleaned.body, cleaned.removed) == whole


def test_a_text_that_would_be_left_without_words_is_kept() -> None:
    whole = text(HEADER, "Rates today: 3.1 and 4.2.", PITCH)
    assert clean(whole, hashes(HEADER, PITCH)).body == whole


def test_a_short_sentence_stays_in_its_paragraph() -> None:
    paragraph = "“Really?” he said. The ferry sails on, and the council has nothing to add to that."
    whole = text(*prose(1, 100), paragraph)
    assert clean(whole, hashes("he said.")).body == whole


def held(store: StoryStore) -> int:
    return len(store.held.boilerplate)


def test_three_stories_teach_and_earlier_articles_are_cleaned() -> None:
    store = StoryStore()
    articles = [
        article(
            f"https://{SITE}/{seed}",
            text(HEADER, *prose(seed, 200), PITCH),
            title=" ".join(prose(seed)[0].split()[:6]),
            at=NOW + seed * HOUR,
        )
        for seed in (1, 2, 3)
    ]
    for one in articles[:2]:
        store.add(one)
    assert HEADER in store.copies[articles[0].article_id].body
    store.add(articles[2])
    for seed, one in enumerate(articles, start=1):
        assert store.copies[one.article_id].body == text(*prose(seed, 200))


def test_tellings_of_one_story_do_not_teach() -> None:
    """A live page at a new address every hour."""
    store = StoryStore()
    for turn in range(5):
        body = text(*(frame(40 + n, 30) for n in range(turn)), *prose(5, 300))
        store.add(
            article(f"https://{SITE}/live-{turn}", body, title="Ferry: live", at=NOW + turn * HOUR)
        )
    assert held(store) == 0
    assert len(store.stories) == 1


def test_tellings_in_one_batch_do_not_teach_either() -> None:
    readings = [
        read(f"a{n}", SITE, "Ferry: live", text(frame(n, 9), *prose(5, 300))) for n in range(4)
    ]
    assert learn(readings, {}).of == {}


def test_a_block_that_a_person_has_put_back_stays() -> None:
    readings = [read(f"a{n}", SITE, f"Title {n}", text(HEADER, *prose(n, 200))) for n in (1, 2, 3)]
    (number,) = hashes(HEADER)
    memory = {(SITE, number): BlockMemory(SITE, number, forgotten=True)}
    assert number not in learn(readings, memory).of.get(SITE, frozenset())


def test_two_copies_of_a_story_teach_once() -> None:
    readings = [read(f"a{n}", SITE, f"Title {n}", text(HEADER, *prose(n, 99))) for n in (1, 2, 3)]
    (number,) = hashes(HEADER)
    key = (SITE, number)
    learnt = learn(readings, {})
    assert learnt.learnt[key] == HEADER
    same = {"a1": "s1", "a2": "s1", "a3": "s2"}
    assert unlearn(learnt, readings, {}, same).learnt == {}
    held = {key: BlockMemory(*key, holders=(("a0", "s0"),))}
    confirmed = unlearn(learn(readings, held), readings, held, same)
    assert confirmed.learnt.keys() == {key}
    assert confirmed.again == ("a0",)
    moved = {**same, "a0": "s1"}
    assert unlearn(learn(readings, held), readings, held, moved).learnt == {}
