"""Verbs that write a version: draft the first, revise to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from kanjo.domains.quotes.facts import BillingTerms, Offer, OfferLine, QuoteDrafted, QuoteRevised, QuoteState
from kanjo.domains.quotes.models import Quote, QuoteLine, QuoteVersion
from kanjo.domains.quotes.operations.steps import ANSWERED, MAKERS, current, refuse_under_approval
from kanjo.domains.quotes.queries import QUOTE
from kanjo.domains.quotes.rules.offering import refuse_unsound
from kanjo.domains.quotes.rules.pricing import list_total_minor
from kanjo.domains.quotes.rules.stages import digest_of, refuse_unless_step
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, QuoteId, QuoteVersionId
from kanjo.platform.acts import verb
from kanjo.platform.numbering.operations import take_number
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import refuse_unseen
from kanjo.platform.worklist.operations import close

_STANDARD = BillingTerms()


@verb("quotes.draft", *MAKERS)
def draft_quote(
    *,
    company_id: CompanyId,
    opportunity_id: OpportunityId,
    customer_id: CustomerId,
    currency: str,
    lines: Sequence[OfferLine],
    payment_terms: str,
    starts_on: date,
    until: date | None,
    valid_until: date,
    billing: BillingTerms = _STANDARD,
    by: Actor,
    at: datetime,
    on: date,
) -> QuoteId:
    """Write the first version of a new quote and give it its number (Q-year-...); each call makes a quote.

    `until` and `valid_until` are exclusive. Refuses an unsound offer, naming the line.
    """
    refuse_unseen(company_id, by)
    offer = Offer(customer_id, currency, payment_terms, starts_on, until, valid_until, tuple(lines), billing)
    refuse_unsound(offer, on=on)
    quote_id = _next_id()
    number = take_number(company_id=company_id, kind="quote", prefix="Q", on=on, subject_id=quote_id)
    quote = Quote.objects.create(
        pk=quote_id,
        company_id=company_id,
        number=number,
        opportunity_id=opportunity_id,
        customer_id=customer_id,
        currency=currency,
        state=QuoteState.DRAFTED,
        state_on=on,
        drafted_by_id=by.id,
        drafted_on=on,
    )
    version_id = _write(quote, offer, on=on, by=by)
    drafted = QuoteDrafted(
        company_id=company_id, effective_on=on, quote_id=quote_id, version_id=version_id, customer_id=customer_id
    )
    record(drafted, by=by, at=at)
    return quote_id


@verb("quotes.revise", *MAKERS)
def revise_quote(
    *,
    quote_id: QuoteId,
    lines: Sequence[OfferLine],
    payment_terms: str,
    starts_on: date,
    until: date | None,
    valid_until: date,
    billing: BillingTerms = _STANDARD,
    by: Actor,
    at: datetime,
    on: date,
) -> QuoteVersionId:
    """Write a new version, which has to be approved anew; the versions before stay as they were.

    Refuses while a request about the current version is open (recall it first), and once it is accepted or withdrawn.
    """
    quote = Quote.objects.locked(quote_id, by)
    if quote.state != QuoteState.DRAFTED:
        refuse_unless_step(quote.number, QuoteState(quote.state), QuoteState.DRAFTED)
    customer_id = CustomerId(quote.customer_id)
    offer = Offer(customer_id, quote.currency, payment_terms, starts_on, until, valid_until, tuple(lines), billing)
    refuse_unsound(offer, on=on)
    superseded = current(quote)
    refuse_under_approval(quote, superseded.pk)
    quote.version, quote.state, quote.state_on = quote.version + 1, QuoteState.DRAFTED, on
    quote.save(update_fields=["version", "state", "state_on"])
    close(kind=ANSWERED, subject=(QUOTE, quote_id), by=by, at=at)
    revised = QuoteRevised(
        company_id=CompanyId(quote.company_id),
        effective_on=on,
        quote_id=quote_id,
        version_id=_write(quote, offer, on=on, by=by),
        customer_id=customer_id,
        superseded_id=QuoteVersionId(superseded.pk),
    )
    return record(revised, by=by, at=at).version_id


def _next_id() -> QuoteId:
    """Take the quote's id before the quote is there: its number names it and never changes afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('quotes_quote', 'id'))")
        return QuoteId(cursor.fetchone()[0])


def _write(quote: Quote, offer: Offer, *, on: date, by: Actor) -> QuoteVersionId:
    version = QuoteVersion.objects.create(
        company_id=quote.company_id,
        quote=quote,
        number=quote.version,
        payment_terms=offer.payment_terms,
        starts_on=offer.starts_on,
        until=offer.until,
        valid_until=offer.valid_until,
        billing_policy=offer.billing.policy,
        billing_anchor_on=offer.billing.anchor_on,
        list_total_minor=list_total_minor(offer.lines),
        total_minor=sum(line.total_minor for line in offer.lines),
        digest=digest_of(offer),
        made_by_id=by.id,
        effective_on=on,
    )
    QuoteLine.objects.bulk_create(_line(version, number, line) for number, line in enumerate(offer.lines, start=1))
    return QuoteVersionId(version.pk)


def _line(version: QuoteVersion, position: int, line: OfferLine) -> QuoteLine:
    terms = line.terms
    return QuoteLine(
        company_id=version.company_id,
        version=version,
        position=position,
        product_id=terms.product_id,
        code=terms.code,
        name_en=terms.name.en,
        name_ja=terms.name.ja,
        charge=terms.charge,
        timing=terms.timing,
        interval_months=terms.interval_months,
        interval_days=terms.interval_days,
        recognition=terms.recognition,
        tax_class=terms.tax_class,
        license_metric=terms.license_metric,
        quantity=line.quantity,
        list_minor=line.list_minor,
        net_minor=line.net_minor,
        total_minor=line.total_minor,
        service_starts_on=line.service.start if line.service else None,
        service_until=line.service.until if line.service else None,
        usage=line.usage.as_json() if line.usage else None,
        expected_units=line.expected_units,
    )
