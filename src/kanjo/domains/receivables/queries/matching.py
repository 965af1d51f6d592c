"""What a matching looks at, as frames; receipts and items are locked in order of their ids."""

from __future__ import annotations

from datetime import date

import polars as pl

from kanjo.domains.receivables.rules.matching import FEES, ITEMS, NAMES, RECEIPTS
from kanjo.foundation.ids import CompanyId
from kanjo.platform.bulk.loading import read_frame


def lock_receipts(company_id: CompanyId, on: date) -> pl.DataFrame:
    """Lock and return what is left of receipts by *on*; what a person took back waits for a person."""
    return read_frame(
        """
        SELECT r.id, r.currency, b.left_minor, r.payer_name, r.text, r.value_on
        FROM receivables_receiptbalance b JOIN receivables_receipt r ON r.id = b.id
        WHERE b.company_id = %s AND b.left_minor <> 0 AND r.value_on <= %s AND NOT EXISTS (
            SELECT FROM receivables_allocation a WHERE a.receipt_id = r.id AND a.kind = 'reversal')
        ORDER BY b.id FOR UPDATE OF b
        """,
        [company_id, on],
        RECEIPTS,
    )


def open_items_on(company_id: CompanyId, on: date) -> pl.DataFrame:
    """Return what is open of the items issued by *on*, not locked."""
    return read_frame(
        """
        SELECT i.id, i.customer_id, i.currency, i.number, b.open_minor
        FROM receivables_itembalance b JOIN receivables_openitem i ON i.id = b.id
        WHERE b.company_id = %s AND b.open_minor <> 0 AND i.issued_on <= %s
        """,
        [company_id, on],
        ITEMS,
    )


def lock_items(items: pl.Series) -> pl.DataFrame:
    """Lock the items in order of their ids and return what is open of each now."""
    return read_frame(
        "SELECT id, open_minor FROM receivables_itembalance WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
        [items.to_list()],
        {"item_id": pl.Int64, "open_minor": pl.Int64},
    )


def known_names(company_id: CompanyId, customers: pl.Series) -> pl.DataFrame:
    """Return every name, reading and known payer name of the customers, one per row."""
    return read_frame(
        """
        SELECT c.id, spelled.name FROM customers_customer c,
            LATERAL (VALUES (c.name), (c.name_kana), (c.name_en)) AS spelled (name)
        WHERE c.id = ANY(%s) AND spelled.name <> ''
        UNION SELECT customer_id, name FROM receivables_payeralias WHERE company_id = %s AND customer_id = ANY(%s)
        """,
        [customers.to_list(), company_id, customers.to_list()],
        NAMES,
    )


def known_fees(company_id: CompanyId) -> pl.DataFrame:
    """Return the bank fees that the company's payers are known to deduct."""
    return read_frame(
        "SELECT currency, amount_minor FROM receivables_knownfee WHERE company_id = %s", [company_id], FEES
    )
