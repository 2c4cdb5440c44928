"""Agencies and outlets that an article names as its source."""

from __future__ import annotations

import pytest

from ingest.extraction.credit_patterns import PATTERNS, CreditPattern
from ingest.extraction.credits import find_credits, statements
from ingest.publishers import publisher_of


def credited(text: str, **known: object) -> list[str]:
    found = find_credits(
        text,
        publisher="own.example",
        site_names=("Own Paper",),
        publisher_of=publisher_of,
        **known,  # type: ignore[arg-type]
    )
    return [credit.name for credit in found]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.example)
def test_each_pattern_finds_its_example(pattern: CreditPattern) -> None:
    assert pattern.credit in {one.name for one in statements(pattern.example)}
    if pattern.kind not in ("read_more", "via"):
        assert pattern.credit in credited(pattern.example)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "nl"])
def test_each_language_has_patterns(language: str) -> None:
    assert sum(pattern.language == language for pattern in PATTERNS) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "The ferry sails on, the council said on Tuesday.",
        "This article was originally published by Own Paper.",
        "This article was originally published on www.own.example.",
        "She told Reuters that the ferry would sail on.",
        "The pa of the bride arrived late.",
        "The figures were first published in March.",
    ],
)
def test_what_is_no_credit(text: str) -> None:
    assert credited(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("This story was first published by Meridian Wire and is used here.", "Meridian Wire"),
        ("It was originally published on Futurism. Read the original article.", "Futurism"),
        ("Originally published by Harbour Review\nRead More News", "Harbour Review"),
        ("Republished from St. Ives Courier. All rights reserved.", "St. Ives Courier"),
        ("Reprinted from U.S. News of the Day.", "U.S. News of the Day"),
        ("Der Text ist zuerst erschienen bei Hafenblatt. Wir danken.", "Hafenblatt"),
        ("Dieser Text wurde übernommen von Hafenblatt und gekürzt.", "Hafenblatt"),
        ("Cet article a été initialement publié par Port Nouveau et traduit.", "Port Nouveau"),
        ("Publicado originalmente en Puerto Nuevo. Lea más aquí.", "Puerto Nuevo"),
        ("Articolo pubblicato originariamente su Porto Nuovo. Leggi anche.", "Porto Nuovo"),
        ("Texto publicado originalmente em Porto Novo. Leia mais.", "Porto Novo"),
        ("Dit artikel is oorspronkelijk verschenen in Haven Nieuws. Lees meer.", "Haven Nieuws"),
        ("The chart is by others.\nSource: Statista", None),
    ],
)
def test_a_credit_ends_where_the_name_ends(text: str, name: str | None) -> None:
    assert credited(text) == ([name] if name else [])


def test_only_beginning_and_end_are_searched() -> None:
    filler = "The ferry sails on, whatever the council says about it.\n" * 60
    note = "This article was originally published by Harbour Review.\n"
    assert credited(filler + note + filler) == []
    assert credited(filler + note) == ["Harbour Review"]


def test_author_fields_and_addresses_count() -> None:
    assert credited("", names=["Ida Moss, Associated Press"]) == ["Associated Press"]
    assert credited("", addresses=["https://www.harbour.example/1"]) == ["harbour.example"]
    assert credited("", addresses=["https://www.own.example/1"]) == []
