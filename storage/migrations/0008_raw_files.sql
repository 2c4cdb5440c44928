-- Archive files that are no longer wanted: merged into others, or older than keep_raw_days.

CREATE TABLE internal.unwanted_files (
    file         VARCHAR NOT NULL,
    unwanted_at  TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.unwanted_files IS 'Archive files that may be removed once a snapshot shows the working database without them.';
COMMENT ON COLUMN internal.unwanted_files.file IS 'WARC file in the archive folder.';
COMMENT ON COLUMN internal.unwanted_files.unwanted_at IS 'When the last raw page that is wanted from it was moved or dropped.';
