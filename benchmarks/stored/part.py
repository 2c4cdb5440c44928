"""What a batch, a run and a snapshot cost with much in store."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.analysts.generated import generate
from benchmarks.document import Bar, Section, Table, Target, targets_table
from benchmarks.end_to_end.part import poll_command, write_home
from benchmarks.end_to_end.served import Publishers, newsroom, replayed
from benchmarks.process_tree import Cost, measure
from benchmarks.rounds import Medians, Plan, in_rounds, say
from benchmarks.stored.load_batch import REPRINTED, new_articles
from storage.database import Database
from storage.home import Home
from storage.migrate import schema_version
from storage.publish import publish

SIZES = (10_000, 100_000, 1_000_000)
SHORT_SIZES = (500,)
LSH_SIZES = (10_000, 100_000)
"""The signatures of a million articles take longer to make than all else here."""

BATCH = 1_000
SHORT_BATCH = 20
NEWSROOM = (40, 400)
SHORT_NEWSROOM = (7, 28)
NEVER = {"WIRECOPY_PUBLISH_INTERVAL": str(86_400 * 9_999)}
"""No snapshot in a run: what it costs is a figure of its own."""

_ABOUT = """
A batch of {batch:,} articles of 2.6 KB, a quarter of them reprints of stored ones, cleaned, matched
and loaded in one transaction; and a run of `wirecopy poll --all` ({about}) into the same database,
without a snapshot. CPU of the batch is that of the loading alone, not of the process around it.

