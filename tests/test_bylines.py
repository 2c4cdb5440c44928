"""Authors are people."""

# ruff: noqa: E501 - pages in a line or two

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from ingest.extraction.metadata import PageMetadata, read_metadata
from ingest.extraction.person_names import clean_authors, portrayed

SITES = ("Harbour Times", "harbour.example")


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Ida Moss", ("Ida Moss",)),
        ("Von Ida Moos und Al Venn", ("Ida Moos", "Al Venn")),
        ("Ida Moss, Al Venn and Dana Reed", ("Ida Moss", "Al Venn", "Dana Reed")),
        ("Ida  Moss", ("Ida Moss",)),
        ("Trine Holm og Ane Berg", ("Trine Holm", "Ane Berg")),
        ("Ida Moss, Portneuf", ("Ida Moss",)),
        ("Ida Moss (imo)", ("Ida Moss",)),
        ("Harbour Times", ()),
        ("Staff", ()),
        ("Harbour Times Staff", ()),
        ("The Associated Press", ()),
        ("dpa", ()),
        ("ida@harbour.example", ()),
        ("https://harbour.example/ida", ()),
        ("(Image: Getty Images)", ()),
        ("105092", ()),
        ("www.harbour.example", ()),
        ("By Ida Moss and Al Venn", ("Ida Moss", "Al Venn")),
        ("By Ida Moss in Kyiv and Al Venn in Berlin", ("Ida Moss", "Al Venn")),
        ("By Ida Moss, for CNN", ("Ida Moss",)),
        ("By Ida Moss, Special to The Post", ("Ida Moss",)),
        ("Ida Moss, PhD, RD", ("Ida Moss",)),
        ("Von Ursula von der Leyden", ("Ursula von der Leyden",)),
        ("Erstellt von Ida Moos", ("Ida Moos",)),
        ("Ein Kommentar von Ida Moos", ("Ida Moos",)),
        ("Ida Moos im Gespräch mit Al Venn", ("Ida Moos", "Al Venn")),
        ("Par Ida Mousse et Al Venne", ("Ida Mousse", "Al Venne")),
        ("Propos recueillis par Ida Mousse (à Londres)", ("Ida Mousse",)),
        ("Ida Mousse, Envoyée spéciale à Kiev", ("Ida Mousse",)),
        ("Por Ida Musgo y Al Vena", ("Ida Musgo", "Al Vena")),
        ("Por Ida Musgo, da Redação", ("Ida Musgo",)),
        ("Di Ida Muschio e Al Vena", ("Ida Muschio", "Al Vena")),
        ("a cura di Ida Muschio", ("Ida Muschio",)),
        ("Door Ida Mos en Al Ven", ("Ida Mos", "Al Ven")),
        ("Av Ida Mose og Al Venn", ("Ida Mose", "Al Venn")),
        ("Oprac. redaktor", ()),
        ("Автор: Иван Мохов", ("Иван Мохов",)),
        ("Иван Мохов и Анна Вень, корреспонденты", ("Иван Мохов", "Анна Вень")),
        ("Текст: Анна Вень", ("Анна Вень",)),
        ("بقلم أحمد الخطيب", ("أحمد الخطيب",)),
        ("أحمد الخطيب، مراسل", ("أحمد الخطيب",)),
        ("记者 王小明、李华", ("王小明", "李华")),
        ("本报记者李小华", ("李小华",)),
        ("作者：王小明", ("王小明",)),
        ("山田太郎記者", ("山田太郎",)),
        ("編集部", ()),
        ("김민수 기자", ("김민수",)),
        ("김민수 기자, 이영희 기자", ("김민수", "이영희")),
        ("Ayşe Yılmaz ve Mehmet Demir", ("Ayşe Yılmaz", "Mehmet Demir")),
        ("Read all posts", ()),
        ("Posted on June 13, 2026 by Ida Moss", ("Ida Moss",)),
        ("Harbour Times - Ida Moss", ("Ida Moss",)),
        ("Interview: Ida Moss", ()),
    ],
)
def test_names_in_a_byline(line: str, authors: tuple[str, ...]) -> None:
    assert clean_authors([line], SITES) == authors


def test_doublings_go() -> None:
    assert clean_authors(["Ida Moss", "IDA MOSS", "ida moss"]) == ("Ida Moss",)


