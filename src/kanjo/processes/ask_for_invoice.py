"""A booked order asks Accounts Receivable for its invoices, with the schedule, and stops asking when it is billed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kanjo.domains.billing.facts import ChargeToCome
from kanjo.domains.billing.queries import charges_of_order
from kanjo.domains.orders.facts import OrderBooked
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.worklist import operations as worklist

KIND = "billing.invoice-asked"
ORDER = "orders_order"
SHOWN = 3


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
        why=Text(
            en="Order {number} for {total} waits to be billed: {schedule}",
            ja="注文 {number}（{total}）の請求予定: {schedule}",
        ).filled(
            number=booked.number,
            total=_shown(booked.total_minor, booked.currency),
            schedule=_schedule(charges, booked.currency),
        ),
        due_on=charges[0].bill_on,
    )


def _schedule(charges: Sequence[ChargeToCome], currency: str) -> Text:
    lines = [(charge.bill_on, _shown(charge.net_minor, currency)) for charge in charges[:SHOWN]]
    more = len(charges) - len(lines)
    en = "; ".join(f"{day} {amount.en}" for day, amount in lines) + (f"; and {more} more" if more else "") + "."
    ja = "、".join(f"{day} {amount.ja}" for day, amount in lines) + (f"、ほか {more} 件" if more else "") + "。"
    return Text(en=en, ja=ja)


def _shown(minor: int, currency: str) -> Text:
    money = Money(minor, currency)
    return Text(en=money.shown("en"), ja=money.shown("ja"))
