"""The customer's order number is noted by whoever carries the deal, or by those who look after all of them."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.orders import operations as orders
from kanjo.domains.orders.facts import PoNumberNoted
from kanjo.domains.orders.queries import get_order
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import OrderId
from kanjo.processes.whose_deal import owner_of_deal


def note_po_number(*, order_id: OrderId, po_number: str, on: date, by: Actor, at: datetime) -> PoNumberNoted:
    """Note the customer's number of an order; refuses a seller whose deal it is not (`AnothersDeal`)."""
    owner_id = owner_of_deal(get_order(by, order_id).contract_id, by)
    return orders.note_po_number(order_id=order_id, po_number=po_number, on=on, owner_id=owner_id, by=by, at=at)
