"""Words of a text: what content hashes, word counts and matching count in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import xxhash

T = TypeVar("T")

# Scripts that set no spaces between words: Thai, Lao, Khmer, Myanmar, Han, Hiragana, Katakana.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
# Vowel signs and other marks that Python's \w leaves out, though they stand inside words: accents,
# Cyrillic, Hebrew, Arabic, Syriac, Thaana and the scripts of India.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0963\u0966-\u096f\u0971-\u0df3"
)
_WORDS = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])[\w{_MARKS}])+")
_AROUND = ".,;:!?()[]\"'"
"""What mostly stands around a word and is no part of it."""
_UNSPACED_CHARACTER = re.compile(rf"[{UNSPACED}]")

SOFT_HYPHEN = "\u00ad"
"""Where a word may be broken at a line's end: no part of the word."""

TOKENS_KEPT = 50_000
"""What is written between spaces recurs: so much of it, with its words, is kept at a time (some
10 MB), and looked up twice as fast as it is split."""

LONGEST_KEPT = 40
"""In characters. Longer ones are addresses, or whole sentences without spaces."""


def folded_words(text: str) -> list[str]:
    """The words of a text with case, accents' encoding and punctuation folded away; in scripts
    without spaces, its characters."""
    return " ".join([_FOLDED[token] for token in text.split()]).split()


def folded_line(text: str) -> str:
    """A line without its bullet, case, spacing and punctuation."""
    return " ".join(folded_words(text))


class _Kept(dict[str, T]):
    """What is made of tokens: pieces without white space, across which nothing composes, folds or
    is one word."""

    def __init__(self, make: Callable[[str], T]) -> None:
        self._make = make

    def __missing__(self, token: str) -> T:
        made = self._make(token)
        if len(token) <= LONGEST_KEPT:
            if len(self) >= TOKENS_KEPT:
                self.clear()
            self[token] = made
        return made


def _folded(token: str) -> str:
    """The words of a token, with spaces between."""
    if token.isascii() and (bare := token.strip(_AROUND)).isalnum():  # most of them, at once
        return bare.lower()
    folded = unicodedata.normalize("NFKC", token.replace(SOFT_HYPHEN, "")).casefold()
    return " ".join(_WORDS.findall(folded))


def _counted(token: str) -> int:
    if token.isascii() and token.strip(_AROUND).isalnum():
        return 1
    return len(_WORDS.findall(token))


_FOLDED = _Kept(_folded)
_COUNTED = _Kept(_counted)


def count_words(text: str) -> int:
    """Words of a text; in scripts without spaces, half the number of characters."""
    if not _UNSPACED_CHARACTER.search(text):
        return sum([_COUNTED[token] for token in text.split()])
    words = _WORDS.findall(text)
    characters = sum(1 for word in words if _UNSPACED_CHARACTER.match(word))
    return len(words) - characters + (characters + 1) // 2


@lru_cache(maxsize=1)
def folded_text(text: str) -> bytes:
    """The folded words of a text with spaces between, in UTF-8. Kept for the last text: an
    article's is hashed as a whole, and then in pieces."""
    return " ".join(folded_words(text)).encode("utf-8", "surrogatepass")


def content_hash(text: str) -> str:
    """XXH3 (64 bit) of the folded words: the same for texts that differ in spacing, case or
    punctuation only."""
    return xxhash.xxh3_64_hexdigest(folded_text(text))
