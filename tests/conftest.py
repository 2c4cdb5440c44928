"""The demo newsroom on loopback, and homes that follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import HomeFolder

from newsroom import Newsroom, NewsroomServer, compose

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""The newsroom's time: whatever it has published is in the past of this machine's clock."""


@pytest.fixture(scope="session")
def newsroom() -> Newsroom:
    return compose(1, now=NOW, faults=True)


@pytest.fixture
def press(newsroom: Newsroom) -> Iterator[NewsroomServer]:
    """The newsroom, serving."""
    with NewsroomServer(newsroom) as server:
        yield server


@pytest.fixture
def new_home(tmp_path: Path) -> Callable[[str], HomeFolder]:
    """Makes homes that follow nothing yet."""

    def make(name: str = "home") -> HomeFolder:
        (tmp_path / name).mkdir(exist_ok=True)
        return HomeFolder(tmp_path / name)

    return make


@pytest.fixture
def home(new_home: Callable[[str], HomeFolder], press: NewsroomServer) -> HomeFolder:
    """A home that follows the whole newsroom."""
    made = new_home("home")
    made.follow(press.feed_urls(), press.proxy_url)
    return made
