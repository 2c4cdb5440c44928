-- Alerts that stand, so that each is told once.

CREATE TABLE internal.alerts (
    event     VARCHAR NOT NULL,
    resource  VARCHAR NOT NULL,
    payload   VARCHAR NOT NULL,
    since     TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE internal.alerts IS 'What is wrong now and was told: one row per event and resource, until a run finds it mended.';
COMMENT ON COLUMN internal.alerts.event IS 'wirecopy.feed.failing, wirecopy.publisher.silent, wirecopy.run.offline, wirecopy.check.violation or wirecopy.disk.low.';
COMMENT ON COLUMN internal.alerts.resource IS 'What it is about: a feed_id, a publisher, an invariant, or the home.';
COMMENT ON COLUMN internal.alerts.payload IS 'What was told, as JSON.';
COMMENT ON COLUMN internal.alerts.since IS 'When a run first found it.';
