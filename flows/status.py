"""How the pipeline is: what is held, what waits, what is wrong."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import Database
from storage.status import Holdings, holdings

LATE_AFTER = timedelta(hours=1)
"""A feed that has been due for so long is polled by nobody: twelve runs of the usual schedule."""


@dataclass(frozen=True, slots=True)
class Status:
    """`late`: feeds have been due for longer than LATE_AFTER. `well`: not late, the last run did
    its work, and no alert stands."""

    held: Holdings
    home_bytes: int
    free_bytes: int
    late: bool
    well: bool


def look(database: Database, *, now: datetime) -> Status:
    """The state of a home. Raises StorageError when its database cannot be read."""
    with database.open() as connection:
        held = holdings(connection, now=now)
    late = held.overdue > LATE_AFTER
    run = held.last_run
    failed = run is not None and run.outcome not in ("completed", None)
    folder = database.home.folder
    return Status(
        held=held,
        home_bytes=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
        free_bytes=shutil.disk_usage(folder).free,
        late=late,
        well=not (late or failed or held.alerts),
    )