def test_a_portrait_names_its_author() -> None:
    lines = ["The ferry sails on.", "Ida Moss is the news editor of harbour.example."]
    assert portrayed(lines) == ("Ida Moss",)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("This post was written by Ida Moss, head of the harbour.", ("Ida Moss",)),
        ("Written by Ida Moss and Al Venn", ("Ida Moss", "Al Venn")),
        ("Autorin: Ida Moos, Leiterin des Hafens.", ("Ida Moos",)),
        ("Written by the harbour's own people.", ()),
        ("The text was not read by Ida Moss.", ()),
    ],
)
def test_a_signed_text_names_its_author(line: str, authors: tuple[str, ...]) -> None:
    assert portrayed(["The ferry sails on.", line]) == authors


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ('"Ida Moss"', ("Ida Moss",)),
        ('"Ida Moss, Al Venn"', ("Ida Moss", "Al Venn")),
        ('["Ida Moss", "Al Venn"]', ("Ida Moss", "Al Venn")),
        ('{"@type": "Person", "name": "Ida Moss"}', ("Ida Moss",)),
        ('{"@type": "Person", "name": ["Ida Moss", "Al Venn"]}', ("Ida Moss", "Al Venn")),
        ('{"@type": "Person", "givenName": "Ida", "familyName": "Moss"}', ("Ida Moss",)),
        ('{"@list": [{"@type": "Person", "name": "Ida Moss"}]}', ("Ida Moss",)),
        ('[[{"name": "Ida Moss"}], {"name": "Al Venn"}]', ("Ida Moss", "Al Venn")),
        ('{"@id": "#ida"}', ("Ida Moss",)),
        ('{"@type": "Organization", "name": "Lake Desk"}', ()),
        ('[{"@type": "NewsMediaOrganization", "name": "Lake"}, {"name": "Ida Moss"}]',
         ("Ida Moss",)),
        ('{"name": {"odd": 1}}', ()),
        ("17", ()),
    ],
)  # fmt: skip
def test_authors_in_json_ld(author: str, authors: tuple[str, ...]) -> None:
    head = f"""<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
        {{"@type": "Person", "@id": "#ida", "name": "Ida Moss"}},
        {{"@type": ["NewsArticle"], "headline": "Ferry", "author": {author}}}]}}</script>"""
    assert read(head, "").authors == authors


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        ('<meta property="og:site_name" content="Harbour Times">'
         '<meta name="author" content="Harbour Times"><meta name="twitter:label1" '
         'content="Verfasst von"><meta name="twitter:data1" content="Ida Moos">', "", ("Ida Moos",)),
        ('<meta name="citation_author" content="Moss, Ida">'
         '<meta name="citation_author" content="Venn, Al">', "", ("Ida Moss", "Al Venn")),
        ("", "<article><h1>Ferry</h1><aside class='c-1'><address><a rel='author' href='/profile/ida'>"
         "Ida Moss</a></address></aside><p>Text.</p></article>", ("Ida Moss",)),
        ("", "<div class='main-with-sidebar'><h1>Ferry</h1><div class='byline'>By&nbsp;<address>Ida "
         "Moss</address>, a producer</div></div>", ("Ida Moss",)),
        ("", "<div><h1>Ferry</h1><div class='x1'><div><p class='x2'>By <a href='/a/ida'>Ida Moss</a>"
         " and <a href='/a/al'>Al Venn</a></p></div></div></div>", ("Ida Moss", "Al Venn")),
        ("", "<h1>Ferry</h1><p>Standfirst of the ferry.</p><div><a href='/authors/ida-moss/'>Ida Moss"
         "</a></div>", ("Ida Moss",)),
        ("", "<h1>Ferry</h1><ul><li>Date 1.2.2026</li><li><strong>Autorin/Autor</strong> Ida Moos</li>"
         "</ul>", ("Ida Moos",)),
        ("", "<h1>Ferry</h1><p>" + "It sails again today. " * 9 + "</p><p>" + "And it is full. " * 12 +
         "</p><h2>Bridge</h2><p>By Al Venn</p>", ()),
        # In the article's own foot, and not in a comment's.
        ("", "<article><h1>Ferry</h1><footer><address class='author'>Ida Moss</address></footer>"
         "</article>", ("Ida Moss",)),
        ("", "<h1>Ferry</h1><article class='comment'><footer><div class='comment-author vcard'>"
         "<cite class='fn'>Al Venn</cite></div></footer></article>", ()),
        # A user's name gives way to a whole name in the byline, and stands where there is no other.
        ('<meta name="author" content="imoss">', "<h1>Ferry</h1><p>By <a href='/author/1'>Ida Moss"
         "</a></p>", ("Ida Moss",)),
        ('<meta name="author" content="imoss">', "<h1>Ferry</h1>", ("imoss",)),
        ("", "<h1>Ferry</h1><span class='author vcard'><a class='url fn n' href='/author/1'>imoss"
         "</a></span>", ("imoss",)),
        ("", "<h1>Ferry</h1><a rel='author' href='/author/1'>Harbour.example</a>", ()),
        # Links that no comma parts.
        ("", "<h1>Ferry</h1><div>By <ul><li><a href='/a/1'>Ida Moss</a></li><li><a href='/a/2'>Al Venn"
         "</a></li></ul></div>", ("Ida Moss", "Al Venn")),
    ],
)  # fmt: skip
def test_authors_on_the_page(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert read(head, body).authors == authors


def read(head: str, body: str) -> PageMetadata:
    tree = document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    return read_metadata(tree, url="https://www.harbour.example/news/ferry")
