-- Who copies from whom, who is silent, which feeds are ill.

CREATE VIEW republication_edges AS
SELECT source.publisher AS publisher, copy.publisher AS reprinter,
       count(DISTINCT reprints.story_id)::INTEGER AS stories,
       to_microseconds(median(epoch_us(reprints.lag))::BIGINT) AS median_lag,
       round(avg((relation = 'truncated')::INTEGER), 3) AS truncated_share,
       round(avg((relation = 'edited')::INTEGER), 3) AS edited_share,
       round(median(containment), 3) AS median_containment,
       min(copy.sort_at) AS first_at, max(copy.sort_at) AS last_at
FROM reprints
JOIN articles AS copy ON copy.article_id = reprints.article_id
JOIN articles AS source ON source.article_id = reprints.original_article_id
GROUP BY ALL;
COMMENT ON VIEW republication_edges IS 'One row per pair of publishers of which one reprinted the other, where the original is held.';
COMMENT ON COLUMN republication_edges.publisher IS 'Outlet of the originals (publishers.publisher).';
COMMENT ON COLUMN republication_edges.reprinter IS 'Outlet that reprinted them (publishers.publisher).';
COMMENT ON COLUMN republication_edges.stories IS 'Stories that it took over.';
COMMENT ON COLUMN republication_edges.median_lag IS 'Median time from original to reprint; NULL when no pair of times is known to the minute.';
COMMENT ON COLUMN republication_edges.truncated_share IS 'Share of the reprints whose end is missing, 0 to 1.';
COMMENT ON COLUMN republication_edges.edited_share IS 'Share of the reprints that were edited, 0 to 1.';
COMMENT ON COLUMN republication_edges.median_containment IS 'Median share of the original found in the reprint, 0 to 1.';
COMMENT ON COLUMN republication_edges.first_at IS 'When the first of the reprints appeared.';
COMMENT ON COLUMN republication_edges.last_at IS 'When the last of the reprints appeared.';

CREATE VIEW wire_share AS
SELECT articles.publisher, count(*)::INTEGER AS articles,
       (count(*) FILTER (role = 'reprint'))::INTEGER AS reprints,
       (count(*) FILTER (role <> 'reprint' AND len(articles.credits) > 0))::INTEGER AS credited,
       round(avg((role = 'reprint' OR len(articles.credits) > 0)::INTEGER), 3)
           AS wire_share,
       mode(source.publisher) AS main_source
FROM articles
LEFT JOIN (
    SELECT reprints.article_id, original.publisher
    FROM reprints JOIN articles AS original
        ON original.article_id = reprints.original_article_id
) AS source USING (article_id)
GROUP BY articles.publisher;
COMMENT ON VIEW wire_share IS 'One row per publisher with articles: how much of what it prints came from others.';
COMMENT ON COLUMN wire_share.publisher IS 'The outlet (publishers.publisher).';
COMMENT ON COLUMN wire_share.articles IS 'Its articles.';
COMMENT ON COLUMN wire_share.reprints IS 'Those recognised as reprints of other publishers.';
COMMENT ON COLUMN wire_share.credited IS 'Further ones that name an agency or another outlet as their source.';
COMMENT ON COLUMN wire_share.wire_share IS 'Share of its articles that are either, 0 to 1.';
COMMENT ON COLUMN wire_share.main_source IS 'Publisher whose originals it reprinted most; NULL when it reprinted none that is held.';

CREATE VIEW coverage_daily AS
WITH polled AS (
    SELECT publisher, utc_day(started_at) AS day, count(*) AS polls,
           count(*) FILTER (poll_failed(outcome)) AS polls_failed
    FROM polls JOIN feeds USING (feed_id)
    GROUP BY ALL
    UNION ALL
    SELECT publisher, day, polls, polls_failed FROM publisher_days
    WHERE day < (SELECT coalesce(min(utc_day(started_at)), DATE '9999-12-31') FROM polls)
),
listed AS (
    SELECT publisher, utc_day(coalesce(entries.published_at, first_seen_at)) AS day,
           count(*) AS entries
    FROM entries JOIN feeds USING (feed_id)
    GROUP BY ALL
),
held AS (
    SELECT publisher, utc_day(sort_at) AS day, count(*) AS articles,
           count(DISTINCT story_id) AS stories, count(*) FILTER (role = 'reprint') AS reprints
    FROM articles
    GROUP BY ALL
),
followed AS (
    SELECT publisher,
           unnest(generate_series(min(utc_day(added_at)),
                                  (SELECT max(day) FROM polled),
                                  INTERVAL 1 DAY))::DATE AS day
    FROM feeds
    GROUP BY publisher
),
days AS (
    SELECT publisher, day FROM followed
    UNION SELECT publisher, day FROM listed
    UNION SELECT publisher, day FROM held
    UNION SELECT publisher, day FROM polled
)
SELECT publisher, day,
       CASE WHEN coalesce(entries, 0) + coalesce(articles, 0) > 0 THEN 'published'
            WHEN coalesce(polls, 0) = 0 THEN 'not_polled'
            WHEN polls = polls_failed THEN 'blocked'
            ELSE 'silent' END AS state,
       coalesce(entries, 0)::INTEGER AS entries,
       coalesce(articles, 0)::INTEGER AS articles,
       coalesce(stories, 0)::INTEGER AS stories,
       coalesce(reprints, 0)::INTEGER AS reprints,
       coalesce(polls, 0)::INTEGER AS polls,
       coalesce(polls_failed, 0)::INTEGER AS polls_failed
