"""A booked order asks Accounts Receivable for its invoices, with the schedule, and stops asking when it is billed.

What waits for the customer's acceptance is due on no day until it is accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.billing.facts import ChargeToCome
from kanjo.domains.billing.queries import charges_of_order
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.domains.orders.facts import OrderBooked
from kanjo.domains.orders.queries import get_order, list_lines
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import OrderId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.worklist import operations as worklist

KIND = "billing.invoice-asked"
ORDER = "orders_order"
SHOWN = 3
WHY = Text(
    en="Order {number} for {total} waits to be billed: {schedule}", ja="注文 {number}（{total}）の請求予定: {schedule}"
)


def ask_for_invoice(booked: OrderBooked, by: Actor, at: datetime) -> None:
    """Put the order on the queue of Accounts Receivable with what will be billed when."""
    charges = charges_of_order(booked.order_id)
    if not charges:
        return
    worklist.put(
        kind=KIND,
        subject=(ORDER, booked.order_id),
        company_id=booked.company_id,
        role=Role.RECEIVABLES,
        why=_why(booked.number, booked.total_minor, booked.currency, charges),
        due_on=_due_on(booked.order_id, charges, by),
    )


def ask_anew(order_id: OrderId, *, by: Actor, at: datetime) -> None:
    """Ask anew after an acceptance, from which its charge is due, or an amendment, which changes what is."""
    charges = charges_of_order(order_id)
    if not charges:
        return
    row = get_order(by, order_id)
    why = _why(row.number, row.total_minor, row.currency, charges)
    due_on = _due_on(order_id, charges, by)
    worklist.put_anew(kind=KIND, subject=(ORDER, order_id), why=why, due_on=due_on, by=by, at=at)


def _why(number: str, total_minor: int, currency: str, charges: Sequence[ChargeToCome]) -> Text:
    return WHY.filled(number=number, total=_shown(total_minor, currency), schedule=_schedule(charges, currency))


def _due_on(order_id: OrderId, charges: Sequence[ChargeToCome], by: Actor) -> date | None:
    """Return the first day on which something may be billed, None where all of it waits for an acceptance."""
    awaited = {
        row.line.order_line_id
        for row in list_lines(by, order_id)
        if row.accepted_on is None and row.line.terms.timing is BillingTiming.ON_ACCEPTANCE
    }
    return min((charge.bill_on for charge in charges if charge.order_line_id not in awaited), default=None)


def _schedule(charges: Sequence[ChargeToCome], currency: str) -> Text:
    lines = [(charge.bill_on, _shown(charge.net_minor, currency)) for charge in charges[:SHOWN]]
    more = len(charges) - len(lines)
    en = "; ".join(f"{day} {amount.en}" for day, amount in lines) + (f"; and {more} more" if more else "") + "."
    ja = "、".join(f"{day} {amount.ja}" for day, amount in lines) + (f"、ほか {more} 件" if more else "") + "。"
    return Text(en=en, ja=ja)


def _shown(minor: int, currency: str) -> Text:
    money = Money(minor, currency)
    return Text(en=money.shown("en"), ja=money.shown("ja"))
