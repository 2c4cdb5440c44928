"""Extractors of other projects, each in a process of the environment that has them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.environments import DEFAULT_FOLDER, Environments
from benchmarks.extraction.extractors import Found
from benchmarks.extraction.labelled_pages import LabelledPage
from benchmarks.extraction.peer_child import EXTRACTORS

PEERS = tuple(EXTRACTORS)
PAGE_SECONDS = 10.0
"""Processor time that a peer has for a page; then it has found nothing there."""
CHILD = Path(__file__).with_name("peer_child.py")


class Peer:
    """One of PEERS: `extract` gives what it finds on a page and the processor time it took."""

    def __init__(self, name: str, environments: Environments) -> None:
        self.name = name
        python = environments.python("extraction")
        self._command = [str(python), str(CHILD), name, str(PAGE_SECONDS)]
        self._process: subprocess.Popen[str] | None = None
        self.given_up = 0

    def extract(self, page: LabelledPage) -> Found:
        process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        html = page.html.decode("utf-8", "replace")
        print(json.dumps({"html": html, "url": page.url}), file=process.stdin, flush=True)
        answer = process.stdout.readline()
        if not answer:
            self.close()
            self.given_up += 1
            return Found(spent=PAGE_SECONDS)
        return _found(json.loads(answer))

    def close(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _started(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError(f"{self.name} could not be started in {self._command[0]}")
        return self._process


def environments() -> Environments:
    """Where the environments of all benchmarks are."""
    return Environments(DEFAULT_FOLDER / "wirecopy-benchmarks" / "environments")


def _found(answer: dict[str, Any]) -> Found:
    return Found(
        body=answer.get("body") or "",
        title=answer.get("title") or "",
        authors=tuple(name for name in answer.get("authors", ()) if name),
        published=answer.get("published"),
        spent=answer["spent"],
    )
