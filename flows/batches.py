"""Batches of what arrives, and a bound on what waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

BATCH_SECONDS = 10.0
"""A batch that is not full by then is taken as it is, so that a slow server holds up little."""

T = TypeVar("T")


def batches(arriving: Iterable[T], size: int) -> Iterator[list[T]]:
    """Groups of up to `size`, smaller ones when they fill slowly."""
    batch: list[T] = []
    began = time.monotonic()
    for arrived in arriving:
        if not batch:
            began = time.monotonic()
        batch.append(arrived)
        if len(batch) >= size or time.monotonic() - began >= BATCH_SECONDS:
            yield batch
            batch = []
    if batch:
        yield batch


class ByteBudget:
    """A bound on bytes in memory: who wants more waits until others have given theirs back.

    A request larger than the whole budget is let through when nothing else is out. Nobody waits any
    more once `stop` is set.
    """

    def __init__(self, limit: int, stop: threading.Event) -> None:
        self._limit = limit
        self._out = 0
        self._stop = stop
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        with self._changed:
            while self._out and self._out + size > self._limit and not self._stop.is_set():
                self._changed.wait(timeout=0.5)
            self._out += size

    def give_back(self, size: int) -> None:
        with self._changed:
            self._out -= size
            self._changed.notify_all()
