"""Thousands of real, odd and damaged feed documents: rows or a named outcome, never a lost run.

Runs where a corpus of feed documents lies beside the project, and is skipped elsewhere. By default
all documents and 300 mutations of them; LONG_TESTS=1 makes it 2,000. Longer fuzzing:
``python -m tests.test_feed_corpus SEED COUNT``.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urljoin

import pytest

from ingest.errors import OutcomeError
from ingest.feeds.parse import MAX_ENTRIES, parse_feed
from ingest.plaintext import plain_text
from ingest.types import FeedEntry, ParsedFeed
from ingest.urls import url_key

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "feeds"
LONG = os.environ.get("LONG_TESTS") == "1"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "http://example.org/feeds/news.xml"
DEADLINE = 30.0
"""Seconds per document; the slowest takes half of one."""

SHOWN_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Verdict:
    """What came of one document. `outcome` is "rows", a kind of OutcomeError, "exception: ...",
    or "killed". `alone` is the number of different entries that feedparser finds by itself, and
    `lost` how many of them we do not."""

    outcome: str
    entries: int = 0
    alone: int = 0
    lost: int = 0
    partial: bool = False
    overlong: bool = False
    flaw: str = ""

    @property
    def is_named(self) -> bool:
        return self.outcome != "rows" and not self.outcome.startswith(("exception", "killed"))

    @property
    def complaint(self) -> str:
        """Why this document was not treated as promised; "" if it was."""
        if self.is_named:
            return ""
        if self.outcome != "rows":
            return self.outcome
        # A document that breaks off loses its last, incomplete entry.
        if self.lost > self.partial and not self.overlong:
            return (
                f"{self.entries} entries, where feedparser alone finds {self.alone},"
                f" {self.lost} of them others"
            )
        return self.flaw


def judge(body: bytes) -> Verdict:
    try:
        feed = parse_feed(body, url=URL, content_type=None, now=NOW)
    except OutcomeError as error:
        return Verdict(error.kind)
    except Exception as error:  # noqa: BLE001 - what this test is looking for
        return Verdict(f"exception: {error!r}")
    alone = found_by_feedparser(comparable(body, partial=feed.partial))
    return Verdict(
        "rows",
        entries=len(feed.entries),
        alone=len(alone),
        lost=lost(feed, alone.values()) if len(feed.entries) < len(alone) else 0,
        partial=feed.partial,
        overlong=feed.overlong,
        flaw=flaw_of(feed),
    )


_ENTRY_END = re.compile(rb".*</(?:\w+:)?(?:item|entry)\s*>", re.DOTALL | re.IGNORECASE)


def comparable(body: bytes, *, partial: bool) -> bytes:
    """The document without what feedparser alone makes more entries of: NUL bytes in a tag, which
    give two copies of one text different readings; and an entry that breaks off, whose pieces it
    takes for several."""
    if body.count(0) < len(body) / 10:  # otherwise it is UTF-16
        body = body.replace(b"\0", b"")
    whole = _ENTRY_END.match(body) if partial else None
    return whole[0] if whole else body


def found_by_feedparser(body: bytes) -> dict[object, FeedEntry]:
    """Different entries, as far as they tell one from another: those for one page, and those that
    are alike, count once."""
    import feedparser

    try:
        parsed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001 - feedparser raises anything
        return {}
    found: dict[object, FeedEntry] = {}
    for entry in parsed.entries:
        link = entry.get("feedburner_origlink") or entry.get("link") or ""
        if link == entry.get("id") and "://" not in link:
            link = ""  # feedparser takes any guid for a link
        title, summary = (plain_text(entry.get(key) or "") for key in ("title", "summary"))
        guid, url = entry.get("id"), _page(link) if link else None
        found[url or (guid, title, summary)] = FeedEntry(guid, url, title, summary)
    return found


def lost(feed: ParsedFeed, alone: Iterable[FeedEntry]) -> int:
    """How many of feedparser's entries have nothing like them in the feed.

    Where tags are damaged two entries may have grown together, and feedparser tells another of
    their two addresses than we do: an entry's text is then proof enough that it is there.
    """
    pages = {_page(entry.url) for entry in feed.entries if entry.url}
    titles = {entry.title for entry in feed.entries if entry.title}
    texts = {(entry.title, entry.summary) for entry in feed.entries}
    return sum(
        entry.url not in pages
        and (entry.title, entry.summary) not in texts
        and (entry.url is not None or entry.title not in titles)
        for entry in alone
    )


def _page(link: str) -> str:
    try:
        absolute = urljoin(URL, link)
    except ValueError:
        return link
    return url_key(absolute) or absolute


def flaw_of(feed: ParsedFeed) -> str:
    for entry in feed.entries:
        shown = (entry.title, entry.summary, *entry.authors, *entry.tags)
        if any(SHOWN_CONTROLS.search(text) for text in shown):
            return f"control characters in {shown!r}"
        stored = (*shown, entry.guid, entry.url, entry.published_raw, entry.content_html)
        if any("\0" in text or not _encodable(text) for text in stored if text):
            return f"not storable: {stored!r}"
        if (entry.published_at is None) != (entry.published_precision is None):
            return "a time without precision, or the reverse"
    guids = Counter(entry.guid for entry in feed.entries if entry.guid)
    if any(count > 1 for count in guids.values()):
        return "a guid twice"
    return "" if len(feed.entries) <= MAX_ENTRIES else "more entries than the limit"


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Judge:
    """A child process that judges documents and is replaced when one of them hangs or kills it."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far,), daemon=True)
        self._process.start()
        far.close()

    def __call__(self, body: bytes) -> Verdict:
        try:
            self._pipe.send_bytes(body)
            if self._pipe.poll(DEADLINE):
                verdict: Verdict = self._pipe.recv()
                return verdict
        except (EOFError, OSError):
            pass
        self.close()
        self._start()
        return Verdict("killed")

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: Connection) -> None:
    while True:
        pipe.send(judge(pipe.recv_bytes()))


