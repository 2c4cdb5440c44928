"""Which articles are one story, which of them is the original, and what is said of the rest."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from stored_stories import (
    HOUR,
    NOW,
    StoryStore,
    article,
    decide,
    frame,
    in_batches,
    pairs_of,
    prose,
    text,
)

from ingest.types import Article, Precision, Story
from newsroom import Newsroom, compose

OWN = prose(1, 400)
HALF = OWN[: len(OWN) // 2]
HEADER, FOOTER = frame(1, 40), frame(2, 60)

WIRE = "https://wire.example/news/ferry"
DIGEST = "https://digest.example/2026/11/must-read"
LANTERN = "https://lantern.example/a/77"

Add = Callable[[StoryStore, Sequence[Article]], None]


def at_once(store: StoryStore, articles: Sequence[Article]) -> None:
    store.add(*articles)


def one_by_one(store: StoryStore, articles: Sequence[Article]) -> None:
    for single in articles:
        store.add(single)


def backwards(store: StoryStore, articles: Sequence[Article]) -> None:
    one_by_one(store, articles[::-1])


arrivals = pytest.mark.parametrize("add", [at_once, one_by_one, backwards])


def reworded(paragraphs: Sequence[str]) -> str:
    words = text(*paragraphs).split(" ")
    words[10::25] = ["reworded"] * len(words[10::25])
    return " ".join(words)


def told(store: StoryStore, one: Article) -> str:
    return store.roles[one.article_id]


COPIES = {
    "wrapped": (text(HEADER, *OWN, FOOTER), "full"),
    "truncated": (text(HEADER, *HALF, FOOTER), "truncated"),
    "edited": (text(reworded(OWN), FOOTER), "edited"),
}


@arrivals
@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_joins_its_original(kind: str, add: Add) -> None:
    body, relation = COPIES[kind]
    original = article(WIRE, text(*OWN), title="Ferry sails on")
    copy = article(DIGEST, body, title="What nobody tells you", at=NOW + 3 * HOUR)
    store = StoryStore()
    add(store, [original, copy])
    story = store.story_of(copy)
    assert story == store.story_of(original)
    assert story.original_article_id == story.representative_article_id == original.article_id
    assert (story.original_status, story.original_credit) == ("held", None)
    assert (story.article_count, story.publisher_count) == (2, 2)
    assert (story.title, story.language) == ("Ferry sails on", "en")
    assert (story.first_published_at, story.last_published_at) == (NOW, NOW + 3 * HOUR)
    assert (told(store, original), told(store, copy)) == ("original", "reprint")
    assert set(store.reprints) == {copy.article_id}
    reprint = store.reprints[copy.article_id]
    assert (reprint.story_id, reprint.original_article_id) == (story.story_id, original.article_id)
    assert (reprint.relation, reprint.lag) == (relation, 3 * HOUR)


def test_what_is_said_of_a_wrapped_reprint() -> None:
    original = article(WIRE, text(*OWN))
    wrapped = article(DIGEST, text(HEADER, *OWN, FOOTER), at=NOW + HOUR)
    (reprint,) = decide(original, wrapped).reprints
    assert reprint.containment > 0.98
    assert 0.6 < reprint.similarity < reprint.containment
    assert reprint.added_text.split("\n") == [HEADER, FOOTER]
    (signal,) = reprint.evidence
    assert signal["signal"] == "earliest"
    assert signal["words"] == "2026-11-20T12:00:00+00:00"


def test_what_is_said_of_a_truncated_reprint() -> None:
    original = article(WIRE, text(*OWN))
    cut = article(DIGEST, text(*HALF), at=NOW + HOUR)
    (reprint,) = decide(original, cut).reprints
    share = len(text(*HALF).split()) / len(text(*OWN).split())
    assert reprint.containment == pytest.approx(share, abs=0.03)
    assert reprint.similarity == pytest.approx(share, abs=0.03)
    assert reprint.added_text == ""


def test_an_article_alone_is_a_story_of_one() -> None:
    alone = article(WIRE, text(*OWN), title="Alone")
    decided = decide(alone)
    (story,) = decided.stories
    assert decided.roles == {alone.article_id: (story.story_id, "original")}
    assert decided.reprints == ()
    assert (story.article_count, story.publisher_count, story.title) == (1, 1, "Alone")
    assert story.representative_article_id == story.original_article_id == alone.article_id


def test_an_empty_batch_decides_nothing() -> None:
    decided = decide()
    assert (decided.stories, decided.roles, decided.reprints) == ((), {}, ())


def index_report(seed: int) -> str:
    rng = random.Random(seed)
    lines = (
        f"{name} closed at {rng.uniform(9, 99):.1f} crowns in late trading on the exchange."
        for name in ("Bittern", "Foxglove", "Granby", "Herring", "Barley", "Peat", "Copper", "Tin")
    )
    return text(*lines)


STRANGERS = {
    "unrelated": (WIRE, text(*OWN), DIGEST, text(*prose(2))),
    "one frame": (
        WIRE,
        text(HEADER, *prose(3, 150), FOOTER),
        DIGEST,
        text(HEADER, *prose(4, 150), FOOTER),
    ),
    "one publisher's frame": (
        WIRE,
        text(frame(3, 200), *prose(3, 150), frame(4, 200)),
        WIRE + "-2",
        text(frame(3, 200), *prose(4, 150), frame(4, 200)),
    ),
    "a report with other figures": (WIRE, index_report(1), WIRE + "-2", index_report(2)),
    "another outlet's report": (WIRE, index_report(1), DIGEST, index_report(2)),
    "briefs of one beginning": (
        WIRE,
        "Ferry line closed until noon because of fog.",
        DIGEST,
        "Ferry line closed until noon because of ice.",
    ),
}


@arrivals
@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_stay_apart(name: str, add: Add) -> None:
    url, body, other_url, other_body = STRANGERS[name]
    store = StoryStore()
    one, other = article(url, body), article(other_url, other_body, at=NOW + HOUR)
    add(store, [one, other])
    assert store.story_of(one) != store.story_of(other)
    assert not store.reprints


@arrivals
@pytest.mark.parametrize("most", [120, 600])
def test_a_page_of_two_articles_is_in_no_story_with_either(most: int, add: Add) -> None:
    long, short = prose(21, most), prose(22, 120)
    articles = [
        article(WIRE, text(*long), at=NOW),
        article(LANTERN, text(*short), at=NOW, title="Of another matter"),
        article(DIGEST, text(*long, *short), at=NOW + HOUR),
    ]
    store = StoryStore()
    add(store, articles)
    store.settle()
    assert {store.story_of(one).article_count for one in articles} == {1}


@arrivals
def test_a_copy_whose_last_lines_another_article_repeats_is_no_page_of_two(add: Add) -> None:
    words = text(*OWN).split(" ")
    words[6::12] = ["reworded"] * len(words[6::12])
    articles = [
        article(WIRE, text(*OWN), at=NOW),
        article(LANTERN, text(*prose(23, 200), " ".join(words[-70:])), at=NOW + HOUR, title="Next"),
        article(DIGEST, " ".join(words), at=NOW + 2 * HOUR),
    ]
    store = StoryStore()
    add(store, articles)
    store.settle()
    original, follow_up, copy = (store.story_of(one).story_id for one in articles)
    assert original == copy != follow_up


@arrivals
def test_briefs_of_the_same_words_are_one_story(add: Add) -> None:
    store = StoryStore()
    one = article(WIRE, "Ferry line closed until noon because of fog.")
    other = article(DIGEST, "Ferry line closed until noon, because of fog", at=NOW + HOUR)
    add(store, [one, other])
    assert store.story_of(one) == store.story_of(other)


def test_a_page_that_is_no_article_is_not_matched() -> None:
    wall = "Please confirm that you are a human being to go on to the article that you asked for."
    one = article(WIRE, wall, status="bot_wall")
    other = article(DIGEST, wall, status="bot_wall", at=NOW + HOUR)
    assert len(decide(one, other).stories) == 2


def test_an_original_that_comes_late_takes_over() -> None:
    store = StoryStore()
    first = article(DIGEST, text(*OWN, FOOTER), at=NOW + 2 * HOUR)
    second = article(LANTERN, text(HEADER, *OWN), at=NOW + 5 * HOUR)
    store.add(first)
    store.add(second)
    before = store.story_of(second)
    assert before.original_article_id == first.article_id
    assert store.reprints[second.article_id].lag == 3 * HOUR

    original = article(WIRE, text(*OWN), title="The original's headline")
    store.add(original)
    story = store.story_of(original)
    assert story.story_id == before.story_id
    assert story.original_article_id == story.representative_article_id == original.article_id
    assert story.title == "The original's headline"
    assert (story.article_count, story.publisher_count) == (3, 3)
    roles = [told(store, one) for one in (original, first, second)]
    assert roles == ["original", "reprint", "reprint"]
    lags = {name: reprint.lag for name, reprint in store.reprints.items()}
    assert lags == {first.article_id: 2 * HOUR, second.article_id: 5 * HOUR}
    assert {r.original_article_id for r in store.reprints.values()} == {original.article_id}
    assert store.reprints[first.article_id].added_text == FOOTER


@arrivals
def test_canonical_names_the_original_against_the_clock(add: Add) -> None:
    original = article(WIRE, text(*OWN), at=NOW + 4 * HOUR)
    reprint = article(DIGEST, text(HEADER, *OWN), canonical=WIRE + "/?utm_source=digest")
    third = article(LANTERN, text(*OWN, FOOTER), at=NOW + HOUR)
    store = StoryStore()
    add(store, [reprint, third, original])
    story = store.story_of(reprint)
    assert (story.original_article_id, story.original_status) == (original.article_id, "held")
    assert story.original_credit == "wire.example"
    (signal,) = store.reprints[reprint.article_id].evidence
    assert (signal["signal"], signal["words"]) == ("canonical", WIRE + "/?utm_source=digest")
    assert store.reprints[reprint.article_id].lag == -4 * HOUR
    # The third was out before the original: time is no evidence for it.
    assert store.reprints[third.article_id].evidence == ()


@pytest.mark.parametrize("original_at", [NOW - HOUR, NOW + 4 * HOUR])
def test_canonical_joins_where_too_little_text_is_left(original_at: datetime) -> None:
    """A teaser, whichever of the two was out first."""
    original = article(WIRE, text(*OWN), at=original_at)
    teaser = article(DIGEST, "The ferry sails on. Read it at Wire.", canonical=WIRE)
    decided = decide(original, teaser)
    (story,) = decided.stories
    assert story.original_article_id == original.article_id
    assert decided.roles[teaser.article_id][1] == "reprint"

    store = StoryStore()
    one_by_one(store, [original, teaser])
    assert store.story_of(teaser).article_count == 2


@arrivals
def test_an_original_that_is_not_held_is_credited(add: Add) -> None:
    reprint = article(DIGEST, text(HEADER, *OWN, FOOTER), canonical=WIRE)
    other = article(LANTERN, text(*OWN), at=NOW + HOUR, precision="minute")
    store = StoryStore()
    add(store, [reprint, other])
    story = store.story_of(reprint)
    assert story.original_article_id is None
    assert (story.original_status, story.original_credit) == ("not_held", "wire.example")
    assert story.representative_article_id == other.article_id  # the one without a frame
    assert {told(store, reprint), told(store, other)} == {"reprint"}
    for row in store.reprints.values():
        assert (row.original_article_id, row.lag) == (None, None)
    assert store.reprints[reprint.article_id].evidence[0]["signal"] == "canonical"
    assert store.reprints[other.article_id].evidence == ()


def test_a_credited_original_that_comes_late_is_held_then() -> None:
    store = StoryStore()
    reprint = article(DIGEST, text(HEADER, *OWN), canonical=WIRE)
    store.add(reprint)
    assert store.story_of(reprint).original_status == "not_held"
    assert told(store, reprint) == "reprint"
    original = article(WIRE, text(*OWN), at=NOW + HOUR)
    store.add(original)
    story = store.story_of(reprint)
    assert (story.original_status, story.original_article_id) == ("held", original.article_id)
    assert told(store, original) == "original"


def test_a_credited_publisher_at_another_address_is_the_original() -> None:
    """The page named is not held, but the publisher's own article is, at an address of its own."""
    own = article("https://wire.example/en/ferry-line", text(*OWN), at=NOW + 2 * HOUR)
    reprint = article(DIGEST, text(*OWN, FOOTER), canonical=WIRE)
    (story,) = decide(own, reprint).stories
    assert (story.original_article_id, story.original_credit) == (own.article_id, "wire.example")


