"""Tax categories, rates and amounts: one rounding for each rate, and whole yen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from kanjo.connectors.peppol.checks.places import HEAD, SELLER, numbered
from kanjo.connectors.peppol.documents import Category, Kind, Party, PintInvoice, Subtotal
from kanjo.connectors.peppol.faults import Fault, fault
from kanjo.foundation.quoting import quoted

YEN = "JPY"
CODES = frozenset({"AA", "E", "G", "O", "S"})
OUT_OF_SCOPE = "O"
UNTAXED = ("E", "G", "O")
ONE = Decimal(1)
EXACT = 80
"""Digits with which products and sums of what is read are exact."""


def of_taxes(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is wrong with the tax of a document."""
    yield from _categories(invoice)
    yield from _complete(invoice)
    yield from _rates_of_untaxed(invoice)
    yield from _totals(invoice)
    for place, subtotal in _subtotals(invoice):
        yield from _subtotal(place, subtotal, invoice)
    yield from _taxable(invoice)


def _subtotals(invoice: PintInvoice) -> Iterator[tuple[str, Subtotal]]:
    for place, total in numbered(f"{HEAD}/cac:TaxTotal", invoice.taxes):
        yield from numbered(f"{place}/cac:TaxSubtotal", total.subtotals)


def _stated(invoice: PintInvoice) -> Iterator[tuple[str, Category | None, str]]:
    """Yield what each line, discount and charge states as its category: with the place, and the number of its rules."""
    for place, line in numbered(f"{HEAD}/cac:InvoiceLine", invoice.lines):
        yield f"{place}/cac:Item/cac:ClassifiedTaxCategory", line.category, "05"
    for place, one in numbered(f"{HEAD}/cac:AllowanceCharge", invoice.allowances):
        yield f"{place}/cac:TaxCategory", one.category, "07" if one.charge else "06"


