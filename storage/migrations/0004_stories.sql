-- Boilerplate: what publishers repeat around their articles, learnt, taken out of the bodies, and kept
-- so that it can be put back. What waits to be looked at again. What persons decide about stories.

CREATE TABLE internal.blocks (
    publisher      VARCHAR NOT NULL,
    hash           UBIGINT NOT NULL,
    text           VARCHAR NOT NULL,
    articles       INTEGER NOT NULL,
    first_seen_at  TIMESTAMPTZ NOT NULL,
    last_seen_at   TIMESTAMPTZ NOT NULL,
    forgotten      BOOLEAN NOT NULL DEFAULT false
);
COMMENT ON TABLE internal.blocks IS 'Blocks of text (sentences, lines) that were learnt to be a publisher''s boilerplate.';
COMMENT ON COLUMN internal.blocks.publisher IS 'The publisher (publishers.publisher).';
COMMENT ON COLUMN internal.blocks.hash IS 'XXH3 (64 bit) of the block''s folded words, digits and month names masked.';
COMMENT ON COLUMN internal.blocks.text IS 'The block as it was when it was learnt.';
COMMENT ON COLUMN internal.blocks.articles IS 'Number of articles of the publisher that hold it.';
COMMENT ON COLUMN internal.blocks.first_seen_at IS 'Earliest first_seen_at of these articles.';
COMMENT ON COLUMN internal.blocks.last_seen_at IS 'Latest first_seen_at of these articles.';
COMMENT ON COLUMN internal.blocks.forgotten IS 'Whether a person has said that it belongs to the articles: it stays in them.';

CREATE VIEW boilerplate AS
SELECT publisher, text, articles, first_seen_at, last_seen_at, NOT forgotten AS active
FROM internal.blocks;
COMMENT ON VIEW boilerplate IS 'Sentences and lines that a publisher repeats around its articles; they are taken out of articles.body while active.';
COMMENT ON COLUMN boilerplate.publisher IS 'The publisher (publishers.publisher).';
COMMENT ON COLUMN boilerplate.text IS 'The sentence or line; articles may have it with other figures and months.';
COMMENT ON COLUMN boilerplate.articles IS 'Number of articles of the publisher that came with it.';
COMMENT ON COLUMN boilerplate.first_seen_at IS 'When the first of these articles was first seen.';
COMMENT ON COLUMN boilerplate.last_seen_at IS 'When the last of these articles was first seen.';
COMMENT ON COLUMN boilerplate.active IS 'Whether it is taken out; false when a person has put it back.';

CREATE TABLE internal.block_sightings (
    publisher   VARCHAR NOT NULL,
    hash        UBIGINT NOT NULL,
    article_id  VARCHAR NOT NULL
);
COMMENT ON TABLE internal.block_sightings IS 'Which article came with which block of text, boilerplate or not: one that recurs is learnt.';
COMMENT ON COLUMN internal.block_sightings.publisher IS 'The article''s publisher.';
COMMENT ON COLUMN internal.block_sightings.hash IS 'The block (see internal.blocks.hash).';
COMMENT ON COLUMN internal.block_sightings.article_id IS 'The article (articles.article_id).';

CREATE TABLE internal.removed_blocks (
    article_id  VARCHAR NOT NULL,
    number      SMALLINT NOT NULL,
    place       INTEGER NOT NULL,
    text        VARCHAR NOT NULL,
    hash        UBIGINT NOT NULL
);
COMMENT ON TABLE internal.removed_blocks IS 'What was taken out of the bodies of articles. Put back in order, it gives the text as it came.';
COMMENT ON COLUMN internal.removed_blocks.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN internal.removed_blocks.number IS 'Order among the article''s removed blocks, from 0.';
COMMENT ON COLUMN internal.removed_blocks.place IS 'Where it stood: characters of articles.body before it.';
COMMENT ON COLUMN internal.removed_blocks.text IS 'The block as it stood there, with the white space after it.';
COMMENT ON COLUMN internal.removed_blocks.hash IS 'The block (see internal.blocks.hash); 0 for what has no words.';

CREATE TABLE internal.canonical_keys (
    url_key     VARCHAR NOT NULL,
    article_id  VARCHAR NOT NULL
);
COMMENT ON TABLE internal.canonical_keys IS 'Addresses that articles declare as their original''s, so that it finds them when it comes later.';
COMMENT ON COLUMN internal.canonical_keys.url_key IS 'Normalised key of the declared address.';
COMMENT ON COLUMN internal.canonical_keys.article_id IS 'The article that declares it (articles.article_id).';

CREATE TABLE internal.unsettled (
    step        VARCHAR NOT NULL CHECK (step IN ('learn', 'clean', 'judge')),
    article_id  VARCHAR NOT NULL
);
COMMENT ON TABLE internal.unsettled IS 'What `wirecopy maintain` has to look at, since articles came or changed; a row may be there twice.';
COMMENT ON COLUMN internal.unsettled.step IS 'learn: count again which of its blocks recur; clean: its publisher''s boilerplate has changed; judge: judge the stories around it again.';
COMMENT ON COLUMN internal.unsettled.article_id IS 'The article (articles.article_id).';

INSERT INTO internal.unsettled SELECT 'judge', article_id FROM articles;

COMMENT ON COLUMN internal.revision.articles_revision IS 'Counts those that added articles or addresses of articles, or judged stories anew.';

CREATE TABLE story_overrides (
    article_id        VARCHAR NOT NULL,
    other_article_id  VARCHAR NOT NULL,
    verdict           VARCHAR NOT NULL CHECK (verdict IN ('same', 'different', 'original')),
    reason            VARCHAR NOT NULL,
    decided_by        VARCHAR NOT NULL,
    decided_at        TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE story_overrides IS 'What a person has decided about two articles. It outweighs what matching finds, now and whenever stories are judged again.';
COMMENT ON COLUMN story_overrides.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN story_overrides.other_article_id IS 'The other article (articles.article_id).';
COMMENT ON COLUMN story_overrides.verdict IS 'same: both are of one story; different: they are not; original: article_id is the original of the story that the other is in.';
COMMENT ON COLUMN story_overrides.reason IS 'Why, in the person''s words; empty when none was given.';
COMMENT ON COLUMN story_overrides.decided_by IS 'Who decided: the name of the user who ran the command.';
COMMENT ON COLUMN story_overrides.decided_at IS 'When it was decided.';
