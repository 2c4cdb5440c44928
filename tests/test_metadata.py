"""What a page says about itself, however oddly it says it."""

from __future__ import annotations

import json

import pytest
from lxml.html import document_fromstring

from ingest.extraction.metadata import PageMetadata, read_metadata

URL = "https://a.example/news/2026/ferry?page=2"


def read(head: str, *, body: str = "<p>Text</p>", html: str = "<html>") -> PageMetadata:
    return read_metadata(document_fromstring(f"{html}<head>{head}</head><body>{body}"), url=URL)


def linked(document: object) -> str:
    words = document if isinstance(document, str) else json.dumps(document)
    return f'<script type="application/ld+json">{words}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Ferry sails on",
    "datePublished": "2026-11-19T08:30:00Z",
    "dateModified": "2026-11-19T09:30:00Z",
    "author": [{"@type": "Person", "name": "Ida Moss"}, {"@type": "Person", "name": "Al Venn"}],
    "articleSection": ["Harbour", "News"],
    "keywords": ["ferry", "harbour"],
    "image": {"@type": "ImageObject", "url": "/i/ferry.jpg"},
}

PLACES: dict[str, object] = {
    "alone": ARTICLE,
    "in a list": [{"@type": "WebSite"}, ARTICLE],
    "in a list of lists": [[ARTICLE]],
    "in a graph": {"@context": "https://schema.org", "@graph": [{"@type": "Person"}, ARTICLE]},
    "as the main entity": {"@type": "WebPage", "mainEntity": ARTICLE},
    "with several types": ARTICLE | {"@type": ["Thing", "ReportageNewsArticle"]},
    "with its type as an address": ARTICLE | {"@type": "http://schema.org/NewsArticle"},
    "with a line break in a text": json.dumps(ARTICLE).replace("sails on", "sails\non"),
}


@pytest.mark.parametrize("name", PLACES)
def test_json_ld(name: str) -> None:
    found = read(linked({"@type": "Organization", "name": "x"}) + linked(PLACES[name]))
    assert found.title == "Ferry sails on"
    assert found.authors == ("Ida Moss", "Al Venn")
    assert (found.published, found.modified) == ("2026-11-19T08:30:00Z", "2026-11-19T09:30:00Z")
    assert found.section == "Harbour"
    assert found.tags == ("ferry", "harbour")
    assert found.image_url == "https://a.example/i/ferry.jpg"