Beside it the same batch in datasketch's and rensa's MinHash LSH (128 permutations, Jaccard
similarity from 0.5). They keep an index in memory, which each process has to fill first, and say
which signatures agree: no cleaning, no look at the texts, no facts, no original, nothing loaded.
"""

RUN, LOAD, PUBLISH = "a run", "a batch", "wirecopy publish"


def loading(plan: Plan) -> Section:
    """A batch of new articles, and a whole run, beside what is stored already."""
    sizes = SHORT_SIZES if plan.short else SIZES
    batch = SHORT_BATCH if plan.short else BATCH
    homes = {size: stored_home(plan, size) for size in sizes}
    with _served(plan) as publishers:
        contestants = {}
        for size, home in homes.items():
            contestants[f"{LOAD}, {size:,}"] = lambda _, home=home: _load(plan, home, batch)
            if not plan.short:
                contestants[f"{RUN}, {size:,}"] = lambda _, home=home: _run(plan, home, publishers)
        found = in_rounds(plan.rounds, contestants)
        about = publishers.about
    rows = []
    for size in sizes:
        load, run = found[f"{LOAD}, {size:,}"], found.get(f"{RUN}, {size:,}")
        cells = [f"{size:,}", f"{load.cpu:.2f}", f"{1000 * load.cpu / batch:.2f}",
                 f"{load.memory / 1e6:.0f}"]  # fmt: skip
        cells += [f"{run.cpu:.2f}", f"{run.wall:.1f}", f"{run.memory / 1e6:.0f}"] if run else []
        rows.append(cells)
    columns = ("stored", "a batch: CPU, s", "CPU an article, ms", "memory, MB", "a run: CPU, s",
               "wall, s", "memory, MB")  # fmt: skip
    tables = [Table(columns[: len(rows[0])], rows)]
    if not plan.short:
        tables.append(_beside_lsh(plan, homes, batch))
        tables.append(targets_table(_loading_targets(found, sizes)))
    return Section(
        name="loading",
        title="Matching and loading",
        about=_ABOUT.format(batch=batch, about=about),
        tables=tables,
        commands=[
            (LOAD, f"python -m benchmarks.stored.load_batch HOME {batch}"),
            ("MinHash LSH", "lsh.py LIBRARY FILE STORED"),
            (RUN, "wirecopy poll --all --json --quiet"),
        ],
        versions=[] if plan.short else [plan.environments.versions("lsh")],
        unit="CPU, s",
        bars=[
            Bar(kind, f"{size:,}", round(found[f"{kind}, {size:,}"].cpu, 3))
            for kind in (LOAD, RUN)
            for size in sizes
            if f"{kind}, {size:,}" in found
        ],
    )


def _loading_targets(found: dict[str, Medians], sizes: tuple[int, ...]) -> list[Target]:
    least, most = min(sizes), max(sizes)
    ratio = found[f"{RUN}, {most:,}"].cpu / found[f"{RUN}, {least:,}"].cpu
    what = f"CPU of a run, {most:,} stored / {least:,} stored"
    return [Target(what, 1.3, ratio, reason="the scans of sketches and blocks grow with them")]


def _publish(home: Path, _: int) -> Cost:
    return measure([sys.executable, "-m", "flows.cli", "publish", "--home", home])


def publishing(plan: Plan) -> Section:
    """A snapshot of each size."""
    sizes = SHORT_SIZES if plan.short else SIZES
    homes = {size: stored_home(plan, size) for size in sizes}
    found = in_rounds(
        plan.rounds,
        {f"{size:,}": partial(_publish, home) for size, home in homes.items()},
    )
    rows = []
    for size, home in homes.items():
        one, file = found[f"{size:,}"], (home / "news.duckdb").stat().st_size
        rows.append([
            f"{size:,}", f"{one.cpu:.2f}", f"{one.wall:.2f}", f"{one.memory / 1e6:.0f}",
            f"{file / 1e6:,.0f}", f"{file / size:,.0f}",
        ])  # fmt: skip
    columns = ("articles", "CPU, s", "wall, s", "memory, MB", "file, MB", "bytes an article")
    return Section(
        name="publishing",
        title="Publishing",
        about="The command `publish`, its start-up included: checkpoint, copy, atomic rename.",
        tables=[Table(columns, rows)],
        commands=[(PUBLISH, "wirecopy publish")],
        unit="CPU, s",
        bars=[Bar("CPU", f"{size:,} articles", round(found[f"{size:,}"].cpu, 3)) for size in sizes],
    )


def stored_home(plan: Plan, articles: int) -> Path:
    """A home with so many invented articles. It is made once, and again for a newer schema."""
    place = plan.cache / "homes"
    with Database(Home(plan.scratch / "schema")).write() as connection:
        schema = schema_version(connection)
    home = place / f"{articles}-schema{schema}"
    if not home.exists():
        say(f"making a database of {articles:,} articles")
        for older in place.glob(f"{articles}-schema*"):
            shutil.rmtree(older)
        place.mkdir(parents=True, exist_ok=True)
        making = home.with_name(f"making-{articles}")
        shutil.rmtree(making, ignore_errors=True)
        database = generate(making, articles)
        publish(database, run_id=None, wirecopy_version="bench", now=datetime.now(UTC))
        making.rename(home)
    return home


@contextmanager
def _copied(plan: Plan, home: Path) -> Iterator[Path]:
    """The home with a working database of its own, which lasts as long as the context."""
    copy = plan.scratch / "copied"
    (copy / "state").mkdir(parents=True)
    subprocess.run(
        ["cp", home / "state" / "working.duckdb", copy / "state" / "working.duckdb"], check=True
    )
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def _beside_lsh(plan: Plan, homes: dict[int, Path], batch: int) -> Table:
    """The same batch looked up in an index of signatures that is held in memory."""
    python, script = plan.environments.python("lsh"), Path(__file__).with_name("lsh.py")
    rows = []
    for size in LSH_SIZES:
        texts = plan.scratch / f"texts-{size}"
        with _copied(plan, homes[size]) as copy:
            _write_texts(Database(Home(copy)), batch, texts)
        for library in ("datasketch", "rensa"):
            say(f"{library} with {size:,} stored articles")
            cost = measure([python, script, library, texts, str(size)])
            said = json.loads(cost.output)
            rows.append([
                f"{library}, {size:,}", f"{said['index']:.2f}", f"{said['batch']:.2f}",
                f"{1000 * said['batch'] / batch:.2f}", f"{cost.memory / 1e6:.0f}",
                f"{said['copies']:,}",
            ])  # fmt: skip
        texts.unlink()
    columns = ("stored", "the index: CPU, s", "a batch: CPU, s", "CPU an article, ms",
               "memory, MB", "copies found")  # fmt: skip
    return Table(columns, rows, "MinHash LSH")


def _write_texts(database: Database, batch: int, file: Path) -> None:
    """The texts of all stored articles and of the batch."""
    new = [article.body for article in new_articles(database, batch)]
    with database.open() as connection, file.open("w", encoding="utf-8") as lines:
        stored = connection.execute("SELECT body FROM articles")
        while rows := stored.fetchmany(1_000):
            lines.writelines(json.dumps(body) + "\n" for (body,) in rows)
        lines.writelines(json.dumps(body) + "\n" for body in new)


def _load(plan: Plan, home: Path, batch: int) -> Cost:
    with _copied(plan, home) as copy:
        module = "benchmarks.stored.load_batch"
        cost = measure([sys.executable, "-m", module, copy, str(batch)])
    taken = json.loads(cost.output)
    assert taken["reprints"] == batch // REPRINTED
    return replace(cost, cpu=taken["cpu"])


def _run(plan: Plan, home: Path, publishers: Publishers) -> Cost:
    with _copied(plan, home) as copy:
        write_home(copy, publishers)
        return measure(poll_command(copy), environment=NEVER)


@contextmanager
def _served(plan: Plan) -> Iterator[Publishers]:
    if plan.shared and not plan.short:
        with replayed(plan.shared, latency_ms=0) as publishers:
            yield publishers
    else:
        with newsroom(*(SHORT_NEWSROOM if plan.short else NEWSROOM), latency_ms=0) as publishers:
            yield publishers
