"""Issued invoices become open items."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from kanjo.foundation.actors import Actor
from kanjo.foundation.columns import guard
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.money import MINOR_MAX
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Loading
from kanjo.platform.runs.operations import RUNNERS
from kanjo.platform.tables import refuse_unseen

ITEMS, BALANCES = "receivables_openitem", "receivables_itembalance"
STAGED_TABLES = (ITEMS, BALANCES)
"""What a staged run that issues invoices must prepare and settle, in this order, after the invoices."""


@verb("receivables.open-items", *RUNNERS)
def open_items(*, company_id: CompanyId, frame: pl.DataFrame, loading: Loading, by: Actor, at: datetime) -> int:
    """Open one item per issued invoice and return how many.

    Needs invoice_id, customer_id, number, currency, amount_minor (with tax; a credit note is negative), issued_on,
    due_on. The item's id is the invoice's, so that an invoice opens one item for ever.
    """
    refuse_unseen(company_id, by)
    sound = guard(frame, {"invoice_id": MINOR_MAX, "customer_id": MINOR_MAX, "amount_minor": MINOR_MAX})
    items = sound.select(
        "customer_id",
        "number",
        "currency",
        "amount_minor",
        "issued_on",
        "due_on",
        id="invoice_id",
        company_id=pl.lit(company_id, dtype=pl.Int64),
    )
    loading.load(ITEMS, items)
    return loading.load(BALANCES, items.select("id", "company_id", "amount_minor", open_minor="amount_minor"))
