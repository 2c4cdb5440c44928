"""Everything that `docs/benchmarks.md` says, measured again.

    python -m benchmarks [PART…] [--rounds 3] [--shared DIR] [--short] [--out FILE] [--cache DIR]

Needs the `dev` extra, and for the plots `bench`; the programs beside Wirecopy are installed into
environments of their own in the cache folder. With a corpus of real pages in DIR (pages, and a
server that replays them), the end-to-end part uses these; otherwise the demo newsroom.
"""

from __future__ import annotations

import argparse
import shlex
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import start_up
from benchmarks.document import Section, write
from benchmarks.end_to_end import part as end_to_end
from benchmarks.environments import DEFAULT_FOLDER, Environments
from benchmarks.polls import part as polls
from benchmarks.rounds import Plan, say
from benchmarks.stored import part as stored
from benchmarks.web_archive import part as web_archive

PARTS: dict[str, Callable[[Plan], Section]] = {
    "end_to_end": end_to_end.measured,
    "polls": polls.measured,
    "loading": stored.loading,
    "publishing": stored.publishing,
    "web_archive": web_archive.measured,
    "start_up": start_up.measured,
}
ROOT = Path(__file__).parents[1]
ROUNDS = 3


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--shared", type=Path, help="folder of the corpus (default: none)")
    parser.add_argument("--short", action="store_true", help="seconds: only that everything runs")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--cache", type=Path, default=DEFAULT_FOLDER / "wirecopy-benchmarks")
    args = parser.parse_args(arguments)
    if unknown := set(args.parts) - PARTS.keys():
        parser.error(
            f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}"
        )
    environments = Environments(args.cache / "environments", here=args.short)
    for name in args.parts or PARTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="wirecopy-bench-") as scratch:
            plan = Plan(
                rounds=1 if args.short else args.rounds,
                short=args.short,
                scratch=Path(scratch),
                cache=args.cache,
                environments=environments,
                shared=args.shared,
            )
            section = PARTS[name](plan)
        write(args.out, section, command=_command(name, args))
        say(f"{name}: {time.monotonic() - began:.0f} s, written to {args.out}")


def _command(name: str, args: argparse.Namespace) -> str:
    words = ["python", "-m", "benchmarks", name]
    if args.rounds != ROUNDS:
        words += ["--rounds", str(args.rounds)]
    if args.shared:
        words += ["--shared", "DIR"]
    if args.short:
        words.append("--short")
    return shlex.join(words)


if __name__ == "__main__":
    main()
