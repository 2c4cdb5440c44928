"""Homes seen from outside: the command line as users run it, and the published file."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
"""Where a corpus of real pages, and a server that replays them, may lie beside the checkout."""

LONG = os.environ.get("LONG_TESTS") == "1"
"""Whether the longer crash, load and fuzz runs are wanted."""


PRELOADED = [
    "flows.cli",
    "flows.backfill_cli",
    "flows.maintain",
    "flows.poll",
    "flows.report",
    "flows.restore",
    "flows.status",
]
"""What most commands import."""


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class HomeFolder:
    """A home, used from outside: by commands, and by reading the published file."""

    folder: Path

    @property
    def published(self) -> Path:
        return self.folder / "news.duckdb"

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "flows.cli", *words, "--home", str(self.folder)]

    def run(
        self, *words: str, timeout: float = 120, env: Mapping[str, str] | None = None
    ) -> Result:
        """Run a command to its end. One that wants no other environment is forked from a process
        that has imported the program: its start is most of what a small command costs."""
        if not env:
            return run_forked(self.command(*words)[3:], timeout)
        done = subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=ROOT,
            env={**os.environ, **env},
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            self.command(*words),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def follow(self, feeds: tuple[str, ...], proxy: str, **settings: object) -> None:
        """Write the feeds file, and settings that reach the newsroom."""
        self.folder.mkdir(exist_ok=True)
        lines = "".join(f'[[feed]]\nurl = "{url}"\n' for url in feeds)
        (self.folder / "feeds.toml").write_text(lines)
        chosen = {
            "proxy": proxy,
            "per_publisher_delay": 0,
            "per_publisher_connections": 8,
            "allow_networks": ["127.0.0.0/8"],
            "min_free_bytes": 0,
            **settings,
        }
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items())
        (self.folder / "wirecopy.toml").write_text(text)


def run_forked(words: Sequence[str], timeout: float) -> Result:
    """Run `wirecopy` with these words to its end, as if in a process that has just begun. Raises
    TimeoutError, having killed it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "out", Path(folder) / "err"
        process = context.Process(target=_main, args=(list(words), dict(os.environ), printed))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{words} took over {timeout} s")
        out, err = (path.read_text() for path in printed)
        return Result(process.exitcode, out, err)


def _main(words: list[str], environment: Mapping[str, str], printed: tuple[Path, Path]) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for path, standard in zip(printed, (1, 2), strict=True):
        with path.open("wb") as file:
            os.dup2(file.fileno(), standard)
    sys.argv = ["wirecopy", *words]
    from flows.cli import main

    main()
