-- The tables that the pipeline from feed to story needs. Append-only file: once released, a
-- change goes into the next number.
--
-- No table has an index: DuckDB refuses to change the type of an indexed column, an update of an
-- indexed list column is a delete and an insert, and indexes are loaded into memory. There is one
-- writer, rows are added by anti-join under its lock, and `wirecopy check` scans for duplicates.

CREATE SCHEMA internal;

CREATE TABLE publishers (
    publisher      VARCHAR NOT NULL,
    name           VARCHAR,
    aliases        VARCHAR[] NOT NULL DEFAULT [],
    feeds          INTEGER NOT NULL DEFAULT 0,
    articles       INTEGER NOT NULL DEFAULT 0,
    first_seen_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE publishers IS 'One row per outlet, keyed by its registered domain.';
COMMENT ON COLUMN publishers.publisher IS 'Registered domain of the outlet, for example antiwar.com; host:port for an IP address.';
COMMENT ON COLUMN publishers.name IS 'Name of the outlet as its feed gives it; NULL when no feed has been read yet.';
COMMENT ON COLUMN publishers.aliases IS 'Other registered domains of the same outlet; empty when there are none.';
COMMENT ON COLUMN publishers.feeds IS 'Number of its feeds that are followed, stopped ones included.';
COMMENT ON COLUMN publishers.articles IS 'Number of its articles that are held.';
COMMENT ON COLUMN publishers.first_seen_at IS 'When a feed or an article of the outlet was first recorded.';

CREATE TABLE feeds (
    feed_id               VARCHAR NOT NULL,
    url                   VARCHAR NOT NULL,
    current_url           VARCHAR NOT NULL,
    publisher             VARCHAR NOT NULL,
    title                 VARCHAR,
    site_url              VARCHAR,
    format                VARCHAR CHECK (format IN ('rss', 'atom', 'rdf', 'json', 'sitemap')),
    language              VARCHAR,
    tags                  VARCHAR[] NOT NULL DEFAULT [],
    active                BOOLEAN NOT NULL DEFAULT true,
    added_at              TIMESTAMPTZ NOT NULL,
    last_poll_at          TIMESTAMPTZ,
    next_poll_at          TIMESTAMPTZ NOT NULL,
    poll_interval         INTERVAL NOT NULL,
    last_outcome          VARCHAR,
    last_error            VARCHAR,
    consecutive_failures  INTEGER NOT NULL DEFAULT 0,
    entries_seen          BIGINT NOT NULL DEFAULT 0
);
COMMENT ON TABLE feeds IS 'One row per feed that is or was followed.';
COMMENT ON COLUMN feeds.feed_id IS 'Stable id (f and 13 characters), minted from the address as first given; a redirect never changes it.';
COMMENT ON COLUMN feeds.url IS 'Address as the user gave it, credentials left out.';
COMMENT ON COLUMN feeds.current_url IS 'Address that is polled; differs from url after a permanent redirect.';
COMMENT ON COLUMN feeds.publisher IS 'Outlet the feed belongs to (publishers.publisher).';
COMMENT ON COLUMN feeds.title IS 'Title the feed gives itself; NULL before the first successful poll.';
COMMENT ON COLUMN feeds.site_url IS 'Web page the feed says it belongs to; NULL when it says none.';
COMMENT ON COLUMN feeds.format IS 'rss, atom, rdf, json or sitemap; NULL before the first successful poll.';
COMMENT ON COLUMN feeds.language IS 'Language code the feed declares; NULL when it declares none.';
COMMENT ON COLUMN feeds.tags IS 'The user''s tags for the feed; empty when there are none.';
COMMENT ON COLUMN feeds.active IS 'Whether the feed is polled; false when it left the feeds file.';
COMMENT ON COLUMN feeds.added_at IS 'When the feed was first followed.';
COMMENT ON COLUMN feeds.last_poll_at IS 'Start of the last poll; NULL before the first.';
COMMENT ON COLUMN feeds.next_poll_at IS 'The feed is due from this time on.';
COMMENT ON COLUMN feeds.poll_interval IS 'Time that was left between the last poll and the next.';
COMMENT ON COLUMN feeds.last_outcome IS 'Outcome of the last poll (see polls.outcome); NULL before the first.';
COMMENT ON COLUMN feeds.last_error IS 'What went wrong with the last poll, in a sentence (see polls.error); NULL when nothing did.';
COMMENT ON COLUMN feeds.consecutive_failures IS 'Failed polls since the last successful one.';
COMMENT ON COLUMN feeds.entries_seen IS 'Number of different entries the feed has ever listed.';

CREATE TABLE polls (
    poll_id       VARCHAR NOT NULL,
    run_id        VARCHAR NOT NULL,
    feed_id       VARCHAR NOT NULL,
    started_at    TIMESTAMPTZ NOT NULL,
    elapsed_ms    INTEGER NOT NULL,
    outcome       VARCHAR NOT NULL,
    http_status   SMALLINT,
    bytes         BIGINT NOT NULL DEFAULT 0,
    entries_seen  INTEGER NOT NULL DEFAULT 0,
    entries_new   INTEGER NOT NULL DEFAULT 0,
    error         VARCHAR
);
COMMENT ON TABLE polls IS 'One row per request for a feed and what came of it.';
COMMENT ON COLUMN polls.poll_id IS 'Id of the poll (p and 13 characters).';
COMMENT ON COLUMN polls.run_id IS 'Run that made the poll (runs.run_id).';
COMMENT ON COLUMN polls.feed_id IS 'Feed that was polled (feeds.feed_id).';
COMMENT ON COLUMN polls.started_at IS 'When the answer was taken up.';
COMMENT ON COLUMN polls.elapsed_ms IS 'Milliseconds the request took, waiting for its turn apart; 0 when none was sent.';
COMMENT ON COLUMN polls.outcome IS 'new_entries, no_change (read, nothing new), not_modified (HTTP 304 or the same bytes), or the kind of error: dns, connect, tls, deadline, too_large, body_broken, protocol, redirect, url_refused, address_refused, robots_disallowed, robots_unavailable, missing_secret, http_4xx, http_5xx, http_status, gone, throttled, not_a_feed, broken_feed, parse_deadline, parse_crashed, parse_failed.';
COMMENT ON COLUMN polls.http_status IS 'Final HTTP status; NULL when there was no answer.';
COMMENT ON COLUMN polls.bytes IS 'Bytes of the body received, as sent over the wire.';
COMMENT ON COLUMN polls.entries_seen IS 'Entries the document listed.';
COMMENT ON COLUMN polls.entries_new IS 'Entries not seen before in this feed.';
COMMENT ON COLUMN polls.error IS 'What went wrong, in a sentence, also when part of the document could be read; NULL when nothing did.';

CREATE TABLE entries (
    entry_id         VARCHAR NOT NULL,
    feed_id          VARCHAR NOT NULL,
    guid             VARCHAR,
    url              VARCHAR,
    title            VARCHAR NOT NULL,
    summary          VARCHAR NOT NULL,
    authors          VARCHAR[] NOT NULL DEFAULT [],
    published_at     TIMESTAMPTZ,
    published_raw    VARCHAR,
    first_seen_at    TIMESTAMPTZ NOT NULL,
    status           VARCHAR NOT NULL CHECK (status IN ('pending', 'fetched', 'done', 'rejected')),
    reason           VARCHAR,
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_attempt_at  TIMESTAMPTZ,
    article_id       VARCHAR,
    CHECK ((status = 'done') = (article_id IS NOT NULL)),
    CHECK (status <> 'rejected' OR reason IS NOT NULL)
);
COMMENT ON TABLE entries IS 'One row per entry of a feed: the queue of pages to fetch, and what became of each.';
COMMENT ON COLUMN entries.entry_id IS 'Stable id (e and 13 characters).';
COMMENT ON COLUMN entries.feed_id IS 'Feed that listed the entry (feeds.feed_id).';
COMMENT ON COLUMN entries.guid IS 'The feed''s own id of the entry; NULL when it gives none or one shared by several entries.';
COMMENT ON COLUMN entries.url IS 'Link of the entry as the feed gave it, made absolute, credentials left out; NULL when it has none.';
COMMENT ON COLUMN entries.title IS 'Title as plain text; empty when there is none.';
COMMENT ON COLUMN entries.summary IS 'Summary as plain text; empty when there is none.';
COMMENT ON COLUMN entries.authors IS 'Names the feed gives as authors; empty when it gives none.';
COMMENT ON COLUMN entries.published_at IS 'Publication time the feed states; NULL when missing, unreadable or not credible.';
COMMENT ON COLUMN entries.published_raw IS 'Publication time as the feed wrote it; NULL when missing.';
COMMENT ON COLUMN entries.first_seen_at IS 'When a poll first saw the entry.';
COMMENT ON COLUMN entries.status IS 'pending: its page is to be fetched; fetched: page kept, not yet extracted; done: see article_id; rejected: see reason.';
COMMENT ON COLUMN entries.reason IS 'Why it was rejected, or why the last try failed (kinds as in polls.outcome, and no_link, not_html, no_text). When done: why its date was refused (date_unreadable, date_unknown_zone, date_future, date_too_old). NULL when there is nothing to say.';
COMMENT ON COLUMN entries.attempts IS 'Tries at its page so far.';
COMMENT ON COLUMN entries.next_attempt_at IS 'Earliest time of the next try; NULL when none is planned.';
COMMENT ON COLUMN entries.article_id IS 'Article the entry led to (articles.article_id); NULL unless status is done.';

CREATE TABLE articles (
    article_id              VARCHAR NOT NULL,
    url                     VARCHAR NOT NULL,
    canonical_url           VARCHAR NOT NULL,
    declared_canonical_url  VARCHAR,
    publisher               VARCHAR NOT NULL,
    title                   VARCHAR NOT NULL,
    authors                 VARCHAR[] NOT NULL DEFAULT [],
    published_at            TIMESTAMPTZ,
    published_precision     VARCHAR CHECK (published_precision IN ('second', 'minute', 'day')),
    published_source        VARCHAR CHECK (published_source IN ('feed', 'page', 'sitemap', 'url')),
    sort_at                 TIMESTAMPTZ NOT NULL,
    modified_at             TIMESTAMPTZ,
    first_seen_at           TIMESTAMPTZ NOT NULL,
    fetched_at              TIMESTAMPTZ NOT NULL,
    found_by                VARCHAR NOT NULL CHECK (found_by IN ('poll', 'backfill', 'import')),
    language                VARCHAR,
    lead                    VARCHAR NOT NULL,
    body                    VARCHAR NOT NULL,
    word_count              INTEGER NOT NULL,
    tags                    VARCHAR[] NOT NULL DEFAULT [],
    section                 VARCHAR,
    image_url               VARCHAR,
    credits                 VARCHAR[] NOT NULL DEFAULT [],
    credit_source           VARCHAR,
    rights                  VARCHAR,
    content_status          VARCHAR NOT NULL CHECK (content_status IN ('full', 'teaser', 'paywall', 'bot_wall', 'index', 'empty')),
    content_hash            VARCHAR NOT NULL,
    extractor               VARCHAR NOT NULL,
    story_id                VARCHAR NOT NULL,
    role                    VARCHAR NOT NULL CHECK (role IN ('original', 'reprint', 'update'))
);
COMMENT ON TABLE articles IS 'One row per article: one publisher''s text at one canonical address. Copies are kept; for each story once see stories.representative_article_id.';
COMMENT ON COLUMN articles.article_id IS 'Stable id (a and 13 characters), minted from the address first seen.';
COMMENT ON COLUMN articles.url IS 'Address of the page after redirects, as first fetched.';
COMMENT ON COLUMN articles.canonical_url IS 'The publisher''s own address for the article: the declared one where it is on the publisher''s site, else url.';
COMMENT ON COLUMN articles.declared_canonical_url IS 'rel=canonical of the page as declared, which may point to another publisher; NULL when none is declared.';
COMMENT ON COLUMN articles.publisher IS 'Outlet that published this copy (publishers.publisher).';
COMMENT ON COLUMN articles.title IS 'Headline; empty when none was found.';
COMMENT ON COLUMN articles.authors IS 'Authors; empty when none was found.';
COMMENT ON COLUMN articles.published_at IS 'Publication time; NULL when unknown. At precision day it is the start of that day in UTC.';
COMMENT ON COLUMN articles.published_precision IS 'second, minute or day; NULL when published_at is.';
COMMENT ON COLUMN articles.published_source IS 'Where published_at comes from: feed, page, sitemap or url; NULL when it is.';
COMMENT ON COLUMN articles.sort_at IS 'published_at, else first_seen_at: the time to order and group by.';
COMMENT ON COLUMN articles.modified_at IS 'When the page says it was last changed; NULL when it does not say.';
COMMENT ON COLUMN articles.first_seen_at IS 'When a feed or a backfill first led to the article.';
COMMENT ON COLUMN articles.fetched_at IS 'When its page was last fetched.';
COMMENT ON COLUMN articles.found_by IS 'poll, backfill or import (text supplied by the user).';
COMMENT ON COLUMN articles.language IS 'ISO 639-1 code of the text''s language; NULL when not recognised.';
COMMENT ON COLUMN articles.lead IS 'First paragraph or standfirst; empty when there is none.';
COMMENT ON COLUMN articles.body IS 'Text of the article, paragraphs separated by line feeds.';
COMMENT ON COLUMN articles.word_count IS 'Words of body; in scripts without spaces, half the number of characters.';
COMMENT ON COLUMN articles.tags IS 'Keywords and categories of page and feed; empty when there are none.';
COMMENT ON COLUMN articles.section IS 'Section of the site; NULL when not stated.';
COMMENT ON COLUMN articles.image_url IS 'Main image; NULL when not stated.';
COMMENT ON COLUMN articles.credits IS 'Agencies and outlets the article names as its source; empty when it names none.';
COMMENT ON COLUMN articles.credit_source IS 'Where the credit was found; NULL when there is none.';
COMMENT ON COLUMN articles.rights IS 'Reservations and licence the page states; NULL when it states none.';
COMMENT ON COLUMN articles.content_status IS 'full, teaser, paywall, bot_wall, index (a list of articles) or empty. Only full and teaser are matched.';
COMMENT ON COLUMN articles.content_hash IS 'XXH3 (64 bit, hexadecimal) of the folded words of body: equal for the same words whatever their case, punctuation and spacing.';
COMMENT ON COLUMN articles.extractor IS 'Program and version that extracted the text.';
COMMENT ON COLUMN articles.story_id IS 'Story the article belongs to (stories.story_id).';
COMMENT ON COLUMN articles.role IS 'original, reprint (another publisher''s copy) or update (the same publisher''s later telling). An article alone is an original.';

CREATE TABLE stories (
    story_id                   VARCHAR NOT NULL,
    representative_article_id  VARCHAR NOT NULL,
    original_article_id        VARCHAR,
    original_status            VARCHAR NOT NULL CHECK (original_status IN ('held', 'not_held', 'uncertain')),
    original_credit            VARCHAR,
    title                      VARCHAR NOT NULL,
    language                   VARCHAR,
    first_published_at         TIMESTAMPTZ NOT NULL,
    last_published_at          TIMESTAMPTZ NOT NULL,
    article_count              INTEGER NOT NULL,
    publisher_count            INTEGER NOT NULL,
    changed_at                 TIMESTAMPTZ NOT NULL,
    CHECK ((original_status = 'held') = (original_article_id IS NOT NULL))
);
COMMENT ON TABLE stories IS 'One row per story: all articles that carry the same text. An article alone is a story of one.';
COMMENT ON COLUMN stories.story_id IS 'Stable id (s and 13 characters).';
COMMENT ON COLUMN stories.representative_article_id IS 'Article that stands for the story: the original where held, else its fullest early copy.';
COMMENT ON COLUMN stories.original_article_id IS 'Article the others derive from; NULL when it is not held.';
COMMENT ON COLUMN stories.original_status IS 'held; not_held: the copies name an original that we do not have; uncertain: nothing decides between them.';
COMMENT ON COLUMN stories.original_credit IS 'Publisher or agency the copies name as the source; NULL when they name none.';
COMMENT ON COLUMN stories.title IS 'Title of the representative article.';
COMMENT ON COLUMN stories.language IS 'Language of the representative article; NULL when not recognised.';
COMMENT ON COLUMN stories.first_published_at IS 'Earliest sort_at of its articles.';
COMMENT ON COLUMN stories.last_published_at IS 'Latest sort_at of its articles.';
COMMENT ON COLUMN stories.article_count IS 'Number of its articles.';
COMMENT ON COLUMN stories.publisher_count IS 'Number of different publishers among its articles.';
COMMENT ON COLUMN stories.changed_at IS 'When the story last gained, lost or re-judged an article.';

CREATE TABLE reprints (
    article_id           VARCHAR NOT NULL,
    story_id             VARCHAR NOT NULL,
    original_article_id  VARCHAR,
    relation             VARCHAR NOT NULL CHECK (relation IN ('full', 'truncated', 'edited')),
    containment          DOUBLE NOT NULL CHECK (containment BETWEEN 0 AND 1),
    similarity           DOUBLE NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    lag                  INTERVAL,
    added_text           VARCHAR NOT NULL,
    evidence             JSON NOT NULL
);
COMMENT ON TABLE reprints IS 'One row per article with role reprint: how it relates to its original, or to the representative when the original is not held.';
COMMENT ON COLUMN reprints.article_id IS 'The reprint (articles.article_id).';
COMMENT ON COLUMN reprints.story_id IS 'Its story (stories.story_id).';
COMMENT ON COLUMN reprints.original_article_id IS 'The article it was copied from; NULL when the original is not held.';
COMMENT ON COLUMN reprints.relation IS 'full, truncated (the end is missing) or edited.';
COMMENT ON COLUMN reprints.containment IS 'Share of the original''s shingles found in the reprint, 0 to 1.';
COMMENT ON COLUMN reprints.similarity IS 'Jaccard similarity of the two texts'' shingles, 0 to 1.';
COMMENT ON COLUMN reprints.lag IS 'Time from the original''s publication to the reprint''s; NULL at day precision, when a time is unknown, or when the original is not held.';
COMMENT ON COLUMN reprints.added_text IS 'Paragraphs of the reprint that are not in the original, separated by line feeds; empty when there are none.';
COMMENT ON COLUMN reprints.evidence IS 'JSON list of the signals that made it a reprint, each with name, weight and words.';

CREATE TABLE article_links (
    from_article_id  VARCHAR NOT NULL,
    to_article_id    VARCHAR NOT NULL,
    relation         VARCHAR NOT NULL CHECK (relation IN ('excerpt', 'roundup', 'update')),
    containment      DOUBLE NOT NULL CHECK (containment BETWEEN 0 AND 1),
    evidence         JSON NOT NULL
);
COMMENT ON TABLE article_links IS 'Two articles that have text in common and are not of one story.';
COMMENT ON COLUMN article_links.from_article_id IS 'The article that quotes, contains or retells the other (articles.article_id).';
COMMENT ON COLUMN article_links.to_article_id IS 'The article whose text it holds (articles.article_id).';
COMMENT ON COLUMN article_links.relation IS 'excerpt (quotes a good part of it), roundup (contains it among others) or update (retells it).';
COMMENT ON COLUMN article_links.containment IS 'Share of the other article''s text that it holds, 0 to 1.';
COMMENT ON COLUMN article_links.evidence IS 'JSON list of what shows it; may be empty.';

CREATE TABLE story_redirects (
    old_story_id  VARCHAR NOT NULL,
    story_id      VARCHAR NOT NULL,
    reason        VARCHAR NOT NULL CHECK (reason IN ('merged', 'moved')),
    "at"          TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE story_redirects IS 'Stories that are no more, and where their articles are now.';
COMMENT ON COLUMN story_redirects.old_story_id IS 'Id of the story that is no more.';
COMMENT ON COLUMN story_redirects.story_id IS 'Story to look at instead (stories.story_id).';
COMMENT ON COLUMN story_redirects.reason IS 'merged: the two turned out to be one; moved: its last article went over to another.';
COMMENT ON COLUMN story_redirects."at" IS 'When it happened.';

CREATE TABLE runs (
    run_id       VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL CHECK (kind IN ('poll', 'backfill', 'reprocess', 'maintain', 'publish', 'restore', 'forget')),
    flow_run_id  VARCHAR,
    started_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ,
    outcome      VARCHAR CHECK (outcome IN ('completed', 'offline', 'failed', 'cancelled', 'interrupted')),
    feeds        INTEGER NOT NULL DEFAULT 0,
    entries      INTEGER NOT NULL DEFAULT 0,
    pages        INTEGER NOT NULL DEFAULT 0,
    articles     INTEGER NOT NULL DEFAULT 0,
    stories      INTEGER NOT NULL DEFAULT 0,
    reprints     INTEGER NOT NULL DEFAULT 0,
    errors       INTEGER NOT NULL DEFAULT 0
);
COMMENT ON TABLE runs IS 'One row per run of the pipeline.';
COMMENT ON COLUMN runs.run_id IS 'Id of the run (r and 13 characters).';
COMMENT ON COLUMN runs.kind IS 'What kind of run: poll, backfill, reprocess, maintain, publish, restore or forget.';
COMMENT ON COLUMN runs.flow_run_id IS 'Id of the Prefect flow run; NULL when started without Prefect.';
COMMENT ON COLUMN runs.started_at IS 'When the run began.';
COMMENT ON COLUMN runs.finished_at IS 'When it ended, or when a later run found it dead; NULL while it runs.';
COMMENT ON COLUMN runs.outcome IS 'completed (even when some feeds failed), offline (nothing could be reached), failed, cancelled, interrupted (its process died); NULL while it runs.';
COMMENT ON COLUMN runs.feeds IS 'Feeds polled.';
COMMENT ON COLUMN runs.entries IS 'New entries.';
COMMENT ON COLUMN runs.pages IS 'Pages fetched.';
COMMENT ON COLUMN runs.articles IS 'New articles.';
COMMENT ON COLUMN runs.stories IS 'New stories.';
COMMENT ON COLUMN runs.reprints IS 'New articles that are reprints.';
COMMENT ON COLUMN runs.errors IS 'Failed polls and failed tries at pages.';

CREATE TABLE snapshot (
    taken_at          TIMESTAMPTZ NOT NULL,
    run_id            VARCHAR,
    schema_version    INTEGER NOT NULL,
    wirecopy_version  VARCHAR NOT NULL
);
COMMENT ON TABLE snapshot IS 'One row: which moment this file shows.';
COMMENT ON COLUMN snapshot.taken_at IS 'When the snapshot was taken.';
COMMENT ON COLUMN snapshot.run_id IS 'Run that took it (runs.run_id); NULL when none did.';
COMMENT ON COLUMN snapshot.schema_version IS 'Number of the last migration of this file.';
COMMENT ON COLUMN snapshot.wirecopy_version IS 'Version of Wirecopy that wrote it.';

-- The pipeline's own bookkeeping.

CREATE TABLE internal.migrations (
    version     INTEGER NOT NULL,
    name        VARCHAR NOT NULL,
    applied_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.migrations IS 'Migrations that made this schema, oldest first.';
COMMENT ON COLUMN internal.migrations.version IS 'Number of the migration.';
COMMENT ON COLUMN internal.migrations.name IS 'Its file name.';
COMMENT ON COLUMN internal.migrations.applied_at IS 'When it was applied.';

CREATE TABLE internal.revision (
    revision            BIGINT NOT NULL,
    articles_revision   BIGINT NOT NULL,
    published_revision  BIGINT NOT NULL,
    published_at        TIMESTAMPTZ,
    publish_ms          INTEGER
);
INSERT INTO internal.revision VALUES (0, 0, -1, NULL, NULL);
COMMENT ON TABLE internal.revision IS 'One row: counts the transactions that changed public tables.';
COMMENT ON COLUMN internal.revision.revision IS 'Number of the last such transaction.';
COMMENT ON COLUMN internal.revision.articles_revision IS 'Counts those that added articles or addresses of articles.';
COMMENT ON COLUMN internal.revision.published_revision IS 'The revision the last snapshot shows; -1 before the first.';
COMMENT ON COLUMN internal.revision.published_at IS 'When the last snapshot was taken; NULL before the first.';
COMMENT ON COLUMN internal.revision.publish_ms IS 'Milliseconds the last snapshot took; NULL before the first.';

CREATE TABLE internal.feed_state (
    feed_id        VARCHAR NOT NULL,
    etag           VARCHAR,
    last_modified  VARCHAR,
    body_hash      VARCHAR,
    entries_known  BIGINT NOT NULL
);
COMMENT ON TABLE internal.feed_state IS 'What makes the next poll of a feed conditional. Written in the transaction that adds the entries it vouches for.';
COMMENT ON COLUMN internal.feed_state.feed_id IS 'The feed (feeds.feed_id).';
COMMENT ON COLUMN internal.feed_state.etag IS 'ETag of the last answer read whole; NULL when it had none.';
COMMENT ON COLUMN internal.feed_state.last_modified IS 'Last-Modified of the last answer read whole; NULL when it had none.';
COMMENT ON COLUMN internal.feed_state.body_hash IS 'XXH3 (128 bit) of the last body read whole; NULL when there was none.';
COMMENT ON COLUMN internal.feed_state.entries_known IS 'Entries of the feed that were recorded when these validators were stored.';

CREATE TABLE internal.entry_keys (
    entry_id    VARCHAR NOT NULL,
    feed_id     VARCHAR NOT NULL,
    url_key     VARCHAR,
    entry_hash  VARCHAR
);
COMMENT ON TABLE internal.entry_keys IS 'What recognises an entry when a feed lists it again.';
COMMENT ON COLUMN internal.entry_keys.entry_id IS 'The entry (entries.entry_id).';
COMMENT ON COLUMN internal.entry_keys.feed_id IS 'Its feed (feeds.feed_id).';
COMMENT ON COLUMN internal.entry_keys.url_key IS 'Normalised key of its link; NULL when it has none.';
COMMENT ON COLUMN internal.entry_keys.entry_hash IS 'Hash of title and summary, for entries without link and guid; NULL for others.';

CREATE TABLE internal.entry_details (
    entry_id             VARCHAR NOT NULL,
    published_precision  VARCHAR,
    date_refused         VARCHAR,
    tags                 VARCHAR[] NOT NULL,
    content_html         VARCHAR
);
COMMENT ON TABLE internal.entry_details IS 'What else the feed said of an entry, kept until its page is done or rejected.';
COMMENT ON COLUMN internal.entry_details.entry_id IS 'The entry (entries.entry_id).';
COMMENT ON COLUMN internal.entry_details.published_precision IS 'second, minute or day; NULL when published_at is.';
COMMENT ON COLUMN internal.entry_details.date_refused IS 'Why the feed''s date was not believed (see entries.reason); NULL when it was, or there is none.';
COMMENT ON COLUMN internal.entry_details.tags IS 'Categories the feed gives; empty when it gives none.';
COMMENT ON COLUMN internal.entry_details.content_html IS 'Full text the feed carried, as HTML; NULL when it carried none.';

CREATE TABLE internal.article_urls (
    url_key     VARCHAR NOT NULL,
    article_id  VARCHAR NOT NULL
);
COMMENT ON TABLE internal.article_urls IS 'Every address key by which an article is known: linked, fetched and canonical.';
COMMENT ON COLUMN internal.article_urls.url_key IS 'Normalised key of the address.';
COMMENT ON COLUMN internal.article_urls.article_id IS 'The article (articles.article_id).';

CREATE TABLE internal.raw_pages (
    url_key     VARCHAR NOT NULL,
    file        VARCHAR NOT NULL,
    "offset"    BIGINT NOT NULL,
    length      BIGINT NOT NULL,
    fetched_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.raw_pages IS 'Where the raw pages lie in the archive folder.';
COMMENT ON COLUMN internal.raw_pages.url_key IS 'Key of the address that was asked for.';
COMMENT ON COLUMN internal.raw_pages.file IS 'WARC file in the archive folder.';
COMMENT ON COLUMN internal.raw_pages."offset" IS 'Byte at which the record begins.';
COMMENT ON COLUMN internal.raw_pages.length IS 'Bytes of the compressed record.';
COMMENT ON COLUMN internal.raw_pages.fetched_at IS 'When the page was fetched.';

CREATE TABLE internal.sketches (
    hash        UINTEGER NOT NULL,
    article_id  VARCHAR NOT NULL,
    day         DATE NOT NULL
);
COMMENT ON TABLE internal.sketches IS 'Sketches of the articles'' texts: the smallest hashes of their shingles.';
COMMENT ON COLUMN internal.sketches.hash IS 'Low 32 bits of XXH3 of a five-word shingle.';
COMMENT ON COLUMN internal.sketches.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN internal.sketches.day IS 'Day of the article''s sort_at, in UTC.';

CREATE TABLE internal.robots (
    origin      VARCHAR NOT NULL,
    state       VARCHAR NOT NULL,
    expires_at  TIMESTAMPTZ NOT NULL,
    text        VARCHAR NOT NULL
);
COMMENT ON TABLE internal.robots IS 'robots.txt files read, so that the next run need not ask again.';
COMMENT ON COLUMN internal.robots.origin IS 'Scheme, host and port.';
COMMENT ON COLUMN internal.robots.state IS 'rules (text holds), open (there is none) or unavailable (the server failed to give it).';
COMMENT ON COLUMN internal.robots.expires_at IS 'It is asked for again from this time on.';
COMMENT ON COLUMN internal.robots.text IS 'The file; empty unless state is rules.';

CREATE TABLE internal.claims (
    kind        VARCHAR NOT NULL CHECK (kind IN ('feed', 'page')),
    key         VARCHAR NOT NULL,
    run_id      VARCHAR NOT NULL,
    claimed_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.claims IS 'Feeds and pages that a run has in hand; void when the run is over or its process has died.';
COMMENT ON COLUMN internal.claims.kind IS 'feed or page.';
COMMENT ON COLUMN internal.claims.key IS 'feed_id, or url_key of the page.';
COMMENT ON COLUMN internal.claims.run_id IS 'The run (runs.run_id).';
COMMENT ON COLUMN internal.claims.claimed_at IS 'When it was claimed.';
