"""Every rule of JP PINT alone: one thing is changed in a document that passes, and that rule says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanjo.connectors.peppol.checks import check
from kanjo.connectors.peppol.documents import (
    Allowance,
    Category,
    Kind,
    Payment,
    PintInvoice,
    Preceding,
    Span,
    TaxNumber,
    TaxTotal,
)
from kanjo.connectors.peppol.sentences import SENTENCES
from kanjo.connectors.peppol.ubl import Amount, Identifier, Quantity
from tests.connectors.pint_documents import OF_EACH_KIND, E, G, O, Sold, a_discount, a_document

Change = Callable[[PintInvoice], PintInvoice]
PLAIN, DOLLARS = a_document(Sold(3, 1_000)), OF_EACH_KIND["06-usd-with-jpy-tax"]
DISCOUNTED, NON_TAX = OF_EACH_KIND["05-document-allowance"], OF_EACH_KIND["09-non-tax-registered"]
YEN = Amount(Decimal(1), "JPY")


def head(**values: Any) -> Change:
    return lambda document: replace(document, **values)


def within(part_of: str, /, **values: Any) -> Change:
    """Change something in a part of the document, or in the first of its parts of that name."""

    def change(document: PintInvoice) -> PintInvoice:
        part: Any = getattr(document, part_of)
        several = isinstance(part, tuple)
        changed: Any = (replace(part[0], **values), *part[1:]) if several else replace(part, **values)
        return replace(document, **{part_of: changed})

    return change


def line(**values: Any) -> Change:
    return within("lines", **values)


def subtotal(**values: Any) -> Change:
    def change(document: PintInvoice) -> PintInvoice:
        first, *rest = document.taxes
        parts = (replace(first.subtotals[0], **values), *first.subtotals[1:])
        return replace(document, taxes=(replace(first, subtotals=parts), *rest))

    return change


def address(party: str) -> Change:
    def change(document: PintInvoice) -> PintInvoice:
        held: Any = getattr(document, party)
        changed: Any = replace(held, address=replace(held.address, country=""))
        return replace(document, **{party: changed})

    return change


def on_line(**values: Any) -> Change:
    return line(allowances=(Allowance(**{"charge": False, "amount": YEN, "reason": "値引", **values}),))


PAID = Payment(code="30", account="9999:001:1:1234567")
NOVEMBER, BACKWARDS = date(2026, 11, 15), Span(start=date(2026, 11, 20), end=date(2026, 11, 10))
CASES: list[tuple[str, PintInvoice, Change]] = [
    ("ibr-001", PLAIN, head(specification="")),
    ("ibr-076", PLAIN, head(process="")),
    ("ibr-004", PLAIN, head(type_code="")),
    ("aligned-ibrp-001-jp", PLAIN, head(specification="urn:x")),
    ("aligned-ibrp-002-jp", PLAIN, head(process="urn:x")),
    ("aligned-ibrp-cl-02-jp", PLAIN, head(type_code="389")),
    ("ibr-002", PLAIN, head(number="")),
    ("ibr-003", PLAIN, head(issued_on=None)),
    ("ibr-005", PLAIN, head(currency="")),
    ("ibr-055", PLAIN, head(preceding=(Preceding(issued_on=NOVEMBER),))),
    ("ibr-029", PLAIN, head(span=BACKWARDS)),
    ("ibr-co-19", PLAIN, head(span=Span())),
    ("aligned-ibr-jp-05", DOLLARS, head(tax_currency="EUR")),
    ("ibr-077", PLAIN, head(tax_currency="JPY")),
    ("ibr-053", PLAIN, head(tax_currency="EUR")),
    ("ibr-084", DOLLARS, lambda one: replace(one, taxes=(one.taxes[0], TaxTotal(tax=Amount(Decimal(-1), "JPY"))))),
    ("ibr-126", PLAIN, within("totals", payable=Amount(Decimal(3_300), "USD"))),
    ("ibr-006", PLAIN, within("seller", name="")),
    ("ibr-007", PLAIN, within("buyer", name="")),
    ("ibr-008", PLAIN, within("seller", address=None)),
    ("ibr-009", PLAIN, address("seller")),
    ("ibr-010", PLAIN, within("buyer", address=None)),
    ("ibr-011", PLAIN, address("buyer")),
    ("ibr-062", PLAIN, within("seller", endpoint=Identifier("1"))),
    ("ibr-063", PLAIN, within("buyer", endpoint=Identifier("1"))),
    ("ibr-080", PLAIN, within("buyer", endpoint=None)),
    ("ibr-081", PLAIN, within("seller", endpoint=None)),
    ("ibr-co-26", NON_TAX, within("seller", registered=None)),
    ("aligned-ibr-jp-03", PLAIN, line(category=Category(code="S", percent=Decimal(10), scheme="GST"))),
    ("aligned-ibr-jp-04-ntr", NON_TAX, within("seller", taxes=(TaxNumber(number="T7123456789012"),))),
    ("aligned-ibr-jp-07-ntr", NON_TAX, subtotal(tax=YEN)),
    ("aligned-ibrp-sr-12", PLAIN, within("seller", taxes=(TaxNumber(number="T7123456789012"),) * 2)),
    ("aligned-ibrp-049", PLAIN, head(payments=(Payment(account="1"),))),
    ("aligned-ibrp-014", PLAIN, head(payments=(replace(PAID, remittance="A"), replace(PAID, remittance="B")))),
    ("aligned-ibrp-016", PLAIN, head(payments=(Payment(code="30"),))),
    ("aligned-ibrp-017", PLAIN, head(payments=(Payment(code="54", card="4111111111111111"),))),
    ("aligned-ibrp-019", PLAIN, head(payments=(Payment(code="49"),))),
    ("ibr-016", PLAIN, head(lines=())),
    ("ibr-021", PLAIN, line(number="")),
    ("ibr-022", PLAIN, line(quantity=None)),
    ("ibr-023", PLAIN, line(quantity=Quantity(Decimal(3), ""), base=None)),
    ("ibr-024", PLAIN, line(net=None)),
    ("ibr-025", PLAIN, line(name="")),
    ("ibr-026", PLAIN, line(price=None)),
    ("ibr-027", PLAIN, line(price=Amount(Decimal(-1_000), "JPY"), quantity=Quantity(Decimal(-3), "H87"))),
    ("ibr-030", PLAIN, line(span=BACKWARDS)),
    ("ibr-co-20", PLAIN, line(span=Span())),
    ("ibr-085", PLAIN, line(span=Span(start=date(2026, 10, 31), end=NOVEMBER))),
    ("ibr-086", PLAIN, line(span=Span(start=NOVEMBER, end=date(2026, 12, 1)))),
    ("ibr-087", PLAIN, line(base=Quantity(Decimal(), "H87"))),
    ("ibr-088", PLAIN, line(base=Quantity(Decimal(1), "MON"))),
    ("ibr-041", PLAIN, on_line(amount=None)),
    ("ibr-042", PLAIN, on_line(reason="")),
    ("ibr-043", PLAIN, on_line(charge=True, amount=None)),
    ("ibr-044", PLAIN, on_line(charge=True, reason="")),
    ("ibr-031", DISCOUNTED, within("allowances", amount=None)),
    ("ibr-033", DISCOUNTED, within("allowances", reason="", reason_code="")),
    ("ibr-036", DISCOUNTED, within("allowances", charge=True, amount=None)),
    ("ibr-038", DISCOUNTED, within("allowances", charge=True, reason="", reason_code="")),
    ("peppol.line-net", PLAIN, line(price=Amount(Decimal(1_001), "JPY"))),
    ("ibr-012", PLAIN, within("totals", lines=None)),
    ("ibr-013", PLAIN, within("totals", net=None)),
    ("ibr-014", PLAIN, within("totals", gross=None)),
    ("ibr-015", PLAIN, within("totals", payable=None)),
    *(
        (rule, DISCOUNTED, within("totals", **{name: Amount(Decimal("1.001"), "JPY")}))
        for rule, name in (
            *(("ibr-091", "payable"), ("ibr-121", "allowances"), ("ibr-122", "charges")),
            *(("ibr-123", "net"), ("ibr-125", "gross")),
        )
    ),
    ("ibr-124", PLAIN, within("taxes", tax=Amount(Decimal("300.001"), "JPY"))),
    ("ibr-co-12", PLAIN, within("totals", charges=YEN)),
    ("ibr-co-14", PLAIN, within("taxes", tax=Amount(Decimal(301), "JPY"))),
    ("ibr-co-15", PLAIN, within("totals", gross=Amount(Decimal(3_301), "JPY"))),
    ("ibr-co-16", PLAIN, within("totals", payable=Amount(Decimal(3_301), "JPY"))),
    ("aligned-ibrp-045", PLAIN, subtotal(taxable=None)),
    ("aligned-ibrp-046", PLAIN, subtotal(tax=None)),
    ("aligned-ibrp-047", PLAIN, subtotal(category=Category(percent=Decimal(10)))),
    ("aligned-ibrp-048", PLAIN, subtotal(category=Category(code="S"))),
    ("aligned-ibrp-053-jp", PLAIN, lambda one: replace(one, taxes=one.taxes * 2)),
    ("aligned-ibrp-032-jp", DISCOUNTED, within("allowances", category=None)),
    ("aligned-ibrp-037-jp", DISCOUNTED, within("allowances", charge=True, category=None)),
    ("peppol.taxable", PLAIN, subtotal(taxable=Amount(Decimal(3_001), "JPY"), tax=Amount(Decimal(300), "JPY"))),
]
for letter, category in (("e", E), ("g", G), ("o", O)):
    untaxed = a_document(Sold(1, 1_000, category), Sold(1, 500))
    rated = Category(code=category.code, percent=Decimal(10))
    CASES += [
        (f"aligned-ibrp-{letter}-01", untaxed, lambda one: replace(one, taxes=one.taxes * 2)),
        (f"aligned-ibrp-{letter}-05", untaxed, line(category=rated)),
        (f"aligned-ibrp-{letter}-06", untaxed, head(allowances=(a_discount(1, rated),))),
        (f"aligned-ibrp-{letter}-07", untaxed, head(allowances=(replace(a_discount(1, rated), charge=True),))),
        (f"aligned-ibrp-{letter}-09", untaxed, subtotal(tax=YEN)),
    ]
ELSEWHERE = {
    *("aligned-ibrp-052", "aligned-ibr-jp-01", "aligned-ibr-jp-04", "aligned-ibr-jp-06", "aligned-ibrp-051-jp"),
    *("aligned-ibrp-050-jp", "aligned-ibrp-cl-01-jp", "ibr-co-10", "ibr-co-11", "ibr-co-13"),
    *("ibr-073", "ibr-079", "ibr-082", "peppol.number"),
}
"""Rules that the examples and the reading show."""


@pytest.mark.parametrize(("rule", "document", "change"), CASES, ids=[rule for rule, _, _ in CASES])
def test_a_rule_speaks(rule: str, document: PintInvoice, change: Change) -> None:
    """The document passes; with one thing changed it breaks the rule, at a place of the document."""
    assert check(document) == ()
    found = [fault for fault in check(change(document)) if fault.rule == rule]
    assert found
    assert all(fault.place.startswith("/Invoice") for fault in found)


def test_no_rule_is_left_out() -> None:
    """Every rule that we have words for is shown to speak."""
    assert {rule for rule, _, _ in CASES} | ELSEWHERE == set(SENTENCES)
    assert Kind.STANDARD.type_code == "380"
