"""Billing that waits, of a payer, a contract, an order, a line or a kind of charge, until a day, a fact or a hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Held, HoldCondition, PlanCharge
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.foundation.ids import OrderId
from kanjo.foundation.refusals import Refusal
from kanjo.processes.note_po_number import note_po_number
from tests.harness.lives.living import Lived, Lives, NothingToDo
from tests.harness.lives.standing import rows
from tests.harness.lives.waiting import SCOPES, Wait, end, numbered
from tests.harness.office import morning

KINDS = (*SCOPES, "charge")
"""What a hold is of."""
_CONDITIONS = (
    *[HoldCondition.PO_NUMBER, HoldCondition.ACCEPTANCE] * 2,
    HoldCondition.REVENUE,
    HoldCondition.OTHER,
)
_OF_ORDER = {
    "payer_id": "o.payer_id",
    "contract_id": "o.contract_id",
    "order_id": "o.id",
    "order_line_id": "l.id",
}


def hold(lives: Lives, lived: Lived, on: date) -> None:
    """Something of a contract waits, from today or soon, some weeks or until released; each scope before any again."""
    lives.scopes = lives.scopes or lives.chance.sample(KINDS, len(KINDS))
    kind = lives.scopes.pop()
    scope = lives.chance.choice(SCOPES[:3]) if kind == "charge" else kind
    column = "a.payer_id" if scope == "payer_id" else f"p.{scope}"
    found = rows(
        f"SELECT {column}, p.charge FROM billing_plan p JOIN billing_account a ON a.id = p.account_id"
        " WHERE p.contract_id = %s ORDER BY p.id",
        lived.contract_id,
    )
    key, charge = lives.chance.choice(found)
    since = on + DAY * lives.chance.choice([0, 0, 0, 12])
    told: dict[str, Any] = {
        "condition": lives.chance.choice(_CONDITIONS),
        "charge": PlanCharge(charge) if kind == "charge" else None,
        "expires_on": lives.chance.choice([None, None, since + DAY * lives.chance.randint(5, 70)]),
    }
    hold_id = billing.hold_billing(
        company_id=lives.office.company_id,
        held=Held(**{scope: key}),
        because="確認中",
        owner_id=lives.office.receivables.id,
        on=since,
        by=lives.office.receivables,
        at=morning(on),
        **told,
    )
    lives.waits.append(Wait(hold_id, scope, key, since=since, **told))


def release(lives: Lives, lived: Lived, on: date) -> None:
    """A hold ends by hand; one that waits for revenue accounting only by theirs."""
    if not lives.waits:
        raise NothingToDo
    by = lives.chance.choice([lives.office.receivables, lives.office.rev_rec])
    _release(lives.chance.choice(lives.waits), on, by)


def number(lives: Lives, lived: Lived, on: date) -> None:
    """The customer's number of orders came: of what waits for it, or else of some contract; all, or one of them."""
    scope, key = lives.waiting(HoldCondition.PO_NUMBER, on) or ("contract_id", lived.contract_id)
    found = rows(
        "SELECT DISTINCT o.id FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id"
        f" WHERE o.po_number = '' AND {_OF_ORDER[scope]} = %s ORDER BY 1",
        key,
    )
    if not found:
        raise NothingToDo
    orders = [order_id for (order_id,) in found]
    for order_id in lives.chance.choice([orders, [lives.chance.choice(orders)]]):
        note_po_number(
            order_id=OrderId(order_id),
            po_number=f"PO-{order_id}",
            on=on,
            by=lives.office.deal_management,
            at=morning(on),
        )
        end(numbered(lives.waits, order_id, on), on, "fact")


def settle(lives: Lives, on: date) -> None:
    """Release what is still held."""
    for wait in lives.waits:
        try:
            with transaction.atomic():
                _release(wait, on, lives.office.rev_rec)
        except Refusal:
            continue


def _release(wait: Wait, on: date, by: Any) -> None:
    billing.release_billing(hold_id=wait.id, on=on, because="届いたため", by=by, at=morning(on))
    end([wait], on, "hand")