ODD: dict[str, object] = {
    "broken": '{"@type": "NewsArticle", "headline": "Cut o',
    "empty": "",
    "null": None,
    "a number": 7,
    "a list of nothing": [None, 1, "x", []],
    "of another kind": {"@type": "WebSite", "headline": "Site"},
    "without a type": {"headline": "Site"},
    "an odd type": {"@type": {"a": 1}, "headline": "Site"},
    "a graph that is none": {"@graph": "x", "mainEntity": 3},
    "a graph of itself, deep": "[" * 100_000,
    "deep entities": '{"mainEntity":' * 900 + "1" + "}" * 900,
    "deep graphs": '{"@graph":[' * 450 + "1" + "]}" * 450,
    "deep lists": "[" * 900 + "]" * 900,
    "a number of many digits": '{"@type": "NewsArticle", "version": ' + "9" * 9000 + "}",
    "numbers for texts": {
        "@type": "Article",
        "headline": 12,
        "datePublished": 123,
        "dateModified": {"@value": 1},
        "author": 5,
        "articleSection": 1,
        "keywords": 3,
        "image": 4,
    },
    "nulls": dict.fromkeys(ARTICLE) | {"@type": "Article"},
    "empty lists": {name: [] for name in ARTICLE} | {"@type": "Article"},
    "objects": {name: {"a": {"b": []}} for name in ARTICLE} | {"@type": "Article"},
    "lists of lists": {name: [[[]]] for name in ARTICLE} | {"@type": "Article"},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_json_ld_says_nothing(name: str) -> None:
    document = ODD[name]
    found = read("<title>The title tag</title>" + linked(document))
    assert found.title == "The title tag"
    assert (found.authors, found.published, found.modified) == ((), None, None)
    assert (found.tags, found.section, found.image_url) == ((), None, None)


def test_the_next_json_ld_counts_after_a_broken_one() -> None:
    assert read(linked('{"broken"') + linked(ARTICLE)).title == "Ferry sails on"


def test_texts_in_lists_and_objects_are_found() -> None:
    document = ARTICLE | {
        "headline": ["Ferry sails on", "Again"],
        "datePublished": ["2026-11-19"],
        "author": [None, {"name": ["Ida Moss"]}, "Al Venn", 7, {"name": None}],
        "keywords": [{"@type": "DefinedTerm", "name": "ferry"}, None, 3, "harbour, town"],
        "image": ["//cdn.a.example/1.jpg", "/2.jpg"],
    }
    found = read(linked(document))
    assert (found.title, found.published) == ("Ferry sails on", "2026-11-19")
    assert found.authors == ("Ida Moss", "Al Venn")
    assert found.tags == ("ferry", "harbour", "town")
    assert found.image_url == "https://cdn.a.example/1.jpg"


TITLES = {
    "og:title": (meta("og:title", "Of the graph") + "<title>T</title>" + linked(ARTICLE), "H", 0),
    "headline": ("<title>T</title>" + linked(ARTICLE), "H", 1),
    "h1": ("<title>T</title>", "<a>Of the</a> <b>heading</b>", 2),
    "title": ("<title>Of the title</title>", " ", 3),
    "nothing": ("", "", 4),
    "an empty og:title": (meta("og:title", " &amp;nbsp; ") + linked(ARTICLE), "H", 1),
}


@pytest.mark.parametrize("name", TITLES)
def test_title_precedence(name: str) -> None:
    head, heading, expected = TITLES[name]
    titles = ["Of the graph", "Ferry sails on", "Of the heading", "Of the title", None]
    assert read(head, body=f"<h1>{heading}</h1>").title == titles[expected]


def test_a_title_is_one_line_of_sane_length() -> None:
    assert read(meta("og:title", "A &amp;amp; B\n  C")).title == "A & B C"
    assert len(read(meta("og:title", "word " * 1000)).title or "") == 500


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        (meta("author", "Ida Moss") + linked(ARTICLE), ("Ida Moss", "Al Venn")),
        (
            '<meta name="author" content="Ida Moss"><meta name="byl" content="Al">',
            ("Ida Moss", "Al"),
        ),
        (meta("article:author", "https://www.social.example/ida"), ()),
        (meta("author", "Ida Moss") + meta("article:author", "Ida Moss"), ("Ida Moss",)),
        ("", ()),
    ],
)
def test_authors(head: str, authors: tuple[str, ...]) -> None:
    assert read(head).authors == authors


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (meta("article:published_time", "2026-01-01") + linked(ARTICLE), "2026-11-19T08:30:00Z"),
        (meta("date", "2026-01-02") + meta("article:published_time", "2026-01-01"), "2026-01-01"),
        ('<meta itemprop="datePublished" content="2026-01-03">', "2026-01-03"),
        ('<meta name="DC.date.issued" content=" 2026-01-04 ">', "2026-01-04"),
        (meta("article:published_time", " ") + meta("date", "2026-01-02"), "2026-01-02"),
        ("", None),
    ],
)
def test_published(head: str, published: str | None) -> None:
    assert read(head).published == published


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ('<link rel="canonical" href="https://b.example/x">', "https://b.example/x"),
        ('<link rel="Canonical nofollow" href=" /news/ferry ">', "https://a.example/news/ferry"),
        ('<link rel="canonical" href="//b.example/x">', "https://b.example/x"),
        ('<link rel="canonical" href="?page=1">', "https://a.example/news/2026/ferry?page=1"),
        ('<link rel="canonical" href=""><link rel="canonical" href="/y">', "https://a.example/y"),
        ('<link rel="alternate" href="/y">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="http://[broken">', None),
        ('<link rel="canonical">', None),
    ],
)
def test_canonical(link: str, canonical: str | None) -> None:
    assert read(link).canonical_url == canonical


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('<html lang="de">', "", "de"),
        ('<html lang="de-AT">', meta("og:locale", "en_GB"), "de"),
        ('<html lang="PT_br">', "", "pt"),
        ('<html lang="">', meta("og:locale", "en_GB"), "en"),
        ("<html>", '<meta http-equiv="Content-Language" content="fr-FR">', "fr"),
        ("<html>", '<meta name="language" content="es">', "es"),
        ('<html lang="english">', "", None),
        ("<html>", "", None),
    ],
)
def test_declared_language(html: str, head: str, language: str | None) -> None:
    assert read(head, html=html).language == language


def test_tags_are_folded_and_bounded() -> None:
    assert read(meta("article:tag", "ferry") * 2 + meta("article:tag", "Port")).tags == (
        "ferry",
        "Port",
    )
    assert read('<meta name="keywords" content="ferry, , port">').tags == ("ferry", "port")
    assert len(read(linked(ARTICLE | {"keywords": [f"tag {n}" for n in range(99)]})).tags) == 30


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("/i.jpg", "https://a.example/i.jpg"),
        ("https://cdn.example/i.jpg", "https://cdn.example/i.jpg"),
        ("data:image/png;base64,AAAA", None),
        ("http://[broken", None),
    ],
)
def test_image(image: str, expected: str | None) -> None:
    assert read(meta("og:image", image)).image_url == expected


def test_rights() -> None:
    head = (
        '<meta name="robots" content="index, NOARCHIVE,max-image-preview:large">'
        '<meta name="robots" content="noai">'
        '<meta name="tdm-reservation" content="1">'
        '<link rel="license" href="/licence">'
        '<link rel="license" href="http://[broken">'
    )
    body = '<a rel="nofollow license" href="https://cc.example/by/4.0/">CC</a>'
    assert read(head, body=body).rights == (
        "noarchive; noai; tdm-reservation: 1; license: https://a.example/licence; "
        "license: https://cc.example/by/4.0/"
    )
    assert read('<meta name="robots" content="index,follow">').rights is None


def test_a_bare_page_says_nothing() -> None:
    assert read("") == PageMetadata(
        title=None,
        authors=(),
        published=None,
        modified=None,
        canonical_url=None,
        language=None,
        description=None,
        tags=(),
        section=None,
        image_url=None,
        rights=None,
    )
