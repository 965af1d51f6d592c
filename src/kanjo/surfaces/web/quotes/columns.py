"""The columns of quotes, their lines, versions, planned invoices and approval path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count

from kanjo.domains.approvals.facts import PathStep
from kanjo.domains.billing.queries import OfferedInvoices
from kanjo.domains.quotes.facts import Offer, OfferLine, PlannedCharge, WaterfallStep
from kanjo.domains.quotes.queries import QuoteRow, VersionRow, waterfall
from kanjo.foundation.actors import ROLE_NAMES
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.coming import COMING, NONE
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.details import Column, Section, Table, amount
from kanjo.surfaces.web.shown import Derived, Explained, Link, percent, said

AT_LIST = Text(en="List price {listed} × {quantity}, {charge}.", ja="標準単価 {listed} × 数量 {quantity}（{charge}）")

DELIVERED = Text(en="once delivered", ja="検収後")
EXPECTED = Text(en="usage, expecting {units} per period", ja="従量分（期間ごとに{units}を想定）")
LEAST = Text(en="usage, whatever is used", ja="従量分の最低利用額")

INVOICES = Text(en="Invoices to come, with tax", ja="請求予定（税込）")
JOINED = Text(
    en="As this payer's lines are grouped, lines of other contracts may stand on the same invoices. They are not in"
    " these amounts; the tax is then rounded once on all of them.",
    ja="この請求先のまとめ方では、ほかの契約の明細が同じ請求書に載ることがあります。その分はここに含みません。税額の"
    "端数処理は、請求書全体で一度だけ行います。",
)
STOPPED = Text(en="This could not be invoiced: {cause}", ja="この内容では請求できません: {cause}")

QUOTES: tuple[Column[QuoteRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.number, "quote", row.id), order="number"),
    amount(labels.VERSION, lambda row: row.version),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
    Column(labels.OWNER, lambda row: row.drafted_by, order="owner"),
    Column(labels.VALID_UNTIL, lambda row: last_day(row.valid_until), order="valid_until"),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.total_minor, row.currency), "total"),
    Column(labels.STATE, lambda row: row.state, order="state"),
    Column(labels.STATE_SINCE, lambda row: row.state_on, order="state_on"),
)

VERSIONS: tuple[Column[VersionRow], ...] = (
    amount(labels.VERSION, lambda row: row.number),
    Column(labels.ON, lambda row: row.made_on),
    Column(labels.BY, lambda row: row.made_by),
    Column(Text(en="Sent on", ja="提示日"), lambda row: row.sent_on),
    Column(Text(en="To", ja="宛先"), lambda row: row.sent_to),
    Column(
        Text(en="Quotation", ja="見積書"),
        lambda row: Link(Text(en="PDF", ja="PDF"), "file", row.sent_file_id) if row.sent_file_id else None,
    ),
)

PATH: tuple[Column[PathStep], ...] = (
    Column(labels.TITLE, lambda step: step.item_name),
    Column(Text(en="Asks", ja="承認者"), lambda step: ROLE_NAMES[step.role] if step.role else None),
    Column(Text(en="Why", ja="理由"), lambda step: step.reason),
    amount(Text(en="Row of the matrix", ja="承認マトリックスの行"), lambda step: step.row),
)


def line_columns(currency: str) -> tuple[Column[OfferLine], ...]:
    """Return the columns of offered lines; each total opens the steps that lead to it."""
    places = count(1)
    return (
        Column(labels.PRODUCT, lambda line: _product(line, currency)),
        amount(labels.QUANTITY, lambda line: line.quantity),
        Column(labels.SERVICE, lambda line: line.service),
        amount(labels.LIST_PRICE, lambda line: Money(line.list_minor, currency)),
        Column(
            labels.NET_PRICE, lambda line: Explained(Money(line.net_minor, currency), line.terms.charge.shown), True
        ),
        Column(
            labels.TOTAL_BEFORE_TAX,
            lambda line: derived(line, currency, f"line-{next(places)}"),
            True,
        ),
    )


def _product(line: OfferLine, currency: str) -> object:
    """Return the product, with how its usage is priced."""
    named = Link(line.terms.name, "product", line.terms.product_id)
    return Explained(named, line.usage.said(currency)) if line.usage else named


def derived(line: OfferLine, currency: str, key: str) -> Derived:
    """Return the total of a line with the steps that lead to it from the list price."""
    total, listed = Money(line.total_minor, currency), told(Money(line.list_minor, currency))
    return Derived(
        key=key,
        value=total,
        title=line.terms.name,
        parts=[(_named(step), Money(step.change_minor, currency)) for step in waterfall(line)],
        because=AT_LIST.filled(listed=listed, quantity=f"{line.quantity:,}", charge=line.terms.charge.shown),
    )


def total_of(offer: Offer, total_minor: int) -> Derived:
    """Return the total that is kept of an offer, with its lines."""
    lines = [(line.terms.name, Money(line.total_minor, offer.currency)) for line in offer.lines]
    return Derived.sum_of("total", Money(total_minor, offer.currency), labels.TOTAL_BEFORE_TAX, lines)


def _named(step: WaterfallStep) -> str:
    share = f" {percent(step.share)}" if step.share is not None else ""
    return f"{said(step.name)}{share}"


def invoices_to_come(offered: OfferedInvoices, currency: str) -> Section:
    """Return the invoices that an offer would lead to, each with its tax, and their sums."""
    invoices = offered.invoices
    net = Money(sum(one.net.minor for one in invoices), currency)
    tax = Money(sum(one.tax.minor for one in invoices), currency)
    total = Money(net.minor + tax.minor, currency)
    empty = STOPPED.filled(cause=offered.stopped) if offered.stopped else NONE
    return Section(
        INVOICES,
        Table.of(COMING, invoices, ("", "", "", "", net, tax, total)),
        JOINED if offered.joined and invoices else None,
        empty,
    )


def charge_columns(currency: str) -> tuple[Column[PlannedCharge], ...]:
    """Return the columns of what the invoices to come charge."""
    return (
        Column(Text(en="Billed on", ja="請求日"), lambda charge: charge.billing_on),
        Column(labels.SERVICE, _covers),
        amount(labels.TOTAL_BEFORE_TAX, lambda charge: Money(charge.amount_minor, currency)),
    )


def _covers(charge: PlannedCharge) -> object:
    """Return the days of a charge, with what of usage it is."""
    if not charge.usage:
        return charge.service
    words = EXPECTED.filled(units=f"{charge.expected_units:,}") if charge.expected_units else LEAST
    return Explained(charge.service, words)


def charges_total(charges: Sequence[PlannedCharge], currency: str) -> tuple[object, ...]:
    """Return the last row of what they charge: the sum, with what usage costs at least."""
    return ("", "", Money(sum(charge.amount_minor for charge in charges), currency))


def earned_columns(currency: str) -> tuple[Column[tuple[date | None, int]], ...]:
    """Return the columns of the revenue to come, month by month."""
    return (
        Column(Text(en="Month", ja="計上月"), lambda month: f"{month[0]:%Y-%m}" if month[0] else DELIVERED),
        amount(labels.TOTAL_BEFORE_TAX, lambda month: Money(month[1], currency)),
    )
