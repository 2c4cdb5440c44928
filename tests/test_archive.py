"""Raw pages on disk: what is written comes back, whatever happens to the rest of the file."""

from __future__ import annotations

import gzip
import logging
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import fastwarc
import pytest
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from ingest.archive import ArchiveWriter, iter_pages, read_page
from ingest.archive_records import ArchiveDamaged
from ingest.errors import DiskFull, StorageError
from ingest.types import ArchivePlace, RawPage

NAME = "20261122T180501Z-poll-r1.warc.gz"
PAGE = RawPage(
    url="https://example.org/a?utm_source=rss",
    final_url="https://www.example.org/a",
    status=200,
    headers=(
        ("content-type", "text/html; charset=utf-8"),
        ("content-encoding", "gzip"),
        ("content-length", "4711"),
        ("transfer-encoding", "chunked"),
        ("connection", "keep-alive"),
        ("link", '<https://example.org/feed>; rel="alternate"'),
        ("link", '<https://example.org/a>; rel="canonical"'),
        ("x-empty", ""),
    ),
    body="<html><title>Zwölf Äpfel</title></html>".encode(),
    fetched_at=datetime(2026, 11, 22, 18, 5, 1, 123456, tzinfo=UTC),
)


def numbered(count: int, size: int = 3000) -> list[RawPage]:
    """Pages whose bodies do not compress, so that every byte of the file matters."""
    source = random.Random(7)
    return [
        replace(PAGE, url=f"https://example.org/{number}", body=source.randbytes(size))
        for number in range(count)
    ]


def write(folder: Path, pages: list[RawPage], name: str = NAME) -> list[ArchivePlace]:
    with ArchiveWriter(folder, name=name) as writer:
        return [writer.append(page) for page in pages]


def urls(path: Path) -> list[str]:
    return [page.url for _, page in iter_pages(path)]


