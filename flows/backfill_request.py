"""What a backfill is asked for, and where it begins."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flows.run import Setup
from ingest.backfill.lists import host_of_key, plan_pages, read_list, wanted
from ingest.backfill.periods import ALWAYS, Period
from ingest.backfill.records import plan_records
from ingest.backfill.rows import plan_rows
from ingest.backfill.sitemaps import first_sitemap
from ingest.backfill.wayback import first_query
from ingest.errors import BadRow, ConfigurationError
from ingest.publishers import publisher_of
from ingest.types import ListedPage, PlannedShard
from ingest.urls import url_key
from storage.backfills import BackfillSpec

CAPTURE_SLACK_DAYS = 90
"""A capture of a web archive is looked for until so many days after the period: most articles are
captured within weeks of their publication."""

SOURCES = "sitemap:URL, urls:FILE, warc:PATH, wayback:DOMAIN or articles:FILE"


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """What is to be taken in. `hosts` and `languages` are any when empty; `undated` takes articles
    without a known publication time although a period is given; `restart` begins anew what was done
    before; `retry_failed` gives failed shards another three tries."""

    source: str
    period: Period = ALWAYS
    hosts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    undated: bool = False
    capture_slack_days: int = CAPTURE_SLACK_DAYS
    restart: bool = False
    retry_failed: bool = False

    @property
    def kind(self) -> str:
        return self.source.partition(":")[0]

    @property
    def place(self) -> str:
        return self.source.partition(":")[2]

    @property
    def local(self) -> bool:
        """Whether its shards are known without asking anybody."""
        return self.kind in ("warc", "articles", "urls")

    def spec(self) -> BackfillSpec:
        """What makes it the same backfill as another."""
        filters: dict[str, object] = {}
        if self.hosts:
            filters["hosts"] = sorted(self.hosts)
        if self.languages:
            filters["languages"] = sorted(self.languages)
        if self.undated:
            filters["undated"] = True
        if self.kind == "wayback":
            filters["capture_slack_days"] = self.capture_slack_days
        for name, bound in (("since", self.period.since), ("until", self.period.until)):
            if bound is not None and str(bound.tzinfo) != "UTC":
                filters[f"{name}_zone"] = str(bound.tzinfo)
        text = json.dumps(filters, sort_keys=True)
        return BackfillSpec(self.source, self.period.since, self.period.until, text)


def requests_for(
    sources: Sequence[str],
    period: Period,
    hosts: Sequence[str] = (),
    languages: Sequence[str] = (),
    **others: Any,
) -> list[BackfillRequest]:
    """One request for each source, however its parts were spelled; `others` are further fields of
    BackfillRequest. Raises ConfigurationError for what cannot be meant."""
    named = tuple(dict.fromkeys(map(_host, hosts)))
    codes = tuple(dict.fromkeys(map(_language, languages)))
    return [
        BackfillRequest(source, period, named, codes, **others)
        for source in dict.fromkeys(map(known_source, sources))
    ]


def _host(text: str, given_as: str = "--host ") -> str:
    """A host as keys of URLs have it."""
    key = url_key(text if "//" in text else f"http://{text}") or ""
    host = host_of_key(key)
    if not host or key.removeprefix("https://").partition("/")[2]:
        raise ConfigurationError(f"{given_as}{text} is no host: name it as in example.org.")
    return host


def _language(text: str) -> str:
    code = text.strip().lower()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ConfigurationError(
            f"--language {text} is no language code: use two letters (ISO 639-1), as in en or de."
        )
    return code


def known_source(source: str) -> str:
    """The source with its path made absolute, so that it is the same from any folder, and its
    domain as keys of URLs have it. Raises ConfigurationError for one that is not known."""
    kind, _, place = source.partition(":")
    if kind not in ("sitemap", "urls", "warc", "wayback", "articles") or not place:
        raise ConfigurationError(
            f"{source!r} is no source that is known: use {SOURCES}.{_meant(source)}"
        )
    if kind in ("urls", "warc", "articles"):
        place = str(Path(place).expanduser().absolute())
    elif kind == "wayback":
        place = _host(place, "wayback:")
    return f"{kind}:{place}"


def _meant(source: str) -> str:
    """What somebody probably meant who left out the kind of source."""
    name = source.lower()
    kinds = {
        "sitemap": name.startswith(("http://", "https://")),
        "warc": name.endswith((".warc", ".warc.gz")),
        "articles": name.endswith(".parquet"),
    }
    return "".join(f" Did you mean {kind}:{source}?" for kind, meant in kinds.items() if meant)


@dataclass(frozen=True, slots=True)
class Start:
    """The shards that are known before anybody is asked, and rows of the user's file that are no
    URLs."""

    shards: tuple[PlannedShard, ...]
    bad_rows: tuple[BadRow, ...] = ()


def start_of(setup: Setup, request: BackfillRequest) -> Start:
    """Where a backfill begins. Raises ConfigurationError when its source cannot be used."""
    place, period = request.place, request.period
    if request.kind == "warc":
        return Start(tuple(plan_records(place)))
    if request.kind == "articles":
        return Start(tuple(plan_rows(Path(place))))
    if request.kind == "urls":
        return _start_of_list(setup, request)
    if request.kind == "sitemap":
        return Start((first_sitemap(place),))
    return Start((first_query(place, period, request.capture_slack_days),))


def _start_of_list(setup: Setup, request: BackfillRequest) -> Start:
    bad: list[BadRow] = []

    def pages() -> Iterator[ListedPage]:
        for row in read_list(Path(request.place)):
            if isinstance(row, BadRow):
                bad.append(row)
            else:
                yield row

    kept = wanted(pages(), request.period, request.hosts, now=setup.clock())
    domain = partial(publisher_of, aliases=setup.feeds.aliases)
    return Start(tuple(plan_pages(request.place, kept, domain)), tuple(bad))
