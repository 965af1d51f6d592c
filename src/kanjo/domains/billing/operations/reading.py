"""What billing reads before it issues: each in one query, as columns."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
from django.db import connection

from kanjo.domains.billing.rules.schedule import POSTED
from kanjo.foundation.ids import CompanyId, OrderId
from kanjo.platform.bulk.reading import read_columns

Accounts = tuple[int, int]
"""The first and the last billing account of a part of the work."""

PLANS: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "account_id": pl.Int64,
    "order_id": pl.Int64,
    "customer_id": pl.Int64,
    "payer_id": pl.Int64,
    "currency": pl.String,
    "payment_terms": pl.String,
    "description": pl.String,
    "charge": pl.String,
    "timing": pl.String,
    "interval_months": pl.Int64,
    "anchor_on": pl.Date,
    "quantity": pl.Int64,
    "net_minor": pl.Int64,
    "tax_class": pl.String,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "due_from": pl.Date,
    "accepted_on": pl.Date,
    "payer_name": pl.String,
    "payer_address": pl.String,
    "language": pl.String,
}

# Joined so that no plan is lost: what it names and is not there is null.
_PLANS = """
SELECT p.id, p.account_id, o.id, k.id, c.id, p.currency, p.payment_terms,
       CASE WHEN c.language = 'ja' THEN p.description_ja ELSE p.description_en END,
       p.charge, p.timing, p.interval_months, p.anchor_on, p.quantity, p.net_minor, p.tax_class,
       p.service_start, p.service_until, p.due_from, x.accepted_on,
       CASE WHEN c.language <> 'ja' AND c.name_en <> '' THEN c.name_en ELSE c.name END, c.address, c.language
FROM billing_plan p
LEFT JOIN billing_account a ON a.id = p.account_id AND a.company_id = p.company_id
LEFT JOIN customers_customer c ON c.id = a.payer_id
LEFT JOIN customers_customer k ON k.id = p.customer_id
LEFT JOIN orders_order o ON o.id = p.order_id
LEFT JOIN billing_acceptance x ON x.plan_id = p.id AND x.recorded_at <= %(known_at)s
WHERE p.company_id = %(company)s AND p.due_from <= %(target_on)s AND p.recorded_at <= %(known_at)s
"""
_POSTED = """
SELECT plan_id, service_start, sum(amount_minor)::bigint, max(sequence)::bigint + 1
FROM billing_charge WHERE plan_id IN (SELECT id FROM billing_plan p WHERE p.company_id = %(company)s
"""
_GROUPED = ") GROUP BY plan_id, service_start"
_OF_ACCOUNTS = " AND p.account_id BETWEEN %(first)s AND %(last)s"
_OF_ORDER = " AND p.order_id = %(order)s"


def read_due(
    *,
    company_id: CompanyId,
    target_on: date,
    known_at: datetime,
    accounts: Accounts | None = None,
    order_id: OrderId | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the plans that may have something due by *target_on*, and what is posted of them, as columns.

    Of all the company, of some accounts, or of one order; as recorded by *known_at*, what is posted as of now.
    """
    narrowed = _OF_ORDER if order_id else _OF_ACCOUNTS if accounts else ""
    first, last = accounts or (0, 0)
    asked = {
        "company": company_id,
        "target_on": target_on,
        "known_at": known_at,
        "first": first,
        "last": last,
        "order": order_id,
    }
    plans = read_columns(_PLANS + narrowed, asked, PLANS)
    posted = read_columns(_POSTED + narrowed + _GROUPED, asked, POSTED)
    return plans, posted


def lock_accounts(company_id: CompanyId, accounts: Accounts) -> None:
    """Lock the accounts in the order of their ids: nobody else bills their plans until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT id FROM billing_account WHERE company_id = %s AND id BETWEEN %s AND %s"
            " ORDER BY id FOR NO KEY UPDATE) locked",
            [company_id, *accounts],
        )


def known_now() -> datetime:
    """Return the database's moment, the one that `recorded_at` is written with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
        return row[0]
