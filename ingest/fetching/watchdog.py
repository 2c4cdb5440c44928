"""One thread that ends whatever has run past its deadline."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Watch:
    """One deadline that is being kept."""

    __slots__ = ("_expire", "_watchdog")

    def __init__(self, watchdog: Watchdog, expire: Callable[[], None]) -> None:
        self._watchdog = watchdog
        self._expire: Callable[[], None] | None = expire

    def cancel(self) -> None:
        """Once this returns, `expire` is not called any more."""
        with self._watchdog._changed:
            self._expire = None

    def _fire(self) -> None:
        if self._expire is not None:
            self._expire()

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


class Watchdog:
    """Calls `expire` of every watch that was not cancelled in time, from a thread of its own that
    starts with the first watch. `expire` must neither block nor raise."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watches: list[tuple[float, int, Watch]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, seconds: float, expire: Callable[[], None]) -> Watch:
        """`expire` is called after so many seconds, unless the watch was cancelled before."""
        watch = Watch(self, expire)
        entry = (time.monotonic() + max(seconds, 0.0), next(self._order), watch)
        with self._changed:
            heapq.heappush(self._watches, entry)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(
                    target=self._run, name="wirecopy-watchdog", daemon=True
                )
                self._thread.start()
            elif self._watches[0] is entry:
                self._changed.notify()
        return watch

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                if not self._watches:
                    self._changed.wait()
                    continue
                left = self._watches[0][0] - time.monotonic()
                if left > 0 and self._watches[0][2]._expire is not None:
                    self._changed.wait(left)
                    continue
                heapq.heappop(self._watches)[2]._fire()
