"""The fields of a feed's entry, in whatever format it came: text, names, terms, a language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.plaintext import plain_text

TITLE_LIMIT = 1000
SUMMARY_LIMIT = 2000
CONTENT_LIMIT = 200_000
"""Characters. The longest articles seen in feeds have about 100,000 with their markup."""
MAX_TAGS = 30
MAX_AUTHORS = 30
_NAME_LIMIT = 200
_LINE_LIMIT = 2000

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]+")
_EMAIL = re.compile(r"(?:mailto:)?[^\s@<>()\[\],;]{1,100}@[^\s@<>()\[\],;]{1,100}", re.IGNORECASE)
_BY = re.compile(r"(?:written )?by\s*:?\s+|von\s+|par\s+|por\s+", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s*[;|]\s*|\s+/\s+")
_BETWEEN_FULL_NAMES = re.compile(r"\s*,\s*(?:and\s+|&\s+)?|\s+(?:and|und|et|y|e|en|og|och|&)\s+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)

_PERIODS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}
"""Hours of the periods of the syndication module (https://web.resource.org/rss/1.0/modules/syndication)."""


def storable(text: str) -> str:
    """Without what a database cannot hold: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def one_line(text: str) -> str:
    """An opaque value (a guid, a date as written) on one line; "" when it is absurdly long."""
    line = " ".join(storable(text[: 2 * _LINE_LIMIT]).split())
    return line if len(line) <= _LINE_LIMIT else ""


def language_tag(text: str) -> str | None:
    """A language tag as the feed gives it (``en-GB``), None when it has not the form of one."""
    tag = text.strip()
    return tag.replace("_", "-") if _LANGUAGE.fullmatch(tag) else None


def author_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Names of people or bodies, each once, without e-mail addresses, links and "by".

    A list in one text is divided at semicolons, and at commas or "and" only where every part has
    two words or more: "Doe, Jane" and "Marks and Spencer" stay whole.
    """
    names: dict[str, None] = {}
    for text in texts:
        name = plain_text(_URL.sub("", _EMAIL.sub("", text[:5000])), 1000)
        name = _BY.sub("", name, count=1) if _BY.match(name) else name
        for part in _BETWEEN_NAMES.split(name):
            full = _BETWEEN_FULL_NAMES.split(part)
            whole = len(full) == 1 or any(" " not in each for each in full)
            for each in [part] if whole else full:
                bare = each.replace("()", "").strip(" ,;<>")
                if bare.startswith("(") and bare.endswith(")"):
                    bare = bare[1:-1].strip()
                if any(map(str.isalnum, bare)):
                    names.setdefault(bare[:_NAME_LIMIT].rstrip())
    return tuple(names)[:MAX_AUTHORS]


def tag_terms(texts: Iterable[str]) -> tuple[str, ...]:
    """Category terms as plain text, each once, at most MAX_TAGS."""
    terms: dict[str, None] = {}
    for text in texts:
        if len(terms) == MAX_TAGS:
            break
        if term := plain_text(text, _NAME_LIMIT):
            terms.setdefault(term)
    return tuple(terms)


def ttl_seconds(minutes: str) -> float | None:
    """The `ttl` of an RSS channel, given in minutes; None when it is no number above zero."""
    number = _positive(minutes)
    return number * 60.0 if number else None


def syndication_seconds(period: str, frequency: str) -> float | None:
    """The interval of `sy:updatePeriod` (daily where missing) and `sy:updateFrequency` (once); None
    when neither is given, or they cannot be read."""
    if not period.strip() and not frequency.strip():
        return None
    hours = _PERIODS.get(period.strip().lower() or "daily")
    times = _positive(frequency) if frequency.strip() else 1
    return hours * 3600.0 / times if hours and times else None


def _positive(text: str) -> int | None:
    digits = text.strip()
    return (
        int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
    )