def test_the_end_of_a_chain_of_canonicals_is_the_original() -> None:
    original = article(WIRE, text(*OWN), at=NOW + HOUR)
    reprint = article(DIGEST, text(*OWN, FOOTER), at=NOW, canonical=WIRE)
    again = article(LANTERN, text(*OWN, HEADER), at=NOW + 2 * HOUR, canonical=DIGEST)
    for batch in ([original, reprint, again], [again, reprint, original]):
        (story,) = decide(*batch).stories
        assert story.original_article_id == original.article_id


def test_two_that_name_each_other_are_told_apart_by_time() -> None:
    one = article(WIRE, text(*OWN), at=NOW, canonical=DIGEST)
    other = article(DIGEST, text(*OWN), at=NOW - HOUR, canonical=WIRE)
    (story,) = decide(one, other).stories
    assert story.original_article_id == other.article_id


@pytest.mark.parametrize(
    "canonical",
    [
        "https://wire.example/",
        "https://wire.example",
        "https://digest.example/",
        DIGEST,
        DIGEST + "?utm_source=feed",
        "mailto:desk@wire.example",
        "not an address",
    ],
)
def test_a_canonical_that_names_no_other_article_says_nothing(canonical: str) -> None:
    (story,) = decide(article(DIGEST, text(*OWN), canonical=canonical)).stories
    assert (story.original_status, story.original_credit) == ("held", None)


