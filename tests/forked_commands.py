"""Commands in processes of their own, forked from one that has imported the program."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PRELOADED = [
    "flows.cli",
    "flows.backfill_cli",
    "flows.maintain",
    "flows.poll",
    "flows.report",
    "flows.restore",
    "flows.status",
]


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)


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
