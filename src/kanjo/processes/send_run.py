"""All that a run issued is sent by the worker: asked for in one transaction, taken up again when it is lost."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.billing import operations as billing
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import RunId
from kanjo.processes.execute_run import start


def send_run(*, run_id: RunId, on: date, by: Actor, at: datetime) -> RunId:
    """Let the worker send all that a run issued and nobody sent yet; return the run that does it.

    Pressed again while it is under way it is the same; one that stopped goes on.
    """
    sending = billing.send_run(run_id=run_id, on=on, by=by, at=at)
    start(run_id=sending, by=by, at=at)
    return sending
