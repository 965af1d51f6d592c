"""Posting by columns: the entries of a run, written by COPY."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kanjo.foundation.ids import CompanyId
from kanjo.platform.bulk.loading import Loading
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.operations import account_ids, refused_by_the_books, require_open

TABLES = ("ledger_entry", "ledger_posting")
"""What a staged run that posts must prepare and settle, in this order."""


def load_entries(
    documents: pl.DataFrame,
    sides: Mapping[AccountCode, tuple[pl.Expr, pl.Expr]],
    *,
    company_id: CompanyId,
    source: str,
    loading: Loading,
) -> None:
    """Post one entry per document; *sides* gives per account the signed amount (debit positive) and the party.

    Needs source_id, effective_on (one day for all) and currency. A side of zero is left out. The database refuses
    what does not sum to zero, at once or when the run settles; refuses `PeriodLocked` and `PeriodMissing`.
    """
    if documents.is_empty():
        return
    require_open(company_id=company_id, day=documents["effective_on"][0])  # also before what is staged
    entries = documents.with_columns(
        loading.ids("ledger_entry", documents.height).alias("entry_id"),
        company_id=pl.lit(company_id, dtype=pl.Int64),
        source=pl.lit(source),
    )
    accounts = account_ids(company_id, sides)
    postings = pl.concat(
        [
            entries.select(
                "company_id",
                "entry_id",
                "effective_on",
                "currency",
                account_id=pl.lit(accounts[code], dtype=pl.Int64),
                amount_minor=amount,
                party_id=party,
            )
            for code, (amount, party) in sides.items()
        ]
    ).filter(pl.col("amount_minor") != 0)
    with refused_by_the_books(entries["effective_on"][0]):
        loading.load(
            "ledger_entry",
            entries.select("company_id", "effective_on", "source", "source_id", "currency", id="entry_id"),
        )
        ids = loading.ids("ledger_posting", postings.height)
        loading.load("ledger_posting", postings.with_columns(ids.alias("id")))
