"""Where a site's feeds may be."""

from __future__ import annotations

import pytest

from ingest.feeds.discovery import linked_feeds, news_sitemaps, usual_places

SITE = "https://site.example/de/"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed.xml">', ["/feed.xml"]),
        ("<LINK REL='Alternate' TYPE='application/atom+xml; charset=utf-8' HREF=atom>",
         ["/de/atom"]),
        ('<link rel="alternate" type="application/feed+json" href="//cdn.example/f.json">',
         ["https://cdn.example/f.json"]),
        ('<link rel="feed" href="all">', ["/de/all"]),
        ('<base href="https://site.example/x/"><link rel="feed" href="all">', ["/x/all"]),
        ('<link rel="alternate" hreflang="en" href="/en/"><link rel="alternate" '
         'type="application/json" href="/wp-json/">', []),
        ('<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
         '<link rel="alternate" type="application/rss+xml" href="/feed/">'
         '<link rel="alternate" type="application/rss+xml" href="http://www.site.example/feed">',
         ["/feed/", "/comments/feed/"]),
        ('<a href="/rss/world">RSS</a><a href="/a/feedback">x</a><a href="/newsfeed-x">y</a>'
         '<a href="/?format=rss">z</a><a href="mailto:rss@site.example">m</a>',
         ["/rss/world", "/?format=rss"]),
        ("", []),
        ("<!-- <link rel=feed href=a> --><p>text", []),
        ('<link rel="feed" href="javascript:x"><a href="http://[::1/rss">x</a>', []),
    ],
)  # fmt: skip
def test_feeds_that_a_page_links(page: str, found: list[str]) -> None:
    wanted = [path if "://" in path else f"https://site.example{path}" for path in found]
    assert list(linked_feeds(page.encode(), SITE, "text/html")) == wanted


def test_links_are_bounded() -> None:
    page = "".join(f'<link rel="feed" href="/{number}">' for number in range(5000))
    assert len(linked_feeds(page.encode(), SITE, None)) == 20


def test_usual_places_are_at_the_sites_root() -> None:
    assert "https://site.example/feed/" in usual_places(SITE)


@pytest.mark.parametrize(
    ("robots", "found"),
    [
        ("User-agent: *\nSitemap: https://site.example/sitemap.xml\n"
         "sitemap: https://site.example/sitemap_news.xml # x", ["/sitemap_news.xml"]),
        ("Sitemap: /relative/news.xml", ["/relative/news.xml"]),
        ("", ["/news-sitemap.xml", "/sitemap-news.xml"]),
    ],
)  # fmt: skip
def test_news_sitemaps_are_those_that_robots_name_so(robots: str, found: list[str]) -> None:
    assert list(news_sitemaps(robots, SITE)) == [f"https://site.example{path}" for path in found]
