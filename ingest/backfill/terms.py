"""Which pages a backfill takes: by publication, language and whether the date is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ingest.backfill.periods import ALWAYS, Period
from ingest.types import Article, RawPage

Left = Literal["outside", "undated", "other_language"]
"""Why a page is left out."""

_DECLARED = re.compile(rb"<html[^>]{0,1000}?\slang\s*=\s*[\"']?\s*([A-Za-z]{2})\b", re.IGNORECASE)
_HEAD_BYTES = 1 << 16
_TEXT = re.compile(rb">([^<>{}]{60,})<")
_SAMPLE = 2000
"""Characters of text that tell the language."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`languages` are ISO 639-1 codes, any when empty. `undated`: articles whose publication time
    is not known are taken although a period is given."""

    period: Period = ALWAYS
    languages: tuple[str, ...] = ()
    undated: bool = False

    def refusal(self, article: Article) -> Left | None:
        """Why the article is left out; None when it is taken."""
        if self.languages and article.language not in self.languages:
            return "other_language"
        if self.period.open:
            return None
        if article.published_at is None:
            return None if self.undated else "undated"
        if self.period.holds(article.published_at, article.published_precision):
            return None
        return "outside"

    def other_language(self, page: RawPage) -> bool:
        """Whether a page can be left out before its text is extracted: it declares a language that
        is not wanted, and what can be seen of its text is in none that is. What pages declare is
        often wrong."""
        if not self.languages:
            return False
        declared = _DECLARED.search(page.body, 0, _HEAD_BYTES)
        if declared is None or declared[1].decode().lower() in self.languages:
            return False
        try:
            sample = b" ".join(_TEXT.findall(page.body)).decode()
        except UnicodeDecodeError:  # another charset: extraction will see to it
            return False
        from ingest.extraction.language import language_of

        return language_of(sample[:_SAMPLE], declared[1].decode().lower()) not in self.languages
