"""From tables of words to news prose: one grammar engine for all languages.

A template is text with symbols in braces. ``{place}`` is first looked up in the scene (who and
where this article is about), then in the topic's rules, then in the language's own; the alternative
is drawn at random and expanded in turn. ``{#12-90}`` is a whole number in that range, both ends
included.

Templates keep their fixed runs short, because two articles that share a pattern must not share many
five-word shingles: the story matcher would join them, and rightly so.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Rules = Mapping[str, tuple[str, ...]]

_SYMBOL = re.compile(r"\{([^{}]+)\}")
_OPENING_MARKS = "“„«¿¡\"' "


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

    `rules` and `topics` map a symbol to its alternatives; `plan` names, in order, the symbols whose
    alternatives are whole sentences. `finish` repairs what slots cannot know, such as contractions.
    `synonyms` are the word swaps of an editor who lightly rewrites a copy.
    """

    code: str
    thousands: str
    place_heads: tuple[str, ...]
    place_tails: tuple[str, ...]
    first_names: tuple[tuple[str, ...], tuple[str, ...]]
    last_names: tuple[str, ...]
    rules: Rules
    topics: Mapping[str, Rules]
    plan: tuple[str, ...]
    synonyms: Mapping[str, str]
    finish: Callable[[str], str]


class Draft(NamedTuple):
    """An article before any outlet has taken it."""

    topic: str
    place: str
    title: str
    paragraphs: tuple[str, ...]


class Number(NamedTuple):
    low: int
    high: int


# literal text, then symbol or number, then literal text, and so on
Template = tuple["str | Number", ...]
Compiled = Mapping[str, tuple[Template, ...]]


def _compile_template(text: str) -> Template:
    parts: list[str | Number] = []
    for index, part in enumerate(_SYMBOL.split(text)):
        if index % 2 and part.startswith("#"):
            low, high = part[1:].split("-")
            parts.append(Number(int(low), int(high)))
        else:
            parts.append(part)
    return tuple(parts)


def _compile(rules: Rules) -> Compiled:
    return {
        symbol: tuple(_compile_template(text) for text in texts) for symbol, texts in rules.items()
    }


@dataclass(slots=True)
class Scene:
    """Who and where an article is about. `fixed` holds for the whole article; a symbol in
    `introductions` gives its long form once ("harbour master Ida Moss"), then `fixed` holds."""

    topic: str
    fixed: dict[str, str]
    introductions: dict[str, str]


def _distinct(count: int, draw: Callable[[], str]) -> list[str]:
    """Draws until `count` different values have come; the tables hold many times that number."""
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        drawn[draw()] = None
    return list(drawn)


