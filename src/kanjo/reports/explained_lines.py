"""A line of an invoice with the deal it stands on and the days its revenue is earned in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from kanjo.domains.billing.queries import ExplainedLine, explain_line
from kanjo.domains.catalog.facts import Recognition
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.orders.queries import get_order
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ApprovalRequestId, InvoiceLineId, QuoteId


@dataclass(frozen=True, slots=True)
class Recognised:
    """When the revenue of the line is earned: day by day in the period, or whole when the customer has it."""

    obligation_id: int
    method: Recognition
    start: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class LineOfDeal:
    """A line of an invoice, explained, with what it was agreed by; `amendment` is empty where its order is of none."""

    row: ExplainedLine
    order_number: str
    order_position: int
    contract_number: str
    amendment: str
    quote_id: QuoteId
    approval_request_id: ApprovalRequestId
    recognised: Recognised | None


def explain_line_of_deal(line_id: InvoiceLineId, actor: Actor) -> LineOfDeal:
    """Return a line of an invoice with its derivation and the chain it stands on; refuses `LineMissing`."""
    row = explain_line(line_id, actor)
    order = get_order(actor, row.plan.order_id)
    contract = get_contract(actor, row.plan.contract_id)
    position, recognised = _promised(row)
    return LineOfDeal(
        row=row,
        order_number=order.number,
        order_position=position,
        contract_number=contract.number,
        amendment=order.amendment_number or "",
        quote_id=contract.quote_id,
        approval_request_id=contract.approval_request_id,
        recognised=recognised,
    )


def _promised(row: ExplainedLine) -> tuple[int, Recognised | None]:
    """Return the position of the order line, and what was promised with it."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMISED, [row.plan.order_line_id])
        position, key, method, start, until = cursor.fetchone()
    return position, Recognised(key, Recognition(method), start, until) if key else None


_PROMISED = """
SELECT l.position, b.id, b.method, b.service_start, b.service_until
FROM orders_orderline l LEFT JOIN revenue_obligation b ON b.order_line_id = l.id
WHERE l.id = %s ORDER BY b.id LIMIT 1
"""
