"""From feeds to articles in a database: Wirecopy beside the loops that people write."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import duckdb

from benchmarks.document import Bar, Section, Table, Target, targets_table
from benchmarks.end_to_end.served import Publishers, newsroom, replayed
from benchmarks.end_to_end.stages import BEYOND, READING, stages_of
from benchmarks.extraction.extractors import Found
from benchmarks.extraction.figures import score
from benchmarks.extraction.scores import f1
from benchmarks.process_tree import CommandFailed, Cost, measure
from benchmarks.rounds import Medians, Plan, in_rounds, say

HERE = Path(__file__).parent
OURS, LOOP, THREADED, NEWSPAPER = (
    "Wirecopy", "naive loop", "naive loop, 16 threads", "newspaper4k",
)  # fmt: skip
LATENCIES = (0, 50)
"""Milliseconds before each answer of the server."""

THREADS = 16
CRASHES = 4
"""So often a peer may begin again. What it had done until then is not counted."""

NEWSROOM = (60, 600)
SHORT_NEWSROOM = (7, 28)
"""Outlets and articles of the demo newsroom."""

FIELDS = ("title", "authors", "published", "body")
RIGHT = {"title", "authors as labelled", "day"}

_OUR_ARTICLES = """
SELECT url, title, nullif(array_to_string(authors || credits, ', '), '') AS authors,
       published_at::VARCHAR AS published, body
FROM articles
"""

_ABOUT = """
One poll of everything, into an empty database: {about}. The loops keep the text and what their
library says of title, authors and date; Wirecopy also keeps raw pages, asks robots.txt, cleans
boilerplate, matches stories and publishes. F1 is that of the text where the page is labelled;
fields are those of title, authors, date and text that an article has, of four; the loops take an
agency or the outlet itself for an author, which Wirecopy has in `credits`, counted here too. Fields
right are those of title, authors (agencies too; the F1 of the names) and day that are the labelled
ones, of three.
"""


@dataclass(frozen=True, slots=True)
class Quality:
    """What came of a run: articles, mean F1 of their texts where the page is labelled (None without
    labels), how many of the four fields an article has, and how many of the three labelled ones are
    right (None without labels)."""

    articles: int
    f1: float | None
    fields: float
    right: float | None


@dataclass(slots=True)
class Runs:
    """Runs over the publishers of one server, each into a new folder."""

    plan: Plan
    publishers: Publishers
    folder: Path
    last: dict[str, Path]

    def wirecopy(self, number: int) -> Cost:
        home = self.folder / f"home{number}"
        write_home(home, self.publishers)
        self.last[OURS] = home
        return measure(poll_command(home))

    def loop(self, number: int, *, threads: int = 0) -> Cost:
        return self._peer(
            number,
            THREADED if threads else LOOP,
            "loop",
            "loop.py",
            *([str(threads)] * bool(threads)),
        )

    def newspaper(self, number: int) -> Cost:
        return self._peer(number, NEWSPAPER, "newspaper4k", "newspaper_loop.py")

    def _peer(self, number: int, name: str, environment: str, script: str, *more: str) -> Cost:
        feeds = self.folder / "feeds.txt"
        feeds.write_text("\n".join(self.publishers.feeds))
        database = self.folder / f"{name}{number}.duckdb"
        self.last[name] = database
        python = self.plan.environments.python(environment)
        command: list[str | Path] = [
            python,
            HERE / script,
            feeds,
            database,
            self.publishers.proxy,
            *more,
        ]
        for _ in range(CRASHES):
            try:
                return measure(command)
            except CommandFailed as crash:  # trafilatura in threads, now and then
                say(f"{name} crashed, and begins again: {str(crash).splitlines()[-1]}")
                database.unlink(missing_ok=True)
        return measure(command)


def measured(plan: Plan) -> Section:
    """All contestants without latency, and those that it matters for with it."""
    found: dict[int, dict[str, Medians]] = {}
    quality: dict[str, Quality] = {}
    about, split = "", None
    for latency in LATENCIES[: 1 if plan.short else None]:
        with _served(plan, latency) as publishers:
            folder = plan.scratch / str(latency)
            folder.mkdir()
            runs = Runs(plan, publishers, folder, {})
            contestants = {OURS: runs.wirecopy, LOOP: runs.loop}
            if not plan.short:
                contestants[THREADED] = partial(runs.loop, threads=THREADS)
                if latency == 0:
                    contestants[NEWSPAPER] = runs.newspaper
            say(f"{latency} ms: {publishers.about}")
            found[latency] = in_rounds(plan.rounds, contestants)
            if latency == 0:
                about = publishers.about
                quality = {name: _quality(path, publishers) for name, path in runs.last.items()}
                split = _breakdown(plan, runs, found[0][OURS])
    assert split is not None
    return _section(plan, about, found, quality, split)


@contextmanager
def _served(plan: Plan, latency: int) -> Iterator[Publishers]:
    if plan.shared and not plan.short:
        with replayed(plan.shared, latency_ms=latency) as publishers:
            yield publishers
    else:
        size = SHORT_NEWSROOM if plan.short else NEWSROOM
        with newsroom(*size, latency_ms=latency) as publishers:
            yield publishers


def write_home(home: Path, publishers: Publishers, feeds: int | None = None) -> None:
    """A home that follows these publishers, or the first few."""
    home.mkdir(exist_ok=True)
    lines = "".join(f'[[feed]]\nurl = "{url}"\n' for url in publishers.feeds[:feeds])
    (home / "feeds.toml").write_text(lines)
    (home / "wirecopy.toml").write_text(
        f'proxy = "{publishers.proxy}"\nper_publisher_delay = 0\nallow_networks = ["127.0.0.0/8"]\n'
    )


def poll_command(home: Path) -> list[str]:
    """A run over every feed of this home."""
    return [
        sys.executable, "-m", "flows.cli", "poll", "--all", "--json", "--quiet",
        "--home", str(home),
    ]  # fmt: skip


def _quality(path: Path, publishers: Publishers) -> Quality:
    """Of what a run has left in its database or home."""
    database, query = (
        (path / "news.duckdb", _OUR_ARTICLES) if path.is_dir() else (path, "FROM articles")
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    scored = [
        score(gold, _found(row))
        for row in rows
        if (gold := publishers.gold.get(row["url"].rsplit("/", 1)[-1].removesuffix(".html")))
    ]
    texts = [f1([one]) for one in scored]
    right = [sum(one[name] or 0.0 for name in RIGHT) for one in scored if one.keys() >= RIGHT]
    return Quality(
        len(rows),
        mean(texts) if texts else None,
        mean(sum(bool(row[name]) for name in FIELDS) for row in rows) if rows else 0.0,
        mean(right) if right else None,
    )


def _found(row: dict[str, Any]) -> Found:
    names = re.split(r"[;,]", row["authors"] or "")
    return Found(
        body=row["body"] or "",
        title=row["title"] or "",
        authors=tuple(name.strip() for name in names if name.strip()),
        published=row["published"],
    )


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Seconds of CPU: of the run, of a run with the pages of one feed only, and of extracting and
    matching what the run has fetched; and of another run by its stages, as clocks told."""

    pages: int
    fixed: float
    extraction: float
    matching: float
    stages: dict[str, float]


