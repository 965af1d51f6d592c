"""Revenue follows what was delivered: previewed by one person, approved by another, posted as a run."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kanjo.domains.revenue import operations as revenue
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.periods import Period
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.queries import get_run
from kanjo.platform.runs.states import RunState


def recognise(*, company_id: CompanyId, until: date, by: Actor, approved_by: Actor, at: datetime) -> int:
    """Post what is earned before *until* and was not yet posted; return how many slices. Owns its transactions.

    Called again it posts nothing. Both may be the house, which runs by schedule.
    """
    with transaction.atomic():
        run_id = revenue.preview_recognition(company_id=company_id, until=until, by=by, at=at)
        if run_id is None:
            return 0
        if get_run(by, run_id).state is RunState.PREVIEWED:
            runs.approve_run(run_id=run_id, by=approved_by, at=at)
    return int(revenue.execute_recognition(run_id=run_id, by=by, at=at).get("slices", 0))


def recognise_month(*, company_id: CompanyId, month: Period, by: Actor, approved_by: Actor, at: datetime) -> bool:
    """Post the revenue of a month and of whatever was missed before it; return whether anything was posted."""
    return recognise(company_id=company_id, until=month.until, by=by, approved_by=approved_by, at=at) > 0
