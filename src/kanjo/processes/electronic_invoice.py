"""An issued invoice as JP PINT: its values, checked, as the XML that the buyer's system reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kanjo.connectors.peppol.checks import check
from kanjo.connectors.peppol.documents import (
    Address,
    Category,
    Kind,
    Line,
    Party,
    Payment,
    PintInvoice,
    Preceding,
    Span,
    Subtotal,
    TaxNumber,
    TaxTotal,
    Totals,
)
from kanjo.connectors.peppol.ubl import Amount, Identifier, Quantity
from kanjo.connectors.peppol.writing import as_xml
from kanjo.domains.billing.papers.payer_share import share_words
from kanjo.domains.billing.papers.usage_steps import step_words
from kanjo.domains.billing.queries import InvoiceLineRow, InvoiceTaxRow, InvoiceView, get_invoice
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.customers.facts import CustomerRow
from kanjo.domains.customers.queries import get_customer
from kanjo.foundation.actors import Actor
from kanjo.foundation.corporate_numbers import has_true_check_digit
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.money import Money, Rate
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Language, Text
from kanjo.platform.companies.queries import get_company

YEN = "JPY"
UNIT = "C62"
"""One, whatever it is."""
TRANSFER = "30"
CORPORATE, ISSUER = "0188", "0221"
CODES = {
    TaxClass.STANDARD: "S",
    TaxClass.REDUCED: "AA",
    TaxClass.EXPORT: "G",
    TaxClass.EXEMPT: "E",
    TaxClass.OUT_OF_SCOPE: "O",
}


class NotInYen(Refusal):
    """An invoice whose tax is stated in no yen."""

    rule = "peppol.currency"
    says = Text(
        en="Invoice {number} is in {currency}. JP PINT asks for its tax in yen, which this invoice does not state.",
        ja="請求書 {number} は {currency} 建てです。JP PINTでは円建ての税額が必要ですが、この請求書にはありません。",
    )
    remedy = Text(en="Send its PDF.", ja="PDFで送付してください。")


class BreaksPint(Refusal):
    """An invoice that breaks rules of JP PINT; the first is told in full, at its place."""

    rule = "peppol.rules-broken"
    says = Text(
        en="Invoice {number} is no JP PINT invoice; it breaks {rules}. {sentence} (at {place})",
        ja="請求書 {number} はJP PINTの規則（{rules}）を満たしていません。{sentence}（箇所: {place}）",
    )
    remedy = Text(en="Until then, send its PDF.", ja="それまではPDFで送付してください。")


@dataclass(frozen=True, slots=True)
class ElectronicInvoice:
    """An invoice as it goes to the buyer's system: which document of JP PINT it is, and its XML."""

    number: str
    specification: str
    xml: str


def electronic_invoice(*, invoice_id: InvoiceId, by: Actor) -> ElectronicInvoice:
    """Return the JP PINT invoice of an issued one; refuses `NotInYen` and `BreaksPint`, so nothing wrong goes out."""
    view = get_invoice(invoice_id, by)
    backs = [line.gives_back.invoice_id for line in view.lines if line.gives_back]
    named = dict.fromkeys([*([view.row.original_id] if view.row.original_id else []), *backs])
    originals = [get_invoice(original_id, by) for original_id in named]
    own_number = get_company(view.row.company_id, by).corporate_number
    invoice = as_pint(view, own_number, get_customer(view.row.payer_id), originals)
    faults = check(invoice)
    if faults:
        rules = ", ".join(dict.fromkeys(fault.rule for fault in faults))
        first = faults[0]
        raise BreaksPint(number=invoice.number, rules=rules, sentence=first.sentence, place=first.place)
    return ElectronicInvoice(invoice.number, invoice.specification, as_xml(invoice).decode())


def find_electronic(invoice_id: InvoiceId, by: Actor) -> ElectronicInvoice | None:
    """Return the JP PINT invoice of an issued one, or None where it can be none; `electronic_invoice` says why."""
    try:
        return electronic_invoice(invoice_id=invoice_id, by=by)
    except Refusal:
        return None


