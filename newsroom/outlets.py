"""The outlets: who they are, how they publish, and in which way their feeds are odd."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, cast

from newsroom.frames import FRAMES
from newsroom.prose import Writer

Kind = Literal["agency", "originator", "reprinter"]
FeedFormat = Literal["rss2", "rss091", "rss1", "atom", "json"]
Validators = Literal["both", "etag", "last_modified", "none"]
Metadata = Literal["full", "og", "jsonld", "none"]
Quirk = Literal[
    "relative_links",  # entry links without a host
    "no_guid",  # entries without guid
    "no_date",  # entries without date
    "changing_guid",  # other guids on every request
    "full_content",  # the whole text inside the feed
    "second_feed",  # a second feed that shares entries with the first, its links tagged
]
Credit = Literal["none", "first_appeared", "source_line", "dateline", "author_note", "read_more"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One synthetic publisher.

    `feeds` are paths. `header` and `footer` are the lines it repeats around every text. `credits`
    are the ways in which it credits a text that it reprints, in turn; `points_canonical` says
    whether such a page's rel=canonical may name the original. `layout` is the number of its page
    template.
    """

    domain: str
    name: str
    language: str
    kind: Kind
    feed_format: FeedFormat
    feeds: tuple[str, ...]
    validators: Validators
    quirks: frozenset[Quirk]
    metadata: Metadata
    layout: int
    charset: str
    path_style: int
    tagline: str
    staff: tuple[str, ...]
    header: tuple[str, ...]
    footer: tuple[str, ...]
    credits: tuple[Credit, ...]
    points_canonical: bool

    @property
    def home(self) -> str:
        """Address of the front page, without the final slash."""
        return f"http://{self.domain}"

    @property
    def feed_urls(self) -> tuple[str, ...]:
        return tuple(self.home + path for path in self.feeds)


class _Profile(NamedTuple):
    name: str
    language: str
    kind: Kind
    feed_format: FeedFormat
    feed: str
    validators: Validators = "both"
    metadata: Metadata = "full"
    quirks: tuple[Quirk, ...] = ()
    credits: tuple[Credit, ...] = ()
    points_canonical: bool = False
    charset: str = "utf-8"


# The first of these are taken, so that a small newsroom has all kinds too; larger ones get more.
_PROFILES = (
    _Profile("Meridian Wire", "en", "agency", "rss2", "/feed.xml"),
    _Profile("Harbor Ledger", "en", "originator", "rss2", "/rss", quirks=("second_feed",)),
    _Profile(
        "Common Lantern",
        "en",
        "reprinter",
        "rss2",
        "/feed/",
        metadata="og",
        credits=("first_appeared", "author_note", "author_note"),
    ),
    _Profile("Nordlicht Depesche", "de", "agency", "rss2", "/rss.xml", validators="etag"),
    _Profile(
        "Freie Lesehalle",
        "de",
        "reprinter",
        "atom",
        "/atom.xml",
        validators="etag",
        metadata="jsonld",
        credits=("first_appeared", "source_line", "dateline", "none"),
        points_canonical=True,
    ),
    _Profile("Agencia Cordal", "es", "agency", "json", "/feed.json"),
    _Profile(
        "Lectura Abierta",
        "es",
        "reprinter",
        "rss2",
        "/feed/",
        validators="etag",
        metadata="og",
        quirks=("changing_guid",),
        credits=("source_line", "author_note", "dateline", "none"),
    ),
    _Profile("Kettle Valley Post", "en", "originator", "atom", "/atom", quirks=("full_content",)),
    _Profile(
        "Elbwinkel Anzeiger",
        "de",
        "originator",
        "atom",
        "/feed/atom.xml",
        quirks=("relative_links",),
    ),
    _Profile("Northgate Chronicle", "en", "originator", "rss1", "/index.rdf", metadata="og"),
    _Profile(
        "Daily Quill",
        "en",
        "reprinter",
        "json",
        "/feed.json",
        credits=("source_line", "first_appeared", "dateline"),
        points_canonical=True,
    ),
    _Profile("Talkurier", "de", "originator", "rss091", "/rss091.xml", charset="iso-8859-1"),
    _Profile(
        "La Tribuna de Valdemora",
        "es",
        "originator",
        "rss2",
        "/rss/portada.xml",
        quirks=("no_date",),
    ),
    _Profile(
        "Open Ledger Digest",
        "en",
        "reprinter",
        "rss2",
        "/feed",
        metadata="none",
        quirks=("no_guid",),
        credits=("none", "none", "dateline"),
    ),
    _Profile(
        "Gaceta del Llano",
        "es",
        "originator",
        "rss2",
        "/feed.xml",
        validators="none",
        metadata="jsonld",
    ),
    _Profile(
        "Sonnfelder Morgenblatt",
        "de",
        "originator",
        "rss2",
        "/rss/alle",
        validators="last_modified",
    ),
)

