"""What a flow run does while Prefect's server is away: its work, and then it ends.

Of itself Prefect would end a run that cannot renew its slot (a lease of five minutes), and keep the
process of an ended run for minutes, trying to send what it has to say.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from prefect import flow_engine
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext

ENDING_SECONDS: Final = 40.0
"""How long an ended run may try to tell the server so. A server starts again in less."""


def keep_running_without_a_slot() -> None:
    """That a run could not renew its slot is a warning in its log, and does not end it.

    Prefect's engine asks for the opposite and has no setting for it. Two runs at once do no harm
    here: the database says who has what in hand.
    """
    engine: Any = flow_engine  # it does not export what is put in another's place here
    maintain = engine.maintain_concurrency_lease

    def maintain_if_possible(*lease: Any, **how: Any) -> Any:
        return maintain(*lease, **how | {"raise_on_lease_renewal_failure": False})

    engine.maintain_concurrency_lease = maintain_if_possible


@contextmanager
def gone_soon_after() -> Iterator[None]:
    """The process of a deployment's run ends soon after the block, even while the server is away.

    Other processes, which have more to do than this run, are left alone.
    """
    try:
        yield
    finally:
        context = FlowRunContext.get()
        if context and context.flow_run and context.flow_run.deployment_id:
            exit_when_unheard(0)


def exit_when_unheard(code: int) -> None:
    """End this process with that code when, `ENDING_SECONDS` from now or any such time later, it is
    still there and Prefect's server does not answer."""
    threading.Thread(target=_exit_when_unheard, args=(code,), daemon=True).start()


def _exit_when_unheard(code: int) -> None:
    while True:
        time.sleep(ENDING_SECONDS)
        if not server_answers():
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def server_answers() -> bool:
    """Whether the Prefect server that is configured answers."""
    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
