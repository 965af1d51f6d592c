"""The quotation of an offer: amounts taken as agreed, tax as it would stand on the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from kanjo.domains.catalog.facts import ChargeKind, TaxClass
from kanjo.domains.customers.facts import CustomerRow
from kanjo.domains.quotes.facts import Offer, OfferLine, PlannedCharge
from kanjo.domains.quotes.papers.quotation import EstimatedTax, PlannedInvoice, QuotationLine, QuotationPaper
from kanjo.foundation.intervals import WEEK, Interval
from kanjo.foundation.money import Money, Rate, Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Language, Text
from kanjo.platform.documents.letter import Addressee, Sender

_PER_INTERVAL = Text(en="{name} (price per {length})", ja="{name}（単価は{length}あたり）")
_PER_ONE = Text(en="{name} (price per {length})", ja="{name}（単価は{length}額）")
_ONES = (Interval(months=1), Interval(days=1), Interval(days=WEEK))
_AND_MORE = Text(en="{name} and {count} more", ja="{name} ほか{count}件")


def quotation_of(
    offer: Offer,
    *,
    number: str,
    version: int,
    issued_on: date,
    customer: CustomerRow,
    person: str,
    sender: Sender,
    rates: Mapping[TaxClass, Fraction],
    rounding: Rounding,
    planned: Sequence[PlannedCharge],
) -> QuotationPaper:
    """Return the paper in the customer's language. Tax is rounded once per rate; the last valid day is inclusive."""
    language = customer.language
    net = Money(sum(line.total_minor for line in offer.lines), offer.currency)
    taxes = _taxes(offer, rates, rounding)
    return QuotationPaper(
        language=language,
        number=number,
        version=version,
        issued_on=issued_on,
        valid_until_on=offer.valid_until - timedelta(days=1),
        addressee=_addressee(customer, person),
        sender=sender,
        subject=_subject(offer.lines, language),
        lines=tuple(_line(line, offer.currency, language) for line in offer.lines),
        net=net,
        taxes=taxes,
        total=Money.total((net, *(tax.tax for tax in taxes)), offer.currency),
        term=Period(offer.starts_on, offer.until) if offer.until else None,
        payment_terms=payment_terms(offer.payment_terms).shown.said_in(language),
        schedule=tuple(
            PlannedInvoice(
                one.billing_on, Money(one.amount_minor, offer.currency), one.service, one.usage, one.expected_units
            )
            for one in planned
        ),
        seal_box=language is Language.JAPANESE,
    )


def _addressee(customer: CustomerRow, person: str) -> Addressee:
    english = customer.language is Language.ENGLISH and customer.name_en
    return Addressee(
        name=customer.name_en if english else customer.name,
        person=person,
        address=tuple(part for part in customer.address.whole.splitlines() if part),
    )


def _subject(lines: Sequence[OfferLine], language: Language) -> str:
    first = lines[0].terms.name
    several = _AND_MORE.filled(name=first, count=len(lines) - 1) if len(lines) > 1 else first
    return several.said_in(language)


def _line(line: OfferLine, currency: str, language: Language) -> QuotationLine:
    listed = line.list_minor * line.quantity
    off = Fraction(listed - line.net_minor, listed) if listed > line.net_minor else Fraction(0)
    return QuotationLine(
        description=_description(line).said_in(language),
        quantity=Decimal(line.quantity),
        unit="",
        list_price=Money(line.list_minor, currency),
        discount_percent=_percent(off) if off else None,
        # Shown only: the amount is what was agreed, and is not made from the unit price.
        unit_price=Money(divide(line.net_minor, line.quantity, Rounding.HALF_UP), currency),
        amount=Money(line.total_minor, currency),
        period=line.service,
        usage=line.usage.said(currency).said_in(language) if line.usage else "",
    )


def _description(line: OfferLine) -> Text:
    if line.terms.charge is ChargeKind.ONE_TIME:
        return line.terms.name
    interval = line.terms.interval
    shown = _PER_ONE if interval in _ONES else _PER_INTERVAL
    return shown.filled(name=line.terms.name, length=interval.length)


def _percent(share: Fraction) -> Decimal:
    return (Decimal(share.numerator * 100) / Decimal(share.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _taxes(offer: Offer, rates: Mapping[TaxClass, Fraction], rounding: Rounding) -> tuple[EstimatedTax, ...]:
    nets: dict[TaxClass, int] = {}
    for line in offer.lines:
        nets[line.terms.tax_class] = nets.get(line.terms.tax_class, 0) + line.total_minor
    return tuple(
        EstimatedTax(
            rate_percent=_percent(rates[tax_class]),
            tax=Money(Rate(rates[tax_class]).of_minor(net, rounding), offer.currency),
            reduced=tax_class is TaxClass.REDUCED,
        )
        for tax_class, net in sorted(nets.items())
        if rates.get(tax_class)
    )
