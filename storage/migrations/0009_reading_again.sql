-- Articles whose page is read again: fetched anew while they are recent, or taken from the archive.

CREATE TABLE internal.rechecks (
    article_id        VARCHAR NOT NULL,
    first_fetched_at  TIMESTAMPTZ NOT NULL,
    next_check_at     TIMESTAMPTZ,
    checked_at        TIMESTAMPTZ,
    checks            INTEGER NOT NULL DEFAULT 0,
    outcome           VARCHAR,
    gone_at           TIMESTAMPTZ,
    etag              VARCHAR,
    last_modified     VARCHAR,
    body_hash         VARCHAR,
    CHECK ((checked_at IS NULL) = (outcome IS NULL)),
    CHECK (next_check_at IS NOT NULL OR gone_at IS NOT NULL)
);
COMMENT ON TABLE internal.rechecks IS 'Articles whose page is to be fetched again, and those whose page was found to be gone. A row goes when the last check is done, unless the page is gone.';
COMMENT ON COLUMN internal.rechecks.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN internal.rechecks.first_fetched_at IS 'When its page was first fetched: what the schedule counts from.';
COMMENT ON COLUMN internal.rechecks.next_check_at IS 'It is fetched again from this time on; NULL when no more.';
COMMENT ON COLUMN internal.rechecks.checked_at IS 'When it was last fetched again; NULL before the first time.';
COMMENT ON COLUMN internal.rechecks.checks IS 'How often it was fetched again.';
COMMENT ON COLUMN internal.rechecks.outcome IS 'What came of the last check (see rechecks.outcome); NULL before the first.';
COMMENT ON COLUMN internal.rechecks.gone_at IS 'When the page was first found to be gone (HTTP 404 or 410), and has been since; NULL when it was there.';
COMMENT ON COLUMN internal.rechecks.etag IS 'ETag of the last answer; NULL when it had none.';
COMMENT ON COLUMN internal.rechecks.last_modified IS 'Last-Modified of the last answer; NULL when it had none.';
COMMENT ON COLUMN internal.rechecks.body_hash IS 'XXH3 (128 bit) of the last body.';

CREATE TABLE internal.reprocessing (
    scope     JSON NOT NULL,
    begun_at  TIMESTAMPTZ NOT NULL,
    total     INTEGER NOT NULL,
    counts    JSON NOT NULL
);
COMMENT ON TABLE internal.reprocessing IS 'One row while a wirecopy reprocess is not at its end: what the next one goes on with.';
COMMENT ON COLUMN internal.reprocessing.scope IS 'What it was asked for: since, until, publisher, extraction, matching.';
COMMENT ON COLUMN internal.reprocessing.begun_at IS 'When it began.';
COMMENT ON COLUMN internal.reprocessing.total IS 'Articles and pages that were to be read when it began.';
COMMENT ON COLUMN internal.reprocessing.counts IS 'What came of those that are done, by name.';

CREATE TABLE internal.reprocess_queue (
    number      INTEGER NOT NULL,
    article_id  VARCHAR,
    url_key     VARCHAR,
    CHECK ((article_id IS NULL) <> (url_key IS NULL))
);
COMMENT ON TABLE internal.reprocess_queue IS 'What it still has to read. Rows go in the transaction that does the work.';
COMMENT ON COLUMN internal.reprocess_queue.number IS 'Order, from 1: pages of one archive file together.';
COMMENT ON COLUMN internal.reprocess_queue.article_id IS 'Article (articles.article_id); NULL for a page that has given none.';
COMMENT ON COLUMN internal.reprocess_queue.url_key IS 'Key of the address of a page that has given no article (internal.raw_pages.url_key); NULL for an article.';

ALTER TABLE runs ADD COLUMN rechecks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN edits INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN runs.rechecks IS 'Pages of recent articles that were asked for again.';
COMMENT ON COLUMN runs.edits IS 'Articles whose content was found changed by that (article_versions).';
COMMENT ON COLUMN articles.fetched_at IS 'When the page that shows this content was fetched. A later look that found nothing new does not move it.';
COMMENT ON COLUMN internal.claims.key IS 'feed_id; for a page, the url_key of one that is fetched for the first time, or the article_id of one that is fetched again.';

-- The published file lacks these columns until the next snapshot is taken.
UPDATE internal.revision SET revision = revision + 1;
