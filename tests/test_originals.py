"""The original of a story, and what speaks for it."""

from __future__ import annotations

import pytest
from stored_stories import HOUR, NOW, StoryStore, article, frame, prose, text

from ingest.extraction.credits import statements
from ingest.outlet_names import means
from ingest.types import StoryOverride

OWN = prose(1, 300)

PHRASES = {
    "The original source of this article is Meridian Wire": "Meridian Wire",
    "This article was originally published on wire.example.": "wire.example",
    "This article first appeared in The Lantern.": "The Lantern",
    "Republished with permission from Meridian Wire.": "Meridian Wire",
    "This story is republished from Civic Post under a free licence.": "Civic Post",
    "Source: Meridian Wire": "Meridian Wire",
    "Ada Granby is the news editor of Antiwar.com, follow her": "antiwar.com",
    "Copyright © Ada Granby, Civic Post, 2026": "Civic Post",
    "(via Civic Post)": "Civic Post",
    "Continue reading at Civic Post": "Civic Post",
    "KYIV (Reuters) - The ferry": "Reuters",
    "Dieser Artikel erschien zuerst auf Hafenblatt.": "Hafenblatt",
    "Quelle: Hafenblatt": "Hafenblatt",
    "Übernahme mit freundlicher Genehmigung von Hafenblatt.": "Hafenblatt",
    "La source originale de cet article est Le Port": "Le Port",
    "Cet article a été initialement publié sur leport.example.": "leport.example",
    "Reproduit avec l'aimable autorisation de Quai Libre.": "Quai Libre",
    "Este artículo fue publicado originalmente en El Puerto.": "El Puerto",
    "Fuente: El Puerto": "El Puerto",
}


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_names_the_source(phrase: str) -> None:
    assert [credit.name for credit in statements(text(*OWN, phrase))][-1:] == [PHRASES[phrase]] or [
        credit.name for credit in statements(text(phrase, *OWN))
    ] == [PHRASES[phrase]]


@pytest.mark.parametrize(
    "sentence",
    [
        "She is a friend of Ada Granby and reads the paper.",
        "The source of the fire is unknown.",
        "Der Autor ist in Hamburg geboren.",
        "He told reporters. SOURCE: News agencies",
    ],
)
def test_a_sentence_that_credits_nobody(sentence: str) -> None:
    assert statements(sentence) == ()


def test_a_name_means_its_publisher() -> None:
    assert means("Antiwar.com", "antiwar.com")
    assert means("The Lantern", "lantern.example")
    assert means("AP", "apnews.com")
    assert means("Associated Press", "apnews.com")
    assert means("Agence France-Presse", "afp.de")
    assert not means("Agence France-Presse", "presse.example")
    assert means("Meridian-Wire", "meridian-wire.example")
    assert not means("Lantern Post", "post.example")
    assert not means("The Times", "latimes.example")


@pytest.mark.parametrize(
    ("name", "publisher"),
    [
        ("El País", "elpais.example"),
        ("Libération", "liberation.example"),
        ("Süddeutsche Zeitung", "sueddeutsche.example"),
        ("The Conversation", "theconversation.example"),
        ("Conversation", "theconversation.example"),
        ("The Guardian", "guardian.example"),
        ("the Los Angeles Times", "latimes.example"),
        ("The New York Times", "nytimes.example"),
        ("Frankfurter Allgemeine Zeitung", "faz.example"),
        ("businessinsider.de", "businessinsider.com"),
    ],
)
def test_a_name_as_it_is_written_means_the_domain(name: str, publisher: str) -> None:
    assert means(name, publisher)


def test_of_a_day_and_an_hour_of_it_neither_is_earlier() -> None:
    midnight = NOW.replace(hour=0)
    original = article(
        "https://lantern.example/a",
        text(*OWN),
        at=midnight,
        precision="day",
        first_seen=NOW - 4 * HOUR,
    )
    reprint = article(
        "https://digest.example/b", text(frame(3, 60), *OWN), at=NOW - HOUR, first_seen=NOW
    )
    store = StoryStore()
    store.add(original, reprint)
    assert store.story_of(reprint).original_article_id == original.article_id


