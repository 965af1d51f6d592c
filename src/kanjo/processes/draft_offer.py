"""An offer is priced: list prices from the catalog, totals from the very schedule that billing will follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.billing.queries import preview_schedule
from kanjo.domains.catalog.facts import ProductTerms
from kanjo.domains.catalog.queries import list_price_on, terms_on_sale
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.quotes.facts import OfferLine
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, OrderLineId, ProductId, QuoteId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period


@dataclass(frozen=True, slots=True)
class LineWanted:
    """A line as it is asked for: the product, how many, for which days, and the price where it is not the list price.

    `net_minor` is for the whole quantity, once or per billing interval.
    """

    product_id: ProductId
    quantity: int
    net_minor: int | None = None
    service: Period | None = None


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
    by: Actor,
    at: datetime,
    on: date,
) -> QuoteId:
    """Price the lines and draft a quote of them; refuses what is not on sale or has no list price or amount."""
    return quotes.draft_quote(
        company_id=company_id,
        opportunity_id=opportunity_id,
        customer_id=customer_id,
        currency=currency,
        lines=price(wanted, currency=currency, on=on),
        payment_terms=payment_terms,
        starts_on=starts_on,
        until=until,
        valid_until=valid_until,
        by=by,
        at=at,
        on=on,
    )


def price(wanted: Sequence[LineWanted], *, currency: str, on: date) -> list[OfferLine]:
    """Return the lines as offers: the list price of the day, the net price, and the total that will be billed."""
    terms = terms_on_sale((line.product_id for line in wanted), on)
    return [
        _offer(line, terms[line.product_id], Money(list_price_on(line.product_id, currency, on), currency), on)
        for line in wanted
    ]


def _offer(line: LineWanted, terms: ProductTerms, unit: Money, on: date) -> OfferLine:
    list_minor, listed_minor = unit.minor, (unit * line.quantity).minor
    net_minor = listed_minor if line.net_minor is None else line.net_minor
    return OfferLine(
        terms=terms,
        quantity=line.quantity,
        list_minor=list_minor,
        net_minor=net_minor,
        total_minor=_total(line, terms, net_minor, on) if line.service else net_minor,
        service=line.service,
    )


def _total(line: LineWanted, terms: ProductTerms, net_minor: int, on: date) -> int:
    to_bill = LineToBill(
        order_line_id=OrderLineId(0),
        description=terms.name,
        charge=terms.charge,
        timing=terms.timing,
        interval_months=terms.interval_months,
        net_minor=net_minor,
        tax_class=terms.tax_class,
        service=line.service,
        quantity=line.quantity,
        due_from=on,
    )
    return sum(charge.net_minor for charge in preview_schedule([to_bill]))
