"""A run: its place in the database, and what it needs while it lasts."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, field
from datetime import datetime
from functools import partial

from flows.alerts import after_poll, tell
from flows.clock import utc_now
from flows.feeds_file import FeedsFile, read_feeds_file
from flows.progress import Progress
from flows.settings import Settings
from flows.tally import Alert, RunReport, Tally
from flows.version import wirecopy_version
from ingest.archive import ArchiveWriter
from ingest.archive_files import file_name
from ingest.errors import ConfigurationError, DiskFull
from ingest.fetching.fetch import Fetcher, FetchPolicy, default_user_agent
from ingest.fetching.pacing import ThrottleRecord
from ingest.fetching.robots import RobotsRecord
from ingest.ids import random_id
from ingest.publishers import publisher_of
from ingest.workers.jobs import PRELOADED
from ingest.workers.pool import WorkerPolicy, WorkerPool
from storage.claims import bury_dead_runs, release
from storage.database import Database, storage_errors
from storage.feeds import follow
from storage.home import Home
from storage.publish import Published, publish, publish_due
from storage.publishers import move_aliased, set_aliases
from storage.robots import keep_robots, known_robots
from storage.runs import finish_run, start_run
from storage.throttles import keep_throttles, known_throttles

log = logging.getLogger("wirecopy.run")

PATIENT_KINDS = ("backfill", "maintain", "reprocess")
"""Runs that let polls pass at the writer lock."""

Step = Callable[[str, Callable[[], None]], None]
"""How a batch is done: called with a name to show and what is to be done."""


def do_now(name: str, batch: Callable[[], None]) -> None:
    """Do one batch here and now. A Prefect flow puts a task in its place."""
    batch()


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is started with."""

    settings: Settings
    feeds: FeedsFile
    progress: Progress
    step: Step = do_now
    clock: Callable[[], datetime] = utc_now
    flow_run_id: str | None = None

    @property
    def home(self) -> Home:
        return Home(self.settings.home)


def set_up(settings: Settings, progress: Progress, *, feeds_needed: bool = True) -> Setup:
    """The setup of a run by these settings. Raises ConfigurationError for a bad feeds file, and for
    one that is missing or empty when `feeds_needed`."""
    path = settings.feeds or Home(settings.home).feeds_file
    if not feeds_needed and not path.exists():
        return Setup(settings, FeedsFile({}, {}), progress)
    feeds = read_feeds_file(path)
    if feeds_needed and not feeds.feeds:
        raise ConfigurationError(
            "The feeds file lists no feed. Add a [[feed]] with its url, or start from the list "
            "that `wirecopy init` writes in a new home."
        )
    return Setup(settings, feeds, progress)


@dataclass(slots=True)
class Run:
    """A run that has begun. `archive` is None when raw pages are not kept; `offline` is set when
    next to nothing could be reached."""

    run_id: str
    kind: str
    setup: Setup
    database: Database
    fetcher: Fetcher
    workers: WorkerPool
    archive: ArchiveWriter | None
    started_at: datetime
    tally: Tally = field(default_factory=Tally)
    alerts: tuple[Alert, ...] = ()
    offline: bool = False

    def publisher_of(self, url: str) -> str:
        return publisher_of(url, self.setup.feeds.aliases)

    def now(self) -> datetime:
        return self.setup.clock()


@contextmanager
def started(setup: Setup, kind: str) -> Iterator[Run]:
    """A run from its row in `runs` to its outcome.

    Whoever uses it says how it ended (`finish`), except that it ends as `cancelled` when the user
    interrupts it and as `failed` on any other error. Raises DiskFull when there is too little room
    to begin.
    """
    settings, home, now = setup.settings, setup.home, setup.clock()
    with storage_errors(home):
        home.make_folders()
        _check_room(home, settings.min_free_bytes)
    database, run_id = Database(home, backfill=kind in PATIENT_KINDS), random_id("r")
    with ExitStack() as stack:
        stack.enter_context(database.runs.alive(run_id))
        with database.write() as connection:
            bury_dead_runs(connection, database.runs, now=now)
            if kind == "poll":
                feeds = setup.feeds.followed(partial(publisher_of, aliases=setup.feeds.aliases))
                follow(connection, feeds, now=now)
                move_aliased(connection, setup.feeds.aliases, now=now)
                set_aliases(connection, setup.feeds.alias_lists())
            start_run(connection, run_id, kind, now=now, flow_run_id=setup.flow_run_id)
            robots = [RobotsRecord(*known) for known in known_robots(connection, now=now)]
            throttles = [ThrottleRecord(*known) for known in known_throttles(connection, now=now)]
        run = Run(
            run_id=run_id,
            kind=kind,
            setup=setup,
            database=database,
            fetcher=stack.enter_context(
                make_fetcher(setup, robots, throttles, patient=kind == "backfill")
            ),
            workers=stack.enter_context(WorkerPool(worker_policy(settings), preload=PRELOADED)),
            archive=stack.enter_context(_archive(home, now, kind, run_id))
            if settings.archive
            else None,
            started_at=now,
        )
        try:
            yield run
        except Exception:
            finish(run, "failed")
            raise
        except BaseException:  # Ctrl-C, exit, or what Prefect raises to cancel a flow run
            finish(run, "cancelled")
            raise


