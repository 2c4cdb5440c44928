"""Ctrl-C that ends the batch in hand, and a second one that ends everything."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C has ended, as shells have it."""


@contextmanager
def ends_after_batch() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets; the second ends the process. Only in the
    main thread, which alone gets signals.

    The end is sudden on purpose: nothing is lost by it (what was committed stays, and the next run
    takes up the rest), whereas an exception raised in the midst of DuckDB's own code may leave it
    in a state in which not even a rollback is possible. Workers end with their parent.
    """
    stop = threading.Event()

    def interrupted(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            os.write(
                2, b"Stopped. What was committed is kept; the same command goes on from there.\n"
            )
            os._exit(INTERRUPTED)
        stop.set()
        print(
            "Stopping when the batch in hand is loaded. Again: stop at once, and lose nothing but "
            "this batch's work.",
            file=sys.stderr,
            flush=True,
        )

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupted) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
