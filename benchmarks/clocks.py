"""Clocks around functions: what the CPU of one process goes into, stage by stage."""

from __future__ import annotations

import functools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any


class Clock:
    """CPU seconds of this process by stage, those of its threads among them. What no stage has
    asked for is `rest`.

    `threads` has stages for threads by the beginning of their names.
    """

    def __init__(self, rest: str, threads: Mapping[str, str] | None = None) -> None:
        self._rest = rest
        self._threads = threads or {}
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._here = threading.local()

    def around(self, name: str, *, stage: str) -> None:
        """The time of a function (``module:path``, where it is looked up) is the stage's, less
        that of functions with other stages which it calls."""
        self._replace(name, functools.partial(self._timed, stage=stage))

    def around_ends(self, name: str, *, stage: str) -> None:
        """The same for a function that makes context managers: beginning and end are the stage's,
        and what stands between them whose it was."""
        self._replace(name, functools.partial(self._timed_ends, stage=stage))

    def follow_threads(self) -> None:
        """Count what threads use that begin from now on and end before `taken`."""
        clock, run = self, threading.Thread.run

        def timed(self: threading.Thread) -> None:
            try:
                run(self)
            finally:
                clock._switch()

        threading.Thread.run = timed  # type: ignore[method-assign]

    def taken(self) -> dict[str, float]:
        """Seconds by stage; together they are what the process has used."""
        self._switch()
        found = dict(self._seconds)
        found[self._rest] = time.process_time() - sum(found.values()) + found.get(self._rest, 0.0)
        return found

    def _replace(self, name: str, timed: Callable[[Callable[..., Any]], Any]) -> None:
        module, _, path = name.partition(":")
        holder, _, function = path.rpartition(".")
        owner = resolve_name(f"{module}:{holder}" if holder else module)
        setattr(owner, function, timed(getattr(owner, function)))

    def _timed(self, function: Callable[..., Any], *, stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **named: Any) -> Any:
            with self._stage(stage):
                return function(*args, **named)

        return timed

    def _timed_ends(self, function: Callable[..., Any], *, stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        @contextmanager
        def timed(*args: Any, **named: Any) -> Iterator[Any]:
            manager = function(*args, **named)
            with self._stage(stage):
                value = manager.__enter__()
            try:
                yield value
            except BaseException as error:
                if not manager.__exit__(type(error), error, error.__traceback__):
                    raise
            else:
                with self._stage(stage):
                    manager.__exit__(None, None, None)

        return timed

    @contextmanager
    def _stage(self, stage: str) -> Iterator[None]:
        self._switch()
        self._here.stages.append(stage)
        try:
            yield
        finally:
            self._switch()
            self._here.stages.pop()

    def _switch(self) -> None:
        """What this thread has used since the last switch is its present stage's."""
        here, now = self._here, time.thread_time()
        if not hasattr(here, "stages"):
            here.stages, here.since = [self._own_stage()], 0.0
        with self._lock:
            self._seconds[here.stages[-1]] += now - here.since
        here.since = now

    def _own_stage(self) -> str:
        name = threading.current_thread().name
        return next(
            (stage for start, stage in self._threads.items() if name.startswith(start)), self._rest
        )
