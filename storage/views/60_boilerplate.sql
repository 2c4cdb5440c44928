-- What publishers repeat, which is kept in internal.blocks.

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
