"""What each command costs before it does anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.document import Bar, Section, Table, Target, targets_table
from benchmarks.process_tree import Cost, measure
from benchmarks.rounds import Medians, Plan, in_rounds

COMMANDS = {
    "wirecopy --help": ("--help",),
    "wirecopy status": ("status",),
    "wirecopy sql": ("sql", "SELECT 1"),
    "wirecopy feeds list": ("feeds", "list"),
    "wirecopy check": ("check",),
    "wirecopy publish": ("publish",),
    "wirecopy poll, nothing due": ("poll", "--quiet"),
}
SHORT = ("wirecopy --help", "wirecopy status")
NOTHING, PREFECT = "python, nothing", "python, import prefect"
REPEATS = 3
"""Rounds for each one that is asked for: they are short."""

ALLOWED = (0, 1)
"""`status` ends with 1 where something wants attention: here the feed, which nobody serves."""


def measured(plan: Plan) -> Section:
    """Start-up of the commands on a home with one feed, which has been polled."""
    home = plan.scratch / "home"
    home.mkdir()
    (home / "feeds.toml").write_text('[[feed]]\nurl = "http://feed.example/feed.xml"\n')
    # Nothing listens there, so that nothing leaves this machine.
    (home / "wirecopy.toml").write_text('proxy = "http://127.0.0.1:9"\n')
    measure(_wirecopy(home, "poll", "--quiet"), allowed=ALLOWED)
    names = SHORT if plan.short else tuple(COMMANDS)

    def run(command: Sequence[str], _: int) -> Cost:
        return measure(command, allowed=ALLOWED)

    commands = {name: _wirecopy(home, *COMMANDS[name]) for name in names}
    if not plan.short:
        commands[NOTHING] = [sys.executable, "-c", ""]
        commands[PREFECT] = [sys.executable, "-c", "import prefect"]
    contestants = {name: partial(run, command) for name, command in commands.items()}
    return _section(in_rounds(plan.rounds * (1 if plan.short else REPEATS), contestants))


def _wirecopy(home: Path, *words: str) -> list[str]:
    place = [] if words == ("--help",) else ["--home", str(home)]
    return [sys.executable, "-m", "flows.cli", *words, *place]


def _section(found: dict[str, Medians]) -> Section:
    rows = [
        [name, f"{one.cpu:.2f}", f"{one.wall:.2f}", f"{one.memory / 1e6:.0f}"]
        for name, one in found.items()
    ]
    targets = [
        Target("`wirecopy --help`, CPU", 0.3, found["wirecopy --help"].cpu, unit=" s"),
        Target("`wirecopy status`, CPU", 0.8, found["wirecopy status"].cpu, unit=" s"),
    ]
    return Section(
        name="start_up",
        title="Start-up",
        about="Each command on a home with one feed, and what an interpreter takes by itself.",
        tables=[
            Table(("command", "CPU, s", "wall, s", "memory, MB"), rows),
            targets_table(targets),
        ],
        commands=[
            (name, f"wirecopy {' '.join(COMMANDS[name])}") for name in found if name in COMMANDS
        ],
        unit="CPU, s",
        bars=[Bar("CPU", name, round(one.cpu, 3)) for name, one in found.items()],
    )
