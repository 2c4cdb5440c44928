"""What is dropped with time: polls, once they are counted by publisher and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from storage.rows import one_row


@dataclass(frozen=True, slots=True)
class Retired:
    """Rows of `publisher_days` there are now, and polls that were dropped."""

    publisher_days: int
    polls_dropped: int


def retire_polls(
    connection: duckdb.DuckDBPyConnection, *, now: datetime, keep: timedelta
) -> Retired:
    """Bring `publisher_days` up to date and drop the polls of days that ended `keep` or longer ago.

    For `maintain`, in a transaction of its own (`Database.write`). It can be repeated.
    """
    today = now.astimezone(UTC).date()
    connection.execute(_COUNTED, {"today": today})
    connection.execute("DELETE FROM publisher_days")
    connection.execute("INSERT INTO publisher_days BY NAME FROM counted_days")
    connection.execute("DROP TABLE counted_days")
    first_kept = (now - keep).astimezone(UTC).date()
    dropped = one_row(
        connection,
        "DELETE FROM polls WHERE utc_day(started_at) < least($first_kept, $today)",
        {"first_kept": first_kept, "today": today},
    )[0]
    return Retired(one_row(connection, "SELECT count(*) FROM publisher_days")[0], int(dropped))


# coverage_daily counts polls that are held, and takes earlier ones from publisher_days: what it
# says of days that are over is what is kept of them.
_COUNTED = """
CREATE TEMP TABLE counted_days AS
SELECT publisher, day, polls, polls_failed, entries, articles, stories, reprints
FROM coverage_daily
WHERE day < $today AND (polls > 0 OR entries > 0 OR articles > 0)
ORDER BY day, publisher
"""