def _breakdown(plan: Plan, runs: Runs, ours: Medians) -> Breakdown:
    home = runs.last[OURS]
    fixed = ours.cpu  # in the short version, that newsroom is small enough
    if not plan.short:
        one = "Wirecopy, one feed"
        fixed = in_rounds(plan.rounds, {one: lambda number: _one_feed(runs, number)})[one].cpu
    module: list[str | Path] = [
        sys.executable,
        "-m",
        "benchmarks.end_to_end.breakdown",
        home,
        runs.folder / "matched",
    ]
    taken = json.loads(measure(module).output)
    homes = [runs.folder / f"clocked{number}" for number in range(plan.rounds)]
    for home in homes:
        write_home(home, runs.publishers)
    return Breakdown(fixed=fixed, stages=stages_of(homes), **taken)


def _one_feed(runs: Runs, number: int) -> Cost:
    home = runs.folder / f"small{number}"
    write_home(home, runs.publishers, feeds=1)
    return measure(poll_command(home))


def _section(
    plan: Plan,
    about: str,
    found: dict[int, dict[str, Medians]],
    quality: dict[str, Quality],
    split: Breakdown,
) -> Section:
    tables = [_costs(latency, costs, quality) for latency, costs in found.items()]
    tables += [_steps(found[0][OURS], split), _stages(split)]
    tables.append(targets_table(_targets(found, quality, split)))
    environments = [("loop", "naive loop")] + (
        [] if plan.short else [("newspaper4k", "newspaper4k")]
    )
    return Section(
        name="end_to_end",
        title="End to end",
        about=_ABOUT.format(about=about),
        tables=tables,
        commands=[
            (OURS, "wirecopy poll --all --json --quiet"),
            (LOOP, "loop.py FEEDS DATABASE PROXY"),
            (THREADED, f"loop.py FEEDS DATABASE PROXY {THREADS}"),
            (NEWSPAPER, "newspaper_loop.py FEEDS DATABASE PROXY"),
        ],
        unit="seconds",
        bars=[
            Bar(f"{kind}, {latency} ms", name, round(value, 2))
            for latency, costs in found.items()
            for kind in ("CPU", "wall")
            for name, cost in costs.items()
            for value in [cost.cpu if kind == "CPU" else cost.wall]
        ],
        versions=[
            f"{name}: {plan.environments.versions(environment)}"
            for environment, name in environments
        ],
    )


