"""An article's headline, without the name of the site, chosen among what page and feed say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ingest.words import folded_words

TITLE_LIMIT = 500
"""Characters. Longer "titles" are texts in the wrong tag."""
SUFFIX_WORDS = 8
"""A longer last part of a title is a part of the headline."""
HEADLINE_WORDS = 4
"""What stands behind a kicker is a headline from so many words on."""

LABEL_WORDS = 3
"""So few words behind a bar, at the end of a title, are no part of the headline."""
SAME_HEADLINE = 0.3
"""Share of its words that a heading has in common with og:title, where it is one of the article."""

# What sites set between a headline and their name; a hyphen only with spaces around it.
_SEPARATOR = re.compile(r"\s+[|–—\-»›·•*:/~]+\s+|\s*[|｜│ǀㅣ]\s*|\s+::\s+|：(?=[^：]{2,12}$)")
_BAR = re.compile(r"\s*[|｜│ǀㅣ]\s*")
_AFTER_KICKER = re.compile(r":\s+|\s+[|–—-]\s+")
_WEIGHTS = {"page": 2, "heading": 2, "shared": 3, "document": 1}
_DATE_PART = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")


def choose_title(
    *,
    page: str | None,
    heading: str | None,
    shared: str | None,
    document: str | None,
    alternative: str | None = None,
    site_names: Collection[str] = (),
) -> str | None:
    """The headline on which the places agree, each already without the site's name.

    `page` is JSON-LD's headline, `heading` the h1, `shared` og:title and `document` the title tag.
    The spelling with the most weight wins. og:title weighs one and a half: it is what the editors
    give to feeds and networks, while JSON-LD and heading often come from one template; the title
    tag, often written for search engines, half. Of equals the earlier place in that list wins.
    A place that says nothing but one of the `site_names` has no vote. What JSON-LD and og:title
    both give is the headline, though the heading may be a part of it; so is what one of them has in
    common with JSON-LD's `alternative` headline: where two were written, one of them for search
    engines, that is the editors'.
    """
    places = {"page": page, "shared": shared, "heading": heading, "document": document}
    said = [(place, text) for place, text in places.items() if text]
    sites = {_joined(name) for name in site_names}
    said = [(place, text) for place, text in said if _joined(text) not in sites] or said
    for one, other in ((page, shared), (page, alternative), (shared, alternative)):
        if one and other and _spelling(one) == _spelling(other):
            return one[:TITLE_LIMIT]
    cut = [
        (place, _without_rest(text, [other for at, other in said if at != place]))
        for place, text in said
    ]
    alone = next((_spelling(text) for place, text in cut if place == "shared"), "")
    cut = [(place, _without_kicker(text, alone)) for place, text in cut]
    cut = _without_own_kickers(cut)
    if seen := _seen_headline(dict(cut)):
        return seen[:TITLE_LIMIT]
    votes: Counter[str] = Counter()
    for place, text in cut:
        votes[_spelling(text)] += _WEIGHTS[place]
    best = max((text for _, text in cut), key=lambda text: votes[_spelling(text)], default=None)
    return best[:TITLE_LIMIT] if best else None


def _without_rest(title: str, others: Iterable[str]) -> str:
    """A title cut at the separator where another place's title ends: what follows is no headline,
    even if it is no name that we know. Behind a whole headline a hyphen needs no spaces."""
    others = list(others)
    spelled = {_spelling(other) for other in others}
    for cut in _SEPARATOR.finditer(title):
        if _spelling(title[: cut.start()]) in spelled:
            return title[: cut.start()].strip()
    for other in others:
        if len(other.split()) >= HEADLINE_WORDS and title.startswith((f"{other}-", f"{other}–")):
            return other
    return title


def _without_kicker(title: str, alone: str) -> str:
    """A title without what stands in front of the headline that og:title gives alone. Not the
    other way round: where og:title has the kicker, its editors count it to the headline."""
    if len(alone.split()) >= HEADLINE_WORDS:
        for cut in _AFTER_KICKER.finditer(title):
            if _spelling(title[cut.end() :]) == alone:
                return title[cut.end() :].strip()
    return title


def _without_own_kickers(cut: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """og:title and heading without kickers that have nothing in common before one headline: "Iran:
    The ferry sails" and "Near East - The ferry sails"."""
    said = dict(cut)
    heading = {
        _spelling(text): set(folded_words(kicker))
        for kicker, text in _kickers(said.get("heading", ""))
    }
    for kicker, text in _kickers(said.get("shared", "")):
        rest = _spelling(text)
        if len(rest.split()) >= HEADLINE_WORDS and not heading.get(
            rest, set(folded_words(kicker))
        ) & set(folded_words(kicker)):
            return [(place, _without_kicker(text, rest)) for place, text in cut]
    return cut


