-- What analysts need beside the pipeline's tables: versions of articles, days of publishers, and
-- what is refused. Views and macros are not here but in storage/views, made anew when they change.

CREATE TABLE publisher_days (
    publisher     VARCHAR NOT NULL,
    day           DATE NOT NULL,
    polls         INTEGER NOT NULL,
    polls_failed  INTEGER NOT NULL,
    entries       INTEGER NOT NULL,
    articles      INTEGER NOT NULL,
    stories       INTEGER NOT NULL,
    reprints      INTEGER NOT NULL
);
COMMENT ON TABLE publisher_days IS 'One row per publisher and day that is over, brought up to date by wirecopy maintain and kept when polls are dropped. coverage_daily has the days since, too.';
COMMENT ON COLUMN publisher_days.publisher IS 'The outlet (publishers.publisher).';
COMMENT ON COLUMN publisher_days.day IS 'Day in UTC.';
COMMENT ON COLUMN publisher_days.polls IS 'Polls of its feeds that began on the day.';
COMMENT ON COLUMN publisher_days.polls_failed IS 'Those of them that ended in an error.';
COMMENT ON COLUMN publisher_days.entries IS 'Entries of its feeds dated that day (published_at, else first_seen_at).';
COMMENT ON COLUMN publisher_days.articles IS 'Its articles dated that day (sort_at).';
COMMENT ON COLUMN publisher_days.stories IS 'Different stories among these articles.';
COMMENT ON COLUMN publisher_days.reprints IS 'Those of the articles that are reprints.';

CREATE TABLE internal.versions (
    article_id  VARCHAR NOT NULL,
    version     INTEGER NOT NULL,
    seen_at     TIMESTAMPTZ NOT NULL,
    title       VARCHAR,
    body        VARCHAR,
    change      VARCHAR NOT NULL
);
COMMENT ON TABLE internal.versions IS 'Versions of the articles whose page was fetched more than once. An article without rows here has one version, seen when its page was fetched.';
COMMENT ON COLUMN internal.versions.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN internal.versions.version IS 'Number of the version, from 1.';
COMMENT ON COLUMN internal.versions.seen_at IS 'When a fetch first showed it.';
COMMENT ON COLUMN internal.versions.title IS 'Headline of the version; NULL for the newest, whose content is in articles.';
COMMENT ON COLUMN internal.versions.body IS 'Text of the version; NULL for the newest, whose content is in articles.';
COMMENT ON COLUMN internal.versions.change IS 'What is different from the version before, in words; empty for version 1.';

CREATE TABLE internal.refusals (
    kind        VARCHAR NOT NULL CHECK (kind IN ('page', 'publisher')),
    key         VARCHAR NOT NULL,
    refused_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.refusals IS 'Pages and publishers that were forgotten on request: what a feed lists of them is rejected.';
COMMENT ON COLUMN internal.refusals.kind IS 'page or publisher.';
COMMENT ON COLUMN internal.refusals.key IS 'Key of the page''s address, or the publisher.';
COMMENT ON COLUMN internal.refusals.refused_at IS 'When wirecopy forget was told.';

CREATE TABLE internal.views (
    fingerprint  VARCHAR NOT NULL
);
COMMENT ON TABLE internal.views IS 'One row: from which files the views and macros were made.';
COMMENT ON COLUMN internal.views.fingerprint IS 'Hash of their text; when the program brings others, they are made anew.';

-- Comments that now say more.
COMMENT ON TABLE articles IS 'One row per article: one publisher''s text at one canonical address. Copies are kept; unique_articles has each story once.';
COMMENT ON TABLE polls IS 'One row per request for a feed and what came of it; kept keep_polls_days, then counted in publisher_days.';
COMMENT ON COLUMN stories.representative_article_id IS 'Article that stands for the story (articles.article_id): the original where held, else its fullest early copy.';
COMMENT ON COLUMN stories.original_article_id IS 'Article the others derive from (articles.article_id); NULL when it is not held.';
COMMENT ON COLUMN reprints.original_article_id IS 'The article it was copied from (articles.article_id); NULL when the original is not held.';
