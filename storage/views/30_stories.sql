-- Stories once, and what became of them on their way.

CREATE VIEW unique_articles AS
SELECT story_id, article_id, publisher, url, articles.title, lead, body, articles.language, authors,
       tags, section, published_at, published_precision, sort_at, word_count, content_status,
       original_status, original_credit, article_count, publisher_count, first_published_at,
       last_published_at
FROM stories JOIN articles USING (story_id)
WHERE article_id = representative_article_id;
COMMENT ON VIEW unique_articles IS 'Each story once: one row per story, the article that stands for it and how widely it was printed.';
COMMENT ON COLUMN unique_articles.story_id IS 'The story (stories.story_id).';
COMMENT ON COLUMN unique_articles.article_id IS 'Its representative article (articles.article_id): the original where held, else its fullest early copy.';
COMMENT ON COLUMN unique_articles.publisher IS 'Outlet of that article (publishers.publisher).';
COMMENT ON COLUMN unique_articles.url IS 'Its address.';
COMMENT ON COLUMN unique_articles.title IS 'Its headline; empty when none was found.';
COMMENT ON COLUMN unique_articles.lead IS 'Its first paragraph or standfirst; empty when there is none.';
COMMENT ON COLUMN unique_articles.body IS 'Its text, paragraphs separated by line feeds.';
COMMENT ON COLUMN unique_articles.language IS 'ISO 639-1 code of its language; NULL when not recognised.';
COMMENT ON COLUMN unique_articles.authors IS 'Its authors; empty when none was found.';
COMMENT ON COLUMN unique_articles.tags IS 'Its keywords and categories; empty when there are none.';
COMMENT ON COLUMN unique_articles.section IS 'Section of the site; NULL when not stated.';
COMMENT ON COLUMN unique_articles.published_at IS 'Its publication time; NULL when unknown.';
COMMENT ON COLUMN unique_articles.published_precision IS 'second, minute or day; NULL when published_at is.';
COMMENT ON COLUMN unique_articles.sort_at IS 'published_at, else when the article was first seen.';
COMMENT ON COLUMN unique_articles.word_count IS 'Words of its text.';
COMMENT ON COLUMN unique_articles.content_status IS 'full, teaser, paywall, bot_wall, index or empty.';
COMMENT ON COLUMN unique_articles.original_status IS 'Whether the original is held, not_held or uncertain (see stories).';
COMMENT ON COLUMN unique_articles.original_credit IS 'Publisher or agency that the copies name as the source; NULL when they name none.';
COMMENT ON COLUMN unique_articles.article_count IS 'Articles of the story, this one included.';
COMMENT ON COLUMN unique_articles.publisher_count IS 'Different publishers among them.';
COMMENT ON COLUMN unique_articles.first_published_at IS 'Earliest sort_at of the story''s articles.';
COMMENT ON COLUMN unique_articles.last_published_at IS 'Latest sort_at of the story''s articles.';

CREATE VIEW story_timeline AS
SELECT copy.story_id,
       places.position, copy.sort_at AS appeared_at, copy.published_precision, copy.publisher, copy.role, copy.title,
       reprints.relation, reprints.containment, reprints.lag,
       coalesce(reprints.added_text, '') AS added_text,
       CASE WHEN reprints.article_id IS NULL OR reprints.relation = 'full' THEN ''
            ELSE paragraphs_missing(source.body, copy.body) END AS cut_text,
       copy.article_id, copy.url
FROM articles AS copy
JOIN (SELECT story_id, article_id,
             row_number() OVER (PARTITION BY story_id ORDER BY sort_at, article_id)::INTEGER
                 AS position
      FROM articles) AS places USING (story_id, article_id)
JOIN stories USING (story_id)
LEFT JOIN reprints
    ON reprints.article_id = copy.article_id AND reprints.story_id = copy.story_id
-- The story is named twice so that a filter on it reaches this table too.
LEFT JOIN articles AS source
    ON source.article_id = coalesce(reprints.original_article_id, stories.representative_article_id)
       AND source.story_id = copy.story_id AND reprints.relation <> 'full';
