-- Scalar macros, which the views use too.

CREATE MACRO utc_day(moment) AS (moment AT TIME ZONE 'UTC')::DATE;
COMMENT ON MACRO utc_day IS 'The day of a moment in UTC, whatever the TimeZone of the session.';

CREATE MACRO poll_failed(outcome) AS outcome NOT IN ('new_entries', 'no_change', 'not_modified');
COMMENT ON MACRO poll_failed IS 'Whether a polls.outcome is a kind of error.';

CREATE MACRO folded(words) AS
    trim(regexp_replace(lower(words), '[^\p{L}\p{N}]+', ' ', 'g'));
COMMENT ON MACRO folded IS 'A text as its words in lower case, one space between them: for comparing without case and punctuation.';

-- The first word settles most pairs, at a sixth of what folding both costs.
CREATE MACRO worded_differently(one, other) AS one <> other AND CASE
    WHEN regexp_extract(lower(one), '[\p{L}\p{N}]+') <> regexp_extract(lower(other), '[\p{L}\p{N}]+')
    THEN true ELSE folded(one) <> folded(other) END;
COMMENT ON MACRO worded_differently IS 'Whether two texts differ in more than case and punctuation.';

CREATE MACRO word_triples(words) AS list_distinct(
    list_zip(string_split(words, ' '), string_split(words, ' ')[2:], string_split(words, ' ')[3:], true)
);
COMMENT ON MACRO word_triples IS 'The different runs of three words of a folded text.';

-- A paragraph counts as held when half of its runs of three words are found, as in
-- reprints.added_text. The outer lambda is there so that the held text is folded once. No subquery:
-- one that reads the row it stands in would keep filters on a view from reaching its tables.
CREATE MACRO paragraphs_missing(wanted, held) AS coalesce(array_to_string(list_transform(
    [' ' || folded(held) || ' '],
    lambda text: list_transform(
        [word_triples(trim(text))],
        lambda triples: array_to_string(list_filter(
            string_split(wanted, chr(10)),
            lambda paragraph: folded(paragraph) <> '' AND CASE
                WHEN len(string_split(folded(paragraph), ' ')) <= 5
                THEN NOT contains(text, ' ' || folded(paragraph) || ' ')
                ELSE len(list_intersect(word_triples(folded(paragraph)), triples))
                     < 0.5 * len(word_triples(folded(paragraph))) END
        ), chr(10))
    )[1]
), ''), '');
COMMENT ON MACRO paragraphs_missing IS 'The paragraphs of one text (first argument) that another (second) does not hold, most of their wording missing there; separated by line feeds, empty when there are none.';
