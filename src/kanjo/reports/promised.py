"""What was promised to customers: each performance obligation with the order line that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from kanjo.domains.revenue.queries import ObligationRow, get_obligation, list_obligations
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ContractId, OrderId
from kanjo.foundation.texts import Text
from kanjo.platform.paging import Page


@dataclass(frozen=True, slots=True)
class PromisedRow:
    """An obligation, called by its order and line, and what is promised."""

    obligation: ObligationRow
    number: str
    name: Text


def list_promised(
    actor: Actor,
    *,
    order_id: OrderId | None = None,
    contract_id: ContractId | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[PromisedRow]:
    """Return obligations as `list_obligations` does, each with its line; one question more, however many there are."""
    page = list_obligations(actor, order_id=order_id, contract_id=contract_id, order=order, limit=limit, at=at)
    lines = _lines([row.id for row in page])
    return page.of(lambda row: PromisedRow(row, *lines[row.id]))


def get_promised(actor: Actor, obligation_id: int) -> PromisedRow:
    """Return one obligation with its line, or refuse with `NotFound`."""
    row = get_obligation(actor, obligation_id)
    return PromisedRow(row, *_lines([row.id])[row.id])


def _lines(ids: Sequence[int]) -> dict[int, tuple[str, Text]]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [list(ids)])
        return {key: (number, Text(en=en, ja=ja)) for key, number, en, ja in cursor.fetchall()}


_LINES = """
SELECT b.id, o.number || '-' || l.position, l.name_en, l.name_ja
FROM revenue_obligation b
JOIN orders_orderline l ON l.id = b.order_line_id
JOIN orders_order o ON o.id = l.order_id
WHERE b.id = ANY(%s)
"""
