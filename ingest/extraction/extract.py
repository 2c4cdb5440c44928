"""Extraction: from a page's bytes to its article. Runs in a worker process that can be killed."""

from __future__ import annotations

from datetime import datetime

from ingest.extraction.article_text import ArticleText, read_text
from ingest.extraction.credits import Credit, find_credits
from ingest.extraction.foreign_matter import Lines
from ingest.extraction.language import language_of
from ingest.extraction.metadata import PageMetadata, read_metadata
from ingest.extraction.page_dates import choose_published
from ingest.extraction.page_tree import parse_page
from ingest.extraction.person_names import clean_authors, portrayed
from ingest.publishers import publisher_of
from ingest.times import parse_feed_time
from ingest.types import Extraction

BYLINE_LINES = 8
"""Lines at the beginning of a text in which its byline stands; one below is another story's."""
PORTRAIT_LINES = 12
"""Lines at the end of a text in which its author may be introduced."""


def extract_page(body: bytes, *, url: str, content_type: str | None, now: datetime) -> Extraction:
    """Read the article of a page.

    Raises NotHtml for anything that is not a web page, NoText when there is no article text.
    """
    tree = parse_page(body, url=url, content_type=content_type)
    metadata = read_metadata(tree, url=url)
    published = choose_published(
        tree, metadata.published_times, heading=metadata.heading, url=url, now=now
    )
    modified = parse_feed_time(metadata.modified, now=now) if metadata.modified else None
    article = read_text(tree, metadata, url=url)
    bylines = [line for line, reason in article.removed if reason in ("byline", "bio")]
    credits = _credits(article, metadata, bylines, url=url)
    text = "\n".join(article.lines)
    return Extraction(
        title=metadata.title or "",
        authors=_authors(metadata, bylines, article.found),
        published_at=published.at,
        published_precision=published.precision,
        modified_at=modified.at if modified else None,
        declared_canonical_url=metadata.canonical_url,
        language=language_of(text, metadata.language),
        lead=metadata.description or text.split("\n", 1)[0],
        body=text,
        tags=metadata.tags,
        section=metadata.section,
        image_url=metadata.image_url,
        rights=metadata.rights,
        content_status=article.status,
        extractor=article.extractor,
        published_source=published.source,
        credits=tuple(dict.fromkeys(credit.name for credit in credits)),
        credit_source=credits[0].source if credits else None,
        titles=metadata.titles,
        foreign=tuple(line for line, _ in article.removed),
        published_guessed=published.guessed,
    )


def _credits(
    article: ArticleText, metadata: PageMetadata, bylines: Lines, *, url: str
) -> tuple[Credit, ...]:
    """Whom the article names as its source: in the text as it was found, in bylines and markup."""
    return find_credits(
        "\n".join(article.found),
        names=(*metadata.author_names, *bylines),
        addresses=metadata.sources,
        publisher=publisher_of(url),
        site_names=metadata.site_names,
        publisher_of=publisher_of,
    )


def _authors(metadata: PageMetadata, bylines: Lines, found: Lines) -> tuple[str, ...]:
    """The page's word, else the byline in its text, else the author introduced below it."""
    return (
        metadata.authors
        or clean_authors(
            [line for line in bylines if line in found[:BYLINE_LINES]], metadata.site_names
        )
        or portrayed(found[-PORTRAIT_LINES:], metadata.site_names)
    )
