"""Holds on the queue of their owners before they end; what waits for acceptance, a number or an approval ends with it.

A hold that waits for revenue accounting no fact ends: what the decision is, and from when, only Rev/Rec can say.
"""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.approvals.facts import ApprovalConcluded, RequestState
from kanjo.domains.billing.operations import release_billing
from kanjo.domains.billing.operations.holds import EXPIRES, REFUSED
from kanjo.domains.billing.queries import (
    SOON,
    HoldRow,
    get_hold,
    held_until_accepted,
    held_until_approved,
    held_until_numbered,
    holds_refused,
    list_expiring,
)
from kanjo.domains.orders.facts import DeliveryAccepted, PoNumberNoted
from kanjo.domains.orders.queries import all_accepted, all_numbered, get_order
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, HoldId
from kanjo.foundation.texts import Text
from kanjo.platform.worklist import operations as worklist

HOLD = "billing_hold"
_ENDS = Text(
    en="The hold of {what} ends by itself on {day}; then it is billed. ({because})",
    ja="{what} の請求保留は {day} に自動解除され、以後請求されます（{because}）。",
)
_ENDED = Text(
    en="The hold of {what} ended by itself on {day}: what was due is billed. ({because})",
    ja="{what} の請求保留は {day} に自動解除されました。保留分は請求されます（{because}）。",
)
_ACCEPTED = Text(en="Accepted on {day}.", ja="{day} に検収されました。")

_APPROVED = Text(en="Request {number} was approved on {day}.", ja="承認申請 {number} が {day} に承認されました。")
_REFUSED = Text(
    en="The hold of {what} waits for request {number}, which was not approved: release it or keep it. ({because})",
    ja="{what} の請求保留が待つ承認申請 {number} は承認されませんでした。"
    "解除または継続を判断してください（{because}）。",
)
_NUMBERED = Text(
    en="Order {number} has the customer's number {po_number}.", ja="注文 {number} の顧客注文番号は {po_number} です。"
)


def watch_holds(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> tuple[HoldId, ...]:
    """Put holds that end within a week, or have ended unreleased, on their owner's queue; return which.

    Run every day; a second run of a day changes nothing. The work is done by releasing the hold.
    """
    for hold in holds_refused(company_id, on):
        _tell_refused(hold, on)
    holds = list_expiring(company_id, until=on + SOON)
    for hold in holds:
        why = _why(hold, on)
        worklist.put(
            kind=EXPIRES,
            subject=(HOLD, hold.id),
            company_id=company_id,
            role=Role.RECEIVABLES,
            why=why,
            due_on=hold.expires_on,
            owner_id=hold.owner_id,
        )
        worklist.put_anew(kind=EXPIRES, subject=(HOLD, hold.id), why=why, by=by, at=at)
    return tuple(hold.id for hold in holds)


def release_accepted(accepted: DeliveryAccepted, by: Actor, at: datetime) -> None:
    """Release the holds that waited for an acceptance: of the line, and of what is wider once all of it is accepted."""
    because = _ACCEPTED.filled(day=accepted.accepted_on)
    order, day = get_order(by, accepted.order_id), accepted.effective_on
    for hold in held_until_accepted(accepted.order_line_id, order.id, order.contract_id, order.payer_id, day):
        if hold.order_line_id or all_accepted(
            hold.company_id, day, order_id=hold.order_id, contract_id=hold.contract_id, payer_id=hold.payer_id
        ):
            release_billing(hold_id=hold.id, on=day, because=f"{because.ja} {because.en}", by=by, at=at)


def release_numbered(noted: PoNumberNoted, by: Actor, at: datetime) -> None:
    """Release the holds that waited for the customer's number; of the contract once all its orders have one."""
    because = _NUMBERED.filled(number=noted.number, po_number=noted.po_number)
    contract_id = noted.contract_id if all_numbered(noted.contract_id) else None
    for hold_id in held_until_numbered(noted.order_id, contract_id, noted.effective_on):
        release_billing(hold_id=hold_id, on=noted.effective_on, because=f"{because.ja} {because.en}", by=by, at=at)


def answer_approval(concluded: ApprovalConcluded, by: Actor, at: datetime) -> None:
    """Release the holds that waited for a request that is approved; refused they stay, and their owners are told."""
    day, held = concluded.effective_on, held_until_approved(concluded.request_id, concluded.effective_on)
    if concluded.outcome == RequestState.APPROVED:
        because = _APPROVED.filled(number=concluded.request_id, day=day)
        for hold_id in held:
            release_billing(hold_id=hold_id, on=day, because=f"{because.ja} {because.en}", by=by, at=at)
    elif concluded.outcome == RequestState.REJECTED:
        for hold_id in held:
            _tell_refused(get_hold(by, hold_id, on=day), day)


def _tell_refused(hold: HoldRow, on: date) -> None:
    worklist.put(
        kind=REFUSED,
        subject=(HOLD, hold.id),
        company_id=hold.company_id,
        role=Role.RECEIVABLES,
        why=_REFUSED.filled(what=hold.what, number=hold.approval_request_id, because=hold.because),
        due_on=on,
        owner_id=hold.owner_id,
    )


def _why(hold: HoldRow, on: date) -> Text:
    assert hold.expires_on is not None, "it is among those that end"
    says = _ENDED if hold.expires_on <= on else _ENDS
    return says.filled(what=hold.what, day=hold.expires_on, because=hold.because)
