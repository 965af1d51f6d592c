"""Verbs towards the customer: send the quotation, accept the offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.catalog.queries import tax_rates_on
from kanjo.domains.customers.queries import get_customer, tax_roundings
from kanjo.domains.quotes.facts import (
    AcceptedOffer,
    Offer,
    PlannedCharge,
    QuoteAccepted,
    QuoteSent,
    QuoteState,
)
from kanjo.domains.quotes.models import QuoteVersion, Sending
from kanjo.domains.quotes.operations.steps import ANSWERED, MAKERS, agreed_offer, current, locked_for, move
from kanjo.domains.quotes.papers.offered import quotation_of
from kanjo.domains.quotes.papers.quotation import QuotationPaper
from kanjo.domains.quotes.queries import QUOTE, current_version, offer_of
from kanjo.domains.quotes.rules.offering import refuse_past
from kanjo.domains.quotes.rules.stages import OfferExpired
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.eras import Calendar
from kanjo.foundation.ids import CompanyId, CustomerId, FileId, OpportunityId, QuoteId, QuoteVersionId
from kanjo.foundation.money import Rounding
from kanjo.foundation.texts import Language
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.documents.letter import Sender
from kanjo.platform.documents.signing import signed
from kanjo.platform.files.operations import store
from kanjo.platform.outbox.operations import record
from kanjo.platform.worklist.operations import close

_TAXED = frozenset({TaxClass.STANDARD, TaxClass.REDUCED})


@verb("quotes.send", Role.SALES_REP, Role.RENEWAL_REP, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)
def send_quote(
    *,
    quote_id: QuoteId,
    on: date,
    by: Actor,
    at: datetime,
    recipient: str = "",
    planned: Sequence[PlannedCharge] = (),
    tax_rounding: Rounding | None = None,
) -> FileId:
    """Make the quotation (見積書) of the approved version, keep it, and fix to whom and when it went.

    *recipient* is a person at the customer (様); without one it goes to the entity (御中). *planned* is the schedule
    of invoices to print; tax is rounded by *tax_rounding* where its policy says so, else as for the customer. Refuses
    what is not approved, no longer valid, or differs from its digest.
    """
    quote = locked_for(quote_id, QuoteState.SENT, by)
    version = current(quote)
    offer = agreed_offer(version)
    refuse_past(offer.valid_until, on=on)
    paper = _paper(version, offer, on=on, by=by, recipient=recipient, planned=planned, rounding=tax_rounding)
    file_id = store(
        content=signed(paper.as_pdf(), CompanyId(quote.company_id)),
        name=f"{quote.number}-{version.number}.pdf",
        media_type="application/pdf",
        company_id=CompanyId(quote.company_id),
        by=by,
    )
    Sending.objects.create(
        company_id=quote.company_id,
        version=version,
        file_id=file_id,
        recipient=recipient or paper.addressee.name,
        sent_by_id=by.id,
        effective_on=on,
    )
    move(quote, QuoteState.SENT, on=on)
    close(kind=ANSWERED, subject=(QUOTE, quote_id), by=by, at=at)
    sent = QuoteSent(
        company_id=CompanyId(quote.company_id),
        effective_on=on,
        quote_id=quote_id,
        version_id=QuoteVersionId(version.pk),
        customer_id=offer.customer_id,
        file_id=file_id,
    )
    record(sent, by=by, at=at)
    return file_id


@verb("quotes.accept", *MAKERS)
def accept_quote(*, quote_id: QuoteId, on: date, by: Actor, at: datetime) -> AcceptedOffer:
    """Note that the customer agreed, and return exactly what it agreed to.

    Refuses what was not sent, was accepted before, no longer stands on *on*, or differs from its digest.
    """
    quote = locked_for(quote_id, QuoteState.ACCEPTED, by)
    version = current(quote)
    if version.valid_until <= on:
        raise OfferExpired(number=quote.number, valid_until=version.valid_until)
    offer = agreed_offer(version)
    move(quote, QuoteState.ACCEPTED, on=on)
    accepted = QuoteAccepted(
        company_id=CompanyId(quote.company_id),
        effective_on=on,
        quote_id=quote_id,
        version_id=QuoteVersionId(version.pk),
        customer_id=CustomerId(quote.customer_id),
        opportunity_id=OpportunityId(quote.opportunity_id),
        currency=quote.currency,
        total_minor=version.total_minor,
    )
    record(accepted, by=by, at=at)
    return AcceptedOffer(
        quote_id=quote_id,
        version_id=accepted.version_id,
        opportunity_id=accepted.opportunity_id,
        customer_id=accepted.customer_id,
        currency=offer.currency,
        payment_terms=offer.payment_terms,
        starts_on=offer.starts_on,
        until=offer.until,
        lines=offer.lines,
        total_minor=version.total_minor,
        digest=version.digest,
        billing=offer.billing,
    )


def preview_quotation(
    *,
    quote_id: QuoteId,
    on: date,
    by: Actor,
    planned: Sequence[PlannedCharge] = (),
    tax_rounding: Rounding | None = None,
) -> bytes:
    """Return the quotation of the current version as PDF, marked as a draft; nothing is stored."""
    version = current_version(by, quote_id)
    offer = offer_of(version)
    paper = _paper(version, offer, on=on, by=by, recipient="", planned=planned, rounding=tax_rounding)
    return replace(paper, draft=True).as_pdf()


def _paper(
    version: QuoteVersion,
    offer: Offer,
    *,
    on: date,
    by: Actor,
    recipient: str,
    planned: Sequence[PlannedCharge],
    rounding: Rounding | None,
) -> QuotationPaper:
    customer = get_customer(offer.customer_id)
    company = SellingCompany.objects.seen(version.company_id, by)
    chosen = tax_roundings(CompanyId(company.pk), on, customer_id=offer.customer_id)
    taxed = any(line.terms.tax_class in _TAXED for line in offer.lines)
    return quotation_of(
        offer,
        number=version.quote.number,
        version=version.number,
        issued_on=on,
        customer=customer,
        person=recipient,
        sender=_sender(company, customer.language),
        rates=tax_rates_on(on) if taxed else {},
        rounding=rounding or chosen.get(offer.customer_id, Rounding(company.tax_rounding)),
        planned=planned,
    )


def _sender(company: SellingCompany, language: Language) -> Sender:
    return Sender(
        name=company.name if language is Language.JAPANESE else company.name_en,
        registration_number=company.registration_number,
        address=tuple(part for part in company.address.splitlines() if part),
        calendar=Calendar(company.calendar),
    )
