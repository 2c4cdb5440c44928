"""The lines of an article: looked for where a page's running text stands, and rid of what is not
the article's."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.errors import NoText
from ingest.extraction.content_status import TEASER_WORDS, content_status
from ingest.extraction.feed_text import lines_of_html
from ingest.extraction.foreign_matter import Lines, Surroundings, clean, width
from ingest.extraction.frame import frame_of
from ingest.extraction.main_text import EXTRACTOR, text_of_block, text_of_page
from ingest.extraction.metadata import PageMetadata
from ingest.extraction.page_blocks import linked_lines, prune, subheadings
from ingest.extraction.standfirst import standfirst, stated_standfirst
from ingest.types import ContentStatus
from ingest.words import count_words

STATED = "JSON-LD articleBody"
"""What made the text, as `articles.extractor` has it, where trafilatura did not."""

QUICK_SHARE = 0.35
"""Share of the width of a page's paragraphs that the quick extraction must have found: above
it, on 860 labelled pages, the slow one found more on hardly any."""
SHORT_TEXT = 300
"""Width. A shorter text is tried again with the slow extraction."""


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The lines of an article, those taken out of them with the reason, both together as they were
    `found`, what kind of text it is and what made it."""

    lines: Lines
    removed: tuple[tuple[str, str], ...]
    found: Lines
    status: ContentStatus
    extractor: str


def read_text(tree: HtmlElement, metadata: PageMetadata, *, url: str) -> ArticleText:
    """Read the text of a page's article. What belongs to other pages is cut out of the tree.

    Raises NoText when there is none.
    """
    # While the page is whole: some sites call the block that holds it a teaser.
    below_headline = stated_standfirst(
        tree, heading=metadata.heading, description=metadata.description
    )
    stated = _stated_lines(metadata.article_body or "")
    found, extractor = _found_lines(tree, url=url, language=metadata.language, stated=stated)
    lead = standfirst(tree, heading=metadata.heading, stated=below_headline, lines=found)
    if lead:
        found = (lead, *found)
    around = _surroundings(tree, metadata, found)
    cleaned = clean(found, around)
    lines = cleaned.lines
    status = content_status(
        lines,
        removed=[line for line, _ in cleaned.removed],
        title=metadata.title or "",
        free=metadata.free,
    )
    if status != "full" and extractor == EXTRACTOR and _says_more(stated, lines):
        lines, status, extractor = clean(stated, around).lines, "full", STATED
    if not any(count_words(line) for line in lines):
        raise NoText("No article text was found on the page.", url=url)
    return ArticleText(lines, cleaned.removed, found, status, extractor)


def _surroundings(tree: HtmlElement, metadata: PageMetadata, found: Lines) -> Surroundings:
    listed = metadata.news and any(line.startswith("- ") for line in found)
    return Surroundings(
        titles=metadata.titles,
        authors=metadata.authors,
        labels=(*metadata.site_names, metadata.section or ""),
        linked_lines=linked_lines(tree) if listed else frozenset(),
        subheadings=subheadings(tree),
        news=metadata.news,
    )


def _found_lines(
    tree: HtmlElement, *, url: str, language: str | None, stated: Lines
) -> tuple[Lines, str]:
    """The lines of the article by trafilatura, looked for where the running text stands, and what
    made them.

    Its quick mode is as good as its default on most pages, for a third of the time; where it found
    little of the running text, the default with its fallbacks is asked about the whole page. Where
    JSON-LD has `stated` twice what stands in the page's paragraphs, it is taken: trafilatura finds
    it, too, but without its paragraphs.
    """
    prune(tree)
    frame = frame_of(tree)
    shown = frame.characters if frame else 0
    if sum(map(width, stated)) > 2 * max(SHORT_TEXT, shown):
        return tuple(stated), STATED
    if frame and frame.block.tag != "body":
        quick = _lines(text_of_block(frame.alone()))
    else:
        quick = _lines(text_of_page(tree, url=url, fast=True, language=language))
    if sum(map(width, quick)) >= max(SHORT_TEXT, QUICK_SHARE * shown):
        return quick, EXTRACTOR
    return _lines(text_of_page(tree, url=url, fast=False, language=language)) or quick, EXTRACTOR


def _stated_lines(body: str) -> Lines:
    """The lines of a text that JSON-LD gives, with its tags or without."""
    return lines_of_html(body) if "</" in body else _lines(body)


def _says_more(stated: Lines, lines: Lines) -> bool:
    """Whether JSON-LD gives an article's text, and twice the words of these lines."""
    least = max(TEASER_WORDS, count_words("\n".join(lines)))
    return count_words("\n".join(stated)) > 2 * least


def _lines(text: str) -> tuple[str, ...]:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return tuple([line for line in lines if line])
