"""The customer accepts what was delivered: what waited for it may now be billed and recognised."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.billing import operations as billing
from kanjo.domains.orders import operations as orders
from kanjo.domains.orders.queries import changes_of
from kanjo.domains.revenue import operations as revenue
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import OrderLineId
from kanjo.processes.ask_for_acceptance import ask_for_the_rest
from kanjo.processes.ask_for_invoice import ask_anew


def accept_delivery(
    *, order_line_id: OrderLineId, accepted_on: date, evidence: str = "", by: Actor, at: datetime
) -> None:
    """Note the acceptance (検収) on the order line, and let billing and revenue follow it, in one transaction."""
    accepted = orders.accept_delivery(
        order_line_id=order_line_id, accepted_on=accepted_on, evidence=evidence, by=by, at=at
    )
    billing.note_acceptance(order_line_id=order_line_id, accepted_on=accepted_on, by=by, at=at)
    for line_id in (order_line_id, *(line.order_line_id for line in changes_of(order_line_id))):
        revenue.note_delivery(order_line_id=line_id, delivered_on=accepted_on, by=by, at=at)
    ask_for_the_rest(accepted.order_id, accepted_on, by=by, at=at)
    ask_anew(accepted.order_id, by=by, at=at)
