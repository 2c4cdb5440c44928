"""Feeds as they are: every format, every gap, every kind of damage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from ingest.errors import BrokenFeed, NotAFeed, ParseError
from ingest.feeds.fields import MAX_TAGS, author_names
from ingest.feeds.parse import MAX_ENTRIES, parse_feed
from ingest.types import FeedEntry, ParsedFeed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://feeds.example.net/all/news.xml"


def parse(body: bytes | str, content_type: str | None = None) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, url=URL, content_type=content_type, now=NOW)


def rss(items: str, channel: str = "<link>https://example.com/</link>") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>News</title>{channel}{items}</channel></rss>"
    )


def atom(entries: str, attributes: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>News</title>'
        f'<link href="https://example.com/"/>{entries}</feed>'
    )


def only(feed: ParsedFeed) -> FeedEntry:
    (entry,) = feed.entries
    return entry


RSS_20 = rss(
    """<item>
      <title>Dam &amp; bridge &lt;b&gt;closed&lt;/b&gt;</title>
      <link>https://example.com/dam?utm_source=rss</link>
      <guid isPermaLink="false">tag-7</guid>
      <description>&lt;p&gt;The dam is closed.&lt;/p&gt;</description>
      <content:encoded><![CDATA[<p>The dam is closed, and so is the bridge.</p>]]></content:encoded>
      <dc:creator>By Jane Doe and Rob Roe</dc:creator>
      <category>Water</category><category>Bridges</category>
      <pubDate>Tue, 05 Mar 2024 10:11:12 +0100</pubDate>
    </item>""",
    "<link>https://example.com/</link><language>en_GB</language>",
)


def test_rss_20_fields() -> None:
    feed = parse(RSS_20)
    assert (feed.format, feed.title, feed.site_url, feed.language) == (
        "rss", "News", "https://example.com/", "en-GB",
    )  # fmt: skip
    assert not feed.partial
    assert not feed.overlong
    assert only(feed) == FeedEntry(
        guid="tag-7",
        url="https://example.com/dam?utm_source=rss",
        title="Dam & bridge closed",
        summary="The dam is closed.",
        authors=("Jane Doe", "Rob Roe"),
        published_at=datetime(2024, 3, 5, 9, 11, 12, tzinfo=UTC),
        published_precision="second",
        published_raw="Tue, 05 Mar 2024 10:11:12 +0100",
        tags=("Water", "Bridges"),
        content_html="<p>The dam is closed, and so is the bridge.</p>",
    )


ITEM = "<item><title>Dam</title><link>https://example.com/dam</link></item>"
FORMATS = {
    "RSS without version": ("rss", f"<rss><channel>{ITEM}</channel></rss>"),
    "RSS 0.91": ("rss", f'<rss version="0.91"><channel>{ITEM}</channel></rss>'),
    "RSS 0.91 of Netscape": (
        "rss",
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
        f'<rss version="0.91"><channel>{ITEM}</channel></rss>',
    ),
    "RSS 0.92": ("rss", f'<rss version="0.92"><channel>{ITEM}</channel></rss>'),
    "RSS 0.90": (
        "rdf",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel/>{ITEM}</rdf:RDF>',
    ),
    "RSS 1.0": (
        "rdf",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://purl.org/rss/1.0/"><channel/>{ITEM}</rdf:RDF>',
    ),
    "RSS 1.0 linked by rdf:about": (
        "rdf",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/"><item rdf:about="https://example.com/dam">'
        "<title>Dam</title></item></rdf:RDF>",
    ),
    "Atom 1.0": (
        "atom",
        atom('<entry><title>Dam</title><link href="https://example.com/dam"/></entry>'),
    ),
    "Atom 0.3": (
        "atom",
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Dam</title>'
        '<link rel="alternate" type="text/html" href="https://example.com/dam"/></entry></feed>',
    ),
    "JSON Feed": (
        "json",
        '{"version": "https://jsonfeed.org/version/1.1", "title": "News",'
        ' "items": [{"id": "1", "title": "Dam", "url": "https://example.com/dam"}]}',
    ),
    "news sitemap": (
        "sitemap",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        "<loc>https://example.com/dam</loc><news:news><news:title>Dam</news:title></news:news>"
        "</url></urlset>",
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_known_by_its_bytes(name: str) -> None:
    format_, document = FORMATS[name]
    # The content type is often wrong, and never decides.
    feed = parse(document, "text/html")
    assert feed.format == format_
    assert (only(feed).title, only(feed).url) == ("Dam", "https://example.com/dam")


LINKS = {
    "relative in RSS, to the site": (
        rss("<item><link>/dam</link></item>"),
        "https://example.com/dam",
    ),
    "relative in RSS without site, to the feed": (
        rss("<item><link>/dam</link></item>", ""),
        "https://feeds.example.net/dam",
    ),
    "relative in Atom, to the feed": (
        atom('<entry><link href="dam"/></entry>'),
        "https://feeds.example.net/all/dam",
    ),
    "relative to xml:base": (
        atom('<entry><link href="dam"/></entry>', 'xml:base="https://example.org/x/"'),
        "https://example.org/x/dam",
    ),
    "alternate before others": (
        atom(
            '<entry><link rel="self" href="https://example.com/1.atom"/>'
            '<link rel="alternate" href="https://example.com/dam"/>'
            '<link rel="related" href="https://example.com/2"/></entry>'
        ),
        "https://example.com/dam",
    ),
    "pages before PDFs": (
        atom(
            '<entry><link rel="alternate" type="application/pdf" href="https://example.com/a.pdf"/>'
            '<link rel="alternate" type="text/html" href="https://example.com/dam"/></entry>'
        ),
        "https://example.com/dam",
    ),
    "FeedBurner's original": (
        rss(
            "<item><link>https://feedproxy.example/1</link>"
            "<feedburner:origLink>https://example.com/dam</feedburner:origLink></item>"
        ),
        "https://example.com/dam",
    ),
    "permalink guid": (
        rss("<item><guid>https://example.com/dam</guid></item>"),
        "https://example.com/dam",
    ),
    "guid that says it is none": (
        rss('<item><title>x</title><guid isPermaLink="false">https://example.com/d</guid></item>'),
        None,
    ),
    "guid that is no address": (rss("<item><title>x</title><guid>1234</guid></item>"), None),
    "Atom id that is no address": (atom("<entry><id>urn:uuid:1</id></entry>"), None),
    "enclosure only": (
        rss('<item><title>x</title><enclosure url="https://example.com/a.mp3"/></item>'),
        None,
    ),
    "another scheme, for its refusal": (
        rss("<item><link>javascript:alert(1)</link></item>"),
        "javascript:alert(1)",
    ),
    "ampersands escaped, or not, or in CDATA": (
        rss("<item><link>https://example.com/?a=1&amp;b=2&copy=3</link></item>"),
        "https://example.com/?a=1&b=2&copy=3",
    ),
    "blanks around": (
        rss("<item><link>\n  https://example.com/dam\n</link></item>"),
        "https://example.com/dam",
    ),
}


@pytest.mark.parametrize("name", LINKS)
def test_links(name: str) -> None:
    document, url = LINKS[name]
    assert only(parse(document)).url == url


def test_entries_with_nothing_but_a_title_are_kept() -> None:
    entry = only(parse(rss("<item><title>Dam</title></item>")))
    assert (entry.guid, entry.url, entry.published_at, entry.title) == (None, None, None, "Dam")


def test_a_missing_title_is_empty_text() -> None:
    assert only(parse(rss("<item><link>https://example.com/1</link></item>"))).title == ""


def test_guids_that_entries_share_count_as_none() -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>https://example.com/{number}</link>"
        "</item>"
        for number, guid in enumerate(["same", "own", "same"])
    )
    assert [entry.guid for entry in parse(rss(items)).entries] == [None, "own", None]


def test_entries_for_one_page_are_one_entry() -> None:
    items = (
        "<item><title>first</title><link>https://example.com/1?utm_source=a</link></item>"
        "<item><title>again</title><link>http://www.example.com/1#x</link></item>"
        "<item><title>no link</title><guid isPermaLink='false'>g</guid></item>"
        "<item><title>no link</title><guid isPermaLink='false'>g</guid></item>"
        "<item><title>other</title><guid isPermaLink='false'>g</guid></item>"
    )
    entries = parse(rss(items)).entries
    assert [entry.title for entry in entries] == ["first", "no link", "other"]


DATES = {
    "zone that feedparser takes for UTC": (
        rss("<item><pubDate>Mon, 16 Oct 2023 12:00:01 CEST</pubDate></item>"),
        datetime(2023, 10, 16, 10, 0, 1, tzinfo=UTC),
    ),
    "ambiguous zone": (
        rss("<item><pubDate>Mon, 16 Oct 2023 12:00:01 IST</pubDate></item>"),
        None,
    ),
    "dc:date": (
        rss("<item><dc:date>2023-10-16T12:00:01Z</dc:date></item>"),
        datetime(2023, 10, 16, 12, 0, 1, tzinfo=UTC),
    ),
    "published before updated": (
        atom(
            "<entry><updated>2024-01-01T01:01:01Z</updated>"
            "<published>2023-10-16T12:00:01Z</published></entry>"
        ),
        datetime(2023, 10, 16, 12, 0, 1, tzinfo=UTC),
    ),
    "only updated": (
        atom("<entry><updated>2023-10-16T12:00:01Z</updated></entry>"),
        datetime(2023, 10, 16, 12, 0, 1, tzinfo=UTC),
    ),
    "in the future": (rss("<item><pubDate>01 Jan 2030 10:00:00 GMT</pubDate></item>"), None),
}


@pytest.mark.parametrize("name", DATES)
def test_dates(name: str) -> None:
    document, at = DATES[name]
    entry = only(parse(document))
    assert entry.published_at == at
    assert entry.published_raw


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Jane Doe"], ("Jane Doe",)),
        (["By Jane Doe"], ("Jane Doe",)),
        (["jane@example.com (Jane Doe)"], ("Jane Doe",)),
        (["Jane Doe <jane@example.com>"], ("Jane Doe",)),
        (["jane@example.com"], ()),
        (["Jane Doe, Rob Roe and Ann Poe"], ("Jane Doe", "Rob Roe", "Ann Poe")),
        (["Jane Doe; Roe"], ("Jane Doe", "Roe")),
        (["Doe, Jane"], ("Doe, Jane",)),
        (["Marks and Spencer"], ("Marks and Spencer",)),
        (["José Ortega y Gasset"], ("José Ortega y Gasset",)),
        (["Jane Doe", "Jane Doe", ""], ("Jane Doe",)),
        (["https://example.com/jane"], ()),
        (["<a href='x'>Jane &amp; Co</a>"], ("Jane & Co",)),
    ],
)
def test_author_names(texts: list[str], names: tuple[str, ...]) -> None:
    assert author_names(texts) == names


def test_atom_authors_are_names() -> None:
    author = "<author><name>Jane Doe</name><email>jane@example.com</email></author>"
    assert only(parse(atom(f"<entry>{author}</entry>"))).authors == ("Jane Doe",)


def test_tags_are_bounded_and_distinct() -> None:
    tags = "".join(f"<category>t{number}</category>" * 2 for number in range(100))
    assert only(parse(rss(f"<item>{tags}</item>"))).tags == tuple(f"t{n}" for n in range(MAX_TAGS))


def test_content_is_html_only_and_bounded() -> None:
    html = '<entry><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry>'
    xhtml = (
        '<entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>'
        "</content></entry>"
    )
    assert only(parse(atom(html))).content_html == "<p>x</p>"
    assert only(parse(atom(xhtml))).content_html == "<p>x</p>"
    plain = only(parse(atom("<entry><content>just text</content></entry>")))
    assert (plain.content_html, plain.summary) == (None, "just text")
    long = f"<item><content:encoded><![CDATA[{'<p>word</p>' * 50_000}]]></content:encoded></item>"
    assert len(only(parse(rss(long))).content_html or "") == 200_000


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(rss("")).entries == ()
    assert parse(atom("")).entries == ()
    assert parse('{"version": "https://jsonfeed.org/version/1", "items": []}').entries == ()


NOT_FEEDS = {
    "nothing": b"",
    "blanks": b" \n\x00",
    "HTML": b"<!DOCTYPE html><html><head><title>404</title></head><body>Gone</body></html>",
    "a fragment of HTML": b"<div><p>no feed</p></div>",
    "HTML quoting a feed": b"<html><body><pre><rss><item></item></rss></pre></body></html>",
    "OPML": b"<opml version='2.0'><body><outline xmlUrl='https://example.com/f'/></body></opml>",
    "other XML": b"<?xml version='1.0'?><catalog><entry>x</entry></catalog>",
    "plain text": b"Service unavailable",
    "a path, which is not opened": b"/etc/passwd",
    "a URL, which is not fetched": b"http://127.0.0.1:9/feed.xml",
    "other JSON": b'{"error": "not found"}',
    "damaged JSON": b'{"error": ',
    "a list": b"[1, 2]",
    "a sitemap index": b"<sitemapindex><sitemap><loc>https://example.com/s</loc></sitemap>"
    b"</sitemapindex>",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "an image": b"\x89PNG\r\n\x1a\n\x00\x00<\x00",
}


@pytest.mark.parametrize("name", NOT_FEEDS)
def test_what_is_not_a_feed_says_so(name: str) -> None:
    with pytest.raises(NotAFeed) as caught:
        parse(NOT_FEEDS[name])
    assert caught.value.url == URL


THREE = rss("".join(f"<item><link>https://example.com/{n}</link></item>" for n in range(3)))


@pytest.mark.parametrize("cut", [len(THREE) - 8, THREE.rindex("</link>") + 3, len(THREE) - 30])
def test_a_truncated_feed_keeps_its_complete_entries(cut: int) -> None:
    feed = parse(THREE[:cut])
    complete = THREE[:cut].count("</item>")
    assert feed.partial
    assert [entry.url for entry in feed.entries] == [
        f"https://example.com/{number}" for number in range(complete)
    ]


def test_every_truncation_gives_complete_entries_or_a_named_outcome() -> None:
    known = {entry.url for entry in parse(THREE).entries}
    counts = []
    for cut in range(len(THREE)):
        try:
            feed = parse(THREE[:cut])
        except ParseError:
            continue
        assert {entry.url for entry in feed.entries} <= known
        assert feed.partial or len(feed.entries) == 3
        counts.append(len(feed.entries))
    assert all(earlier <= later for earlier, later in pairwise(counts))
    assert counts[-1] == 3


def test_a_feed_cut_inside_its_first_entry_is_broken() -> None:
    with pytest.raises(BrokenFeed):
        parse(THREE[: THREE.index("</item>")])


def test_truncated_and_damaged_at_once() -> None:
    damaged = THREE.replace("<link>https://example.com/0", "<x><link>https://example.com/0")
    feed = parse(damaged[: damaged.rindex("</link>")])
    assert feed.partial
    assert len(feed.entries) == 2


@pytest.mark.parametrize("opening", ["<![CDATA[", "<!--"])
@pytest.mark.parametrize("missing", [0, 12])
def test_a_section_left_open_hides_no_later_entry(opening: str, missing: int) -> None:
    damaged = THREE.replace("<link>https://example.com/1", f"{opening}<link>https://example.com/1")
    feed = parse(damaged[: len(damaged) - missing])
    assert "https://example.com/2" in {entry.url for entry in feed.entries}


def test_a_truncated_json_feed_keeps_its_complete_items() -> None:
    document = json.dumps({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "items": [{"id": str(n), "url": f"https://example.com/{n}"} for n in range(3)],
    })  # fmt: skip
    feed = parse(document[: document.rindex('"url"')])
    assert (feed.partial, feed.title, len(feed.entries)) == (True, "News", 2)
    with pytest.raises(BrokenFeed):
        parse(document[: document.index('"url"')])


@pytest.mark.parametrize("count", [MAX_ENTRIES, MAX_ENTRIES + 1])
def test_the_first_2000_entries_are_taken(count: int) -> None:
    items = "".join(f"<item><link>https://example.com/{n}</link></item>" for n in range(count))
    feed = parse(rss(items))
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.overlong == (count > MAX_ENTRIES)
    assert not feed.partial


DAMAGE = {
    "lone surrogate": ("Dam&#xD800;", "Dam\ufffd"),
    "surrogate halves of one emoji": ("&#xD83D;&#xDE00;", "\U0001f600"),
    "reference beyond Unicode": ("Dam&#99999999999;", "Dam\ufffd"),
    "reference of 10,000 digits": (f"Dam&#{'9' * 10_000};", "Dam\ufffd"),
    "undeclared HTML entity": ("Caf&eacute;&nbsp;bar", "Café bar"),
    "bare ampersand": ("R&D & more", "R&D & more"),
    "control characters": ("D\x00a\x0bm\x1b", "Dam"),
    "unclosed tag": ("<b>Dam", "Dam"),
    "openings without end": ("<" * 5000, "<"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_in_one_title_costs_no_entry(name: str) -> None:
    raw, title = DAMAGE[name]
    items = (
        f"<item><title>{raw}</title><link>https://example.com/1</link></item>"
        "<item><title>good</title><link>https://example.com/2</link></item>"
    )
    feed = parse(rss(items))
    assert [entry.url for entry in feed.entries] == [
        "https://example.com/1",
        "https://example.com/2",
    ]
    assert (feed.entries[0].title, feed.entries[1].title) == (title, "good")
    assert not feed.partial


SURROUNDINGS = {
    "blank lines first": ("\n\n \n", ""),
    "a warning from PHP first": ("<br />\n<b>Warning</b>: include() in x.php on line 3\n", ""),
    "a comment last": ("", "<!-- served in 0.1 s -->"),
    "a script last": ("", "<script>track()</script>"),
    "text last": ("", "\nFatal error: out of memory"),
    "100,000 blank lines first": ("\n" * 100_000, ""),
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_what_stands_around_a_feed_does_no_harm(name: str) -> None:
    before, after = SURROUNDINGS[name]
    feed = parse(before + THREE + after)
    assert len(feed.entries) == 3
    assert not feed.partial


def entities(*declarations: str) -> str:
    return f"<!DOCTYPE rss [{''.join(declarations)}]>"


def test_declared_entities_are_replaced_and_bombs_are_not() -> None:
    item = "<item><title>{}</title></item>"
    plain = entities('<!ENTITY agency "Wire &#38; Co">') + rss(item.format("&agency;"))[21:]
    assert only(parse(plain)).title == "Wire & Co"
    laughs = ['<!ENTITY l0 "ha">'] + [
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    ]
    assert len(only(parse(entities(*laughs) + rss(item.format("&l9;"))[21:])).title) < 100
    long = entities(f'<!ENTITY a "{"x" * 100_000}">') + rss(item.format("&a;" * 10_000))[21:]
    assert len(only(parse(long)).title) <= 1000
    outside = entities('<!ENTITY f SYSTEM "file:///etc/hostname">') + rss(item.format("&f;"))[21:]
    assert only(parse(outside)).title == "&f;"


TITLE = "Überfall – „Déjà-vu“ № 5"
ENCODINGS = [
    # declared in the document, in the header, and the codec that the bytes are really in
    (None, None, "utf-8"),
    ("utf-8", None, "utf-8-sig"),
    ("utf-16", None, "utf-16"),
    ("utf-16", None, "utf-16-le"),
    ("windows-1251", None, "cp1251"),
    (None, "text/xml; charset=koi8-r", "koi8-r"),
    ("gb2312", None, "gb18030"),
    ("shift_jis", None, "cp932"),
    ("euc-kr", 'application/xml; charset="EUC-KR"', "cp949"),
    # wrong or forbidden declarations of what is UTF-8
    ("iso-8859-1", None, "utf-8"),
    ("utf-8", "text/xml; charset=iso-8859-1", "utf-8"),
    ("punycode", None, "utf-8"),
    ("utf-7", None, "utf-8"),
    ("no-such-encoding", None, "utf-8"),
    # Windows' characters under ISO's name
    ("iso-8859-1", None, "cp1252"),
    (None, None, "cp1252"),
]
SAMPLES = {
    "cp1251": "Плотина закрыта",
    "koi8-r": "Плотина закрыта",
    "gb18030": "大坝关闭了",
    "cp932": "ダムは閉鎖",
    "cp949": "댐 폐쇄",
    "cp1252": "Überfall – „Déjà-vu“ € 5",
}


@pytest.mark.parametrize(("declared", "header", "codec"), ENCODINGS)
def test_encodings(declared: str | None, header: str | None, codec: str) -> None:
    title = SAMPLES.get(codec, TITLE)
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    document = declaration + rss(f"<item><title>{title}</title></item>")[21:]
    assert only(parse(document.encode(codec), header)).title == title


def test_one_bad_byte_spoils_no_other() -> None:
    body = rss("<item><title>Überfall X</title></item>").encode().replace(b" X", b" \xe9t\xe9")
    assert only(parse(body)).title == "Überfall été"


def test_json_feed_fields() -> None:
    item = {
        "id": 12,
        "url": "/dam",
        "title": "Dam &amp; bridge",
        "content_html": "<p>Closed.</p>",
        "date_published": "2024-03-05T10:11:12+01:00",
        "authors": [{"name": "Jane Doe"}, {"url": "x"}],
        "tags": ["Water", 5, None],
    }
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "home_page_url": "https://example.com/",
        "language": "en",
        "items": [item, "nonsense", {"title": ["x"], "url": 5, "tags": "x", "date_published": {}}],
    }
    feed = parse("\ufeff" + json.dumps(document))
    assert (feed.title, feed.site_url, feed.language) == ("News", "https://example.com/", "en")
    assert feed.entries[0] == FeedEntry(
        guid="12",
        url="https://example.com/dam",
        title="Dam & bridge",
        summary="Closed.",
        authors=("Jane Doe",),
        published_at=datetime(2024, 3, 5, 9, 11, 12, tzinfo=UTC),
        published_precision="second",
        published_raw="2024-03-05T10:11:12+01:00",
        tags=("Water",),
        content_html="<p>Closed.</p>",
    )
    assert feed.entries[1] == FeedEntry(guid=None, url=None, title="", summary="")


@pytest.mark.parametrize(
    "body",
    ['{"items": ' + "[" * 100_000, '{"items": [' + '{"a":' * 100_000, '{"items": [{"id": "\\ud8'],
)
def test_absurd_json_is_a_broken_feed(body: str) -> None:
    with pytest.raises(BrokenFeed):
        parse(body)


def test_json_with_lone_surrogates_and_long_numbers() -> None:
    item = '{"id": ' + "9" * 10_000 + r', "title": "a\ud800b", "url": "https://x.org/\udfff"}'
    entry = only(parse('{"items": [' + item + "]}"))
    assert (entry.guid, entry.title, entry.url) == (None, "ab", "https://x.org/")


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url>
    <loc>https://example.com/dam</loc>
    <lastmod>2024-03-09</lastmod>
    <image:image><image:loc>https://example.com/a.jpg</image:loc><image:title>A</image:title></image:image>
    <news:news>
      <news:publication><news:name>The Example</news:name><news:language>en</news:language>
      </news:publication>
      <news:publication_date>2024-03-05T10:11:12+01:00</news:publication_date>
      <news:title>Dam &amp; bridge closed</news:title>
      <news:keywords>Water, Bridges</news:keywords>
    </news:news>
  </url>
  <url><loc>https://example.com/plain</loc><lastmod>2024-03-09</lastmod></url>
</urlset>"""