_TITLES = {
    "en": (
        "Herald",
        "Gazette",
        "Courier",
        "Observer",
        "Beacon",
        "Examiner",
        "Echo",
        "Argus",
        "Bulletin",
        "Register",
    ),
    "de": (
        "Bote",
        "Zeitung",
        "Rundschau",
        "Nachrichten",
        "Tageblatt",
        "Echo",
        "Kreisblatt",
        "Stimme",
    ),
    "es": ("Diario de", "El Eco de", "La Voz de", "El Correo de", "Noticias de", "El Cuaderno de"),
}
_KINDS: tuple[Kind, ...] = (
    "agency",
    *cast("list[Kind]", ["reprinter"] * 5),
    *cast("list[Kind]", ["originator"] * 9),
)
_INVENTED_CREDITS: tuple[Credit, ...] = (
    "none",
    "first_appeared",
    "source_line",
    "dateline",
    "author_note",
)
_TAGLINES = {
    "en": "News from {name}, every day since {year}",
    "de": "{name}: Nachrichten, jeden Tag seit {year}",
    "es": "{name}: noticias cada día desde {year}",
}
_FEED_PATHS: dict[FeedFormat, str] = {
    "rss2": "/feed.xml",
    "rss091": "/rss091.xml",
    "rss1": "/index.rdf",
    "atom": "/atom.xml",
    "json": "/feed.json",
}


def slug(text: str, *, limit: int = 60) -> str:
    """Lower-case ASCII words joined by hyphens."""
    ascii_text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore")
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text.decode().lower()).strip("-")
    return words[:limit].rstrip("-") or "x"


def piece_path(
    outlet: Outlet, section: str, title: str, serial: int, published_at: datetime
) -> str:
    """The address within the outlet, in the outlet's own style; the serial keeps it unique."""
    words = slug(title)
    styles = (
        f"/{published_at:%Y/%m/%d}/{words}-{serial}/",
        f"/news/{words}-{serial}.html",
        f"/{slug(section)}/{words}-{serial}",
        f"/{published_at:%Y-%m}/{serial}-{words}.html",
        f"/a/{serial}/{words}",
    )
    return styles[outlet.path_style % len(styles)]


def found_outlets(rng: random.Random, count: int, writers: dict[str, Writer]) -> tuple[Outlet, ...]:
    """`count` outlets with distinct domains."""
    outlets: list[Outlet] = []
    taken: set[str] = set()
    while len(outlets) < count:
        position = len(outlets)
        profile = (
            _PROFILES[position] if position < len(_PROFILES) else _invent(rng, position, writers)
        )
        domain = slug(profile.name).replace("-", "") + ".example"
        if domain not in taken:
            taken.add(domain)
            outlets.append(_found(rng, position, domain, profile, writers[profile.language]))
    return tuple(outlets)


def _invent(rng: random.Random, position: int, writers: dict[str, Writer]) -> _Profile:
    """An outlet beyond the fixed ones: of fifteen, one agency and five reprinters."""
    language = rng.choice(("en", "en", "de", "es"))
    kind = _KINDS[position % len(_KINDS)]
    place, title = writers[language].place(rng), rng.choice(_TITLES[language])
    name = f"{title} {place}" if language == "es" else f"{place} {title}"
    feed_format: FeedFormat = rng.choice(("rss2", "rss2", "rss2", "atom", "rss1", "json"))
    return _Profile(
        name,
        language,
        kind,
        feed_format,
        _FEED_PATHS[feed_format],
        validators=rng.choice(("both", "both", "etag", "last_modified", "none")),
        metadata=rng.choice(("full", "full", "og", "jsonld", "none")),
        credits=tuple(rng.sample(_INVENTED_CREDITS, 3)) if kind == "reprinter" else (),
        points_canonical=rng.random() < 0.3,
    )


def _found(
    rng: random.Random, position: int, domain: str, profile: _Profile, writer: Writer
) -> Outlet:
    words = FRAMES[profile.language]
    slots = {"name": profile.name, "domain": domain, "count": rng.randint(12, 51)}
    if profile.kind == "reprinter":
        header = rng.sample(words.pitches, rng.randint(2, 4))
        footer = rng.sample(words.disclaimers, rng.randint(3, 5))
    else:
        header = []
        footer = [] if profile.kind == "agency" else [rng.choice(words.sign_offs)]
    feeds: tuple[str, ...] = (profile.feed,)
    if "second_feed" in profile.quirks:
        feeds += (profile.feed + "/front-page",)
    return Outlet(
        domain=domain,
        name=profile.name,
        language=profile.language,
        kind=profile.kind,
        feed_format=profile.feed_format,
        feeds=feeds,
        validators=profile.validators,
        quirks=frozenset(profile.quirks),
        metadata=profile.metadata,
        layout=position,
        charset=profile.charset,
        path_style=position,
        tagline=_TAGLINES[profile.language].format(name=profile.name, year=rng.randint(1851, 1998)),
        staff=tuple(" ".join(writer.person(rng)[:2]) for _ in range(5)),
        header=tuple(line.format(**slots) for line in header),
        footer=tuple(line.format(**slots) for line in footer),
        credits=profile.credits,
        points_canonical=profile.points_canonical,
    )
