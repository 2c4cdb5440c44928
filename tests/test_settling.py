"""Settling: stories and bodies are in the end the same, in whatever order articles came."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from stored_stories import HOUR, NOW, StoryStore, article, frame, pairs_of, prose, text

from ingest.types import Article, StoryOverride
from storage.overrides import add_overrides
from storage.settling import mark_unsettled

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no installed package
from benchmarks.matching.documents import newsroom_articles

SITE = "digest.example"
HEADER = frame(11, 30).replace(".", ",") + "."

Order = Callable[[Sequence[Article]], Sequence[Sequence[Article]]]


def batches(size: int) -> Order:
    return lambda articles: [articles[at : at + size] for at in range(0, len(articles), size)]


def shuffled(seed: int, size: int) -> Order:
    def order(articles: Sequence[Article]) -> Sequence[Sequence[Article]]:
        mixed = random.Random(seed).sample(list(articles), len(articles))
        return batches(size)(mixed)

    return order


def groups(store: StoryStore) -> Mapping[str, str]:
    return {name: copy.story_id or "" for name, copy in store.copies.items()}


def agreement(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Pairwise F1 of two groupings, which is below their adjusted Rand index."""
    pairs, others = pairs_of(one), pairs_of(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others))


@pytest.fixture(scope="module")
def newsroom_stores() -> list[tuple[Mapping[str, str], StoryStore]]:
    """The same articles in four orders, each with the stories before it was settled."""
    articles = newsroom_articles(3).articles
    stores = []
    for order in (batches(1000), batches(-(-len(articles) // 8)), batches(12), shuffled(4, 40)):
        store = StoryStore()
        for batch in order(articles):
            store.add(*batch)
        before = groups(store)
        store.settle()
        stores.append((before, store))
    return stores


def test_the_order_of_arrival_hardly_matters_before_settling(
    newsroom_stores: list[tuple[Mapping[str, str], StoryStore]],
) -> None:
    first, *others = (before for before, _ in newsroom_stores)
    assert min(agreement(first, other) for other in others) >= 0.99


def test_the_order_of_arrival_does_not_matter_after_settling(
    newsroom_stores: list[tuple[Mapping[str, str], StoryStore]],
) -> None:
    first, *others = (store for _, store in newsroom_stores)
    assert len(first.held.boilerplate) > 20
    for other in others:
        assert pairs_of(groups(other)) == pairs_of(groups(first))
        assert other.roles == first.roles
        assert {n: c.body for n, c in other.copies.items()} == {
            n: c.body for n, c in first.copies.items()
        }
        told = [{n: (r.relation, r.added_text) for n, r in s.reprints.items()}
                for s in (first, other)]  # fmt: skip
        assert told[0] == told[1]


def test_settling_again_looks_at_nothing() -> None:
    store = StoryStore()
    store.add(*(article(f"https://{SITE}/{n}", text(*prose(n, 200))) for n in (1, 2)))
    assert store.settle().judged == 2
    assert store.settle().judged == 0
    store.add(article(f"https://{SITE}/3", text(*prose(3, 200))))
    assert store.settle().judged == 1


def test_what_turns_out_to_be_copies_of_one_story_is_unlearnt() -> None:
    """Three stories teach; when a person says that two of them are one, there are too few."""
    articles = [
        article(
            f"https://{SITE}/{seed}",
            text(HEADER, *prose(seed, 200)),
            title=" ".join(prose(seed)[0].split()[:6]),
            at=NOW + seed * HOUR,
        )
        for seed in (1, 2, 3)
    ]
    one, two, _ = (made.article_id for made in articles)
    store = StoryStore()
    store.add(*articles)
    store.settle()
    assert all(HEADER not in copy.body for copy in store.copies.values())
    with store.database.write() as connection:
        add_overrides(
            connection,
            [StoryOverride(one, two, "same")],
            reason="one event",
            decided_by="ann",
            now=NOW,
        )
        mark_unsettled(connection, "judge", [one, two])
    done = store.settle()
    assert (done.unlearnt, done.cleaned) == (1, 3)
    assert {copy.article_id: copy.body for copy in store.copies.values()} == {
        made.article_id: made.body for made in articles
    }
    assert store.held.boilerplate == {}


@pytest.mark.parametrize("table_first", [True, False])
def test_a_page_that_is_a_table_is_cleaned_too(table_first: bool) -> None:
    """It is matched with nothing, but its publisher's frame is around it all the same."""
    rows = [f"{place} Rower {place * 7} {place * 3} laps of the bay" for place in range(1, 20)]
    table = article(f"https://{SITE}/table", text(HEADER, *rows), status="index")
    others = [article(f"https://{SITE}/{n}", text(HEADER, *prose(n, 200))) for n in (1, 2, 3)]
    store = StoryStore()
    for batch in ((table,), others) if table_first else (others, (table,)):
        store.add(*batch)
    store.settle()
    with store.database.open() as connection:
        bodies = dict(connection.execute("SELECT url, body FROM articles").fetchall())
    assert bodies[table.url] == text(*rows)
    assert not any(HEADER in body for body in bodies.values())


@pytest.mark.parametrize("settled_between", [True, False])
def test_an_original_that_comes_after_its_teaser_takes_over(settled_between: bool) -> None:
    """Too little text to be found by: the address that the teaser declares leads to it."""
    url = "https://wire.example/ferry"
    original = article(url, text(*prose(7, 300)), title="The ferry sails on", at=NOW)
    teaser = article(
        f"https://{SITE}/ferry",
        "The ferry sails on, the council says. Read it at Wire.",
        title="The ferry sails on",
        at=NOW + HOUR,
        canonical=url,
    )
    store = StoryStore()
    store.add(teaser)
    assert store.story_of(teaser).original_status == "not_held"
    if settled_between:
        store.settle()
    store.add(original)
    assert store.story_of(teaser) == store.story_of(original)
    assert store.story_of(original).original_article_id == original.article_id
    store.settle()
    assert store.story_of(teaser).article_count == 2
