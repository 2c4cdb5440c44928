"""Environments of the programs that Wirecopy is measured beside: each has its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()

PACKAGES = {
    "loop": ("feedparser", "requests", "trafilatura", "lxml_html_clean", "duckdb"),
    "newspaper4k": ("newspaper4k", "feedparser", "requests", "lxml_html_clean", "duckdb"),
    "web_archive": ("trafilatura", "lxml_html_clean", "fastwarc"),
    "extraction": ("newspaper4k", "readability-lxml", "resiliparse", "lxml_html_clean"),
    "lsh": ("datasketch", "rensa"),
    "reader": ("reader", "requests", "sgmllib3k"),
}
"""What is installed in each, in the newest version that fits."""


@dataclass(slots=True)
class Environments:
    """Makes environments when they are first wanted, in a folder that outlives the run. With
    `here`, the interpreter that runs the benchmark stands in for all of them."""

    folder: Path
    here: bool = False
    used: dict[str, Path] = field(default_factory=dict)

    def python(self, name: str) -> Path:
        """The interpreter of this environment."""
        if self.here:
            self.used[name] = Path(sys.executable)
        elif name not in self.used:
            self.used[name] = _made(self.folder / name, PACKAGES[name])
        return self.used[name]

    def versions(self, name: str) -> str:
        """The main packages of an environment, as `name 1.2, name 3.4`."""
        code = (
            "from importlib.metadata import version\n"
            f"print(', '.join(f'{{p}} {{version(p)}}' for p in {PACKAGES[name]!r}))"
        )
        asked = subprocess.run(
            [self.python(name), "-c", code], capture_output=True, text=True, check=True
        )
        return asked.stdout.strip()


def _made(folder: Path, packages: Sequence[str]) -> Path:
    python = folder / "bin" / "python"
    done = folder / "installed"
    if done.exists() and done.read_text().split() == list(packages):
        return python
    print(f"making {folder}: {', '.join(packages)}", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
        check=True,
    )
    done.write_text(" ".join(packages))
    return python
