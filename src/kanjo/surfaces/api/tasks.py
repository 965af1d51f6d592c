"""The queued entry of the API: what it took in to be done later."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from kanjo.platform.jobs.queue import AGAIN, RUNS


@app.task(name="execute-batch", queue=RUNS, retry=AGAIN, pass_context=False)
def execute_batch(run_id: int) -> None:
    """Do the acts of a batch."""
    from kanjo.foundation.ids import RunId
    from kanjo.processes.execute_run import execute
    from kanjo.surfaces.api.batches import one_by_one

    execute(run_id=RunId(run_id), now=lambda: datetime.now(UTC), how=one_by_one)
