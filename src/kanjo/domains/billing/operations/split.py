"""Splitting an issued invoice between payers: it is given back in full, and issued anew in parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from kanjo.domains.billing.facts import InvoiceSplit, ShareOfPayer
from kanjo.domains.billing.models import Account, Charge, Invoice, Split, SplitPart
from kanjo.domains.billing.operations.issue import drafted_for
from kanjo.domains.billing.operations.reverse import Asked, listed, lock_payers, read_invoices, read_lines
from kanjo.domains.billing.operations.sharing import refuse_unknown
from kanjo.domains.billing.operations.writing import Also, Issuing, write
from kanjo.domains.billing.queries.bill_to import read_bill_tos
from kanjo.domains.billing.queries.due import known_now, read_posted
from kanjo.domains.billing.queries.policies import agreed_roundings
from kanjo.domains.billing.queries.sharing import parts_of, read_new_payers, read_split_lines
from kanjo.domains.billing.rules.guards import InvoiceMissing
from kanjo.domains.billing.rules.invoicing import addressed, returned_in_full
from kanjo.domains.billing.rules.owed import numbered
from kanjo.domains.billing.rules.sharing import (
    AlreadySplit,
    NobodyPays,
    NotSplittable,
    SplitIsNone,
    SplitTooFine,
    lowest_terms,
    refuse_unshareable,
)
from kanjo.domains.billing.rules.splitting import again
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, InvoiceId, PolicyId
from kanjo.foundation.money import MINOR_MAX, Rounding
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.outbox.operations import record


@verb("billing.split-invoice", Role.RECEIVABLES)
def split_invoice(
    *,
    invoice_id: InvoiceId,
    shares: Sequence[ShareOfPayer],
    on: date,
    because: str,
    by: Actor,
    at: datetime,
    also: Also | None = None,
) -> tuple[InvoiceId, tuple[InvoiceId, ...]]:
    """Give an invoice back by a credit note and issue its lines anew, shared by *shares*; return note and parts.

    Before tax all stays to the yen, and the days stay billed; each document rounds its own tax. Refuses unfit
    shares, `NotFound` for a payer that is not there, `AlreadySplit`, `NotSplittable` where something was given back of
    it or by it, `SplitIsNone`, `SplitTooFine` and `PeriodLocked`. That nothing was paid of it is asked of receivables.
    """
    invoice = Invoice.objects.visible_to(by).filter(pk=invoice_id).first()
    if invoice is None:
        raise InvoiceMissing(key=invoice_id)
    refuse_unshareable(shares, because)
    if not shares:
        raise NobodyPays(at="shares")
    refuse_unknown(shares)
    if [share.payer_id for share in shares] == [invoice.payer_id]:
        raise SplitIsNone(number=invoice.number, at="shares")
    company = SellingCompany.objects.get(pk=invoice.company_id)
    for share in shares:
        Account.objects.get_or_create(company=company, payer_id=share.payer_id)
    asked = listed(CompanyId(company.pk), [invoice_id])
    lock_payers(asked)
    lines = read_split_lines(invoice_id)
    _refuse_split(invoice, lines)
    parts = _parts(lines, invoice, shares)
    parts = addressed(parts, read_bill_tos(CompanyId(company.pk), parts["payer_id"], on, known_now()))
    rows = numbered(pl.concat([_back(lines), parts], how="diagonal").lazy(), read_posted(lines["plan_id"].unique()))
    is_back = pl.col("credited_line_id").is_not_null()
    issuing = Issuing(company_id=CompanyId(company.pk), issued_on=on, loading=Live(), by=by, also=also)
    note = _note(asked, rows.filter(is_back), issuing)
    issued = write(drafted_for(company, rows.filter(~is_back), on, _agreed(lines)), issuing).sort("group")
    split = Split.objects.create(company=company, invoice=invoice, effective_on=on, because=because)
    for part, place in issued.select("id", "group").iter_rows():
        weight = shares[place].weight
        SplitPart.objects.create(company=company, split=split, position=place + 1, invoice_id=part, weight=weight)
    part_ids = tuple(InvoiceId(key) for key in issued["id"])
    told = InvoiceSplit(
        company_id=CompanyId(company.pk),
        effective_on=on,
        invoice_id=invoice_id,
        credit_note_id=note,
        part_ids=part_ids,
    )
    record(told, by=by, at=at)
    return note, part_ids


def _refuse_split(invoice: Invoice, lines: pl.DataFrame) -> None:
    """Refuse an invoice that was split, a document that gives something back, and one of which something was."""
    parts = parts_of(InvoiceId(invoice.pk))
    if parts:
        raise AlreadySplit(number=invoice.number, parts=", ".join(number for _, number in parts))
    given_back = Charge.objects.filter(credited_line_id__in=lines["line_id"].to_list()).exists()
    gives_back = invoice.original_id is not None or not lines["gives_back"].is_null().all()
    if given_back or gives_back or invoice.total_minor <= 0:
        raise NotSplittable(number=invoice.number)


def _back(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines as given back in full; the days stay with the charge that they are part of."""
    return lines.with_columns(-pl.col("net_minor", "price_minor"), credited_line_id="line_id").drop(
        "line_id", "gives_back"
    )


def _parts(lines: pl.DataFrame, invoice: Invoice, shares: Sequence[ShareOfPayer]) -> pl.DataFrame:
    """Return each line once for every payer, with the part of it that is the payer's."""
    weights = lowest_terms(shares)
    finest = lines["share_of"].fill_null(1).max()
    if isinstance(finest, int) and finest * sum(weights) > MINOR_MAX:
        raise SplitTooFine(number=invoice.number, at="shares")
    payers = read_new_payers([share.payer_id for share in shares])
    weighed = payers.with_columns(weight=pl.Series(weights, dtype=pl.Int64))
    return again(lines.drop("gives_back"), weighed).with_columns(
        currency=pl.lit(invoice.currency),
        payment_terms=pl.lit(invoice.payment_terms),
        # A part is one document, so it has one addressee: that of the contract by which the invoice goes.
        contract_id=pl.lit(invoice.order.contract_id, dtype=pl.Int64),
    )


def _agreed(lines: pl.DataFrame) -> dict[PolicyId, Rounding]:
    """Return how all policies of *lines* round tax: a part is one document, so nothing where only some say it."""
    agreed = agreed_roundings()
    return agreed if all(policy in agreed for policy in lines["policy"].unique()) else {}


def _note(asked: Asked, back: pl.DataFrame, issuing: Issuing) -> InvoiceId:
    charged = read_lines(asked)
    lines = back.drop(*(set(charged.columns) - {"charge_id"}), strict=False)
    invoices = read_invoices(asked)
    draft = returned_in_full(invoices, charged, lines.rename({"credited_line_id": "charge_id"}), issuing.issued_on)
    return InvoiceId(write(draft, issuing)["id"][0])
