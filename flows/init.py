"""`wirecopy init`: a home with files to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from flows.settings import SETTINGS_FILE, Settings
from storage.database import storage_errors
from storage.home import Home

STARTERS = ("feeds.toml", SETTINGS_FILE)


def make_home(settings: Settings) -> list[str]:
    """Write what is missing in the home; a file that is there is left alone. Returns lines that say
    what was done and what to do next."""
    home = Home(settings.home)
    with storage_errors(home):
        home.folder.mkdir(parents=True, exist_ok=True)
        said = [_write(home.folder / name) for name in STARTERS]
    said.append(f"Edit {home.feeds_file}, then: wirecopy poll --home {home.folder}")
    return said


def _write(path: Path) -> str:
    if path.exists():
        return f"{path} is there already, and stays as it is."
    text = files("flows.starters").joinpath(path.name).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return f"{path} written."
