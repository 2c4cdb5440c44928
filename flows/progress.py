"""Progress: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

LINE_SECONDS = 10.0
"""Without a terminal, a stage says how far it is this often."""


class Progress(Protocol):
    """Told by the pipeline how far it is."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins, or grows to `total`."""

    def advance(self, name: str, done: int = 1) -> None:
        """So much more of it is done."""


class Silent:
    """For callers who do not want to know."""

    def stage(self, name: str, total: int) -> None:
        pass

    def advance(self, name: str, done: int = 1) -> None:
        pass


class Lines:
    """One line a stage now and then, and one when it is complete; for logs and pipes."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}
        self._said = self._began = time.monotonic()

    def stage(self, name: str, total: int) -> None:
        self._total[name] = total
        self._done.setdefault(name, 0)

    def advance(self, name: str, done: int = 1) -> None:
        self._done[name] += done
        complete = self._done[name] >= self._total[name]
        if complete or time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            print(self._line(name), file=sys.stderr, flush=True)

    def _line(self, name: str) -> str:
        done, total = self._done[name], self._total[name]
        rate = done / max(self._said - self._began, 0.001)
        left = f", {_spell((total - done) / rate)} left" if 0 < done < total else ""
        return f"{name}: {done} of {total}, {rate:.1f} a second{left}"


def _spell(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """Progress on standard error, in the form that suits it; none when `quiet`."""
    if quiet:
        yield Silent()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        with _bars() as bars:
            yield bars


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    class Bars:
        def __init__(self, progress: RichProgress) -> None:
            self._progress = progress
            self._tasks: dict[str, TaskID] = {}

        def stage(self, name: str, total: int) -> None:
            if name in self._tasks:
                self._progress.update(self._tasks[name], total=total)
            else:
                self._tasks[name] = self._progress.add_task(name, total=total)

        def advance(self, name: str, done: int = 1) -> None:
            self._progress.advance(self._tasks[name], done)

    columns = (
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bars(progress)
