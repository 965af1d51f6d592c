"""What is asked of the approvers: each request with the deal it is about, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import connection

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.approvals.queries import RequestRow, list_requests
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalRequestId, CustomerId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Name
from kanjo.platform.paging import Page


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A request with the number of its quote, the terms it asked about, and the roles whose answer it waits for.

    It is at *step* of *steps*; where nobody is asked any more `asks` is empty.
    """

    request: RequestRow
    number: str
    customer_id: CustomerId
    customer: str
    total: Money
    discount: Fraction
    asks: tuple[Role, ...]
    step: int
    steps: int


def list_asked(
    actor: Actor,
    *,
    state: RequestState | None = None,
    among: Collection[int] | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[AskedRow]:
    """Return requests as `list_requests` does, each with its deal; one question more, however many there are."""
    page = list_requests(actor, state=state, among=among, order=order, limit=limit, at=at)
    deals = _deals([row.id for row in page])
    return page.of(lambda row: AskedRow(row, *deals[row.id]))


def get_asked(request: RequestRow) -> AskedRow:
    """Return one request with its deal."""
    return AskedRow(request, *_deals([request.id])[request.id])


_Deal = tuple[str, CustomerId, str, Money, Fraction, tuple[Role, ...], int, int]


def _deals(ids: Sequence[ApprovalRequestId]) -> dict[ApprovalRequestId, _Deal]:
    with connection.cursor() as cursor:
        cursor.execute(_DEALS, [list(ids)])
        return {
            ApprovalRequestId(key): (
                number or "",
                CustomerId(customer_id),
                Name(customer, customer_en),
                Money(total, currency),
                Fraction(discount),
                tuple(Role(role) for role in asks or ()),
                step,
                steps,
            )
            for key, number, customer_id, customer, customer_en, total, currency, discount, asks, step, steps in cursor
        }


_DEALS = """
SELECT r.id, q.number, c.id, c.name, c.name_en,
    (r.facts->>'net_total_minor')::bigint, r.facts->>'currency', r.facts->>'discount',
    array_agg(DISTINCT i.role ORDER BY i.role) FILTER (WHERE i.state = 'open'),
    count(DISTINCT i.stage) FILTER (WHERE i.state <> 'waiting'), count(DISTINCT i.stage)
FROM approvals_approvalrequest r
JOIN customers_customer c ON c.id = (r.facts->>'customer_id')::bigint
LEFT JOIN quotes_quote q ON r.subject = 'quotes_quote' AND q.id = r.subject_id
LEFT JOIN approvals_approvalitem i ON i.request_id = r.id
WHERE r.id = ANY(%s)
GROUP BY r.id, q.number, c.id
"""
