"""The records that travel down the pipeline: feed, entry, page, article, story.

All are frozen: no step changes what an earlier one made. All times are timezone-aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Precision = Literal["second", "minute", "day"]
DateRefused = Literal["date_unreadable", "date_unknown_zone", "date_future", "date_too_old"]
DateSource = Literal["feed", "page", "sitemap", "url"]
FeedFormat = Literal["rss", "atom", "rdf", "json", "sitemap"]
FoundBy = Literal["poll", "backfill", "import"]
ContentStatus = Literal["full", "teaser", "paywall", "bot_wall", "index", "empty"]
Role = Literal["original", "reprint", "update"]
Relation = Literal["full", "truncated", "edited"]
LinkRelation = Literal["excerpt", "roundup", "update"]
StatementKind = Literal[
    "original_source", "originally_published", "republished", "source_line", "dateline", "byline",
    "contributor", "bio", "copyright", "read_more", "via",
]  # fmt: skip
"""What a phrase says of its source: outright that it is the original; that it published first; that
it gave leave; a line "Source: …"; an agency's dateline or byline; one that contributed, as in "with
reporting by"; an author's outlet; a notice of rights; where to read on; where it was come upon."""


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """A feed as the user's feeds.toml states it.

    `headers` maps a request header to its value; a value of the form ``env:NAME`` is read from the
    environment when the request is made and is never stored.
    """

    url: str
    publisher: str | None = None
    tags: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One GET that is wanted.

    `headers` are the feed's own (already resolved from the environment) and are dropped when a
    redirect leaves the origin. `etag` and `last_modified` make the request conditional. `kind`
    chooses the size limit and the Accept header.
    """

    url: str
    kind: Literal["feed", "page", "sitemap"] = "page"
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ignore_robots: bool = False


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """What came of a request that got a final answer of 200 or 304 (anything else is a FetchError).

    `body` is decoded from its content-encoding and empty for 304. `headers` keep their order, names
    in lower case. `moved_to` is the URL to use from now on when every hop of the redirect chain was
    permanent (301, 308). `downgraded`: a redirect led from https to http. `elapsed_ms` is wall time
    in milliseconds, waiting for one's turn apart.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    elapsed_ms: int
    wire_bytes: int
    moved_to: str | None = None
    downgraded: bool = False

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    def as_page(self) -> RawPage:
        """The answer as it is kept."""
        return RawPage(
            self.url, self.final_url, self.status, self.headers, self.body, self.fetched_at
        )

    def header(self, name: str) -> str | None:
        """The first header of that name (case aside), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of a feed document, as text: no markup, no control characters.

    `guid` is None when the feed gives none or gives the same one to several entries. `url` is
    absolute, and otherwise as the feed gave it. `published_at` is None when it is not known or not
    credible; `published_raw` keeps what the feed said and `date_refused` says why.
    """

    guid: str | None
    url: str | None
    title: str
    summary: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision | None = None
    published_raw: str | None = None
    date_refused: DateRefused | None = None
    tags: tuple[str, ...] = ()
    content_html: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document. `partial`: it ended or broke before its end, so its validators must not be
    kept. `overlong`: it listed more entries than we take; the first ones are here. `ttl` and
    `syndication` (sy:) are the seconds between two polls that it asks for."""

    format: FeedFormat
    title: str
    site_url: str | None
    language: str | None
    entries: tuple[FeedEntry, ...]
    partial: bool = False
    overlong: bool = False
    ttl: float | None = None
    syndication: float | None = None


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry as one poll listed it, with what recognises it when it is listed again: the key of
    its link, else its guid, else `entry_hash`, a hash of its title and summary."""

    entry_id: str
    feed_id: str
    url_key: str | None
    entry_hash: str | None
    entry: FeedEntry


