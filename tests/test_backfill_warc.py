"""`wirecopy backfill warc:…`: archives of any crawler, interrupted, damaged, filtered."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from backfill_homes import bare_home, kill_in_its_midst, tables
from homes import HomeFolder
from web_archives import StoredPage, damage, encoded_body, newsroom_pages, write_warc

from newsroom import Newsroom

BATCH_PAGES = 200
"""What may be in hand when the process dies: a batch that is loaded, and one that is read."""


@pytest.fixture
def bare(new_home: Callable[[str], HomeFolder]) -> HomeFolder:
    return bare_home(new_home("bare"))


def article_page(url: str, published: str | None, text: str, language: str = "en") -> StoredPage:
    meta = f'<meta property="article:published_time" content="{published}">' if published else ""
    paragraphs = "".join(
        f"<p>{text} This is paragraph {number} of the report, and it has words enough to be taken "
        f"for the text of an article by whoever reads it.</p>"
        for number in range(5)
    )
    body = (
        f'<html lang="{language}"><head><title>{text}</title>{meta}</head><body><article>'
        f"<h1>{text}</h1>{paragraphs}</article></body></html>"
    )
    return StoredPage(url, body.encode(), datetime(2024, 3, 1, tzinfo=UTC))


def urls(home: HomeFolder) -> set[str]:
    return {url for (url,) in home.sql("SELECT url FROM articles")}


def test_an_archive_becomes_articles_and_stories(
    bare: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    pages = newsroom_pages(newsroom)[:120]
    write_warc(tmp_path / "a.warc.gz", pages)
    done = bare.run("backfill", f"warc:{tmp_path}/a.warc.gz", "--json")
    assert done.code == 0, done.err
    assert urls(bare) == {page.url for page in pages}
    assert bare.sql("SELECT DISTINCT found_by, fetched_at FROM articles") == [
        ("backfill", pages[0].captured_at)
    ]
    [(status, shards, judged, articles)] = bare.sql(
        "SELECT any_value(b.status), count(*), sum(pages), sum(articles) "
        "FROM backfills b JOIN backfill_shards USING (backfill_id)"
    )
    assert (status, judged, articles) == ("done", 120, 120)
    assert shards > 1
    assert bare.run("check").code == 0
    kept = list((bare.folder / "archive").glob("*.warc.gz"))
    assert len(kept) == 1  # a copy of our own, for later extraction

    again = bare.run("backfill", f"warc:{tmp_path}/a.warc.gz", "--json")
    assert again.report["counts"]["pages"] == again.report["shards"] == 0
    assert again.report["backfills"][0]["status"] == "done"


def test_killed_at_random_moments_it_takes_every_page_once(
    new_home: Callable[[str], HomeFolder], newsroom: Newsroom, tmp_path: Path
) -> None:
    pages = newsroom_pages(newsroom)
    offsets = write_warc(tmp_path / "a.warc.gz", pages)
    for at in (7, 150):
        damage(tmp_path / "a.warc.gz", offsets[at])
    source = f"warc:{tmp_path}/*.warc.gz"
    dice, kills = random.Random(5), 0
    home = bare_home(new_home("killed"))
    for _ in range(2):
        kills += kill_in_its_midst(home.start("backfill", source), dice.uniform(0.2, 1.6))
    assert home.run("backfill", source).code == 0
    assert kills >= 1
    checked = home.run("check")
    assert checked.code == 0, checked.out

    expected = [page.url for at, page in enumerate(pages) if at not in (7, 150)]
    assert sorted(url for (url,) in home.sql("SELECT url FROM articles")) == sorted(expected)
    counts = "SELECT sum(pages), sum(articles), count(DISTINCT status) FROM backfill_shards"
    assert home.sql(counts) == [(len(expected), len(expected), 1)]
    [(repeated, most)] = home.sql(
        "SELECT sum(pages * (attempts - 1)), max(attempts) FROM backfill_shards"
    )
    assert repeated <= kills * BATCH_PAGES
    assert most <= kills + 1
    failures = home.sql("SELECT reason FROM internal.backfill_failures")
    assert failures == [("record_damaged",)] * 2

    straight = bare_home(new_home("straight"))
    assert straight.run("backfill", source).code == 0
    assert tables(home) == tables(straight)


def test_an_original_that_arrives_after_its_reprints_takes_over_its_story(
    bare: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    pieces = {piece.url: piece for piece in newsroom.released(newsroom.now)}
    original = next(url for url in newsroom.stories() if url in pieces)
    page = next(page for page in newsroom_pages(newsroom) if page.url == original)
    at = pieces[original].published_at
    copies = [reprint(page, number, at + timedelta(hours=number)) for number in range(1, 6)]
    write_warc(tmp_path / "reprints.warc.gz", copies)
    assert bare.run("backfill", f"warc:{tmp_path}/reprints.warc.gz").code == 0
    [(story, count)] = bare.sql("SELECT story_id, article_count FROM stories")
    assert count == 5

    write_warc(tmp_path / "original.warc.gz", [page])
    assert bare.run("backfill", f"warc:{tmp_path}/original.warc.gz").code == 0
    assert bare.sql(
        "SELECT story_id, article_count, url, original_status FROM stories "
        "JOIN articles USING (story_id) WHERE article_id = original_article_id"
    ) == [(story, 6, original, "held")]
    assert bare.sql(
        "SELECT a.url, o.url, relation, lag FROM reprints JOIN articles AS a USING (article_id) "
        "JOIN articles AS o ON o.article_id = original_article_id ORDER BY lag"
    ) == [(copy.url, original, "full", timedelta(hours=n)) for n, copy in enumerate(copies, 1)]
    edges = bare.sql("SELECT publisher, stories, median_lag FROM republication_edges ORDER BY 3")
    outlet = pieces[original].outlet
    assert edges == [(outlet, 1, timedelta(hours=number)) for number in range(1, 6)]
    assert bare.run("check").code == 0


def reprint(page: StoredPage, number: int, published_at: datetime) -> StoredPage:
    """The paragraphs of a page in another outlet's frame."""
    paragraphs = b"".join(re.findall(rb"<p>.*?</p>", page.body, re.DOTALL))
    heading = re.findall(rb"<h1.*?</h1>", page.body, re.DOTALL)[0]
    published = f'<meta property="article:published_time" content="{published_at.isoformat()}">'
    body = b"<html><head>%s</head><body><article>%s%s</article></body></html>"
    made = body % (published.encode(), heading, paragraphs)
    return StoredPage(f"http://reprinter-{number}.example/{number}", made, page.captured_at)


