"""The installed version of Wirecopy."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version


@cache
def wirecopy_version() -> str:
    return version("wirecopy")
