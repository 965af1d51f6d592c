"""What is not finished of an accounting period, for who is about to lock it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from kanjo.domains.billing.queries import due_and_not_invoiced
from kanjo.domains.receivables.queries import left_of_receipts
from kanjo.domains.revenue.queries import waterfall_by_month
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.money import Money
from kanjo.foundation.times import AsKnown


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What would be too late once the books of the days before a day are locked, each currency by itself."""

    not_invoiced: Sequence[tuple[int, Money]]
    not_allocated: Sequence[tuple[int, Money]]
    not_recognised: Sequence[tuple[int, Money]]


def unfinished(company_id: CompanyId, *, until: date, today: date) -> Unfinished:
    """Return what is due before *until* and not invoiced, received and not allocated, earned and not recognised.

    Each is (how many, amount): of charges, of receipts, of months. What was posted later, by *today*, is finished.
    """
    last_on = until - timedelta(days=1)
    months = waterfall_by_month(company_id, AsKnown(max(today, last_on)))
    earned = months.filter((pl.col("month") < until) & (pl.col("to_come_minor") != 0))
    by_currency = earned.group_by("currency").agg(pl.len(), pl.sum("to_come_minor")).sort("currency")
    due = due_and_not_invoiced(company_id, last_on)
    return Unfinished(
        not_invoiced=[(number, Money(minor, currency)) for currency, number, minor in due.iter_rows()],
        not_allocated=left_of_receipts(company_id, until),
        not_recognised=[(number, Money(minor, currency)) for currency, number, minor in by_currency.iter_rows()],
    )
