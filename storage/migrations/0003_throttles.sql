-- A publisher's wish to be left alone holds for the runs that follow, too.

CREATE TABLE internal.throttles (
    publisher  VARCHAR NOT NULL,
    status     SMALLINT NOT NULL,
    until      TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.throttles IS 'Publishers that answered with 429 or 503 and a Retry-After that is not over: none of their addresses is asked for before.';
COMMENT ON COLUMN internal.throttles.publisher IS 'The publisher (publishers.publisher, where it has a feed).';
COMMENT ON COLUMN internal.throttles.status IS 'HTTP status of the answer that said so.';
COMMENT ON COLUMN internal.throttles.until IS 'It is asked again from this time on.';
