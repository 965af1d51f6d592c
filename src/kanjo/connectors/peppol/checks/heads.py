"""Which document it is, what every document must say, who sells and buys, and how to pay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kanjo.connectors.peppol.checks.places import BUYER, HEAD, SELLER, numbered
from kanjo.connectors.peppol.documents import OLD_PROCESS, OLD_STANDARD, Kind, Party, PintInvoice, kind_of
from kanjo.connectors.peppol.faults import Fault, fault
from kanjo.foundation.quoting import quoted

QUALIFIED_FROM = date(2023, 10, 1)
"""The day from which invoices are qualified ones."""
TRANSFERS = frozenset({"30", "58"})
DEBITS = frozenset({"49", "59"})
_REGISTRATION_NUMBER = re.compile(r"T\d{13}", re.ASCII)


def of_kind(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is wrong with specification, process and type code."""
    kind = invoice.kind
    if not invoice.specification:
        yield fault("ibr-001", f"{HEAD}/cbc:CustomizationID")
    elif kind_of(invoice.specification) is None:
        yield fault(
            "aligned-ibrp-001-jp",
            f"{HEAD}/cbc:CustomizationID",
            found=quoted(invoice.specification),
            expected=kind.specification,
        )
    process = OLD_PROCESS if invoice.specification == OLD_STANDARD else kind.process
    wanted = ((invoice.process, process, "cbc:ProfileID", "ibr-076", "aligned-ibrp-002-jp"),)
    code = ((invoice.type_code, kind.type_code, "cbc:InvoiceTypeCode", "ibr-004", "aligned-ibrp-cl-02-jp"),)
    for found, expected, name, missing, other in (*wanted, *code):
        if not found:
            yield fault(missing, f"{HEAD}/{name}")
        elif found != expected:
            yield fault(other, f"{HEAD}/{name}", found=quoted(found), expected=expected)


def of_head(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is missing of number, day, currency, period and reference."""
    for rule, found, name in (
        ("ibr-002", invoice.number, "cbc:ID"),
        ("ibr-003", invoice.issued_on, "cbc:IssueDate"),
        ("ibr-005", invoice.currency, "cbc:DocumentCurrencyCode"),
    ):
        if not found:
            yield fault(rule, f"{HEAD}/{name}")
    if invoice.span is None and not any(line.span for line in invoice.lines):
        yield fault("aligned-ibrp-052", f"{HEAD}/cac:InvoicePeriod")
    span = invoice.span
    if span and not span.start and not span.end:
        yield fault("ibr-co-19", f"{HEAD}/cac:InvoicePeriod")
    if span and span.start and span.end and span.end < span.start:
        yield fault("ibr-029", f"{HEAD}/cac:InvoicePeriod/cbc:EndDate")
    for place, preceding in numbered(f"{HEAD}/cac:BillingReference", invoice.preceding):
        if not preceding.number:
            yield fault("ibr-055", f"{place}/cac:InvoiceDocumentReference/cbc:ID")


def of_parties(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is missing of seller and buyer, and what is wrong with the seller's number."""
    seller, buyer = invoice.seller or Party(), invoice.buyer or Party()
    yield from _party(seller, SELLER, ("ibr-006", "ibr-008", "ibr-009", "ibr-081", "ibr-062"))
    yield from _party(buyer, BUYER, ("ibr-007", "ibr-010", "ibr-011", "ibr-080", "ibr-063"))
    if not any(one.number for one in seller.taxes) and seller.identifier is None and seller.registered is None:
        yield fault("ibr-co-26", SELLER)
    yield from _seller_number(invoice, seller)


def _party(party: Party, at: str, rules: tuple[str, str, str, str, str]) -> Iterator[Fault]:
    unnamed, homeless, stateless, unreachable, unknown = rules
    if not party.name:
        yield fault(unnamed, f"{at}/cac:PartyLegalEntity/cbc:RegistrationName")
    if party.address is None:
        yield fault(homeless, f"{at}/cac:PostalAddress")
    elif not party.address.country:
        yield fault(stateless, f"{at}/cac:PostalAddress/cac:Country/cbc:IdentificationCode")
    if party.endpoint is None:
        yield fault(unreachable, f"{at}/cbc:EndpointID")
    elif not party.endpoint.scheme:
        yield fault(unknown, f"{at}/cbc:EndpointID/@schemeID")


def _seller_number(invoice: PintInvoice, seller: Party) -> Iterator[Fault]:
    place = f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID"
    numbers = [one.number for one in seller.taxes if one.scheme == "VAT" and one.number]
    if invoice.kind is Kind.NON_TAX:
        if numbers:
            yield fault("aligned-ibr-jp-04-ntr", place)
        return
    if not any(one.number for one in seller.taxes):
        yield fault("aligned-ibr-jp-04", place)
    if len(numbers) > 1:
        yield fault("aligned-ibrp-sr-12", place)
    spans = [span for span in (invoice.span, *(line.span for line in invoice.lines)) if span]
    if any(day and day >= QUALIFIED_FROM for span in spans for day in (span.start, span.end)):
        for number in numbers:
            if not _REGISTRATION_NUMBER.fullmatch(number):
                yield fault("aligned-ibr-jp-01", place, found=quoted(number))


def of_paying(invoice: PintInvoice) -> Iterator[Fault]:
    """Yield what is wrong with the means of payment."""
    if sum(bool(payment.remittance) for payment in invoice.payments) > 1:
        yield fault("aligned-ibrp-014", f"{HEAD}/cac:PaymentMeans/cbc:PaymentID")
    for place, payment in numbered(f"{HEAD}/cac:PaymentMeans", invoice.payments):
        if not payment.code:
            yield fault("aligned-ibrp-049", f"{place}/cbc:PaymentMeansCode")
        if payment.code in TRANSFERS and not payment.account:
            yield fault("aligned-ibrp-016", f"{place}/cac:PayeeFinancialAccount/cbc:ID")
        if (payment.card or payment.card_network) and not 4 <= len(payment.card) <= 6:
            yield fault("aligned-ibrp-017", f"{place}/cac:CardAccount/cbc:PrimaryAccountNumberID")
        if payment.code in DEBITS and not payment.mandate:
            yield fault("aligned-ibrp-019", f"{place}/cac:PaymentMandate/cbc:ID")
