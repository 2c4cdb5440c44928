"""Words and shingles of a text: what content hashes, word counts and matching count in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

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


def folded_words(text: str) -> list[str]:
    """The words of a text with case, accents' encoding and punctuation folded away; in scripts
    without spaces, its characters."""
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def count_words(text: str) -> int:
    """Words of a text; in scripts without spaces, half the number of characters."""
    words = _WORDS.findall(text)
    if not _UNSPACED_CHARACTER.search(text):
        return len(words)
    characters = sum(1 for word in words if _UNSPACED_CHARACTER.match(word))
    return len(words) - characters + (characters + 1) // 2


def content_hash(text: str) -> str:
    """XXH3 (64 bit) of the folded words: the same for texts that differ in spacing, case or
    punctuation only."""
    return xxhash.xxh3_64_hexdigest(" ".join(folded_words(text)).encode("utf-8", "surrogatepass"))


def shingles(words: Sequence[str], size: int) -> list[str]:
    """All runs of `size` words, in order; the whole text when it is shorter."""
    if len(words) <= size:
        return [" ".join(words)] if words else []
    return [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
