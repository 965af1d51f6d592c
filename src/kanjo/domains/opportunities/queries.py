"""Reads of opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from django.db.models import Count, F, QuerySet, Sum

from kanjo.domains.customers.queries import customers_found, named
from kanjo.domains.opportunities.facts import OpportunityRow, Stage, StageTotal
from kanjo.domains.opportunities.models import Opportunity
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, PersonId
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, holds, is_one_of
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, added_up

_JOINED = {"customer": named(), "product": F("product__code"), "owner": F("owner__name")}
_OWN = tuple(field.name for field in fields(OpportunityRow) if field.name not in _JOINED)

ORDERS: Orders = {
    "name": "name",
    "customer": "customer__name",
    "product": "product__code",
    "owner": "owner__name",
    "engaged_on": "engaged_on",
    "closed_on": "closed_on",
    "expected": "expected_minor",
    "value": "value_minor",
    "stage": "stage",
}


def get_opportunity(opportunity_id: OpportunityId, actor: Actor) -> OpportunityRow:
    """Return an opportunity of the actor's companies; refuses `NotFound`."""
    rows = _rows(Opportunity.objects.visible_to(actor).filter(pk=opportunity_id))
    if not rows:
        raise NotFound(what=called(Opportunity), key=opportunity_id)
    return rows[0]


def list_opportunities(
    actor: Actor,
    *,
    company_id: CompanyId | None = None,
    stage: Stage | None = None,
    owner_id: PersonId | None = None,
    customer_id: CustomerId | None = None,
    search: str = "",
    most: int | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[OpportunityRow]:
    """Return opportunities of the actor's companies, the newest first."""
    given = {"company_id": company_id, "stage": stage, "owner_id": owner_id, "customer_id": customer_id}
    found = _found(actor, search, most, **given)
    return paged(found, sorted_by(Opportunity, order, ORDERS, "-id"), at, limit, _rows)


def count_opportunities(
    actor: Actor,
    *,
    company_id: CompanyId | None = None,
    stage: Stage | None = None,
    owner_id: PersonId | None = None,
    customer_id: CustomerId | None = None,
    search: str = "",
) -> Tally:
    """Return how many opportunities `list_opportunities` has."""
    found = _found(actor, search, company_id=company_id, stage=stage, owner_id=owner_id, customer_id=customer_id)
    return added_up(found, ORDERS, "expected", "value")


def list_won_elsewhere(company_id: CompanyId) -> list[OpportunityRow]:
    """Return the company's engaging deals that another system already counts as won, by the day of the win and key.

    Each is won here when its order is booked.
    """
    won = Opportunity.objects.filter(company_id=company_id, stage=Stage.ENGAGING, won_elsewhere=True)
    return _rows(won.order_by("expected_close_on", "external_key", "id"))


def list_open_of(actor: Actor, company_id: CompanyId, owner_id: PersonId) -> list[OpportunityRow]:
    """Return the open deals of an owner in a company, the oldest first."""
    mine = Opportunity.objects.visible_to(actor).filter(company_id=company_id, owner_id=owner_id)
    return _rows(mine.filter(closed_on=None).order_by("id"))


def count_open_by_owner(actor: Actor, company_id: CompanyId) -> dict[PersonId, tuple[str, int]]:
    """Return who owns open deals in a company, by name, and how many."""
    found = Opportunity.objects.visible_to(actor).filter(company_id=company_id, closed_on=None)
    counted = found.values_list("owner_id", "owner__name").annotate(Count("id")).order_by("owner__name", "owner_id")
    return {PersonId(key): (name, count) for key, name, count in counted}


def stage_totals(actor: Actor, *, company_id: CompanyId | None = None) -> list[StageTotal]:
    """Return per company, stage and currency how many deals stand there, what is expected of them and what was won."""
    found = _found(actor, "", company_id=company_id)
    totals = found.values("company_id", "stage", "currency").annotate(
        deals=Count("id"), expected=Sum("expected_minor", default=0), won=Sum("value_minor", default=0)
    )
    return [
        StageTotal(
            company_id=CompanyId(row["company_id"]),
            stage=Stage(row["stage"]),
            currency=row["currency"],
            deals=row["deals"],
            expected_minor=int(row["expected"]),
            won_minor=int(row["won"]),
        )
        for row in totals.order_by("company_id", "stage", "currency")
    ]


def ids_by_external_key(company_id: CompanyId) -> Mapping[str, OpportunityId]:
    """Return the company's opportunities that came from another system, by their key there."""
    known = Opportunity.objects.filter(company_id=company_id).exclude(external_key="")
    return {key: OpportunityId(pk) for key, pk in known.values_list("external_key", "pk")}


def _found(actor: Actor, search: str, most: int | None = None, **given: object) -> QuerySet[Opportunity]:
    wanted = {name: value for name, value in given.items() if value is not None}
    found = Opportunity.objects.visible_to(actor).filter(**wanted)
    if not search.strip():
        return found
    conditions = holds(search, "name", "external_key"), is_one_of("customer_id", customers_found(search, most))
    return any_of(found, conditions, most)


def _rows(opportunities: QuerySet[Opportunity]) -> list[OpportunityRow]:
    columns = opportunities.annotate(**{f"{name}_shown": path for name, path in _JOINED.items()})
    shown = [f"{name}_shown" for name in _JOINED]
    return [
        OpportunityRow(
            **{name: row[name] for name in _OWN if name != "stage"},
            stage=Stage(row["stage"]),
            **{name: row[f"{name}_shown"] for name in _JOINED},
        )
        for row in columns.values(*_OWN, *shown)
    ]
