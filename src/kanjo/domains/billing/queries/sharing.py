"""Reads of who bears what is billed: as agreed, as posted, and of which invoices were split."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

import polars as pl
from django.db import connection

from kanjo.domains.billing.facts import AgreedSharing, ShareOfPayer
from kanjo.domains.billing.models import Charge, Invoice, PayerShare, Sharing, Split, SplitPart
from kanjo.domains.billing.queries.issued_to import PRINTED_PAYER
from kanjo.domains.billing.rules import splitting
from kanjo.domains.billing.rules.invoicing import PAYER
from kanjo.domains.billing.rules.splitting import CARRIERS, NAMED, PAYER_SHARE, PAYERS, SHARINGS
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, InvoiceId
from kanjo.platform.bulk.reading import read_columns

_SHARINGS = """
SELECT id, contract_id, account_id, effective_on FROM billing_sharing
WHERE company_id = %(company_id)s AND recorded_at <= %(known_at)s ORDER BY id
"""
_PAYERS = f"""
SELECT s.sharing_id, s.position, s.weight, {PRINTED_PAYER}
FROM billing_payershare s JOIN billing_account a ON a.id = s.account_id JOIN customers_customer c ON c.id = a.payer_id
WHERE s.sharing_id = ANY(%(sharings)s)
"""  # noqa: S608 our own text
# The rows of a shared charge: its first line, and all that name it.
_CARRIERS = f"""
SELECT h.head, b.invoice_line_id, b.amount_minor + coalesce((
    SELECT sum(g.amount_minor) FROM billing_charge g WHERE g.credited_line_id = b.invoice_line_id), 0)::bigint,
    l.description, {PRINTED_PAYER}
FROM (SELECT DISTINCT plan_id, shared_line_id AS head FROM billing_charge WHERE shared_line_id = ANY(%(lines)s)) h
JOIN billing_charge b ON b.plan_id = h.plan_id AND b.credited_line_id IS NULL
    AND coalesce(b.shared_line_id, b.invoice_line_id) = h.head
JOIN billing_invoiceline l ON l.id = b.invoice_line_id JOIN billing_invoice i ON i.id = b.invoice_id
JOIN customers_customer c ON c.id = i.payer_id
ORDER BY h.head, b.invoice_line_id
"""  # noqa: S608 our own text
_NEW_PAYERS = f"SELECT {PRINTED_PAYER} FROM customers_customer c WHERE c.id = ANY(%(payers)s)"  # noqa: S608 our own text
# All that an invoice charged, as it was posted; what it gave back names its line.
_LINES = """
SELECT l.id, c.credited_line_id, l.plan_id, p.account_id, p.customer_id, p.order_id, coalesce(c.shared_line_id, l.id),
    l.quantity, l.service_start, l.service_until, c.whole_start, c.whole_until, l.price_minor, p.above_minor,
    l.day_from, l.day_until, l.period_days, l.net_minor, l.share_from, l.share_until, l.share_of, l.tax_class,
    l.rate_numerator, l.rate_denominator, l.policy, p.description_en, p.description_ja
FROM billing_invoiceline l JOIN billing_plan p ON p.id = l.plan_id
JOIN billing_charge c ON c.plan_id = l.plan_id AND c.invoice_line_id = l.id
WHERE l.invoice_id = %(invoice)s ORDER BY l.position
"""
_LINE: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("line_id", "gives_back", "plan_id", "account_id", "customer_id", "order_id"), pl.Int64),
    **dict.fromkeys(("head_line_id", "quantity"), pl.Int64),
    **dict.fromkeys(("service_start", "service_until", "whole_start", "whole_until"), pl.Date),
    **dict.fromkeys(
        ("price_minor", "above_minor", "day_from", "day_until", "period_days", "net_minor", *PAYER_SHARE), pl.Int64
    ),
    "tax_class": pl.String,
    **dict.fromkeys(("rate_numerator", "rate_denominator", "policy"), pl.Int64),
    **dict.fromkeys(("description_en", "description_ja"), pl.String),
}
_NAMED = "SELECT id, description_en, description_ja FROM billing_plan WHERE id = ANY(%(plans)s)"
_TOGETHER = """
WITH RECURSIVE together (id) AS (
    SELECT unnest(%(invoices)s::bigint[])
    UNION
    SELECT s.invoice_id FROM together t JOIN billing_invoiceline l ON l.invoice_id = t.id
    JOIN billing_charge c ON c.plan_id = l.plan_id AND c.invoice_line_id = l.id AND c.credited_line_id IS NULL
    JOIN billing_charge s ON s.plan_id = c.plan_id AND s.credited_line_id IS NULL
        AND coalesce(s.shared_line_id, s.invoice_line_id) = coalesce(c.shared_line_id, c.invoice_line_id)
)
SELECT id FROM together ORDER BY id
"""


def read_sharing(company_id: CompanyId, charges: pl.DataFrame, known_at: datetime) -> splitting.Sharing:
    """Return who shares *charges* as recorded by *known_at*, and who was charged what they give back.

    One read where nobody shares and nothing is given back.
    """
    asked = {"company_id": company_id, "known_at": known_at}
    sharings = read_columns(_SHARINGS, asked, SHARINGS)
    for key in ("contract_id", "account_id") if sharings.height else ():
        sharings = sharings.filter(pl.col(key).is_null() | pl.col(key).is_in(charges[key].implode()))
    return splitting.Sharing(
        sharings,
        _payers(sharings["sharing_id"].to_list()),
        read_carriers(charges["credited_line_id"].drop_nulls().to_list()),
        _named(charges["plan_id"].unique().to_list() if sharings.height else []),
    )


def read_carriers(heads: Collection[int]) -> pl.DataFrame:
    """Return the lines that carry those of the charges of *heads* that are shared, with what is left of each."""
    return read_columns(_CARRIERS, {"lines": list(heads)}, CARRIERS) if heads else pl.DataFrame(schema=CARRIERS)


def read_split_lines(invoice_id: InvoiceId) -> pl.DataFrame:
    """Return the lines of an invoice with their charges, all of them counted by the first line of each charge."""
    lines = read_columns(_LINES, {"invoice": invoice_id}, _LINE)
    return lines.with_columns(beside=pl.lit(value=True), shared_row=pl.int_range(pl.len(), dtype=pl.Int64))


def read_new_payers(payer_ids: Sequence[CustomerId]) -> pl.DataFrame:
    """Return payers as they are printed, in the order given."""
    rows = read_columns(_NEW_PAYERS, {"payers": list(payer_ids)}, PAYER)
    ordered = pl.DataFrame({"payer_id": pl.Series(list(payer_ids), dtype=pl.Int64)})
    return ordered.join(rows, on="payer_id", maintain_order="left")


def any_is_shared() -> bool:
    """Return whether anything was ever billed to several payers."""
    return Charge.objects.filter(shared_line_id__isnull=False).exists()


def billed_together(invoice_ids: Collection[int]) -> list[int]:
    """Return the invoices and all that share a charge with one of them, or with one that does, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"invoices": list(invoice_ids)})
        return [key for (key,) in cursor.fetchall()]


