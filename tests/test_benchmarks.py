"""Every part of the benchmarks runs, in its shortest version, and writes its table; and the time of
processes that have lost their parents is counted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package
from benchmarks.__main__ import PARTS, main
from benchmarks.document import Section, Table, Target, write
from benchmarks.process_tree import CommandFailed, measure
from benchmarks.web_archive import large

TABLES = {
    "end_to_end": (
        "| Wirecopy |",
        "| naive loop |",
        "| extraction, in one process |",
        "| requests |",
    ),
    "polls": ("| Wirecopy |", "| bare requests + ETag |"),
    "loading": ("| 500 |",),
    "publishing": ("| 500 |",),
    "web_archive": ("| wirecopy backfill |", "| trafilatura alone |"),
    "start_up": ("| wirecopy --help |", "| wirecopy status |"),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_runs_and_writes_its_table(part: str, cache: Path, tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    main([part, "--short", "--out", str(document), "--cache", str(cache)])
    text = document.read_text(encoding="utf-8")
    for row in TABLES[part]:
        assert row in text
    assert f"`python -m benchmarks {part} --short`" in text


def test_records_that_nobody_wants_are_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    large.main(["--gigabytes", "0.003", "--articles", "10"])
    *_, row = capsys.readouterr().out.splitlines()
    size, records, articles, *_ = row.strip("| ").split(" | ")
    assert (size, articles) == ("0.00", "10")
    assert int(records) > 100


_BURN = "import time; any(time.process_time() > 0.3 for _ in iter(int, 1))"
_ORPHAN = f"""
import subprocess, sys
middle = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_BURN!r}])"
subprocess.run([sys.executable, "-c", middle])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to another process")
def test_orphans_are_waited_for_and_counted() -> None:
    assert measure([sys.executable, "-c", _ORPHAN]).cpu >= 0.3


_CLOCKED = """
import contextlib, json, sys, threading, time
from benchmarks.clocks import Clock

def burn(seconds):
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass

def outer():
    burn(0.1)
    inner()
    with manager():
        burn(0.1)

def inner():
    burn(0.3)

@contextlib.contextmanager
def manager():
    burn(0.2)
    yield
    burn(0.2)

sys.modules["clocked"] = sys.modules["__main__"]
clock = Clock("the rest", {"other": "another thread"})
clock.around("clocked:outer", stage="outer")
clock.around("clocked:inner", stage="inner")
clock.around_ends("clocked:manager", stage="ends")
clock.follow_threads()
thread = threading.Thread(target=burn, args=(0.3,), name="other-1")
thread.start()
outer()
thread.join()
burn(0.1)
print(json.dumps(clock.taken()))
"""


def test_clocks_tell_what_each_stage_took() -> None:
    taken = json.loads(measure([sys.executable, "-c", _CLOCKED]).output)
    least = {"outer": 0.2, "inner": 0.3, "ends": 0.4, "another thread": 0.3, "the rest": 0.1}
    for stage, seconds in least.items():
        assert taken[stage] >= seconds, stage
    assert taken["outer"] < taken["inner"] < taken["ends"], "what others do is theirs"


def test_memory_of_all_processes_is_counted_together() -> None:
    child = "import time; held = b'x' * 40_000_000; time.sleep(1)"
    run = f"subprocess.run([sys.executable, '-c', {child!r}])"
    parent = f"import subprocess, sys; held = b'y' * 40_000_000; {run}"
    assert measure([sys.executable, "-c", parent]).memory > 80_000_000


def test_a_command_that_fails_is_told_with_its_words() -> None:
    with pytest.raises(CommandFailed, match="no such thing"):
        measure([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_a_section_takes_the_place_of_its_older_one(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    for name, cell in (("one", "1"), ("two", "2"), ("one", "3")):
        section = Section(name, name, "About.", [Table(("what", "how much"), [(name, cell)])], [])
        write(document, section, command="bench")
    text = document.read_text(encoding="utf-8")
    assert "| one | 3 |" in text
    assert "| one | 1 |" not in text
    assert text.index("| one | 3 |") < text.index("| two | 2 |")


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (Target("a", 2, 1), "met"),
        (Target("a", 2, 3, reason="because"), "missed: because"),
        (Target("a", 2, 3, at_least=True), "met"),
        (Target("a", 2, 1, at_least=True, reason="because"), "missed: because"),
    ],
)
def test_a_target_says_whether_it_is_met(target: Target, verdict: str) -> None:
    assert target.row()[-1] == verdict