def test_who_had_a_hand_in_it_is_not_whom_it_is_from() -> None:
    original = article(
        "https://lantern.example/a", text(*OWN, "With reporting by the Associated Press")
    )
    reprint = article("https://digest.example/b", text(frame(3, 60), *OWN), at=NOW + HOUR)
    store = StoryStore()
    store.add(original, reprint)
    story = store.story_of(reprint)
    assert (story.original_status, story.original_article_id) == ("held", original.article_id)


def test_an_agencys_part_does_not_outweigh_that_others_name_the_outlet() -> None:
    original = article("https://lantern.example/a", text(*OWN, "Source: AFP"))
    reprint = article(
        "https://digest.example/b",
        text(*OWN, "This article was originally published by The Lantern."),
        at=NOW + HOUR,
    )
    store = StoryStore()
    store.add(original, reprint)
    assert store.story_of(reprint).original_article_id == original.article_id


def test_a_text_cut_short_is_no_plainer_for_that() -> None:
    long = prose(5, 900)
    original = article(
        "https://lantern.example/a", text(*long, frame(4, 30)), at=None, first_seen=NOW
    )
    cut = article(
        "https://digest.example/b", text(*long[: len(long) // 3]), at=None, first_seen=NOW
    )
    store = StoryStore()
    store.add(original, cut)
    assert store.story_of(cut).representative_article_id == original.article_id


def test_a_credit_outweighs_an_early_clock() -> None:
    original = article("https://lantern.example/a", text(*OWN), at=NOW)
    reprint = article(
        "https://digest.example/b",
        text(*OWN, "This article was originally published by The Lantern."),
        at=NOW - 3 * HOUR,
    )
    store = StoryStore()
    store.add(reprint)
    store.add(original)
    story = store.story_of(reprint)
    assert story.original_article_id == original.article_id
    signals = [signal["signal"] for signal in store.reprints[reprint.article_id].evidence]
    assert "originally_published" in signals


def test_where_nothing_decides_the_original_is_uncertain() -> None:
    day = NOW.replace(hour=0)
    one, other = (
        article(f"https://{name}.example/1", text(*OWN), at=day, precision="day")
        for name in ("wire", "digest")
    )
    store = StoryStore()
    store.add(one, other)
    story = store.story_of(one)
    assert (story.original_article_id, story.original_status) == (None, "uncertain")
    assert set(store.roles.values()) == {"reprint"}
    credit = text(*OWN, "This article was originally published by Wire.")
    third = article("https://lantern.example/1", credit, at=day, precision="day")
    store.add(third)
    assert store.story_of(one).original_article_id == one.article_id


def test_an_original_that_nobody_holds_is_credited() -> None:
    reprint = article(
        "https://digest.example/b",
        text(*OWN, "This article was originally published by The Lantern."),
    )
    store = StoryStore()
    store.add(reprint)
    story = store.story_of(reprint)
    assert (story.original_article_id, story.original_status) == (None, "not_held")
    assert story.original_credit == "The Lantern"


def test_a_page_that_holds_two_stories_is_in_neither() -> None:
    one, two = (
        article(f"https://{name}.example/1", text(*prose(seed, 300)), at=NOW)
        for seed, name in ((21, "wire"), (22, "lantern"))
    )
    page = article(
        "https://digest.example/week",
        text(*prose(21, 300), frame(5, 20), *prose(22, 300)),
        at=NOW + HOUR,
    )
    for order in ([one, two, page], [page, one, two], [one, page, two]):
        store = StoryStore()
        for each in order:
            store.add(each)
        assert len({store.story_of(each).story_id for each in (one, two, page)}) == 3
        links = {(link.from_article_id, link.to_article_id) for link in store.held.links}
        assert (page.article_id, one.article_id) in links
        assert (page.article_id, two.article_id) in links


def test_a_persons_word_outweighs_the_text() -> None:
    from ingest.matching.stories import Comparisons, decide_stories
    from ingest.types import Candidates

    one = article("https://wire.example/1", text(*OWN))
    copy = article("https://digest.example/1", text(*OWN), at=NOW + HOUR)

    def stories(verdict: str) -> list[str | None]:
        override = StoryOverride(copy.article_id, one.article_id, verdict)  # type: ignore[arg-type]
        decided = decide_stories(
            [one, copy],
            Candidates(0, {}, {}),
            publisher_of=lambda url: url,
            compared=Comparisons([override]),
        )
        return [story.original_article_id for story in decided.stories]

    assert len(stories("different")) == 2
    assert stories("original") == [copy.article_id]
