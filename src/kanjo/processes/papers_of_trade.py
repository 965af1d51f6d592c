"""Papers about payments: what was invoiced is copied from billing, what was paid is known by receivables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from kanjo.domains.billing.queries import InvoiceTaxRow, get_invoice
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.customers.queries import get_customer
from kanjo.domains.receivables import operations as receivables
from kanjo.domains.receivables.facts import InvoiceCopy, Letterhead, RateShare
from kanjo.domains.receivables.queries import get_open_item, get_receipt, list_allocations, to_state
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId, ReceiptId
from kanjo.foundation.periods import month_of
from kanjo.foundation.texts import Language
from kanjo.platform.companies.queries import get_company

TAXED = (TaxClass.STANDARD, TaxClass.REDUCED, TaxClass.EXPORT)
MOST = 10_000


def acknowledge(*, company_id: CompanyId, receipt_id: ReceiptId, on: date, by: Actor, at: datetime) -> int:
    """Acknowledge a payment to the customer whose invoices it settled; return the acknowledgement's id."""
    get_receipt(by, receipt_id)
    allocated = list_allocations(by, receipt_id=receipt_id, limit=MOST)
    items = dict.fromkeys(one.item_id for one in allocated if one.item_id is not None)
    payer = get_open_item(by, next(iter(items))).customer_id if items else None
    head = _head(company_id, payer, by)
    return receivables.acknowledge(receipt_id=receipt_id, head=head, copies=_copies(items, by), on=on, by=by, at=at)


def state_month(
    *, company_id: CompanyId, customer_id: CustomerId, month: date, on: date, by: Actor, at: datetime
) -> int:
    """State the month of a customer in the company's currency; return the statement's id."""
    currency = get_company(company_id, by).currency
    items = to_state(company_id, customer_id, currency, month_of(month)).items
    return receivables.state_month(
        company_id=company_id,
        customer_id=customer_id,
        currency=currency,
        month=month,
        head=_head(company_id, customer_id, by),
        copies=_copies(items, by),
        on=on,
        by=by,
        at=at,
    )


def _copies(items: Iterable[InvoiceId], by: Actor) -> dict[InvoiceId, InvoiceCopy]:
    views = [get_invoice(item, by) for item in items]
    return {
        view.row.id: InvoiceCopy(view.row.number, view.row.issued_on, tuple(_share(tax) for tax in view.taxes))
        for view in views
    }


def _share(tax: InvoiceTaxRow) -> RateShare:
    """Return the total and the tax of a rate as they were invoiced."""
    percent = Decimal(tax.rate.fraction.numerator * 100) / tax.rate.fraction.denominator
    shown = f"{percent.normalize():f}" if tax.tax_class in TAXED else ""
    return RateShare(shown, tax.tax_class is TaxClass.REDUCED, tax.net.minor, tax.tax.minor)


def _head(company_id: CompanyId, customer_id: CustomerId | None, by: Actor) -> Letterhead:
    """Return to whom and by whom a paper is written, in the customer's language."""
    company = get_company(company_id, by)
    customer = get_customer(customer_id) if customer_id is not None else None
    language = customer.language if customer else Language(company.language)
    english = language is Language.ENGLISH
    return Letterhead(
        addressee=str((english and customer.name_en) or customer.name) if customer else "",
        address=customer.address.whole if customer else "",
        language=language,
        issuer_name=company.name_en if english else company.name,
        issuer_address=company.address,
        registration_number=company.registration_number,
    )