def test_a_front_page_held_as_an_article_gathers_nothing() -> None:
    front = article("https://digest.example/", text(*prose(5)))
    one = article(DIGEST, text(*OWN), at=NOW + HOUR, canonical="https://digest.example/")
    other = article(DIGEST + "-2", text(*prose(2)), at=NOW + HOUR, canonical=front.url)
    assert len(decide(front, one, other).stories) == 3


DAY = datetime(2026, 11, 20, tzinfo=UTC)

TIMES: dict[str, tuple[datetime | None, Precision, datetime | None, Precision, bool]] = {
    "both to the second": (NOW, "second", NOW + HOUR, "second", True),
    "minute and second": (NOW, "minute", NOW + HOUR, "second", True),
    "a day, and a time of the day before": (DAY, "day", DAY - HOUR, "second", False),
    "a day, and a time of the day after": (DAY, "day", DAY + 25 * HOUR, "second", True),
    "a day is no midnight": (DAY, "day", DAY + 9 * HOUR, "second", False),
    "two days": (DAY, "day", DAY + 24 * HOUR, "day", True),
    "no time, seen a day later": (None, "second", DAY - 24 * HOUR, "day", False),
    "no time, seen before the other's day": (None, "second", DAY + 48 * HOUR, "day", True),
}


@arrivals
@pytest.mark.parametrize("name", TIMES)
def test_the_earlier_one_is_the_original(name: str, add: Add) -> None:
    at, precision, other_at, other_precision, first_is_original = TIMES[name]
    seen = DAY + 20 * HOUR
    one = article(WIRE, text(*OWN), at=at, precision=precision, first_seen=seen)
    other = article(DIGEST, text(*OWN), at=other_at, precision=other_precision, first_seen=seen)
    store = StoryStore()
    add(store, [one, other])
    expected = one if first_is_original else other
    assert store.story_of(one).original_article_id == expected.article_id
    (reprint,) = store.reprints.values()
    exact = at and other_at and "day" not in (precision, other_precision)
    assert reprint.lag == (HOUR if exact else None)


