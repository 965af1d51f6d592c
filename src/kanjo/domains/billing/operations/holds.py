"""Holding what is due back from invoices, and releasing it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from kanjo.domains.approvals.queries import PENDING, get_request
from kanjo.domains.billing.facts import BillingHeld, BillingReleased, Held, HoldCondition, PlanCharge
from kanjo.domains.billing.models import Hold, Plan, Release
from kanjo.domains.billing.operations.locking import lock_accounts
from kanjo.domains.billing.rules.changing import (
    AlreadyReleased,
    HoldExpired,
    HoldMissing,
    HoldUnexplained,
    NothingToHold,
)
from kanjo.domains.billing.rules.holding import ApprovalSettled, ApprovalUnnamed, RevenueDecides
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalRequestId, CompanyId, HoldId, PersonId
from kanjo.platform.acts import verb
from kanjo.platform.identity.queries import list_colleagues
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import NotFound, refuse_unseen
from kanjo.platform.tables import hold as hold_row
from kanjo.platform.worklist import operations as worklist

EXPIRES, REFUSED = "billing.hold-expires", "billing.hold-refused"
"""The kinds of work that a hold is to its owner: before it ends by itself, and when what it waits for is refused."""
HOLDERS = (Role.RECEIVABLES, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT, Role.REV_REC)


@verb("billing.hold", *HOLDERS)
def hold_billing(
    *,
    company_id: CompanyId,
    held: Held,
    condition: HoldCondition,
    because: str,
    owner_id: PersonId,
    on: date,
    expires_on: date | None = None,
    charge: PlanCharge | None = None,
    approval_request_id: ApprovalRequestId | None = None,
    by: Actor,
    at: datetime,
) -> HoldId:
    """Keep a payer, a contract, an order or a line out of invoices from *on*, until released or until *expires_on*.

    With *charge* only what is charged that way. *owner_id*, a colleague in the company, answers for it. Nothing else
    moves: what is due stays due, for the same days at the same amounts. One until an approval names its request and
    ends with it. Refuses `HoldUnexplained`, `HoldExpired`, `NothingToHold`, `ApprovalUnnamed`, `ApprovalSettled`, and
    an owner who is no such colleague (`NotFound`).
    """
    refuse_unseen(company_id, by)
    if not because.strip():
        raise HoldUnexplained(at="because")
    if expires_on is not None and expires_on <= on:
        raise HoldExpired(start=on, day=expires_on, at="expires_on")
    if owner_id not in dict(list_colleagues({company_id})):
        raise NotFound(what=ROW_NAMES["identity_person"], key=owner_id, at="owner_id")
    if (condition is HoldCondition.APPROVAL) != (approval_request_id is not None):
        raise ApprovalUnnamed(at="approval_request_id")
    if approval_request_id is not None:
        _await(approval_request_id, company_id, by)
    hold = Hold.objects.create(
        company_id=company_id,
        charge=charge or "",
        condition=condition,
        approval_request_id=approval_request_id,
        because=because,
        owner_id=owner_id,
        effective_on=on,
        expires_on=expires_on,
        **_scope(company_id, held),
    )
    told = BillingHeld(company_id=company_id, effective_on=on, hold_id=HoldId(hold.pk))
    return record(told, by=by, at=at).hold_id


@verb("billing.release", *HOLDERS)
def release_billing(*, hold_id: HoldId, on: date, because: str, by: Actor, at: datetime) -> None:
    """End a hold on *on*: what is due meanwhile is billed by the next run, or at once by hand.

    A run that was previewed under the hold leaves it out all the same: no release adds to what was approved.
    One that waits for revenue accounting is ended by Rev/Rec alone (`RevenueDecides`). Refuses `HoldMissing`,
    `AlreadyReleased` and `HoldUnexplained`.
    """
    hold = Hold.objects.visible_to(by).filter(pk=hold_id).select_related("release").first()
    if hold is None:
        raise HoldMissing(key=hold_id)
    if hold.condition == HoldCondition.REVENUE and not by.holds(Role.REV_REC):
        raise RevenueDecides
    if not because.strip():
        raise HoldUnexplained(at="because")
    release, new = Release.objects.get_or_create(
        hold_id=hold_id, defaults={"company_id": hold.company_id, "because": because, "effective_on": on}
    )
    if not new:
        raise AlreadyReleased(day=release.effective_on)
    told = BillingReleased(company_id=CompanyId(hold.company_id), effective_on=on, hold_id=hold_id)
    record(told, by=by, at=at)
    for kind in (EXPIRES, REFUSED):
        worklist.close(kind=kind, subject=("billing_hold", hold_id), by=by, at=at)


def _await(request_id: ApprovalRequestId, company_id: CompanyId, by: Actor) -> None:
    """Refuse a request that is settled, or of another company; nobody settles it until this transaction ends."""
    hold_row("approvals_approvalrequest", request_id)
    request = get_request(by, request_id).row
    if request.company_id != company_id:
        raise NotFound(what=ROW_NAMES["approvals_approvalrequest"], key=request_id)
    if request.state not in PENDING:
        raise ApprovalSettled(number=request_id, state=request.state.shown, at="approval_request_id")


def _scope(company_id: CompanyId, held: Held) -> dict[str, int]:
    """Return the row that is held, with whoever pays for it locked: no run under way bills it any more."""
    named = {name: key for name, key in asdict(held).items() if key is not None}
    if len(named) != 1:
        raise NothingToHold
    ((name, key),) = named.items()
    path, column = _SCOPES[name]
    plans = Plan.objects.filter(company_id=company_id, **{path: key})
    plan = plans.order_by("id").first()
    if plan is None:
        raise NothingToHold
    for account_id in plans.order_by("account_id").values_list("account_id", flat=True).distinct():
        lock_accounts(company_id, (account_id, account_id))
    return {column: getattr(plan, "id" if column == "plan_id" else column)}


_SCOPES = {
    "payer_id": ("account__payer_id", "account_id"),
    "contract_id": ("contract_id", "contract_id"),
    "order_id": ("order_id", "order_id"),
    "order_line_id": ("order_line_id", "plan_id"),
}
"""What may be held: how its plans are found, and the column of the hold."""
