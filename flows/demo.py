"""`wirecopy demo`: the whole job on a newsroom of invented outlets, over real sockets."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flows.clock import utc_now
from flows.feeds_file import read_feeds_file
from flows.log import configure_logging
from flows.poll import run_poll
from flows.progress import Progress, shown
from flows.report import as_json, print_demo
from flows.run import Setup
from flows.settings import SETTINGS_FILE, load_settings
from flows.tally import RunReport
from ingest.errors import ConfigurationError
from newsroom import Newsroom, NewsroomServer, compose
from storage.database import Database
from storage.home import Home
from storage.sample import StorySample, widest_story

DEMO_HOME = Path("demo-home")


def run_demo(
    *, home: Path | None, serve: bool, port: int, seed: int, json: bool, quiet: bool
) -> None:
    """Write a newsroom, serve it on loopback, poll it, and show what came of it.

    The home's files are written anew, so that the demo also works a second time; what an earlier
    one has loaded stays. With `serve`, the newsroom is kept up until interrupted.
    """
    folder = home or DEMO_HOME
    newsroom = compose(seed, now=utc_now(), faults=True)
    with _server(newsroom, port) as server:
        with shown(quiet=quiet) as progress:
            report = poll_newsroom(folder, server, progress)
        if json:
            print(as_json(report))
        else:
            print_demo(report, _sample(folder), outlets=len(newsroom.outlets))
        if serve:
            _keep_up(newsroom, server, folder)


def _server(newsroom: Newsroom, port: int) -> NewsroomServer:
    try:
        return NewsroomServer(newsroom, port=port)
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be used: {error.strerror}. Choose another with --port."
        ) from None


def poll_newsroom(
    folder: Path,
    server: NewsroomServer,
    progress: Progress,
    clock: Callable[[], datetime] = utc_now,
) -> RunReport:
    """Write the demo's home and poll every feed of the newsroom once. `clock` tells the run what
    time it is."""
    _write_home(folder, server)
    settings = load_settings({"home": folder})
    configure_logging(settings.log_level, settings.log_format)
    feeds = read_feeds_file(Home(folder).feeds_file)
    return run_poll(Setup(settings, feeds, progress, clock=clock), every=True)


def _write_home(folder: Path, server: NewsroomServer) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    feeds = "\n".join(f'[[feed]]\nurl = "{url}"\n' for url in server.feed_urls())
    (folder / "feeds.toml").write_text(
        f"# The demo newsroom's feeds; they answer through its proxy only.\n\n{feeds}",
        encoding="utf-8",
    )
    (folder / SETTINGS_FILE).write_text(
        "# Settings of the demo: its outlets exist only behind this proxy on loopback.\n"
        f'proxy = "{server.proxy_url}"\n'
        'allow_networks = ["127.0.0.0/8"]\n'
        "per_publisher_delay = 0\n",
        encoding="utf-8",
    )


def _sample(folder: Path) -> StorySample | None:
    with Database(Home(folder)).open() as connection:
        return widest_story(connection)


def _keep_up(newsroom: Newsroom, server: NewsroomServer, folder: Path) -> None:
    lines = (
        "",
        f"The newsroom of {len(newsroom.outlets)} outlets stays up at {server.proxy_url}",
        f"(look at it with a browser). In another terminal: wirecopy poll --all --home {folder}",
        "Ctrl-C ends it.",
    )
    print("\n".join(lines), file=sys.stderr, flush=True)
    while True:
        time.sleep(3600)
