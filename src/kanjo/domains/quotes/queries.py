"""Reads of quotes: lists, one quote with its versions, the offer behind a version, and what approval looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, QuerySet

from kanjo.domains.approvals.facts import DealFacts
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, ProductTerms, Recognition, TaxClass, UsageTerms
from kanjo.domains.customers.queries import customers_found, name_of
from kanjo.domains.quotes.facts import BillingTerms, Offer, OfferLine, QuoteState, WaterfallStep
from kanjo.domains.quotes.models import Quote, QuoteLine, QuoteVersion, Sending
from kanjo.domains.quotes.rules import pricing
from kanjo.domains.quotes.rules.stages import digest_of
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import (
    CompanyId,
    CustomerId,
    FileId,
    OpportunityId,
    PersonId,
    ProductId,
    QuoteId,
    QuoteVersionId,
)
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, has_number, is_numbered, is_one_of
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, added_up

QUOTE = "quotes_quote"

ORDERS: Orders = {
    "number": "quote__number",
    "customer": "quote__customer__name",
    "owner": "quote__drafted_by__name",
    "valid_until": "valid_until",
    "total": "total_minor",
    "state": "quote__state",
    "state_on": "quote__state_on",
}


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote in a list, with the totals of its current version; `valid_until` is exclusive."""

    id: QuoteId
    number: str
    company_id: CompanyId
    version_id: QuoteVersionId
    version: int
    opportunity_id: OpportunityId
    customer_id: CustomerId
    customer: str
    currency: str
    state: QuoteState
    state_on: date
    list_total_minor: int
    total_minor: int
    valid_until: date
    drafted_by_id: PersonId
    drafted_by: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a quote, and how it was sent if it was."""

    id: QuoteVersionId
    number: int
    list_total_minor: int
    total_minor: int
    digest: str
    made_by: str
    made_on: date
    sent_on: date | None
    sent_to: str
    sent_file_id: FileId | None


@dataclass(frozen=True, slots=True)
class QuoteDetail:
    """A quote with the offer of its current version, the waterfall of each line, and all versions, newest first."""

    row: QuoteRow
    offer: Offer
    discount: Fraction
    waterfalls: tuple[tuple[WaterfallStep, ...], ...]
    versions: tuple[VersionRow, ...]


def list_quotes(
    actor: Actor,
    *,
    state: QuoteState | None = None,
    customer_id: CustomerId | None = None,
    opportunity_id: OpportunityId | None = None,
    search: str = "",
    most: int | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[QuoteRow]:
    """Return quotes, newest first; *search* looks into numbers and customers."""
    found = _found(_current(actor, state, customer_id, opportunity_id), search, most)
    keys = sorted_by(QuoteVersion, order, ORDERS, "-quote_id", "-id")
    return paged(found, keys, at, limit, lambda page: [_row(version) for version in _with_quote(page)])


def count_quotes(
    actor: Actor,
    *,
    state: QuoteState | None = None,
    customer_id: CustomerId | None = None,
    opportunity_id: OpportunityId | None = None,
    search: str = "",
) -> Tally:
    """Return how many quotes `list_quotes` has."""
    return added_up(
        _found(_current(actor, state, customer_id, opportunity_id), search), ORDERS, "total", currency="quote__currency"
    )


def get_quote(actor: Actor, quote_id: QuoteId) -> QuoteDetail:
    """Return a quote with its versions, or refuse `NotFound`; three reads whatever its size."""
    current = current_version(actor, quote_id)
    offer = offer_of(current)
    versions = QuoteVersion.objects.filter(quote_id=quote_id).select_related("made_by", "sending")
    return QuoteDetail(
        row=_row(current),
        offer=offer,
        discount=pricing.discount(offer.lines),
        waterfalls=tuple(pricing.waterfall(line) for line in offer.lines),
        versions=tuple(_version(version) for version in versions.order_by("-number")),
    )


def find_offer(actor: Actor, quote_id: QuoteId, number: int) -> Offer | None:
    """Return what the version *number* of a quote offered, or None."""
    versions = QuoteVersion.objects.visible_to(actor).select_related("quote")
    found = versions.filter(quote_id=quote_id, number=number).first()
    return offer_of(found) if found else None


def find_quote(actor: Actor, number: str) -> QuoteId | None:
    """Return a quote of the actor's companies by its number in full, in any case, or None."""
    found = Quote.objects.visible_to(actor).filter(has_number(number))
    key = found.order_by("id").values_list("pk", flat=True).first()
    return None if key is None else QuoteId(key)


def is_quotation(actor: Actor, file_id: FileId) -> bool:
    """Return whether the file is a quotation as it was sent by one of the actor's companies."""
    return Sending.objects.visible_to(actor).filter(file_id=file_id).exists()


def waterfall(line: OfferLine) -> tuple[WaterfallStep, ...]:
    """Return the steps from the list price to what the customer pays, each with the rule that made it."""
    return pricing.waterfall(line)


