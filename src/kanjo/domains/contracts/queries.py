"""Reads of contracts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from kanjo.domains.contracts.facts import AmendmentKind, ContractState
from kanjo.domains.contracts.models import Amendment, Contract
from kanjo.domains.customers.queries import customers_found, named
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import (
    AmendmentId,
    ApprovalRequestId,
    CompanyId,
    ContractId,
    CustomerId,
    FileId,
    PersonId,
    QuoteId,
    QuoteVersionId,
)
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, has_number, is_numbered, is_one_of
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, added_up

ORDERS: Orders = {
    "number": "number",
    "customer": "customer__name",
    "owner": "owner__name",
    "concluded_on": "effective_on",
    "starts_on": "starts_on",
    "until": "until",
    "total": "total_minor",
    "state": "state",
}


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract as it is shown.

    `until` is the first day after its term, `notice_opens_on` the first day of its notice window, `stops_on` the
    first day without effect once it has ended; each None where there is none.
    """

    id: ContractId
    number: str
    company_id: CompanyId
    customer_id: CustomerId
    customer: str
    quote_id: QuoteId
    quote_version_id: QuoteVersionId
    approval_request_id: ApprovalRequestId
    currency: str
    total_minor: int
    payment_terms: str
    starts_on: date
    until: date | None
    notice_days: int
    notice_opens_on: date | None
    signed_file_id: FileId
    signed_digest: str
    owner_id: PersonId
    owner: str
    concluded_on: date
    stops_on: date | None
    state: ContractState


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """An amendment as it is shown; `withdraws` and `withdrawn_by` are numbers, empty where there is none.

    It takes effect on `effective_on`, was agreed on `concluded_on` and known at `recorded_at`; a suspension may end.
    """

    id: AmendmentId
    number: str
    contract_id: ContractId
    kind: AmendmentKind
    because: str
    currency: str
    total_minor: int
    withdraws_id: AmendmentId | None
    withdraws: str
    withdrawn_by: str
    concluded_on: date
    effective_on: date
    until: date | None
    recorded_at: datetime


def list_contracts(
    actor: Actor,
    *,
    order: str = "",
    limit: int = 200,
    at: str = "",
    customer_id: CustomerId | None = None,
    state: ContractState | None = None,
    company_id: CompanyId | None = None,
    over_on: date | None = None,
    search: str = "",
    most: int | None = None,
) -> Page[ContractRow]:
    """Return the contracts the actor may see, last concluded first.

    With *over_on* only those whose term is over on that day and whose end is not noted yet.
    """
    chosen = _chosen(actor, customer_id=customer_id, state=state, company_id=company_id, over_on=over_on)
    contracts = _found(chosen, search, most)
    return paged(contracts, sorted_by(Contract, order, ORDERS, "-effective_on", "-id"), at, limit, _rows)


def count_contracts(
    actor: Actor,
    *,
    customer_id: CustomerId | None = None,
    state: ContractState | None = None,
    company_id: CompanyId | None = None,
    over_on: date | None = None,
    search: str = "",
) -> Tally:
    """Return how many contracts `list_contracts` would show without a limit."""
    chosen = _chosen(actor, customer_id=customer_id, state=state, company_id=company_id, over_on=over_on)
    return added_up(_found(chosen, search), ORDERS, "total")


def get_contract(actor: Actor, contract_id: ContractId) -> ContractRow:
    """Return the contract. Refuses `NotFound`."""
    found = _rows(Contract.objects.visible_to(actor).filter(pk=contract_id))
    if not found:
        raise NotFound(what=called(Contract), key=contract_id)
    return found[0]


def list_amendments(actor: Actor, contract_id: ContractId) -> list[AmendmentRow]:
    """Return the amendments of a contract in the order they were recorded."""
    return _amendments(Amendment.objects.visible_to(actor).filter(contract_id=contract_id).order_by("id"))


def get_amendment(actor: Actor, amendment_id: AmendmentId) -> AmendmentRow:
    """Return the amendment. Refuses `NotFound`."""
    found = _amendments(Amendment.objects.visible_to(actor).filter(pk=amendment_id))
    if not found:
        raise NotFound(what=called(Amendment), key=amendment_id)
    return found[0]


