"""Reads of renewals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import QuerySet

from kanjo.domains.customers.queries import named
from kanjo.domains.renewals.facts import PricePolicy, RenewalState
from kanjo.domains.renewals.models import Renewal
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, PersonId, QuoteId, RenewalId
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, added_up

ORDERS: Orders = {
    "contract": "contract__number",
    "customer": "customer__name",
    "owner": "owner__name",
    "term_until": "term_until",
    "proposed": "proposed_minor",
    "state": "state",
}


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """A renewal as it is shown; `term_until` is the first day after the old term."""

    id: RenewalId
    company_id: CompanyId
    contract_id: ContractId
    contract_number: str
    customer_id: CustomerId
    customer: str
    owner_id: PersonId
    owner: str
    term_until: date
    old_terms: dict[str, Any]
    currency: str
    proposed_minor: int
    quote_id: QuoteId | None
    appeared_on: date
    renewed_contract_id: ContractId | None
    price_policy: PricePolicy
    state: RenewalState


def list_renewals(
    actor: Actor,
    *,
    order: str = "",
    limit: int = 200,
    at: str = "",
    state: RenewalState | None = None,
    owner_id: PersonId | None = None,
    customer_id: CustomerId | None = None,
) -> Page[RenewalRow]:
    """Return the renewals the actor may see, nearest end of term first."""
    renewals = _chosen(actor, state=state, owner_id=owner_id, customer_id=customer_id)
    return paged(renewals, sorted_by(Renewal, order, ORDERS, "term_until", "id"), at, limit, _rows)


def count_renewals(
    actor: Actor,
    *,
    state: RenewalState | None = None,
    owner_id: PersonId | None = None,
    customer_id: CustomerId | None = None,
) -> Tally:
    """Return how many renewals `list_renewals` would show without a limit."""
    return added_up(_chosen(actor, state=state, owner_id=owner_id, customer_id=customer_id), ORDERS, "proposed")


def get_renewal(actor: Actor, renewal_id: RenewalId) -> RenewalRow:
    """Return the renewal. Refuses `NotFound`."""
    found = _rows(Renewal.objects.visible_to(actor).filter(pk=renewal_id))
    if not found:
        raise NotFound(what=called(Renewal), key=renewal_id)
    return found[0]


def find_quoted(actor: Actor, quote_id: QuoteId) -> RenewalId | None:
    """Return the renewal that the quote offers and whose outcome is not known yet, or None."""
    quoted = Renewal.objects.visible_to(actor).filter(quote_id=quote_id, state=RenewalState.QUOTED)
    key = quoted.order_by("id").values_list("pk", flat=True).first()
    return None if key is None else RenewalId(key)


def was_renewed(actor: Actor, contract_id: ContractId) -> bool:
    """Return whether another contract goes on where this one ends."""
    renewals = Renewal.objects.visible_to(actor).filter(contract_id=contract_id, state=RenewalState.RENEWED)
    return renewals.exists()


def _chosen(
    actor: Actor, *, state: RenewalState | None, owner_id: PersonId | None, customer_id: CustomerId | None
) -> QuerySet[Renewal]:
    asked = {"state": state, "owner_id": owner_id, "customer_id": customer_id}
    return Renewal.objects.visible_to(actor).filter(**{name: value for name, value in asked.items() if value})


_PATHS: dict[str, Any] = {
    "contract_number": "contract__number",
    "customer": named(),
    "owner": "owner__name",
    "appeared_on": "effective_on",
    "renewed_contract_id": "outcome__renewed_contract_id",
}
_NAMES = [field.name for field in fields(RenewalRow)]
_COLUMNS = [_PATHS.get(name, name) for name in _NAMES]


def _rows(renewals: QuerySet[Renewal]) -> list[RenewalRow]:
    rows = (dict(zip(_NAMES, values, strict=True)) for values in renewals.values_list(*_COLUMNS))
    return [
        RenewalRow(**{**row, "price_policy": PricePolicy(row["price_policy"]), "state": RenewalState(row["state"])})
        for row in rows
    ]
