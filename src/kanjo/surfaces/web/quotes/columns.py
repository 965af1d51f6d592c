"""The columns of quotes, their lines, versions, planned invoices and approval path."""

from __future__ import annotations

from kanjo.domains.approvals.facts import PathStep
from kanjo.domains.quotes.facts import OfferLine, PlannedCharge, WaterfallStep
from kanjo.domains.quotes.queries import QuoteRow, VersionRow, waterfall
from kanjo.foundation.actors import ROLE_NAMES
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Explained, Link, language, percent, said

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
    """Return the columns of offered lines; each price says how it came about."""
    return (
        Column(labels.PRODUCT, lambda line: Link(line.terms.name, "product", line.terms.product_id)),
        amount(labels.QUANTITY, lambda line: line.quantity),
        Column(labels.SERVICE, lambda line: line.service),
        amount(labels.LIST_PRICE, lambda line: Money(line.list_minor, currency)),
        Column(
            labels.NET_PRICE, lambda line: Explained(Money(line.net_minor, currency), line.terms.charge.shown), True
        ),
        Column(
            labels.TOTAL_BEFORE_TAX,
            lambda line: Explained(Money(line.total_minor, currency), derivation(line, currency)),
            True,
        ),
    )


def derivation(line: OfferLine, currency: str) -> str:
    """Return the steps from the list price to the total in one line of words."""
    return " → ".join(_step(step, currency) for step in waterfall(line))


def _step(step: WaterfallStep, currency: str) -> str:
    share = f" {percent(step.share)}" if step.share is not None else ""
    return f"{said(step.name)}{share} {Money(step.result_minor, currency).shown(language())}"


def charge_columns(currency: str) -> tuple[Column[PlannedCharge], ...]:
    """Return the columns of the invoices to come."""
    return (
        Column(Text(en="Billed on", ja="請求日"), lambda charge: charge.billing_on),
        Column(labels.SERVICE, lambda charge: charge.service),
        amount(labels.TOTAL_BEFORE_TAX, lambda charge: Money(charge.amount_minor, currency)),
    )
