"""Acts that keep what is due back from invoices, let it go again, or move a billing day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kanjo.domains.billing.facts import Held, HoldCondition, PlanCharge
from kanjo.domains.billing.operations import hold_billing, move_billing_day, release_billing
from kanjo.foundation.ids import ApprovalRequestId, ContractId, HoldId, OrderId, OrderLineId
from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.texts import Text
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import BecauseOn, CustomerKey, Day, Given, PersonKey, Prose, one_of

_KEY = Field(ge=1, le=MINOR_MAX, strict=True)


class HoldGiven(Given):
    """What to keep back (exactly one of the four ids), all or one kind of charge, why, until what, and whose it is.

    One until an approval names its request.
    """

    payer_id: CustomerKey | None = None
    contract_id: Annotated[ContractId, _KEY] | None = None
    order_id: Annotated[OrderId, _KEY] | None = None
    order_line_id: Annotated[OrderLineId, _KEY] | None = None
    charge: one_of(PlanCharge) | None = None  # type: ignore[valid-type]  # made from the enumeration
    approval_request_id: Annotated[ApprovalRequestId, _KEY] | None = None
    condition: one_of(HoldCondition)  # type: ignore[valid-type]  # made from the enumeration
    because: Prose
    owner_id: PersonKey
    on: Day
    expires_on: Day | None = None


class MovedGiven(Given):
    """The billing day to come, the day it is billed on instead, and why."""

    bill_on: Day
    moved_to: Day
    because: Prose


def _hold(caller: Caller, key: int, given: HoldGiven) -> Made:
    hold_id = hold_billing(
        company_id=caller.company(key).id,
        held=Held(given.payer_id, given.contract_id, given.order_id, given.order_line_id),
        condition=HoldCondition(given.condition),
        because=given.because,
        owner_id=given.owner_id,
        on=given.on,
        expires_on=given.expires_on,
        charge=given.charge,
        approval_request_id=given.approval_request_id,
        by=caller.actor,
        at=caller.now,
    )
    return Made("holds", hold_id)


def _release(caller: Caller, key: int, given: BecauseOn) -> Made:
    release_billing(hold_id=HoldId(key), on=given.on, because=given.because, by=caller.actor, at=caller.now)
    return Made("holds", key)


def _move(caller: Caller, key: int, given: MovedGiven) -> Made:
    move_billing_day(contract_id=ContractId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("contracts", key)


ACTS = (
    Act(
        path="companies/{int:key}/holds",
        verbs=("billing.hold",),
        title=Text(en="Keep something back from invoices", ja="請求を保留"),
        takes=HoldGiven,
        do=_hold,
        of="companies",
    ),
    Act(
        path="holds/{int:key}/release",
        verbs=("billing.release",),
        title=Text(en="Release a hold", ja="請求の保留を解除"),
        takes=BecauseOn,
        do=_release,
        of="holds",
    ),
    Act(
        path="contracts/{int:key}/move-billing-day",
        verbs=("billing.move-day",),
        title=Text(en="Move a billing day, once", ja="請求日を変更"),
        takes=MovedGiven,
        do=_move,
        of="contracts",
    ),
)
