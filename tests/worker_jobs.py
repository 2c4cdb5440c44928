"""Jobs, good and bad, for the worker processes of test_workers.py."""

import ctypes
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from ingest.errors import NotAFeed, ParseFailed, Throttled


def add(left: int, right: int = 0) -> int:
    return left + right


def echo(value: object) -> object:
    return value


def length(value: bytes) -> int:
    return len(value)


def process_id() -> int:
    return os.getpid()


def is_imported(module: str) -> bool:
    return module in sys.modules


def working_folder() -> str:
    return os.getcwd()


def meet(mine: Path, other: Path) -> bool:
    mine.touch()
    while not other.exists():
        time.sleep(0.01)
    return True


def refuse(message: str, url: str | None) -> None:
    raise NotAFeed(message, url=url)


def refuse_with_fields() -> None:
    raise Throttled("slow down", url="https://example.org/", status=429, retry_after=7.5)


def raise_foreign(message: str) -> None:
    raise LookupError(message)


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def need_a_missing_module() -> None:
    import no_such_module  # type: ignore[import-not-found]  # noqa: F401


def raise_unspeakable() -> None:
    raise Unspeakable


def recurse() -> None:
    recurse()


def unpicklable() -> object:
    return lambda: None


def hang_in_python() -> None:
    while True:
        time.sleep(0.01)


def hang_in_c(started: Path | None = None) -> None:
    """The regular expression engine backtracks for years, never letting go of the GIL."""
    if started:
        started.touch()
    re.match(r"(a+)+$", "a" * 60 + "b")


def hang_with_a_child(record: Path) -> None:
    child = subprocess.Popen(["sleep", "600"])
    record.write_text(str(child.pid))
    child.wait()


def leave() -> None:
    os._exit(3)


def system_exit() -> None:
    sys.exit("enough")


def segfault() -> None:
    ctypes.string_at(0)


def kill_self() -> None:
    os.kill(os.getpid(), 9)


def eat_memory() -> int:
    return len(bytearray(2 << 30))


def eat_memory_slowly() -> None:
    kept = []
    while True:
        kept.append(" " * 1_000_000)


def swell(mebibytes: int) -> int:
    """Take memory, and give it back."""
    return len(bytearray(mebibytes << 20))


def swell_and_raise(message: str) -> None:
    swell(180)
    raise LookupError(message)


def swell_and_fail(message: str) -> None:
    swell(180)
    raise ParseFailed(message)


def speak(times: int) -> str:
    for _ in range(times):
        print("a stray word on standard output")
        os.write(1, b"\x00\x01\x02\xff" * 8)
        print("and one on standard error", file=sys.stderr)
    return "spoken"


def read_input() -> str:
    return sys.stdin.read()
