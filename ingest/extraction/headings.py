"""The h1 elements of a page: one shows the headline, others may be logos and teasers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from ingest.plaintext import plain_text

MAX_HEADINGS = 20
"""h1 elements of a page that are looked at for its headline."""

_SHOWN = etree.XPath(
    ".//text()[not(ancestor::style or ancestor::script or ancestor::rt or ancestor::rp)]"
)
_SET_APART = re.compile(
    r"kicker|over-?line|dachzeile|spitzmarke|eyebrow|(?:top|roof)-?(?:line|title)|"
    r"(?:super|supra|pre|ante)-?(?:head|line|tit[lu])|sur-?titre|occhiello|"
    r"(?:title|headline)\w*[-_]+topic|date|category|rubri[ck]|label",
    re.IGNORECASE,
)
"""Classes of what stands within a heading, in front of the headline."""
_JOINING = " :\u2013\u2014-|/\u2022\u00b7"


@dataclass(frozen=True, slots=True)
class Heading:
    """An h1 as it is shown (`text`), and without the kicker or date that its markup sets apart in
    front of the headline (`headline`)."""

    text: str
    headline: str


def headings(tree: HtmlElement) -> list[Heading]:
    """The first h1 elements of a page that have text."""
    found = []
    for element in islice(tree.iter("h1"), MAX_HEADINGS):
        if text := plain_text(_shown(element)):
            found.append(Heading(text, _without_kicker(element, text)))
    return found


def headline_of(tree: HtmlElement, heading: str | None) -> HtmlElement | None:
    """The h1 whose text is `heading`; None where there is none."""
    found = (element for element in tree.iter("h1") if plain_text(_shown(element)) == heading)
    return next(found, None)


def _shown(element: HtmlElement) -> str:
    """An element's text, without style sheets and the readings of Chinese characters."""
    if element.find(".//*") is None:
        return element.text or ""
    return "".join(_SHOWN(element))


def _without_kicker(heading: HtmlElement, text: str) -> str:
    for part in heading.iterdescendants(etree.Element):
        if part.tag not in ("time", "small") and not _SET_APART.search(part.get("class") or ""):
            continue
        kicker = plain_text(_shown(part))
        headline = text[len(kicker) :].lstrip(_JOINING)
        if kicker and headline and text.startswith(kicker):
            return headline
    return text
