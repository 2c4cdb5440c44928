"""What an operator gets wrong, or a machine runs out of: an exit code and one paragraph that says
what to do, never a traceback, and nothing that was committed is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from homes import HomeFolder, Result
from hostile_server import article_html, feed, listed, rss
from rude_server import RudeServer, page

from flows.cli import main

FEED = '[[feed]]\nurl = "http://one.example/feed"\n'


@dataclass(frozen=True)
class Mistake:
    """Files of the home, the environment and the words of a command, and what is said about it."""

    code: int
    says: tuple[str, ...]
    settings: str | bytes = "min_free_bytes = 0\nproxy = 'http://127.0.0.1:9'\nallow_ports = [9]\n"
    feeds: str | bytes | None = FEED
    env: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ("poll",)
    arrange: Callable[[Path], None] | None = None


def setting(text: str | bytes, *says: str) -> Mistake:
    return Mistake(2, says, settings=text)


def variable(name: str, value: str, *says: str) -> Mistake:
    return Mistake(2, says, settings="", env={name: value})


def feeds(text: str | bytes, *says: str) -> Mistake:
    return Mistake(2, says, feeds=text)


def broken(home: Path) -> None:
    (home / "state").mkdir()
    (home / "state" / "working.duckdb").write_bytes(b"not a database " * 1000)


def settings_folder(home: Path) -> None:
    (home / "wirecopy.toml").unlink()
    (home / "wirecopy.toml").mkdir()


def feeds_folder(home: Path) -> None:
    (home / "feeds.toml").unlink()
    (home / "feeds.toml").mkdir()


def state_is_a_file(home: Path) -> None:
    (home / "state").write_text("")


def archive_is_a_file(home: Path) -> None:
    (home / "archive").write_text("")


SETTINGS = {
    "unknown setting": setting("porxy = 'x'", "porxy", "proxy"),
    "setting under a table": setting("[fetch]\nproxy = 'x'", "fetch"),
    "text for a number": setting("connections = 'many'", "connections", "'many'"),
    "number for a list": setting("allow_networks = 7", "allow_networks"),
    "no network": setting("allow_networks = ['everywhere']", "allow_networks", "everywhere"),
    "network with host bits": setting("allow_networks = ['10.0.0.1/8']", "10.0.0.1/8"),
    "negative delay": setting("per_publisher_delay = -1", "per_publisher_delay"),
    "no connections": setting("connections = 0", "connections"),
    "a million connections": setting("connections = 1000000", "connections"),
    "negative bytes": setting("max_page_bytes = -5", "max_page_bytes"),
    "deadline of nothing": setting("fetch_deadline = 0", "fetch_deadline"),
    "infinite deadline": setting("fetch_deadline = inf", "fetch_deadline"),
    "deadline that is no number": setting("fetch_deadline = nan", "fetch_deadline"),
    "no memory": setting("worker_memory = 1000", "worker_memory"),
    "port 0": setting("allow_ports = [0]", "allow_ports"),
    "port 70000": setting("allow_ports = [70000]", "allow_ports"),
    "unknown log level": setting("log_level = 'loud'", "log_level"),
    "TOML that breaks off": setting("proxy = 'http://", "wirecopy.toml"),
    "settings in UTF-16": setting("archive = true".encode("utf-16"), "wirecopy.toml"),
    "settings that are a folder": Mistake(2, ("wirecopy.toml",), arrange=settings_folder),
    "proxy over TLS": setting("proxy = 'https://127.0.0.1:3128'", "proxy", "http://"),
    "proxy without scheme": setting("proxy = '127.0.0.1:3128'", "proxy"),
    "user agent on two lines": setting('user_agent = "a\\nb"', "user_agent"),
    "unknown variable": variable("WIRECOPY_PORXY", "x", "WIRECOPY_PORXY", "WIRECOPY_PROXY"),
    "variable of the wrong type": variable(
        "WIRECOPY_CONNECTIONS", "many", "connections", "WIRECOPY_CONNECTIONS"
    ),
    "variable out of range": variable("WIRECOPY_WORKERS", "-3", "workers"),
    "variable with a wrong list": variable("WIRECOPY_ALLOW_PORTS", "80,http", "allow_ports"),
    "a huge number": setting(f"connections = {'9' * 400}", "connections"),
    "a number of 5,000 digits": setting(f"connections = {'9' * 5000}", "wirecopy.toml"),
}

FEEDS = {
    "no feeds file": Mistake(2, ("feeds.toml", "init"), feeds=None),
    "another feeds file that is missing": Mistake(
        2, ("elsewhere.toml",), words=("poll", "--feeds", "elsewhere.toml")
    ),
    "feeds file that is a folder": Mistake(2, ("feeds.toml",), arrange=feeds_folder),
    "feeds in UTF-16": feeds(FEED.encode("utf-16"), "feeds.toml"),
    "feeds in broken TOML": feeds(FEED + "[[feed]\n", "feeds.toml", "TOML"),
    "feeds with an unknown key": feeds(FEED + "name = 'One'\n", "'name'", "number 1"),
    "feeds with an unknown table": feeds(FEED + "[settings]\n", "settings"),
    "a feed with one bracket": feeds("[feed]\nurl = 'http://one.example/feed'\n", "[[feed]]"),
    "a feed that is text": feeds("feed = ['http://one.example/feed']\n", "[[feed]]"),
    "a publisher that is text": feeds("publisher = ['x']\n" + FEED, "[[publisher]]"),
    "a feed without address": feeds("[[feed]]\ntags = ['a']\n", "url", "number 1"),
    "a feed with half an address": feeds("[[feed]]\nurl = 'one.example/feed'\n", "url"),
    "a feed with an impossible address": feeds("[[feed]]\nurl = 'http://[::1'\n", "url"),
    "the same feed twice": feeds(FEED + FEED, "one.example/feed", "twice"),
    "the same feed with another password": feeds(
        FEED + FEED.replace("one.", "user:hunter2@one."), "twice"
    ),
    "tags that are no list": feeds(FEED + "tags = 'a'\n", "tags"),
    "headers that are no table": feeds(FEED + "headers = ['a']\n", "headers"),
    "no feeds": feeds("", "no feed"),
}

HOMES = {
    "status of nothing": Mistake(2, ("no database",), words=("status",)),
    "check of nothing": Mistake(2, ("no database",), words=("check",)),
    "publish of nothing": Mistake(2, ("no database",), words=("publish",)),
    "state that is a file": Mistake(1, ("state",), arrange=state_is_a_file),
    "archive that is a file": Mistake(1, ("archive",), arrange=archive_is_a_file),
    "a working database that is none": Mistake(1, ("working.duckdb",), arrange=broken),
    "status of a database that is none": Mistake(
        1, ("working.duckdb",), words=("status",), arrange=broken
    ),
    "a disk with too little room": Mistake(
        1, ("min_free_bytes", "room"), settings=f"min_free_bytes = {10**17}"
    ),
    "a proxy that does not answer": Mistake(1, ("offline", "connect"), words=("poll", "-q")),
    "an unknown option": Mistake(2, ("--al",), words=("poll", "--al")),
    "an unknown command": Mistake(2, ("pol",), words=("pol",)),
}

WRITTEN = {**SETTINGS, **FEEDS}


def paragraph_of(result: Result) -> str:
    assert "Traceback" not in result.err + result.out
    text = result.err.strip()
    usage = text.startswith("Usage:")  # then the command line's library speaks
    assert usage or "\n\n" not in text
    return text


def arrange(mistake: Mistake, home: Path) -> None:
    for file, text in (("wirecopy.toml", mistake.settings), ("feeds.toml", mistake.feeds)):
        if text is not None:
            (home / file).write_bytes(text.encode() if isinstance(text, str) else text)
    if mistake.arrange:
        mistake.arrange(home)


@pytest.fixture
def run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[Mistake], Result]]:
    """Runs the command line in this process, which saves most of a second for each mistake."""
    terminated = signal.getsignal(signal.SIGTERM)

    def run(mistake: Mistake) -> Result:
        words = ["wirecopy", *mistake.words, "--home", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", words)
        for name, value in mistake.env.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Result(int(ended.value.code or 0), said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, terminated)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_mistake_in_a_file_is_explained(
    name: str, tmp_path: Path, run_here: Callable[[Mistake], Result]
) -> None:
    arrange(WRITTEN[name], tmp_path)
    check_explained(WRITTEN[name], run_here(WRITTEN[name]))
    assert not (tmp_path / "news.duckdb").exists()


@pytest.mark.parametrize("name", HOMES)
def test_a_mistake_is_explained(name: str, tmp_path: Path) -> None:
    mistake = HOMES[name]
    arrange(mistake, tmp_path)
    check_explained(mistake, HomeFolder(tmp_path).run(*mistake.words, timeout=60, env=mistake.env))


def check_explained(mistake: Mistake, result: Result) -> None:
    said = paragraph_of(result) + result.out
    assert result.code == mistake.code, said
    assert result.code == 1 or not result.out
    for words in mistake.says:
        assert words in said
    assert "hunter2" not in said


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    (tmp_path / "feeds.toml").write_text(FEED)
    for words in (("init",), ("poll", "--feeds", str(tmp_path / "feeds.toml")), ("status",)):
        result = HomeFolder(tmp_path / "home").run(*words)
        assert result.code in (1, 2), words
        assert "home" in paragraph_of(result)


def test_a_home_that_cannot_be_written_to(tmp_path: Path) -> None:
    """/proc: nobody can, root neither."""
    if not Path("/proc/self").exists():
        pytest.skip("no /proc here")
    (tmp_path / "feeds.toml").write_text(FEED)
    home = HomeFolder(Path("/proc/wirecopy-home"))
    for words in (("init",), ("poll", "--feeds", str(tmp_path / "feeds.toml"))):
        result = home.run(*words)
        assert result.code in (1, 2), words
        assert "/proc/wirecopy-home" in paragraph_of(result)


HOLDER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_working_database_that_another_program_has_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import storage.database as database
    from ingest.errors import DatabaseBusy
    from storage.home import Home

    home = Home(tmp_path)
    home.make_folders()
    duckdb.connect(str(home.working)).close()
    monkeypatch.setattr(database, "FOREIGN_OPEN_TIMEOUT", 0.5)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.working)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "open\n"
    try:
        with (
            pytest.raises(DatabaseBusy, match=r"working\.duckdb open.*news\.duckdb"),
            database.Database(home).open(),
        ):
            pass
    finally:
        holder.communicate()


# --- a disk that is full in earnest

PAGES = 300


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Fill the disk up to so many bytes."""
    filler = folder / "filler"
    free = shutil.disk_usage(folder).free
    with open(filler, "wb") as file:
        file.write(b"x" * max(0, free - leave))
    return filler