def deal_facts(actor: Actor, quote_id: QuoteId) -> DealFacts:
    """Return what approval looks at in the current version: the same whether it is previewed or submitted."""
    current = current_version(actor, quote_id)
    offer = offer_of(current)
    company_id = CompanyId(current.company_id)
    return facts_of(offer, company_id=company_id, quote_id=quote_id, version_id=current.pk)


def facts_of(offer: Offer, *, company_id: CompanyId, quote_id: int = 0, version_id: int = 0) -> DealFacts:
    """Return what approval would look at in an offer, stored or still being typed."""
    return DealFacts(
        subject=(QUOTE, quote_id),
        version_id=version_id,
        digest=digest_of(offer),
        company_id=company_id,
        customer_id=offer.customer_id,
        currency=offer.currency,
        list_total_minor=pricing.list_total_minor(offer.lines),
        net_total_minor=sum(line.total_minor for line in offer.lines),
        discount=pricing.discount_asked_for(offer.lines),
        term_months=pricing.term_months(offer.starts_on, offer.until),
        payment_days=pricing.longest_wait(offer.payment_terms),
    )


def current_version(actor: Actor, quote_id: QuoteId) -> QuoteVersion:
    """Return the current version with its quote and customer, or refuse `NotFound`."""
    found = _with_quote(_current(actor, None, None, None)).filter(quote_id=quote_id).first()
    if found is None:
        raise NotFound(what=called(Quote), key=quote_id)
    return found


def offer_of(version: QuoteVersion) -> Offer:
    """Return the offer that a version holds, read from its rows."""
    return Offer(
        customer_id=CustomerId(version.quote.customer_id),
        currency=version.quote.currency,
        payment_terms=version.payment_terms,
        starts_on=version.starts_on,
        until=version.until,
        valid_until=version.valid_until,
        lines=tuple(_line(line) for line in version.lines.order_by("position")),
        billing=BillingTerms(version.billing_policy, version.billing_anchor_on),
    )


def _current(
    actor: Actor,
    state: QuoteState | None,
    customer_id: CustomerId | None,
    opportunity_id: OpportunityId | None,
) -> QuerySet[QuoteVersion]:
    found = QuoteVersion.objects.visible_to(actor).filter(number=F("quote__version"))
    wanted = {"state": state, "customer_id": customer_id, "opportunity_id": opportunity_id}
    return found.filter(**{f"quote__{name}": value for name, value in wanted.items() if value is not None})


def _with_quote(versions: QuerySet[QuoteVersion]) -> QuerySet[QuoteVersion]:
    return versions.select_related("quote__customer", "quote__drafted_by")


def _found(versions: QuerySet[QuoteVersion], search: str, most: int | None = None) -> QuerySet[QuoteVersion]:
    if not search.strip():
        return versions
    conditions = (
        is_numbered(search, "quote__number", within=most is None),
        is_one_of("quote__customer_id", customers_found(search, most)),
    )
    return any_of(versions, conditions, most)


def _row(version: QuoteVersion) -> QuoteRow:
    quote = version.quote
    return QuoteRow(
        id=QuoteId(quote.pk),
        number=quote.number,
        company_id=CompanyId(quote.company_id),
        version_id=QuoteVersionId(version.pk),
        version=version.number,
        opportunity_id=OpportunityId(quote.opportunity_id),
        customer_id=CustomerId(quote.customer_id),
        customer=name_of(quote.customer),
        currency=quote.currency,
        state=QuoteState(quote.state),
        state_on=quote.state_on,
        list_total_minor=version.list_total_minor,
        total_minor=version.total_minor,
        valid_until=version.valid_until,
        drafted_by_id=PersonId(quote.drafted_by_id),
        drafted_by=quote.drafted_by.name,
    )


def _version(row: QuoteVersion) -> VersionRow:
    sending = getattr(row, "sending", None)
    return VersionRow(
        id=QuoteVersionId(row.pk),
        number=row.number,
        list_total_minor=row.list_total_minor,
        total_minor=row.total_minor,
        digest=row.digest,
        made_by=row.made_by.name,
        made_on=row.effective_on,
        sent_on=sending.effective_on if sending else None,
        sent_to=sending.recipient if sending else "",
        sent_file_id=FileId(sending.file_id) if sending else None,
    )


def _line(row: QuoteLine) -> OfferLine:
    starts_on, until = row.service_starts_on, row.service_until
    return OfferLine(
        terms=ProductTerms(
            product_id=ProductId(row.product_id),
            code=row.code,
            name=Text(en=row.name_en, ja=row.name_ja),
            charge=ChargeKind(row.charge),
            timing=BillingTiming(row.timing),
            interval_months=row.interval_months,
            recognition=Recognition(row.recognition),
            tax_class=TaxClass(row.tax_class),
            license_metric=row.license_metric,
            interval_days=row.interval_days,
        ),
        quantity=row.quantity,
        list_minor=row.list_minor,
        net_minor=row.net_minor,
        total_minor=row.total_minor,
        service=Period(starts_on, until) if starts_on and until else None,
        usage=UsageTerms.from_json(row.usage) if row.usage else None,
        expected_units=row.expected_units,
    )
