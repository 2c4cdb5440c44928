"""`wirecopy init`: a home with files to start from."""

from __future__ import annotations

from importlib.resources import files

from flows.settings import SETTINGS_FILE, Settings
from storage.home import Home

STARTERS = ("feeds.toml", SETTINGS_FILE)


def make_home(settings: Settings) -> list[str]:
    """Write what is missing in the home; a file that is there is left alone. Returns lines that say
    what was done and what to do next."""
    home = Home(settings.home)
    home.folder.mkdir(parents=True, exist_ok=True)
    said = []
    for name in STARTERS:
        path = home.folder / name
        if path.exists():
            said.append(f"{path} is there already, and stays as it is.")
            continue
        path.write_text(
            files("flows.starters").joinpath(name).read_text(encoding="utf-8"), encoding="utf-8"
        )
        said.append(f"{path} written.")
    said.append(f"Edit {home.feeds_file}, then: wirecopy poll --home {home.folder}")
    return said