class Writer:
    """Writes articles in one language. Holds only compiled rules: all chance comes from `rng`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._rules = _compile(language.rules)
        self._topics = {name: _compile(rules) for name, rules in language.topics.items()}
        self._topic_names = tuple(language.topics)

    def person(self, rng: random.Random) -> tuple[str, str, int]:
        """A first name, a last name, and which of the two tables of first names it is from."""
        gender = rng.randrange(2)
        first = rng.choice(self.language.first_names[gender])
        return first, rng.choice(self.language.last_names), gender

    def place(self, rng: random.Random) -> str:
        return rng.choice(self.language.place_heads) + rng.choice(self.language.place_tails)

    def phrase(self, symbol: str, rng: random.Random, scene: Scene) -> str:
        """One expansion of a symbol, raw: neither capitalised nor finished."""
        out: list[str] = []
        self._expand(symbol, rng, scene, out)
        return "".join(out)

    def sentence(self, template: Template, rng: random.Random, scene: Scene) -> str:
        out: list[str] = []
        self._fill(template, rng, scene, out)
        return self._polish("".join(out))

    def article(self, rng: random.Random, *, words: int) -> Draft:
        """An article of at least `words` words (as split at white space) and seldom 60 more."""
        scene = self._scene(rng)
        title = self._polish(self.phrase("headline", rng, scene))
        pools = self._shuffled_pools(rng)
        paragraphs = [self._paragraph(("lead", "lead_second"), pools, rng, scene)]
        written = len(paragraphs[0].split())
        kinds = self.language.plan
        while written < words:
            kind = kinds[(len(paragraphs) - 1) % len(kinds)] if len(paragraphs) < 4 else ""
            first = kind or rng.choice(kinds)
            run = (first, *(rng.choice((first, *kinds)) for _ in range(rng.randrange(3))))
            paragraph = self._paragraph(run, pools, rng, scene)
            paragraphs.append(paragraph)
            written += len(paragraph.split())
        return Draft(scene.topic, scene.fixed["place"], title, tuple(paragraphs))

    def _scene(self, rng: random.Random) -> Scene:
        topic = rng.choice(self._topic_names)
        scene = Scene(topic, {}, {})
        fixed = scene.fixed
        places = _distinct(3, lambda: self.place(rng))
        fixed.update(zip(("place", "place2", "place3"), places, strict=True))
        surnames = _distinct(3, lambda: rng.choice(self.language.last_names))
        for number, role, last in zip("123", ("role", "critic", "expert"), surnames, strict=True):
            first, _, gender = self.person(rng)
            fixed[f"p{number}"] = last
            title = self.phrase(f"{role}_{'fm'[gender]}", rng, scene)
            scene.introductions[f"p{number}"] = f"{title} {first} {last}"
        # drawn once, so that the article keeps to its subject; grammatical cases are parted by |
        for symbol in ("thing", "body", "group", "firm", "subject_deed"):
            cases = self.phrase(symbol, rng, scene).split("|")
            fixed.update(zip((symbol, f"{symbol}_a", f"{symbol}_d"), cases, strict=False))
        return scene

    def _shuffled_pools(self, rng: random.Random) -> dict[str, list[Template]]:
        """The sentence patterns of each kind in random order; patterns are taken from the end, so
        that no article uses one twice before all of its kind are spent."""
        pools: dict[str, list[Template]] = {}
        for kind in ("lead", "lead_second", *self.language.plan):
            pool = list(self._rules[kind])
            rng.shuffle(pool)
            pools[kind] = pool
        return pools

    def _paragraph(
        self,
        kinds: tuple[str, ...],
        pools: dict[str, list[Template]],
        rng: random.Random,
        scene: Scene,
    ) -> str:
        sentences = []
        for kind in kinds:
            pool = pools[kind]
            if not pool:
                pool.extend(self._rules[kind])
                rng.shuffle(pool)
            sentences.append(self.sentence(pool.pop(), rng, scene))
        return " ".join(sentences)

    def _expand(self, symbol: str, rng: random.Random, scene: Scene, out: list[str]) -> None:
        introduction = scene.introductions.pop(symbol, None)
        if introduction is not None:
            out.append(introduction)
            return
        known = scene.fixed.get(symbol)
        if known is not None:
            out.append(known)
            return
        options = self._topics[scene.topic].get(symbol) or self._rules[symbol]
        self._fill(options[int(rng.random() * len(options))], rng, scene, out)

    def _fill(self, template: Template, rng: random.Random, scene: Scene, out: list[str]) -> None:
        for index, part in enumerate(template):
            if isinstance(part, Number):
                value = part.low + int(rng.random() * (part.high - part.low + 1))
                out.append(
                    f"{value:,}".replace(",", self.language.thousands)
                    if value >= 10_000
                    else str(value)
                )
            elif index % 2:
                self._expand(part, rng, scene, out)
            else:
                out.append(part)

    def _polish(self, text: str) -> str:
        text = self.language.finish(text)
        for index, char in enumerate(text):
            if char not in _OPENING_MARKS:
                return text[:index] + char.upper() + text[index + 1 :]
        return text