@arrivals
def test_the_same_publishers_later_telling_is_an_update(add: Add) -> None:
    first = article(WIRE, text(*OWN))
    later = article(WIRE + "-update-2", text(*OWN, frame(7, 50)), at=NOW + HOUR)
    elsewhere = article(DIGEST, text(*OWN), at=NOW + 2 * HOUR)
    store = StoryStore()
    add(store, [first, later, elsewhere])
    assert [told(store, one) for one in (first, later, elsewhere)] == [
        "original",
        "update",
        "reprint",
    ]
    assert set(store.reprints) == {elsewhere.article_id}
    story = store.story_of(later)
    assert (story.article_count, story.publisher_count) == (3, 2)


def test_a_reprinters_second_copy_is_a_reprint_too() -> None:
    original = article(WIRE, text(*OWN))
    copies = [
        article(DIGEST + tail, text(*OWN, FOOTER), at=NOW + HOUR) for tail in ("", "-weekend")
    ]
    decided = decide(original, *copies)
    (story,) = decided.stories
    assert (story.article_count, story.publisher_count) == (3, 2)
    assert {reprint.article_id for reprint in decided.reprints} == {c.article_id for c in copies}


def test_a_copy_joins_the_story_it_matches_best() -> None:
    """Two stories share a paragraph; their frames are those of one outlet."""
    one = article(WIRE, text(*OWN))
    other = article(LANTERN, text(*OWN[:1], *prose(6, 400)))
    store = StoryStore()
    store.add(one, other)
    copy = article(DIGEST, text(HEADER, *OWN[:1], *prose(6, 400)), at=NOW + HOUR)
    store.add(copy)
    assert store.story_of(copy) == store.story_of(other)
    assert store.story_of(copy) != store.story_of(one)


