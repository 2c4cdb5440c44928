"""Captures of a web archive, by its CDX index.

The index is the Wayback Machine's (https://github.com/internetarchive/wayback/tree/master/
wayback-cdx-server): `/cdx/search/cdx` lists captures sorted by URL and time, a page of them at a
time with a resumption key, and `/web/TIMEid_/URL` gives one as it was received.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ingest.backfill.lists import SHARD_PAGES, pages_plan
from ingest.backfill.periods import SLACK, Period
from ingest.errors import BrokenFeed
from ingest.types import ListedPage, PlannedShard
from ingest.urls import url_key

ROWS = 5000
"""Captures that are listed by one request."""

FIELDS = ("urlkey", "timestamp", "original")

REQUEST_SECONDS = 2.5
"""Between two requests to archive.org, which allows 24 index requests a minute (release notes of
the client https://pypi.org/project/wayback/, 0.5.1)."""

_TIME = "%Y%m%d%H%M%S"
_CAPTURE_TIME = re.compile(r"/web/(\d{14})id_/")


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was captured; `urlkey` is the index's own key of its URL."""

    urlkey: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class IndexPage:
    """Captures of one answer, in its order, and the key of the next one; None at the end."""

    captures: tuple[Capture, ...]
    resume_key: str | None


def first_query(domain: str, period: Period, slack_days: int) -> PlannedShard:
    """The shard that lists the captures of a domain and its subdomains from the beginning of the
    period to `slack_days` after its end."""
    window: dict[str, str] = {}
    if period.since:
        window["from"] = f"{period.since.astimezone(UTC) - SLACK:{_TIME}}"
    if period.until:
        window["to"] = f"{period.until.astimezone(UTC) + timedelta(days=slack_days):{_TIME}}"
    preferred = f"{period.since.astimezone(UTC):{_TIME}}" if period.since else ""
    plan = {"kind": "cdx", "domain": domain, "window": window, "preferred": preferred}
    return _query(plan, 1, None, None)


def _query(
    plan: Mapping[str, Any],
    number: int,
    resume_key: str | None,
    last: Sequence[Sequence[str]] | None,
) -> PlannedShard:
    more = {"number": number, "resume_key": resume_key, "last": last}
    name = f"index of {plan['domain']}#{number}"
    return PlannedShard(name, json.dumps({**plan, **more}), expands=True)


def capture_url(endpoint: str, url: str, at: str) -> str:
    """Where the archive gives a capture as it was received."""
    return f"{endpoint}/web/{at}id_/{url}"


def captured_at(final_url: str, asked_for: str) -> datetime:
    """When a capture was taken: the archive redirects to the one nearest to what was asked for."""
    found = _CAPTURE_TIME.search(final_url)
    return _moment(found[1] if found else asked_for)


def query_url(endpoint: str, plan: Mapping[str, Any]) -> str:
    """What to ask the index for a shard."""
    words = {
        "url": plan["domain"],
        "matchType": "domain",
        "output": "json",
        "fl": ",".join(FIELDS),
        **plan["window"],
        "limit": str(ROWS),
        "showResumeKey": "true",
    }
    if plan["resume_key"]:
        words["resumeKey"] = plan["resume_key"]
    # no `collapse`: the first capture of a URL may be one that a filter leaves out
    filters = [("filter", "statuscode:200"), ("filter", "mimetype:text/html")]
    return f"{endpoint}/cdx/search/cdx?{urlencode([*words.items(), *filters])}"


def read_index(body: bytes, url: str) -> IndexPage:
    """An answer of the index. Raises BrokenFeed when it is none."""
    try:
        rows = json.loads(body) if body.strip() else []
        key = None
        if len(rows) >= 2 and rows[-2] == [] and len(rows[-1]) == 1:
            key, rows = rows[-1][0], rows[:-2]
        captures = tuple(
            Capture(urlkey, _moment(at), original) for urlkey, at, original in rows[1:]
        )
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenFeed(f"The index's answer cannot be read: {error}.", url=url) from None
    return IndexPage(captures, key)


def shards_of(plan: Mapping[str, Any], page: IndexPage, period: Period) -> Iterator[PlannedShard]:
    """The shards of captures to fetch that an answer of the index gives, and the next question.

    The captures of one URL may go on in the next answer, so the last URL of an answer is carried
    over to that.
    """
    carried = [Capture(key, _moment(at), url) for key, at, url in plan["last"] or []]
    best = _chosen([*carried, *page.captures], plan["preferred"])
    if page.resume_key and best:
        last = best.pop(list(best)[-1])
        held = [[last.urlkey, f"{last.at:{_TIME}}", last.url]]
        yield _query(plan, plan["number"] + 1, page.resume_key, held)
    kept: dict[str, Capture] = {}
    for capture in best.values():
        key = url_key(capture.url)
        if key and period.may_hold_url(capture.url):
            kept.setdefault(key, capture)
    pages = [ListedPage(each.url, captured=f"{each.at:{_TIME}}") for each in kept.values()]
    for start in range(0, len(pages), SHARD_PAGES):
        part = pages[start : start + SHARD_PAGES]
        name = f"{plan['domain']}#{plan['number']}.{start // SHARD_PAGES + 1}"
        yield PlannedShard(name, pages_plan(part), pages=len(part))


def _chosen(captures: Sequence[Capture], preferred: str) -> dict[str, Capture]:
    """By the index's key, the earliest capture of each URL since the time `preferred`, else the
    last one before."""
    best: dict[str, Capture] = {}
    for capture in captures:
        held = best.get(capture.urlkey)
        if held is None or f"{held.at:{_TIME}}" < preferred:
            best[capture.urlkey] = capture
    return best


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
