"""Words of a text: what content hashes, word counts and matching count in."""

from __future__ import annotations

import re
import unicodedata

import xxhash

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
_UNSPACED_CHARACTER = re.compile(rf"[{UNSPACED}]")
_SPACED_WORDS = re.compile(rf"[\w{_MARKS}]+")
"""The same where no such script is in use, in half the time."""
_ASCII_SPACES = {code: " " for code in range(128) if not re.match(r"\w", chr(code))}
"""Most lines are ASCII: with spaces for all else, their words are split ten times as fast."""

SOFT_HYPHEN = "\u00ad"
"""Where a word may be broken at a line's end: no part of the word."""


def folded_words(text: str) -> list[str]:
    """The words of a text with case, accents' encoding and punctuation folded away; in scripts
    without spaces, its characters."""
    if text.isascii():
        return text.lower().translate(_ASCII_SPACES).split()
    folded = unicodedata.normalize("NFKC", text.replace(SOFT_HYPHEN, "")).casefold()
    return (_WORDS if _UNSPACED_CHARACTER.search(folded) else _SPACED_WORDS).findall(folded)


def folded_line(text: str) -> str:
    """A line without its bullet, case, spacing and punctuation."""
    return " ".join(folded_words(text))


def count_words(text: str) -> int:
    """Words of a text; in scripts without spaces, half the number of characters."""
    return word_count(folded_words(text))


def word_count(words: list[str]) -> int:
    """The same, for a text with these folded words."""
    text = " ".join(words)
    if text.isascii() or not _UNSPACED_CHARACTER.search(text):
        return len(words)
    characters = sum(1 for word in words if _UNSPACED_CHARACTER.match(word))
    return len(words) - characters + (characters + 1) // 2


def content_hash(words: list[str]) -> str:
    """XXH3 (64 bit) of a text's folded words: the same for texts that differ in spacing, case or
    punctuation only."""
    return xxhash.xxh3_64_hexdigest(" ".join(words).encode("utf-8", "surrogatepass"))
