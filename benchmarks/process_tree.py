"""What a command costs with all the processes that it starts.

    python -m benchmarks.process_tree RESULT.json COMMAND…

runs a command from a process of its own, whose children are then the command's processes and nobody
else's. On Linux that process adopts whatever loses its parent (a fork server's children, daemons),
so that their time is counted too: it ends when the last of them has ended.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

SAMPLE_SECONDS = 0.1
"""How often memory is looked at: what lasts for less is missed."""

LOOKING = 0.05
"""Looking takes no more than this share of the time: it takes time from many processes that it does
not take from one."""

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)

ROOT = Path(__file__).parents[1]


class CommandFailed(Exception):
    """The command did not end well; the message has the end of what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took. `cpu` and `wall` are seconds; `memory` is the most that its processes
    held together, in bytes, what they share counted once (PSS; the sum of RSS where the system does
    not tell). `output` is what it printed."""

    cpu: float
    wall: float
    memory: int
    output: str


def measure(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    allowed: Sequence[int] = (0,),
) -> Cost:
    """Run a command. Raises CommandFailed for an exit code that is not in `allowed`."""
    words = [str(word) for word in command]
    with TemporaryDirectory() as folder:
        result, printed = Path(folder, "result"), Path(folder, "printed")
        with printed.open("wb") as out, Path(folder, "errors").open("w+b") as errors:
            subprocess.run(
                [sys.executable, "-m", "benchmarks.process_tree", str(result), *words],
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=out,
                stderr=errors,
                check=False,
            )
            errors.seek(0)
            said = errors.read()[-2000:].decode(errors="replace")
        if not result.exists():
            raise CommandFailed(f"{' '.join(words)} could not be measured:\n{said}")
        taken = json.loads(result.read_text())
        code = taken.pop("code")
        if code not in allowed:
            raise CommandFailed(f"{' '.join(words)} ended with code {code}:\n{said}")
        return Cost(**taken, output=printed.read_text(errors="replace"))


@dataclass(slots=True)
class _Taken:
    code: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    memory: int = 0


def main() -> None:
    result, *command = sys.argv[1:]
    _adopt_orphans()
    taken, ended = _Taken(), threading.Event()
    before = _children_cpu()
    began = time.monotonic()
    process = subprocess.Popen(command)
    sampling = threading.Thread(target=_sample, args=(taken, ended))
    sampling.start()
    taken.code = process.wait()
    taken.wall = time.monotonic() - began
    _wait_for_the_rest()
    ended.set()
    sampling.join()
    taken.cpu = _children_cpu() - before
    Path(result).write_text(json.dumps(asdict(taken)))


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children_cpu() -> float:
    """Of children that were waited for, and of those that they had waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_the_rest() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _sample(taken: _Taken, ended: threading.Event) -> None:
    this = psutil.Process()
    pause = SAMPLE_SECONDS
    while not ended.wait(pause):
        began = time.monotonic()
        taken.memory = max(taken.memory, sum(map(_memory, this.children(recursive=True))))
        pause = max(SAMPLE_SECONDS, (time.monotonic() - began) / LOOKING)


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.rss)
    except psutil.Error:  # it has just ended
        return 0


if __name__ == "__main__":
    main()
