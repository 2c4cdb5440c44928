"""The demo newsroom as a process of its own: PORT OUTLETS ARTICLES LATENCY_MS.

Prints its feeds as JSON and serves until it is stopped.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from datetime import UTC, datetime

from newsroom import NewsroomServer, compose
from newsroom.site import Answer

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class SlowServer(NewsroomServer):
    """Answers after a while."""

    latency = 0.0

    def answer(self, target: str, host_header: str) -> tuple[str, str, Answer]:
        time.sleep(self.latency)
        return super().answer(target, host_header)


def main() -> None:
    port, outlets, articles, latency_ms = map(int, sys.argv[1:])
    room = compose(1, now=NOW, outlets=outlets, articles=articles)
    server = SlowServer(room, port)
    server.latency = latency_ms / 1000
    with server:
        print(json.dumps(server.feed_urls()), flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