@dataclass(frozen=True, slots=True)
class FollowedFeed:
    """A feed of the feeds file with its id. `url` has no credentials in it. `fixed_publisher` says
    that the user named the publisher; otherwise the feed's own links will tell."""

    feed_id: str
    url: str
    publisher: str
    fixed_publisher: bool
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next poll of a feed conditional. `body_hash` serves servers that send neither
    of the others."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed that this run is to poll, as storage knows it. `url` has no credentials in it: the
    address to ask, and its headers, come from the feeds file, unless the feed has moved to
    `current_url`. `poll_state` is what its polls have taught, as the polling policy wrote it."""

    feed_id: str
    url: str
    current_url: str
    publisher: str
    validators: Validators
    poll_state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PollResult:
    """One poll and what it decided. `error` says what went wrong, also when the document could be
    read in part. `feed` is None unless a document was read; `validators` is None when the stored
    ones stay as they are. `next_poll_reason` says why the next poll is then, `overflowed` that
    entries were lost before this one, and `poll_state` is what the policy wants to be kept.
    `current_url` is the address to poll from now on."""

    poll_id: str
    feed_id: str
    started_at: datetime
    elapsed_ms: int
    outcome: str
    http_status: int | None
    bytes: int
    error: str | None
    next_poll_at: datetime
    poll_interval: timedelta
    next_poll_reason: str
    poll_state: Mapping[str, Any]
    consecutive_failures: int
    current_url: str
    publisher: str
    entries_new: int = 0
    overflowed: bool = False
    feed: ParsedFeed | None = None
    validators: Validators | None = None


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """Where a raw page lies: file name in the archive folder, first byte, compressed length."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class WantedPage:
    """A page that entries wait for, with the feed's word about it. `archived` is set when an
    interrupted run has fetched it already."""

    url_key: str
    url: str
    entry: FeedEntry
    attempts: int
    first_seen_at: datetime
    archived: ArchivePlace | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """The answer to a request for a page. `body` is decoded from its content-encoding."""

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The first header of that name (case aside), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a page says, before the feed's word is weighed against it. `titles` are all the
    spellings of the headline on the page, without the site's name; `foreign` are the lines found
    with the text that are not the article's. `published_guessed`: the page states no time, and this
    is a day seen somewhere on it."""

    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_precision: Precision | None
    modified_at: datetime | None
    declared_canonical_url: str | None
    language: str | None
    lead: str
    body: str
    tags: tuple[str, ...]
    section: str | None
    image_url: str | None
    rights: str | None
    content_status: ContentStatus
    extractor: str
    published_source: DateSource | None = None
    credits: tuple[str, ...] = ()
    credit_source: str | None = None
    titles: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    published_guessed: bool = False


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """A block of boilerplate taken out of a body: where it stood (in characters of the body that is
    left), what it said with the white space after it, and its hash (0 for white space alone)."""

    at: int
    text: str
    hash: int


@dataclass(frozen=True, slots=True)
class BlockMemory:
    """What is known of a block of text of one publisher (sentences and lines that differ in figures
    are one block). `learnt`: it is the publisher's boilerplate. `forgotten`: a person has said that
    it belongs to the articles. `holders` are the articles that hold a block which is neither, each
    with its story."""

    publisher: str
    hash: int
    holders: tuple[tuple[str, str], ...] = ()
    learnt: bool = False
    forgotten: bool = False


@dataclass(frozen=True, slots=True)
class HeldText:
    """The text of a stored article, to be cleaned again."""

    article_id: str
    publisher: str
    lead: str
    body: str
    removed: tuple[RemovedBlock, ...]
    matched: bool


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A stored article's text after it was cleaned again. See Article for the fields."""

    article_id: str
    lead: str
    body: str
    word_count: int
    content_hash: str
    removed: tuple[RemovedBlock, ...]
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A phrase that names a source: what it says of it, the name and the words themselves."""

    kind: StatementKind
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Article:
    """One publisher's text at one canonical URL, ready to be matched and loaded.

    `url_keys` are the keys of every address it is known by. `sketch` holds the smallest hashes of
    its shingles, empty when it is not to be matched. `statements` are what body and removed blocks
    together say of its source, None when nobody has looked yet.
    """

    article_id: str
    url: str
    canonical_url: str
    declared_canonical_url: str | None
    publisher: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_precision: Precision | None
    published_source: DateSource | None
    sort_at: datetime
    modified_at: datetime | None
    first_seen_at: datetime
    fetched_at: datetime
    found_by: FoundBy
    language: str | None
    lead: str
    body: str
    word_count: int
    tags: tuple[str, ...]
    section: str | None
    image_url: str | None
    rights: str | None
    content_status: ContentStatus
    content_hash: str
    extractor: str
    url_keys: tuple[str, ...]
    sketch: tuple[int, ...]
    removed: tuple[RemovedBlock, ...] = ()
    credits: tuple[str, ...] = ()
    credit_source: str | None = None
    statements: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it is stored, without its sketch, for reading its page again. `entry` is what
    the feed that led to it said (its tags and full text are not kept), None when no feed did.
    `place` is where the page lies that gave its content, None when none was kept, and `seen_at`
    when that was fetched."""

    article: Article
    entry: FeedEntry | None
    place: ArchivePlace | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """The content of an article whose page says something new. `seen_at` is when the page was
    fetched, `change` what differs in words (`ingest.versions.describe_change`)."""

    article_id: str
    seen_at: datetime
    title: str
    lead: str
    body: str
    word_count: int
    content_hash: str
    modified_at: datetime | None
    extractor: str
    change: str


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article already held, as far as recognising another address of it needs. `unlisted`: a
    backfill came upon it, and no feed has had its word about it yet."""

    article_id: str
    publisher: str
    title: str
    content_hash: str
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """An article, held or new, as far as matching needs it. `story_id` is None for a new one;
    `statements` are as in Article."""

    article_id: str
    story_id: str | None
    publisher: str
    title: str
    body: str
    language: str | None
    url_keys: tuple[str, ...]
    declared_canonical_url: str | None
    published_at: datetime | None
    published_precision: Precision | None
    sort_at: datetime
    first_seen_at: datetime
    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    removed: tuple[RemovedBlock, ...] = ()
    statements: tuple[Statement, ...] | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What storage holds that a batch may be a copy of, as of `revision`.

    `pairs` maps an article of the batch to stored articles, best first; `copies` has these and all
    other members of their stories. `roundups` are those of them that are linked as round-ups of two
    stories or more: they are in no story but their own. `habits` has, for publishers with a
    history, the share of their stories (those that others carry too) in which they had the
    original, 0 to 1.
    """

    revision: int
    pairs: Mapping[str, tuple[str, ...]]
    copies: Mapping[str, Copy]
    roundups: frozenset[str] = frozenset()
    habits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reprint:
    """How a reprint relates to its original, or to the representative when none is held."""

    article_id: str
    story_id: str
    original_article_id: str | None
    relation: Relation
    containment: float
    similarity: float
    lag: timedelta | None
    added_text: str
    evidence: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """All articles that carry the same text, as judged now."""

    story_id: str
    representative_article_id: str
    original_article_id: str | None
    original_status: Literal["held", "not_held", "uncertain"]
    original_credit: str | None
    title: str
    language: str | None
    first_published_at: datetime
    last_published_at: datetime
    article_count: int
    publisher_count: int


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """Two articles that have text in common and are not one story: `from_article_id` quotes
    (`excerpt`), contains among others (`roundup`) or retells (`update`) the other. `containment` is
    the share of the other's text that it holds, 0 to 1."""

    from_article_id: str
    to_article_id: str
    relation: LinkRelation
    containment: float
    evidence: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class StoryRedirect:
    """A story that is no more, and the one to look at instead."""

    old_story_id: str
    story_id: str
    reason: Literal["merged", "moved"]