def _costs(latency: int, costs: dict[str, Medians], quality: dict[str, Quality]) -> Table:
    rows = []
    for name, cost in costs.items():
        one = quality[name]
        rows.append([
            name, f"{cost.cpu:.1f}", f"{1000 * cost.cpu / max(1, one.articles):.0f}",
            f"{cost.wall:.1f}", f"{cost.memory / 1e6:.0f}", f"{one.articles:,}",
            "" if one.f1 is None else f"{one.f1:.3f}", f"{one.fields:.2f}",
            "" if one.right is None else f"{one.right:.2f}",
        ])  # fmt: skip
    columns = (
        "",
        "CPU, s",
        "CPU an article, ms",
        "wall, s",
        "memory, MB",
        "articles",
        "F1",
        "fields",
        "fields right",
    )
    return Table(columns, rows, f"{latency} ms before each answer")


def _steps(ours: Medians, split: Breakdown) -> Table:
    rest = ours.cpu - split.extraction - split.matching
    rows = [
        ("extraction, in one process", split.extraction),
        ("matching", split.matching),
        ("all else", rest),
        ("whole run", ours.cpu),
        ("a run over one feed", split.fixed),
    ]
    cells = [[name, f"{value:.2f}", f"{1000 * value / split.pages:.1f}"] for name, value in rows]
    return Table(("", "CPU, s", "a page, ms"), cells, f"Where it goes: {split.pages} pages")


def _stages(split: Breakdown) -> Table:
    rows = sorted(split.stages.items(), key=lambda row: -row[1])
    cells = [
        [name, f"{value:.2f}", f"{1000 * value / split.pages:.1f}"]
        for name, value in [*rows, ("together", sum(split.stages.values()))]
    ]
    columns = ("", "CPU, s", "a page, ms")
    return Table(columns, cells, "Another run, by the clocks of `benchmarks.end_to_end.stages`")


def _beyond(split: Breakdown) -> str:
    """What pages cost beyond extraction and matching, most first, from the clocks."""
    spent = {name: split.stages[name] for name in BEYOND}
    spent["workers beyond extraction by itself"] = split.stages[READING] - split.extraction
    most = sorted(spent.items(), key=lambda row: -row[1])
    return ", ".join(f"{name} {1000 * value / split.pages:.1f}" for name, value in most)


def _targets(
    found: dict[int, dict[str, Medians]], quality: dict[str, Quality], split: Breakdown
) -> list[Target]:
    none = found[0]
    ours = none[OURS]
    rest = ours.cpu - split.extraction - split.matching - split.fixed
    each = {name: none[name].cpu / max(1, quality[name].articles) for name in none}
    fields = quality[OURS].fields / quality[LOOP].fields
    parts = (split.extraction, split.matching, split.fixed)
    shares = "extraction is {:.2f}, matching {:.2f} and what each run costs {:.2f}".format(
        *(part / none[LOOP].cpu for part in parts)
    )
    why = f"of the naive loop's CPU, {shares}"
    targets = [
        Target("CPU an article / naive loop's", 0.55, each[OURS] / each[LOOP], reason=why),
        Target("fields / naive loop's", 1, fields, at_least=True,
               reason="its are filled more often, ours are right more often"),
        Target("fixed CPU of a run", 3, split.fixed, unit=" s"),
        Target("CPU a page beyond extraction, matching and that", 6, 1000 * rest / split.pages,
               unit=" ms", reason=_beyond(split)),
        _quicker("naive loop's wall / ours", 2.5, none[LOOP].wall / ours.wall),
    ]  # fmt: skip
    ours_is, loops_is = quality[OURS], quality[LOOP]
    if ours_is.right is not None and loops_is.right:
        what = "fields right / naive loop's"
        targets.insert(2, Target(what, 1, ours_is.right / loops_is.right, at_least=True))
    if ours_is.f1 is not None and loops_is.f1:
        targets.insert(1, Target("F1 / naive loop's", 1, ours_is.f1 / loops_is.f1, at_least=True))
    if NEWSPAPER in none:
        ratio = each[NEWSPAPER] / each[OURS]
        what = "newspaper4k's CPU an article / ours"
        targets.append(Target(what, 3, ratio, at_least=True, reason=why))
    if THREADED in none:
        ratio = none[THREADED].wall / ours.wall
        targets.append(_quicker("16 threads' wall / ours", 1.7, ratio))
    if 50 in found:
        ratio = found[50][LOOP].wall / found[50][OURS].wall
        targets.append(_quicker("naive loop's wall / ours, 50 ms", 5, ratio))
    return targets


def _quicker(what: str, wanted: float, found: float) -> Target:
    reason = "the server and both workers share the cores with the run"
    return Target(what, wanted, found, at_least=True, reason=reason)
