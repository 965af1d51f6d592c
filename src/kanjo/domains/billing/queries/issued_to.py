"""To whom plans are invoiced: what an invoice copies of payer and order, read for those plans that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kanjo.domains.billing.rules.invoicing import PAYER
from kanjo.platform.bulk.reading import as_text, read_columns

if TYPE_CHECKING:
    from kanjo.foundation.ids import CompanyId

ISSUED_TO: dict[str, type[pl.DataType]] = {
    "account_id": pl.Int64,
    "contract_id": pl.Int64,
    "order_id": pl.Int64,
    "po_number": pl.String,
    "customer_id": pl.Int64,
    "payer_id": pl.Int64,
    "payment_terms": pl.String,
    "description": pl.String,
    "tax_class": pl.String,
    "payer_name": pl.String,
    "payer_address": pl.String,
    "language": pl.String,
}
"""What an invoice says beside the terms of its lines."""

NAMED: dict[str, type[pl.DataType]] = {
    "account_id": pl.Int64,
    "contract_id": pl.Int64,
    "order_id": pl.Int64,
    "customer_id": pl.Int64,
    "payment_terms": pl.String,
    "description_ja": pl.String,
    "description_en": pl.String,
    "tax_class": pl.String,
}
"""What a plan itself says of that."""

PRINTED_PAYER = """c.id, CASE WHEN c.language <> 'ja' AND c.name_en <> '' THEN c.name_en ELSE c.name END, c.address,
       c.language"""
"""What is copied of a payer (`PAYER`), of customers_customer c: the name is that of its language."""
_PAYER: dict[str, type[pl.DataType]] = {"account_id": pl.Int64, **PAYER}
_PAYERS = f"""
SELECT a.id, {PRINTED_PAYER}
FROM billing_account a JOIN customers_customer c ON c.id = a.payer_id
WHERE a.company_id = %(company_id)s AND a.id IN (SELECT unnest(string_to_array(%(ids)s, ',')::bigint[]))
"""  # noqa: S608 our own text
_ORDERS = "SELECT id, po_number FROM orders_order WHERE id IN (SELECT unnest(string_to_array(%(ids)s, ',')::bigint[]))"
_CUSTOMERS = "SELECT id FROM customers_customer WHERE id IN (SELECT unnest(string_to_array(%(ids)s, ',')::bigint[]))"


def with_parties(plans: pl.DataFrame, company_id: CompanyId) -> pl.DataFrame:
    """Return *plans*, which have `NAMED`, with `ISSUED_TO` in their place.

    No plan is lost: the id of a payer, customer or order that is not there is null.
    """
    payers = _read(_PAYERS, plans["account_id"], _PAYER, company_id)
    orders = _read(_ORDERS, plans["order_id"], {"order_id": pl.Int64, "po_number": pl.String}, company_id)
    # Most customers pay for themselves: only the others are looked for.
    others = plans.join(payers, left_on="customer_id", right_on="payer_id", how="anti")["customer_id"]
    customers = pl.concat(
        [payers["payer_id"], _read(_CUSTOMERS, others, {"payer_id": pl.Int64}, company_id)["payer_id"]]
    )
    japanese = pl.col("language") == "ja"
    return (
        plans.join(payers, on="account_id", how="left", maintain_order="left")
        .join(orders.with_columns(found="order_id"), on="order_id", how="left", maintain_order="left")
        .with_columns(
            order_id="found",
            customer_id=pl.when(pl.col("customer_id").is_in(customers.unique().implode())).then("customer_id"),
            description=pl.when(japanese).then("description_ja").otherwise("description_en"),
        )
        .drop("found", "description_ja", "description_en")
    )


def _read(query: str, ids: pl.Series, schema: dict[str, type[pl.DataType]], company_id: CompanyId) -> pl.DataFrame:
    if ids.is_empty():
        return pl.DataFrame(schema=schema)
    return read_columns(query, {"company_id": company_id, "ids": as_text(ids.unique())}, schema)
