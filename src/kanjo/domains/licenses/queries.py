"""Reads of grants, and the position of a customer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet, Sum

from kanjo.domains.licenses.models import Grant
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, GrantId, OrderLineId, ProductId
from kanjo.foundation.times import AsKnown
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted

ORDERS: Orders = {
    "product": "product__code",
    "contract": "contract__number",
    "metric": "metric",
    "quantity": "quantity",
    "starts_on": "effective_on",
    "until": "until",
}


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as it is shown; `until` is the first day after it, None for a perpetual one."""

    id: GrantId
    company_id: CompanyId
    customer_id: CustomerId
    customer: str
    contract_id: ContractId
    contract_number: str
    order_line_id: OrderLineId
    product_id: ProductId
    product_code: str
    product_en: str
    product_ja: str
    metric: str
    quantity: int
    effective_on: date
    until: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PositionRow:
    """How much of a product a customer may use on a day, over all grants that are valid on it.

    `next_end` is the first day on which some of it is no longer valid, None when all of it is perpetual.
    """

    product_id: ProductId
    product_code: str
    metric: str
    quantity: int
    grants: int
    next_end: date | None


def position(actor: Actor, customer_id: CustomerId, known: AsKnown) -> list[PositionRow]:
    """Return what the customer may use on the day, as it had been recorded by then, product by product."""
    valid = _valid(Grant.objects.visible_to(actor).filter(customer_id=customer_id), known)
    columns = ["product_id", "product__code", "metric"]
    sums = valid.values_list(*columns).annotate(Sum("quantity"), Count("id"), Min("until"))
    return [PositionRow(*row) for row in sums.order_by("product__code", "product_id", "metric")]


def list_grants(
    actor: Actor,
    *,
    order: str = "",
    limit: int = 200,
    at: str = "",
    customer_id: CustomerId | None = None,
    contract_id: ContractId | None = None,
    valid: AsKnown | None = None,
) -> Page[GrantRow]:
    """Return the grants the actor may see, newest first; with *valid* those that count on its day."""
    grants = _chosen(actor, customer_id=customer_id, contract_id=contract_id, valid=valid)
    return paged(grants, sorted_by(Grant, order, ORDERS, "-effective_on", "-id"), at, limit, _rows)


def count_grants(
    actor: Actor,
    *,
    customer_id: CustomerId | None = None,
    contract_id: ContractId | None = None,
    valid: AsKnown | None = None,
) -> Tally:
    """Return how many grants `list_grants` would show without a limit."""
    return counted(_chosen(actor, customer_id=customer_id, contract_id=contract_id, valid=valid))


def get_grant(actor: Actor, grant_id: GrantId) -> GrantRow:
    """Return the grant. Refuses `NotFound`."""
    found = _rows(Grant.objects.visible_to(actor).filter(pk=grant_id))
    if not found:
        raise NotFound(what=called(Grant), key=grant_id)
    return found[0]


def _chosen(
    actor: Actor, *, customer_id: CustomerId | None, contract_id: ContractId | None, valid: AsKnown | None
) -> QuerySet[Grant]:
    asked = {"customer_id": customer_id, "contract_id": contract_id}
    grants = Grant.objects.visible_to(actor).filter(**{name: value for name, value in asked.items() if value})
    return _valid(grants, valid) if valid else grants


def _valid(grants: QuerySet[Grant], known: AsKnown) -> QuerySet[Grant]:
    day = known.effective_on
    valid = grants.filter(Q(until__isnull=True) | Q(until__gt=day), effective_on__lte=day)
    return valid.filter(recorded_at__lte=known.known_at) if known.known_at else valid


_PATHS = {
    "customer": "customer__name",
    "contract_number": "contract__number",
    "product_code": "product__code",
    "product_en": "product__name_en",
    "product_ja": "product__name_ja",
}
_COLUMNS = [_PATHS.get(field.name, field.name) for field in fields(GrantRow)]


def _rows(grants: QuerySet[Grant]) -> list[GrantRow]:
    return [GrantRow(*values) for values in grants.values_list(*_COLUMNS)]
