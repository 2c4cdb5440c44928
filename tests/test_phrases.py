"""Phrases looked for by their words are the phrases that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.extraction import content_status, foreign_matter, phrases
from ingest.extraction.phrases import Phrases, cues_of, split

PAGES = Path(__file__).parent / "extraction_pages"


@pytest.mark.parametrize(
    ("alternation", "expected"),
    [
        ("a|b", ["a", "b"]),
        ("(?:a|b)c|d", ["(?:a|b)c", "d"]),
        (r"[|(]x|y\|z", ["[|(]x", r"y\|z"]),
    ],
)
def test_an_alternation_is_cut_at_its_outermost_bars(alternation: str, expected: list[str]) -> None:
    assert split(alternation) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        (r"\bnewsletters?\b", {"newsletter"}),
        (r"sign(?:ing)? up", {"sign"}),
        (r"\b(?:daily|weekly)\s+news", {"daily", "weekly"}),
        (r"(?:please )?wait", {"wait"}),
        (r"[A-Z]\w+", {""}),
    ],
)
def test_a_phrase_cannot_do_without_its_cues(phrase: str, expected: set[str]) -> None:
    assert cues_of(phrase) == expected


ALTERNATION = r"\bsign(?:ing)?\s+up\b|(?:daily|weekly)\s+mail|[^\W\d]+\.example|^no\b(?!thing)"
LINES = (
    "Signing up is free", "sign upper", "Our WEEKLY  mail", "weekly news", "at harbour.example",
    "No comment", "nothing at all", "Assign up to four", "",
)  # fmt: skip


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("parser", [True, False], ids=["by its words", "without"])
def test_what_stands_in_a_line_is_found(
    line: str, parser: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not parser:
        monkeypatch.setattr(phrases, "_parser", None)
    expected = re.search(ALTERNATION, line, re.IGNORECASE) is not None
    table = Phrases.of(ALTERNATION)
    assert table.within(line) is expected
    assert table.possible_in("\n".join(LINES)).within(line) is expected


TABLES = (
    foreign_matter._PITCH, foreign_matter._CONSENT, foreign_matter._RIGHTS,
    content_status._PAYWALL, content_status._BOT_WALL,
)  # fmt: skip


def test_tables_find_on_pages_what_their_expressions_find() -> None:
    lines = {line for path in PAGES.glob("*.html") for line in path.read_text("utf-8").split("\n")}
    found = 0
    for table in TABLES:
        whole = re.compile("|".join({one for _, one in table.by_cue}), re.IGNORECASE)
        for line in lines:
            assert table.within(line) is (whole.search(line) is not None), line
            found += table.within(line)
    assert found > 5


def test_every_phrase_of_the_tables_has_a_word_to_look_for() -> None:
    assert not [cue for table in TABLES for cue, _ in table.by_cue if len(cue) < 2]
