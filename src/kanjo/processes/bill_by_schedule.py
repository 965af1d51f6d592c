"""The billing of a company's days by its schedule: each day once, in order, also those missed while nothing worked.

A run up to its limit is executed at once; one above it waits for the CFO. Behind a run that waits for somebody the
schedule waits, and says so: days are billed in the order in which they were.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection, transaction

from kanjo.domains.billing.operations.run import KIND
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs import schedules
from kanjo.platform.worklist import operations as worklist
from kanjo.processes import bill
from kanjo.processes.execute_run import Broke, start

FAILED = "runs.schedule-failed"
"""The kind of work that a turn is that could not be taken."""
RUN, SCHEDULE = "runs_run", "runs_schedule"
WAITS = Text(
    en="The schedule waits: run {key} has to be approved and executed, or withdrawn, before {day} is billed.",
    ja="自動請求が待機中です。{day} 分の請求の前に、処理 {key} の承認・実行または取下げが必要です。",
)
WAITS_FOR_CFO = Text(
    en="The run of {day} is above the limit: it waits for the CFO, and the days after it wait behind it.",
    ja="{day} 分の自動請求は上限を超えたため、CFOの承認待ちです。以降の日の自動請求も待機します。",
)


def take_turns(*, by: Actor, now: Callable[[], datetime]) -> list[RunId]:
    """Take the next turn of every company whose time has come; return the runs that were made.

    Owns its transactions, one a company. A company that fails does not stop the others, whether a rule refuses it, a
    mistake of ours or the database (a lock not got in time, a full disk): it becomes work of its receivables and is
    tried again. What no rule refused is raised when all had their turn; at once when the database is away.
    """
    made, mistakes = list[RunId](), list[Exception]()
    for company_id in schedules.scheduled_companies(KIND):
        try:
            with transaction.atomic():
                run_id = take_turn(company_id=company_id, by=by, at=now())
            made += [run_id] if run_id else []
        except Refusal as refusal:
            mistakes += _tell_failed(company_id, refusal, by, now())
        except Exception as mistake:  # noqa: BLE001 - whatever fails is told after the others had their turn
            mistakes.append(mistake)
            if not connection.is_usable():
                connection.close()
                break
            mistakes += _tell_failed(company_id, Broke(), by, now())
    if mistakes:
        raise ExceptionGroup("a company failed", mistakes)
    return made


def take_turn(*, company_id: CompanyId, by: Actor, at: datetime) -> RunId | None:
    """Make the run of the next day that is due and let the worker execute it; None where nothing is due, or it waits.

    Two at once make one: the second finds the turn taken.
    """
    runs.one_at_a_time(KIND, company_id)
    day = schedules.next_turn(company_id, KIND, by, at)
    if day is None:
        return None
    ahead = schedules.run_ahead(company_id, KIND, on=day)
    if ahead is not None:
        if ahead.started_at is None:
            _tell_waits(company_id, RunId(ahead.pk), WAITS.filled(key=ahead.key, day=day), day)
        return None
    run_id = bill.preview(company_id=company_id, on=day, by=by, at=at)
    schedules.note_turn(company_id=company_id, kind=KIND, on=day, run_id=run_id, by=by, at=at)
    # What failed may have been mended by setting it anew: its work is that of an earlier version.
    worklist.close_all(kind=FAILED, table=SCHEDULE, keys=schedules.version_ids(company_id, KIND), by=by, at=at)
    try:
        bill.approve(run_id=run_id, by=by, at=at)
    except runs.AboveLimit:
        _tell_waits(company_id, run_id, WAITS_FOR_CFO.filled(day=day), day)
        return run_id
    start(run_id=run_id, by=by, at=at)
    return run_id


def _tell_waits(company_id: CompanyId, run_id: RunId, why: Text, day: date) -> None:
    worklist.put(
        kind=runs.BEFORE_SCHEDULE,
        subject=(RUN, run_id),
        company_id=company_id,
        role=Role.RECEIVABLES,
        why=why,
        due_on=day,
    )


def _tell_failed(company_id: CompanyId, refusal: Refusal, by: Actor, at: datetime) -> list[Exception]:
    """Make it work of the receivables, one item a company; return why even that failed."""
    try:
        with transaction.atomic():
            _put_failed(company_id, refusal, by, at)
    except Exception as mistake:  # noqa: BLE001 - the others have their turn first
        return [mistake]
    return []


def _put_failed(company_id: CompanyId, refusal: Refusal, by: Actor, at: datetime) -> None:
    day = schedules.next_turn(company_id, KIND, by, at)
    version = schedules.version_on(company_id, KIND, day) if day else None
    if version is None:
        return
    earlier = [one for one in schedules.version_ids(company_id, KIND) if one != version]
    worklist.close_all(kind=FAILED, table=SCHEDULE, keys=earlier, by=by, at=at, dropped=True)
    worklist.put(
        kind=FAILED,
        subject=(SCHEDULE, version),
        company_id=company_id,
        role=Role.RECEIVABLES,
        why=refusal.sentence,
        due_on=day,
    )