def as_pint(
    view: InvoiceView, own_number: str, buyer: CustomerRow, originals: Sequence[InvoiceView] = ()
) -> PintInvoice:
    """Return the values of an invoice; a credit note gives back negative quantities on the day it was issued.

    *own_number* is the corporate number of the seller, where it is known; *originals* are the invoices of which
    something is given back. Refuses `NotInYen`.
    """
    if view.row.total.currency != YEN:
        raise NotInYen(number=view.row.number, currency=view.row.total.currency)
    kind = Kind.STANDARD if view.registration_number else Kind.NON_TAX
    credit = view.row.is_credit
    returned = Period.inclusive(view.row.issued_on, view.row.issued_on) if credit else None
    account = "" if credit else ":".join(view.bank_account.split())
    return PintInvoice(
        specification=kind.specification,
        process=kind.process,
        number=view.row.number,
        issued_on=view.row.issued_on,
        due_on=None if credit else view.row.due_on,
        type_code=kind.type_code,
        currency=view.row.total.currency,
        span=_span(returned or view.supplied),
        preceding=tuple(_preceding(original) for original in originals),
        seller=_seller(view, own_number),
        buyer=_buyer(view, buyer),
        payments=(Payment(code=TRANSFER, account=account, account_name=view.issuer_name),) if account else (),
        terms="" if credit else payment_terms(view.payment_terms).shown.said_in(view.language),
        taxes=(_tax(view, kind),),
        totals=Totals(
            lines=_amount(view.row.net),
            net=_amount(view.row.net),
            gross=_amount(view.row.total),
            payable=_amount(view.row.total),
        ),
        lines=tuple(_line(line, kind, returned, view.language) for line in view.lines),
    )


def _seller(view: InvoiceView, own_number: str) -> Party:
    """Return the seller, known by its corporate number, or by the registration number of who is no corporation."""
    number = view.registration_number
    corporate = own_number or (number[1:] if number and has_true_check_digit(number) else "")
    registered = Identifier(corporate, CORPORATE) if corporate else None
    return Party(
        endpoint=registered or (Identifier(number, ISSUER) if number else None),
        address=_address(view.issuer_address, "JP"),
        taxes=(TaxNumber(number=number),) if number else (),
        name=view.issuer_name,
        registered=registered,
    )


def _buyer(view: InvoiceView, buyer: CustomerRow) -> Party:
    identifier = Identifier(buyer.corporate_number, CORPORATE) if buyer.corporate_number else None
    return Party(
        endpoint=identifier,
        address=_address(view.payer_address.whole, buyer.country),
        name=str(view.row.payer_name),
        registered=identifier,
        contact=", ".join(word for word in (view.department, view.attention.whole) if word),
    )


def _address(written: str, country: str) -> Address:
    street, more, *rest = [*(line.strip() for line in written.splitlines() if line.strip()), "", ""]
    return Address(street=street, more=more, line=" ".join(line for line in rest if line), country=country)


def _preceding(original: InvoiceView) -> Preceding:
    return Preceding(number=original.row.number, issued_on=original.row.issued_on)


def _line(line: InvoiceLineRow, kind: Kind, returned: Period | None, language: Language) -> Line:
    """Return a line; its price is what it amounts to, per its quantity, and is never negative."""
    sold = abs(line.quantity) or 1
    return Line(
        number=str(line.position),
        note=_note(line, returned, language),
        quantity=Quantity(Decimal(-sold if line.net.minor < 0 else sold), UNIT),
        net=_amount(line.net),
        span=_span(returned or line.service),
        name=line.description,
        category=_category(line.tax_class, line.rate, kind),
        price=_amount(abs(line.net)),
        base=Quantity(Decimal(sold), UNIT),
    )


def _note(line: InvoiceLineRow, returned: Period | None, language: Language) -> str:
    """Return when what a line gives back was supplied and on which invoice it stands, or how its amount came about."""
    if line.gives_back:
        return f"{line.gives_back.number} {line.service.start}/{line.service.last_on}"
    days = f"{line.service.start}/{line.service.last_on}" if returned else ""
    steps = "; ".join(step_words(step).said_in(language) for step in line.steps)
    return " ".join(part for part in (days, steps, share_words(line.derivation, language)) if part)


def _tax(view: InvoiceView, kind: Kind) -> TaxTotal:
    subtotals = tuple(_subtotal(tax, kind) for tax in view.taxes)
    if kind is Kind.NON_TAX:
        subtotals = (Subtotal(taxable=_amount(view.row.net), tax=_amount(view.row.tax), category=Category(code="O")),)
    return TaxTotal(tax=_amount(view.row.tax), subtotals=subtotals)


def _subtotal(tax: InvoiceTaxRow, kind: Kind) -> Subtotal:
    return Subtotal(taxable=_amount(tax.net), tax=_amount(tax.tax), category=_category(tax.tax_class, tax.rate, kind))


def _category(tax_class: TaxClass, rate: Rate, kind: Kind) -> Category:
    """Return the category; without a registration number everything is outside the scope of the tax."""
    code = "O" if kind is Kind.NON_TAX else CODES[tax_class]
    percent = Decimal(rate.fraction.numerator * 100) / rate.fraction.denominator
    return Category(code=code, percent=None if code == "O" else percent.normalize() + 0)


def _span(period: Period) -> Span:
    return Span(start=period.start, end=period.last_on)


def _amount(money: Money) -> Amount:
    return Amount(money.as_decimal(), money.currency)
