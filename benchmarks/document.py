"""Sections of docs/benchmarks.md: a table each, the commands behind it, and a plot."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

OWN_PACKAGES = ("wirecopy", "duckdb", "feedparser", "trafilatura", "lxml", "urllib3", "pyarrow")

_FRAME = """# Benchmarks

`make bench` measures everything here again and writes this file; `PARTS="polls start_up"` does some
parts of it, and `SHARED=DIR` names a corpus of real pages. `python -m benchmarks --help` has the
options. Every round runs all contestants of a part one after the other, and a figure is the median
of the rounds. CPU is that of the whole process tree, children and their children included; memory
is the most that the tree held at once, what its processes share counted once. Servers run on the
same machine and are not counted, but they take part of its time: wall figures want a machine that
does nothing else.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A Markdown table: names of columns, then rows of cells. The first column is text."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def markdown(self) -> str:
        lines = [f"**{self.title}**", ""] if self.title else []
        lines.append(f"| {' | '.join(self.columns)} |")
        lines.append(f"| --- |{' ---: |' * (len(self.columns) - 1)}")
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure should be, what it is, and where it is missed why."""

    what: str
    wanted: float
    found: float
    at_least: bool = False
    unit: str = ""
    reason: str = ""

    @property
    def met(self) -> bool:
        return self.found >= self.wanted if self.at_least else self.found <= self.wanted

    def row(self) -> list[str]:
        sign = "≥" if self.at_least else "≤"
        verdict = "met" if self.met else f"missed: {self.reason}" if self.reason else "missed"
        return [
            self.what,
            f"{sign} {_number(self.wanted)}{self.unit}",
            f"{_number(self.found)}{self.unit}",
            verdict,
        ]


def targets_table(targets: Sequence[Target]) -> Table:
    return Table(
        ("target", "wanted", "figure", ""), [target.row() for target in targets], "Targets"
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a plot: in which group, whose, how long."""

    group: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Section:
    """What a part found. `commands` are what was run, by the names in the tables."""

    name: str
    title: str
    about: str
    tables: Sequence[Table]
    commands: Sequence[tuple[str, str]]
    unit: str = ""
    bars: Sequence[Bar] = ()
    versions: Sequence[str] = field(default_factory=tuple)

    def markdown(self, *, command: str, plotted: bool) -> str:
        lines = [f"## {self.title}", "", self.about.strip(), ""]
        for table in self.tables:
            lines += [table.markdown(), ""]
        if plotted:
            lines += [f"![{self.title}]({plot_name(self.name)})", ""]
        lines += [f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}; {own_versions()}."]
        lines += [f"{line}." for line in self.versions]
        lines.append("")
        lines += [f"- {name}: `{words}`" for name, words in self.commands]
        return "\n".join(lines)


def write(document: Path, section: Section, *, command: str) -> None:
    """Put a section in place of its older one, or at the end; its plot beside the document."""
    plotted = bool(section.bars) and draw(section, document.parent / plot_name(section.name))
    begin, end = f"<!-- {section.name}: begin -->", f"<!-- {section.name}: end -->"
    text = document.read_text(encoding="utf-8") if document.exists() else _FRAME
    block = f"{begin}\n{section.markdown(command=command, plotted=plotted)}\n{end}"
    if begin in text:
        pattern = re.escape(begin) + ".*?" + re.escape(end)
        text = re.sub(pattern, lambda _: block, text, flags=re.DOTALL)
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(text, encoding="utf-8")


def plot_name(part: str) -> str:
    return f"benchmarks_{part}.svg"


def draw(section: Section, path: Path) -> bool:
    """Draw the bars as SVG. False where the `bench` extra is not installed."""
    try:
        import altair
        import vl_convert
    except ImportError:
        return False
    names = list(dict.fromkeys(bar.name for bar in section.bars))
    groups = list(dict.fromkeys(bar.group for bar in section.bars))
    rows = [{"group": b.group, "name": b.name, "value": b.value} for b in section.bars]
    chart = (
        altair.Chart(altair.InlineData(values=rows))
        .mark_bar()
        .encode(
            x=altair.X("value:Q", title=section.unit),
            y=altair.Y("name:N", title=None, sort=names),
            color=altair.Color("name:N", sort=names, legend=None),
            row=altair.Row("group:N", title=None, sort=groups),
        )
        .properties(width=420)
        .resolve_scale(x="independent")
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(vl_convert.vegalite_to_svg(chart.to_dict()), encoding="utf-8")
    return True


def machine() -> str:
    """Cores, memory and system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    cores = f"{os.cpu_count()} cores ({_processor()})"
    return f"{cores}, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def own_versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in OWN_PACKAGES)


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".")
