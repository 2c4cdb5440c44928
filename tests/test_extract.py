"""From a page's bytes to its article, or to a recorded reason why not."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime

import pytest
from stored_stories import prose

from ingest.errors import NoText, NotHtml, OutcomeError
from ingest.extraction import article_text
from ingest.extraction.extract import extract_page
from ingest.types import Article, Extraction, FeedEntry, RawPage, WantedPage
from ingest.workers.jobs import PRELOADED, read_article
from ingest.workers.pool import WorkerPolicy, WorkerPool

URL = "https://a.example/news/ferry"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROSE = prose(1, 200)


def page(paragraphs: tuple[str, ...] = PROSE, *, head: str = "", html: str = "<html>") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html>{html}<head><title>Ferry sails on</title>{head}</head><body>"
        f'<nav><a href="/">Home</a></nav><article>{body}</article></body></html>'
    )


def extract(body: str | bytes, content_type: str | None = "text/html") -> Extraction:
    data = body.encode() if isinstance(body, str) else body
    return extract_page(data, url=URL, content_type=content_type, now=NOW)


def test_an_article_page_becomes_an_article() -> None:
    head = (
        '<meta property="og:description" content="What it is about">'
        '<meta property="article:published_time" content="2026-11-19T08:30:00+01:00">'
        '<meta property="article:modified_time" content="2026-11-19T10:00">'
        '<link rel="canonical" href="/news/ferry-line"><meta name="robots" content="noai">'
    )
    found = extract(page(head=head, html='<html lang="en">'))
    assert found.body.split("\n") == list(PROSE)
    assert (found.title, found.lead) == ("Ferry sails on", "What it is about")
    assert found.published_at == datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
    assert found.published_precision == "second"
    assert found.modified_at == datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
    assert found.declared_canonical_url == "https://a.example/news/ferry-line"
    assert (found.language, found.rights, found.content_status) == ("en", "noai", "full")
    assert found.extractor.startswith("trafilatura 2")


def test_a_page_without_metadata_has_its_text() -> None:
    found = extract(page())
    assert (found.title, found.lead) == ("Ferry sails on", PROSE[0])
    assert (found.published_at, found.published_precision, found.modified_at) == (None,) * 3
    assert (found.authors, found.tags, found.rights) == ((), (), None)


@pytest.mark.parametrize(
    ("stated", "at", "precision"),
    [
        ("2026-11-19T08:30:00Z", datetime(2026, 11, 19, 8, 30, tzinfo=UTC), "second"),
        ("2026-11-19T08:30+02:00", datetime(2026, 11, 19, 6, 30, tzinfo=UTC), "minute"),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC), "day"),
        ("2026-11-19T00:00:00+01:00", datetime(2026, 11, 19, tzinfo=UTC), "day"),
        ("19 November 2026", datetime(2026, 11, 19, tzinfo=UTC), "day"),
        ("2027-11-19T08:30:00Z", None, None),
        ("1970-01-01T00:00:00Z", None, None),
        ("yesterday", None, None),
    ],
)
def test_published_times_have_a_precision(
    stated: str, at: datetime | None, precision: str | None
) -> None:
    found = extract(page(head=f'<meta property="article:published_time" content="{stated}">'))
    assert (found.published_at, found.published_precision) == (at, precision)


GERMAN = (
    "Der Stadtrat von Köln beschloß am Dienstag, die alte Fähre über den Fluß für ein weiteres "
    "Jahr fahren zu lassen, nachdem die Gebühren gesenkt worden waren – für „alle Bürger“.",
) * 2
LATIN = (GERMAN[0].replace("–", "-").replace("„", "«").replace("“", "»"),) * 2
JAPANESE = (
    "港町の市議会は火曜日、老朽化した渡し船の航路を来年も続けることを賛成多数で決めた。①と㈱も。"
    "市の担当者によると、利用者は昨年より一割ほど増え、対岸の工場で働く人々の足になっている。",
) * 2
CHINESE = (
    "市议会周二投票决定，老渡轮航线将再保留一年，多数议员表示赞成。负责人说，去年乘客人数增加了一成，"
    "许多工人每天靠它往返于两岸之间。朱镕基，反对者认为维修费用过高，应当尽快修建大桥。",
) * 2
RUSSIAN = (
    "Городской совет во вторник решил сохранить старую паромную переправу ещё на один год, "
    "несмотря на высокие расходы на ремонт, сообщили в мэрии. Жители города довольны.",
) * 2


@pytest.mark.parametrize("block", ["header-teaser", "page-accreditation", "teaser-text"])
def test_a_standfirst_in_a_block_called_otherwise(block: str) -> None:
    line = "The old ferry is to cross the bay for one more year, the council says."
    lines = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
    found = extract(
        f'<html><head><title>Ferry</title><meta name="description" content="{line}"></head><body>'
        f'<header><h1>Ferry</h1><div class="{block}">{line}</div></header>'
        f"<article>{lines}</article></body></html>"
    )
    assert found.body.split("\n") == [line, *PROSE]


def declared(charset: str) -> str:
    return f'<meta charset="{charset}">'


HTTP_EQUIV = '<meta http-equiv="Content-Type" content="text/html; charset={}">'

# paragraphs, encoding of the bytes, charset in the header, markup that declares another
CHARSETS: dict[str, tuple[tuple[str, ...], str, str | None, str]] = {
    "utf-8": (GERMAN, "utf-8", "utf-8", declared("utf-8")),
    "utf-8 with a mark": (GERMAN, "utf-8-sig", None, ""),
    "utf-8, nothing said": (GERMAN, "utf-8", None, ""),
    "utf-8 called latin-1 by the server": (GERMAN, "utf-8", "ISO-8859-1", ""),
    "utf-8 called latin-1 by the page": (GERMAN, "utf-8", None, declared("iso-8859-1")),
    "utf-8 called windows-1252 by both": (
        GERMAN,
        "utf-8",
        "windows-1252",
        declared("windows-1252"),
    ),
    "latin-1": (LATIN, "latin-1", "iso-8859-1", ""),
    "latin-1, nothing said": (LATIN, "latin-1", None, ""),
    "latin-1 called utf-8": (LATIN, "latin-1", "utf-8", declared("utf-8")),
    "windows-1252": (GERMAN, "cp1252", "windows-1252", ""),
    "windows-1252 called latin-1": (GERMAN, "cp1252", None, declared("iso-8859-1")),
    "windows-1252 called ascii": (GERMAN, "cp1252", "us-ascii", ""),
    "windows-1251 by the page": (RUSSIAN, "cp1251", None, declared("windows-1251")),
    "koi8-r, long form": (RUSSIAN, "koi8-r", None, HTTP_EQUIV.format("koi8-r")),
    "the server before the page": (RUSSIAN, "cp1251", "windows-1251", declared("koi8-r")),
    "a server that names nothing known": (RUSSIAN, "cp1251", "x-none", declared("windows-1251")),
    "utf-16 with a mark": (GERMAN, "utf-16", None, ""),
    "utf-16 without a mark": (GERMAN, "utf-16-le", "utf-16", ""),
    "utf-16, nothing said": (RUSSIAN, "utf-16-be", None, ""),
    "gb18030": (CHINESE, "gb18030", "gb18030", ""),
    "gb18030 called gb2312": (CHINESE, "gb18030", None, declared("gb2312")),
    "utf-8 called gbk": (CHINESE, "utf-8", None, declared("gbk")),
    "shift_jis": (JAPANESE, "cp932", None, declared("Shift_JIS")),
    "shift_jis by the server": (JAPANESE, "cp932", "Shift_JIS", ""),
    "x-sjis": (JAPANESE, "cp932", None, HTTP_EQUIV.format("x-sjis")),
    "euc-jp": ((JAPANESE[0].replace("①と㈱も。", ""),) * 2, "euc_jp", None, declared("euc-jp")),
    "iso-2022-jp": (
        (JAPANESE[0].replace("①と㈱も。", ""),) * 2,
        "iso2022_jp",
        None,
        declared("iso-2022-jp"),
    ),
}


@pytest.mark.parametrize("name", CHARSETS)
def test_charsets(name: str) -> None:
    paragraphs, encoding, charset, head = CHARSETS[name]
    content_type = f"text/html; charset={charset}" if charset else "text/html"
    body = page((paragraphs[0], PROSE[0]), head=head).encode(encoding, "xmlcharrefreplace")
    assert extract(body, content_type).body.split("\n") == [paragraphs[0], PROSE[0]]


def test_one_broken_byte_spoils_no_other() -> None:
    body = page(GERMAN).encode().replace("Köln".encode(), b"K\xf6ln", 1)
    found = extract(body, "text/html; charset=utf-8")
    assert GERMAN[0] in found.body


NORWEGIAN = (
    "Kommunen åpnet i går en ny gangvei langs elven, og flere hundre innbyggere kom for å se den.",
    "Ordføreren sa at arbeidet hadde tatt to år, og at neste strekning skal være ferdig til våren.",
)
HEBREW = (
    "העירייה פתחה אתמול שביל חדש לאורך הנחל, ומאות תושבים באו לראות אותו ביום הראשון של החופשה.",
    "ראש העיר אמר כי העבודה נמשכה שנתיים וכי הקטע הבא של השביל יהיה מוכן כבר באביב הקרוב.",
)
LANGUAGES = {
    "declared": ('<html lang="en-GB">', PROSE, "en"),
    "declared wrong": ('<html lang="nl-BE">', PROSE, "en"),
    "declared, and near to what it reads like": ('<html lang="nn">', NORWEGIAN, "nn"),
    "not declared, Hebrew": ("<html>", HEBREW, "he"),
    "declared, too short to tell": ('<html lang="nl-BE">', ("The ferry sails on.",), "nl"),
    "not declared": ("<html>", PROSE, "en"),
    "not declared, German": ("<html>", GERMAN, "de"),
    "declared nonsense": ('<html lang="x">', GERMAN, "de"),
    "too short to tell": ("<html>", ("The ferry sails on, and on.",), None),
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_language(name: str) -> None:
    html, paragraphs, language = LANGUAGES[name]
    assert extract(page(paragraphs, html=html)).language == language


@pytest.mark.parametrize(
    ("paragraphs", "status"), [(PROSE, "full"), (("The ferry sails on and on again.",), "teaser")]
)
def test_content_status(paragraphs: tuple[str, ...], status: str) -> None:
    assert extract(page(paragraphs)).content_status == status


UNUSABLE = {
    "a form feed": "\x0c",
    "a vertical tab": "\x0b",
    "a null": "\0",
    "a backspace": "\x08",
    "no character": "\ufffe",
    "a reference to a null": "&#0;",
    "a reference to a control": "&#11;",
    "a hexadecimal reference": "&#x1F;",
    "a reference with zeros": "&#x000b;",
    "a reference without its end": "&#8 ",
    "a reference to no character": "&#xFFFF;",
    "a reference to half a character": "&#xD800;",
    "a huge reference": "&#99999999999;",
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_one_odd_character_costs_no_article(name: str) -> None:
    head = f'<meta property="og:title" content="Ferry {UNUSABLE[name]} sails">'
    found = extract(page((PROSE[0] + UNUSABLE[name] + PROSE[1], *PROSE[2:]), head=head))
    assert PROSE[0] in found.body
    assert PROSE[1] in found.body
    assert found.title.replace("\ufffd", "").split() == ["Ferry", "sails"]
    assert "\0" not in found.body


def test_references_to_real_characters_stay() -> None:
    found = extract(page(("A&#10;ferry &#233;&#x2019;&#146;&#38;&#128512;&#32;line" + PROSE[0],)))
    assert found.body.startswith("A ferry é’’&😀 line")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"%PDF-1.7 ...", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff\xe0JFIF", "text/html; charset=utf-8"),
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
        (b"\x1f\x8b\x08", None),
        (page().encode(), "image/jpeg"),
        (page().encode(), "video/mp4"),
        (b'{"a": 1}', "application/json"),
    ],
)
def test_what_is_no_page(body: bytes, content_type: str | None) -> None:
    with pytest.raises(NotHtml) as caught:
        extract(body, content_type)
    assert caught.value.url == URL


@pytest.mark.parametrize(
    "content_type", [None, "", "TEXT/HTML;charset=utf-8", "application/xhtml+xml"]
)
def test_what_is_a_page(content_type: str | None) -> None:
    assert extract(page(), content_type).content_status == "full"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n\t ",
        b"\0" * 1000,
        b"<!-- nothing -->",
        b"<html><head><title>Ferry</title></head><body></body></html>",
        b"<p>-- * -- \xe2\x80\xa6</p>",
        b"<" * 300_000,
        b"<frameset><frame src='x'></frameset>",
    ],
    ids=range(8),
)
def test_a_page_without_text(body: bytes) -> None:
    with pytest.raises(NoText) as caught:
        extract(body)
    assert caught.value.url == URL


def test_an_xml_declaration_does_no_harm() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + page(LATIN)
    assert LATIN[0] in extract(text.encode("latin-1"), "application/xhtml+xml").body


P = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)
HOSTILE: dict[str, bytes] = {
    "nested blocks": ("<div>" * 200_000 + P).encode(),
    "nested marks": ("<p>" + "<b><i><a href=x>" * 50_000 + "some words " * 300).encode(),
    "nested quotes": ("<blockquote>" * 20_000 + P).encode(),
    "nested lists": ("<ul><li>" * 20_000 + P).encode(),
    "nested tables": ("<table><tr><td>" * 20_000 + P).encode(),
    "nested forms and drawings": ("<form><svg><title>" * 20_000 + P).encode(),
    "one line of words": ("<article><p>" + "words " * 800_000).encode(),
    "one word": b"a" * 5_000_000,
    "ampersands": b"&" * 2_000_000,
    "comments": b"<!--" * 500_000,
    "an open style": b"<style>" + b"a" * 3_000_000,
    "one huge attribute": page(
        head=f'<meta name="description" content="{"x " * 2_000_000}">'
    ).encode(),
    "many attributes": ("<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">" + P).encode(),
    "many paragraphs": ("<article>" + "<p>a</p>" * 100_000).encode(),
    "many links": ("<article>" + "<a href='x'>y</a> " * 50_000 + P).encode(),
    "nulls": "\0".join(page()).encode(),
    "noise": bytes(range(256)) * 4_000,
    "entities of entities": b"<!DOCTYPE h [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><p>&c;" * 5_000,
    "deep json": (page() + '<script type="application/ld+json">' + '{"@graph":' * 100_000).encode(),
}


def test_hostile_pages_end_in_an_article_or_an_outcome() -> None:
    policy = WorkerPolicy(workers=2, memory_bytes=1 << 30, deadline=3)
    with WorkerPool(policy, preload=PRELOADED) as pool:
        futures = {name: submit(pool, body) for name, body in HOSTILE.items()}
        for name, future in futures.items():
            error = future.exception(120)
            assert error is None or isinstance(error, OutcomeError), name
            assert getattr(error, "kind", "") not in ("parse_failed", "parse_crashed"), name
        assert (
            submit(pool, page(html='<html lang="en">').encode()).result(60).content_status == "full"
        )


def submit(pool: WorkerPool, body: bytes) -> Future[Article]:
    entry = FeedEntry(guid=None, url=URL, title="", summary="")
    wanted = WantedPage(URL, URL, entry, attempts=0, first_seen_at=NOW)
    raw = RawPage(URL, URL, 200, (("content-type", "text/html"),), body, NOW)
    return pool.submit(read_article, wanted, raw, "poll", {}, NOW, url=URL)


def test_a_text_in_a_wide_script_is_found_whole_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*_: object, **__: object) -> str:
        raise AssertionError("the page was read a second time")

    monkeypatch.setattr(article_text, "text_of_page", slowly)
    lines = tuple("港の渡し船は今朝も定刻に出た。" * 12 + f"第{number}便。" for number in range(4))
    assert extract(page(lines)).body.split("\n") == list(lines)


STATED = [
    " ".join([f"The ferry sails on, the board said on day {day}." for day in range(60)]),
    "Fares will rise in spring, and nobody was pleased about that on Wednesday.",
]


@pytest.mark.parametrize(
    "body",
    [
        "\\n\\n".join(STATED),
        "".join(f"<p>{line}<\\/p>" for line in STATED),
        "\\n".join([STATED[0], "Sign up for our newsletter here", STATED[1]]),
    ],
)
@pytest.mark.parametrize(
    "shown", ["", "<p>The ferry sails on. Subscribe now to continue reading.</p>"]
)
def test_the_text_that_json_ld_gives(shown: str, body: str) -> None:
    html = f"""<html lang="en"><head><title>Ferry</title><script type="application/ld+json">
        {{"@type": "NewsArticle", "headline": "Ferry", "isAccessibleForFree": false,
        "articleBody": "{body}"}}</script></head><body><div id="root">{shown}</div></body></html>"""
    found = extract_page(html.encode(), url="https://a.example/x", content_type=None, now=NOW)
    assert (found.content_status, found.extractor) == ("full", "JSON-LD articleBody")
    assert found.body.split("\n") == STATED
