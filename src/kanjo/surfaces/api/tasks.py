"""The queued entry of the API: what it took in to be done later."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from kanjo.platform.jobs.queue import RUNS

_AGAIN = RetryStrategy(max_attempts=5, linear_wait=5, retry_exceptions=(InterfaceError, OperationalError))


@app.task(name="execute-batch", queue=RUNS, retry=_AGAIN, pass_context=False)
def execute_batch(run_id: int) -> None:
    """Do the acts of a batch; a database that is away for a while is asked again."""
    from kanjo.foundation.ids import RunId
    from kanjo.processes.execute_run import execute
    from kanjo.surfaces.api.batches import one_by_one

    execute(run_id=RunId(run_id), now=lambda: datetime.now(UTC), how=one_by_one)
