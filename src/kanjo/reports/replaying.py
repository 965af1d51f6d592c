"""What the replay needs to know of the stream: which days have something to bill, and what customers owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.money import Money


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice and the customer's own reference for its order."""

    number: str
    reference: str
    payer: str
    total: Money
    due_on: date


def days_to_bill(company_id: CompanyId) -> list[date]:
    """Return the days with something accepted and not charged yet, or with a run to be finished, ascending."""
    return _days(
        "SELECT x.accepted_on FROM billing_acceptance x JOIN billing_plan p ON p.id = x.plan_id"
        " WHERE p.company_id = %(company)s AND p.net_minor <> 0"
        " AND NOT EXISTS (SELECT 1 FROM billing_charge c WHERE c.plan_id = p.id)"
        " UNION SELECT target_on FROM runs_run WHERE company_id = %(company)s AND kind = 'billing'"
        " AND state = 'approved' ORDER BY 1",
        company_id,
    )


def months_delivered(company_id: CompanyId) -> list[date]:
    """Return the first day of every month in which something was accepted, ascending."""
    return _days(
        "SELECT DISTINCT date_trunc('month', x.accepted_on)::date FROM billing_acceptance x"
        " JOIN billing_plan p ON p.id = x.plan_id WHERE p.company_id = %(company)s ORDER BY 1",
        company_id,
    )


def invoices_owed(company_id: CompanyId) -> list[Owed]:
    """Return every invoice of an order that carries the customer's reference, by number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.number, o.po_number, i.payer_name, i.total_minor, i.currency, i.due_on"
            " FROM billing_invoice i JOIN orders_order o ON o.id = i.order_id"
            " WHERE i.company_id = %s AND i.original_id IS NULL AND o.po_number <> '' ORDER BY i.number",
            [company_id],
        )
        return [
            Owed(number, reference, payer, Money(total, currency), due_on)
            for number, reference, payer, total, currency, due_on in cursor.fetchall()
        ]


def obligations_unrecognised(company_id: CompanyId) -> int:
    """Return how many delivered obligations have no revenue yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM revenue_obligation o WHERE o.company_id = %s AND o.price_minor <> 0"
            " AND EXISTS (SELECT 1 FROM revenue_delivery d WHERE d.obligation_id = o.id)"
            " AND NOT EXISTS (SELECT 1 FROM revenue_slice s WHERE s.obligation_id = o.id)",
            [company_id],
        )
        return int(cursor.fetchall()[0][0])


def bank_digests(company_id: CompanyId) -> set[str]:
    """Return the digests of the bank files that were taken in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM receivables_bankfile WHERE company_id = %s", [company_id])
        return {row[0] for row in cursor.fetchall()}


def _days(query: str, company_id: CompanyId) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"company": company_id})
        return [row[0] for row in cursor.fetchall()]
