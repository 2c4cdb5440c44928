"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from ingest.errors import BrokenFeed, NotAFeed
from ingest.feeds.fields import (
    CONTENT_LIMIT,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    author_names,
    language_tag,
    one_line,
    storable,
    tag_terms,
)
from ingest.plaintext import plain_text
from ingest.times import parse_feed_time
from ingest.types import FeedEntry, ParsedFeed
from ingest.urls import clean_link


class _Number(str):
    """A number as written: only ids may be numbers, and one of 5,000 digits is no exception."""


_DECODER = json.JSONDecoder(parse_int=_Number, parse_float=_Number, strict=False)
_ITEMS = re.compile(r"\"items\"\s*:\s*\[")
_BETWEEN_ITEMS = re.compile(r"[\s,]*")
_HTTP_URL = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def parse_json_feed(text: str, *, url: str, now: datetime, max_entries: int) -> ParsedFeed:
    """Read a JSON Feed. Values of a wrong type count as missing; a document that breaks off keeps
    its complete items and is `partial`.

    Raises NotAFeed for other JSON, BrokenFeed for a damaged feed without one complete item.
    """
    document, partial = _document(text.strip("\ufeff \t\r\n\0"), url)
    items = document.get("items")
    if not isinstance(items, list):
        raise NotAFeed("JSON without a list of items is no JSON Feed", url=url)
    site_url = clean_link(_string(document, "home_page_url"), url)
    base = site_url if site_url and _HTTP_URL.match(site_url) else url
    found = [item for item in items if isinstance(item, dict)]
    return ParsedFeed(
        format="json",
        title=plain_text(_string(document, "title"), TITLE_LIMIT),
        site_url=site_url,
        language=language_tag(_string(document, "language")),
        entries=tuple(_entry(item, base, now) for item in found[:max_entries]),
        partial=partial,
        overlong=len(found) > max_entries,
    )


def _document(text: str, url: str) -> tuple[dict[str, Any], bool]:
    """The document, and whether it broke off and only its complete items are there."""
    try:
        document, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        document = _complete_part(text)
        if document is None:
            if _ITEMS.search(text):
                message = "the JSON Feed is damaged and holds no readable item"
                raise BrokenFeed(message, url=url) from error
            raise NotAFeed("neither XML nor a JSON Feed", url=url) from error
        return document, True
    # The caller has seen the opening brace.
    return document, False


def _complete_part(text: str) -> dict[str, Any] | None:
    start = _ITEMS.search(text)
    if not start:
        return None
    try:
        document, _ = _DECODER.raw_decode(text[: start.end()] + "]}")
    except (ValueError, RecursionError):
        document = {}
    items: list[Any] = []
    position = start.end()
    try:
        while True:
            blank = _BETWEEN_ITEMS.match(text, position)
            item, position = _DECODER.raw_decode(text, blank.end() if blank else position)
            items.append(item)
    except (ValueError, RecursionError):
        pass
    return {**document, "items": items} if items else None


def _entry(item: dict[str, Any], base: str, now: datetime) -> FeedEntry:
    number = item.get("id")
    guid = str(number) if isinstance(number, _Number) else _string(item, "id")
    link = _string(item, "url") or _string(item, "external_url")
    if not link and _HTTP_URL.match(guid):
        link = guid
    raw_time = _string(item, "date_published") or _string(item, "date_modified")
    time = parse_feed_time(raw_time, now=now) if raw_time.strip() else None
    html = _string(item, "content_html")
    summary = _string(item, "summary") or _string(item, "content_text") or html
    return FeedEntry(
        guid=one_line(guid) or None,
        url=clean_link(link, base) if link else None,
        title=plain_text(_string(item, "title"), TITLE_LIMIT),
        summary=plain_text(summary, SUMMARY_LIMIT),
        authors=author_names(_author_texts(item)),
        published_at=time.at if time else None,
        published_precision=time.precision if time else None,
        published_raw=one_line(raw_time) or None,
        date_refused=time.reason if time else None,
        tags=tag_terms(tag for tag in _list(item, "tags") if type(tag) is str),
        content_html=storable(html[:CONTENT_LIMIT]) or None,
    )


def _author_texts(item: dict[str, Any]) -> list[str]:
    # Version 1 has one `author`, version 1.1 a list of `authors`.
    people = [*_list(item, "authors"), item.get("author")]
    return [_string(person, "name") for person in people if isinstance(person, dict)]


def _list(element: dict[str, Any], key: str) -> list[Any]:
    value = element.get(key)
    return value if isinstance(value, list) else []


def _string(element: dict[str, Any], key: str) -> str:
    value = element.get(key)
    return value if isinstance(value, str) and not isinstance(value, _Number) else ""
