"""The sums of a document, and in which currency they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext

from kanjo.connectors.peppol.checks.places import HEAD, TOTALS, every_allowance, numbered
from kanjo.connectors.peppol.checks.taxes import EXACT, YEN
from kanjo.connectors.peppol.documents import PintInvoice, Totals
from kanjo.connectors.peppol.faults import Fault, fault
from kanjo.connectors.peppol.ubl import Amount

CENT = Decimal("0.01")
REQUIRED = (
    ("ibr-012", "lines", "LineExtensionAmount"),
    ("ibr-013", "net", "TaxExclusiveAmount"),
    ("ibr-014", "gross", "TaxInclusiveAmount"),
    ("ibr-015", "payable", "PayableAmount"),
)
SHORT = (
    ("ibr-091", "payable", "PayableAmount"),
    ("ibr-121", "allowances", "AllowanceTotalAmount"),
    ("ibr-122", "charges", "ChargeTotalAmount"),
    ("ibr-123", "net", "TaxExclusiveAmount"),
    ("ibr-125", "gross", "TaxInclusiveAmount"),
)


def of_currencies(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is wrong with the currencies."""
    taxed_in = invoice.tax_currency
    if taxed_in and taxed_in != YEN:
        yield fault("aligned-ibr-jp-05", f"{HEAD}/cbc:TaxCurrencyCode", found=taxed_in)
    if taxed_in and taxed_in == invoice.currency:
        yield fault("ibr-077", f"{HEAD}/cbc:TaxCurrencyCode")
    by_currency = {total.tax.currency: total.tax.value for total in invoice.taxes if total.tax}
    if taxed_in and taxed_in not in by_currency:
        yield fault("ibr-053", f"{HEAD}/cac:TaxTotal", currency=taxed_in)
    elif taxed_in and by_currency[taxed_in] * by_currency.get(invoice.currency, Decimal()) < 0:
        yield fault("ibr-084", f"{HEAD}/cac:TaxTotal")
    for place, amount in _amounts(invoice):
        if amount and amount.currency != invoice.currency:
            yield fault("ibr-126", f"{place}/@currencyID", found=amount.currency, expected=invoice.currency)


def _amounts(invoice: PintInvoice) -> Iterator[tuple[str, Amount | None]]:
    """Yield the amounts that are in the currency of the document."""
    totals = invoice.totals or Totals()
    for name, element in {name: element for _, name, element in (*REQUIRED, *SHORT)}.items():
        yield f"{TOTALS}/cbc:{element}", getattr(totals, name)
    yield f"{TOTALS}/cbc:PrepaidAmount", totals.paid
    yield f"{TOTALS}/cbc:PayableRoundingAmount", totals.rounding
    for place, line in numbered(f"{HEAD}/cac:InvoiceLine", invoice.lines):
        yield f"{place}/cbc:LineExtensionAmount", line.net
        yield f"{place}/cac:Price/cbc:PriceAmount", line.price
    for place, one in every_allowance(invoice):
        yield f"{place}/cbc:Amount", one.amount
        yield f"{place}/cbc:BaseAmount", one.base
    for place, total in numbered(f"{HEAD}/cac:TaxTotal", invoice.taxes):
        if not total.tax or total.tax.currency in {invoice.tax_currency, invoice.currency}:
            continue
        yield f"{place}/cbc:TaxAmount", total.tax


def of_sums(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield totals that are missing, too fine, or not the sum of their parts."""
    totals = invoice.totals or Totals()
    for rule, name, element in REQUIRED:
        if getattr(totals, name) is None:
            yield fault(rule, f"{TOTALS}/cbc:{element}")
    for rule, name, element in SHORT:
        yield from _short(rule, f"{TOTALS}/cbc:{element}", getattr(totals, name))
    with localcontext(prec=EXACT):
        yield from _parts(invoice, totals)
        yield from _sums_of_tax(invoice)
        yield from _whole(invoice, totals)


def _short(rule: str, place: str, amount: Amount | None) -> Iterator[Fault]:
    if amount and len(f"{amount.value:f}".partition(".")[2]) > 2:
        yield fault(rule, place, found=f"{amount.value:f}")


def _parts(invoice: PintInvoice, totals: Totals) -> Iterator[Fault]:
    discounts = [one.amount for one in invoice.allowances if not one.charge]
    charges = [one.amount for one in invoice.allowances if one.charge]
    lines = _sum(line.net for line in invoice.lines)
    yield from _is("ibr-co-10", f"{TOTALS}/cbc:LineExtensionAmount", totals.lines, lines)
    for rule, name, found, parts in (
        ("ibr-co-11", "AllowanceTotalAmount", totals.allowances, discounts),
        ("ibr-co-12", "ChargeTotalAmount", totals.charges, charges),
    ):
        missing = Amount(Decimal(), invoice.currency) if parts else None
        yield from _is(rule, f"{TOTALS}/cbc:{name}", found or missing, _sum(parts))


def _sums_of_tax(invoice: PintInvoice) -> Iterator[Fault]:
    for place, total in numbered(f"{HEAD}/cac:TaxTotal", invoice.taxes):
        yield from _short("ibr-124", f"{place}/cbc:TaxAmount", total.tax)
        if total.subtotals:
            given = total.tax or Amount(Decimal(), invoice.currency)
            yield from _is("ibr-co-14", f"{place}/cbc:TaxAmount", given, _sum(one.tax for one in total.subtotals))


def _whole(invoice: PintInvoice, totals: Totals) -> Iterator[Fault]:
    if totals.lines and totals.net:
        net = _value(totals.lines) - _value(totals.allowances) + _value(totals.charges)
        yield from _is("ibr-co-13", f"{TOTALS}/cbc:TaxExclusiveAmount", totals.net, net)
    own = [total.tax for total in invoice.taxes if total.tax and total.tax.currency == invoice.currency]
    if totals.net and totals.gross:
        gross = _value(totals.net) + (_value(own[0]) if own else 0)
        place = f"{TOTALS}/cbc:TaxInclusiveAmount"
        yield from (
            _is("ibr-co-15", place, totals.gross, gross)
            if own
            else [fault("ibr-co-15", place, found=f"{totals.gross.value:f}", expected="?")]
        )
    if totals.gross and totals.payable:
        payable = _value(totals.gross) - _value(totals.paid) + _value(totals.rounding)
        yield from _is("ibr-co-16", f"{TOTALS}/cbc:PayableAmount", totals.payable, payable)


def _sum(amounts: Iterable[Amount | None]) -> Decimal:
    return sum((amount.value for amount in amounts if amount), Decimal())


def _value(amount: Amount | None) -> Decimal:
    return amount.value if amount else Decimal()


def _is(rule: str, place: str, found: Amount | None, expected: Decimal) -> Iterator[Fault]:
    """Yield the rule unless the amount is the sum, which is rounded to two decimals."""
    rounded = expected.quantize(CENT, ROUND_HALF_UP)
    if found and found.value != rounded:
        shown = rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded
        yield fault(rule, place, found=f"{found.value:f}", expected=f"{shown:f}")
