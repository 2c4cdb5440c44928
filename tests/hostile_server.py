"""What the hostile suite's publishers serve: feeds and pages to build cases of, and healthy ones to
stand beside them.

Every publisher is a host name of its own on one `RudeServer`, which the command reaches as its
proxy.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from rude_server import Behaviour, RudeServer, page

HEALTHY_FEEDS = 50
HEALTHY_ENTRIES = 20

_SYLLABLES = (
    *("ba", "co", "du", "fe", "gri", "ho", "ka", "lu", "mar", "ne", "po", "qui", "ras", "so"),
    *("tel", "um", "ver", "wi", "xan", "yo", "zen"),
)


def prose(seed: object, sentences: int = 14) -> str:
    """An invented text in an invented language that shares no phrase with any other seed's."""
    rng = random.Random(f"{seed}")

    def word() -> str:
        return "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4)))

    lines = [" ".join(word() for _ in range(12)).capitalize() + "." for _ in range(sentences)]
    return " ".join(lines)


def html(body: str, head: str = "", attributes: str = 'lang="en"') -> bytes:
    document = f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>"
    return document.encode()


def article_html(seed: object, head: str = "", more: str = "") -> bytes:
    text = prose(seed)
    middle = text.index(". ", len(text) // 2) + 1
    return html(
        f"<article><h1>About {seed}</h1><p>{text[:middle]}</p>{more}<p>{text[middle:]}</p>"
        "</article>",
        f"<title>About {seed}</title>{head}",
    )


def web_page(body: bytes, *headers: str, content_type: str = "text/html") -> Behaviour:
    return page(body, 200, f"Content-Type: {content_type}", *headers)


def article(seed: object) -> Behaviour:
    """A proper article page."""
    return web_page(article_html(seed))


def rss(items: str, opening: str = '<?xml version="1.0"?>', site: str = "") -> str:
    """A feed. Without a site, relative links are relative to the feed's own address."""
    link = f"<link>{site}</link>" if site else ""
    return f'{opening}<rss version="2.0"><channel><title>News</title>{link}{items}</channel></rss>'


def listed(link: str, title: str = "Title", more: str = "") -> str:
    """One `<item>`. Without a link it has a guid instead."""
    where = f"<link>{link}</link>" if link else f"<guid isPermaLink='false'>{title}</guid>"
    return f"<item><title>{title}</title>{where}{more}</item>"


def feed(document: str | bytes, *headers: str, content_type: str = "text/xml") -> Behaviour:
    body = document.encode() if isinstance(document, str) else document
    return page(body, 200, f"Content-Type: {content_type}", *headers)


def healthy_host(number: int) -> str:
    return f"healthy{number}.example"


def healthy_urls() -> tuple[str, ...]:
    return tuple(f"http://{healthy_host(number)}/feed" for number in range(HEALTHY_FEEDS))


def healthy_pages() -> set[str]:
    return {
        f"http://{healthy_host(number)}/{entry}"
        for number in range(HEALTHY_FEEDS)
        for entry in range(HEALTHY_ENTRIES)
    }


def serve_healthy(server: RudeServer) -> None:
    """Fifty ordinary feeds, each of a publisher of its own, with ordinary pages."""
    day = datetime.now(UTC) - timedelta(days=1)
    for number in range(HEALTHY_FEEDS):
        host = healthy_host(number)
        items = "".join(
            listed(
                f"http://{host}/{entry}",
                f"About {host} {entry}",
                f"<pubDate>{day:%a, %d %b %Y %H:%M:%S} GMT</pubDate>",
            )
            for entry in range(HEALTHY_ENTRIES)
        )
        server.at(f"{host}/feed", feed(rss(items, site=f"http://{host}/"), f'ETag: "{number}"'))
        server.at(f"{host}/robots.txt", page(b"User-agent: *\nDisallow: /private/\n"))
        for entry in range(HEALTHY_ENTRIES):
            server.at(f"{host}/{entry}", article(f"{host} {entry}"))


def serve_case(server: RudeServer, host: str, routes: Mapping[str, Behaviour]) -> None:
    """One hostile publisher. What it lists under ``/a…`` are proper articles."""
    for number in range(4):
        server.at(f"{host}/a{number}", article(f"{host} {number}"))
    for path, behaviour in routes.items():
        server.at(host + path, behaviour)
