"""Short connections to the working database, under the writer lock."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb

from ingest.errors import DatabaseBusy, DiskFull, StorageError
from storage.copies import copy_whole
from storage.home import Home
from storage.lock import LiveRuns, WriterLock
from storage.migrate import migrate, version_to_keep
from storage.rows import one_row, transaction

STORAGE_VERSION = "v1.2.0"
"""Format of the file: old enough that clients of DuckDB's 1.x line open it."""

MEMORY_LIMIT = "256MB"
"""For DuckDB's buffers; larger work spills to disk. Keeps a whole run under 700 MB."""

ROW_GROUP_ROWS = 20480
"""Rows that DuckDB compresses together; their texts must fit into MEMORY_LIMIT when they are
written anew. With DuckDB's own 122,880 every checkpoint failed from 67,000 articles of 3 KB on;
these pass with articles of 12 KB on average, and cost scans little."""

ENGINE_USES = 30
"""An engine keeps some 100 MB of what it once needed: so many uses share the cost of its start."""

LOCK_TIMEOUT = 600.0
"""Seconds a writer waits for others. Batches take seconds; a publish of a large file, minutes."""

FOREIGN_OPEN_TIMEOUT = 30.0
"""Seconds to wait for a program outside Wirecopy that has the working database open."""


Connection = duckdb.DuckDBPyConnection


class Database:
    """The working database of one home. Thread-safe: every use opens a connection of its own.

    The file is attached for the length of a use, to an engine that stays for several: starting one
    takes seven times the processor time of attaching a file, and a run has hundreds of uses.
    """

    def __init__(self, home: Home, *, backfill: bool = False) -> None:
        self.home = home
        self.runs = LiveRuns(home.state)
        self._lock = WriterLock(home.state)
        self._backfill = backfill
        self._engine: Connection | None = None  # for who holds the writer lock
        self._uses = 0
        self._migrated = False

    @contextmanager
    def hold(self, *, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
        """The writer lock, without a connection. Raises DatabaseBusy, DiskFull or StorageError."""
        with storage_errors(self.home):
            self.home.make_folders()
            with self._lock.hold(timeout=timeout, backfill=self._backfill):
                yield

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection for who holds the writer lock, closed at the end of the block."""
        if not self._migrated:
            self._migrate()
            self._migrated = True
        with self._attached() as connection:
            yield connection

    @contextmanager
    def _attached(self) -> Iterator[Connection]:
        if self._engine is None:
            self._engine = _started(self.home)
            self._uses = 0
        engine = self._engine
        self._uses += 1
        _attach(engine, self.home)
        try:
            with engine.cursor() as connection:
                connection.execute("USE working")
                yield connection
        except BaseException:
            self._end_engine()
            raise
        try:
            engine.execute("DETACH working")
            if self._uses >= ENGINE_USES:
                self._end_engine()
        except duckdb.Error:  # no room for a checkpoint: what is committed stays in the log
            self._end_engine()

    def _end_engine(self) -> None:
        """Let go of the file, whatever state it is in."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _migrate(self) -> None:
        """Bring the database to the newest schema. Before a migration that rewrites data, a copy of
        the file is kept beside it."""
        with self._attached() as connection:
            version = version_to_keep(connection)
            if version is None:
                migrate(connection, now=_utc_now(connection))
                return
            connection.execute("CHECKPOINT")
        copy_whole(
            self.home.working,
            self.home.working.with_name(f"working.schema-{version}.duckdb"),
            mode=0o600,
            no_room="A copy is kept before the upgrade rewrites data: make room for it.",
        )
        with self._attached() as connection:
            migrate(connection, now=_utc_now(connection))

    @contextmanager
    def open(self, *, timeout: float = LOCK_TIMEOUT) -> Iterator[Connection]:
        """A connection under the writer lock.

        Raises DatabaseBusy, DatabaseTooNew, DiskFull or StorageError.
        """
        with self.hold(timeout=timeout), self.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The same within one transaction, which counts as a new revision of the public tables."""
        with self.open() as connection, transaction(connection):
            yield connection
            connection.execute("UPDATE internal.revision SET revision = revision + 1")

    def exists(self) -> bool:
        return self.home.working.exists()


def _started(home: Home) -> Connection:
    """An engine with nothing attached."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "threads": "1",  # a batch's tables are small: handing parts of them over costs more
        "temp_directory": str(home.state / "spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    engine = duckdb.connect(config=config)
    engine.execute("SET GLOBAL TimeZone = 'UTC'")
    return engine


def _attach(engine: Connection, home: Home) -> None:
    path = str(home.working).replace("'", "''")
    deadline = time.monotonic() + FOREIGN_OPEN_TIMEOUT
    while True:
        try:
            engine.execute(
                f"ATTACH '{path}' AS working "
                f"(STORAGE_VERSION '{STORAGE_VERSION}', ROW_GROUP_SIZE {ROW_GROUP_ROWS})"
            )
        except duckdb.IOException as error:
            if "Could not set lock on file" not in str(error):
                raise
            if time.monotonic() >= deadline:
                raise DatabaseBusy(
                    f"Another program has {home.working} open. Close it there: news.duckdb is the "
                    "file to open for reading, it is never locked."
                ) from error
            time.sleep(0.1)
        else:
            return


@contextmanager
def storage_errors(home: Home) -> Iterator[None]:
    """What the file system or DuckDB raises in the block comes out as DiskFull or StorageError,
    where the home is to blame; a query that Ctrl-C ends, as KeyboardInterrupt."""
    try:
        yield
    except RuntimeError as error:
        if "Query interrupted" in str(error):  # DuckDB's own, for what a signal handler raises
            raise KeyboardInterrupt from error
        raise
    except duckdb.Error as error:
        if _no_space(error):
            raise _disk_full(home) from error
        if not _unusable(error):
            raise
        raise StorageError(
            f"The database {home.working} cannot be used: {str(error).splitlines()[0]}. If it is "
            "damaged, `wirecopy restore` makes it anew from the last snapshot and the raw pages "
            "archived since."
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(home) from error
        if error.filename is None:
            raise
        raise StorageError(
            f"{error.filename} cannot be used: {error.strerror}. Make it accessible, or name "
            "another home with --home."
        ) from error


def _no_space(error: duckdb.Error) -> bool:
    message = str(error).lower()
    return "no space left" in message or "disk full" in message or "disk quota" in message


def _unusable(error: duckdb.Error) -> bool:
    """Whether the file is to blame. What fails a checksum is a plain Error in DuckDB 2; when a
    checkpoint fails, the kind says little."""
    kinds = (
        duckdb.FatalException,
        duckdb.InternalException,
        duckdb.IOException,
        duckdb.SerializationException,
    )
    invalidated = "database has been invalidated" in str(error)
    return isinstance(error, kinds) or type(error) is duckdb.Error or invalidated


def _disk_full(home: Home) -> DiskFull:
    return DiskFull(
        f"No space is left for {home.folder}. What was committed before is kept; make room and "
        "run the command again."
    )


def _utc_now(connection: duckdb.DuckDBPyConnection) -> datetime:
    now: datetime = one_row(connection, "SELECT now()")[0]
    return now
