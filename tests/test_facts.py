"""Facts in conflict: what tells a report's issues from copies."""

from __future__ import annotations

import pytest

from ingest.matching.match import Text, compare

REPORT = (
    "{city} forecast for {day}: skies over {city} will be {sky} with a high near {a} degrees and a"
    " low around {b}, the bureau in {city} said on {day}. Winds will be out of the west at {c}"
    " miles an hour, with gusts as high as {d}. The chance of rain stands at {e} per cent, and it"
    " falls to {f} per cent after midnight. Residents of {city} are advised by {name} to check the"
    " latest forecast before they travel and to report storm damage to the office of {name}."
)
ONE = {
    "city": "Meridian", "day": "Monday", "sky": "clear", "a": 61, "b": 43, "c": 12, "d": 31,
    "e": 20, "f": 11, "name": "Ada Granby",
}  # fmt: skip
OTHER = {
    "city": "Rushby", "day": "Friday", "sky": "grey", "a": 55, "b": 39, "c": 18, "d": 44,
    "e": 70, "f": 52, "name": "Lena Ferrar",
}  # fmt: skip


def report(**changes: object) -> str:
    return REPORT.format(**{**ONE, **changes})


SAME: dict[str, dict[str, object]] = {
    "nothing": {},
    "a corrected figure": {"a": 64},
    "a name misread": {"name": "Ada Gramby"},
}
DIFFERENT = {
    "all facts": OTHER,
    "the figures": {key: OTHER[key] for key in "abcdef"},
    "the names and most figures": {**OTHER, "c": 12, "d": 31},
}


@pytest.mark.parametrize("name", SAME)
def test_a_copy_may_differ_in(name: str) -> None:
    match = compare(Text(report()), Text(report(**SAME[name])), same_publisher=False)
    assert match
    assert match.copy, match


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_issue_differs_in(name: str) -> None:
    match = compare(Text(report()), Text(report(**DIFFERENT[name])), same_publisher=False)
    assert match is None or match.kind == "template"
