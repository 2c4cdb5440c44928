"""Whether one text is a copy of another, and how."""

from __future__ import annotations

import random
import re

import pytest
from stored_stories import frame, prose, text

from ingest.matching.match import Text, compare, shared_hashes, similarity
from ingest.matching.relations import added_paragraphs, relation
from ingest.types import Relation, RemovedBlock

OWN = prose(1, 400)
SHORT = prose(2, 160)
HEADER = (frame(1, 40), frame(2, 25))
FOOTER = (frame(3, 30), frame(4, 40))

JAPANESE = (
    "港町の市議会は火曜日、老朽化した渡し船の航路を来年も続けることを賛成多数で決めた。",
    "市の担当者によると、利用者は昨年より一割ほど増え、対岸の工場で働く人々の足になっている。",
    "一方で修理費がかさみ、反対した議員は橋の建設を急ぐべきだと主張した。市長は記者団に対し、"
    "橋が完成するまでの間は船を守ると述べた。住民からは安堵の声が上がっている。",
)
JAPANESE_FRAME = (
    "当サイトの記事は無料で読めます。会員登録をしていただくと毎朝の便りをお届けします。",
    "記事の無断転載を禁じます。お問い合わせは編集部までお願いいたします。",
)
OTHER_JAPANESE = (
    "県立博物館は来月から、江戸時代の絵図を集めた特別展を開くと発表した。初公開の品も並ぶ。",
    "学芸員は、当時の人々がどのように山や川を描いたかを見てほしいと話す。会期中は講演会も行われ、"
    "子ども向けの体験教室も予定されている。入場は無料だが、予約が必要だという。",
    "昨年の展示には一万人を超える来場者があり、周辺の商店街も期待を寄せている。",
)
CHINESE = (
    "市议会周二投票决定，老渡轮航线将再保留一年，多数议员表示赞成。",
    "负责人说，去年乘客人数增加了一成，许多工人每天靠它往返于两岸之间。",
    "反对者认为维修费用过高，应当尽快修建大桥。市长对记者表示，在大桥建成之前，渡轮不会停运，"
    "居民们对此表示欢迎。下一次会议将讨论票价问题。",
)
OTHER_CHINESE = (
    "省博物馆宣布，下个月将举办古代地图特别展览，部分展品首次公开。",
    "研究员希望观众了解古人如何描绘山川河流。展览期间还将举行讲座，并为儿童安排体验课程。",
    "去年的展览吸引了一万多名参观者，附近的商家对今年的活动也充满期待，门票免费但需要预约。",
)


def report(day: int, rng: random.Random) -> str:
    """An issue of a market report: the words are the same, the figures are not."""

    def figure() -> str:
        return f"{rng.uniform(10, 900):.1f}"

    return (
        f"The index closed at {figure()} points on the {day}th, {figure()} per cent from the day "
        f"before, after {figure()} million shares had changed hands. Bittern Holdings stood at "
        f"{figure()} crowns and Foxglove Brothers at {figure()} crowns. Herring was traded at "
        f"{figure()} crowns a crate, barley at {figure()} crowns a sack and peat at {figure()} "
        f"crowns a tonne. Ten-year bonds yielded {figure()} per cent. Trading resumes at nine."
    )


