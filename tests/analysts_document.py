"""The tutorial for analysts: every query in it, run on the demo's home.

    python tests/analysts_document.py      # brings docs/analysts.md up to date

The newsroom's clock and the pipeline's stand at noon of 20 November 2026, so that the same seed
gives the same rows.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flows.demo import poll_newsroom
from flows.progress import Silent
from flows.query_output import print_rows
from newsroom import NewsroomServer, compose
from storage.home import Home
from storage.query import ask

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "analysts.md"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EXAMPLE = re.compile(r"```sql\n(?P<query>.*?)```\n\n```text\n(?P<result>.*?)```", re.DOTALL)
"""A query and what it prints."""


def demo_home(folder: Path) -> Home:
    """The demo's home, as of NOON."""
    with NewsroomServer(compose(1, now=NOON, faults=True)) as server:
        poll_newsroom(folder, server, Silent(), clock=lambda: NOON)
    return Home(folder)


def printed(home: Home, query: str) -> str:
    """What `wirecopy sql` prints."""
    out = io.StringIO()
    with ask(home, query) as result:
        print_rows(result, "table", out)
    return out.getvalue()


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        home = demo_home(Path(folder))
        renewed = EXAMPLE.sub(
            lambda found: (
                f"```sql\n{found['query']}```\n\n```text\n{printed(home, found['query'])}```"
            ),
            text,
        )
    DOCUMENT.write_text(renewed, encoding="utf-8")


if __name__ == "__main__":
    main()
