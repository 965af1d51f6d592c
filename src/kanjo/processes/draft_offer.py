"""An offer is priced: list prices from the catalog, totals from the very schedule that billing will follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.billing.queries import anchor_for, get_policy, offered_policy, preview_schedule
from kanjo.domains.catalog.facts import ChargeKind, ProductTerms
from kanjo.domains.catalog.queries import list_price_on, terms_on_sale, usage_terms_on
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.quotes.facts import BillingTerms, OfferLine
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import (
    CompanyId,
    CustomerId,
    OpportunityId,
    OrderLineId,
    PolicyId,
    ProductId,
    QuoteId,
    QuoteVersionId,
)
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period

_STANDARD = BillingTerms()


@dataclass(frozen=True, slots=True)
class LineWanted:
    """A line as it is asked for: the product, how many, for which days, and the price where it is not the list price.

    `net_minor` is for the whole quantity, once or per billing interval; `expected_units` are thought to be used in each
    interval.
    """

    product_id: ProductId
    quantity: int
    net_minor: int | None = None
    service: Period | None = None
    expected_units: int = 0


def draft_offer(
    *,
    company_id: CompanyId,
    opportunity_id: OpportunityId,
    customer_id: CustomerId,
    currency: str,
    wanted: Sequence[LineWanted],
    payment_terms: str,
    starts_on: date,
    until: date | None,
    valid_until: date,
    policy: PolicyId | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> QuoteId:
    """Price the lines and draft a quote of them; refuses what is not on sale or has no list price or amount.

    It is billed by the policy of the customer; another one is for whoever may choose (`PolicyNotYours`).
    """
    billing = billing_terms(wanted, policy=policy, company_id=company_id, customer_id=customer_id, on=on, by=by)
    return quotes.draft_quote(
        company_id=company_id,
        opportunity_id=opportunity_id,
        customer_id=customer_id,
        currency=currency,
        lines=price(wanted, currency=currency, on=on, billing=billing),
        payment_terms=payment_terms,
        starts_on=starts_on,
        until=until,
        valid_until=valid_until,
        billing=billing,
        by=by,
        at=at,
        on=on,
    )


def revise_offer(
    *,
    quote_id: QuoteId,
    wanted: Sequence[LineWanted],
    payment_terms: str,
    starts_on: date,
    until: date | None,
    valid_until: date,
    policy: PolicyId | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> QuoteVersionId:
    """Price the lines anew and write the next version of a quote, billed by the policy of the one before or *policy*.

    Refuses as `draft_offer` does, and what `revise_quote` refuses.
    """
    row = get_quote(by, quote_id)
    billing = billing_terms(
        wanted,
        policy=policy,
        company_id=row.row.company_id,
        customer_id=row.row.customer_id,
        on=on,
        by=by,
        before=row.offer.billing,
    )
    return quotes.revise_quote(
        quote_id=quote_id,
        lines=price(wanted, currency=row.row.currency, on=on, billing=billing),
        payment_terms=payment_terms,
        starts_on=starts_on,
        until=until,
        valid_until=valid_until,
        billing=billing,
        by=by,
        at=at,
        on=on,
    )


def billing_terms(
    wanted: Sequence[LineWanted],
    *,
    policy: PolicyId | None,
    company_id: CompanyId,
    customer_id: CustomerId,
    on: date,
    by: Actor,
    before: BillingTerms | None = None,
) -> BillingTerms:
    """Return how billing would follow the lines: as asked for, as the version before, or as chosen for the customer."""
    kept = PolicyId(before.policy) if before else None
    chosen = (
        kept
        if kept and policy in {None, kept}
        else offered_policy(policy, company_id=company_id, customer_id=customer_id, on=on, actor=by)
    )
    starts = [line.service.start for line in wanted if line.service]
    return BillingTerms(chosen, anchor_for(chosen, starts, company_id=company_id, payer_id=customer_id))


def price(
    wanted: Sequence[LineWanted], *, currency: str, on: date, billing: BillingTerms = _STANDARD
) -> list[OfferLine]:
    """Return the lines as offers: the list price of the day, the net price, and the total that will be billed.

    How usage is priced is taken over from the catalog.
    """
    terms = terms_on_sale((line.product_id for line in wanted), on)
    usage = usage_terms_on(terms, currency, on)
    choices = get_policy(PolicyId(billing.policy)).choices

    def offered(line: LineWanted) -> OfferLine:
        product = terms[line.product_id]
        listed = Money(list_price_on(line.product_id, currency, on), currency)
        net_minor = (listed * line.quantity).minor if line.net_minor is None else line.net_minor
        charges = preview_schedule([_to_bill(line, product, net_minor, on, billing)], policy=choices)
        return OfferLine(
            terms=product,
            quantity=line.quantity,
            list_minor=listed.minor,
            net_minor=net_minor,
            total_minor=sum(charge.net_minor for charge in charges) if line.service else net_minor,
            service=line.service,
            usage=usage.get(line.product_id),
            expected_units=line.expected_units,
        )

    return [offered(line) for line in wanted]


def _to_bill(line: LineWanted, terms: ProductTerms, net_minor: int, on: date, billing: BillingTerms) -> LineToBill:
    return LineToBill(
        order_line_id=OrderLineId(0),
        description=terms.name,
        charge=terms.charge,
        timing=terms.timing,
        interval_months=terms.interval_months,
        interval_days=terms.interval_days,
        net_minor=net_minor,
        tax_class=terms.tax_class,
        service=line.service,
        quantity=line.quantity,
        due_from=on,
        anchor_on=billing.anchor_on if terms.charge is ChargeKind.RECURRING else None,
    )
