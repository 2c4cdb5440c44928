"""Pages made of other articles: reprinted under frames and with attributions of twelve languages,
cut, condensed, edited, set otherwise; and what must not be joined with them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.matching.documents import NOW, made_article
from benchmarks.matching.other_wrapper_texts import FRAMES, OUTLET_NAMES, REPORTS, Frame
from ingest.types import Article
from ingest.words import count_words

REPRINTERS = 8
"""Outlets that reprint, in each language."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page that was made of others. `relation` is how it carries its source (None: it must be in
    no story with it), `link` what it must be linked as where that is known, `added` what it says
    beside the source."""

    article: Article
    source: Article
    shows: str
    relation: str | None
    link: str | None = None
    added: tuple[str, ...] = ()
    credited: bool = False


def reprints(bases: Sequence[Article], seed: int) -> list[Made]:
    """One or two pages made of each of these articles."""
    dice = random.Random(seed)
    made: list[Made] = []
    outlets: dict[str, list[str]] = {}
    by_time = sorted(bases, key=lambda one: one.first_seen_at)
    earlier = {one.article_id: by_time[:at] or by_time[:1] for at, one in enumerate(by_time)}
    for base in bases:
        language = base.language if base.language in FRAMES else "en"
        hosts = outlets.setdefault(
            language or "en", [f"{language}-reprints-{at}.example" for at in range(REPRINTERS)]
        )
        for host in dice.sample(hosts, dice.choice((1, 1, 2))):
            other = dice.choice(earlier[base.article_id])
            made.append(_made(base, other, host, language or "en", dice))
    return made


def _made(base: Article, other: Article, host: str, language: str, dice: random.Random) -> Made:
    shows = dice.choice(list(_TRANSFORMS))
    relation, change = _TRANSFORMS[shows]
    lines = change([line for line in base.body.split("\n") if line.strip()], base, dice)
    foreign = shows == "frame of another language"
    frame = FRAMES[dice.choice([name for name in FRAMES if name != language])
                   if foreign else language]  # fmt: skip
    number = int(re.sub(r"\D", "", host))
    site = f"{frame.sites[number % len(frame.sites)]}"
    source = OUTLET_NAMES.get(base.publisher, base.publisher)
    head = [line.format(site=site, source=source) for line in frame.heads[number % 2 :: 2]]
    feet = [line.format(site=site, source=source) for line in frame.feet[number % 3 :: 2]]
    credited = dice.random() < 0.7
    phrase = dice.choice(frame.credits).format(site=site, source=source)
    if credited:
        at = dice.choice(("head", "foot", "foot"))
        head, feet = ([*head, phrase], feet) if at == "head" else (head, [phrase, *feet])
    between: list[str] = []
    if shows == "advertisements":
        lines, between = _between(lines, frame, site, dice)
    if shows == "briefing":
        lines = [
            *frame.briefing,
            *lines,
            *[line for line in other.body.split("\n") if line.strip()],
        ]
        relation = None
    body = "\n".join([*head, *lines, *feet])
    words = base.title.split()
    title = base.title if dice.random() < 0.5 else " ".join(words[len(words) // 3 :]) or base.title
    delay = timedelta(hours=dice.choice((1, 3, 8, 30)), minutes=dice.randrange(60))
    at_time = base.published_at or NOW
    article = made_article(
        f"https://{host}/{base.article_id}",
        body,
        publisher=host,
        title=title,
        authors=(),
        published=at_time + delay if dice.random() < 0.9 else None,
        seen=base.first_seen_at + delay,
        language=language,
        canonical=None,
    )
    link = {"briefing": "roundup", "quotation": "excerpt"}.get(shows)
    return Made(article, base, shows, relation, link, (*head, *between, *feet), credited)


def _between(
    lines: list[str], frame: Frame, site: str, dice: random.Random
) -> tuple[list[str], list[str]]:
    """The lines with advertisements after every third, and these."""
    found: list[str] = []
    advertisements = []
    for number, line in enumerate(lines):
        found.append(line)
        if number % 3 == 1:
            advertisements.append(dice.choice(frame.advertisements).format(site=site))
            found.append(advertisements[-1])
    return found, advertisements


Lines = list[str]


def _sentences(line: str) -> list[str]:
    return [piece for piece in re.split(r"(?<=[.!?…])\s+|(?<=[。！？])", line) if piece]


def _whole(lines: Lines, base: Article, dice: random.Random) -> Lines:
    return lines


def _first_third(lines: Lines, base: Article, dice: random.Random) -> Lines:
    return _up_to(lines, 0.34)


def _first_half(lines: Lines, base: Article, dice: random.Random) -> Lines:
    return _up_to(lines, 0.55)


def _up_to(lines: Lines, share: float) -> Lines:
    left = max(60, int(share * count_words("\n".join(lines))))
    kept: Lines = []
    for line in lines:
        pieces = []
        for piece in _sentences(line):
            if left <= 0:
                break
            pieces.append(piece)
            left -= count_words(piece)
        if pieces:
            kept.append(" ".join(pieces))
    return kept


def _condensed(lines: Lines, base: Article, dice: random.Random) -> Lines:
    """Every fourth sentence left out."""
    number = 0
    kept = []
    for line in lines:
        pieces = []
        for piece in _sentences(line):
            number += 1
            if number % 4:
                pieces.append(piece)
        kept.append(" ".join(pieces))
    return [line for line in kept if line]


def _reordered(lines: Lines, base: Article, dice: random.Random) -> Lines:
    if len(lines) < 4:
        return lines
    at = dice.randrange(1, len(lines) - 2)
    return [*lines[:1], *lines[at + 1 :], *lines[1 : at + 1]]


def _subbed(lines: Lines, base: Article, dice: random.Random) -> Lines:
    """Words left out here and there, as a sub-editor does, and sentences begun otherwise."""
    kept = []
    for line in lines:
        pieces = []
        for piece in _sentences(line):
            words = piece.split(" ")
            if len(words) > 8 and dice.random() < 0.5:
                del words[dice.randrange(2, len(words) - 2)]
            pieces.append(" ".join(words))
        kept.append(" ".join(pieces))
    return kept


_TYPE = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "–": "-", "—": "-",
    "…": "...", "ß": "ss", "\xa0": " ",
})  # fmt: skip


def _set_otherwise(lines: Lines, base: Article, dice: random.Random) -> Lines:
    return [line.translate(_TYPE) for line in lines]


def _quoted(lines: Lines, base: Article, dice: random.Random) -> Lines:
    """A third of the text, within a page of its own words."""
    words = max(60, count_words("\n".join(lines)) // 3)
    start = dice.randrange(max(1, len(lines) // 2))
    quoted: Lines = []
    for line in lines[start:]:
        quoted.append(line)
        if count_words("\n".join(quoted)) >= words:
            break
    own = _own_words(dice, 3 * count_words("\n".join(quoted)), base)
    return [*own[: len(own) // 2], *quoted, *own[len(own) // 2 :]]


def _background(lines: Lines, base: Article, dice: random.Random) -> Lines:
    """News of its own, with the last quarter of the other's text as background."""
    last = lines[-max(1, len(lines) // 4) :]
    return [*_own_words(dice, 3 * count_words("\n".join(last)) + 100, base), *last]


def _own_words(dice: random.Random, count: int, base: Article) -> Lines:
    """Text that nobody else has: the base's words in another order."""
    words = base.body.split()
    if len(words) < 40:  # a script without spaces
        words = list("".join(words))
        return ["".join(dice.choices(words, k=60)) + "。" for _ in range(max(1, count // 30))]
    return [
        " ".join(dice.choices(words, k=30)).replace(".", "") + "."
        for _ in range(max(1, count // 30))
    ]


_TRANSFORMS: Mapping[str, tuple[str | None, Callable[[Lines, Article, random.Random], Lines]]] = {
    "whole": ("full", _whole),
    "other type": ("full", _set_otherwise),
    "frame of another language": ("full", _whole),
    "advertisements": ("full", _whole),
    "first half": ("truncated", _first_half),
    "first third": ("truncated", _first_third),
    "condensed": ("edited", _condensed),
    "subbed": ("edited", _subbed),
    "reordered": ("edited", _reordered),
    "briefing": (None, _whole),
    "quotation": (None, _quoted),
    "background": (None, _background),
}


def issues(seed: int) -> list[Article]:
    """Issues of reports in a template: each is a story of its own, whoever carries it."""
    dice = random.Random(seed)
    found = []
    for name, (language, lines, words) in REPORTS.items():
        for number in range(6):
            values = {
                key: (lambda choices=choices: dice.choice(choices))
                for key, choices in words.items()
            }
            filled = [_filled(line, values, dice) for line in lines]
            host = f"{name}-{number % 3}.example"
            at = NOW - timedelta(days=20 - number)
            found.append(
                made_article(
                    f"https://{host}/{name}/{number}",
                    "\n".join(filled),
                    publisher=host,
                    title=filled[0][:80],
                    authors=(),
                    published=at,
                    seen=at,
                    language=language,
                    canonical=None,
                )
            )
    return found


def _filled(line: str, values: Mapping[str, Callable[[], str]], dice: random.Random) -> str:
    def fill(match: re.Match[str]) -> str:
        key = match[1]
        if key == "n":
            return str(dice.randint(2, 99))
        if key == "p":
            return f"{dice.uniform(0.1, 4):.1f}"
        if key == "k":
            return f"{dice.randint(1000, 40000)}"
        return values[key]()

    return re.sub(r"\{(\w+)\}", fill, line)