def edited(paragraphs: tuple[str, ...], every: int) -> str:
    """One word in `every` replaced, curly marks made straight."""
    words = re.sub("[“”„]", '"', text(*paragraphs)).split(" ")
    words[every // 2 :: every] = ["changed"] * len(words[every // 2 :: every])
    return " ".join(words)


COPIES = {
    "the same": (text(*OWN), text(*OWN)),
    "typography": (text(*OWN), text(*OWN).upper().replace("“", '"').replace("\n", " ")),
    "wrapped": (text(*OWN), text(*HEADER, *OWN, *FOOTER)),
    "both wrapped": (text(*HEADER, *OWN), text(*OWN, *FOOTER)),
    "a short one in a long frame": (text(*SHORT), text(*HEADER, *SHORT, *FOOTER, frame(5, 90))),
    "truncated": (text(*OWN), text(*OWN[: len(OWN) // 2])),
    "truncated and wrapped": (text(*OWN), text(HEADER[0], *OWN[: len(OWN) // 2], FOOTER[0])),
    "one word in thirty changed": (text(*OWN), edited(OWN, 30)),
    "edited and wrapped": (text(*OWN), text(*HEADER, edited(OWN, 30), *FOOTER)),
    "a paragraph taken out": (text(*OWN), text(*OWN[:2], *OWN[3:])),
    "re-ordered": (text(*OWN), text(*OWN[3:], *OWN[:3])),
    "a brief": ("The ferry sails again, the town said.", "THE FERRY SAILS AGAIN, the town said"),
    "Japanese, wrapped": (
        text(*JAPANESE),
        text(JAPANESE_FRAME[0], *JAPANESE, JAPANESE_FRAME[1]),
    ),
    "Japanese, truncated": (text(*JAPANESE), text(*JAPANESE[:2])),
    "Chinese, wrapped": (text(*CHINESE), text("欢迎转载本站文章。", *CHINESE, "版权所有。")),
}


def horoscope(dice: random.Random) -> str:
    """A report whose lines are all alike but for a few words and a number."""
    deeds = ("travelling", "saving", "a new project", "resting", "signing a contract", "moving")
    who = ("your partner", "an old friend", "your boss", "the family", "a neighbour")
    signs = ("Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo")
    return text(
        *(
            f"{sign}: this is a good day for {dice.choice(deeds)} and to speak with"
            f" {dice.choice(who)}. Your lucky number is {dice.randint(2, 99)}."
            for sign in signs
        )
    )


STRANGERS = {
    "another article": (text(*OWN), text(*prose(9, 400))),
    "nothing": ("", ""),
    "nothing and something": ("", text(*OWN)),
    "a brief and an article with it": ("The ferry sails again.", text(*OWN) + " The ferry sails."),
    "two briefs": ("The ferry sails again, it is said.", "The ferry sails again, it was said."),
    "market reports": (report(4, random.Random(1)), report(5, random.Random(2))),
    "horoscopes": (horoscope(random.Random(1)), horoscope(random.Random(2))),
    "one long frame": (text(*HEADER, *SHORT, *FOOTER), text(*HEADER, *prose(5, 160), *FOOTER)),
    "an article that quotes a paragraph": (
        text(*OWN),
        text(*prose(6, 250), OWN[2], *prose(7, 200)),
    ),
    "Japanese": (text(*JAPANESE), text(*OTHER_JAPANESE)),
    "Japanese under one frame": (
        text(*JAPANESE_FRAME, *JAPANESE),
        text(*JAPANESE_FRAME, *OTHER_JAPANESE),
    ),
    "Chinese": (text(*CHINESE), text(*OTHER_CHINESE)),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_match(name: str) -> None:
    one, other = map(Text, COPIES[name])
    match = compare(one, other, same_publisher=False)
    assert match
    assert match.copy
    assert 0.45 <= match.containment <= 1
    mirrored = compare(other, one, same_publisher=False)
    assert mirrored
    assert (mirrored.kind, mirrored.containment) == (match.kind, match.containment)


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_do_not_match(name: str) -> None:
    one, other = map(Text, STRANGERS[name])
    for match in (
        compare(one, other, same_publisher=False),
        compare(other, one, same_publisher=False),
    ):
        assert match is None or not match.copy


def test_issues_of_a_report_are_called_a_template() -> None:
    one, other = map(Text, STRANGERS["market reports"])
    match = compare(one, other, same_publisher=False)
    assert match
    assert match.kind == "template"
    assert match.conflict > 0.5


def test_figures_in_the_frames_of_two_publishers_are_no_facts() -> None:
    def printed(minutes: int, comments: int) -> Text:
        blocks = (
            RemovedBlock(0, f"It takes our readers {minutes} minutes to read this.\n", 1),
            RemovedBlock(
                len(brief),
                f"\nThere have been {comments} comments, and {minutes} shares so far.",
                2,
            ),
        )
        return Text(brief, blocks)

    brief = text(*prose(8, 60))
    match = compare(printed(3, 4353), printed(7, 12), same_publisher=False)
    assert match
    assert match.copy


def test_a_quotation_is_called_an_excerpt() -> None:
    host = Text(text(*prose(6, 250), *OWN[2:5], *prose(7, 200)))
    match = compare(Text(text(*OWN)), host, same_publisher=False)
    assert match
    assert match.kind == "excerpt"


def test_one_publishers_articles_must_agree_more() -> None:
    own, sibling = Text(text(*HEADER, *OWN)), Text(text(*HEADER, *OWN[: len(OWN) // 2], *SHORT))
    match = compare(own, sibling, same_publisher=True)
    assert match is None or not match.copy
    updated = Text(text(*HEADER, *OWN, frame(6, 60)))
    match = compare(own, updated, same_publisher=True)
    assert match
    assert match.copy


RELATIONS: dict[str, tuple[str, Relation]] = {
    "the same": (text(*OWN), "full"),
    "wrapped": (text(*HEADER, *OWN, *FOOTER), "full"),
    "re-ordered": (text(*OWN[3:], *OWN[:3]), "edited"),
    "its beginning again at the end": (text(*OWN, OWN[0]), "full"),
    "half of it": (text(*OWN[: len(OWN) // 2]), "truncated"),
    "half of it, wrapped": (text(*HEADER, *OWN[: len(OWN) // 2], *FOOTER), "truncated"),
    # a phrase of the part left out, as a teaser line often has it
    "half of it and a phrase": (
        text(*OWN[: len(OWN) // 2], "Read on: " + " ".join(OWN[-1].split()[-9:])),
        "truncated",
    ),
    "all but the last lines": (" ".join(text(*OWN).split(" ")[:-20]), "truncated"),
    "words changed throughout": (edited(OWN, 20), "edited"),
    "words changed more and more": (text(*OWN[:-4], edited(OWN[-4:], 7)), "edited"),
    "the middle taken out": (text(*OWN[:2], *OWN[-3:]), "edited"),
    "the beginning taken out": (text(*OWN[len(OWN) // 2 :]), "edited"),
    "nothing of it": (text(*prose(9)), "edited"),
    "empty": ("", "edited"),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_relation(name: str) -> None:
    reprint, expected = RELATIONS[name]
    assert relation(Text(text(*OWN)), Text(reprint)) == expected


def test_what_an_original_says_twice_does_not_hide_where_a_copy_breaks_off() -> None:
    half = OWN[: len(OWN) // 2]
    original = text(*OWN, *half[:2])
    assert relation(Text(original), Text(text(*half))) == "truncated"


def test_similarity_counts_both_sides() -> None:
    whole, half = Text(text(*OWN)), Text(text(*OWN[: len(OWN) // 2]))
    assert similarity(whole, whole) == 1
    assert similarity(whole, half) == pytest.approx(len(half.distinct) / len(whole.distinct), 0.05)
    assert similarity(whole, half) == similarity(half, whole)
    assert similarity(Text(""), Text("")) == 0


def test_added_paragraphs_are_the_reprinters() -> None:
    short_line = "Read more here"
    reprint = text(*HEADER, "* * *", OWN[0], short_line, edited(OWN[1:], 30), "*", *FOOTER)
    added = added_paragraphs(Text(text(*OWN)), Text(reprint))
    assert added == [*HEADER, short_line, *FOOTER]


def test_added_paragraphs_in_a_script_without_spaces() -> None:
    reprint = text(JAPANESE_FRAME[0], *JAPANESE, JAPANESE_FRAME[1])
    assert added_paragraphs(Text(text(*JAPANESE)), Text(reprint)) == list(JAPANESE_FRAME)


def test_a_short_line_of_the_original_is_not_added() -> None:
    original = Text("Who sails?\nThe ferry sails every hour, on the hour, until midnight.")
    reprint = Text("Who sails?\nThe ferry sails every hour, on the hour, until midnight.\nSail on")
    assert added_paragraphs(original, reprint) == ["Sail on"]


def test_shared_hashes_count_by_pair() -> None:
    sketches = {"a": (1, 2, 3, 4), "b": (2, 3, 4, 9), "c": (4, 9), "d": ()}
    assert shared_hashes(sketches, least=3) == [("a", "b")]
    assert set(shared_hashes(sketches, least=1)) == {("a", "b"), ("a", "c"), ("b", "c")}
