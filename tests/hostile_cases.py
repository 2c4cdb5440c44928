"""The hostile suite's tables: what each hostile publisher serves, and what is to be recorded of it.

Each case is one publisher with one feed at ``/feed``. What it expects is a subset of:

    outcome, http_status, says      polls.outcome, polls.http_status, part of polls.error
    entries                         how many entries its feed has
    settled                         (entries.status, entries.reason) and how often
    titles, summaries, published    of its entries, in the order of their addresses
    article                         columns of its one article
    body_has                        part of that article's body
    validators                      whether those of the answer were kept
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hostile_server import article_html, feed, html, listed, prose, rss, web_page
from rude_server import (
    Behaviour,
    drip,
    flood,
    gzip_bomb,
    hang,
    head,
    page,
    raw,
    redirect,
    reset,
)


@dataclass(frozen=True)
class Case:
    kind: str
    routes: Mapping[str, Behaviour]
    expects: Mapping[str, object]
    url: str | None = None
    """The feed's address, where it is not /feed on a host of the case's own."""


DONE = ("done", None)
TWO = listed("/a0", "first") + listed("/a1", "second")
TWO_DONE: dict[str, Any] = {"outcome": "new_entries", "entries": 2, "settled": {DONE: 2}}


# --- feed documents


def document(body: str | bytes, content_type: str = "text/xml", **expects: Any) -> Case:
    return Case("feed", {"/feed": feed(body, 'ETag: "1"', content_type=content_type)}, expects)


def not_a_feed(body: str | bytes) -> Case:
    return document(body, outcome="not_a_feed", entries=0, validators=False)


LAUGHS = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)
CUT = rss(TWO + listed("/a2", "third"))
CUT = CUT[: CUT.index("third")]
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(300_000))
MANY = "".join(listed("", f"number {n}") for n in range(2100))
LINKS_ELSEWHERE = {
    "javascript:alert(1)": "url_refused",
    "data:text/html,hello": "url_refused",
    "file:///etc/passwd": "url_refused",
    "ftp://127.0.0.1/a": "url_refused",
    "http://169.254.169.254/latest/meta-data/": "address_refused",
    "http://2852039166/": "address_refused",
    "http://[::1]/": "address_refused",
    "http://a0:22/": "url_refused",
}

FEEDS = {
    "entity bomb": document(
        rss(listed("/a0", "&l9;") + listed("/a1"), f"<!DOCTYPE rss [{LAUGHS}]>"), **TWO_DONE
    ),
    "entity that names a file": document(
        rss(listed("/a0", "&f;"), '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
        outcome="new_entries",
        titles=["&f;"],
    ),
    "document type from another server": document(
        rss(TWO, '<!DOCTYPE rss SYSTEM "http://169.254.169.254/rss.dtd">'), **TWO_DONE
    ),
    "300 KB of < in a title": document(
        rss(listed("/a0", "<" * 300_000) + listed("/a1", "second")), **TWO_DONE
    ),
    "3 MB of <": not_a_feed("<" * 3_000_000),
    "tags nested 20,000 deep": document(
        rss(listed("/a0", "T", f"<description>{'<a>' * 20_000}</description>") + listed("/a1")),
        **TWO_DONE,
    ),
    "nothing but opening tags": document(
        "<rss><channel>" + "<item>" * 300_000, outcome="broken_feed", entries=0
    ),
    "300,000 attributes": document(
        rss(f"<item {ATTRIBUTES}><link>/a0</link></item>" + listed("/a1")), **TWO_DONE
    ),
    "lone surrogate": document(rss(listed("/a0", "Dam&#xD800;")), titles=["Dam\ufffd"]),
    "reference beyond Unicode": document(
        rss(listed("/a0", "Dam&#99999999999;")), titles=["Dam\ufffd"]
    ),
    "one bad byte": document(
        rss(listed("/a0", "Über X") + listed("/a1", "b")).encode().replace(b" X", b" \xe9t\xe9"),
        titles=["Über été", "b"],
    ),
    "NUL bytes": document(rss(listed("/a0", "D\x00a\x00m")), titles=["Dam"]),
    "encoding punycode": document(
        rss(listed("/a0", "Über"), '<?xml version="1.0" encoding="punycode"?>'), titles=["Über"]
    ),
    "encoding UTF-7": document(
        rss(listed("/a0", "+ADw-b+AD4-"), '<?xml version="1.0" encoding="utf-7"?>'),
        titles=["+ADw-b+AD4-"],
    ),
    "UTF-16 that says UTF-8": document(
        rss(listed("/a0", "Über")).encode("utf-16"), "text/xml; charset=utf-8", titles=["Über"]
    ),
    "UTF-8 that says Latin-1": document(
        rss(listed("/a0", "Über")), "text/xml; charset=iso-8859-1", titles=["Über"]
    ),
    "undeclared entities": document(
        rss(listed("/a0", "Caf&eacute; &nbsp;R&D")), titles=["Café R&D"]
    ),
    "broken off after two entries": document(
        CUT, **{**TWO_DONE, "says": "broken off", "validators": False}
    ),
    "broken off in the first entry": document(
        CUT[: CUT.index("</item>")], outcome="broken_feed", entries=0, validators=False
    ),
    "a section left open": document(
        rss(listed("/a0", "<![CDATA[first") + listed("/a1", "second")),
        entries=2,
    ),
    "2,100 entries": document(
        rss(MANY),
        outcome="new_entries",
        entries=2000,
        settled={("rejected", "no_link"): 2000},
        says="more than 2000",
    ),
    "one page ten times": document(
        rss("".join(listed(f"/a0?utm_source={n}", f"T{n}") for n in range(10))),
        entries=1,
        titles=["T0"],
    ),
    "one guid for all": document(
        rss("".join(listed(f"/a{n}", f"T{n}", "<guid>x</guid>") for n in range(3))),
        entries=3,
        settled={DONE: 3},
    ),
    "links that lead elsewhere": document(
        rss(TWO + "".join(listed(link) for link in LINKS_ELSEWHERE)),
        outcome="new_entries",
        settled={DONE: 2, ("rejected", "url_refused"): 5, ("rejected", "address_refused"): 3},
    ),
    "a link of 9,000 characters": document(
        rss(listed("/" + "x" * 9000) + listed("/a0")),
        settled={("rejected", "no_link"): 1, DONE: 1},
    ),
    "HTML": not_a_feed(html("<p>We have moved.</p>")),
    "HTML that quotes a feed": not_a_feed(html("<pre><rss><item></item></rss></pre>")),
    "nothing": not_a_feed(b""),
    "10 MB of NUL": not_a_feed(bytes(10_000_000)),
    "a path": not_a_feed("/etc/passwd"),
    "another server's address": not_a_feed("http://169.254.169.254/feed.xml"),
    "JSON of something else": not_a_feed('{"error": "quota"}'),
    "JSON nested 100,000 deep": document(
        '{"items": ' + "[" * 100_000, outcome="broken_feed", entries=0
    ),
    "JSON with lone surrogates": document(
        '{"items": [{"id": "1", "title": "a\\ud800b", "url": "/a0"}, 5, null]}',
        outcome="new_entries",
        titles=["ab"],
    ),
    "gzip within": not_a_feed(gzip.compress(rss(TWO).encode())),
    "PDF": not_a_feed(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>> endobj"),
    "OPML": not_a_feed("<opml version='2.0'><body><outline xmlUrl='/feed'/></body></opml>"),
    "a warning from PHP first": document(
        "<br />\n<b>Warning</b>: include() failed in x.php\n" + rss(TWO), **TWO_DONE
    ),
    "an error from PHP last": document(rss(TWO) + "\nFatal error: out of memory", **TWO_DONE),
}


# --- HTTP


def answer(behaviour: Behaviour, outcome: str, **expects: Any) -> Case:
    return Case("HTTP", {"/feed": behaviour}, {"outcome": outcome, "entries": 0, **expects})


def read(behaviour: Behaviour, **routes: Behaviour) -> Case:
    others = {f"/{name}": route for name, route in routes.items()}
    return Case("HTTP", {"/feed": behaviour, **others}, TWO_DONE)


def robots(behaviour: Behaviour, outcome: str, **expects: Any) -> Case:
    routes = {"/robots.txt": behaviour, "/feed": feed(rss(TWO))}
    return Case("HTTP", routes, {"outcome": outcome, **expects})


CHUNKED = head(200, "Transfer-Encoding: chunked")
BOMB = gzip_bomb(100_000_000)
GOOD = rss(TWO).encode()
SQUEEZED = gzip.compress(GOOD)
GZIP = "Content-Encoding: gzip"
SOON = datetime.now(UTC) + timedelta(hours=2)

HTTP = {
    "no answer": answer(hang, "deadline", http_status=None),
    "status line that drips": answer(drip(b"HTTP/1.1 200 ", b"O"), "deadline"),
    "header that drips": answer(drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"), "deadline"),
    "headers that drip": answer(drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.2), "deadline"),
    "1xx without end, dripping": answer(
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05), "protocol", says="interim"
    ),
    "1xx that drips": answer(drip(b"HTTP/1.1 10", b"0"), "deadline"),
    "1xx now and then": answer(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 4.0), "deadline"),
    "body that drips": answer(drip(head(200, "Content-Length: 99999")), "deadline"),
    "body that drips without length": answer(drip(head(200)), "deadline"),
    "chunks that drip": answer(drip(CHUNKED, b"1\r\nx\r\n"), "deadline"),
    "body without end": answer(flood(head(200), bytes(65536)), "too_large"),
    "chunks without end": answer(
        flood(CHUNKED, b"8000\r\n" + bytes(0x8000) + b"\r\n"), "too_large"
    ),
    "header without end": answer(flood(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 5000), "protocol"),
    "1xx without end": answer(flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "protocol"),
    "100 GB promised": answer(drip(head(200, "Content-Length: 99999999999"), b""), "too_large"),
    "gzip bomb": answer(page(BOMB, 200, GZIP), "too_large"),
    "bomb in a bomb": answer(
        page(gzip.compress(BOMB), 200, "Content-Encoding: gzip, gzip"), "too_large"
    ),
    "bomb on a redirect": read(
        raw(head(302, "Location: /moved", GZIP) + BOMB), moved=feed(rss(TWO))
    ),
    "bomb on an error": answer(page(BOMB, 500, GZIP), "http_5xx", http_status=500),
    "gzip cut short": answer(page(SQUEEZED[:-9], 200, GZIP), "body_broken"),
    "gzip cut short without length": answer(raw(head(200, GZIP) + SQUEEZED[:-9]), "body_broken"),
    "gzip that is none": answer(page(GOOD, 200, GZIP), "body_broken"),
    "brotli that nobody asked for": answer(
        page(b"\x0b\x02\x80", 200, "Content-Encoding: br"), "body_broken"
    ),
    "half of the promised body": answer(
        raw(head(200, f"Content-Length: {2 * len(GOOD)}") + GOOD), "body_broken"
    ),
    "chunks cut short": answer(raw(CHUNKED + b"%x\r\n" % len(GOOD) + GOOD), "body_broken"),
    "two lengths": answer(
        raw(head(200, "Content-Length: 2", "Content-Length: 3") + b"abc"), "protocol"
    ),
    "SSH": answer(raw(b"SSH-2.0-OpenSSH_9.9\r\n"), "protocol"),
    "headers cut short": answer(raw(b"HTTP/1.1 200 OK\r\nContent-Type: te"), "protocol"),
    "closed at once": answer(raw(b""), "connect"),
    "reset": answer(reset, "connect"),
    "304 that nobody asked for": answer(raw(head(304)), "protocol"),
    "204": answer(raw(head(204)), "http_status", http_status=204),
    "404": answer(page(b"no", 404), "http_4xx", http_status=404),
    "403": answer(page(b"no", 403), "http_4xx", http_status=403, says="key"),
    "410": answer(page(b"no", 410), "gone", http_status=410),
    "500": answer(page(b"no", 500), "http_5xx", http_status=500),
    "429 for an hour": answer(
        page(b"", 429, "Retry-After: 3600"), "throttled", http_status=429, waits=3600
    ),
    "503 until a date": answer(
        page(b"", 503, f"Retry-After: {SOON:%a, %d %b %Y %H:%M:%S} GMT"), "throttled", waits=7000
    ),
    "429 with garbage": answer(page(b"", 429, "Retry-After: soon"), "throttled"),
    "429 for ten years": answer(
        page(b"", 429, "Retry-After: 315360000"), "throttled", waits_at_most=24 * 3600
    ),
    "redirect to itself": answer(redirect("/feed"), "redirect"),
    "redirects without end": Case(
        "HTTP",
        {"/feed": redirect("/1"), **{f"/{n}": redirect(f"/{n + 1}") for n in range(1, 9)}},
        {"outcome": "redirect"},
    ),
    "redirect to nowhere": answer(page(b"", 302), "redirect"),
    "redirect to a file": answer(redirect("file:///etc/passwd"), "url_refused"),
    "redirect to data": answer(redirect("data:text/xml,<rss/>"), "url_refused"),
    "redirect to a port": answer(redirect("http://example.org:6379/"), "url_refused"),
    "redirect to the metadata": answer(
        redirect("http://169.254.169.254/latest/meta-data/"), "address_refused"
    ),
    "redirect to the metadata, octal": answer(
        redirect("http://0251.0376.0251.0376/"), "address_refused"
    ),
    "robots.txt forbids": robots(
        page(b"User-agent: *\nDisallow: /"), "robots_disallowed", paths=["/robots.txt"]
    ),
    "robots.txt fails": robots(page(b"", 500), "robots_unavailable", paths=["/robots.txt"]),
    "robots.txt hangs": robots(hang, "deadline", paths=["/robots.txt"]),
    "robots.txt of 20 MB": robots(
        page(b"User-agent: x\nDisallow: /x\n" * 700_000), "new_entries", entries=2
    ),
    "robots.txt redirects without end": robots(redirect("/robots.txt"), "new_entries", entries=2),
    "robots.txt that is HTML": robots(web_page(html("<p>Not found</p>")), "new_entries", entries=2),
    "robots.txt leads to the metadata": robots(
        redirect("http://169.254.169.254/"), "robots_unavailable"
    ),
    "robots.txt forbids a page": Case(
        "HTTP",
        {
            "/robots.txt": page(b"User-agent: *\nDisallow: /private/"),
            "/feed": feed(rss(listed("/private/1") + listed("/a0"))),
        },
        {
            "settled": {("rejected", "robots_disallowed"): 1, DONE: 1},
            "paths": ["/a0", "/feed", "/robots.txt"],
        },
    ),
}


# --- pages


def story(behaviour: Behaviour, status: str, reason: str | None, **expects: Any) -> Case:
    """A feed that lists one page."""
    routes = {"/feed": feed(rss(listed("/page", "Title of the feed"))), "/page": behaviour}
    settled = {(status, reason): 1}
    return Case("page", routes, {"outcome": "new_entries", "settled": settled, **expects})


def markup(body: bytes, content_type: str = "text/html", **expects: Any) -> Case:
    """A page that becomes an article."""
    return story(web_page(body, content_type=content_type), "done", None, **expects)


TEXT = article_html("a page")
PAGES = {
    "PDF as HTML": story(web_page(b"%PDF-1.7\n1 0 obj"), "rejected", "not_html"),
    "a video": story(web_page(bytes(9000), content_type="video/mp4"), "rejected", "not_html"),
    "a picture": story(
        web_page(b"\x89PNG\r\n\x1a\n" + bytes(900), content_type="image/png"),
        "rejected",
        "not_html",
    ),
    "an empty page": story(web_page(b""), "rejected", "no_text"),
    "a page of NUL": story(web_page(bytes(1_000_000)), "rejected", "no_text"),
    "a page of <": story(web_page(b"<" * 200_000), "rejected", "no_text"),
    "nothing but scripts": story(
        web_page(html("<script>render()</script>" * 50)), "rejected", "no_text"
    ),
    "300,000 attributes": story(
        web_page(html(f"<p {ATTRIBUTES}>x</p>")),
        "rejected",
        "parse_deadline",
    ),
    "400,000 paragraphs": story(web_page(html("<p>x</p>" * 400_000)), "rejected", "parse_crashed"),
    "404": story(page(b"no", 404), "pending", "http_4xx"),
    "410": story(page(b"no", 410), "rejected", "gone"),
    "500": story(page(b"no", 500), "pending", "http_5xx"),
    "no answer": story(hang, "pending", "deadline"),
    "a page that drips": story(drip(head(200)), "pending", "deadline"),
    "a page without end": story(flood(head(200), bytes(65536)), "pending", "too_large"),
    "a bomb": story(page(BOMB, 200, GZIP), "pending", "too_large"),
    "gzip cut short": story(page(gzip.compress(TEXT)[:-9], 200, GZIP), "pending", "body_broken"),
    "closed at once": story(raw(b""), "pending", "connect"),
    "redirect to the metadata": story(
        redirect("http://169.254.169.254/"), "rejected", "address_refused"
    ),
    "redirect to javascript": story(redirect("javascript:alert(1)"), "rejected", "url_refused"),
    "redirect in a circle": story(redirect("/page"), "pending", "redirect"),
    "UTF-8 that says Latin-1": markup(
        article_html("Überfall", "<meta charset='iso-8859-1'>"),
        article={"title": "About Überfall", "content_status": "full"},
    ),
    "an encoding that does not exist": markup(
        TEXT, "text/html; charset=klingon", article={"title": "About a page"}
    ),
    "encoding punycode": markup(
        article_html("Über", "<meta charset='punycode'>"), article={"title": "About Über"}
    ),
    "controls and non-characters": markup(
        article_html("a\x00 p\x1bag\x07e", more="<p>&#0;&#1;&#xFFFE;\ud7ff</p>"),
        article={"title": "About a page", "content_status": "full"},
    ),
    "divisions nested 20,000 deep": markup(
        article_html("depth", more="<div>" * 20_000), body_has=prose("depth")[:60]
    ),
    "tags that never end": markup(
        TEXT.replace(b"</p>", b"").replace(b"</article>", b"<p <p <p"),
        article={"content_status": "full"},
    ),
    "metadata that lies in form": markup(
        article_html(
            "metadata",
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": [[1], {}],'
            ' "author": {"name": 5}, "datePublished": [], "image": 7}</script>'
            '<script type="application/ld+json">' + "[" * 50_000 + "</script>"
            '<meta property="article:published_time" content="yesterday">',
        ),
        article={"title": "About metadata", "authors": [], "published_at": None},
    ),
    "canonical that is a script": markup(
        article_html("canon", '<link rel="canonical" href="javascript:alert(1)">'),
        article={"declared_canonical_url": None},
    ),
    "canonical that is another's front page": markup(
        article_html("crown", '<link rel="canonical" href="http://healthy0.example/">'),
        article={"canonical_url": "http://{host}/page"},
    ),
    "title of a megabyte": markup(
        html(f"<article><p>{prose('long')}</p></article>", f"<title>{'x' * 1_000_000}</title>"),
        article={"title": "x" * 500},
    ),
    "text shown the other way round": markup(
        article_html("safe\u202egnp\u200b.exe"), article={"title": "About safegnp.exe"}
    ),
}


# --- text


def text(title: str, expected: str, summary: str = "", short: str = "") -> Case:
    more = f"<description>{summary}</description>" if summary else ""
    return Case(
        "text",
        {"/feed": feed(rss(listed("/a0", title, more)))},
        {"outcome": "new_entries", "titles": [expected], "summaries": [short]},
    )


TEXTS = {
    "tags": text("&lt;b&gt;Dam&lt;/b&gt; &lt;script&gt;x()&lt;/script&gt;open", "Dam open"),
    "tags escaped twice": text("&amp;lt;b&amp;gt;Dam&amp;lt;/b&amp;gt;", "Dam"),
    "a tag in CDATA": text("<![CDATA[<img src=x onerror=alert(1)>Dam]]>", "Dam"),
    "comparison, not a tag": text("3 &lt; 4 and 5 &gt; 4", "3 < 4 and 5 > 4"),
    "controls": text("D\x0ba\x1bm&#7;&#27;[31m", "Dam[31m"),
    "bidirectional override": text("safe\u202egnp.exe", "safegnp.exe"),
    "zero width": text("D\u200ba\u2060m\ufeff", "Dam"),
    "line breaks": text("Dam\n\n  is\topen\u2028now", "Dam is open now"),
    "combining marks piled up": text("e" + "\u0301" * 5000, "\u00e9" + "\u0301" * 7),
    "emoji as two halves": text("&#xD83D;&#xDE00;", "\U0001f600"),
    "a title of 100,000 words": text("word " * 100_000, ("word " * 200).strip()),
    "a style of a megabyte": text(
        "Dam", "Dam", f'&lt;p style="{"a:b;" * 250_000}"&gt;open&lt;/p&gt;', ""
    ),
    "a tag cut off": text("Dam", "Dam", 'open &lt;a href="http://x', "open"),
    "SQL": text("'); DROP TABLE entries; --", "'); DROP TABLE entries; --"),
    "a formula": text("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
}


# --- times


def dated(written: str, at: str | None, precision: str | None, reason: str | None = None) -> Case:
    return Case(
        "time",
        {"/feed": feed(rss(listed("/a0", "T", f"<pubDate>{written}</pubDate>")))},
        {
            "outcome": "new_entries",
            "settled": {("done", reason): 1},
            "published": [datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None],
            "raw_times": [written],
            "article": {"published_precision": precision},
        },
    )


TIMES = {
    "summer time, which is not UTC": dated(
        "Mon, 16 Oct 2023 12:00:01 CEST", "2023-10-16T10:00:01", "second"
    ),
    "a zone with three owners": dated(
        "Mon, 16 Oct 2023 12:00:01 IST", None, None, "date_unknown_zone"
    ),
    "a zone that does not exist": dated(
        "Mon, 16 Oct 2023 12:00:01 XYZ", None, None, "date_unknown_zone"
    ),
    "only a day": dated("2023-10-16", "2023-10-16T00:00:00", "day"),
    "midnight": dated("Mon, 16 Oct 2023 00:00:00 +0200", "2023-10-16T00:00:00", "day"),
    "no seconds": dated("16 Oct 2023 12:01 GMT", "2023-10-16T12:01:00", "minute"),
    "a leap second": dated("31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59", "second"),
    "year 2099": dated("Fri, 16 Oct 2099 12:00:01 GMT", None, None, "date_future"),
    "year 1970": dated("Thu, 01 Jan 1970 00:00:00 GMT", None, None, "date_too_old"),
    "year 30000": dated("16 Oct 30000 12:00:01 GMT", None, None, "date_unreadable"),
    "31 February": dated("31 Feb 2023 12:00:01 GMT", None, None, "date_unreadable"),
    "two days on two continents": dated("03/04/2024 10:00:01", None, None, "date_unreadable"),
    "digits without end": dated("1" * 90, None, None, "date_unreadable"),
    "nonsense": dated("yesterday, perhaps", None, None, "date_unreadable"),
}


# --- addresses, for a run without a proxy: `{port}` is the server's

NAMES = {
    "inner.test": ["10.1.2.3"],
    "metadata.test": ["169.254.169.254"],
    "mixed.test": ["127.0.0.1", "10.1.2.3"],
    "mapped.test": ["::ffff:10.1.2.3"],
    "nat64.test": ["64:ff9b::a01:203"],
    "unique-local.test": ["fd00::1"],
    "shared.test": ["100.64.0.1"],
    "multicast.test": ["224.0.0.1"],
    "neighbour.test": ["127.0.0.2"],
    "good.test": ["127.0.0.1"],
}
"""What a hostile name server says."""


def led_to(url: str, outcome: str = "address_refused") -> Case:
    return Case("address", {}, {"outcome": outcome, "entries": 0}, url)


ADDRESSES = {
    "loopback's neighbour": led_to("http://127.0.0.2:{port}/feed"),
    "loopback in decimal": led_to("http://2130706434:{port}/feed"),
    "loopback in hex": led_to("http://0x7f000002:{port}/feed"),
    "loopback in octal": led_to("http://0177.0.0.02:{port}/feed"),
    "loopback in short": led_to("http://127.2:{port}/feed"),
    "loopback in full width": led_to("http://１２７.０.０.２:{port}/feed"),
    "loopback mapped": led_to("http://[::ffff:127.0.0.2]:{port}/feed"),
    "loopback of IPv6": led_to("http://[::1]:{port}/feed"),
    "any address": led_to("http://0.0.0.0:{port}/feed"),
    "metadata": led_to("http://169.254.169.254/latest/meta-data/"),
    "metadata behind a user": led_to("http://127.0.0.1@169.254.169.254/x"),
    "metadata behind a backslash": led_to("http://169.254.169.254\\@127.0.0.1:{port}/feed"),
    "metadata through 6to4": led_to("http://[2002:a9fe:a9fe::1]/"),
    "a private network": led_to("http://192.168.1.1/feed"),
    "another port": led_to("http://127.0.0.1:22/feed", "url_refused"),
    "a file": led_to("file:///etc/passwd", "url_refused"),
    "another protocol": led_to("gopher://127.0.0.1:{port}/feed", "url_refused"),
    "a name for a private address": led_to("http://inner.test:{port}/feed"),
    "a name for the metadata": led_to("http://metadata.test/feed"),
    "a name with one private address": led_to("http://mixed.test:{port}/feed"),
    "a name for a mapped address": led_to("http://mapped.test:{port}/feed"),
    "a name for a NAT64 address": led_to("http://nat64.test:{port}/feed"),
    "a name for a unique-local address": led_to("http://unique-local.test:{port}/feed"),
    "a name for a shared address": led_to("http://shared.test:{port}/feed"),
    "a name for a group": led_to("http://multicast.test:{port}/feed"),
    "a name for loopback's neighbour": led_to("http://neighbour.test:{port}/feed"),
    "a name for nothing": led_to("http://nobody.test:{port}/feed", "dns"),
    "a redirect to a private name": Case(
        "address",
        {"good.test/to-inner": redirect("http://inner.test/")},
        {"outcome": "address_refused"},
        "http://good.test:{port}/to-inner",
    ),
    "a redirect to the metadata": Case(
        "address",
        {"good.test/to-metadata": redirect("http://[::ffff:a9fe:a9fe]/latest/")},
        {"outcome": "address_refused"},
        "http://good.test:{port}/to-metadata",
    ),
    "pages at private addresses": Case(
        "address",
        {
            "good.test/list": feed(
                rss(
                    listed("/a0")
                    + listed("http://inner.test/1")
                    + listed("http://10.0.0.1/1")
                    + listed("http://127.0.0.3/1")
                )
            )
        },
        {
            "outcome": "new_entries",
            "settled": {DONE: 1, ("rejected", "address_refused"): 3},
        },
        "http://good.test:{port}/list",
    ),
}

TOGETHER: dict[str, Case] = {
    f"{case.kind}: {name}": case
    for table in (FEEDS, HTTP, PAGES, TEXTS, TIMES)
    for name, case in table.items()
}
"""All that is polled in one run, through a proxy."""
