"""What was used of the order lines whose usage has a price, and what each period of it costs, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from kanjo.domains.billing.facts import (
    PricedStep,
    UsageModel,
    UsageRefused,
    UsageSource,
    UsageStep,
    UsageTerms,
    UsageTier,
)
from kanjo.domains.billing.models import Plan, UsageDelivery, UsageEvent, UsageRating
from kanjo.domains.billing.queries.due import known_now
from kanjo.domains.billing.queries.usage import read_usage
from kanjo.domains.billing.rules.usage import Priced, priced
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, OrderId, OrderLineId, UsageDeliveryId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Name, Text
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted

DELIVERY_ORDERS: Orders = {"recorded": "id", "accepted": "accepted"}


@dataclass(frozen=True, slots=True)
class MeteredRow:
    """An order line whose usage has a price; `id` is the line's, `number` that of its order with its place in it."""

    id: OrderLineId
    company_id: CompanyId
    number: str
    order_id: OrderId
    order_number: str
    contract_id: ContractId
    contract_number: str
    customer: str
    description: Text
    currency: str
    service: Period


@dataclass(frozen=True, slots=True)
class RatingRow:
    """How usage is priced from a day on."""

    effective_on: date
    terms: UsageTerms


@dataclass(frozen=True, slots=True)
class UsagePeriodRow:
    """What was used in a period, what that costs by what is known now, and the steps that add up to it."""

    service: Period
    bill_on: date
    quantity: int
    net: Money
    steps: tuple[PricedStep, ...]


@dataclass(frozen=True, slots=True)
class UsageEventRow:
    """What was used on a day; one with `corrected_by` counts no longer."""

    event_id: str
    used_on: date
    quantity: int
    corrects: str
    corrected_by: str
    delivery_id: UsageDeliveryId
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class MeteredLineView:
    """An order line with the prices of its usage and every period of its term."""

    row: MeteredRow
    ratings: tuple[RatingRow, ...]
    periods: tuple[UsagePeriodRow, ...]

    @property
    def unit(self) -> Text:
        """What is counted, as it is called now."""
        return self.ratings[-1].terms.unit


@dataclass(frozen=True, slots=True)
class UsageDeliveryRow:
    """Events sent together, and what became of them."""

    id: UsageDeliveryId
    company_id: CompanyId
    source: UsageSource
    name: str
    because: str
    accepted: int
    known: int
    refused: tuple[UsageRefused, ...]
    effective_on: date
    made_by: str
    recorded_at: datetime


