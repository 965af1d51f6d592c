"""What every line must say, its period, and what it amounts to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from kanjo.connectors.peppol.checks.places import HEAD, every_allowance, numbered
from kanjo.connectors.peppol.documents import Line, PintInvoice, Span
from kanjo.connectors.peppol.faults import Fault, fault
from kanjo.foundation.currencies import UnknownCurrency, currency

LINES = f"{HEAD}/cac:InvoiceLine"


def of_lines(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is missing or wrong on the lines, and on discounts and charges."""
    if not invoice.lines:
        yield fault("ibr-016", LINES)
    for place, line in numbered(LINES, invoice.lines):
        yield from _items(place, line)
        yield from _price(place, line)
        yield from _span(place, line.span, invoice.span)
        yield from _net(place, line, invoice.currency)
    for place, allowance in every_allowance(invoice):
        on_line, charge = place.startswith(LINES), allowance.charge is True
        amount, reason = {
            (False, False): ("ibr-031", "ibr-033"),
            (False, True): ("ibr-036", "ibr-038"),
            (True, False): ("ibr-041", "ibr-042"),
            (True, True): ("ibr-043", "ibr-044"),
        }[on_line, charge]
        if allowance.amount is None:
            yield fault(amount, f"{place}/cbc:Amount")
        if not allowance.reason and not allowance.reason_code:
            yield fault(reason, f"{place}/cbc:AllowanceChargeReason")


def _items(place: str, line: Line) -> Iterator[Fault]:
    for rule, found, name in (
        ("ibr-021", line.number, "cbc:ID"),
        ("ibr-022", line.quantity, "cbc:InvoicedQuantity"),
        ("ibr-024", line.net, "cbc:LineExtensionAmount"),
        ("ibr-025", line.name, "cac:Item/cbc:Name"),
        ("ibr-026", line.price, "cac:Price/cbc:PriceAmount"),
    ):
        if not found:
            yield fault(rule, f"{place}/{name}")
    if line.quantity and not line.quantity.unit:
        yield fault("ibr-023", f"{place}/cbc:InvoicedQuantity/@unitCode")


def _price(place: str, line: Line) -> Iterator[Fault]:
    if line.price and line.price.value < 0:
        yield fault("ibr-027", f"{place}/cac:Price/cbc:PriceAmount")
    if line.base and line.base.value <= 0:
        yield fault("ibr-087", f"{place}/cac:Price/cbc:BaseQuantity", found=line.base.value)
    if line.base and line.base.unit and line.quantity and line.base.unit != line.quantity.unit:
        yield fault(
            "ibr-088",
            f"{place}/cac:Price/cbc:BaseQuantity/@unitCode",
            found=line.base.unit,
            expected=line.quantity.unit,
        )


def _span(place: str, span: Span | None, whole: Span | None) -> Iterator[Fault]:
    if span is None:
        return
    start, end = span.start, span.end
    if not start and not end:
        yield fault("ibr-co-20", f"{place}/cac:InvoicePeriod")
    if start and end and end < start:
        yield fault("ibr-030", f"{place}/cac:InvoicePeriod/cbc:EndDate")
    if start and whole and whole.start and start < whole.start:
        yield fault("ibr-085", f"{place}/cac:InvoicePeriod/cbc:StartDate", found=start)
    if end and whole and whole.end and end > whole.end:
        yield fault("ibr-086", f"{place}/cac:InvoicePeriod/cbc:EndDate", found=end)


def _net(place: str, line: Line, currency_code: str) -> Iterator[Fault]:
    """Yield a net amount other than price by base quantity times quantity; how that is rounded is the seller's."""
    base = line.base.value if line.base else Decimal(1)
    if line.net is None or line.price is None or line.quantity is None or base <= 0:
        return
    with localcontext(prec=80):
        gross = line.price.value * line.quantity.value / base
        more = sum(
            (one.amount.value if one.charge else -one.amount.value for one in line.allowances if one.amount), Decimal()
        )
        if abs(line.net.value - gross - more) >= _least(currency_code):
            expected = f"{(gross + more).quantize(_least(currency_code)):f}"
            yield fault("peppol.line-net", f"{place}/cbc:LineExtensionAmount", found=line.net.value, expected=expected)


def _least(currency_code: str) -> Decimal:
    """Return the smallest amount of a currency; two decimals where we do not know it."""
    try:
        return Decimal(1).scaleb(-currency(currency_code).decimals)
    except UnknownCurrency:
        return Decimal("0.01")
