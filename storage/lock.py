"""Who may write: one process at a time, polls before backfills; and which runs are alive.

DuckDB's own lock fails at once instead of queueing, so writers queue here first. The locks are
`flock`s: the kernel frees them when their process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import DatabaseBusy

RETRY_SECONDS = 0.02
"""How often a waiting writer tries again."""


class WriterLock:
    """The queue for the working database.

    Two lock files: a writer holds `writer.lock`; a poll that waits or writes shares `polls.lock`.
    A backfill takes `writer.lock` only at a moment when it has `polls.lock` alone, and keeps
    neither while it waits, so that polls pass it.
    """

    def __init__(self, folder: Path) -> None:
        self._writer = folder / "writer.lock"
        self._polls = folder / "polls.lock"

    @contextmanager
    def hold(self, *, timeout: float, backfill: bool = False) -> Iterator[None]:
        """Wait up to `timeout` seconds for the lock, and hold it.

        Raises DatabaseBusy when the time is over.
        """
        deadline = time.monotonic() + timeout
        with _opened(self._polls) as polls, _opened(self._writer) as writer:
            if backfill:
                _wait(lambda: _taken_between_polls(writer, polls), deadline)
            else:
                _wait(lambda: _taken(polls, fcntl.LOCK_SH), deadline)
                _wait(lambda: _taken(writer, fcntl.LOCK_EX), deadline)
            yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        yield handle
    finally:
        os.close(handle)


def _wait(take: Callable[[], bool], deadline: float) -> None:
    while not take():
        if time.monotonic() >= deadline:
            raise DatabaseBusy(
                "Another Wirecopy process is writing to this home for unusually long. "
                "Wait for it to end, or stop it, and run the command again."
            )
        time.sleep(RETRY_SECONDS)


def _taken(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken_between_polls(writer: int, polls: int) -> bool:
    if not _taken(polls, fcntl.LOCK_EX):
        return False
    try:
        return _taken(writer, fcntl.LOCK_EX)
    finally:
        fcntl.flock(polls, fcntl.LOCK_UN)


class LiveRuns:
    """Which runs still have a living process: each holds a lock file named after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "runs"

    @contextmanager
    def alive(self, run_id: str) -> Iterator[None]:
        """Count as alive until the block, or the process, ends."""
        self._folder.mkdir(exist_ok=True)
        path = self._folder / run_id
        with _opened(path) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def among(self, run_ids: list[str]) -> set[str]:
        """Those of `run_ids` whose process lives. Files that dead runs left are removed."""
        return {run_id for run_id in run_ids if self._lives(run_id)}

    def _lives(self, run_id: str) -> bool:
        path = self._folder / run_id
        try:
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)
