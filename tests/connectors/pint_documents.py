"""Documents of JP PINT from values: whole ones with right sums, of every kind that our examples show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import strategies as st

from kanjo.connectors.peppol.documents import (
    Address,
    Allowance,
    Category,
    Kind,
    Line,
    Party,
    Payment,
    PintInvoice,
    Preceding,
    Reference,
    Span,
    Subtotal,
    TaxNumber,
    TaxTotal,
    Totals,
)
from kanjo.connectors.peppol.ubl import Amount, Identifier, Quantity

JPY = "JPY"
S, AA = Category(code="S", percent=Decimal(10)), Category(code="AA", percent=Decimal(8))
E, G, O = Category(code="E", percent=Decimal()), Category(code="G", percent=Decimal()), Category(code="O")  # noqa: E741
NOVEMBER = Span(start=date(2026, 11, 1), end=date(2026, 11, 30))
SELLER, BUYER = Identifier("7123456789012", "0188"), Identifier("2210987654321", "0188")


@dataclass(frozen=True)
class Sold:
    """What a line sells: so many at a price."""

    quantity: int
    price: int
    category: Category = S
    reference: str = ""
    note: str = ""

    @property
    def net(self) -> Decimal:
        return Decimal(self.quantity * self.price)


def a_party(number: Identifier, name: str, *taxes: TaxNumber) -> Party:
    address = Address(street="架空町1-2-3", city="千代田区", zone="1000000", region="東京都", country="JP")
    return Party(endpoint=number, address=address, taxes=taxes, name=name, registered=number)


def a_document(
    *sold: Sold,
    kind: Kind = Kind.STANDARD,
    currency: str = JPY,
    rounding: str = ROUND_FLOOR,
    allowances: Sequence[Allowance] = (),
    **changed: Any,
) -> PintInvoice:
    """Return a document whose sums are right."""
    number = () if kind is Kind.NON_TAX else (TaxNumber(number="T7123456789012"),)
    lines = tuple(a_line(place, one, currency) for place, one in enumerate(sold, 1))
    subtotals = tuple(_subtotals(sold, allowances, currency, rounding))
    whole = PintInvoice(
        specification=kind.specification,
        process=kind.process,
        number="KJ-2026-0001",
        issued_on=date(2026, 11, 30),
        type_code=kind.type_code,
        currency=currency,
        span=NOVEMBER,
        seller=a_party(SELLER, "架空ソフト株式会社", *number),
        buyer=a_party(BUYER, "見本商事株式会社"),
        allowances=tuple(allowances),
        taxes=(TaxTotal(tax=Amount(_sum(one.tax for one in subtotals), currency), subtotals=subtotals),),
        totals=_totals(sold, subtotals, allowances, currency),
        lines=lines,
    )
    return replace(whole, **changed)


def a_line(number: int, sold: Sold, currency: str = JPY) -> Line:
    return Line(
        number=str(number),
        note=sold.note,
        quantity=Quantity(Decimal(sold.quantity), "H87"),
        net=Amount(sold.net, currency),
        span=NOVEMBER,
        references=(Reference(number=sold.reference),) if sold.reference else (),
        name="クラウドサービス利用料",
        category=sold.category,
        price=Amount(Decimal(sold.price), currency),
        base=Quantity(Decimal(1), "H87"),
    )


def a_discount(yen: int, category: Category = S) -> Allowance:
    return Allowance(charge=False, reason_code="95", reason="値引", amount=Amount(Decimal(yen), JPY), category=category)


def _sum(amounts: Any) -> Decimal:
    return sum((one.value for one in amounts if one), Decimal())


def _subtotals(sold: Sequence[Sold], less: Sequence[Allowance], currency: str, rounding: str) -> list[Subtotal]:
    totals: list[Subtotal] = []
    for category in dict.fromkeys(one.category for one in sold):
        net = sum((one.net for one in sold if one.category == category), Decimal())
        net -= _sum(one.amount for one in less if one.category == category)
        tax = (net * (category.percent or 0) / 100).quantize(Decimal(1), rounding)
        totals.append(Subtotal(taxable=Amount(net, currency), tax=Amount(tax, currency), category=category))
    return totals


def _totals(sold: Sequence[Sold], subtotals: Sequence[Subtotal], less: Sequence[Allowance], currency: str) -> Totals:
    lines = sum((one.net for one in sold), Decimal())
    net = lines - _sum(one.amount for one in less)
    gross = net + _sum(one.tax for one in subtotals)
    return Totals(
        lines=Amount(lines, currency),
        net=Amount(net, currency),
        gross=Amount(gross, currency),
        allowances=Amount(_sum(one.amount for one in less), currency) if less else None,
        payable=Amount(gross, currency),
    )


IN_YEN = TaxTotal(tax=Amount(Decimal(15000), JPY), subtotals=(Subtotal(tax=Amount(Decimal(15000), JPY), category=S),))
DOLLARS = a_document(Sold(1, 1000), currency="USD")
OF_EACH_KIND: dict[str, PintInvoice] = {
    "01-standard-saas": a_document(
        Sold(12, 100_000),
        Sold(1, 300_000),
        due_on=date(2026, 12, 30),
        payments=(Payment(code="30", account="9999:001:1:1234567", account_name="ｶ)ｶｸｳｿﾌﾄ"),),
        terms="月末締め翌月末払い",
    ),
    "02-mixed-rates": a_document(Sold(3, 9386), Sold(1, 27_060, AA), Sold(1, 5000, E)),
    "03-monthly-summary": a_document(Sold(1, 80_000, reference="DN-0101"), Sold(1, 45_555, reference="DN-0102")),
    "04-return-negative": a_document(
        Sold(-3, 100, note="2026-10-15"),
        preceding=(Preceding(number="KJ-2026-0001", issued_on=date(2026, 10, 31)),),
    ),
    "05-document-allowance": a_document(Sold(1, 100_000), allowances=[a_discount(5000)]),
    "06-usd-with-jpy-tax": replace(DOLLARS, tax_currency=JPY, taxes=(*DOLLARS.taxes, IN_YEN)),
    "07-out-of-scope-line": a_document(Sold(1, 100_000), Sold(1, 50_000, G)),
    "08-self-billing": a_document(Sold(1, 1_500_000), kind=Kind.SELF_BILLING),
    "09-non-tax-registered": a_document(Sold(1, 110_000, O), kind=Kind.NON_TAX),
    "10-mixed-with-out-of-scope": a_document(Sold(1, 100_000), Sold(1, 5000, O)),
}
"""A document from values for each example that must pass."""

SOLD = st.builds(
    Sold,
    quantity=st.integers(-1000, 1000).filter(bool),
    price=st.integers(0, 10_000_000),
    category=st.sampled_from([S, AA, E, G, O]),
)


@st.composite
def documents(draw: st.DrawFn) -> PintInvoice:
    """Draw documents of any lines, rounded in any of the three ways, with right sums."""
    sold = draw(st.lists(SOLD, min_size=1, max_size=6))
    rounding = draw(st.sampled_from([ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_UP]))
    taxed = [one.category for one in sold if one.category in {S, AA}]
    less = [a_discount(draw(st.integers(1, 10_000)), draw(st.sampled_from(taxed)))] if taxed else []
    return a_document(*sold, rounding=rounding, allowances=less if draw(st.booleans()) else [])
