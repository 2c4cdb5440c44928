"""The tutorial for analysts prints what its queries give on the demo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from analysts_document import DOCUMENT, EXAMPLE, demo_home, printed

from storage.home import Home

TEXT = DOCUMENT.read_text(encoding="utf-8")
EXAMPLES = [(found["query"], found["result"]) for found in EXAMPLE.finditer(TEXT)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return demo_home(tmp_path_factory.mktemp("demo"))


@pytest.mark.parametrize(("query", "result"), EXAMPLES)
def test_a_query_prints_what_the_tutorial_says(home: Home, query: str, result: str) -> None:
    assert printed(home, query) == result, "run `make docs` when the new result is right"


def test_every_query_has_its_result() -> None:
    assert TEXT.count("```sql") == len(EXAMPLES)
    assert len(re.findall(r"^### \d+\.", TEXT, re.MULTILINE)) == 12


def test_what_the_tutorial_names_is_there() -> None:
    for name in re.findall(r"\]\(([\w./-]+)\)", TEXT):
        assert (Path(DOCUMENT).parent / name).exists(), name
