"""Writing slices with their entries: Dr contract liability by customer, Cr revenue."""

from __future__ import annotations

import polars as pl

from kanjo.foundation.columns import totals
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.platform.bulk.loading import Live
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.operations import post

SLICES = "revenue_slice"


def post_slices(slices: pl.DataFrame, *, company_id: CompanyId, run_id: RunId) -> None:
    """Write slices of a run and one entry per day and currency.

    Needs obligation_id, customer_id, currency, month, amount_minor, effective_on; and reverses_id for reversals.
    Refuses a day in locked books.
    """
    if slices.is_empty():
        return
    sums = totals(slices, by=["effective_on", "currency", "customer_id"], columns=["amount_minor"])
    groups = sums.sort("effective_on", "currency", "customer_id").group_by(
        "effective_on", "currency", maintain_order=True
    )
    entries = {
        day_and_currency: _entry(day_and_currency, rows, company_id, run_id) for day_and_currency, rows in groups
    }
    ids = post(list(entries.values()))
    posted = pl.DataFrame(
        [(*place, entry_id) for place, entry_id in zip(entries, ids, strict=True)],
        schema={"effective_on": pl.Date, "currency": pl.String, "entry_id": pl.Int64},
        orient="row",
    )
    Live().load(
        SLICES,
        slices.join(posted, on=["effective_on", "currency"])
        .drop("currency", "customer_id")
        .with_columns(
            Live().ids(SLICES, slices.height),
            company_id=pl.lit(company_id, dtype=pl.Int64),
            run_id=pl.lit(run_id, dtype=pl.Int64),
        ),
    )


def _entry(place: tuple[object, ...], rows: pl.DataFrame, company_id: CompanyId, run_id: RunId) -> JournalEntry:
    earned = [
        Side(AccountCode.CONTRACT_LIABILITY, amount, customer)
        for customer, amount in rows.select("customer_id", "amount_minor").iter_rows()
    ]
    return JournalEntry(
        company_id=company_id,
        effective_on=rows["effective_on"][0],
        currency=str(place[1]),
        source="runs_run",
        source_id=run_id,
        sides=(*earned, Side(AccountCode.REVENUE, -sum(side.amount_minor for side in earned))),
    )
