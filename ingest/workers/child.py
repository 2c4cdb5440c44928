"""What a worker process does: one job after another, until its parent is gone.

Both directions carry frames: eight bytes of length, then a pickle. A request is
`(function, args, kwargs, alarm seconds)`, the function as ``module:qualified.name``. Replies are
tuples whose first member is one of the constants below; the first reply, `READY`, comes without a
request.
"""

from __future__ import annotations

import faulthandler
import functools
import importlib
import io
import logging
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

from ingest.errors import OutcomeError

HEADER = struct.Struct("!Q")
PICKLE_PROTOCOL = 5
MESSAGE_CHARACTERS = 300
TRACEBACK_FRAMES = 20

PROCESSOR_SECONDS = 4.0
"""What one job may use of a processor. A parser that hangs computes; an honest document of 20 MB
takes up to 3. This can be shorter than the deadline, as a busy machine makes no job fail by it; and
it should be, since other documents wait for those that hang."""

READY = "ready"  # no more members
RESULT = "result"  # the function's result
OUTCOME = "outcome"  # class as module:qualname, args, attributes
FAILED = "failed"  # type name, message, traceback
OUT_OF_MEMORY = "out_of_memory"  # no more members

Reply = tuple[Any, ...]


def frame(value: object) -> bytes:
    """The value as it goes through a pipe. A large document is copied once."""
    whole = io.BytesIO(bytes(HEADER.size))
    whole.seek(HEADER.size)
    pickle.dump(value, whole, protocol=PICKLE_PROTOCOL)
    HEADER.pack_into(whole.getbuffer(), 0, whole.tell() - HEADER.size)
    return whole.getvalue()


# Made beforehand: there may be no memory left to make it when it is wanted.
_OUT_OF_MEMORY_FRAME = frame((OUT_OF_MEMORY,))


def name_of(target: Callable[..., object] | type) -> str:
    """``module:qualified.name``, by which another process finds a function or a class."""
    return f"{target.__module__}:{target.__qualname__}"


def find(name: str) -> Any:
    """The function or class of that name; the reverse of `name_of`."""
    module, _, path = name.partition(":")
    return functools.reduce(getattr, path.split("."), importlib.import_module(module))


def serve(requests: int, replies: int, memory_bytes: int) -> None:
    """Answer requests from one pipe into the other, in at most so much address space (where the
    system keeps such a limit). Ends the process when nobody holds the other end of a pipe."""
    for clock in signal.SIGALRM, signal.SIGPROF:
        signal.signal(clock, signal.SIG_DFL)  # the kernel's doing: needs no interpreter lock
    _limit(memory_bytes)
    # A library's log would only fill standard error, which is kept for the words of a crash.
    logging.getLogger().addHandler(logging.NullHandler())
    _write(replies, frame((READY,)))
    while True:
        _write(replies, _answer(_read(requests)))


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    if sys.platform == "linux":  # macOS accepts the limit and does not keep it
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or memory_bytes < hard:
            hard = memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _answer(request: bytearray) -> bytes:
    """Run the requested job; its reply as a frame."""
    try:
        name, args, kwargs, alarm = pickle.loads(request)  # noqa: S301 - from our own parent
        del request  # a large page need not lie in memory twice
        signal.setitimer(signal.ITIMER_REAL, alarm)
        signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
        return frame(_run(name, args, kwargs))
    except MemoryError:
        return _OUT_OF_MEMORY_FRAME
    except Exception as error:  # noqa: BLE001 - a border: such as a result that cannot be pickled
        return frame(_failure(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _run(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Reply:
    try:
        return RESULT, find(name)(*args, **kwargs)
    except OutcomeError as error:
        # Taken apart, since its constructor's arguments cannot be known from here.
        return OUTCOME, name_of(type(error)), error.args, vars(error)


def _failure(error: Exception) -> Reply:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a border: a foreign exception's own text may be broken
        text = ""
    message = "".join(c if c.isprintable() else " " for c in text[:MESSAGE_CHARACTERS])
    frames = traceback.format_tb(error.__traceback__, limit=-TRACEBACK_FRAMES)
    return FAILED, type(error).__name__, message, "".join(frames)


def _read(pipe: int) -> bytearray:
    """The next frame's body. Ends the process when the parent has closed the pipe."""
    (size,) = HEADER.unpack(_read_exactly(pipe, HEADER.size))
    return _read_exactly(pipe, size)


def _read_exactly(pipe: int, size: int) -> bytearray:
    body = bytearray(size)
    view, done = memoryview(body), 0
    while done < size:
        count = os.readv(pipe, [view[done:]])
        if not count:
            os._exit(0)
        done += count
    return body


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(pipe, view) :]
        except BrokenPipeError:
            os._exit(0)
