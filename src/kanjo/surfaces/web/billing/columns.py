"""The columns of invoices, their lines and taxes."""

from __future__ import annotations

from kanjo.domains.billing.queries import InvoiceLineRow, InvoiceRow, InvoiceTaxRow, InvoiceView, SendingRow
from kanjo.foundation.money import Rounding
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.links import link_shown
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Derived, Explained, Link, State

_CREDIT = State(Text(en="Credit note", ja="返還請求書"), "warn")
_CREDITED = State(Text(en="Credited", ja="返還済み"), "quiet")
_SENT = State(Text(en="Sent", ja="送付済み"), "ok")
_ISSUED = State(Text(en="Issued", ja="発行済み"), "info")
TAX_AT = Text(en="{rate} of {of}", ja="{of} × {rate}")
TIMES = Text(en="× rate", ja="× 税率")
ONCE = Text(
    en="Tax is rounded once per rate and invoice: {rounding}.",
    ja="消費税は請求書ごと・税率ごとに1回だけ端数処理します（{rounding}）。",
)
FACTS = Text(
    en="{sentence} Quantity {quantity}; billing policy number {policy}.",
    ja="{sentence} 数量 {quantity}、請求計算の規則 番号{policy}。",
)
_WRONG = Text(en="The amount does not follow from the facts.", ja="金額が計算根拠と一致しません。")


def state_of(row: InvoiceRow) -> State:
    """Return where an invoice stands."""
    if row.is_credit:
        return _CREDIT
    if row.credited:
        return _CREDITED
    return _SENT if row.sent else _ISSUED


INVOICES: tuple[Column[InvoiceRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.number, "invoice", row.id), order="number"),
    Column(Text(en="Payer", ja="請求先"), lambda row: Link(row.payer_name, "customer", row.payer_id), order="payer"),
    Column(labels.ISSUED_ON, lambda row: row.issued_on, order="issued_on"),
    Column(labels.DUE_ON, lambda row: row.due_on, order="due_on"),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net, "net"),
    amount(labels.TAX, lambda row: row.tax, "tax"),
    amount(labels.TOTAL, lambda row: row.total, "total"),
    Column(labels.STATE, state_of),
)


def _derived(line: InvoiceLineRow) -> object:
    """Return the amount with how it came about, recomputed; where it does not follow, that stands below it."""
    by = line.derivation
    derived = Derived(
        key=f"line-{line.position}",
        value=line.net,
        title=Text(en=line.description, ja=line.description),
        recomputed=by.recomputed,
        worked=by.steps,
        because=FACTS.filled(
            sentence=by.sentence if by.holds else _WRONG, quantity=f"{line.quantity:,}", policy=line.policy
        ),
    )
    return derived if by.holds else Explained(derived, _WRONG)


def _taxed(row: InvoiceTaxRow, rounding: Rounding) -> Derived:
    recomputed = row.rate.of(row.net, rounding)
    return Derived(
        key=f"tax-{row.tax_class.value}",
        value=row.tax,
        title=TAX_AT.filled(rate=row.rate.shown(), of=told(row.net)),
        recomputed=recomputed,
        worked=((labels.TOTAL_BEFORE_TAX, row.net), (TIMES, row.rate), (rounding.shown, recomputed)),
        because=ONCE.filled(rounding=rounding.shown),
    )


def _named(line: InvoiceLineRow) -> object:
    """Return the line leading to its page, and what it gives back of which invoice."""
    link = Link(line.description, "invoice-line", line.id)
    back = line.gives_back
    return Explained(link, BACK.filled(number=back.number)) if back else link


BACK = Text(en="Given back of {number}", ja="{number} の返還")
LINES: tuple[Column[InvoiceLineRow], ...] = (
    amount(Text(en="No.", ja="行"), lambda line: line.position),
    Column(labels.TITLE, _named),
    amount(labels.QUANTITY, lambda line: line.quantity),
    Column(labels.SERVICE, lambda line: line.service),
    Column(labels.TAX_RATE, lambda line: Explained(line.rate, line.tax_class.shown), number=True),
    Column(labels.TOTAL_BEFORE_TAX, _derived, number=True),
)


def tax_columns(rounding: Rounding) -> tuple[Column[InvoiceTaxRow], ...]:
    """Return the columns of the tax by rate; each amount of tax says how it came about."""
    return (
        Column(labels.TAX_CLASS, lambda row: row.tax_class.shown),
        Column(labels.TAX_RATE, lambda row: row.rate, number=True),
        amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
        Column(labels.TAX, lambda row: _taxed(row, rounding), number=True),
    )


def totals(view: InvoiceView) -> tuple[Derived, Derived, Derived]:
    """Return the total before tax, the tax and the total of an invoice, each with what adds up to it."""
    row = view.row
    lines = [(line.description, line.net) for line in view.lines]
    taxes = [(TAX_AT.filled(rate=tax.rate.shown(), of=told(tax.net)), tax.tax) for tax in view.taxes]
    both = [(labels.TOTAL_BEFORE_TAX, row.net), (labels.TAX, row.tax)]
    return (
        Derived.sum_of("net", row.net, labels.TOTAL_BEFORE_TAX, lines),
        Derived.sum_of("tax", row.tax, labels.TAX, taxes, ONCE.filled(rounding=view.tax_rounding.shown)),
        Derived.sum_of("total", row.total, labels.TOTAL, both),
    )


SENDINGS: tuple[Column[SendingRow], ...] = (
    Column(Text(en="Sent on", ja="送付日"), lambda row: row.sent_on),
    Column(labels.STATE, lambda row: row.outcome.shown),
    Column(Text(en="Corrected invoice", ja="修正請求書"), lambda row: row.corrected),
    Column(Text(en="By", ja="送付方法"), lambda row: row.channel.shown),
    Column(Text(en="To", ja="送付先"), lambda row: row.recipient),
    Column(Text(en="Download link", ja="ダウンロードリンク"), link_shown),
    Column(Text(en="First sent on", ja="初回送付日"), lambda row: row.first_on),
    Column(
        Text(en="As it was sent", ja="送付した請求書"), lambda row: Link(Text(en="PDF", ja="PDF"), "file", row.file_id)
    ),
    Column(labels.BY, lambda row: row.sent_by),
    Column(labels.RECORDED, lambda row: row.recorded_at),
)
