"""The whole pipeline on saved real pages, served by the replay server of the shared corpus.

    python benchmarks/replayed_news.py [--shared ../shared] [--sets aeb,fundus] [--republish 3]
                                       [--reprints 30]

Polls every feed, moves the server's clock, polls again until every page is out, and compares the
tables with the server's own log and with its list of reprints, before and after maintenance. Exits
1 when a page is missing or held twice, when an unchanged feed was parsed, or when the database
violates an invariant.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb

from ingest.words import folded_words

PORT = 8899
STEP_SECONDS = 130_000
ROUNDS = 8


def ask(path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/{path}") as answer:
        return json.load(answer)


def start_server(args: argparse.Namespace, log: Path) -> subprocess.Popen[bytes]:
    shared = Path(args.shared).resolve()
    command = [
        sys.executable, str(shared / "tools" / "replay.py"), "--port", str(PORT),
        "--pages", str(shared / "corpus" / "pages" / "pages.jsonl"), "--sets", args.sets,
        "--republish", str(args.republish), "--reprints", str(args.reprints),
        "--own-canonical", "--log", str(log),
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            ask("__clock")
        except OSError:
            time.sleep(0.2)
        else:
            return server
    raise SystemExit("the replay server did not start")


def write_home(home: Path) -> None:
    feeds = "".join(
        f'[[feed]]\nurl = "http://{outlet["domain"]}/feed.xml"\n' for outlet in ask("__publishers")
    )
    (home / "feeds.toml").write_text(feeds)
    (home / "wirecopy.toml").write_text(
        f'proxy = "http://127.0.0.1:{PORT}"\nper_publisher_delay = 0\n'
    )


def poll(home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "poll", "--all", "--json", "--home", str(home)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def page_id(url: str) -> str:
    found = re.search(r"/([^/]+)\.html", url)
    return found[1] if found else url


def compare_pages(connection: duckdb.DuckDBPyConnection, log: Path) -> list[str]:
    """Every page that the server has let out is an article, or a rejected entry with a reason."""
    served = [json.loads(line) for line in log.read_text().splitlines()]
    given = Counter((r["host"], r["path"]) for r in served
                    if r["path"].endswith(".html") and r["status"] == 200)  # fmt: skip
    entries = connection.execute("SELECT url, status, reason, article_id FROM entries").fetchall()
    held = connection.execute("SELECT count(*), count(DISTINCT url) FROM articles").fetchall()[0]
    settled = [row for row in entries if row[1] == "done" or (row[1] == "rejected" and row[2])]
    released = ask("__clock")["released"]
    print(f"pages released {released}, served {len(given)}, asked for twice "
          f"{sum(count > 1 for count in given.values())}")  # fmt: skip
    print(f"entries {len(entries)}, settled {len(settled)}, articles {held[0]}")
    problems = []
    if not len(settled) == len(entries) == len(given) == released:
        problems.append("entries, pages served and pages released differ in number")
    if held[0] != held[1] or any(count > 1 for count in given.values()):
        problems.append("a page is held or was fetched twice")
    return problems


def compare_stories(connection: duckdb.DuckDBPyConnection) -> None:
    """Precision and recall of reprints, by pairs of articles."""
    truth = {name: gold["reprint_of"] for name, gold in ask("__truth").items()}
    rows = connection.execute("SELECT url, story_id, role FROM articles").fetchall()
    story = {page_id(url): story_id for url, story_id, _ in rows}
    role = {page_id(url): role for url, _, role in rows}
    pairs = [(a, b) for a, b in truth.items() if a in story and b in story]
    joined = sum(story[a] == story[b] for a, b in pairs)
    groups: dict[str, list[str]] = defaultdict(list)
    for name, story_id in story.items():
        groups[story_id].append(name)
    made = [
        (truth.get(one, one), truth.get(other, other))
        for group in groups.values()
        for one, other in itertools.combinations(group, 2)
    ]
    right = sum(one == other for one, other in made)
    originals = sum(role[b] == "original" for a, b in pairs if story[a] == story[b])
    print(f"reprints with their original: recall {joined}/{len(pairs)}")
    print(f"pairs in one story: precision {right}/{len(made)}")
    for one, other in (pair for pair in made if pair[0] != pair[1]):
        print(f"  not in the server's list: {one} and {other}")
    print(f"originals named right: {originals}/{joined}")


def compare_bodies(connection: duckdb.DuckDBPyConnection) -> None:
    """Bodies of reprints, after the fifth of each outlet, beside the text that was reprinted."""
    rows = connection.execute(
        "SELECT publisher, url, body FROM articles ORDER BY publisher, first_seen_at, article_id"
    ).fetchall()
    truth = {name: of["body"] for name, of in ask("__truth").items()}
    of_outlet: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for publisher, url, body in rows:
        if wanted := truth.get(page_id(url)):
            of_outlet[publisher].append((body, wanted))
    later = [pair for pairs in of_outlet.values() for pair in pairs[5:]]
    equal = sum(folded_words(body) == folded_words(wanted) for body, wanted in later)
    shared = [_overlap(*map(folded_words, pair)) for pair in later]
    print(f"bodies of reprints equal to the text reprinted: {equal}/{len(later)}, "
          f"words in common {sum(shared) / max(1, len(shared)):.3f}")  # fmt: skip


def _overlap(one: list[str], other: list[str]) -> float:
    common = (Counter(one) & Counter(other)).total()
    return 2 * common / max(1, len(one) + len(other))


def maintain(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "maintain", "--quiet", "--home", str(home)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    print(done.stdout.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--sets", default="aeb,fundus")
    parser.add_argument("--republish", type=int, default=3)
    parser.add_argument("--reprints", type=int, default=8)
    parser.add_argument("--home", type=Path, help="keep what comes of it in this new folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, log = args.home or Path(folder), Path(folder) / "requests.jsonl"
        home.mkdir(exist_ok=True, parents=True)
        server = start_server(args, log)
        try:
            write_home(home)
            for _ in range(ROUNDS):
                report = poll(home)
                print(f"poll: {report['counts']} in {report['seconds']:.1f} s")
                ask(f"__clock?advance={STEP_SECONDS}")
            unchanged = poll(home)
            with duckdb.connect(str(home / "news.duckdb"), read_only=True) as connection:
                outcomes = connection.execute(
                    "SELECT outcome, count(*) FROM polls WHERE run_id = ? GROUP BY outcome",
                    [unchanged["run_id"]],
                ).fetchall()
                print(f"last poll, nothing new: {dict(outcomes)}")
                problems = compare_pages(connection, log)
                compare_stories(connection)
                compare_bodies(connection)
            maintain(home)
            with duckdb.connect(str(home / "news.duckdb"), read_only=True) as connection:
                compare_stories(connection)
                compare_bodies(connection)
            if set(dict(outcomes)) != {"not_modified"}:
                problems.append("an unchanged feed was read again")
            checked = subprocess.run(
                [sys.executable, "-m", "flows.cli", "check", "--home", str(home)]
            )
            if checked.returncode:
                problems.append("wirecopy check found a violation")
        finally:
            server.terminate()
    raise SystemExit("; ".join(problems) or 0)


if __name__ == "__main__":
    main()
