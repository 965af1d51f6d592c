"""Reads of grants, and the position of a customer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from kanjo.domains.catalog.queries import products_found
from kanjo.domains.customers.queries import customers_found, named
from kanjo.domains.licenses.facts import SOON_DAYS, HowConfirmed, RightsOfContract, Runs
from kanjo.domains.licenses.models import EndOfUse, Grant
from kanjo.domains.licenses.rules import refuse_goes_on
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, GrantId, OrderLineId, ProductId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.times import AsKnown
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, is_numbered, is_one_of
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
class EndOfUseRow:
    """That the use of what a contract granted has ended: the day it was confirmed, how and by whom."""

    confirmed_on: date
    how: HowConfirmed
    note: str
    confirmed_by: str


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
    """Return what the customer may use on the day, as it had been recorded by then, product by product.

    What amendments gave or took away is counted in.
    """
    valid = _valid(Grant.objects.visible_to(actor).filter(customer_id=customer_id), known)
    columns = ["product_id", "product__code", "metric"]
    sums = valid.values_list(*columns).annotate(Sum("quantity"), Count("id"), Min("until")).exclude(quantity__sum=0)
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
    contract_state: str | None = None,
    runs: tuple[Runs, date] | None = None,
    search: str = "",
) -> Page[GrantRow]:
    """Return the grants the actor may see, newest first; with *valid* those that count on its day.

    *runs* keeps those that run so long on that day; *search* finds them by product, customer or contract.
    """
    asked = _chosen(actor, customer_id=customer_id, contract_id=contract_id, valid=valid, contract_state=contract_state)
    grants = _found(actor, asked.filter(_running(*runs)) if runs else asked, search)
    return paged(grants, sorted_by(Grant, order, ORDERS, "-effective_on", "-id"), at, limit, _rows)


def count_grants(
    actor: Actor,
    *,
    customer_id: CustomerId | None = None,
    contract_id: ContractId | None = None,
    valid: AsKnown | None = None,
    contract_state: str | None = None,
    runs: tuple[Runs, date] | None = None,
    search: str = "",
) -> Tally:
    """Return how many grants `list_grants` would show without a limit."""
    asked = _chosen(actor, customer_id=customer_id, contract_id=contract_id, valid=valid, contract_state=contract_state)
    return counted(_found(actor, asked.filter(_running(*runs)) if runs else asked, search))


def get_grant(actor: Actor, grant_id: GrantId) -> GrantRow:
    """Return the grant. Refuses `NotFound`."""
    found = _rows(Grant.objects.visible_to(actor).filter(pk=grant_id))
    if not found:
        raise NotFound(what=called(Grant), key=grant_id)
    return found[0]


def find_end_of_use(actor: Actor, contract_id: ContractId) -> EndOfUseRow | None:
    """Return how the end of use under a contract was confirmed, or None."""
    ends = EndOfUse.objects.visible_to(actor).filter(contract_id=contract_id)
    found = ends.values_list("effective_on", "how", "note", "confirmed_by__name").first()
    if found is None:
        return None
    confirmed_on, how, note, name = found
    return EndOfUseRow(confirmed_on, HowConfirmed(how), note, name)


def why_use_goes_on(rights: RightsOfContract, *, on: date) -> Refusal | None:
    """Return why the end of use under a contract cannot be confirmed on a day yet, or None."""
    try:
        refuse_goes_on(rights, on=on)
    except Refusal as refusal:
        return refusal
    return None


def _chosen(
    actor: Actor,
    *,
    customer_id: CustomerId | None,
    contract_id: ContractId | None,
    valid: AsKnown | None,
    contract_state: str | None,
) -> QuerySet[Grant]:
    asked = {"customer_id": customer_id, "contract_id": contract_id, "contract__state": contract_state}
    grants = Grant.objects.visible_to(actor).filter(**{name: value for name, value in asked.items() if value})
    return _valid(grants, valid) if valid else grants


def _found(actor: Actor, grants: QuerySet[Grant], search: str) -> QuerySet[Grant]:
    if not search.strip():
        return grants
    conditions = (
        is_numbered(search, "contract__number", within=True),
        is_one_of("customer_id", customers_found(search)),
        is_one_of("product_id", products_found(actor, search)),
    )
    return any_of(grants, conditions)


def _running(runs: Runs, on: date) -> Q:
    if runs is Runs.PERPETUAL:
        return Q(until__isnull=True)
    return Q(until__lte=on) if runs is Runs.OVER else Q(until__gt=on, until__lte=on + timedelta(days=SOON_DAYS))


def _valid(grants: QuerySet[Grant], known: AsKnown) -> QuerySet[Grant]:
    day = known.effective_on
    valid = grants.filter(Q(until__isnull=True) | Q(until__gt=day), effective_on__lte=day)
    return valid.filter(recorded_at__lte=known.known_at) if known.known_at else valid


_PATHS: dict[str, Any] = {
    "customer": named(),
    "contract_number": "contract__number",
    "product_code": "product__code",
    "product_en": "product__name_en",
    "product_ja": "product__name_ja",
}
_COLUMNS = [_PATHS.get(field.name, field.name) for field in fields(GrantRow)]


def _rows(grants: QuerySet[Grant]) -> list[GrantRow]:
    return [GrantRow(*values) for values in grants.values_list(*_COLUMNS)]
