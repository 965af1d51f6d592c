"""What was owed on a day, as known at a moment, and how old it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Count, Min, Sum

from kanjo.domains.receivables.models import ItemBalance
from kanjo.domains.receivables.rules.ageing import BUCKETS, CREDITS, aged
from kanjo.foundation.actors import Actor
from kanjo.foundation.columns import totals
from kanjo.foundation.ids import CompanyId, CustomerId
from kanjo.foundation.times import AsKnown
from kanjo.platform.bulk.loading import read_frame

_OPEN = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "customer": pl.String,
    "customer_en": pl.String,
    "number": pl.String,
    "currency": pl.String,
    "issued_on": pl.Date,
    "due_on": pl.Date,
    "amount_minor": pl.Int64,
    "open_minor": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class LatePayer:
    """A customer who is late: what is overdue, since which due day, over how many invoices."""

    customer_id: CustomerId
    customer: str
    currency: str
    overdue_minor: int
    oldest_due_on: date
    days_late: int
    items: int


def open_as_known(company_id: CompanyId, known: AsKnown) -> pl.DataFrame:
    """Return what was open of each item by `known.effective_on`, as recorded by `known.known_at`; settled ones not."""
    return read_frame(
        """
        WITH asked (company, day, moment) AS (VALUES (%s::bigint, %s::date, %s::timestamptz)),
        settled AS (
            SELECT item_id, sum(amount_minor) AS amount FROM receivables_allocation, asked
            WHERE company_id = company AND effective_on <= day AND recorded_at <= coalesce(moment, 'infinity')
            GROUP BY item_id)
        SELECT i.id, i.customer_id, c.name, c.name_en, i.number, i.currency, i.issued_on, i.due_on, i.amount_minor,
            (i.amount_minor - coalesce(s.amount, 0))::bigint
        FROM asked JOIN receivables_openitem i ON i.company_id = company
        JOIN customers_customer c ON c.id = i.customer_id
        LEFT JOIN settled s ON s.item_id = i.id
        WHERE i.issued_on <= day AND i.recorded_at <= coalesce(moment, 'infinity')
            AND i.amount_minor <> coalesce(s.amount, 0)
        ORDER BY i.customer_id, i.due_on, i.id
        """,
        [company_id, known.effective_on, known.known_at],
        _OPEN,
    )


def ageing(company_id: CompanyId, known: AsKnown) -> pl.DataFrame:
    """Return one row per customer and currency: open_minor, and its part in each of `BUCKETS` and `CREDITS`."""
    items = aged(open_as_known(company_id, known), known.effective_on)
    return totals(
        items, by=["customer_id", "customer", "customer_en", "currency"], columns=["open_minor", *BUCKETS, CREDITS]
    )


def late_payers(actor: Actor, *, on: date, limit: int = 100, offset: int = 0) -> list[LatePayer]:
    """Return the customers with overdue invoices on a day, the longest overdue first."""
    late = (
        ItemBalance.objects.visible_to(actor)
        .filter(open_minor__gt=0, item__due_on__lt=on)
        .values("item__customer_id", "item__customer__name", "item__currency")
        .annotate(overdue=Sum("open_minor"), oldest=Min("item__due_on"), number=Count("pk"))
        .order_by("oldest", "item__customer_id", "item__currency")
    )
    return [
        LatePayer(
            customer_id=CustomerId(row["item__customer_id"]),
            customer=row["item__customer__name"],
            currency=row["item__currency"],
            overdue_minor=int(row["overdue"]),
            oldest_due_on=row["oldest"],
            days_late=(on - row["oldest"]).days,
            items=row["number"],
        )
        for row in late[offset : offset + limit]
    ]