@pytest.mark.parametrize(
    ("own", "header"),
    [
        (
            "港町の市議会は火曜日、老朽化した渡し船の航路を来年も続けることを賛成多数で決めた。"
            "市の担当者によると、利用者は昨年より一割ほど増え、対岸の工場で働く人々の足になっている。",
            "会員登録をしていただくと、毎朝の便りをお届けします。",
        ),
        (
            "市议会周二投票决定，老渡轮航线将再保留一年，多数议员表示赞成。负责人说，"
            "去年乘客人数增加了一成，许多工人每天靠它往返于两岸之间。",
            "欢迎关注本站，每日早报免费订阅。",
        ),
    ],
    ids=["ja", "zh"],
)
@arrivals
def test_scripts_without_spaces(own: str, header: str, add: Add) -> None:
    store = StoryStore()
    original, copy = article(WIRE, own), article(DIGEST, text(header, own), at=NOW + HOUR)
    stranger = article(LANTERN, header + own[::-1], at=NOW + 2 * HOUR)
    add(store, [original, copy, stranger])
    assert store.story_of(original) == store.story_of(copy) != store.story_of(stranger)
    assert store.reprints[copy.article_id].added_text == header


def newsroom_articles(room: Newsroom, *, printed: bool) -> dict[str, Article]:
    """The newsroom's pieces by their ids, as perfect extraction would give them: with the frame
    that the outlet prints around the text, or without. No word about the original but the text."""
    return {
        piece.piece_id: article(
            piece.url,
            text(*(piece.printed if printed else piece.paragraphs)),
            at=piece.published_at,
            title=piece.title,
            language=piece.language,
        )
        for piece in room.pieces
    }


