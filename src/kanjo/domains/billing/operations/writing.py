"""Writing issued documents: every row of them by columns, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import InvoiceIssued
from kanjo.domains.billing.rules.invoicing import Drafted
from kanjo.domains.billing.rules.splitting import PAYER_SHARE
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.platform.bulk.loading import Live, Loading, copy_in
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.loading import TABLES as LEDGER_TABLES
from kanjo.platform.ledger.loading import load_entries
from kanjo.platform.numbering.loading import take_numbers
from kanjo.platform.outbox.loading import TABLE as FACT_TABLE
from kanjo.platform.outbox.loading import load_facts

TABLES = ("billing_invoice", "billing_invoiceline", "billing_invoicetax", *LEDGER_TABLES, FACT_TABLE)
"""What a staged run prepares and settles, in this order."""

CHARGES, STEPS = "billing_charge", "billing_chargestep"

Also = Callable[[pl.DataFrame, Loading], None]
"""What else is written with issued documents, in their transaction: called with `as_open_items` and the loading."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series of document numbers."""

    kind: str
    prefix: str


INVOICES = Series("invoice", "INV")
CREDIT_NOTES = Series("credit-note", "CN")
"""A document in the payer's favour is a credit note, whatever it came from."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues what in which way; *also* writes what belongs to others in the same transaction."""

    company_id: CompanyId
    issued_on: date
    loading: Loading
    by: Actor
    run_id: RunId | None = None
    also: Also | None = None


_HEADER = (
    "payer_id",
    "customer_id",
    "order_id",
    "original_id",
    "currency",
    "payment_terms",
    "issued_on",
    "due_on",
    "supplied_from",
    "supplied_until",
    "net_minor",
    "tax_minor",
    "total_minor",
    "tax_rounding",
    "payer_name",
    "payer_address",
    "department",
    "attention",
    "language",
    "issuer_name",
    "issuer_address",
    "registration_number",
    "bank_account",
)
_LINE = (
    "position",
    "plan_id",
    "description",
    "quantity",
    "service_start",
    "service_until",
    "price_minor",
    "day_from",
    "day_until",
    "period_days",
    "net_minor",
    "tax_class",
    "rate_numerator",
    "rate_denominator",
    "policy",
)
_TOLD = (
    "customer_id",
    "payer_id",
    "order_id",
    "original_id",
    "currency",
    "net_minor",
    "tax_minor",
    "total_minor",
)
_TAX = (
    "tax_class",
    "rate_numerator",
    "rate_denominator",
    "net_minor",
    "tax_minor",
    "own_minor",
)


def write(drafted: Drafted, issuing: Issuing) -> pl.DataFrame:
    """Write drafted documents with lines, taxes, charges, postings, facts and numbers; return the documents.

    Numbers come last: their counter is locked for the shortest time, and nothing that fails costs one.
    """
    loading = issuing.loading
    ids = loading.ids("billing_invoice", drafted.invoices.height)
    invoices = drafted.invoices.with_columns(ids.alias("id"))
    _write_lines(drafted.lines.with_columns(ids.gather(drafted.lines["draft"]).alias("invoice_id")), issuing)
    taxes = drafted.taxes.with_columns(
        ids.gather(drafted.taxes["draft"]).alias("invoice_id"),
        loading.ids("billing_invoicetax", drafted.taxes.height).alias("id"),
    )
    loading.load("billing_invoicetax", taxes.select("id", "invoice_id", *_TAX))
    _post(invoices, issuing)
    return _write_invoices(invoices, issuing)


def _write_lines(lines: pl.DataFrame, issuing: Issuing) -> None:
    numbered = lines.with_columns(issuing.loading.ids("billing_invoiceline", lines.height).alias("id"))
    are_shared = "share_of" in numbered.columns
    issuing.loading.load(
        "billing_invoiceline", numbered.select("id", "invoice_id", *_LINE, *(PAYER_SHARE if are_shared else ()))
    )
    # Charges always go live: from this shard's commit on, nobody can bill the same period again.
    copy_in(
        CHARGES,
        numbered.select(
            "plan_id",
            "service_start",
            "sequence",
            "service_until",
            "whole_start",
            "whole_until",
            "price_minor",
            "quantity",
            "invoice_id",
            "credited_line_id",
            **(_beside() if are_shared else {}),
            amount_minor="net_minor",
            invoice_line_id="id",
            effective_on=pl.lit(issuing.issued_on),
        ),
    )
    if "steps" in numbered.columns:
        counted = ~pl.col("beside") if are_shared else pl.lit(value=True)
        _write_steps(numbered.filter(pl.col("credited_line_id").is_null(), counted).drop_nulls("steps"))


