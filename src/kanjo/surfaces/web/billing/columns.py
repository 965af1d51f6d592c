"""The columns of invoices, their lines and taxes."""

from __future__ import annotations

from kanjo.domains.billing.queries import InvoiceLineRow, InvoiceRow, InvoiceTaxRow, SendingRow
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Explained, Link, State, said

_CREDIT = State(Text(en="Credit note", ja="返還請求書"), "warn")
_CREDITED = State(Text(en="Given back", ja="返還済み"), "quiet")
_SENT = State(Text(en="Sent", ja="送付済み"), "ok")
_ISSUED = State(Text(en="Issued", ja="発行済み"), "info")
_WRONG = Text(en="The amount does not follow from the facts.", ja="金額が計算根拠と一致しません。")


def state_of(row: InvoiceRow) -> State:
    """Return where an invoice stands."""
    if row.original_id is not None:
        return _CREDIT
    if row.credited:
        return _CREDITED
    return _SENT if row.sent else _ISSUED


INVOICES: tuple[Column[InvoiceRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.number, "invoice", row.id), order="number"),
    Column(Text(en="Pays", ja="請求先"), lambda row: Link(row.payer_name, "customer", row.payer_id), order="payer"),
    Column(labels.ISSUED_ON, lambda row: row.issued_on, order="issued_on"),
    Column(labels.DUE_ON, lambda row: row.due_on, order="due_on"),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net, "net"),
    amount(labels.TAX, lambda row: row.tax, "tax"),
    amount(labels.TOTAL, lambda row: row.total, "total"),
    Column(labels.STATE, state_of),
)

LINES: tuple[Column[InvoiceLineRow], ...] = (
    amount(Text(en="No.", ja="行"), lambda line: line.position),
    Column(labels.TITLE, lambda line: line.description),
    amount(labels.QUANTITY, lambda line: line.quantity),
    Column(labels.SERVICE, lambda line: line.service),
    Column(labels.TAX_RATE, lambda line: Explained(line.rate, line.tax_class.shown), number=True),
    Column(labels.TOTAL_BEFORE_TAX, lambda line: Explained(line.net, _derived(line)), number=True),
)

TAXES: tuple[Column[InvoiceTaxRow], ...] = (
    Column(labels.TAX_CLASS, lambda row: row.tax_class.shown),
    Column(labels.TAX_RATE, lambda row: row.rate, number=True),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
    amount(labels.TAX, lambda row: row.tax),
)

SENDINGS: tuple[Column[SendingRow], ...] = (
    Column(Text(en="Sent on", ja="送付日"), lambda row: row.sent_on),
    Column(
        Text(en="As it was sent", ja="送付した請求書"), lambda row: Link(Text(en="PDF", ja="PDF"), "file", row.file_id)
    ),
    Column(labels.RECORDED, lambda row: row.recorded_at),
)


def _derived(line: InvoiceLineRow) -> str:
    """Return how the amount came about, recomputed; or that it does not follow."""
    return said(line.derivation.sentence if line.derivation.holds else _WRONG)
