"""Lists of pages that are to be fetched: cut into shards, and read from a user's file."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.backfill.periods import Period
from ingest.errors import BadRow, ConfigurationError
from ingest.plaintext import plain_text
from ingest.times import parse_feed_time
from ingest.types import FeedEntry, ListedPage, PlannedShard
from ingest.urls import url_key

SHARD_PAGES = 50
"""Pages to fetch that are one shard."""

JSON_LINES = (".jsonl", ".ndjson", ".json")


def pages_plan(pages: Sequence[ListedPage], **more: object) -> str:
    """The plan of a shard that holds these pages."""
    rows = [[page.url, page.title, page.published, page.captured] for page in pages]
    return json.dumps({"kind": "pages", "pages": rows, **more}, ensure_ascii=False)


def planned_pages(plan: Mapping[str, Any]) -> list[ListedPage]:
    """The pages of such a plan."""
    return [ListedPage(*row) for row in plan["pages"]]


def plan_pages(
    name: str, pages: Sequence[ListedPage], host_of: Callable[[str], str], **more: object
) -> Iterator[PlannedShard]:
    """Shards of these pages, named after the list. Hosts take turns, so that many can be asked at a
    time, each of them rarely."""
    waiting = taking_turns(pages, host_of)
    for at in range(0, len(waiting), SHARD_PAGES):
        part = waiting[at : at + SHARD_PAGES]
        number = at // SHARD_PAGES + 1
        yield PlannedShard(f"{name}#{number}", pages_plan(part, **more), pages=len(part))


def taking_turns(pages: Sequence[ListedPage], host_of: Callable[[str], str]) -> list[ListedPage]:
    """The first page of every host, then every second one, and so on."""
    taken: dict[str, int] = defaultdict(int)
    turns = []
    for page in pages:
        host = host_of(page.url)
        turns.append(taken[host])
        taken[host] += 1
    order = sorted(range(len(pages)), key=turns.__getitem__)
    return [pages[place] for place in order]


def entry_of(page: ListedPage, *, now: datetime) -> FeedEntry:
    """What the list says about a page, as a feed would."""
    time = parse_feed_time(page.published, now=now) if page.published else None
    return FeedEntry(
        guid=None,
        url=page.url,
        title=page.title,
        summary="",
        published_at=time.at if time else None,
        published_precision=time.precision if time else None,
        published_raw=page.published,
        date_refused=time.reason if time else None,
    )


def wanted(
    pages: Iterable[ListedPage],
    period: Period,
    hosts: Sequence[str],
    *,
    now: datetime,
) -> list[ListedPage]:
    """Each page once that can belong, by its address, its host and the date stated for it."""
    kept: dict[str, ListedPage] = {}
    for page in pages:
        key = url_key(page.url)
        if key is None or key in kept or not host_wanted(page.url, hosts):
            continue
        stated = entry_of(page, now=now).published_at
        if not period.may_hold_url(page.url) or (stated and not period.may_hold_stated(stated)):
            continue
        kept[key] = page
    return list(kept.values())


def host_wanted(url: str, hosts: Sequence[str]) -> bool:
    """Whether the URL's host is one of these or below it; any is when there are none."""
    if not hosts:
        return True
    host = host_of_key(url_key(url) or "")
    return any(host == name or host.endswith("." + name) for name in hosts)


def host_of_key(key: str) -> str:
    """The host in a URL's key, without its port."""
    return key.removeprefix("https://").partition("/")[0].partition(":")[0]


def read_list(file: Path) -> Iterator[ListedPage | BadRow]:
    """The pages that a file lists, one a line: text with nothing but URLs (lines with # are
    comments), CSV with a column `url`, or JSON Lines of URLs or of objects with `url`. CSV and JSON
    may have `title` and `published`. Raises ConfigurationError."""
    if not file.is_file():
        raise ConfigurationError(f"There is no file {file}.")
    read = _from_text
    if file.suffix.lower() in JSON_LINES:
        read = _from_json
    elif file.suffix.lower() in (".csv", ".tsv"):
        read = _from_csv
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            for place, row in read(lines, file):
                yield _listed(row, f"{file.name}:{place}")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None


_Rows = Iterator[tuple[int, Mapping[str, object] | str]]


def _from_text(lines: Iterable[str], file: Path) -> _Rows:
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, {"url": text}


def _from_json(lines: Iterable[str], file: Path) -> _Rows:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, f"is not JSON: {error}"
            continue
        if isinstance(row, str):
            row = {"url": row}
        yield number, row if isinstance(row, dict) else "is neither a URL nor an object"


def _from_csv(lines: Iterable[str], file: Path) -> _Rows:
    rows = csv.reader(lines, delimiter="\t" if file.suffix.lower() == ".tsv" else ",")
    names = [name.strip().lower() for name in next(rows, [])]
    if "url" not in names:
        raise ConfigurationError(f"{file} has no column `url` in its first line.")
    try:
        for row in rows:
            if row:
                yield rows.line_num, dict(zip(names, row, strict=False))
    except csv.Error as error:
        yield rows.line_num, f"is not CSV: {error}"


def _listed(row: Mapping[str, object] | str, place: str) -> ListedPage | BadRow:
    if isinstance(row, str):
        return BadRow(f"The line {row}.", url=place)
    url, title, published = (row.get(name) for name in ("url", "title", "published"))
    if not isinstance(url, str) or url_key(url.strip()) is None:
        return BadRow("The line's url is missing or not http(s).", url=place)
    return ListedPage(
        url.strip(),
        plain_text(title, 1000) if isinstance(title, str) else "",
        str(published).strip() or None if published is not None else None,
    )
