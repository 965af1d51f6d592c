"""What the replay needs to know of its own deals: what is still to be billed and recognised, what customers owe.

What people do beside it in the same company is not the replay's: no read here tells of their orders.
"""

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


_REPLAYED = (
    "SELECT o.id FROM orders_order o JOIN contracts_contract c ON c.id = o.contract_id"
    " JOIN quotes_quote q ON q.id = c.quote_id JOIN opportunities_opportunity w ON w.id = q.opportunity_id"
    " WHERE o.company_id = %(company)s AND w.won_elsewhere AND o.po_number = w.external_key"
)
"""The orders that the replay booked: another system won the deal, and the order bears that system's key of it."""

_ACCEPTED = (
    "SELECT x.accepted_on, p.id, p.net_minor FROM billing_acceptance x JOIN billing_plan p ON p.id = x.plan_id"
    " WHERE p.order_id IN (SELECT id FROM replayed)"
)

_EARNED = (
    "SELECT date_trunc('month', d.delivered_on)::date AS month, o.id, o.price_minor FROM revenue_delivery d"
    " JOIN revenue_obligation o ON o.id = d.obligation_id WHERE o.order_id IN (SELECT id FROM replayed)"
)


def days_to_bill(company_id: CompanyId) -> list[date]:
    """Return the days on which something replayed was accepted and is not charged yet, ascending.

    Also those whose approved run has issued for a replayed order and was not finished.
    """
    return _days(
        f"WITH replayed AS MATERIALIZED ({_REPLAYED}), accepted AS MATERIALIZED ({_ACCEPTED})"  # noqa: S608 - constants
        " SELECT accepted_on FROM accepted a WHERE net_minor <> 0"
        " AND NOT EXISTS (SELECT 1 FROM billing_charge c WHERE c.plan_id = a.id)"
        " UNION SELECT r.target_on FROM runs_run r WHERE r.company_id = %(company)s AND r.kind = 'billing'"
        " AND r.state = 'approved' AND r.target_on IN (SELECT accepted_on FROM accepted)"
        " AND (r.staged OR EXISTS (SELECT 1 FROM billing_invoice i"
        " WHERE i.run_id = r.id AND i.order_id IN (SELECT id FROM replayed))) ORDER BY 1",
        company_id,
    )


def months_to_recognise(company_id: CompanyId) -> list[date]:
    """Return the first day of every month in which something replayed was delivered and has no revenue, ascending.

    Also those whose approved run has posted for a replayed order and was not finished.
    """
    return _days(
        f"WITH replayed AS MATERIALIZED ({_REPLAYED}), earned AS MATERIALIZED ({_EARNED})"  # noqa: S608 - constants
        " SELECT month FROM earned e WHERE price_minor <> 0"
        " AND NOT EXISTS (SELECT 1 FROM revenue_slice s WHERE s.obligation_id = e.id)"
        " UNION SELECT date_trunc('month', r.target_on)::date FROM runs_run r"
        " WHERE r.company_id = %(company)s AND r.kind = 'revenue' AND r.state = 'approved'"
        " AND date_trunc('month', r.target_on)::date IN (SELECT month FROM earned)"
        " AND EXISTS (SELECT 1 FROM revenue_slice s WHERE s.run_id = r.id"
        " AND s.obligation_id IN (SELECT id FROM earned)) ORDER BY 1",
        company_id,
    )


def invoices_owed(company_id: CompanyId) -> list[Owed]:
    """Return the first invoice of every replayed order, by number: what is charged after it is a person's act."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH replayed AS MATERIALIZED ({_REPLAYED})"  # noqa: S608 - a constant
            " SELECT * FROM (SELECT DISTINCT ON (o.id) i.number, o.po_number, i.payer_name, i.total_minor, i.currency,"
            " i.due_on FROM billing_invoice i JOIN orders_order o ON o.id = i.order_id"
            " WHERE o.id IN (SELECT id FROM replayed) AND i.original_id IS NULL ORDER BY o.id, i.id) AS firsts"
            " ORDER BY number",
            {"company": company_id},
        )
        return [
            Owed(number, reference, payer, Money(total, currency), due_on)
            for number, reference, payer, total, currency, due_on in cursor.fetchall()
        ]


def references_received(company_id: CompanyId) -> set[str]:
    """Return the bank's references of everything that arrived."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM receivables_receipt WHERE company_id = %s", [company_id])
        return {row[0] for row in cursor.fetchall()}


def _days(query: str, company_id: CompanyId) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"company": company_id})
        return [row[0] for row in cursor.fetchall()]
