"""What matching does with real pages, for a person to read: `python -m benchmarks.matching.real_pages`.

Every page of the shared corpus is extracted and taken in as a run does, under its own publisher and
date, and so are the entries of real feeds that carry their article whole. Listed are the pairs that
were brought together (stories, links), those called templates, and near misses: pairs with some
wording in common that were left alone, nearest first. `--reprints` adds pages as the replay server's
outlets reprint them; `--texts` prints the two texts of each pair.
"""  # noqa: E501

from __future__ import annotations

import argparse
import importlib.util
import json
import pickle
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.extraction.labelled_pages import SHARED_SET, LabelledPage, shared_pages
from benchmarks.matching.documents import NOW, SHARED
from benchmarks.matching.store import Held, Store
from ingest.articles import MATCHED, make_article
from ingest.errors import WirecopyError
from ingest.extraction.extract import extract_page
from ingest.feeds.parse import parse_feed
from ingest.imports import imported_article
from ingest.matching.facts import conflict
from ingest.matching.match import MIN_SHINGLES, Text, compare, side_by_side
from ingest.matching.shingles import count_shared, share
from ingest.plaintext import plain_text
from ingest.publishers import publisher_of
from ingest.types import Article, Copy, FeedEntry, RawPage, WantedPage
from ingest.urls import url_key

SETS = ("aeb", "fundus", "wcxb", "traf")
BATCH = 200
LEAST_HASHES = 3
"""Pairs that share so many hashes of their sketches are candidates; near misses are among them."""
LEAST_CONTAINMENT = 0.1
"""Or this share of the smaller text's runs of words, whatever the sketches say."""
LEAST_ENTRY = 120
"""A feed's entry of fewer words seldom is the whole article."""

_LINE_END = re.compile(r"(?i)</(?:p|div|li|h\d|blockquote)>|<br\s*/?>")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles and what was made of them: the relation of a reprint, `update` or `member` of
    one story, the relation of a link, `template`, or `none`."""

    one: str
    other: str
    found: str
    containment: float
    conflict: float


def page_articles(every: int = 1) -> Iterator[tuple[str, Article]]:
    """The corpus's pages as articles, by their id there."""
    pages = list(shared_pages(SETS, every=every))
    with ProcessPoolExecutor(2) as workers:
        for page, article in zip(pages, workers.map(_article, pages, chunksize=8), strict=True):
            if article is not None:
                yield page.page_id, article


def _article(page: LabelledPage) -> Article | None:
    key = url_key(page.url)
    if key is None:
        return None
    headers = (("Content-Type", "text/html"),)
    raw = RawPage(page.url, page.url, 200, headers, page.html, NOW)
    wanted = WantedPage(key, page.url, FeedEntry(None, page.url, "", ""), 0, NOW)
    try:
        extraction = extract_page(page.html, url=page.url, content_type=None, now=NOW)
        article = make_article(
            wanted, raw, extraction, found_by="backfill", publisher_of=publisher_of
        )
    except WirecopyError:
        return None
    return _seen(article, article.published_at)