MUTATIONS = [
    b"<", b">", b"&", b'"', b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"</item>", b"<item>",
    b"</entry>", b"<entry>", b"</channel>", b"<script>", b"&#xD800;", b"&#99999999999;", b"&nbsp;",
    b"&#0;", b"&#xFFFF;", b"&#128512", b"\x00", b"\x1b", b"\xff", b"\xc3", b"\xed\xa0\x80",
    "\u202e\u200b".encode(), b"<" * 5000, b"<a " * 500, b"9" * 5000, b'xmlns:x="y"', b"<x:y>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b'<?xml version="1.0" encoding="punycode"?>',
    b'<?xml version="1.0" encoding="utf-16"?>', b"\xef\xbb\xbf", b"\xff\xfe",
]  # fmt: skip


def mutated(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        until = min(len(changed), at + chance.choice([1, 2, 10, 100, 1000]))
        match chance.randrange(6):
            case 0 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at:until]
            case 2:
                changed[at:at] = changed[at:until]
            case 3 if chance.random() < 0.3:
                del changed[at:]
            case _:
                changed[at:at] = chance.choice(MUTATIONS)
    return bytes(changed)


def corpus() -> list[tuple[str, bytes]]:
    lines = (CORPUS / "feeds.jsonl").read_text(encoding="utf-8").splitlines()
    names = [json.loads(line)["file"] for line in lines]
    return [(name, (CORPUS / name).read_bytes()) for name in names]


def fuzzed(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    documents = corpus()
    for number in range(count):
        # A seed per document, so that one finding can be repeated alone.
        chance = random.Random(f"{seed}:{number}")
        name, body = documents[chance.randrange(len(documents))]
        yield f"{name} mutation {seed}:{number}", mutated(body, chance)


@pytest.fixture(scope="module")
def judged() -> Iterator[Judge]:
    if not (CORPUS / "feeds.jsonl").exists():
        pytest.skip("no corpus of feed documents beside the project")
    judge_process = Judge()
    yield judge_process
    judge_process.close()


# The documents where we find less than feedparser on purpose.
EXPLAINED = {
    # feedparser takes an enclosure for the page of one of two entries that have the same page.
    "files/kurtmckee-3f6be31814.xml",
    "files/kurtmckee-9646015b65.xml",
}


def complaints(judge_document: Judge, documents: Iterator[tuple[str, bytes]]) -> list[str]:
    found = []
    for name, body in documents:
        complaint = judge_document(body).complaint
        if complaint and name.split()[0] not in EXPLAINED:
            found.append(f"{name}: {complaint}")
    return found


def test_every_document_gives_rows_or_a_named_outcome(judged: Judge) -> None:
    assert complaints(judged, iter(corpus())) == []


def test_nearly_every_document_gives_rows(judged: Judge) -> None:
    documents = corpus()[::4]
    outcomes = Counter(judged(body).outcome for _, body in documents)
    assert outcomes["rows"] >= 0.98 * len(documents), outcomes


def test_mutated_documents_give_rows_or_a_named_outcome(judged: Judge) -> None:
    assert complaints(judged, fuzzed(seed=1, count=2000 if LONG else 300)) == []


def main(words: list[str]) -> str | None:
    """The fuzz command; its complaint, if any, which is also what makes it fail."""
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return "usage: python -m tests.test_feed_corpus SEED COUNT"
    if not (CORPUS / "feeds.jsonl").exists():
        return f"There is no corpus of feed documents in {CORPUS}."
    fuzzer = Judge()
    try:
        findings = complaints(fuzzer, fuzzed(int(words[0]), int(words[1])))
    finally:
        fuzzer.close()
    if not findings:
        print(f"{words[1]} documents, nothing found")
    return "\n".join(findings) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
