"""Authors are people."""

from __future__ import annotations

import pytest

from ingest.extraction.bylines import clean_authors, portrayed

SITES = ("Harbour Times", "harbour.example")


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Ida Moss", ("Ida Moss",)),
        ("Von Ida Moos und Al Venn", ("Ida Moos", "Al Venn")),
        ("Ida Moss, Al Venn and Dana Reed", ("Ida Moss", "Al Venn", "Dana Reed")),
        ("Ida  Moss", ("Ida Moss",)),
        ("Trine Holm og Ane Berg", ("Trine Holm", "Ane Berg")),
        ("Ida Moss, Portneuf", ("Ida Moss",)),
        ("Ida Moss (imo)", ("Ida Moss",)),
        ("Harbour Times", ()),
        ("Staff", ()),
        ("Harbour Times Staff", ()),
        ("The Associated Press", ()),
        ("dpa", ()),
        ("ida@harbour.example", ()),
        ("https://harbour.example/ida", ()),
        ("(Image: Getty Images)", ()),
        ("105092", ()),
        ("www.harbour.example", ()),
    ],
)
def test_names_in_a_byline(line: str, authors: tuple[str, ...]) -> None:
    assert clean_authors([line], SITES) == authors


def test_doublings_go() -> None:
    assert clean_authors(["Ida Moss", "IDA MOSS", "ida moss"]) == ("Ida Moss",)


def test_a_portrait_names_its_author() -> None:
    lines = ["The ferry sails on.", "Ida Moss is the news editor of harbour.example."]
    assert portrayed(lines) == ("Ida Moss",)
