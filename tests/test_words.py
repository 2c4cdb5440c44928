"""Words, shingles, content hashes and sketches."""

from __future__ import annotations

import pytest
from stored_stories import prose, text

from ingest.matching.sketch import SKETCH_SIZE, sketch
from ingest.words import content_hash, count_words, folded_words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", []),
        (" \n– … !?", []),
        ("The Ferry, the FERRY.", ["the", "ferry", "the", "ferry"]),
        ("don’t don't", ["don", "t", "don", "t"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Cafe\u0301 Café", ["café", "café"]),
        ("ﬁnance Ｆｅｒｒｙ", ["finance", "ferry"]),
        ("Hafen\u00adamt", ["hafenamt"]),
        ("1,234.5 points", ["1", "234", "5", "points"]),
        ("東京都は4日", ["東", "京", "都", "は", "4", "日"]),
        ("ｶﾞｽ", ["ガ", "ス"]),
        ("서울시는 4일", ["서울시는", "4일"]),
        ("हिन्दी में समाचार।", ["हिन्दी", "में", "समाचार"]),
        ("தமிழ் செய்தி", ["தமிழ்", "செய்தி"]),
        ("كِتَاب جديد", ["كِتَاب", "جديد"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
        ("Приве́т, мир", ["приве́т", "мир"]),
    ],
)
def test_folded_words(written: str, words: list[str]) -> None:
    assert folded_words(written) == words


def sketched(text: str) -> tuple[int, ...]:
    return sketch(folded_words(text))


def test_thai_is_cut_into_characters() -> None:
    assert folded_words("ข่าว") == list("ข่าว")


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("", 0),
        ("— • \ufffd", 0),
        ("The ferry, again.", 3),
        ("東京都は昨日", 3),
        ("東京都は昨", 3),
        ("東京 Tokyo 2026", 3),
        ("हिन्दी में समाचार", 3),
        ("서울시는 발표했다", 2),
        ("Donau\u00addampf\u00adschiff", 1),
    ],
)
def test_count_words(written: str, count: int) -> None:
    assert count_words(written) == count


def test_the_content_hash_sees_words_only() -> None:
    def told(text: str) -> str:
        return content_hash(folded_words(text))

    assert told("The ferry “Ida” sails.\nAgain!") == told('  the FERRY "ida"\tsails again')
    assert told("The ferry “Ida” sails.\nAgain!") != told("The ferry Ida sails never again")
    assert told("lone \ud800 surrogate") == told("Lone, \ud800 surrogate")


def test_a_sketch_is_small_sorted_and_stays() -> None:
    body = text(*prose(1))
    made = sketched(body)
    assert len(made) == SKETCH_SIZE
    assert list(made) == sorted(set(made))
    assert all(0 <= number < 1 << 32 for number in made)
    assert sketched(body.upper().replace("\n", "\n\n")) == made
    # Stored in databases: other numbers would find no copies of what is held.
    assert sketched("one two three four five six") == (3141895136, 3574020504)


def test_a_text_without_words_has_no_sketch() -> None:
    assert sketched("— … —") == ()


def test_copies_share_most_of_their_sketch_and_strangers_none() -> None:
    own = prose(1, 400)
    wrapped = sketched(text(*prose(2, 80), *own, *prose(3, 80)))
    assert len(set(sketched(text(*own))) & set(wrapped)) > SKETCH_SIZE / 3
    assert len(set(sketched(text(*own))) & set(sketched(text(*prose(4, 400))))) < 3
