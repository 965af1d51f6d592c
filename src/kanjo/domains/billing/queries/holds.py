"""Reads of holds: what is kept back from invoices, by whom, why, and how much money that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

import polars as pl
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.billing.facts import HoldCondition, PlanCharge
from kanjo.domains.billing.models import Hold, Plan, Release
from kanjo.domains.billing.queries.due import HELD_BY, Scope, known_now, read_due, read_held
from kanjo.domains.billing.rules.changing import HoldMissing
from kanjo.domains.billing.rules.owed import still_due
from kanjo.domains.customers.queries import customers_found
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import (
    ApprovalRequestId,
    CompanyId,
    ContractId,
    CustomerId,
    HoldId,
    OrderId,
    OrderLineId,
    PersonId,
)
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Name, Text
from kanjo.platform.bulk.reading import read_columns
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tallies import Tally, counted

ORDERS: Orders = {"since": "effective_on", "expires_on": "expires_on", "owner": "owner__name", "condition": "condition"}
HOLD = "billing_hold"


class HoldState(StrEnum):
    """Whether a hold still keeps anything back."""

    OPEN = "open"
    EXPIRED = "expired"
    RELEASED = "released"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _STATES[self]


_STATES = {
    HoldState.OPEN: Text(en="Open", ja="保留中"),
    HoldState.EXPIRED: Text(en="Expired", ja="期限切れ"),
    HoldState.RELEASED: Text(en="Released", ja="解除済み"),
}


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as it is shown: of a payer, a contract, an order or a line of one, whichever is the narrowest given.

    With *charge* it is of that kind only. *held* is what is due by the day asked for and kept back by it, a sum for
    each currency. What two holds keep back stands in both.
    """

    id: HoldId
    company_id: CompanyId
    payer_id: CustomerId | None
    contract_id: ContractId | None
    order_id: OrderId | None
    order_line_id: OrderLineId | None
    what: Text
    charge: PlanCharge | None
    condition: HoldCondition
    approval_request_id: ApprovalRequestId | None
    because: str
    owner_id: PersonId
    owner: str
    since: date
    expires_on: date | None
    released_on: date | None
    released_because: str
    state: HoldState
    held: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class HeldMoney:
    """What is due and kept back for one condition, in one currency: by how many holds, how many charges, how much."""

    condition: HoldCondition
    holds: int
    charges: int
    net: Money


@dataclass(frozen=True, slots=True)
class OfPlans(Scope):
    """Only some plans of a company, by their ids."""

    plan_ids: Sequence[int] = ()

    @property
    def where(self) -> str:
        """The condition on `billing_plan p`."""
        return "p.company_id = %(company_id)s AND p.id = ANY(%(plan_ids)s)"


