-- Words over all articles, without an index: every text is read once. The weight of a word in a text
-- is BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009; k1 = 1.2,
-- b = 0.75) over the body, and more for title and lead.

CREATE MACRO search(words) AS TABLE
WITH terms AS (
    SELECT DISTINCT term FROM (SELECT unnest(string_split(folded(words), ' ')) AS term)
    WHERE term <> ''
),
held AS (
    SELECT count(*) AS articles, greatest(avg(word_count), 1) AS mean_words FROM articles
),
hits AS (
    SELECT article_id, term,
           contains(title, term)::INTEGER + contains(' ' || folded(title) || ' ', ' ' || term || ' ')::INTEGER
               AS in_title,
           contains(lead, term)::INTEGER AS in_lead,
           (strlen(body) - strlen(replace(body, term, ''))) / strlen(term) AS times,
           1.2 * (0.25 + 0.75 * word_count / mean_words) AS damping
    FROM (SELECT article_id, word_count, lower(title) AS title, lower(lead) AS lead,
                 lower(body) AS body FROM articles) AS texts
    JOIN terms ON contains(title, term) OR contains(lead, term) OR contains(body, term)
    CROSS JOIN held
),
rarity AS (
    SELECT term, ln(1 + (any_value(articles) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
    FROM hits, held GROUP BY term
),
found AS (
    SELECT article_id,
           sum(weight * (2.2 * times / (times + damping) + 2 * in_title + in_lead)) AS score
    FROM hits JOIN rarity USING (term)
    GROUP BY article_id
    HAVING count(*) = (SELECT count(*) FROM terms)
)
SELECT round(score, 3) AS score, publisher, title, sort_at, article_id, story_id, url
FROM found JOIN articles USING (article_id)
ORDER BY score DESC, sort_at DESC, article_id;
COMMENT ON MACRO TABLE search IS 'Articles that hold all the words (anywhere in title, lead or body, case aside; parts of words count), best first: score, publisher, title, sort_at, article_id, story_id, url. Rare words, words in the title and repeated words weigh more.';
