-- The ledger of backfills: what is done of each, and what is left.

CREATE TABLE backfills (
    backfill_id  VARCHAR NOT NULL,
    source       VARCHAR NOT NULL,
    since        TIMESTAMPTZ,
    until        TIMESTAMPTZ,
    filters      JSON NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    status       VARCHAR NOT NULL CHECK (status IN ('planned', 'running', 'interrupted', 'done', 'failed', 'cancelled'))
);
COMMENT ON TABLE backfills IS 'One row per backfill: pages taken in that no current feed lists.';
COMMENT ON COLUMN backfills.backfill_id IS 'Id of the backfill (b and 13 characters). The same source, period and filters are the same backfill, until it is restarted.';
COMMENT ON COLUMN backfills.source IS 'Where the pages come from: sitemap:URL, urls:FILE, warc:PATH, wayback:DOMAIN or articles:FILE.';
COMMENT ON COLUMN backfills.since IS 'Articles published then or later are taken; NULL when there is no such bound.';
COMMENT ON COLUMN backfills.until IS 'Articles published before it are taken; NULL when there is no such bound.';
COMMENT ON COLUMN backfills.filters IS 'What else decides which articles are taken (hosts, languages, undated, capture_slack_days), and the zones of the bounds; empty object when nothing does.';
COMMENT ON COLUMN backfills.created_at IS 'When it was first started.';
COMMENT ON COLUMN backfills.status IS 'planned, running, interrupted (shards are left: the same command goes on), done, failed (all that is left are shards that failed too often), cancelled.';

CREATE TABLE backfill_shards (
    backfill_id  VARCHAR NOT NULL,
    shard        VARCHAR NOT NULL,
    status       VARCHAR NOT NULL CHECK (status IN ('planned', 'running', 'done', 'failed')),
    pages        INTEGER NOT NULL DEFAULT 0,
    articles     INTEGER NOT NULL DEFAULT 0,
    started_at   TIMESTAMPTZ,
    finished_at  TIMESTAMPTZ,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error        VARCHAR
);
COMMENT ON TABLE backfill_shards IS 'One row per shard: the unit in which a backfill is done, recorded and resumed.';
COMMENT ON COLUMN backfill_shards.backfill_id IS 'The backfill (backfills.backfill_id).';
COMMENT ON COLUMN backfill_shards.shard IS 'Which part of the source it is, such as a file and the bytes of it.';
COMMENT ON COLUMN backfill_shards.status IS 'planned, running, done, or failed (tried too often in vain).';
COMMENT ON COLUMN backfill_shards.pages IS 'Pages that were read or fetched, and judged.';
COMMENT ON COLUMN backfill_shards.articles IS 'New articles that came of them.';
COMMENT ON COLUMN backfill_shards.started_at IS 'When it was last begun; NULL before.';
COMMENT ON COLUMN backfill_shards.finished_at IS 'When it was done or failed; NULL before.';
COMMENT ON COLUMN backfill_shards.attempts IS 'How often it was begun; not counted when the user stopped it.';
COMMENT ON COLUMN backfill_shards.error IS 'What went wrong with the last try, in a sentence; NULL when nothing did.';

CREATE TABLE internal.shard_work (
    backfill_id     VARCHAR NOT NULL,
    shard           VARCHAR NOT NULL,
    number          BIGINT NOT NULL,
    plan            VARCHAR,
    plan_hash       VARCHAR NOT NULL,
    expands         BOOLEAN NOT NULL,
    planned_pages   INTEGER,
    bytes           BIGINT NOT NULL,
    run_id          VARCHAR,
    failures        INTEGER NOT NULL DEFAULT 0,
    not_before      TIMESTAMPTZ,
    known           INTEGER NOT NULL DEFAULT 0,
    outside         INTEGER NOT NULL DEFAULT 0,
    undated         INTEGER NOT NULL DEFAULT 0,
    other_language  INTEGER NOT NULL DEFAULT 0
);
COMMENT ON TABLE internal.shard_work IS 'What a shard of a backfill consists of, who has it in hand, and what became of the pages that gave no article.';
COMMENT ON COLUMN internal.shard_work.backfill_id IS 'The backfill (backfills.backfill_id).';
COMMENT ON COLUMN internal.shard_work.shard IS 'The shard (backfill_shards.shard).';
COMMENT ON COLUMN internal.shard_work.number IS 'Its place in the order in which shards are done.';
COMMENT ON COLUMN internal.shard_work.plan IS 'What is to be read, as JSON; NULL when the shard is done.';
COMMENT ON COLUMN internal.shard_work.plan_hash IS 'XXH3 (128 bit) of the plan as first made.';
COMMENT ON COLUMN internal.shard_work.expands IS 'Whether it is a list of further shards, which goes first.';
COMMENT ON COLUMN internal.shard_work.planned_pages IS 'Pages it holds; NULL when only reading tells.';
COMMENT ON COLUMN internal.shard_work.bytes IS 'Bytes it takes on disk; 0 when it is to be fetched.';
COMMENT ON COLUMN internal.shard_work.run_id IS 'The run that has it in hand (runs.run_id); NULL when none has. Void when the run''s process has died.';
COMMENT ON COLUMN internal.shard_work.failures IS 'Tries that ended in an error.';
COMMENT ON COLUMN internal.shard_work.not_before IS 'It is not tried again before; NULL when it may be at once.';
COMMENT ON COLUMN internal.shard_work.known IS 'Pages of articles that were held already.';
COMMENT ON COLUMN internal.shard_work.outside IS 'Pages of articles published outside the backfill''s period.';
COMMENT ON COLUMN internal.shard_work.undated IS 'Pages left out because their publication time is not known.';
COMMENT ON COLUMN internal.shard_work.other_language IS 'Pages in a language that is not wanted.';

CREATE TABLE internal.backfill_runs (
    backfill_id  VARCHAR NOT NULL,
    run_id       VARCHAR NOT NULL
);
COMMENT ON TABLE internal.backfill_runs IS 'Which runs are at work on a backfill; void when the run is over or its process has died.';
COMMENT ON COLUMN internal.backfill_runs.backfill_id IS 'The backfill (backfills.backfill_id).';
COMMENT ON COLUMN internal.backfill_runs.run_id IS 'The run (runs.run_id).';

CREATE TABLE internal.backfill_failures (
    backfill_id  VARCHAR NOT NULL,
    shard        VARCHAR NOT NULL,
    url          VARCHAR NOT NULL,
    reason       VARCHAR NOT NULL,
    message      VARCHAR NOT NULL,
    failed_at    TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.backfill_failures IS 'Pages, rows and records of a backfill that could not be had or read; wirecopy backfill show lists them.';
COMMENT ON COLUMN internal.backfill_failures.backfill_id IS 'The backfill (backfills.backfill_id).';
COMMENT ON COLUMN internal.backfill_failures.shard IS 'The shard (backfill_shards.shard).';
COMMENT ON COLUMN internal.backfill_failures.url IS 'Address of the page, or place of the record in its file.';
COMMENT ON COLUMN internal.backfill_failures.reason IS 'Kind of failure, as in entries.reason, and record_damaged, bad_row.';
COMMENT ON COLUMN internal.backfill_failures.message IS 'What went wrong, in a sentence.';
COMMENT ON COLUMN internal.backfill_failures.failed_at IS 'When it was found.';
