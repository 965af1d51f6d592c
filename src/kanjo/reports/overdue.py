"""What customers have not paid by its day, with the owner of the deal it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from kanjo.foundation.ids import CompanyId, InvoiceId, PersonId
from kanjo.foundation.money import Money


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """An invoice that is not paid in full, and who owns the deal it came from."""

    invoice_id: InvoiceId
    number: str
    customer: str
    due_on: date
    open: Money
    owner_id: PersonId


def list_newly_overdue(company_id: CompanyId, *, since: date, until: date) -> list[OverdueRow]:
    """Return what was due from *since* until before *until* and is still open, by invoice."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [company_id, since, until])
        return [
            OverdueRow(InvoiceId(key), number, customer, due_on, Money(int(left), currency), PersonId(owner))
            for key, number, customer, due_on, left, currency, owner in cursor.fetchall()
        ]


_OVERDUE = """
SELECT i.id, i.number, c.name, r.due_on, b.open_minor, r.currency, p.owner_id
FROM receivables_openitem r
JOIN receivables_itembalance b ON b.id = r.id
JOIN billing_invoice i ON i.id = r.id
JOIN customers_customer c ON c.id = i.customer_id
JOIN orders_order o ON o.id = i.order_id
JOIN contracts_contract k ON k.id = o.contract_id
JOIN quotes_quote q ON q.id = k.quote_id
JOIN opportunities_opportunity p ON p.id = q.opportunity_id
WHERE r.company_id = %s AND r.due_on >= %s AND r.due_on < %s AND b.open_minor > 0
ORDER BY i.id
"""
