"""Connections that are kept alive between two requests."""

from __future__ import annotations

import threading
import time
from typing import Final, Generic, Protocol, TypeVar

MAX_IDLE_SECONDS: Final = 20.0
"""Servers commonly close kept-alive connections after 5 to 75 seconds."""


class Connection(Protocol):
    @property
    def is_connected(self) -> bool:
        """False once the other side has closed it, or sent what nobody asked for."""

    def retire(self) -> None:
        """Close it for good."""


Kept = TypeVar("Kept", bound=Connection)


class IdleConnections(Generic[Kept]):
    """At most `limit` connections by what they lead to, the oldest given up first. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Kept, float]] = []
        self._closed = False

    def take(self, key: str) -> Kept | None:
        with self._lock:
            for index in range(len(self._idle) - 1, -1, -1):
                if self._idle[index][0] == key:
                    _, connection, since = self._idle.pop(index)
                    break
            else:
                return None
        if time.monotonic() - since < MAX_IDLE_SECONDS and connection.is_connected:
            return connection
        connection.retire()
        return None

    def put(self, key: str, connection: Kept) -> None:
        dropped = connection
        with self._lock:
            if not self._closed:
                self._idle.append((key, connection, time.monotonic()))
                if len(self._idle) <= self._limit:
                    return
                dropped = self._idle.pop(0)[1]
        dropped.retire()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            dropped, self._idle = self._idle, []
        for _, connection, _ in dropped:
            connection.retire()