def sharing_of(
    company_id: CompanyId, on: date, *, contract_id: ContractId | None = None, payer_id: CustomerId | None = None
) -> AgreedSharing | None:
    """Return what is agreed for a contract, or for all that a payer pays, on a day; None where nothing was ever."""
    asked = Sharing.objects.filter(company_id=company_id, effective_on__lte=on)
    asked = asked.filter(contract_id=contract_id) if contract_id else asked.filter(account__payer_id=payer_id)
    found = asked.order_by("-effective_on", "-id").first()
    return None if found is None else _agreed([found])[0]


def list_sharings(
    company_id: CompanyId, *, contract_id: ContractId | None = None, payer_id: CustomerId | None = None
) -> list[AgreedSharing]:
    """Return all that was ever agreed for a contract, or for all that a payer pays, the latest day first."""
    asked = Sharing.objects.filter(company_id=company_id)
    asked = asked.filter(contract_id=contract_id) if contract_id else asked.filter(account__payer_id=payer_id)
    return _agreed(list(asked.order_by("-effective_on", "-id")))


def parts_of(invoice_id: InvoiceId) -> list[tuple[InvoiceId, str]]:
    """Return the invoices, with their numbers, that took the place of one that was split."""
    parts = SplitPart.objects.filter(split__invoice_id=invoice_id).order_by("position")
    return [(InvoiceId(key), number) for key, number in parts.values_list("invoice_id", "invoice__number")]


def split_from(invoice_id: InvoiceId) -> tuple[InvoiceId, str] | None:
    """Return the invoice, with its number, of which this one is a part, or None."""
    found = Split.objects.filter(parts__invoice_id=invoice_id).values_list("invoice_id", "invoice__number").first()
    return None if found is None else (InvoiceId(found[0]), found[1])


def shared_with(invoice_id: InvoiceId, actor: Actor) -> list[tuple[InvoiceId, str]]:
    """Return the other invoices of the actor's companies, with their numbers, that bear the rest of its charges.

    What was given back in full, as an invoice that was split, bears nothing.
    """
    together = billed_together([invoice_id]) if any_is_shared() else []
    rows = Invoice.objects.visible_to(actor).filter(pk__in=together, original=None, credit_notes=None).order_by("pk")
    bearing = {InvoiceId(key): number for key, number in rows.values_list("pk", "number")}
    return [one for one in bearing.items() if one[0] != invoice_id] if invoice_id in bearing else []


def _payers(sharings: list[int]) -> pl.DataFrame:
    return read_columns(_PAYERS, {"sharings": sharings}, PAYERS) if sharings else pl.DataFrame(schema=PAYERS)


def _named(plans: list[int]) -> pl.DataFrame:
    if not plans:
        return pl.DataFrame(schema=NAMED)
    rows = read_columns(_NAMED, {"plans": plans}, {"plan_id": pl.Int64, "en": pl.String, "ja": pl.String})
    return rows.unpivot(["en", "ja"], index="plan_id", variable_name="language", value_name="named").select(*NAMED)


def _agreed(rows: list[Sharing]) -> list[AgreedSharing]:
    shares = PayerShare.objects.filter(sharing__in=rows).order_by("position")
    found: dict[int, list[ShareOfPayer]] = {}
    for sharing, payer, weight in shares.values_list("sharing_id", "account__payer_id", "weight"):
        found.setdefault(sharing, []).append(ShareOfPayer(CustomerId(payer), weight))
    return [
        AgreedSharing(
            effective_on=row.effective_on,
            shares=tuple(found.get(row.pk, ())),
            because=row.because,
            contract_id=ContractId(row.contract_id) if row.contract_id else None,
        )
        for row in rows
    ]
