"""The twelve questions of docs/analysts.md, each with a bare scan of the columns it reads."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    """`scan` reads the same columns, or the part of them that an index-free answer must read."""

    name: str
    query: str
    scan: str


_PAIRS = "SELECT max(article_id), max(publisher), max(sort_at) FROM articles"
_ROLES = (
    "SELECT max(article_id), max(story_id), max(publisher), max(sort_at), max(role) FROM articles"
)
_TITLES = "SELECT max(article_id), max(publisher), sum(strlen(title)) FROM articles"
_TEXTS = "SELECT sum(strlen(title) + strlen(lead) + strlen(body)) FROM articles"

QUESTIONS = (
    Question(
        "1 stories once",
        "SELECT title, publisher, publisher_count FROM unique_articles "
        "ORDER BY publisher_count DESC, first_published_at LIMIT 5",
        _TITLES,
    ),
    Question(
        "2 who reprints whom",
        "SELECT publisher, reprinter, stories, median_lag, truncated_share "
        "FROM republication_edges ORDER BY stories DESC, publisher, reprinter LIMIT 6",
        _PAIRS,
    ),
    Question(
        "3 one story's timeline",
        "SELECT position, publisher, relation, lag, added_text, cut_text FROM story_timeline "
        "WHERE story_id = 's0000000000012' ORDER BY position",
        _ROLES,
    ),
    Question(
        "4 coverage, all publishers",
        "SELECT state, count(*) FROM coverage_daily GROUP BY state",
        _ROLES,
    ),
    Question(
        "5 wire share",
        "SELECT publisher, wire_share, main_source FROM wire_share "
        "ORDER BY wire_share DESC LIMIT 6",
        _ROLES,
    ),
    Question(
        "6 headlines changed",
        "SELECT publisher, title, original_title FROM headline_changes ORDER BY lag LIMIT 5",
        _TITLES,
    ),
    Question(
        "7 first to publish",
        "SELECT publisher, count(*), median(epoch(ahead_by)) FROM first_to_publish GROUP BY ALL",
        _ROLES,
    ),
    Question(
        "8 edited articles",
        "SELECT publisher, seen_at, change, previous_title, title FROM article_edits",
        _TITLES,
    ),
    Question(
        "9 content at a moment",
        "SELECT publisher, count(*) FROM as_of('2026-06-01 12:00+00') JOIN articles "
        "USING (article_id) GROUP BY publisher",
        _PAIRS,
    ),
    Question(
        "10 search, two words",
        "SELECT score, publisher, title FROM search('mussels bollards') LIMIT 5",
        _TEXTS,
    ),
    Question(
        "11 feeds that are ill",
        "SELECT url, state, last_error FROM feed_health WHERE state <> 'well'",
        "SELECT max(feed_id), max(started_at), max(outcome), max(elapsed_ms) FROM polls",
    ),
    Question(
        "12 volume by language",
        "SELECT language, count(*), sum(article_count), avg((publisher_count > 1)::INTEGER) "
        "FROM unique_articles GROUP BY language",
        "SELECT max(article_id), max(language) FROM articles",
    ),
)
