"""What an operator reads in Prefect's own pages, in a real browser.

    LONG_TESTS=1 pytest tests/test_prefect_ui.py

With SCREENSHOTS=FOLDER pictures of the pages are kept there. A shorter version, of a poll under
`wirecopy schedule`, is in test_schedule_command.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import CHROMIUM, read, screenshot
from homes import LONG, HomeFolder
from prefect_installation import Installation, wait_for
from web_archives import newsroom_pages, write_warc

from newsroom import Newsroom, NewsroomServer

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(not LONG, reason="a minute or two: LONG_TESTS=1"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium or google-chrome is installed"),
]


@pytest.fixture
def installation(press: NewsroomServer, tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, ui=True) as installed:
        HomeFolder(installed.home).follow(press.feed_urls(), press.proxy_url)
        installed.set_up()
        installed.start_worker()
        yield installed


def test_runs_and_their_artifacts_are_what_a_person_wants_to_read(
    installation: Installation, newsroom: Newsroom, tmp_path: Path
) -> None:
    pages, pictures = newsroom_pages(newsroom), Path(os.environ.get("SCREENSHOTS", tmp_path))
    write_warc(tmp_path / "old.warc.gz", pages)
    poll = wait_for(installation.scheduled_run, 180, installation.log("worker"))
    installation.pause()
    backfill = installation.start_run(
        "backfill",
        sources=[f"warc:{tmp_path}/old.warc.gz"],
        since=datetime(2026, 11, 1, tzinfo=UTC).isoformat(),
        languages=["en"],
        home=str(tmp_path / "elsewhere"),
    )
    wait_for(lambda: installation.state(backfill) == "COMPLETED", 180, installation.log("worker"))
    site = installation.url.removesuffix("/api")

    def opened(path: str, picture: str, *says: str) -> None:
        text = read(f"{site}/{path}", tmp_path, until=says[0])
        for said in says:
            assert said in text, path
        screenshot(f"{site}/{path}", tmp_path, pictures / f"{picture}.png")

    opened(f"runs/flow-run/{poll['id']}", "poll", poll["name"], "Completed")
    name = installation.get(f"flow_runs/{backfill}")["name"]
    assert "articles" in name
    opened(f"runs/flow-run/{backfill}", "backfill", name, "Completed")
    form = f"deployments/deployment/{installation.deployment('backfill')}/run"
    opened(form, "form", "sitemap:URL", "Only articles published then or later")
    for run, key, says in (
        (
            poll["id"],
            "poll-report",
            ("Stories with most new reprints", "Failing feeds"),
        ),
        (poll["id"], "failing-feeds", ("http_4xx", "answered 404")),
        (backfill, "backfill-report", ("pages", "articles")),
    ):
        opened(f"artifacts/artifact/{_artifact(installation, run, key)}", key, *says)
    opened(f"runs/flow-run/{backfill}?tab=Parameters", "parameters", "old.warc.gz", "languages")


def _artifact(installation: Installation, run: str, key: str) -> str:
    wanted = {"flow_run_id": {"any_": [run]}, "key": {"any_": [key]}}
    [artifact] = installation.post("artifacts/filter", artifacts=wanted)
    return str(artifact["id"])