def test_a_disk_that_fills_up_in_a_run(tmp_path: Path) -> None:
    """What was committed is kept, no validator runs ahead, and with room made the next run brings
    the rest."""
    noise = os.urandom(30_000).hex()  # so that raw pages take room in the archive
    with small_disk(tmp_path / "disk", 60), RudeServer() as server:
        for number in range(20):
            host = f"outlet{number}.example"
            items = "".join(listed(f"http://{host}/{n}", f"T{n}") for n in range(PAGES // 20))
            server.at(f"{host}/feed", feed(rss(items), 'ETag: "1"'))
            for n in range(PAGES // 20):
                body = article_with(f"{host} {n}", noise[n:])
                server.at(f"{host}/{n}", page(body, 200, "Content-Type: text/html"))
        home = HomeFolder(tmp_path / "disk" / "home")
        home.follow(
            tuple(f"http://outlet{number}.example/feed" for number in range(20)),
            f"http://127.0.0.1:{server.port}",
        )
        filler = fill(tmp_path / "disk", 7_000_000)
        first = home.run("poll", "--all")
        assert first.code == 1, first.out
        assert "No space is left" in paragraph_of(first)
        filler.unlink()
        assert home.run("check").code == 0
        with duckdb.connect(str(home.folder / "state" / "working.duckdb")) as database:
            (kept,) = database.execute("SELECT count(*) FROM entries").fetchall()[0]
        assert kept == PAGES  # the feeds had been polled by then
        second = home.run("poll", "--all", "--json")
        assert second.code == 0, second.err
        assert home.run("check").code == 0
        assert home.sql("SELECT count(*) FROM articles") == [(PAGES,)]
        assert home.sql("SELECT count(*) FROM entries WHERE status = 'done'") == [(PAGES,)]
        outcomes = home.sql("SELECT outcome FROM runs ORDER BY started_at")
        assert outcomes in (
            [("failed",), ("completed",)],
            [("interrupted",), ("completed",)],  # there was not even room to say so
        )


def article_with(seed: str, noise: str) -> bytes:
    return article_html(seed, f"<!-- {noise} -->")


def test_no_run_starts_with_too_little_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 20):
        home = HomeFolder(tmp_path / "disk" / "home")
        home.follow(("http://one.example/feed",), "http://127.0.0.1:9", min_free_bytes=19 << 20)
        fill(tmp_path / "disk", 5 << 20)
        result = home.run("poll")
        assert result.code == 1
        assert "min_free_bytes" in paragraph_of(result)
        assert not (home.folder / "state" / "working.duckdb").exists()
