-- What an article said, and when. Only states that are no more are stored apart (internal.versions).

CREATE VIEW article_versions AS
SELECT articles.article_id,
       coalesce(versions.version, 1) AS version,
       coalesce(versions.seen_at, articles.fetched_at) AS seen_at,
       coalesce(versions.title, articles.title) AS title,
       coalesce(versions.body, articles.body) AS body,
       coalesce(versions.change, '') AS change
FROM articles LEFT JOIN internal.versions USING (article_id);
COMMENT ON VIEW article_versions IS 'One row per state of an article''s content: a new one only when title or text changed. The newest is what articles has.';
COMMENT ON COLUMN article_versions.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN article_versions.version IS 'Number of the version, from 1.';
COMMENT ON COLUMN article_versions.seen_at IS 'When a fetch first showed it.';
COMMENT ON COLUMN article_versions.title IS 'Headline of the version.';
COMMENT ON COLUMN article_versions.body IS 'Text of the version, paragraphs separated by line feeds.';
COMMENT ON COLUMN article_versions.change IS 'What is different from the version before, in words; empty for version 1.';

CREATE VIEW article_edits AS
SELECT article_id, publisher, versions.version, versions.seen_at, versions.change,
       coalesce(versions.title, articles.title) AS title, previous_title, url
FROM (SELECT *, lag(title) OVER (PARTITION BY article_id ORDER BY version) AS previous_title
      FROM internal.versions) AS versions
JOIN articles USING (article_id)
WHERE versions.version > 1;
COMMENT ON VIEW article_edits IS 'One row per change of an article after it was first fetched, with what changed.';
COMMENT ON COLUMN article_edits.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN article_edits.publisher IS 'Its outlet (publishers.publisher).';
COMMENT ON COLUMN article_edits.version IS 'Number of the version that the change made, from 2.';
COMMENT ON COLUMN article_edits.seen_at IS 'When a fetch first showed it.';
COMMENT ON COLUMN article_edits.change IS 'What changed, in words.';
COMMENT ON COLUMN article_edits.title IS 'Headline after the change.';
COMMENT ON COLUMN article_edits.previous_title IS 'Headline before it.';
COMMENT ON COLUMN article_edits.url IS 'Address of the article.';

CREATE MACRO as_of(ts) AS TABLE
SELECT articles.article_id,
       coalesce(versions.version, 1) AS version,
       coalesce(versions.seen_at, articles.fetched_at) AS seen_at,
       coalesce(versions.title, articles.title) AS title,
       coalesce(versions.body, articles.body) AS body
FROM articles LEFT JOIN (
    SELECT *, lead(seen_at) OVER (PARTITION BY article_id ORDER BY version) AS replaced_at
    FROM internal.versions
) AS versions USING (article_id)
WHERE coalesce(versions.seen_at, articles.fetched_at) <= ts::TIMESTAMPTZ
  AND (replaced_at IS NULL OR replaced_at > ts::TIMESTAMPTZ);
COMMENT ON MACRO TABLE as_of IS 'The articles'' content as it stood at a moment, one row per article that had been fetched by then: article_id, version, seen_at, title, body. Give the moment with its zone: as_of(''2026-11-20 12:00+00'').';

CREATE VIEW rechecks AS
SELECT article_id, publisher, checks, checked_at, outcome, gone_at, next_check_at,
       articles.first_seen_at, url
FROM internal.rechecks JOIN articles USING (article_id);
COMMENT ON VIEW rechecks IS 'Recent articles whose page is fetched again 1, 6, 24 and 72 hours after it was first fetched, and articles whose page was found to be gone. Others have no row (any more).';
COMMENT ON COLUMN rechecks.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN rechecks.publisher IS 'Its outlet (publishers.publisher).';
COMMENT ON COLUMN rechecks.checks IS 'How often its page was asked for again.';
COMMENT ON COLUMN rechecks.checked_at IS 'When that was last done; NULL before the first time.';
COMMENT ON COLUMN rechecks.outcome IS 'What came of it: unchanged; changed (see article_versions); gone; worse (less than the text that is held: a wall, a teaser, a list); other_article (the address shows another one now); or the kind of error as in entries.reason. NULL before the first time.';
COMMENT ON COLUMN rechecks.gone_at IS 'Since when its page has been found to be gone (HTTP 404 or 410); NULL when it was there the last time. The article is kept.';
COMMENT ON COLUMN rechecks.next_check_at IS 'It is asked for again from then on; NULL when no more.';
COMMENT ON COLUMN rechecks.first_seen_at IS 'When a feed first led to the article.';
COMMENT ON COLUMN rechecks.url IS 'Address of the article.';
