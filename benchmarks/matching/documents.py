"""Labelled articles to match: republished copies of real articles where a generator of such is
beside the checkout, and the demo newsroom's always."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ingest.ids import mint
from ingest.matching.sketch import sketch
from ingest.types import Article
from ingest.urls import url_key
from ingest.words import content_hash, count_words, folded_words
from newsroom import compose

SHARED = Path(__file__).parents[3] / "shared"
NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Label:
    """What is true of an article: its story, how it carries it (None for an original), and what was
    done to it."""

    story: str
    relation: str | None
    transform: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """Articles in order of arrival with their labels by article id, and named pairs of articles:
    (one, other, what the pair shows, whether they are one story)."""

    articles: Sequence[Article]
    labels: Mapping[str, Label]
    pairs: Sequence[tuple[str, str, str, bool]]


def host_of(url: str) -> str:
    """The publisher of an address: here every host is one."""
    return urlsplit(url if "//" in url else "//" + url).hostname or ""


def available() -> bool:
    """Whether republished copies can be made here."""
    return (SHARED / "tools" / "republish.py").exists() and bases().exists()


def bases() -> Path:
    return SHARED / "corpus" / "stories" / "bases.jsonl"


def republished(documents: int, seed: int) -> Labelled:
    """Republished copies of real articles, with the hard negatives among them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(SHARED / "tools" / "republish.py"), str(bases()), folder]
        subprocess.run(
            [*command, "--docs", str(documents), "--seed", str(seed)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        rows = [json.loads(line) for line in (Path(folder) / "docs.jsonl").open()]
        named = [json.loads(line) for line in (Path(folder) / "pairs.jsonl").open()]
    articles: dict[str, Article] = {}
    labels: dict[str, Label] = {}
    for row in rows:
        made = made_article(
            row["url"],
            row["text"],
            publisher=row["outlet"],
            title=row["title"],
            authors=tuple(name for name in row["byline"].split(", ") if name),
            published=datetime.fromisoformat(row["published"]) if row["published"] else None,
            seen=datetime.fromisoformat(row["gold"]["seen"]),
            language=row["lang"],
            canonical=row["canonical_url"],
        )
        articles[row["id"]] = made
        gold = row["gold"]
        copied = {"full_copy": "full", "edited": "edited", "truncated": "truncated"}
        labels[made.article_id] = Label(
            gold["story"], copied.get(gold["relation"]), gold["transform"]
        )
    pairs = [
        (
            articles[pair["a"]].article_id,
            articles[pair["b"]].article_id,
            pair["transform"],
            pair["same_story"],
        )
        for pair in named
        if pair["relation"] != "sibling_copy"
    ]
    return Labelled(list(articles.values()), labels, pairs)


def newsroom_articles(seed: int) -> Labelled:
    """The demo newsroom's pieces as perfect extraction would give them, frames included."""
    room = compose(seed, now=NOW)
    articles: list[Article] = []
    labels: dict[str, Label] = {}
    name_of: dict[str, str] = {}
    for piece in room.pieces:
        made = made_article(
            piece.url,
            "\n".join(piece.printed),
            publisher=piece.outlet,
            title=piece.title,
            authors=piece.authors,
            published=piece.published_at,
            seen=piece.published_at,
            language=piece.language,
            canonical=None,
        )
        articles.append(made)
        name_of[piece.piece_id] = made.article_id
        kind = "roundup" if piece.quotes else "template" if piece.series else "original"
        labels[made.article_id] = Label(
            piece.reprint_of or piece.piece_id, piece.relation, piece.relation or kind
        )
    pairs: list[tuple[str, str, str, bool]] = [
        (name_of[piece.reprint_of], name_of[piece.piece_id], piece.relation or "", True)
        for piece in room.pieces
        if piece.reprint_of
    ]
    pairs += [
        (name_of[quoted], name_of[piece.piece_id], "roundup", False)
        for piece in room.pieces
        for quoted in piece.quotes
    ]
    return Labelled(articles, labels, pairs)


def made_article(
    url: str,
    body: str,
    *,
    publisher: str,
    title: str,
    authors: tuple[str, ...],
    published: datetime | None,
    seen: datetime,
    language: str,
    canonical: str | None,
) -> Article:
    key = url_key(url)
    if key is None:
        raise ValueError(f"not an address: {url}")
    return Article(
        article_id=mint("a", key),
        url=url,
        canonical_url=url,
        declared_canonical_url=canonical,
        publisher=publisher,
        title=title,
        authors=authors,
        published_at=published,
        published_precision="second" if published else None,
        published_source="feed" if published else None,
        sort_at=published or seen,
        modified_at=None,
        first_seen_at=seen,
        fetched_at=seen,
        found_by="import",
        language=language,
        lead="",
        body=body,
        word_count=count_words(body),
        tags=(),
        section=None,
        image_url=None,
        rights=None,
        content_status="full",
        content_hash=content_hash(folded_words(body)),
        extractor="none",
        url_keys=(key,),
        sketch=sketch(folded_words(body)),
    )