FROM days
LEFT JOIN polled USING (publisher, day)
LEFT JOIN listed USING (publisher, day)
LEFT JOIN held USING (publisher, day);
COMMENT ON VIEW coverage_daily IS 'One row per publisher and day in UTC, from the day its first feed was followed to the last day of polling, and for earlier days with entries or articles.';
COMMENT ON COLUMN coverage_daily.publisher IS 'The outlet (publishers.publisher).';
COMMENT ON COLUMN coverage_daily.day IS 'Day in UTC.';
COMMENT ON COLUMN coverage_daily.state IS 'published: something is dated that day; silent: its feeds were read and nothing is; blocked: every poll that day failed; not_polled: nobody asked.';
COMMENT ON COLUMN coverage_daily.entries IS 'Entries of its feeds dated that day (published_at, else first_seen_at).';
COMMENT ON COLUMN coverage_daily.articles IS 'Its articles dated that day (sort_at).';
COMMENT ON COLUMN coverage_daily.stories IS 'Different stories among these articles.';
COMMENT ON COLUMN coverage_daily.reprints IS 'Those of the articles that are reprints.';
COMMENT ON COLUMN coverage_daily.polls IS 'Polls of its feeds that began on the day.';
COMMENT ON COLUMN coverage_daily.polls_failed IS 'Those of them that ended in an error.';

CREATE VIEW feed_health AS
WITH week AS (
    SELECT feed_id, count(*) AS polls, count(*) FILTER (poll_failed(outcome)) AS polls_failed,
           sum(entries_new) AS entries_new, median(elapsed_ms) AS median_ms
    FROM polls
    WHERE started_at > (SELECT max(started_at) FROM polls) - INTERVAL 7 DAY
    GROUP BY feed_id
),
listed AS (
    SELECT feed_id, max(first_seen_at) AS last_entry_at FROM entries GROUP BY feed_id
)
SELECT feed_id, publisher, url,
       CASE WHEN NOT active THEN 'stopped'
            WHEN last_poll_at IS NULL THEN 'not_polled'
            WHEN consecutive_failures > 0 THEN 'failing'
            WHEN last_entry_at IS NULL THEN 'empty'
            ELSE 'well' END AS state,
       last_outcome, last_error, consecutive_failures,
       coalesce(week.polls, 0)::INTEGER AS polls_7d,
       coalesce(week.polls_failed, 0)::INTEGER AS polls_failed_7d,
       coalesce(week.entries_new, 0)::INTEGER AS entries_7d,
       week.median_ms AS median_ms_7d,
       last_entry_at, last_poll_at, next_poll_at, poll_interval
FROM feeds LEFT JOIN week USING (feed_id) LEFT JOIN listed USING (feed_id);
COMMENT ON VIEW feed_health IS 'One row per feed: whether it works, and how the seven days before the last poll of any feed went.';
COMMENT ON COLUMN feed_health.feed_id IS 'The feed (feeds.feed_id).';
COMMENT ON COLUMN feed_health.publisher IS 'Its outlet (publishers.publisher).';
COMMENT ON COLUMN feed_health.url IS 'Address as the user gave it.';
COMMENT ON COLUMN feed_health.state IS 'well; failing: the last poll failed; empty: it answers and has never listed an entry; not_polled: never yet; stopped: it left the feeds file.';
COMMENT ON COLUMN feed_health.last_outcome IS 'Outcome of the last poll (see polls.outcome); NULL before the first.';
COMMENT ON COLUMN feed_health.last_error IS 'What went wrong with the last poll, in a sentence; NULL when nothing did.';
COMMENT ON COLUMN feed_health.consecutive_failures IS 'Failed polls since the last successful one.';
COMMENT ON COLUMN feed_health.polls_7d IS 'Polls within the seven days.';
COMMENT ON COLUMN feed_health.polls_failed_7d IS 'Those of them that failed.';
COMMENT ON COLUMN feed_health.entries_7d IS 'New entries within the seven days.';
COMMENT ON COLUMN feed_health.median_ms_7d IS 'Median milliseconds of a request within the seven days; NULL when there was none.';
COMMENT ON COLUMN feed_health.last_entry_at IS 'When it last listed something new; NULL when it never did.';
COMMENT ON COLUMN feed_health.last_poll_at IS 'Start of the last poll; NULL before the first.';
COMMENT ON COLUMN feed_health.next_poll_at IS 'It is due from this time on.';
COMMENT ON COLUMN feed_health.poll_interval IS 'Time that was left between the last poll and the next.';
