"""Acts on usage: agree what it costs, send what was used, correct it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from kanjo.domains.billing.facts import UsageGiven, UsageModel, UsageSource, UsageTerms, UsageTier
from kanjo.domains.billing.operations import correct_usage, rate_usage, record_usage
from kanjo.domains.catalog.operations import set_usage_price
from kanjo.foundation.ids import CompanyId, OrderLineId, ProductId
from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.texts import Text
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import LINE, Asked, BothLanguages, Code, Day, Given, Minor, Prose, one_of

MOST = 10_000
"""Events of one delivery."""

EventId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=LINE)]
MaybeEventId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=LINE)]
Units = Annotated[int, Field(ge=0, le=10**15, strict=True)]
LineKey = Annotated[OrderLineId, Field(ge=1, le=MINOR_MAX, strict=True)]


class Used(Given):
    """What was used of an order line on a day; with `corrects` it counts in the place of the event of that id."""

    order_line_id: LineKey
    event_id: EventId
    used_on: Day
    quantity: Minor
    corrects: MaybeEventId = ""


class Events(Given):
    """What was used. Each event is taken once by its id; what is refused stands in the delivery, with the rule."""

    company_id: Asked
    events: list[Used] = Field(min_length=1, max_length=MOST)


class Correction(Given):
    """What counts in the place of an event, and why; a quantity of 0 takes the usage away."""

    company_id: Asked
    corrects: EventId
    event_id: EventId
    used_on: Day
    quantity: Units
    because: Prose


class Tier(Given):
    """The units after `from_units`: a price for `per_units` of them, and what the tier costs once."""

    from_units: Units
    price_minor: Units
    per_units: Annotated[int, Field(ge=1, le=10**15, strict=True)] = 1
    flat_minor: Units = 0


class TermsGiven(Given):
    """How usage is priced from a day on; commitment and prepayment are of the whole term."""

    effective_on: Day
    model: one_of(UsageModel)  # type: ignore[valid-type]  # made from the enumeration
    unit: BothLanguages
    tiers: list[Tier] = Field(min_length=1, max_length=50)
    included_units: Units = 0
    minimum_minor: Units = 0
    commitment_minor: Units = 0
    prepaid_units: Units = 0
    prepaid_minor: Units = 0

    @property
    def terms(self) -> UsageTerms:
        """The terms as billing takes them."""
        return UsageTerms(
            self.model,
            self.unit.text,
            tuple(UsageTier(**tier.model_dump()) for tier in self.tiers),
            self.included_units,
            self.minimum_minor,
            self.commitment_minor,
            self.prepaid_units,
            self.prepaid_minor,
        )


class UsagePriced(TermsGiven):
    """How the usage of an order line is priced from a day on, and why."""

    because: Prose


class ProductUsagePriced(TermsGiven):
    """How the usage of a product is priced from a day on, in a currency; quotes take it over."""

    currency: Code


def _record(caller: Caller, _key: int, given: Events) -> Made:
    company = caller.company(given.company_id)
    delivery_id = record_usage(
        company_id=CompanyId(company.id),
        events=[UsageGiven(f"events[{place}]", **one.model_dump()) for place, one in enumerate(given.events)],
        source=UsageSource.API,
        on=company.today(caller.now),
        by=caller.within(company.id).actor,
        at=caller.now,
    )
    return Made("usage", delivery_id)


def _correct(caller: Caller, _key: int, given: Correction) -> Made:
    company = caller.company(given.company_id)
    asked = given.model_dump(exclude={"company_id"})
    by, on = caller.within(company.id).actor, company.today(caller.now)
    return Made("usage", correct_usage(company_id=CompanyId(company.id), **asked, on=on, by=by, at=caller.now))


def _price(caller: Caller, key: int, given: UsagePriced) -> Made:
    rate_usage(
        order_line_id=OrderLineId(key),
        terms=given.terms,
        effective_on=given.effective_on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("metered-lines", key)


def _price_product(caller: Caller, key: int, given: ProductUsagePriced) -> Made:
    set_usage_price(
        product_id=ProductId(key),
        currency=given.currency,
        terms=given.terms,
        effective_on=given.effective_on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("products", key)


ACTS = (
    Act(
        path="products/{int:key}/usage-price",
        verbs=("catalog.set-usage-price",),
        title=Text(en="Set the usage price of a product", ja="製品の従量単価を設定"),
        takes=ProductUsagePriced,
        do=_price_product,
    ),
    Act(
        path="usage",
        verbs=("billing.record-usage",),
        title=Text(en="Send what was used", ja="利用実績を送信"),
        takes=Events,
        do=_record,
    ),
    Act(
        path="usage/correct",
        verbs=("billing.correct-usage",),
        title=Text(en="Correct what was used", ja="利用実績を訂正"),
        takes=Correction,
        do=_correct,
    ),
    Act(
        path="order-lines/{int:key}/usage-price",
        verbs=("billing.rate-usage",),
        title=Text(en="Agree the price of usage", ja="従量単価を登録"),
        takes=UsagePriced,
        do=_price,
    ),
)
