"""Extraction: from a page's bytes to its article. Runs in a worker process that can be killed."""

from __future__ import annotations

from datetime import datetime

from lxml.html import HtmlElement

from ingest.errors import NoText
from ingest.extraction.content_status import TEASER_WORDS, content_status
from ingest.extraction.credits import find_credits
from ingest.extraction.feed_text import lines_of_html
from ingest.extraction.foreign_matter import Lines, Surroundings, clean
from ingest.extraction.frame import frame_of
from ingest.extraction.language import language_of
from ingest.extraction.main_text import EXTRACTOR, text_of_block, text_of_page
from ingest.extraction.metadata import PageMetadata, read_metadata
from ingest.extraction.page_blocks import linked_lines, prune, subheadings
from ingest.extraction.page_dates import choose_published, day_in_url, guessed_day
from ingest.extraction.page_tree import parse_page
from ingest.extraction.person_names import clean_authors, portrayed
from ingest.extraction.standfirst import standfirst, stated_standfirst
from ingest.publishers import publisher_of
from ingest.times import parse_feed_time
from ingest.types import Extraction
from ingest.words import count_words

STATED = "JSON-LD articleBody"
"""What made the text, as `articles.extractor` has it."""

QUICK_SHARE = 0.35
"""Share of the characters in a page's paragraphs that the quick extraction must have found: above
it, on 860 labelled pages, the slow one found more on hardly any."""
BYLINE_LINES = 8
"""Lines at the beginning of a text in which its byline stands; one below is another story's."""
PORTRAIT_LINES = 12
"""Lines at the end of a text in which its author may be introduced."""
SHORT_TEXT = 300
"""Characters. A shorter text is tried again with the slow extraction."""


def extract_page(body: bytes, *, url: str, content_type: str | None, now: datetime) -> Extraction:
    """Read the article of a page.

    Raises NotHtml for anything that is not a web page, NoText when there is no article text.
    """
    tree = parse_page(body, url=url, content_type=content_type)
    metadata = read_metadata(tree, url=url)
    guess = None if metadata.published_times or day_in_url(url) else guessed_day(tree, url=url)
    below_headline = stated_standfirst(
        tree, heading=metadata.heading, description=metadata.description
    )
    stated = _stated_lines(metadata.article_body or "")
    found, extractor = _article_lines(tree, url=url, stated=stated)
    lead = standfirst(tree, heading=metadata.heading, stated=below_headline, lines=found)
    if lead:
        found = (lead, *found)
    listed = metadata.news and any(line.startswith("- ") for line in found)
    around = Surroundings(
        titles=metadata.titles,
        authors=metadata.authors,
        labels=(*metadata.site_names, metadata.section or ""),
        linked_lines=linked_lines(tree) if listed else frozenset(),
        subheadings=subheadings(tree),
        news=metadata.news,
    )
    cleaned = clean(found, around)
    lines, removed = cleaned.lines, tuple(line for line, _ in cleaned.removed)
    title = metadata.title or ""
    status = content_status(lines, removed=removed, title=title, free=metadata.free)
    if status != "full" and extractor == EXTRACTOR and _says_more(stated, lines):
        lines, status, extractor = clean(stated, around).lines, "full", STATED
    if not any(count_words(line) for line in lines):
        raise NoText("No article text was found on the page.", url=url)
    text = "\n".join(lines)
    times = [guess.isoformat()] if guess else list(metadata.published_times)
    published, source = choose_published(times, url=url, now=now)
    modified = parse_feed_time(metadata.modified, now=now) if metadata.modified else None
    bylines = tuple(line for line, reason in cleaned.removed if reason in ("byline", "bio"))
    credits = find_credits(
        "\n".join(found),
        names=(*metadata.author_names, *bylines),
        addresses=metadata.sources,
        publisher=publisher_of(url),
        site_names=metadata.site_names,
        publisher_of=publisher_of,
    )
    return Extraction(
        title=metadata.title or "",
        authors=_authors(metadata, bylines, found),
        published_at=published.at if published else None,
        published_precision=published.precision if published and published.at else None,
        modified_at=modified.at if modified else None,
        declared_canonical_url=metadata.canonical_url,
        language=language_of(text, metadata.language),
        lead=metadata.description or text.split("\n", 1)[0],
        body=text,
        tags=metadata.tags,
        section=metadata.section,
        image_url=metadata.image_url,
        rights=metadata.rights,
        content_status=status,
        extractor=extractor,
        published_source=source,
        credits=tuple(dict.fromkeys(credit.name for credit in credits)),
        credit_source=credits[0].source if credits else None,
        titles=metadata.titles,
        foreign=removed,
        published_guessed=guess is not None,
    )


def _stated_lines(body: str) -> Lines:
    """The lines of a text that JSON-LD gives, with its tags or without."""
    return lines_of_html(body) if "</" in body else _lines(body)


def _says_more(stated: Lines, lines: Lines) -> bool:
    """Whether JSON-LD gives an article's text, and twice the words of these lines."""
    least = max(TEASER_WORDS, count_words("\n".join(lines)))
    return count_words("\n".join(stated)) > 2 * least


def _authors(
    metadata: PageMetadata, bylines: tuple[str, ...], found: tuple[str, ...]
) -> tuple[str, ...]:
    """The page's word, else the byline in its text, else the author introduced below it."""
    return (
        metadata.authors
        or clean_authors(
            [line for line in bylines if line in found[:BYLINE_LINES]], metadata.site_names
        )
        or portrayed(found[-PORTRAIT_LINES:])
    )


def _article_lines(tree: HtmlElement, *, url: str, stated: Lines) -> tuple[tuple[str, ...], str]:
    """The lines of the article by trafilatura, looked for where the running text stands, and what
    made them.

    Its quick mode is as good as its default on most pages, for two thirds of the time; where it
    found little of the running text, the default with its fallbacks is asked about the whole page.
    Where JSON-LD has `stated` twice what stands in the page's paragraphs, it is taken: trafilatura
    finds it, too, but without its paragraphs.
    """
    prune(tree)
    frame = frame_of(tree)
    shown = frame.characters if frame else 0
    if sum(map(len, stated)) > 2 * max(SHORT_TEXT, shown):
        return tuple(stated), STATED
    if frame and frame.block.tag != "body":
        quick = _lines(text_of_block(frame.alone()))
    else:
        quick = _lines(text_of_page(tree, url=url, fast=True))
    if sum(map(len, quick)) >= max(SHORT_TEXT, QUICK_SHARE * shown):
        return quick, EXTRACTOR
    return _lines(text_of_page(tree, url=url, fast=False)) or quick, EXTRACTOR


def _lines(text: str) -> tuple[str, ...]:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return tuple([line for line in lines if line])