def find_contract(actor: Actor, number: str) -> ContractId | None:
    """Return a contract of the actor's companies by its number in full, in any case, or None."""
    found = Contract.objects.visible_to(actor).filter(has_number(number))
    key = found.order_by("id").values_list("pk", flat=True).first()
    return None if key is None else ContractId(key)


def is_signed_paper(actor: Actor, file_id: FileId) -> bool:
    """Return whether the file is the signed paper of a contract that the actor sees."""
    return Contract.objects.visible_to(actor).filter(signed_file_id=file_id).exists()


def find_contract_of_quote(actor: Actor, quote_id: QuoteId) -> ContractRow | None:
    """Return the contract that a quote became, the last one where several versions did, or None."""
    found = _rows(Contract.objects.visible_to(actor).filter(quote_id=quote_id).order_by("-id")[:1])
    return found[0] if found else None


def ending_within_notice(company_id: CompanyId, on: date) -> list[ContractRow]:
    """Return the contracts in force whose notice window is open on that day, nearest end first.

    The window is the last `notice_days` days of the term: it opens on `notice_opens_on` and closes before `until`.
    """
    in_window = Contract.objects.filter(
        company_id=company_id,
        state=ContractState.CONCLUDED,
        starts_on__lte=on,
        notice_opens_on__lte=on,
        until__gt=on,
    )
    return _rows(in_window.order_by("until", "id"))


def past_their_term(company_id: CompanyId, on: date) -> list[ContractId]:
    """Return the contracts whose term is over on that day and that are not yet noted as ended, in order of id."""
    over = Contract.objects.filter(_over(on), company_id=company_id)
    return [ContractId(key) for key in over.order_by("id").values_list("pk", flat=True)]


def _over(on: date) -> Q:
    return Q(state=ContractState.CONCLUDED, until__lte=on)


def _chosen(
    actor: Actor,
    *,
    customer_id: CustomerId | None,
    state: ContractState | None,
    company_id: CompanyId | None,
    over_on: date | None,
) -> QuerySet[Contract]:
    asked = {"customer_id": customer_id, "state": state, "company_id": company_id}
    given = {name: value for name, value in asked.items() if value}
    return Contract.objects.visible_to(actor).filter(_over(over_on) if over_on else Q(), **given)


def _found(contracts: QuerySet[Contract], search: str, most: int | None = None) -> QuerySet[Contract]:
    if not search.strip():
        return contracts
    conditions = (
        is_numbered(search, "number", within=most is None),
        is_one_of("customer_id", customers_found(search, most)),
    )
    return any_of(contracts, conditions, most)


_PATHS: dict[str, Any] = {
    "customer": named(),
    "owner": "owner__name",
    "concluded_on": "effective_on",
    "stops_on": "ending__effective_on",
}
_NAMES = [field.name for field in fields(ContractRow)]
_COLUMNS = [_PATHS.get(name, name) for name in _NAMES]


def _rows(contracts: QuerySet[Contract]) -> list[ContractRow]:
    rows = (dict(zip(_NAMES, values, strict=True)) for values in contracts.values_list(*_COLUMNS))
    return [ContractRow(**{**row, "state": ContractState(row["state"])}) for row in rows]


_AMENDED: dict[str, Any] = {
    "currency": "contract__currency",
    "withdraws": Coalesce("withdraws__number", Value("")),
    "withdrawn_by": Coalesce("withdrawn_by__number", Value("")),
}
_AMENDMENT = [field.name for field in fields(AmendmentRow)]
_OF_AMENDMENT = [_AMENDED.get(name, name) for name in _AMENDMENT]


def _amendments(amendments: QuerySet[Amendment]) -> list[AmendmentRow]:
    rows = (dict(zip(_AMENDMENT, values, strict=True)) for values in amendments.values_list(*_OF_AMENDMENT))
    return [AmendmentRow(**{**row, "kind": AmendmentKind(row["kind"])}) for row in rows]