def list_holds(
    actor: Actor,
    *,
    on: date,
    state: HoldState | None = None,
    condition: HoldCondition | None = None,
    owner_id: PersonId | None = None,
    contract_id: ContractId | None = None,
    search: str = "",
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[HoldRow]:
    """Return holds of the actor's companies as they stand on a day, the latest first.

    *search* finds them by contract or order number, payer or owner.
    """
    found = _asked(actor, on, state=state, condition=condition, owner_id=owner_id, contract_id=contract_id)
    found = _searched(found, search)
    keys = sorted_by(Hold, order, ORDERS, "-effective_on", "-id")
    return paged(found, keys, at, limit, lambda page: _rows(page, on))


def count_holds(
    actor: Actor,
    *,
    on: date,
    state: HoldState | None = None,
    condition: HoldCondition | None = None,
    owner_id: PersonId | None = None,
    search: str = "",
) -> Tally:
    """Return how many holds `list_holds` has in all."""
    found = _asked(actor, on, state=state, condition=condition, owner_id=owner_id)
    return counted(_searched(found, search))


def get_hold(actor: Actor, hold_id: HoldId, *, on: date) -> HoldRow:
    """Return a hold as it stands on a day; refuses `HoldMissing`."""
    rows = _rows(Hold.objects.visible_to(actor).filter(pk=hold_id), on)
    if not rows:
        raise HoldMissing(key=hold_id)
    return rows[0]


def list_hold_owners(actor: Actor) -> list[tuple[PersonId, str]]:
    """Return whoever answers for a hold of the actor's companies, by name."""
    owners = Hold.objects.visible_to(actor).order_by("owner__name", "owner_id")
    return [(PersonId(key), name) for key, name in owners.values_list("owner_id", "owner__name").distinct()]


def list_expiring(company_id: CompanyId, *, until: date) -> list[HoldRow]:
    """Return unreleased holds of a company that are over before *until*, or will be, soonest first.

    Without their amounts: it is asked when, not how much.
    """
    ending = Hold.objects.filter(company_id=company_id, release=None, expires_on__lt=until).order_by("expires_on", "id")
    return [_row(hold, until, ()) for hold in _told(ending)]


def held_until_accepted(
    order_line_id: OrderLineId, order_id: OrderId, contract_id: ContractId, payer_id: CustomerId, on: date
) -> list[HoldRow]:
    """Return the unreleased holds until acceptance of a line, its order, contract and payer, without their amounts."""
    plan = Plan.objects.filter(order_line_id=order_line_id)
    of = (
        Q(plan__order_line_id=order_line_id)
        | Q(order_id=order_id)
        | Q(contract_id=contract_id)
        | Q(account__payer_id=payer_id, company_id__in=plan.values("company_id"))
    )
    waiting = Hold.objects.filter(of, _waiting(on), condition=HoldCondition.ACCEPTANCE).order_by("id")
    return [_row(hold, on, ()) for hold in _told(waiting)]


def held_until_numbered(order_id: OrderId, contract_id: ContractId | None, on: date) -> list[HoldId]:
    """Return the unreleased holds of an order, its lines and *contract_id* that wait for a purchase order number."""
    of = Q(order_id=order_id) | Q(plan__order_id=order_id)
    if contract_id is not None:
        of |= Q(contract_id=contract_id)
    waiting = Hold.objects.filter(of, _waiting(on), condition=HoldCondition.PO_NUMBER)
    return [HoldId(key) for key in waiting.order_by("id").values_list("pk", flat=True)]


def held_for_numbers(
    company_id: CompanyId, on: date, *, contract_id: ContractId | None = None, most: int, skip: int = 0
) -> tuple[int, list[HoldRow]]:
    """Return how many open holds of a company, or on a contract, wait for the customer's number, and *most* of them.

    Without their amounts, the oldest first, after the first *skip*.
    """
    waiting = Hold.objects.filter(_open(on), company_id=company_id, condition=HoldCondition.PO_NUMBER)
    waiting = waiting if contract_id is None else waiting.filter(_touches(contract_id))
    rows = [_row(hold, on, ()) for hold in _told(waiting.order_by("effective_on", "id"))[skip : skip + most]]
    return (len(rows) if len(rows) < most and not skip else waiting.count()), rows


def held_until_approved(request_id: ApprovalRequestId, on: date) -> list[HoldId]:
    """Return the unreleased holds that wait for the approval of a request."""
    waiting = Hold.objects.filter(_waiting(on), approval_request_id=request_id)
    return [HoldId(key) for key in waiting.order_by("id").values_list("pk", flat=True)]


def holds_refused(company_id: CompanyId, on: date) -> list[HoldRow]:
    """Return the open holds of a company whose approval will not come any more, without their amounts."""
    refused = Q(approval_request__state__in=[RequestState.REJECTED, RequestState.RECALLED])
    found = Hold.objects.filter(refused, _open(on), company_id=company_id).order_by("id")
    return [_row(hold, on, ()) for hold in _told(found)]


def open_holds_of(contract_id: ContractId, on: date) -> QuerySet[Hold]:
    """Return the holds that keep back anything of a contract on a day."""
    return Hold.objects.filter(_open(on), _touches(contract_id), effective_on__lte=on)


def money_on_hold(company_id: CompanyId, on: date) -> list[HeldMoney]:
    """Return how much is due by a day and kept back, by condition and currency, as the preview of a run tells it.

    What two holds keep back counts once, for the earlier of them.
    """
    known_at = known_now()
    held = read_held(Scope(company_id), on, known_at)
    if held.is_empty():
        return []
    due = _due(company_id, held["plan_id"].unique().to_list(), on)
    conditions = dict(Hold.objects.filter(pk__in=held["hold_id"].unique().to_list()).values_list("pk", "condition"))
    said = held.with_columns(condition=pl.col("hold_id").replace_strict(conditions, return_dtype=pl.String))
    sums = (
        due.join(said, on="plan_id")
        .group_by("condition", "currency")
        .agg(holds=pl.col("hold_id").n_unique(), charges=pl.len(), net_minor=pl.sum("net_minor"))
        .sort("condition", "currency")
    )
    return [
        HeldMoney(
            HoldCondition(row["condition"]), row["holds"], row["charges"], Money(row["net_minor"], row["currency"])
        )
        for row in sums.iter_rows(named=True)
    ]


def held_plans(hold_ids: Sequence[int]) -> pl.DataFrame:
    """Return (hold_id, plan_id) of every plan that holds are about, whether they stand or are over."""
    asked = {"hold_ids": list(hold_ids)}
    query = " UNION ALL ".join(_PLANS.format(join=join) for join in HELD_BY)
    return read_columns(query, asked, {"hold_id": pl.Int64, "plan_id": pl.Int64})


def _asked(
    actor: Actor,
    on: date,
    *,
    state: HoldState | None,
    condition: HoldCondition | None,
    owner_id: PersonId | None,
    contract_id: ContractId | None = None,
) -> QuerySet[Hold]:
    asked = Hold.objects.visible_to(actor)
    if state is not None:
        asked = asked.filter(_STANDS[state](on))
    if condition is not None:
        asked = asked.filter(condition=condition)
    if owner_id is not None:
        asked = asked.filter(owner_id=owner_id)
    return asked if contract_id is None else asked.filter(_touches(contract_id))


def _searched(holds: QuerySet[Hold], text: str) -> QuerySet[Hold]:
    if not text.strip():
        return holds
    within = [Q(**{f"{column}__icontains": text.strip()}) for column in _SEARCHED]
    return holds.filter(reduce(or_, within) | Q(account__payer_id__in=customers_found(text, None)))


_SEARCHED = ("owner__name", "contract__number", "order__number", "plan__order__number")


def _released(on: date) -> Q:
    return Q(Exists(Release.objects.filter(hold_id=OuterRef("pk"), effective_on__lte=on)))


def _waiting(on: date) -> Q:
    """Return the condition that a fact of a day may still end a hold: no release of another day does already."""
    return Q(release=None) & (Q(expires_on__isnull=True) | Q(expires_on__gt=on))


def _expired(on: date) -> Q:
    return ~_released(on) & Q(expires_on__lte=on)


def _open(on: date) -> Q:
    return ~_released(on) & (Q(expires_on__isnull=True) | Q(expires_on__gt=on))


_STANDS = {HoldState.OPEN: _open, HoldState.EXPIRED: _expired, HoldState.RELEASED: _released}


def _touches(contract_id: ContractId) -> Q:
    """Return the condition that a hold is about anything of a contract."""
    plans = Plan.objects.filter(contract_id=contract_id)
    return (
        Q(contract_id=contract_id)
        | Q(account_id__in=plans.values("account_id"))
        | Q(order_id__in=plans.values("order_id"))
        | Q(plan_id__in=plans.values("pk"))
    )


def _told(holds: QuerySet[Hold]) -> QuerySet[Hold]:
    return holds.select_related("release", "owner", "account__payer", "contract", "order", "plan__order").annotate(
        position=F("plan__order_line__position")
    )


def _rows(holds: QuerySet[Hold], on: date) -> list[HoldRow]:
    found = list(_told(holds))
    stand = [hold for hold in found if hold.effective_on <= on and _state(hold, on) is HoldState.OPEN]
    amounts = _amounts(stand, on)
    return [_row(hold, on, amounts.get(hold.pk, ())) for hold in found]


def _amounts(holds: Sequence[Hold], on: date) -> Mapping[int, tuple[Money, ...]]:
    """Return what is due by the day of each hold, by currency: a few questions for each company, however many holds."""
    amounts: dict[int, tuple[Money, ...]] = {}
    for company_id in {hold.company_id for hold in holds}:
        pairs = held_plans([hold.pk for hold in holds if hold.company_id == company_id])
        due = _due(CompanyId(company_id), pairs["plan_id"].unique().to_list(), on)
        sums = pairs.join(due, on="plan_id").group_by("hold_id", "currency").agg(pl.sum("net_minor")).sort("currency")
        for row in sums.iter_rows(named=True):
            amounts[row["hold_id"]] = (*amounts.get(row["hold_id"], ()), Money(row["net_minor"], row["currency"]))
    return amounts


def _due(company_id: CompanyId, plan_ids: list[int], on: date) -> pl.DataFrame:
    """Return (plan_id, net_minor, currency) of every charge of some plans that is due by a day."""
    plans, known = read_due(OfPlans(company_id, plan_ids=plan_ids), known_now())
    due = still_due(plans, on, known).select("plan_id", "net_minor")
    return due.join(plans.select("plan_id", "currency"), on="plan_id")


def _state(hold: Any, on: date) -> HoldState:
    release = getattr(hold, "release", None)
    if release is not None and release.effective_on <= on:
        return HoldState.RELEASED
    return HoldState.EXPIRED if hold.expires_on is not None and hold.expires_on <= on else HoldState.OPEN


def _row(hold: Any, on: date, held: tuple[Money, ...]) -> HoldRow:
    release = getattr(hold, "release", None)
    return HoldRow(
        id=HoldId(hold.pk),
        company_id=CompanyId(hold.company_id),
        payer_id=CustomerId(hold.account.payer_id) if hold.account else None,
        contract_id=ContractId(hold.contract_id) if hold.contract_id else None,
        order_id=OrderId(hold.order_id or hold.plan.order_id) if hold.order_id or hold.plan else None,
        order_line_id=OrderLineId(hold.plan.order_line_id) if hold.plan else None,
        what=_what(hold),
        charge=PlanCharge(hold.charge) if hold.charge else None,
        condition=HoldCondition(hold.condition),
        approval_request_id=ApprovalRequestId(hold.approval_request_id) if hold.approval_request_id else None,
        because=hold.because,
        owner_id=PersonId(hold.owner_id),
        owner=hold.owner.name,
        since=hold.effective_on,
        expires_on=hold.expires_on,
        released_on=release.effective_on if release else None,
        released_because=release.because if release else "",
        state=_state(hold, on),
        held=held,
    )


def _what(hold: Any) -> Text:
    """Return what is held, by its name or number."""
    if hold.plan:
        number = f"{hold.plan.order.number}-{hold.position}"
        return _LINE.filled(number=number, name=Text(en=hold.plan.description_en, ja=hold.plan.description_ja))
    if hold.order:
        return _ORDER.filled(number=hold.order.number)
    if hold.contract:
        return _CONTRACT.filled(number=hold.contract.number)
    return _PAYER.filled(name=Name(hold.account.payer.name, hold.account.payer.name_en))


_LINE = Text(en="Order line {number}, {name}", ja="注文明細 {number}（{name}）")
_ORDER = Text(en="Order {number}", ja="注文 {number}")
_CONTRACT = Text(en="Contract {number}", ja="契約 {number}")
_PAYER = Text(en="Payer {name}", ja="請求先 {name}")
SOON = timedelta(days=7)
"""How long before its expiry a hold stands on the queue of its owner."""

_PLANS = """
SELECT h.id, p.id FROM billing_hold h JOIN billing_plan p ON {join} AND h.charge IN ('', p.charge)
WHERE h.id = ANY(%(hold_ids)s)
"""
