"""A real browser without a screen: what a person reads on a page, and what it looks like."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import lxml.html

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

_QUIET = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
    --disable-background-networking --disable-component-update --hide-scrollbars
    --virtual-time-budget=20000"""


def read(url: str, folder: Path, *, until: str = "", seconds: float = 60) -> str:
    """The text of the page, its scripts run; opened again until it says `until`, for that long.

    `folder` is where the browser keeps what it keeps.
    """
    deadline = time.monotonic() + seconds
    while True:
        text = " ".join(lxml.html.fromstring(_browse(folder, "--dump-dom", url)).itertext())
        if until in text:
            return text
        assert time.monotonic() < deadline, f"{url} does not say {until!r}: {text}"


def screenshot(url: str, folder: Path, file: Path, *, width: int = 1280, height: int = 800) -> None:
    """Keep what the page looks like, as PNG."""
    file.parent.mkdir(parents=True, exist_ok=True)
    _browse(folder, f"--screenshot={file}", f"--window-size={width},{height}", url)
    assert file.stat().st_size > 10_000


def _browse(folder: Path, *words: str) -> str:
    command = [str(CHROMIUM), *_QUIET.split(), f"--user-data-dir={folder / 'browser'}", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout
