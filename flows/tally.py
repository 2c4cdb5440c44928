"""What a run has done so far, and what it reports at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ingest.errors import OutcomeError
from ingest.redact import redact_url
from ingest.types import RunCounts

NAMED_FAILURES = 20
"""A report names so many failures; all are in the tables."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A feed or page that failed, for the report."""

    url: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that is wrong. `resource` is what it is about: a feed_id, a publisher, an
    invariant, or the home."""

    event: str
    resource: str
    payload: dict[str, object]


@dataclass(slots=True)
class Tally:
    """Counts that grow while a run goes on. `postponed`: feeds and pages left for the next run,
    because their publisher's turn did not come. `rechecks`: what came of recent articles that were
    fetched again, by outcome; `rechecks_waiting` of them are due still."""

    feeds: int = 0
    entries: int = 0
    pages: int = 0
    articles: int = 0
    stories: int = 0
    reprints: int = 0
    postponed: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    rechecks: Counter[str] = field(default_factory=Counter)
    rechecks_waiting: int = 0

    def fail(self, url: str, error: OutcomeError) -> None:
        """Count a failed poll or a failed try at a page."""
        self.errors[error.kind] += 1
        if len(self.failures) < NAMED_FAILURES:
            self.failures.append(Failure(redact_url(url), error.kind, error.message))

    def counts(self) -> RunCounts:
        return RunCounts(
            feeds=self.feeds,
            entries=self.entries,
            pages=self.pages,
            articles=self.articles,
            stories=self.stories,
            reprints=self.reprints,
            errors=self.errors.total(),
            rechecks=self.rechecks.total(),
            edits=self.rechecks["changed"],
        )


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did. `postponed`: feeds and pages left for the next run. `rechecks`: what came of
    recent articles that were fetched again, by outcome (see the view rechecks), and how many are
    still due. `alerts`: what has begun
    to be wrong (see `flows.alerts`). `published`: whether it took a snapshot, which it does not
    when nothing has changed or the last one is too recent. `database` is the file for analysts."""

    run_id: str
    kind: str
    outcome: str
    started_at: datetime
    seconds: float
    counts: RunCounts
    postponed: int
    rechecks: dict[str, int]
    rechecks_waiting: int
    errors_by_kind: dict[str, int]
    failures: tuple[Failure, ...]
    alerts: tuple[Alert, ...]
    database: Path
    published: bool
    set_aside: Path | None

    @property
    def nothing_done(self) -> bool:
        """Whether the run could do none of its work."""
        return self.outcome != "completed"


@dataclass(frozen=True, slots=True)
class MaintenanceReport:
    """What each step of maintenance did, in figures by name. `alerts`: invariants of the database
    that have begun to be violated."""

    run_id: str
    outcome: str
    started_at: datetime
    seconds: float
    steps: Mapping[str, Mapping[str, int]]
    alerts: tuple[Alert, ...]
    database: Path
    published: bool
