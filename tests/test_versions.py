"""What changed between two versions of an article, in words."""

from __future__ import annotations

import pytest

from ingest.versions import describe_change

ONE = "The council met on Tuesday and talked about the pier for two hours."
TWO = "Nobody was against it, although the costs have doubled since spring."
THREE = "Work begins in May."
BODY = f"{ONE}\n{TWO}"


@pytest.mark.parametrize(
    ("title", "body", "said"),
    [
        ("A pier", BODY, ""),
        ("A PIER!", BODY.upper().replace("\n", "\n\n"), ""),
        ("Another pier", BODY, "title changed"),
        ("A pier", f"{BODY}\n{THREE}", "1 paragraph added; 4 words more"),
        ("A pier", ONE, "1 paragraph removed; 11 words fewer"),
        ("A pier", f"{THREE}\n{ONE}\n{THREE}", "2 paragraphs added, 1 removed; 3 words fewer"),
        ("A pier", f"{TWO}\n{ONE}", "paragraphs moved"),
        ("A pier", BODY.replace("two hours", "an hour"), "1 paragraph reworded"),
        ("A pier", BODY.replace("two", "two long"), "1 paragraph reworded; 1 word more"),
        (
            "No pier",
            f"{BODY.replace('two', 'three')}\n{THREE}",
            "title changed; 1 paragraph added, 1 reworded; 4 words more",
        ),
        ("A pier", "", "2 paragraphs removed; 24 words fewer"),
    ],
)
def test_a_change_is_said_in_words(title: str, body: str, said: str) -> None:
    assert describe_change("A pier", BODY, title, body) == said


def test_a_hostile_pair_takes_no_hostile_time() -> None:
    old = "\n".join(f"paragraph {number} says what it says" for number in range(20_000))
    new = old.replace("says", "said")
    said = describe_change("", old, "", new)
    assert said == "19800 paragraphs added, 19800 removed, 200 reworded"