@dataclass(frozen=True, slots=True)
class StoryOverride:
    """A person's word about two articles: of the `same` story, of `different` ones, or
    `article_id` is the `original` of the story that `other_article_id` is in."""

    article_id: str
    other_article_id: str
    verdict: Literal["same", "different", "original"]


@dataclass(frozen=True, slots=True)
class StoryDecisions:
    """What matching decided about a batch: every story it touched, the role of each member, and the
    reprints of these stories, anew. `links` are the batch's, and replace all links to or from the
    articles in `relinked`. A story in `redirects` has lost its last article."""

    stories: tuple[Story, ...]
    roles: Mapping[str, tuple[str, Role]]
    reprints: tuple[Reprint, ...]
    links: tuple[ArticleLink, ...] = ()
    relinked: tuple[str, ...] = ()
    redirects: tuple[StoryRedirect, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A try at a page that failed. `next_attempt_at` is None when it was the last."""

    url_key: str
    reason: str
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a run did; see the columns of `runs`."""

    feeds: int = 0
    entries: int = 0
    pages: int = 0
    articles: int = 0
    stories: int = 0
    reprints: int = 0
    errors: int = 0
    rechecks: int = 0
    edits: int = 0


@dataclass(frozen=True, slots=True)
class PlannedShard:
    """A part of a backfill that is done, recorded and resumed on its own.

    `name` tells it from the backfill's other shards. `plan` is JSON and says what is to be read.
    `pages` is how many pages it holds, None when only reading tells. `bytes` is what it takes on
    disk, 0 when it is to be fetched. One that `expands` holds no pages but a list of further
    shards.
    """

    name: str
    plan: str
    pages: int | None = None
    bytes: int = 0
    expands: bool = False


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A page that a list names, with what the list says about it. `published` is as stated.
    `captured` is the time (14 digits) at which a web archive has it; None when it is to be had from
    its own address."""

    url: str
    title: str = ""
    published: str | None = None
    captured: str | None = None
