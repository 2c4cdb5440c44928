-- What the polling policy has learnt of each feed, and what it decided.

ALTER TABLE feeds ADD COLUMN next_poll_reason VARCHAR;
ALTER TABLE feeds ADD COLUMN overflows INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN feeds.next_poll_reason IS 'Why the next poll is then, in a sentence; NULL before the first poll.';
COMMENT ON COLUMN feeds.overflows IS 'How often entries were lost between two polls (see polls.overflowed).';

ALTER TABLE polls ADD COLUMN overflowed BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN polls.overflowed IS 'Whether entries were lost before this poll: its document listed none that was known, so others had come and gone since the last one.';

CREATE TABLE internal.poll_states (
    feed_id  VARCHAR NOT NULL,
    state    JSON NOT NULL
);
COMMENT ON TABLE internal.poll_states IS 'What the polls of a feed have taught the polling policy. Written with every poll.';
COMMENT ON COLUMN internal.poll_states.feed_id IS 'The feed (feeds.feed_id).';
COMMENT ON COLUMN internal.poll_states.state IS 'State of the policy: habits of the feed, failures, redirects, distrust. Times are seconds since the epoch.';

COMMENT ON COLUMN runs.outcome IS 'completed (even when some feeds failed), offline (most publishers, or all, could not be reached: the fault is likely ours), failed, cancelled, interrupted (its process died); NULL while it runs.';

-- The published file lacks these columns until the next snapshot is taken.
UPDATE internal.revision SET revision = revision + 1;
