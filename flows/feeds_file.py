"""The feeds file: which feeds to follow, written by the user."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.errors import ConfigurationError, MissingSecret
from ingest.ids import mint
from ingest.redact import redact_url
from ingest.types import FeedConfig, FollowedFeed
from ingest.urls import url_key

FEED_KEYS = frozenset({"url", "publisher", "tags", "headers"})
PUBLISHER_KEYS = frozenset({"domain", "aliases"})
FROM_ENVIRONMENT = "env:"


@dataclass(frozen=True, slots=True)
class FeedsFile:
    """The feeds by id, in the file's order, and the publisher each alias stands for."""

    feeds: Mapping[str, FeedConfig]
    aliases: Mapping[str, str]

    def followed(self, publisher_of: Callable[[str], str]) -> list[FollowedFeed]:
        """The feeds as storage knows them: without credentials."""
        return [
            FollowedFeed(
                feed_id=feed_id,
                url=redact_url(feed.url),
                publisher=self.aliases.get(feed.publisher, feed.publisher)
                if feed.publisher
                else publisher_of(feed.url),
                fixed_publisher=feed.publisher is not None,
                tags=feed.tags,
            )
            for feed_id, feed in self.feeds.items()
        ]

    def alias_lists(self) -> dict[str, list[str]]:
        """The aliases of each publisher that has any."""
        lists: dict[str, list[str]] = {}
        for alias, domain in sorted(self.aliases.items()):
            lists.setdefault(domain, []).append(alias)
        return lists


def read_feeds_file(path: Path) -> FeedsFile:
    """Read and check the file. Raises ConfigurationError that says which entry is wrong and how."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no feeds file at {path}. `wirecopy init` writes one; `wirecopy demo` shows "
            "the whole job without one."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # tomllib's, and that of text that is not UTF-8
        raise ConfigurationError(f"{path} is not valid TOML in UTF-8: {error}.") from None
    unknown = set(document) - {"feed", "publisher"}
    if unknown:
        raise ConfigurationError(
            f"{path}: [{sorted(unknown)[0]}] is unknown; use [[feed]] and [[publisher]]."
        )
    feeds: dict[str, FeedConfig] = {}
    for number, table in enumerate(_tables(document, "feed", path), 1):
        feed = _feed(table, f"{path}, [[feed]] number {number}")
        feed_id = feed_id_of(feed.url)
        if feed_id in feeds:
            raise ConfigurationError(f"{path} lists {redact_url(feed.url)} twice.")
        feeds[feed_id] = feed
    return FeedsFile(feeds, _aliases(_tables(document, "publisher", path), path))


def feed_id_of(url: str) -> str:
    """The id of a feed, minted from its address without credentials: a new token keeps the id."""
    address = redact_url(url)
    return mint("f", url_key(address) or address)


def address_of(given: str) -> str:
    """An address as the user gave it on the command line. Raises ConfigurationError for none."""
    if url_key(given) is None:
        raise ConfigurationError(f"{redact_url(given)!r} is no address; write it with https://.")
    return given.strip()


def request_headers(feed: FeedConfig, environ: Mapping[str, str]) -> dict[str, str]:
    """The feed's headers, with values from the environment filled in. Raises MissingSecret."""
    headers = {}
    for name, value in feed.headers.items():
        if value.startswith(FROM_ENVIRONMENT):
            variable = value.removeprefix(FROM_ENVIRONMENT)
            if variable not in environ:
                raise MissingSecret(
                    f"The feed's header {name} is to come from the environment variable "
                    f"{variable}, which is not set.",
                    url=redact_url(feed.url),
                )
            value = environ[variable]
        headers[name] = value
    return headers


def _tables(document: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigurationError(f"{path}: write [[{name}]], with two brackets.")
    return tables


def _feed(table: Mapping[str, Any], place: str) -> FeedConfig:
    if unknown := set(table) - FEED_KEYS:
        raise ConfigurationError(
            f"{place}: {sorted(unknown)[0]!r} is unknown; it takes {', '.join(sorted(FEED_KEYS))}."
        )
    url = table.get("url")
    if not isinstance(url, str) or not _has_scheme(url):
        raise ConfigurationError(
            f"{place}: url must be an address such as https://example.org/rss."
        )
    publisher, tags = table.get("publisher"), table.get("tags", [])
    headers = table.get("headers", {})
    if publisher is not None and not isinstance(publisher, str):
        raise ConfigurationError(f"{place}: publisher must be a domain such as example.org.")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ConfigurationError(f'{place}: tags must be a list such as ["agency"].')
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise ConfigurationError(
            f'{place}: headers must be a table such as {{ Authorization = "env:EXAMPLE_KEY" }}.'
        )
    return FeedConfig(url.strip(), publisher and publisher.strip().lower(), tuple(tags), headers)


def _has_scheme(url: str) -> bool:
    try:
        return bool(urlsplit(url.strip()).scheme)
    except ValueError:  # brackets that hold no IPv6 address
        return False


def _aliases(tables: list[Any], path: Path) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for number, table in enumerate(tables, 1):
        place = f"{path}, [[publisher]] number {number}"
        domain, names = table.get("domain"), table.get("aliases")
        if set(table) - PUBLISHER_KEYS or not isinstance(domain, str):
            raise ConfigurationError(f'{place}: it takes domain = "…" and aliases = ["…"].')
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ConfigurationError(f'{place}: aliases must be a list such as ["bbc.co.uk"].')
        aliases |= {name.lower(): domain.lower() for name in names}
    return aliases
