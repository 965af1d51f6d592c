"""Taking a run of revenue back."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from kanjo.domains.revenue.operations.posting import post_slices
from kanjo.domains.revenue.operations.recognition import lock_block
from kanjo.domains.revenue.queries import BLOCK, RUN_KIND, open_books, slices_of_run
from kanjo.domains.revenue.rules.books import posting_day
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.platform.acts import verb
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import wrong_state
from kanjo.platform.runs.states import RunState


@verb("revenue.reverse-recognition", Role.REV_REC, Role.CFO)
def reverse_recognition(*, run_id: RunId, because: str, by: Actor, at: datetime) -> int:
    """Post the negative of every slice of an executed run; return how many.

    On the day of the slice, or the first open day after it. The next run posts again what should be.
    """
    run = Run.objects.locked(run_id, by)
    if run.state != RunState.EXECUTED or run.kind != RUN_KIND:
        raise wrong_state(run, RunState.EXECUTED)
    company_id = CompanyId(run.company_id)
    slices = slices_of_run(run_id)
    for block in (slices["obligation_id"] // BLOCK).unique().sort():
        lock_block(block)
    periods = open_books(company_id)
    days = {day: posting_day(day, periods) for day in slices["effective_on"].unique()}
    negative = slices.with_columns(
        amount_minor=-pl.col("amount_minor"), effective_on=pl.col("effective_on").replace_strict(days)
    )
    post_slices(negative, company_id=company_id, run_id=run_id)
    run.state = Run.State.REVERSED
    run.save(update_fields=["state"])
    return negative.height
