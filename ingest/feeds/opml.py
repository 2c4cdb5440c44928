"""Lists of feeds as readers exchange them: OPML (http://opml.org/spec2.opml), read and written.

Folders become tags: a feed in World / Asia has the tags World and Asia, in this order, and is
written back into these folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lxml import etree

from ingest.errors import NotAFeed
from ingest.feeds.encoding import decode_feed
from ingest.feeds.fields import storable
from ingest.feeds.repair import repair_xml
from ingest.urls import url_key

MAX_FEEDS = 100_000
"""Feeds taken from one list; the largest lists in use have a few thousand."""

_TITLE_LIMIT = 300
_TAG_LIMIT = 100
_FEED_SCHEME = re.compile(r"feed:(?://(?=https?:))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed in a list: address, name and site's page ("" when not stated), tags."""

    url: str
    title: str = ""
    site_url: str = ""
    tags: tuple[str, ...] = ()


def read_opml(body: bytes, *, url: str) -> tuple[list[ListedFeed], list[str]]:
    """The feeds of a list, each once, in its order; and the addresses that cannot be polled.

    Names of elements and attributes may be in any case. A feed that is in several folders has the
    tags of all. Document types are thrown away before anything is parsed, so that no entity can
    grow or lead elsewhere. `url` names the list in errors. Raises NotAFeed when it is no OPML.
    """
    document = repair_xml(decode_feed(body, None), max_entries=MAX_FEEDS)
    if document.root != "opml":
        raise NotAFeed(f"{url} is no OPML: there is no <opml> in it.", url=url)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(document.body, parser) if document.body else None
    if root is None:
        raise NotAFeed(f"{url} breaks off or is damaged beyond reading.", url=url)
    found: dict[str, ListedFeed] = {}
    refused: list[str] = []
    for feed in _outlines(root):
        key = url_key(feed.url)
        if key is None:
            refused.append(feed.url)
        elif key in found:
            tags = tuple(dict.fromkeys((*found[key].tags, *feed.tags)))
            found[key] = replace(found[key], tags=tags)
        else:
            found[key] = feed
    return list(found.values()), refused


def write_opml(feeds: Iterable[ListedFeed], *, title: str) -> bytes:
    """The feeds as OPML 2.0, in folders by their tags; the order of feeds and folders is kept."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for feed in feeds:
        for depth in range(1, len(feed.tags) + 1):
            path = feed.tags[:depth]
            if path not in folders:
                parent = folders[path[:-1]]
                folders[path] = etree.SubElement(parent, "outline", text=path[-1], title=path[-1])
        name = feed.title or feed.url
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        if feed.site_url:
            attributes["htmlUrl"] = feed.site_url
        etree.SubElement(folders[feed.tags], "outline", attributes)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _outlines(root: etree._Element) -> Iterable[ListedFeed]:
    """Every outline with the address of a feed. Walked without recursion: lists may be nested as
    deeply as XML allows."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, folders = waiting.pop()
        below = folders
        if _name(element) == "outline":
            stated = {name.lower(): value for name, value in element.attrib.items()}
            title = _line(stated.get("text") or stated.get("title") or "", _TITLE_LIMIT)
            if address := _address(stated.get("xmlurl", "")):
                yield ListedFeed(
                    url=address,
                    title=title,
                    site_url=storable(stated.get("htmlurl", "")).strip(),
                    tags=_tags(folders, stated.get("category", "")),
                )
            elif title:
                below = (*folders, title)
        waiting += [(child, below) for child in reversed(element)]


def _address(stated: str) -> str:
    """The address as a browser would take it: `feed:` means http, and so does no scheme at all."""
    address = _FEED_SCHEME.sub("", storable(stated).strip(), count=1).lstrip("/")
    return (
        address if not address or re.match(r"[A-Za-z][\w+.-]*:", address) else f"http://{address}"
    )


def _tags(folders: tuple[str, ...], category: str) -> tuple[str, ...]:
    """Folders first, then the feed's own categories: a list with commas, slashes between levels."""
    own = [_line(part, _TAG_LIMIT) for part in re.split(r"[,/]", category)]
    return tuple(dict.fromkeys(tag[:_TAG_LIMIT] for tag in (*folders, *own) if tag))


def _line(text: str, limit: int) -> str:
    return " ".join(storable(text).split())[:limit]


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