@contextmanager
def rehearsed(setup: Setup) -> Iterator[Run]:
    """A backfill run that is nowhere recorded and keeps nothing: for finding out how much there is
    to do."""
    with ExitStack() as stack:
        yield Run(
            run_id=random_id("r"),
            kind="backfill",
            setup=setup,
            database=Database(setup.home, backfill=True),
            fetcher=stack.enter_context(make_fetcher(setup, patient=True)),
            workers=stack.enter_context(
                WorkerPool(worker_policy(setup.settings), preload=PRELOADED)
            ),
            archive=None,
            started_at=setup.clock(),
        )


def finish(run: Run, outcome: str) -> None:
    """Write down how the run ended, let go of what it had in hand, and tell of what is wrong."""
    robots = [
        (record.origin, record.state, record.expires_at, record.text)
        for record in run.fetcher.robots_records()
        if record.error is None
    ]
    throttles = [astuple(record) for record in run.fetcher.throttle_records()]
    with run.database.write() as connection:
        release(connection, run.run_id)
        keep_robots(connection, robots, now=run.now())
        keep_throttles(connection, throttles, now=run.now())
        finish_run(connection, run.run_id, run.tally.counts(), outcome=outcome, now=run.now())
        if run.kind == "poll" and outcome in ("completed", "offline"):
            run.alerts = after_poll(
                connection,
                outcome=outcome,
                errors_by_kind=dict(run.tally.errors),
                free=shutil.disk_usage(run.setup.home.folder).free,
                min_free_bytes=run.setup.settings.min_free_bytes,
                now=run.now(),
            )
    tell(run.alerts, run.setup.settings.webhook, now=run.now())


def publish_if_due(run: Run, *, at_end: bool = False) -> Published | None:
    """Take a snapshot when something has changed and the last one is old enough."""
    with run.database.open() as connection:
        if not publish_due(
            connection,
            now=run.now(),
            interval=run.setup.settings.publish_interval,
            run_started_at=run.started_at,
            at_end=at_end,
        ):
            return None
    published = publish(
        run.database, run_id=run.run_id, wirecopy_version=wirecopy_version(), now=run.now()
    )
    if published.set_aside:
        log.warning("publish.stray_log_set_aside", extra={"path": str(published.set_aside)})
    return published


def report(run: Run, outcome: str, published: Published | None) -> RunReport:
    """The run's report, at its end."""
    return RunReport(
        run_id=run.run_id,
        kind=run.kind,
        outcome=outcome,
        started_at=run.started_at,
        seconds=(run.now() - run.started_at).total_seconds(),
        counts=run.tally.counts(),
        postponed=run.tally.postponed,
        rechecks=dict(run.tally.rechecks.most_common()),
        rechecks_waiting=run.tally.rechecks_waiting,
        errors_by_kind=dict(run.tally.errors.most_common()),
        failures=tuple(run.tally.failures),
        alerts=run.alerts,
        database=run.setup.home.published,
        published=published is not None,
        set_aside=published.set_aside if published else None,
    )


def _check_room(home: Home, min_free_bytes: int) -> None:
    free = shutil.disk_usage(home.folder).free
    if free < min_free_bytes:
        raise DiskFull(
            f"Only {free:,} bytes are free for {home.folder}; a run wants {min_free_bytes:,} "
            "(setting min_free_bytes). Make room, or lower the setting."
        )


def make_fetcher(
    setup: Setup,
    robots: Sequence[RobotsRecord] = (),
    throttles: Sequence[ThrottleRecord] = (),
    *,
    patient: bool = False,
) -> Fetcher:
    """A fetcher by these settings. One that is `patient` asks each publisher half as often, one
    request at a time, and a quarter as many at once: polls may be asking the same ones."""
    settings = setup.settings
    policy = FetchPolicy(
        user_agent=settings.user_agent or default_user_agent(settings.contact),
        proxy=settings.proxy,
        allow_networks=settings.allow_networks,
        allow_ports=settings.allow_ports,
        per_publisher_delay=settings.per_publisher_delay * (2 if patient else 1),
        per_publisher_connections=1 if patient else settings.per_publisher_connections,
        connections=max(1, settings.connections // 4) if patient else settings.connections,
        fetch_deadline=settings.fetch_deadline,
        max_page_bytes=settings.max_page_bytes,
        max_feed_bytes=settings.max_feed_bytes,
    )
    aliases = setup.feeds.aliases
    return Fetcher(
        policy,
        publisher_of=partial(publisher_of, aliases=aliases),
        now=setup.clock,
        robots=robots,
        throttles=throttles,
    )


def worker_policy(settings: Settings) -> WorkerPolicy:
    """How many workers, and what each may use, by the settings."""
    return WorkerPolicy(workers=settings.workers, memory_bytes=settings.worker_memory)


def _archive(home: Home, now: datetime, kind: str, run_id: str) -> ArchiveWriter:
    return ArchiveWriter(home.archive, name=file_name(kind, run_id, now=now))
