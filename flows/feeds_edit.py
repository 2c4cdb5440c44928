"""The text of a feeds file changed by hand-work: comments, order and spelling of the rest stay.

Every change is read back before it is kept: when the file does not say exactly what is meant, it is
written in a way this does not understand, and stays as it was.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.feeds_file import feed_id_of
from ingest.errors import ConfigurationError
from ingest.feeds.opml import ListedFeed

_FEED_HEADER = re.compile(r"\s*\[\[\s*(?:feed|\"feed\"|'feed')\s*\]\]")
_HEADER = re.compile(r"\s*\[")
_BELOW_FEED = re.compile(r"\s*\[\[?\s*feed\s*\.")


def add_feeds(text: str, feeds: Sequence[ListedFeed]) -> str:
    """The file's text with these feeds at its end, titles as comments.

    Raises ConfigurationError when it is written in a way that cannot be changed from here.
    """
    before = _read(text)
    blocks = "".join("\n" + _block(feed) for feed in feeds)
    separator = "" if not text or text.endswith("\n") else "\n"
    changed = (text + separator + blocks).lstrip("\n") if not text else text + separator + blocks
    tables = [_table(feed) for feed in feeds]
    return _checked(changed, {**before, "feed": [*before.get("feed", []), *tables]})


def remove_feed(text: str, feed_id: str) -> str:
    """The file's text without that feed and the comment that stands directly above it. Raises
    ConfigurationError when the file does not list it."""
    before = _read(text)
    tables: list[dict[str, Any]] = before.get("feed", [])
    places = [n for n, table in enumerate(tables) if feed_id_of(str(table.get("url"))) == feed_id]
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _FEED_HEADER.match(line)]
    if not places:
        raise ConfigurationError("The feeds file lists no such feed; `wirecopy feeds list` does.")
    if len(starts) != len(tables):
        raise ConfigurationError(_BY_HAND)
    start, end = _span(lines, starts[places[0]])
    kept = [table for number, table in enumerate(tables) if number != places[0]]
    rest = {name: value for name, value in before.items() if name != "feed"}
    changed = "".join(lines[:start] + lines[end:])
    return _checked(changed, {**rest, "feed": kept} if kept else rest)


def write_feeds_file(path: Path, text: str) -> None:
    """Replace the file whole, or not at all; a link stays a link. Raises ConfigurationError."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            newline="",
            dir=path.parent,
            prefix=".feeds-",
            delete=False,
        ) as file:
            file.write(text)
        os.chmod(file.name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(file.name, path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from None


def titles_in(text: str) -> list[str]:
    """For each feed, in order, the comment directly above it, "" when there is none."""
    lines = text.splitlines()
    titles = []
    for number, line in enumerate(lines):
        if _FEED_HEADER.match(line):
            above = lines[number - 1].strip() if number else ""
            titles.append(above.lstrip("# ").strip() if above.startswith("#") else "")
    return titles


_BY_HAND = (
    "The feeds file is written in a way that cannot be changed safely from here (an inline list of "
    "feeds, perhaps). It stays as it is: please edit it by hand."
)


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"The feeds file is not valid TOML: {error}.") from None


def _checked(text: str, meant: dict[str, Any]) -> str:
    try:
        said = tomllib.loads(text)
    except ValueError:
        said = None
    if said != meant:
        raise ConfigurationError(_BY_HAND)
    return text


def _table(feed: ListedFeed) -> dict[str, Any]:
    return {"url": feed.url, "tags": list(feed.tags)} if feed.tags else {"url": feed.url}


def _block(feed: ListedFeed) -> str:
    title = re.sub(r"[\x00-\x20\x7f\x85\u2028\u2029]+", " ", feed.title).strip()
    comment = f"# {title}\n" if title and title != feed.url else ""
    tags = f"tags = [{', '.join(map(_quoted, feed.tags))}]\n" if feed.tags else ""
    return f"{comment}[[feed]]\nurl = {_quoted(feed.url)}\n{tags}"


def _quoted(text: str) -> str:
    """A basic string of TOML, whose escapes are JSON's, and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _span(lines: Sequence[str], header: int) -> tuple[int, int]:
    """First line and end of a feed's block: with the comment directly above, up to the next table
    and the comment that belongs to that."""
    start = _own_comment(lines, header)
    end = header + 1
    while end < len(lines) and not (
        _HEADER.match(lines[end]) and not _BELOW_FEED.match(lines[end])
    ):
        end += 1
    if end < len(lines):
        end = _own_comment(lines, end)
    while end > header + 1 and _is_aside(lines[end - 1]):
        end -= 1
    if start == 0 or not lines[start - 1].strip():
        while end < len(lines) and not lines[end].strip():
            end += 1
    return start, end


def _own_comment(lines: Sequence[str], header: int) -> int:
    while header and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header


def _is_aside(line: str) -> bool:
    """Blank, or a comment: what stands after a feed's last key is not the feed's."""
    return not line.strip() or line.lstrip().startswith("#")