def test_a_download_that_broke_off_is_said_and_completed_later(
    bare: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    pages = newsroom_pages(newsroom)[:60]
    file = tmp_path / "a.warc.gz"
    offsets = write_warc(file, pages)
    whole = file.read_bytes()
    file.write_bytes(whole[: offsets[40] + 3000])
    done = bare.run("backfill", f"warc:{file}", "--json")
    assert done.code == 0
    assert urls(bare) == {page.url for page in pages[:40]}
    [failure] = done.report["failures"]
    assert failure["kind"] == "record_damaged"
    assert "downloaded whole" in failure["message"]
    assert f"{file}:{offsets[40]}" in failure["url"]

    file.write_bytes(whole)
    assert bare.run("backfill", f"warc:{file}").code == 0
    assert urls(bare) == {page.url for page in pages}
    assert bare.run("check").code == 0


def test_ctrl_c_ends_the_batch_and_says_how_to_go_on(
    bare: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    pages = newsroom_pages(newsroom, editions=2)
    write_warc(tmp_path / "a.warc.gz", pages)
    process = subprocess.Popen(
        bare.command("backfill", f"warc:{tmp_path}/a.warc.gz"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    parent = psutil.Process(process.pid)
    while not parent.children():
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Run the same command again" in out
    assert "batch in hand" in err
    [(outcome,)] = bare.sql("SELECT outcome FROM runs")
    assert outcome == "cancelled"
    [(status, attempts)] = bare.sql(
        "SELECT any_value(b.status), max(attempts) "
        "FROM backfills b JOIN backfill_shards USING (backfill_id)"
    )
    assert (status, attempts) == ("interrupted", 1)
    assert 0 < len(urls(bare)) < len(pages)
    assert bare.run("backfill", f"warc:{tmp_path}/a.warc.gz").code == 0
    assert len(urls(bare)) == len(pages)


def test_a_second_ctrl_c_stops_at_once_and_loses_nothing(
    bare: HomeFolder, newsroom: Newsroom, tmp_path: Path
) -> None:
    pages = newsroom_pages(newsroom)
    write_warc(tmp_path / "a.warc.gz", pages)
    process = bare.start("backfill", f"warc:{tmp_path}/a.warc.gz")
    parent = psutil.Process(process.pid)
    while not parent.children():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert bare.run("backfill", f"warc:{tmp_path}/a.warc.gz").code == 0
    assert len(urls(bare)) == len(pages)
    assert bare.run("check").code == 0


ENCODINGS: dict[str, tuple[tuple[tuple[str, str], ...], Callable[[bytes], bytes]]] = {
    "plain": ((), encoded_body),
    "chunked": ((("Transfer-Encoding", "chunked"),), lambda b: encoded_body(b, chunked=True)),
    "gzip": ((("Content-Encoding", "gzip"),), lambda b: encoded_body(b, gzipped=True)),
    "both": (
        (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")),
        lambda b: encoded_body(b, chunked=True, gzipped=True),
    ),
    "said and not done": (
        (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")),
        encoded_body,
    ),
    "brotli not done": ((("Content-Encoding", "br"),), encoded_body),
}


def test_what_crawlers_do_to_bodies_and_records(
    new_home: Callable[[str], HomeFolder], tmp_path: Path
) -> None:
    """Bodies stored as received or decoded, whatever the headers say; other statuses and media."""
    pages = []
    for name, (headers, encode) in ENCODINGS.items():
        page = article_page(f"http://a.example/{name.replace(' ', '-')}", None, f"A page, {name}.")
        pages.append(replace(page, headers=(*page.headers, *headers), body=encode(page.body)))
    gone = replace(article_page("http://a.example/gone", None, "Gone."), status="404 Not Found")
    image = replace(pages[0], url="http://a.example/i", headers=(("Content-Type", "image/png"),))
    for name, compressed in (("a.warc.gz", True), ("b.warc", False)):
        write_warc(tmp_path / name, [*pages, gone, image], compressed=compressed)
        home = bare_home(new_home(f"home-{name}"))
        done = home.run("backfill", f"warc:{tmp_path / name}", "--json")
        assert done.report["errors_by_kind"] == {}
        assert urls(home) == {page.url for page in pages}
        lengths = home.sql("SELECT min(word_count) > 100, max(word_count) < 200 FROM articles")
        assert lengths == [(True, True)]


def test_our_own_archive_gives_back_what_it_holds(
    home: HomeFolder, new_home: Callable[[str], HomeFolder]
) -> None:
    """The raw pages of a poll, read into a home of their own and into the same one."""
    assert home.run("poll", "--all").code == 0
    other = bare_home(new_home("other"))
    source = f"warc:{home.folder}/archive/*.warc.gz"
    done = other.run("backfill", source, "--json")
    assert done.code == 0
    assert {url for (url,) in other.sql("SELECT canonical_url FROM articles")} == {
        url for (url,) in home.sql("SELECT canonical_url FROM articles")
    }
    before = home.sql("SELECT count(*) FROM internal.raw_pages")
    files = sorted(file.name for file in (home.folder / "archive").iterdir())
    same = home.run("backfill", source, "--json")
    assert same.report["counts"]["articles"] == 0
    assert same.report["backfills"][0]["judged"]["known"] > 150
    assert home.sql("SELECT count(*) FROM internal.raw_pages") == before
    assert sorted(file.name for file in (home.folder / "archive").iterdir()) == files


def days_of_news() -> list[StoredPage]:
    """One article a day over three months, each captured two days later, its day in its address."""
    pages = []
    for number in range(91):
        at = datetime(2024, 1, 1, 15, 30, tzinfo=UTC) + timedelta(days=number)
        url = f"http://a.example/{at:%Y/%m/%d}/story-{number}"
        page = article_page(url, at.isoformat(), f"What happened on day {number} of the year.")
        pages.append(replace(page, captured_at=at + timedelta(days=2)))
    pages.append(article_page("http://a.example/undated", None, "Nobody knows when."))
    return pages


PERIODS = {
    "across months": (("--since", "2024-01-20", "--until", "2024-02-10"), 19, 40),
    "from the 31st": (("--since", "2024-01-31", "--until", "2024-03"), 30, 60),
    "a zone": (("--since", "2024-01-05T15:30+02:00", "--until", "2024-01-06T17:30+02:00"), 4, 5),
}


def test_a_period_holds_the_articles_that_were_published_in_it(
    new_home: Callable[[str], HomeFolder], tmp_path: Path
) -> None:
    pages = days_of_news()
    write_warc(tmp_path / "a.warc.gz", pages)
    for name, (words, first, last) in PERIODS.items():
        home = bare_home(new_home(name))
        done = home.run("backfill", f"warc:{tmp_path}/a.warc.gz", *words, "--json")
        assert done.code == 0, done.err
        assert urls(home) == {page.url for page in pages[first:last]}, name
    undated = home.run("backfill", f"warc:{tmp_path}/a.warc.gz", *words, "--undated", "--json")
    assert undated.report["counts"]["articles"] == 1
    assert "http://a.example/undated" in urls(home)


def test_other_filters_are_another_backfill(bare: HomeFolder, tmp_path: Path) -> None:
    pages = [
        article_page("http://a.example/1", None, "The first of the reports that are in English."),
        article_page("http://sub.a.example/2", None, "The second of the reports, in English too."),
        article_page("http://b.example/3", None, "A third report of another outlet altogether."),
        article_page(
            "http://a.example/4",
            None,
            "Ein Bericht, der auf Deutsch geschrieben ist und nicht auf Englisch.",
            "de",
        ),
    ]
    write_warc(tmp_path / "a.warc.gz", pages)
    source = f"warc:{tmp_path}/a.warc.gz"
    assert bare.run("backfill", source, "--host", "a.example", "--language", "en").code == 0
    assert urls(bare) == {page.url for page in pages[:2]}
    assert bare.run("backfill", source, "--host", "a.example").code == 0
    assert urls(bare) == {page.url for page in (*pages[:2], pages[3])}
    assert bare.run("backfill", source).code == 0
    assert len(urls(bare)) == 4
    rows = bare.sql("SELECT filters::VARCHAR, status FROM backfills ORDER BY created_at")
    assert rows == [
        ('{"hosts": ["a.example"], "languages": ["en"]}', "done"),
        ('{"hosts": ["a.example"]}', "done"),
        ("{}", "done"),
    ]


def test_restart_begins_anew(bare: HomeFolder, newsroom: Newsroom, tmp_path: Path) -> None:
    write_warc(tmp_path / "a.warc.gz", newsroom_pages(newsroom)[:8])
    source = f"warc:{tmp_path}/a.warc.gz"
    assert bare.run("backfill", source).code == 0
    assert "Nothing was left to do" in bare.run("backfill", source).out
    done = bare.run("backfill", source, "--restart", "--json")
    assert done.report["counts"]["articles"] == 0
    assert done.report["backfills"][0]["judged"]["known"] == 8
    assert bare.sql("SELECT count(*), count(DISTINCT backfill_id) FROM backfills") == [(2, 2)]


@pytest.mark.parametrize("content", [b"", "only a warcinfo"], ids=["no bytes", "no pages"])
def test_an_empty_archive_is_done_at_once(
    bare: HomeFolder, tmp_path: Path, content: bytes | str
) -> None:
    file = tmp_path / "empty.warc.gz"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        write_warc(file, [])
    done = bare.run("backfill", f"warc:{file}", "--json")
    assert done.code == 0, done.err
    assert done.report["backfills"][0]["status"] == "done"
    assert done.report["counts"]["articles"] == 0


def test_a_file_that_cannot_be_read_in_parts_is_refused(bare: HomeFolder, tmp_path: Path) -> None:
    import gzip

    plain = tmp_path / "b.warc"
    write_warc(plain, days_of_news()[:3], compressed=False)
    cases = {
        "whole.warc.gz": (gzip.compress(plain.read_bytes()), "gunzip"),
        "c.warc.zst": (b"\x28\xb5\x2f\xfd1234", "zstd"),
        "d.warc": (b"<html>an error page</html>", "no WARC file"),
    }
    for name, (content, says) in cases.items():
        (tmp_path / name).write_bytes(content)
        done = bare.run("backfill", f"warc:{tmp_path / name}")
        assert (done.code, says in done.err) == (2, True), done.err
    nothing = bare.run("backfill", f"warc:{tmp_path}/*.nothing")
    assert (nothing.code, "names no file" in nothing.err) == (2, True)
