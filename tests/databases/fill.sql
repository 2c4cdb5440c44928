-- A row in every table that the pipeline fills, as schema 1 has them: a story of an original and a
-- reprint that a feed led to. Written before any later migration.
INSERT INTO publishers (publisher, name, feeds, articles, first_seen_at) VALUES
    ('a.example', 'A', 1, 1, '2026-11-20 12:00+00'), ('b.example', NULL, 0, 1, '2026-11-20 12:00+00');
INSERT INTO runs (run_id, kind, started_at, finished_at, outcome, articles) VALUES
    ('r0000000000001', 'poll', '2026-11-20 12:00+00', '2026-11-20 12:01+00', 'completed', 2);
INSERT INTO feeds (feed_id, url, current_url, publisher, added_at, last_poll_at, next_poll_at,
                   poll_interval, last_outcome, entries_seen) VALUES
    ('f0000000000001', 'https://a.example/feed.xml', 'https://a.example/feed.xml', 'a.example',
     '2026-11-20 12:00+00', '2026-11-20 12:00+00', '2026-11-20 12:30+00', INTERVAL 30 MINUTE,
     'new_entries', 2);
INSERT INTO polls (poll_id, run_id, feed_id, started_at, elapsed_ms, outcome, http_status,
                   entries_seen, entries_new) VALUES
    ('p0000000000001', 'r0000000000001', 'f0000000000001', '2026-11-20 12:00+00', 12, 'new_entries',
     200, 2, 2);
INSERT INTO entries (entry_id, feed_id, url, title, summary, first_seen_at, status,
                     next_attempt_at, article_id) VALUES
    ('e0000000000001', 'f0000000000001', 'https://a.example/1', 'One', '', '2026-11-20 12:00+00',
     'done', NULL, 'a0000000000001'),
    ('e0000000000002', 'f0000000000001', 'https://a.example/2', 'Two', '', '2026-11-20 12:00+00',
     'pending', '2026-11-20 12:00+00', NULL);
INSERT INTO articles (article_id, url, canonical_url, publisher, title, published_at,
                      published_precision, published_source, sort_at, first_seen_at, fetched_at,
                      found_by, language, lead, body, word_count, content_status, content_hash,
                      extractor, story_id, role)
SELECT 'a000000000000' || i, 'https://' || publisher || '/1', 'https://' || publisher || '/1',
       publisher, 'One', published_at, 'minute', 'feed', published_at, published_at, published_at,
       'poll', 'en', 'Said first.', 'Said first.' || chr(10) || 'And then the rest.', 6, 'full',
       '0123456789abcdef', 'test 1', 's0000000000001', role
FROM (VALUES (1, 'a.example', TIMESTAMPTZ '2026-11-20 10:00+00', 'original'),
             (2, 'b.example', TIMESTAMPTZ '2026-11-20 11:00+00', 'reprint'))
     AS t(i, publisher, published_at, role);
INSERT INTO stories (story_id, representative_article_id, original_article_id, original_status,
                     title, language, first_published_at, last_published_at, article_count,
                     publisher_count, changed_at) VALUES
    ('s0000000000001', 'a0000000000001', 'a0000000000001', 'held', 'One', 'en',
     '2026-11-20 10:00+00', '2026-11-20 11:00+00', 2, 2, '2026-11-20 12:00+00');
INSERT INTO reprints (article_id, story_id, original_article_id, relation, containment, similarity,
                      lag, added_text, evidence) VALUES
    ('a0000000000002', 's0000000000001', 'a0000000000001', 'full', 1, 1, INTERVAL 1 HOUR, '', '[]');
INSERT INTO internal.article_urls VALUES
    ('https://a.example/1', 'a0000000000001'), ('https://b.example/1', 'a0000000000002');
INSERT INTO internal.entry_keys VALUES
    ('e0000000000001', 'f0000000000001', 'https://a.example/1', NULL),
    ('e0000000000002', 'f0000000000001', 'https://a.example/2', NULL);
INSERT INTO internal.entry_details VALUES ('e0000000000002', NULL, NULL, [], NULL);
INSERT INTO internal.feed_state VALUES ('f0000000000001', '"1"', NULL, NULL, 2);
INSERT INTO internal.sketches VALUES (7, 'a0000000000001', '2026-11-20');
UPDATE internal.revision SET revision = 1, articles_revision = 1;
