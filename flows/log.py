"""Logging: events with fields, as text or JSON lines on standard error."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Fields(logging.Formatter):
    """An event's name, its fields, and its traceback if it has one."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        fields = {key: value for key, value in vars(record).items() if key not in _ORDINARY}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        trace = self.formatException(record.exc_info) if record.exc_info else None
        if self._json:
            event = {"at": at, "level": record.levelname.lower(), "logger": record.name}
            event |= {"event": record.getMessage(), **fields}
            return json.dumps(event | ({"traceback": trace} if trace else {}), default=str)
        words = " ".join(f"{key}={value!r}" for key, value in fields.items())
        line = f"{at} {record.levelname.lower()} {record.getMessage()} {words}".rstrip()
        return f"{line}\n{trace}" if trace else line


def configure_logging(level: str, form: str) -> None:
    """Send our own events, and other libraries' warnings, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Fields(form))
    logger = logging.getLogger("wirecopy")
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