def entry_articles() -> Iterator[tuple[str, Article]]:
    """Articles that real feeds carry whole."""
    folder = SHARED / "corpus" / "feeds"
    for line in (folder / "feeds.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if not row["real_capture"]:
            continue
        body = (folder / row["file"]).read_bytes()
        try:
            feed = parse_feed(body, url="http://feed.example/", content_type=None, now=NOW)
        except WirecopyError:
            continue
        for number, entry in enumerate(feed.entries):
            made = _from_entry(entry)
            if made is not None:
                yield f"{row['id'].partition('.')[0]}#{number}", made


def _from_entry(entry: FeedEntry) -> Article | None:
    markup = entry.content_html or ""
    text = "\n".join(plain_text(line) for line in _LINE_END.split(markup))
    if entry.url is None or url_key(entry.url) is None or len(text.split()) < LEAST_ENTRY:
        return None
    row = {"url": entry.url, "title": entry.title, "body": text}
    made = imported_article(row, now=NOW, publisher_of=publisher_of)
    return _seen(made, entry.published_at)


def _seen(article: Article, published: datetime | None) -> Article:
    return replace(article, first_seen_at=published or NOW, sort_at=published or NOW,
                   published_at=published)  # fmt: skip


def reprinted(outlets: int, pages: int) -> Iterator[tuple[str, Article]]:
    """Pages as the replay server's outlets reprint them, extracted like any other."""
    spec = importlib.util.spec_from_file_location("replay", SHARED / "tools" / "replay.py")
    if spec is None or spec.loader is None:
        return
    replay: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(replay)
    rows = [json.loads(line) for line in (SHARED_SET / "pages.jsonl").open(encoding="utf-8")]
    rows = sorted(
        (row for row in rows if row.get("body")), key=lambda row: replay.digest(row["id"])
    )
    for number in range(outlets):
        outlet = f"reprint-{number:02d}.test"
        for row in rows[number * pages // 2 :][:pages]:
            html, _ = replay.reprint(replay.Page(row, SHARED_SET), outlet, number)
            url = f"http://{outlet}/{row['id']}.html"
            page = LabelledPage(
                f"{outlet}:{row['id']}", "reprint", outlet, url, row["language"], html.encode()
            )
            if (made := _article(page)) is not None:
                yield page.page_id, _seen(made, NOW + timedelta(hours=1 + number))


def load(articles: Sequence[Article], *, settle: bool = True) -> Held:
    """What the tables say when these have been taken in, oldest first."""
    store = Store(publisher_of)
    ordered = sorted(articles, key=lambda one: (one.first_seen_at, one.article_id))
    for start in range(0, len(ordered), BATCH):
        store.take_in(ordered[start : start + BATCH])
    if settle:
        store.settle()
    return store.held


def pairs(held: Held, sketches: Mapping[str, frozenset[int]]) -> list[Pair]:
    """Every pair that has something in common, the most first."""
    texts = {name: Text(copy.body, copy.removed) for name, copy in held.copies.items()}
    found = []
    for one, other in _with_common_words(texts, sketches):
        ours, theirs = side_by_side(texts[one], texts[other])
        if min(len(ours.distinct), len(theirs.distinct)) < MIN_SHINGLES:
            continue
        smaller, larger = sorted((ours, theirs), key=lambda text: len(text.distinct))
        held_share = share(smaller.distinct, larger.distinct)
        common_hashes = len(sketches[one] & sketches[other])
        said = _found(one, other, held, texts)
        if said == "none" and held_share < LEAST_CONTAINMENT and common_hashes < LEAST_HASHES:
            continue
        found.append(Pair(one, other, said, held_share, conflict(smaller, larger)))
    return sorted(found, key=lambda pair: -pair.containment)


def _with_common_words(
    texts: Mapping[str, Text], sketches: Mapping[str, frozenset[int]]
) -> Iterator[tuple[str, str]]:
    """Pairs whose texts share runs of words that few others have."""
    holders: dict[int, list[str]] = {}
    for name, text in texts.items():
        for number in text.whole.distinct.tolist():
            holders.setdefault(number, []).append(name)
    counts: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        if 1 < len(names) <= 60:
            counts.update(combinations(names, 2))
    for (one, other), count in counts.items():
        hashes = len(sketches[one] & sketches[other])
        least = min(len(texts[one].distinct), len(texts[other].distinct))
        if hashes >= LEAST_HASHES or count >= LEAST_CONTAINMENT * least:
            yield one, other


def _found(one: str, other: str, held: Held, texts: Mapping[str, Text]) -> str:
    ours, theirs = held.copies[one], held.copies[other]
    if ours.story_id == theirs.story_id:
        for name, mate in ((one, other), (other, one)):
            reprint = held.reprints.get(name)
            if reprint and mate == held.stories[ours.story_id or ""].representative_article_id:
                return reprint.relation
        return "update" if ours.publisher == theirs.publisher else "member"
    for link in held.links:
        if {link.from_article_id, link.to_article_id} == {one, other}:
            return link.relation
    same_publisher = ours.publisher == theirs.publisher
    match = compare(texts[one], texts[other], same_publisher=same_publisher)
    return match.kind if match and match.kind == "template" else "none"


def _label(copy: Copy, name: str) -> str:
    at = copy.published_at.date().isoformat() if copy.published_at else "no date"
    return f"{name} [{copy.publisher}, {at}, {len(copy.body.split())} words] {copy.title[:70]}"


def _show(pair: Pair, held: Held, names: Mapping[str, str], *, texts: bool) -> None:
    ones = [held.copies[pair.one], held.copies[pair.other]]
    ones.sort(key=lambda copy: copy.sort_at)
    story = held.stories[ones[0].story_id or ""]
    original = story.original_article_id or f"- ({story.original_credit})"
    print(f"{pair.found}: containment {pair.containment:.2f}, conflict {pair.conflict:.2f}, "
          f"original {names.get(original, original)} {story.original_status}")  # fmt: skip
    for copy in ones:
        print(f"    {_label(copy, names[copy.article_id])}")
    if texts:
        whole = [Text(copy.body, copy.removed) for copy in ones]
        for copy, text, other in zip(ones, whole, whole[::-1], strict=True):
            print(f"  ---- {names[copy.article_id]} (* in both)")
            print("\n".join(_marked(line, other) for line in text.paragraphs))
        for copy in ones:
            if reprint := held.reprints.get(copy.article_id):
                print(f"  ++++ added by {names[copy.article_id]}: {reprint.added_text}")
                print(f"  evidence {reprint.evidence}")


def _marked(line: str, other: Text) -> str:
    here = Text(line).distinct
    mark = "*" if len(here) and count_shared(here, other.distinct) * 2 >= len(here) else " "
    return f"  {mark} {line[:400]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every n-th page")
    parser.add_argument("--reprints", nargs=2, type=int, metavar=("OUTLETS", "PAGES"))
    parser.add_argument("--kept", type=Path, help="file in which extracted articles are kept")
    parser.add_argument("--texts", action="store_true", help="print the texts too")
    parser.add_argument("--most", type=int, default=1000, help="so many pairs of a kind")
    asked = parser.parse_args()
    if asked.kept and asked.kept.exists():
        articles = pickle.loads(asked.kept.read_bytes())
    else:
        articles = [*page_articles(asked.every), *entry_articles()]
        if asked.kept:
            asked.kept.write_bytes(pickle.dumps(articles))
    if asked.reprints:
        articles += reprinted(*asked.reprints)
    names = {article.article_id: name for name, article in reversed(articles)}
    matched = [one for _, one in articles if one.content_status in MATCHED]
    held = load(list({one.article_id: one for _, one in articles}.values()))
    sketches = {one.article_id: frozenset(one.sketch) for one in matched}
    kept = {name: copy for name, copy in held.copies.items() if name in sketches}
    found = pairs(replace(held, copies=kept), sketches)
    lines = sum(held.boilerplate.values())
    print(f"{len(articles)} articles, {len(matched)} matched, {len(held.stories)} stories, "
          f"{lines} lines of boilerplate")  # fmt: skip
    for kind, count in Counter(pair.found for pair in found).most_common():
        print(f"\n== {kind}: {count}")
        for pair in [pair for pair in found if pair.found == kind][: asked.most]:
            _show(pair, held, names, texts=asked.texts)


if __name__ == "__main__":
    main()