ROOMS = [compose(seed, now=datetime(2026, 11, 22, 18, tzinfo=UTC)) for seed in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("batch", "printed", "precision", "recall", "relations"),
    [(10, True, 0.98, 0.97, 0.94), (1000, False, 0.965, 0.995, 0.94)],
    ids=["with frames, batches of 10", "without, batches of 1000"],
)
def test_a_newsrooms_stories_are_found(
    batch: int, printed: bool, precision: float, recall: float, relations: float
) -> None:
    """Figures over all pairs of articles in four newsrooms. The pairs wrongly joined are a page
    that quotes two stories at length with one of them; no other is tolerated."""
    counts: Counter[str] = Counter()
    for room in ROOMS:
        articles = newsroom_articles(room, printed=printed)
        piece_of = {articles[piece.piece_id].article_id: piece for piece in room.pieces}
        true = pairs_of({name: p.reprint_of or p.piece_id for name, p in piece_of.items()})
        store = StoryStore()
        for few in in_batches(list(articles.values()), batch):
            store.add(*few)
        found = pairs_of({name: copy.story_id or "" for name, copy in store.copies.items()})
        wrong = [[piece_of[name] for name in pair] for pair in found - true]
        counts["unexplained"] += sum(not (one.quotes or other.quotes) for one, other in wrong)
        counts.update(true=len(true), found=len(found), both=len(true & found))
        for name, reprint in store.reprints.items():
            counts["reprints"] += 1
            counts["relation"] += piece_of[name].relation == reprint.relation
        originals = [name for name, piece in piece_of.items() if not piece.reprint_of]
        counts["originals"] += len(originals)
        counts["told"] += sum(store.roles[name] == "original" for name in originals)
    figures = f"{dict(counts)}"
    assert counts["both"] >= precision * counts["found"], figures
    assert counts["both"] >= recall * counts["true"], figures
    assert counts["relation"] >= relations * counts["reprints"], figures
    assert counts["told"] >= 0.99 * counts["originals"], figures
    assert counts["unexplained"] == 0, figures


def test_the_order_within_a_batch_does_not_matter() -> None:
    room = ROOMS[0]
    articles = list(newsroom_articles(room, printed=True).values())
    urls = {piece.piece_id: piece.url for piece in room.pieces}
    for index, piece in enumerate(room.pieces):
        if piece.canonical_to_original:
            canonical = urls[piece.reprint_of or ""]
            articles[index] = replace(articles[index], declared_canonical_url=canonical)
    stored, batch = articles[:80], articles[80:]
    decided = []
    for seed in range(3):
        store = StoryStore()
        store.add(*stored)
        random.Random(seed).shuffle(batch)
        store.add(*batch)
        decided.append(store.held)
    assert decided[0].roles
    assert decided[0] == decided[1] == decided[2]


def test_stored_decisions_agree_with_each_other() -> None:
    """Whatever the order of arrival, what is held is consistent."""
    articles = list(newsroom_articles(ROOMS[1], printed=True).values())
    random.Random(5).shuffle(articles)
    store = StoryStore()
    for few in in_batches(articles, 11):
        store.add(*few)
    members: dict[str, list[str]] = {}
    for name, copy in store.copies.items():
        members.setdefault(copy.story_id or "", []).append(name)
    assert members.keys() == store.stories.keys()
    for story_id, names in members.items():
        check_story(store, store.stories[story_id], names)
    reprints = {name for name, role in store.roles.items() if role == "reprint"}
    assert store.reprints.keys() == reprints


def check_story(store: StoryStore, story: Story, members: Sequence[str]) -> None:
    assert story.representative_article_id in members
    assert story.article_count == len(members)
    assert story.publisher_count == len({store.copies[name].publisher for name in members})
    times = [store.copies[name].sort_at for name in members]
    assert (story.first_published_at, story.last_published_at) == (min(times), max(times))
    originals = [name for name in members if store.roles[name] == "original"]
    assert originals == ([story.original_article_id] if story.original_article_id else [])
    assert all(store.reprints[n].lag != timedelta() for n in members if n in store.reprints)