def _categories(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield categories that Japan does not have, and taxes that are not the consumption tax."""
    every = [(place, category) for place, category, _ in _stated(invoice)]
    every += [(f"{place}/cac:TaxCategory", one.category) for place, one in _subtotals(invoice)]
    for place, category in every:
        if category and category.code and category.code not in CODES:
            yield fault("aligned-ibrp-cl-01-jp", f"{place}/cbc:ID", found=quoted(category.code))
        if category and category.scheme != "VAT":
            yield fault("aligned-ibr-jp-03", f"{place}/cac:TaxScheme/cbc:ID", found=quoted(category.scheme))
    for number in (invoice.seller or Party()).taxes:
        if not number.scheme:
            yield fault("aligned-ibr-jp-03", f"{SELLER}/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", found="")


def _is_whole(category: Category | None) -> bool:
    return (
        category is not None and bool(category.code) and (category.percent is not None or category.code == OUT_OF_SCOPE)
    )


def _complete(invoice: PintInvoice) -> Iterator[Fault]:
    rules = {"05": "aligned-ibrp-050-jp", "06": "aligned-ibrp-032-jp", "07": "aligned-ibrp-037-jp"}
    for place, category, number in _stated(invoice):
        if not _is_whole(category):
            yield fault(rules[number], place)


def _rates_of_untaxed(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield a rate on what is not taxed: exempt and export are at 0, what is out of scope has none."""
    for place, category, number in _stated(invoice):
        if category is None or category.code not in UNTAXED or category.percent is None:
            continue
        if category.code == OUT_OF_SCOPE or category.percent != 0:
            yield fault(f"aligned-ibrp-{category.code.lower()}-{number}", f"{place}/cbc:Percent")


def _subtotal(place: str, subtotal: Subtotal, invoice: PintInvoice) -> Iterator[Fault]:
    category, tax = subtotal.category or Category(), subtotal.tax
    own = tax is None or tax.currency == invoice.currency
    if own and subtotal.taxable is None:
        yield fault("aligned-ibrp-045", f"{place}/cbc:TaxableAmount")
    if not category.code:
        yield fault("aligned-ibrp-047", f"{place}/cac:TaxCategory/cbc:ID")
    elif not _is_whole(category):
        yield fault("aligned-ibrp-048", f"{place}/cac:TaxCategory/cbc:Percent")
    if tax is None:
        yield fault("aligned-ibrp-046", f"{place}/cbc:TaxAmount")
        return
    yield from _whole_yen(f"{place}/cbc:TaxAmount", tax.value, tax.currency)
    if category.code in UNTAXED and tax.value != 0:
        yield fault(f"aligned-ibrp-{category.code.lower()}-09", f"{place}/cbc:TaxAmount", found=tax.value)
    if own and subtotal.taxable and _is_whole(category) and invoice.kind is not Kind.NON_TAX:
        yield from _rounded_once(f"{place}/cbc:TaxAmount", subtotal.taxable.value, tax.value, category)


def _rounded_once(place: str, taxable: Decimal, tax: Decimal, category: Category) -> Iterator[Fault]:
    with localcontext(prec=EXACT):
        exact = taxable * (category.percent or 0) / 100
        least, most = (exact.to_integral_value(way) for way in (ROUND_FLOOR, ROUND_CEILING))
    misplaced = category.code == OUT_OF_SCOPE and category.percent is not None
    if misplaced or not least <= tax <= most:
        yield fault("aligned-ibrp-051-jp", place, found=tax, least=f"{least:f}", most=f"{most:f}")


def _whole_yen(place: str, tax: Decimal, currency: str) -> Iterator[Fault]:
    """Yield a decimal point in yen, also where the official rule never looks."""
    if currency == YEN and "." in f"{tax:f}":
        yield fault("aligned-ibr-jp-06", place, found=f"{tax:f}")


def _totals(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is wrong with the totals of tax: one in each currency, one of each class, none without a number."""
    own = [total for total in invoice.taxes if total.tax and total.tax.currency == invoice.currency]
    if len(own) > 1:
        yield fault("aligned-ibrp-053-jp", f"{HEAD}/cac:TaxTotal", found=len(own), currency=invoice.currency)
    for place, total in numbered(f"{HEAD}/cac:TaxTotal", invoice.taxes):
        if total.tax:
            yield from _whole_yen(f"{place}/cbc:TaxAmount", total.tax.value, total.tax.currency)
        amounts = [one for one in (total.tax, *(subtotal.tax for subtotal in total.subtotals)) if one]
        if invoice.kind is Kind.NON_TAX and any(one.value for one in amounts):
            yield fault("aligned-ibr-jp-07-ntr", f"{place}/cbc:TaxAmount", found=max(one.value for one in amounts))
    counts = [one.category.code for _, one in _subtotals(invoice) if one.category]
    used = {category.code for _, category, _ in _stated(invoice) if category} | {*counts}
    for code in UNTAXED:
        if code in used and counts.count(code) != 1:
            rule = f"aligned-ibrp-{code.lower()}-01"
            yield fault(rule, f"{HEAD}/cac:TaxTotal/cac:TaxSubtotal", found=counts.count(code))


def _taxable(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield totals of a rate other than the sum of its lines, charges and discounts: the law asks for them by rate."""
    parts = [
        *((line.category, line.net, 1) for line in invoice.lines),
        *((one.category, one.amount, 1 if one.charge else -1) for one in invoice.allowances),
    ]
    if not all(_is_whole(category) and amount for category, amount, _ in parts):
        return
    expected: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    found: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for category, amount, sign in parts:
        assert category
        assert amount
        expected[_key(category)] += sign * amount.value
    for _, one in _subtotals(invoice):
        if one.category and one.taxable and one.taxable.currency == invoice.currency:
            found[_key(one.category)] += one.taxable.value
    for key in sorted({*expected, *found}):
        if expected[key] != found[key]:
            yield fault(
                "peppol.taxable",
                f"{HEAD}/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
                category=f"{key[0]} {key[1]:f}%",
                found=f"{found[key]:f}",
                expected=f"{expected[key]:f}",
            )


def _key(category: Category) -> tuple[str, Decimal]:
    return category.code, (
        category.percent or Decimal()
    ).normalize() + 0 if category.code != OUT_OF_SCOPE else Decimal()