def test_news_sitemap_fields() -> None:
    feed = parse(SITEMAP)
    assert (feed.format, feed.title, feed.language) == ("sitemap", "The Example", "en")
    assert feed.entries[0] == FeedEntry(
        guid=None,
        url="https://example.com/dam",
        title="Dam & bridge closed",
        summary="",
        published_at=datetime(2024, 3, 5, 9, 11, 12, tzinfo=UTC),
        published_precision="second",
        published_raw="2024-03-05T10:11:12+01:00",
        tags=("Water", "Bridges"),
    )
    # When a page was touched is not when it was published.
    assert feed.entries[1].published_at is None
    assert feed.entries[1].url == "https://example.com/plain"


def test_a_truncated_sitemap_keeps_its_complete_pages() -> None:
    feed = parse(SITEMAP[: SITEMAP.rindex("<lastmod>")])
    assert (feed.partial, len(feed.entries)) == (True, 1)
    with pytest.raises(BrokenFeed):
        parse(SITEMAP[: SITEMAP.index("</url>")])


def test_fields_are_plain_and_bounded() -> None:
    items = (
        f"<item><title>{'word ' * 5000}</title><description>{'word ' * 50_000}</description>"
        f"<guid isPermaLink='false'>{'g' * 100_000}</guid>"
        f"<link>https://example.com/{'x' * 100_000}</link><author>{'a.' * 100_000}</author></item>"
        "<item><title>safe\u202egnp\u200b</title><description>a < b <b>c</b></description></item>"
    )
    first, second = parse(rss(items)).entries
    assert len(first.title) <= 1000
    assert len(first.summary) <= 2000
    assert first.guid is None
    assert first.url is None
    assert second.title == "safegnp"
