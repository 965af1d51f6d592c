"""Changing how planned lines are billed: by amendments, and by moving a billing day once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NoReturn

from kanjo.domains.billing.facts import ContractChange, PlansChanged
from kanjo.domains.billing.models import Away, Change, MovedDay, Plan
from kanjo.domains.billing.operations.locking import lock_accounts
from kanjo.domains.billing.operations.planning import PLANNERS
from kanjo.domains.billing.queries.changes import from_period_starts, plan_ids, with_change
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.queries.schedules import days_to_move
from kanjo.domains.billing.rules.changing import (
    AlreadyMoved,
    MovesNowhere,
    MoveUnexplained,
    NothingBilledThen,
    refuse_unsound_change,
)
from kanjo.domains.billing.rules.compared import difference_per_line, due_apart
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import AmendmentId, CompanyId, ContractId, OrderLineId
from kanjo.platform.acts import verb
from kanjo.platform.ledger.operations import require_open
from kanjo.platform.outbox.operations import record


@verb("billing.change-plans", *PLANNERS)
def change_plans(
    *,
    contract_id: ContractId,
    amendment_id: AmendmentId,
    change: ContractChange,
    on: date,
    by: Actor,
    at: datetime,
) -> Mapping[OrderLineId, int]:
    """Add the facts of an amendment to the plans of its contract; return the difference of each line's whole schedule.

    Nothing that was billed is touched: the next run bills the difference. An amendment is told once: again with the
    same facts it returns the same. A billing day moves from the first period on that is not billed yet. What *change*
    withdraws is taken as withdrawn; contracts write that down. Refuses `PlanMissing`, `ChangeTooLate` and
    `TooFewUnits`.
    """
    company_id = _locked(contract_id, by)
    scope = Scope(company_id, contract_id=contract_id)
    known_at = known_now()
    # Contracts may have written down the amendment already: before is without it, whatever was written first.
    plans, before = read_due(scope, known_at, if_accepted=True, posted=True, without=amendment_id)
    _, standing = read_due(
        scope, known_at, if_accepted=True, posted=True, withdrawn=change.withdraws, without=amendment_id
    )
    places, change = plan_ids(plans), from_period_starts(plans, standing, change)
    after = with_change(standing, change, plans)
    refuse_unsound_change(plans, after, change)
    told = (Change.objects.filter(amendment_id=amendment_id), Away.objects.filter(amendment_id=amendment_id))
    if not any(rows.exists() for rows in told):
        _write(company_id, amendment_id, change, places)
        changed = PlansChanged(
            company_id=company_id,
            effective_on=on,
            contract_id=contract_id,
            amendment_id=amendment_id,
            order_line_ids=change.lines,
        )
        record(changed, by=by, at=at)
    return difference_per_line(plans, *due_apart(plans, after, plans, before))


@verb("billing.move-day", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def move_billing_day(
    *, contract_id: ContractId, bill_on: date, moved_to: date, because: str, by: Actor, at: datetime
) -> None:
    """Bill what is due of a contract on *bill_on* on another day, once; the day after it returns.

    Only the day of the invoice moves: amounts and service periods stay. The same again changes nothing. Refuses
    `NothingBilledThen`, `MovesNowhere`, `AlreadyMoved` and `PeriodLocked`.
    """
    company_id = _locked(contract_id, by)
    require_open(company_id=company_id, day=moved_to)
    moves = dict(MovedDay.objects.filter(contract_id=contract_id).values_list("bill_on", "moved_to"))
    if moves.get(bill_on) == moved_to:
        return
    days = days_to_move(Scope(company_id, contract_id=contract_id))
    if bill_on not in days:
        _refuse_move(bill_on, moves, next(iter(days), "–"))
    if moved_to == bill_on:
        raise MovesNowhere(day=bill_on, at="moved_to")
    if not because.strip():
        raise MoveUnexplained(at="because")
    MovedDay.objects.create(
        company_id=company_id, contract_id=contract_id, bill_on=bill_on, moved_to=moved_to, because=because
    )


def _refuse_move(bill_on: date, moves: Mapping[date, date], following: date | str) -> NoReturn:
    """Say whether the day was moved, or another was moved to it, or nothing is charged then."""
    day = bill_on if bill_on in moves else next((day for day, to in moves.items() if to == bill_on), None)
    if day is None:
        raise NothingBilledThen(day=bill_on, next=following, at="bill_on")
    raise AlreadyMoved(day=day, moved_to=moves[day], next=following, at="bill_on")


def _locked(contract_id: ContractId, by: Actor) -> CompanyId:
    """Lock the payer of a contract, so that nobody bills it meanwhile, and return its company."""
    plan = Plan.objects.visible_to(by).filter(contract_id=contract_id).order_by("id").first()
    if plan is None:
        raise PlanMissing(key=contract_id)
    lock_accounts(CompanyId(plan.company_id), (plan.account_id, plan.account_id))
    return CompanyId(plan.company_id)


def _write(
    company_id: CompanyId, amendment_id: AmendmentId, change: ContractChange, plans: Mapping[OrderLineId, int]
) -> None:
    row = {"company_id": company_id, "amendment_id": amendment_id}
    Change.objects.bulk_create(
        Change(
            **row,
            plan_id=plans[one.order_line_id],
            effective_on=one.effective_on,
            net_minor=one.net_minor,
            quantity=one.quantity,
            anchor_on=one.anchor_on,
            parted=one.parted,
        )
        for one in change.changes
    )
    Away.objects.bulk_create(
        Away(**row, plan_id=plans[one.order_line_id], start=one.start, until=one.until, for_good=one.for_good)
        for one in change.away
    )