def change_byte(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0x10
    path.write_bytes(content)


PAGES = {
    "plain": PAGE,
    "same url": replace(PAGE, final_url=PAGE.url),
    "empty": replace(PAGE, body=b""),
    "no headers": replace(PAGE, headers=()),
    "odd status": replace(PAGE, status=299),
    "like a record": replace(PAGE, body=b"WARC/1.1\r\n\r\n\r\n\x1f\x8b\x08 and so on"),
    "unicode": replace(PAGE, headers=(("server", "Köln"), ("x-title", "日本のニュース"))),
    "upper case": replace(PAGE, headers=(("Server", "a"), ("Content-Encoding", "br"))),
    "long header": replace(PAGE, headers=(("x-long", "v" * 100_000),)),
    "unicode url": replace(PAGE, url="https://exämple.org/日本?q=a b"),
    "long url": replace(PAGE, final_url="https://example.org/" + "x" * 50_000),
    "whole second": replace(PAGE, fetched_at=datetime(2026, 11, 22, 18, 5, 1, tzinfo=UTC)),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_page_comes_back_as_it_was(tmp_path: Path, page: RawPage) -> None:
    (place,) = write(tmp_path, [page])
    assert read_page(tmp_path, place) == page
    assert list(iter_pages(tmp_path / NAME)) == [(place.offset, page)]


def test_a_large_page_comes_back_as_it_was(tmp_path: Path) -> None:
    (page,) = numbered(1, size=10_000_000)
    before, large, after = write(tmp_path, [PAGE, page, PAGE])
    assert read_page(tmp_path, large).body == page.body
    assert read_page(tmp_path, after) == read_page(tmp_path, before) == PAGE
    assert len(list(iter_pages(tmp_path / NAME))) == 3


def test_times_come_back_in_utc(tmp_path: Path) -> None:
    cest = timezone(timedelta(hours=2))
    (place,) = write(tmp_path, [replace(PAGE, fetched_at=PAGE.fetched_at.astimezone(cest))])
    assert read_page(tmp_path, place).fetched_at.isoformat() == "2026-11-22T18:05:01.123456+00:00"
    with pytest.raises(ValueError, match="time zone"):
        write(tmp_path, [replace(PAGE, fetched_at=datetime(2026, 11, 22))], "b.warc.gz")  # noqa: DTZ001


def test_header_bytes_are_kept_and_read_as_utf8_where_they_are(tmp_path: Path) -> None:
    as_http_client_reads_it = "Zürich".encode().decode("latin-1")
    (place,) = write(tmp_path, [replace(PAGE, headers=(("x-city", as_http_client_reads_it),))])
    assert "x-city: Zürich\r\n".encode() in gzip.decompress((tmp_path / NAME).read_bytes())
    assert read_page(tmp_path, place).header("x-city") == "Zürich"


def test_secrets_are_not_stored(tmp_path: Path) -> None:
    page = replace(
        PAGE,
        url="https://reader:hunter2@example.org/a?to=me@example.org",
        final_url="HTTPS://hunter2@www.example.org/@author",
        headers=(
            ("Set-Cookie", "sid=hunter2"),
            ("authorization", "Bearer hunter2"),
            ("Proxy-Authenticate", "hunter2"),
            ("x-api-key", "hunter2"),
            ("X-Auth-Token", "hunter2"),
            ("content-location", "https://reader:hunter2@example.org/a"),
            ("server", "nginx"),
        ),
    )
    (place,) = write(tmp_path, [page])
    assert b"hunter2" not in gzip.decompress((tmp_path / NAME).read_bytes())
    stored = read_page(tmp_path, place)
    assert stored.url == "https://example.org/a?to=me@example.org"
    assert stored.final_url == "HTTPS://www.example.org/@author"
    assert stored.headers == (
        ("content-location", "https://example.org/a"),
        ("server", "nginx"),
    )


@pytest.mark.parametrize(
    "headers",
    [
        (("x-a", "b\r\nset-cookie: forged"),),
        (("x-a: b\r\nset-cookie", "forged"),),
        (("x a", "b"), ("", "c")),
    ],
)
def test_headers_cannot_forge_others(tmp_path: Path, headers: tuple[tuple[str, str], ...]) -> None:
    page = replace(PAGE, headers=headers, url="https://example.org/a\r\nWARC-Type: metadata")
    (place,) = write(tmp_path, [page])
    stored = read_page(tmp_path, place)
    assert stored.header("set-cookie") is None
    assert stored.body == PAGE.body


def test_other_tools_read_the_file(tmp_path: Path) -> None:
    places = write(tmp_path, [PAGE, replace(PAGE, body=b"")])
    with open(tmp_path / NAME, "rb") as file:
        reader = ArchiveIterator(file, check_digests="raise")
        info = next(reader)
        assert info.rec_type == "warcinfo"
        assert b"software: Wirecopy/" in info.content_stream().read()
        first = next(reader)
        assert first.rec_headers.get_header("WARC-Target-URI") == PAGE.url
        assert first.rec_headers.get_header("WARC-X-Final-URI") == PAGE.final_url
        assert first.rec_headers.get_header("WARC-Date") == "2026-11-22T18:05:01.123456Z"
        info_id = info.rec_headers.get_header("WARC-Record-ID")
        assert first.rec_headers.get_header("WARC-Warcinfo-ID") == info_id
        assert first.http_headers.get_statuscode() == "200"
        assert first.http_headers.get_header("content-encoding") is None
        assert first.http_headers.get_header("transfer-encoding") is None
        assert first.http_headers.get_header("content-length") == str(len(PAGE.body))
        assert first.content_stream().read() == PAGE.body
        assert reader.get_record_offset() == places[0].offset
        assert reader.get_record_length() == places[0].length
        second = next(reader)
        assert second.content_stream().read() == b""
        assert next(reader, None) is None
    with open(tmp_path / NAME, "rb") as file:
        for record in fastwarc.ArchiveIterator(file, parse_http=False):
            assert record.verify_block_digest()


def test_a_file_torn_anywhere_keeps_its_complete_pages(tmp_path: Path) -> None:
    pages = numbered(3, size=300)
    places = write(tmp_path, pages)
    content = (tmp_path / NAME).read_bytes()
    torn = tmp_path / "torn.warc.gz"
    for size in range(len(content) + 1):
        torn.write_bytes(content[:size])
        complete = [place for place in places if place.offset + place.length <= size]
        expected = [page.url for page in pages[: len(complete)]]
        assert urls(torn) == expected, f"cut off at {size}"


def test_a_changed_byte_costs_at_most_one_page(tmp_path: Path) -> None:
    pages = numbered(3, size=200)
    places = write(tmp_path, pages)
    path = tmp_path / NAME
    content = path.read_bytes()
    victim = places[1]
    noticed = 0
    for position in range(victim.offset, victim.offset + victim.length):
        path.write_bytes(content)
        change_byte(path, position)
        assert read_page(tmp_path, places[2]) == pages[2]
        found = [page for _, page in iter_pages(path)]
        try:
            # Some bits mean nothing: those of the header's time, or padding.
            assert read_page(tmp_path, victim) == pages[1]
            assert found == pages
        except ArchiveDamaged:
            noticed += 1
            assert found == [pages[0], pages[2]]
    assert noticed >= victim.length - 12


def test_damage_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    places = write(tmp_path, numbered(3))
    change_byte(tmp_path / NAME, places[1].offset + 1000)
    assert len(urls(tmp_path / NAME)) == 2
    (record,) = caplog.records
    assert (record.getMessage(), record.levelno) == ("archive.damaged", logging.WARNING)
    assert (vars(record)["file"], vars(record)["offset"]) == (NAME, places[1].offset)
    with pytest.raises(ArchiveDamaged, match=NAME):
        read_page(tmp_path, places[1])


def test_a_lost_stretch_of_a_file_costs_what_it_held(tmp_path: Path) -> None:
    pages = numbered(6, size=100_000)
    places = write(tmp_path, pages)
    content = bytearray((tmp_path / NAME).read_bytes())
    start, end = places[1].offset + 50, places[3].offset + 50
    content[start:end] = bytes(end - start)
    (tmp_path / NAME).write_bytes(content)
    assert urls(tmp_path / NAME) == [pages[number].url for number in (0, 4, 5)]


@pytest.mark.parametrize(
    "place",
    [
        ArchivePlace("missing.warc.gz", 0, 10),
        ArchivePlace(NAME, 0, 10),
        ArchivePlace(NAME, 3, 100),
        ArchivePlace(NAME, 10_000_000, 100),
    ],
)
def test_a_wrong_place_is_a_named_error(tmp_path: Path, place: ArchivePlace) -> None:
    write(tmp_path, [PAGE])
    with pytest.raises(ArchiveDamaged, match=place.file):
        read_page(tmp_path, place)


def test_a_warcinfo_record_is_no_page(tmp_path: Path) -> None:
    (place,) = write(tmp_path, [PAGE])
    with pytest.raises(ArchiveDamaged, match="not a page"):
        read_page(tmp_path, ArchivePlace(NAME, 0, place.offset))


def test_a_missing_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveDamaged, match=NAME):
        list(iter_pages(tmp_path / NAME))


def test_a_place_outside_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        read_page(tmp_path, ArchivePlace("../a.warc.gz", 0, 1))


def test_a_run_without_pages_leaves_no_file(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, name=NAME) as writer:
        writer.sync()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_reopened(tmp_path: Path) -> None:
    late = ArchiveWriter(tmp_path, name=NAME)
    write(tmp_path, [PAGE])
    content = (tmp_path / NAME).read_bytes()
    with pytest.raises(FileExistsError):
        ArchiveWriter(tmp_path, name=NAME)
    with pytest.raises(FileExistsError):
        late.append(PAGE)
    assert (tmp_path / NAME).read_bytes() == content


@pytest.mark.parametrize("name", ["../a.warc.gz", "a.warc", "b/a.warc.gz"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        ArchiveWriter(tmp_path, name=name)


def test_threads_append_at_once(tmp_path: Path) -> None:
    pages = numbered(200)
    with ArchiveWriter(tmp_path, name=NAME) as writer, ThreadPoolExecutor(8) as threads:
        places = list(threads.map(writer.append, pages))
    assert [read_page(tmp_path, place) for place in places] == pages
    assert sorted(urls(tmp_path / NAME)) == sorted(page.url for page in pages)


def test_what_was_synced_outlives_a_killed_process(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "import os, pathlib, test_archive as t\n"
        "writer = t.ArchiveWriter(pathlib.Path(sys.argv[1]), name=t.NAME)\n"
        "for page in t.numbered(3): writer.append(page)\n"
        "writer.sync(); os.kill(os.getpid(), 9)\n"
    )
    tests = Path(__file__).parent
    command = [sys.executable, "-c", program, str(tmp_path), str(tests), str(tests.parent)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert urls(tmp_path / NAME) == [page.url for page in numbered(3)]


def test_sync_reaches_the_disk_file_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    monkeypatch.setattr("ingest.archive.flush_to_disk", lambda file: flushed.append("file"))
    monkeypatch.setattr("ingest.archive.flush_folder", lambda path: flushed.append(path.name))
    with ArchiveWriter(tmp_path, name=NAME) as writer:
        writer.append(PAGE)
        assert flushed == []
        writer.sync()
        assert flushed == ["file", tmp_path.name, tmp_path.parent.name]
        writer.sync()
        writer.append(PAGE)
        writer.sync()
        assert flushed[3:] == ["file"]
        writer.append(PAGE)
    assert flushed[4:] == ["file"]
    with pytest.raises(StorageError, match="closed"):
        writer.append(PAGE)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """As good as a full disk: the kernel writes what fits and refuses the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("before", [0, 2])
def test_a_full_disk_leaves_whole_pages(tmp_path: Path, before: int) -> None:
    pages = numbered(before + 1)
    with ArchiveWriter(tmp_path, name=NAME) as writer:
        places = [writer.append(page) for page in pages[:before]]
        size = os.path.getsize(tmp_path / NAME) if before else 0
        with files_no_larger_than(size + 300), pytest.raises(DiskFull, match="free some"):
            writer.append(pages[-1])
        assert os.path.getsize(tmp_path / NAME) == size
        places.append(writer.append(pages[-1]))
    assert [read_page(tmp_path, place) for place in places] == pages
    assert urls(tmp_path / NAME) == [page.url for page in pages]


def test_a_missing_folder_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        ArchiveWriter(tmp_path / "none", name=NAME).append(PAGE)