def _kickers(title: str) -> list[tuple[str, str]]:
    """What may stand as a kicker in front of what may be the headline."""
    return [(title[: at.start()], title[at.end() :]) for at in _AFTER_KICKER.finditer(title)]


def _seen_headline(said: Mapping[str, str]) -> str | None:
    """The heading, where og:title and title tag say one thing, JSON-LD nothing or what the heading
    says, and the heading the same in other words: the two are then written for search engines. A
    heading that has all their words and more begins with a kicker or ends with a date."""
    heading, shared = said.get("heading"), _spelling(said.get("shared", ""))
    if not heading or shared != _spelling(said.get("document", "")):
        return None
    spelled = _spelling(heading)
    if _spelling(said.get("page", heading)) != spelled:
        return None
    words, others = set(spelled.split()), set(shared.split())
    if len(words) < HEADLINE_WORDS or spelled.endswith(shared):
        return None
    return heading if len(words & others) >= SAME_HEADLINE * min(len(words), len(others)) else None


def without_site(title: str | None, site_names: Collection[str]) -> str | None:
    """A title without what a site puts behind or in front of it: its own name, a section before
    its name, a date, an author behind its name."""
    if not title:
        return None
    names = {_spelling(name) for name in site_names if name} - {""}
    joined = {name.replace(" ", "") for name in names}
    parts = _parts(title)
    kept = len(parts)
    for at in range(len(parts) - 1, 0, -1):
        if _is_site(parts[at][1], names, joined):
            kept = at
    if (
        kept == len(parts) > 1
        and _is_label(*parts[-1])
        and len(_spelling(title).split()) >= 2 * HEADLINE_WORDS
    ):
        kept -= 1
    while kept > 1 and _DATE_PART.fullmatch(parts[kept - 1][1].strip()):
        kept -= 1
    first = 0
    if kept > 1 and (_joined(parts[0][1]) in joined or _DATE_PART.fullmatch(parts[0][1].strip())):
        first = 1
    text = "".join(
        (separator if at > first else "") + part
        for at, (separator, part) in enumerate(parts[:kept])
        if at >= first
    )
    return text.strip() or title.strip()


def _parts(title: str) -> list[tuple[str, str]]:
    """The title cut at its separators: (separator in front, text)."""
    parts: list[tuple[str, str]] = []
    start, separator = 0, ""
    for cut in _SEPARATOR.finditer(title):
        parts.append((separator, title[start : cut.start()]))
        start, separator = cut.end(), cut[0]
    return [*parts, (separator, title[start:])]


def _is_label(separator: str, part: str) -> bool:
    """A few words behind a bar: the name of a site or section, though it is not known for one."""
    return _BAR.fullmatch(separator) is not None and 0 < len(_spelling(part).split()) <= LABEL_WORDS


def _is_site(part: str, names: Collection[str], joined: Collection[str]) -> bool:
    spelling = _spelling(part)
    words = spelling.split()
    if not words or len(words) > SUFFIX_WORDS:
        return False
    bare = spelling.replace(" ", "")
    if spelling in names or bare in joined:
        return True
    # "Times of India" for indiatimes.com's "The Times of India", "NTV Haber" for "NTV".
    for name in names:
        own = name.split()
        shared = set(words) & set(own)
        if len(own) > 1 and len(shared) >= 2 and len(shared) >= 0.6 * max(len(words), len(own)):
            return True
    return len(words) <= 3 and any(len(name) >= 3 and _names(bare, name) for name in joined)


def _names(part: str, name: str) -> bool:
    return part.startswith(name) or (len(part) >= 4 and part in name)


def _spelling(text: str) -> str:
    return " ".join(folded_words(text))


def _joined(text: str) -> str:
    """As names are spelled in domains."""
    return "".join(folded_words(text))


def main_heading(
    headings: Collection[str], titles: Iterable[str | None], site_names: Collection[str] = ()
) -> str | None:
    """The h1 that is the headline: the one that shares most words with what the page calls itself
    elsewhere, of equals the one that stands at the beginning there, else the first. Logos and
    teasers of other articles are often set in h1, too: one of the `site_names` is taken only where
    there is nothing else."""
    if not headings:
        return None
    sites = {_joined(name) for name in site_names}
    candidates = [text for text in headings if _joined(text) not in sites] or headings
    said = [_spelling(title) for title in titles if title]
    elsewhere = {word for title in said for word in title.split()}

    def shared(text: str) -> tuple[float, bool]:
        spelling = _spelling(text)
        words = set(spelling.split())
        agreeing = len(words & elsewhere) / max(HEADLINE_WORDS, len(words))
        return agreeing, any(title.startswith(spelling) for title in said)

    return max(candidates, key=shared)