COMMENT ON VIEW story_timeline IS 'One row per article, in the order in which a story''s articles appeared, with what each reprint cut and added. Ask for one story (WHERE story_id = …) or a few: texts are compared as you ask.';
COMMENT ON COLUMN story_timeline.story_id IS 'The story (stories.story_id).';
COMMENT ON COLUMN story_timeline.position IS 'Place of the article in the story''s order of time, from 1.';
COMMENT ON COLUMN story_timeline.appeared_at IS 'When it appeared (articles.sort_at).';
COMMENT ON COLUMN story_timeline.published_precision IS 'How exact that is: second, minute or day; NULL when the publication time is unknown and it is the time first seen.';
COMMENT ON COLUMN story_timeline.publisher IS 'Outlet that published it (publishers.publisher).';
COMMENT ON COLUMN story_timeline.role IS 'original, reprint or update.';
COMMENT ON COLUMN story_timeline.title IS 'Its headline.';
COMMENT ON COLUMN story_timeline.relation IS 'full, truncated or edited; NULL unless it is a reprint.';
COMMENT ON COLUMN story_timeline.containment IS 'Share of the original found in it, 0 to 1; NULL unless it is a reprint.';
COMMENT ON COLUMN story_timeline.lag IS 'Time since the original appeared; NULL when it is no reprint, or a time is not known to the minute, or the original is not held.';
COMMENT ON COLUMN story_timeline.added_text IS 'Paragraphs that it added, separated by line feeds; empty when there are none.';
COMMENT ON COLUMN story_timeline.cut_text IS 'Paragraphs of the original (of the representative, when no original is held) that it left out or rewrote, separated by line feeds; empty when there are none.';
COMMENT ON COLUMN story_timeline.article_id IS 'The article (articles.article_id).';
COMMENT ON COLUMN story_timeline.url IS 'Its address.';

CREATE VIEW headline_changes AS
SELECT reprints.story_id, copy.publisher, copy.title, source.publisher AS original_publisher,
       source.title AS original_title,
       reprints.lag, copy.article_id, source.article_id AS original_article_id
FROM reprints
JOIN stories USING (story_id)
JOIN articles AS copy ON copy.article_id = reprints.article_id
JOIN articles AS source
    ON source.article_id = coalesce(reprints.original_article_id, stories.representative_article_id)
WHERE worded_differently(copy.title, source.title);
COMMENT ON VIEW headline_changes IS 'One row per reprint under another headline than the original''s (the representative''s, when no original is held), case and punctuation apart.';
COMMENT ON COLUMN headline_changes.story_id IS 'The story (stories.story_id).';
COMMENT ON COLUMN headline_changes.publisher IS 'Outlet that changed the headline (publishers.publisher).';
COMMENT ON COLUMN headline_changes.title IS 'Its headline.';
COMMENT ON COLUMN headline_changes.original_publisher IS 'Outlet that the text was compared with (publishers.publisher).';
COMMENT ON COLUMN headline_changes.original_title IS 'The headline there.';
COMMENT ON COLUMN headline_changes.lag IS 'Time since the original appeared; NULL when a time is not known to the minute or the original is not held.';
COMMENT ON COLUMN headline_changes.article_id IS 'The reprint (articles.article_id).';
COMMENT ON COLUMN headline_changes.original_article_id IS 'What it was compared with (articles.article_id).';

CREATE VIEW first_to_publish AS
WITH timed AS (
    SELECT story_id, article_id, publisher, published_at, role,
           row_number() OVER (PARTITION BY story_id ORDER BY published_at, article_id) AS place
    FROM articles JOIN stories USING (story_id)
    WHERE publisher_count > 1 AND published_precision IN ('second', 'minute')
)
SELECT first.story_id, first.publisher, first.published_at,
       min_by(other.publisher, other.place) AS next_publisher,
       min(other.published_at) - first.published_at AS ahead_by,
       first.role, first.article_id
FROM timed AS first
LEFT JOIN timed AS other
    ON other.story_id = first.story_id AND other.publisher <> first.publisher
WHERE first.place = 1
GROUP BY first.story_id, first.publisher, first.published_at, first.role, first.article_id;
COMMENT ON VIEW first_to_publish IS 'One row per story that two publishers or more carry: who had it first, among articles whose publication time is known to the minute.';
COMMENT ON COLUMN first_to_publish.story_id IS 'The story (stories.story_id).';
COMMENT ON COLUMN first_to_publish.publisher IS 'Outlet that was first (publishers.publisher).';
COMMENT ON COLUMN first_to_publish.published_at IS 'When it published.';
COMMENT ON COLUMN first_to_publish.next_publisher IS 'The next outlet; NULL when no other outlet''s time is known to the minute.';
COMMENT ON COLUMN first_to_publish.ahead_by IS 'Time until the next outlet had it; NULL when next_publisher is.';
COMMENT ON COLUMN first_to_publish.role IS 'Role of the first article: reprint where the original came later by its own clock.';
COMMENT ON COLUMN first_to_publish.article_id IS 'The first article (articles.article_id).';