def list_metered(
    actor: Actor,
    *,
    order_id: OrderId | None = None,
    contract_id: ContractId | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[MeteredRow]:
    """Return the order lines of the actor's companies whose usage has a price, the newest first."""
    plans = _metered(actor)
    for name, value in (("order_id", order_id), ("contract_id", contract_id)):
        plans = plans if value is None else plans.filter(**{name: value})

    def read(page: QuerySet[Plan]) -> list[MeteredRow]:
        return [_metered_row(plan) for plan in page.select_related(*_TOLD)]

    return paged(plans, sorted_by(Plan, order, {}, "-id"), at, limit, read)


def find_metered(company_id: CompanyId, numbers: Sequence[str]) -> dict[str, OrderLineId]:
    """Return the order lines of those numbers (order, dash, place) whose usage has a price."""
    orders = {number.rpartition("-")[0] for number in numbers}
    plans = Plan.objects.filter(company_id=company_id, order__number__in=orders, ratings__isnull=False).distinct()
    rows = plans.values_list("order__number", "order_line__position", "order_line_id")
    return {f"{number}-{position}": OrderLineId(line_id) for number, position, line_id in rows}


def get_metered(actor: Actor, order_line_id: OrderLineId) -> MeteredLineView:
    """Return an order line with what each period of its usage costs; refuses `NotFound`."""
    plan = _metered(actor).filter(order_line_id=order_line_id).select_related(*_TOLD).first()
    if plan is None:
        raise NotFound(what=called(Plan), key=order_line_id)
    ratings = list(UsageRating.objects.filter(plan=plan).order_by("effective_on").prefetch_related("tiers"))
    found = priced(read_usage([order_line_id], known_now()))
    return MeteredLineView(_metered_row(plan), tuple(_rating(one) for one in ratings), _periods(found, plan.currency))


def list_usage(actor: Actor, order_line_id: OrderLineId, *, limit: int = 100, at: str = "") -> Page[UsageEventRow]:
    """Return what was used of an order line, the latest day first, with what was corrected."""
    events = UsageEvent.objects.visible_to(actor).filter(plan__order_line_id=order_line_id)
    keys = sorted_by(UsageEvent, "", {}, "-used_on", "-id")

    def read(page: QuerySet[UsageEvent]) -> list[UsageEventRow]:
        return [_event(event) for event in page.select_related("corrects", "corrected_by")]

    return paged(events, keys, at, limit, read)


def list_deliveries(
    actor: Actor, *, company_id: CompanyId | None = None, order: str = "", limit: int = 100, at: str = ""
) -> Page[UsageDeliveryRow]:
    """Return the deliveries of usage to the actor's companies, the newest first."""
    found = UsageDelivery.objects.visible_to(actor)
    found = found if company_id is None else found.filter(company_id=company_id)
    keys = sorted_by(UsageDelivery, order, DELIVERY_ORDERS, "-id")

    def read(page: QuerySet[UsageDelivery]) -> list[UsageDeliveryRow]:
        return [_delivery(one) for one in page.select_related("made_by")]

    return paged(found, keys, at, limit, read)


def count_deliveries(actor: Actor) -> Tally:
    """Return how many deliveries there are."""
    return counted(UsageDelivery.objects.visible_to(actor))


def get_delivery(actor: Actor, delivery_id: UsageDeliveryId) -> UsageDeliveryRow:
    """Return a delivery of usage; refuses `NotFound`."""
    return _delivery(UsageDelivery.objects.select_related("made_by").seen(delivery_id, actor))


_TOLD = ("order", "order_line", "contract", "customer")


def _metered(actor: Actor) -> QuerySet[Plan]:
    return Plan.objects.visible_to(actor).filter(pk__in=UsageRating.objects.values("plan_id"))


def _metered_row(plan: Plan) -> MeteredRow:
    assert plan.service_start is not None, "a recurring plan has a service"
    assert plan.service_until is not None, "a recurring plan has a service"
    return MeteredRow(
        id=OrderLineId(plan.order_line_id),
        company_id=CompanyId(plan.company_id),
        number=f"{plan.order.number}-{plan.order_line.position}",
        order_id=OrderId(plan.order_id),
        order_number=plan.order.number,
        contract_id=ContractId(plan.contract_id),
        contract_number=plan.contract.number,
        customer=Name(plan.customer.name, plan.customer.name_en),
        description=Text(en=plan.description_en, ja=plan.description_ja),
        currency=plan.currency,
        service=Period(plan.service_start, plan.service_until),
    )


def _periods(found: Priced, currency: str) -> tuple[UsagePeriodRow, ...]:
    steps: dict[date, list[PricedStep]] = {}
    for row in found.steps.iter_rows(named=True):
        steps.setdefault(row["service_start"], []).append(_step(row, currency))
    return tuple(
        UsagePeriodRow(
            Period(row["service_start"], row["service_until"]),
            row["bill_on"],
            row["quantity"],
            Money(row["net_minor"], currency),
            tuple(steps.get(row["service_start"], ())),
        )
        for row in found.periods.iter_rows(named=True)
    )


def _step(row: dict[str, Any], currency: str) -> PricedStep:
    return PricedStep(
        UsageStep(row["kind"]),
        row["units"],
        row["from_units"],
        Money(row["price_minor"], currency),
        row["per_units"],
        Money(row["flat_minor"], currency),
        Money(row["amount_minor"], currency),
    )


def _rating(rating: UsageRating) -> RatingRow:
    tiers = sorted(
        (UsageTier(one.from_units, one.price_minor, one.per_units, one.flat_minor) for one in rating.tiers.all()),
        key=lambda tier: tier.from_units,
    )
    return RatingRow(
        rating.effective_on,
        UsageTerms(
            UsageModel(rating.model),
            Text(en=rating.unit_en, ja=rating.unit_ja),
            tuple(tiers),
            rating.included_units,
            rating.minimum_minor,
            rating.commitment_minor,
            rating.prepaid_units,
            rating.prepaid_minor,
        ),
    )


def _event(event: UsageEvent) -> UsageEventRow:
    return UsageEventRow(
        event.event_id,
        event.used_on,
        event.quantity,
        event.corrects.event_id if event.corrects else "",
        event.corrected_by.event_id if hasattr(event, "corrected_by") else "",
        UsageDeliveryId(event.delivery_id),
        event.recorded_at,
    )


def _delivery(row: UsageDelivery) -> UsageDeliveryRow:
    return UsageDeliveryRow(
        id=UsageDeliveryId(row.pk),
        company_id=CompanyId(row.company_id),
        source=UsageSource(row.source),
        name=row.name,
        because=row.because,
        accepted=row.accepted,
        known=row.known,
        refused=tuple(
            UsageRefused(one["place"], one["event_id"], one["rule"], Text(en=one["en"], ja=one["ja"]))
            for one in row.refused
        ),
        effective_on=row.effective_on,
        made_by=row.made_by.name,
        recorded_at=row.recorded_at,
    )
