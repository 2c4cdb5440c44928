"""Publishers to be polled: real pages where a corpus is at hand, the demo newsroom otherwise.

Each is served from a process of its own, as an HTTP proxy for the publishers' names.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.extraction.labelled_pages import LabelledPage, shared_pages
from benchmarks.process_tree import ROOT

START_SECONDS = 60.0
SETS = "aeb,fundus"
"""The pages of the corpus that have all their labels."""


@dataclass(frozen=True, slots=True)
class Publishers:
    """A server that is up. `gold` has labelled pages by the last part of their addresses."""

    proxy: str
    feeds: tuple[str, ...]
    about: str
    gold: Mapping[str, LabelledPage] = field(default_factory=dict)


@contextmanager
def replayed(shared: Path, *, latency_ms: int, republish: int = 3) -> Iterator[Publishers]:
    """Saved pages of some 190 publishers, all of them listed from the start, with three outlets
    that reprint others."""
    pages = shared / "corpus" / "pages" / "pages.jsonl"
    port = _free_port()
    command = [
        sys.executable, str(shared / "tools" / "replay.py"), "--port", str(port),
        "--pages", str(pages), "--sets", SETS, "--backlog", "1", "--feed-size", "1000",
        "--republish", str(republish), "--reprints", "8", "--latency", str(latency_ms),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with _process(command):
        _ask(f"{address}/__clock?advance=1000000")
        outlets = _ask(f"{address}/__publishers")
        truth = _ask(f"{address}/__truth")
        count = sum(outlet["pages"] for outlet in outlets)
        yield Publishers(
            proxy=address,
            feeds=tuple(f"http://{outlet['domain']}/feed.xml" for outlet in outlets),
            about=f"{len(outlets)} feeds, {count} saved pages of real outlets",
            gold=_labelled(shared) | {name: _reprint(name, of) for name, of in truth.items()},
        )


@contextmanager
def newsroom(outlets: int, articles: int, *, latency_ms: int) -> Iterator[Publishers]:
    """The demo newsroom with so many outlets and articles."""
    port = _free_port()
    command = [
        sys.executable, "-m", "benchmarks.end_to_end.serve_newsroom",
        str(port), str(outlets), str(articles), str(latency_ms),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with _process(command) as process:
        assert process.stdout is not None
        feeds = json.loads(process.stdout.readline())
        yield Publishers(address, tuple(feeds), f"{len(feeds)} feeds of the demo newsroom")


def _labelled(shared: Path) -> dict[str, LabelledPage]:
    pages = shared_pages(tuple(SETS.split(",")), folder=shared / "corpus" / "pages")
    return {page.page_id: page for page in pages if page.body}


def _reprint(name: str, gold: Mapping[str, Any]) -> LabelledPage:
    return LabelledPage(
        page_id=name, corpus="reprints", publisher="", url="", language=None, html=b"",
        body=gold["body"],
    )  # fmt: skip


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _ask(url: str) -> Any:
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                return json.load(answer)
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