def _beside() -> dict[str, pl.Expr]:
    """Return whose days the rows of several payers are: those of the first line of their charge, counted once."""
    counted = pl.col("id").filter(~pl.col("beside")).first().over("shared_row")
    is_part = pl.col("share_of").is_not_null()
    head = pl.when(is_part & (pl.col("beside") | pl.col("credited_line_id").is_not_null())).then(counted)
    return {"shared_line_id": pl.coalesce("head_line_id", head), "beside": pl.col("beside")}


def _write_steps(lines: pl.DataFrame) -> None:
    """Write how what is charged of usage came about; it goes live with the charge."""
    charge = ("plan_id", "service_start", "sequence")
    steps = lines.select(*charge, "steps").explode("steps").unnest("steps")
    position = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(charge)
    numbered = steps.with_columns(Live().ids(STEPS, steps.height).alias("id"), position=position)
    copy_in(STEPS, numbered)


def _post(invoices: pl.DataFrame, issuing: Issuing) -> None:
    nobody = pl.lit(None, dtype=pl.Int64)
    load_entries(
        invoices.with_columns(source_id="id", effective_on=pl.lit(issuing.issued_on)),
        {
            AccountCode.RECEIVABLE: (pl.col("total_minor"), pl.col("payer_id")),
            AccountCode.CONTRACT_LIABILITY: (-pl.col("net_minor"), pl.col("customer_id")),
            AccountCode.TAX_PAYABLE: (-pl.col("tax_minor"), nobody),
        },
        company_id=issuing.company_id,
        source="billing_invoice",
        loading=issuing.loading,
    )


def _write_invoices(drafts: pl.DataFrame, issuing: Issuing) -> pl.DataFrame:
    in_favour = drafts["total_minor"] < 0
    numbers = [
        take_numbers(
            company_id=issuing.company_id,
            kind=series.kind,
            prefix=series.prefix,
            on=issuing.issued_on,
            subjects=documents["id"],
        )
        for series, documents in ((INVOICES, drafts.filter(~in_favour)), (CREDIT_NOTES, drafts.filter(in_favour)))
        if documents.height
    ]
    invoices = pl.concat([drafts.filter(~in_favour), drafts.filter(in_favour)]).with_columns(
        pl.concat(numbers).alias("number"),
        company_id=pl.lit(issuing.company_id, dtype=pl.Int64),
        run_id=pl.lit(issuing.run_id, dtype=pl.Int64),
    )
    issuing.loading.load("billing_invoice", invoices.select("id", "company_id", "number", "run_id", *_HEADER))
    _tell(invoices, issuing)
    if issuing.also:
        issuing.also(as_open_items(invoices), issuing.loading)
    return invoices


def counted(invoices: pl.DataFrame) -> dict[str, int]:
    """Return how many documents and lines there are, and their totals by currency."""
    sums = invoices.group_by("currency").agg(pl.col("net_minor", "tax_minor", "total_minor").sum()).sort("currency")
    return {
        "invoices": invoices.height,
        "lines": int(invoices["lines"].sum()),
        **{
            f"{name}_{row['currency']}": row[f"{name}_minor"]
            for row in sums.iter_rows(named=True)
            for name in ("net", "tax", "total")
        },
    }


def as_open_items(invoices: pl.DataFrame) -> pl.DataFrame:
    """Return issued documents as receivables take them: what the payer owes, a credit note negative.

    *orders* are those of its lines, of a credit note that of its original.
    """
    orders = "orders" if "orders" in invoices.columns else pl.concat_list("order_id").alias("orders")
    return invoices.select(
        "number",
        orders,
        "currency",
        "issued_on",
        "due_on",
        invoice_id="id",
        customer_id="payer_id",
        amount_minor="total_minor",
    )


def _tell(invoices: pl.DataFrame, issuing: Issuing) -> None:
    facts = invoices.select(
        "company_id",
        pl.col("issued_on").alias("effective_on"),
        pl.col("id").alias("invoice_id"),
        "number",
        *_TOLD,
        "issued_on",
        "due_on",
    )
    load_facts(
        facts,
        kind=InvoiceIssued.kind,
        subject="invoice_id",
        company_id=issuing.company_id,
        by=issuing.by,
        loading=issuing.loading,
    )
