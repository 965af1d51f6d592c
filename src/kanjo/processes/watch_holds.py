"""Holds on the queue of their owners before they end; what waits for acceptance or a number ends with it."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.billing.operations import release_billing
from kanjo.domains.billing.queries import SOON, HoldRow, held_until_accepted, held_until_numbered, list_expiring
from kanjo.domains.orders.facts import DeliveryAccepted, PoNumberNoted
from kanjo.domains.orders.queries import all_numbered
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, HoldId
from kanjo.foundation.texts import Text
from kanjo.platform.worklist import operations as worklist

KIND, HOLD = "billing.hold-expires", "billing_hold"
_ENDS = Text(
    en="The hold of {what} ends by itself on {day}; then it is billed. ({because})",
    ja="{what} の請求保留は {day} に自動解除され、以後請求されます（{because}）。",
)
_ENDED = Text(
    en="The hold of {what} ended by itself on {day}: what was due is billed. ({because})",
    ja="{what} の請求保留は {day} に自動解除されました。保留分は請求されます（{because}）。",
)
_ACCEPTED = Text(en="Accepted on {day}.", ja="{day} に検収されました。")

_NUMBERED = Text(
    en="Order {number} has the customer's number {po_number}.", ja="注文 {number} の顧客注文番号は {po_number} です。"
)


def watch_holds(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> tuple[HoldId, ...]:
    """Put holds that end within a week, or have ended unreleased, on their owner's queue; return which.

    Run every day; a second run of a day changes nothing. The work is done by releasing the hold.
    """
    holds = list_expiring(company_id, until=on + SOON)
    for hold in holds:
        why = _why(hold, on)
        worklist.put(
            kind=KIND,
            subject=(HOLD, hold.id),
            company_id=company_id,
            role=Role.RECEIVABLES,
            why=why,
            due_on=hold.expires_on,
            owner_id=hold.owner_id,
        )
        worklist.put_anew(kind=KIND, subject=(HOLD, hold.id), why=why, by=by, at=at)
    return tuple(hold.id for hold in holds)


def release_accepted(accepted: DeliveryAccepted, by: Actor, at: datetime) -> None:
    """Release the holds of a line that waited for its acceptance; once released there is nothing more to release."""
    because = _ACCEPTED.filled(day=accepted.accepted_on)
    for hold_id in held_until_accepted(accepted.order_line_id, accepted.effective_on):
        release_billing(hold_id=hold_id, on=accepted.effective_on, because=f"{because.ja} {because.en}", by=by, at=at)


def release_numbered(noted: PoNumberNoted, by: Actor, at: datetime) -> None:
    """Release the holds that waited for the customer's number; of the contract once all its orders have one."""
    because = _NUMBERED.filled(number=noted.number, po_number=noted.po_number)
    contract_id = noted.contract_id if all_numbered(noted.contract_id) else None
    for hold_id in held_until_numbered(noted.order_id, contract_id, noted.effective_on):
        release_billing(hold_id=hold_id, on=noted.effective_on, because=f"{because.ja} {because.en}", by=by, at=at)


def _why(hold: HoldRow, on: date) -> Text:
    assert hold.expires_on is not None, "it is among those that end"
    says = _ENDED if hold.expires_on <= on else _ENDS
    return says.filled(what=hold.what, day=hold.expires_on, because=hold.because)
