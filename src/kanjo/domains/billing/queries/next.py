"""What will be billed next of a contract, and of what is not billed, why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from kanjo.domains.billing.facts import HoldCondition, InvoiceToCome
from kanjo.domains.billing.models import Away, Change, Hold, MovedDay, Plan
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.queries.holds import held_plans, open_holds_of
from kanjo.domains.billing.queries.offered import to_come_or_refused
from kanjo.domains.billing.queries.schedules import days_to_move
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.rules.owed import Known, still_due
from kanjo.domains.billing.rules.waiting import DaysAway, Moved, OnHoldBy, Reason, Standing, Withdrawn, reasons
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import AmendmentId, CompanyId, ContractId, HoldId, OrderId, OrderLineId, PlanId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.worklist.queries import list_causes

ACCOUNT, CONTRACT, FAILED = "billing_account", "contracts_contract", "billing.failed"
"""The tables of what a run could not invoice, and the kind of work that it makes."""


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """A line and why not more of it is billed today."""

    plan_id: PlanId
    order_line_id: OrderLineId
    order_id: OrderId
    name: Text
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will be billed of a contract by what is known on a day.

    *invoices* come soonest first; what is due already stands on the day asked for, as the next run bills it, and what
    is on hold on the day on which its holds expire. What is held without an end and what waits for acceptance is in
    none of them: *held* is due and kept back, *awaited* comes with acceptance.
    *stopped* is what the run would refuse, None where it would not.
    """

    contract_id: ContractId
    company_id: CompanyId
    on: date
    invoices: tuple[InvoiceToCome, ...]
    lines: tuple[LineOutlook, ...]
    held: Money
    awaited: Money
    stopped: Text | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What was told of the plans of a contract, by plan."""

    names: Mapping[int, Text]
    holds: Mapping[int, list[OnHoldBy]]
    away: Mapping[int, list[DaysAway]]
    withdrawn: Mapping[int, list[Withdrawn]]
    failed: Mapping[int, Text]
    moved: tuple[Moved, ...] = field(default=())


def what_comes_next(contract_id: ContractId, actor: Actor, *, on: date) -> Outlook:
    """Return the invoices to come of a contract and, line by line, why not more is billed; refuses `PlanMissing`."""
    first = Plan.objects.visible_to(actor).filter(contract_id=contract_id).order_by("id").first()
    if first is None:
        raise PlanMissing(key=contract_id)
    company_id, currency = CompanyId(first.company_id), first.currency
    scope = Scope(company_id, contract_id=contract_id)
    known_at = known_now()
    plans, known = read_due(scope, known_at, issued_to=True)
    to_come = still_due(plans, date.max, known)
    told = _read_told(contract_id, plans, known, on)
    invoices, stopped = to_come_or_refused(company_id, plans, _free(to_come, told, on), known_at)
    waiting = _awaited(plans, known)
    due = to_come.filter(pl.col("bill_on") <= on)
    sums = {"due": _sums(due), "waiting": _sums(waiting)}
    return Outlook(
        contract_id=contract_id,
        company_id=company_id,
        on=on,
        invoices=invoices,
        lines=_lines(plans, to_come, sums, told, on),
        held=Money(sum(net for plan, net in sums["due"].items() if plan in told.holds), currency),
        awaited=Money(sum(sums["waiting"].values()), currency),
        stopped=stopped,
    )


def days_to_come(contract_id: ContractId, actor: Actor) -> dict[date, Money]:
    """Return the billing days to come of a contract that may still be moved, soonest first, with what is charged then.

    Refuses `PlanMissing`.
    """
    first = Plan.objects.visible_to(actor).filter(contract_id=contract_id).order_by("id").first()
    if first is None:
        raise PlanMissing(key=contract_id)
    scope = Scope(CompanyId(first.company_id), contract_id=contract_id)
    return {day: Money(net, first.currency) for day, net in days_to_move(scope).items()}


def _free(to_come: pl.DataFrame, told: _Told, on: date) -> pl.DataFrame:
    """Return what will be billed, and when: what is due already today, what is on hold once all its holds expire."""
    ends = {plan: [one.expires_on for one in holds] for plan, holds in told.holds.items()}
    kept = [plan for plan, days in ends.items() if None in days]
    free_on = {plan: max(day for day in days if day) for plan, days in ends.items() if plan not in kept}
    rows = list(free_on.items())
    freed = pl.DataFrame(rows, {"plan_id": pl.Int64, "free_on": pl.Date}, orient="row")
    free = to_come.filter(~pl.col("plan_id").is_in(kept)).join(freed, on="plan_id", how="left", maintain_order="left")
    return free.with_columns(bill_on=pl.max_horizontal("bill_on", "free_on", pl.lit(on))).drop("free_on")


def _awaited(plans: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return what will be billed of plans that wait for acceptance, as if they were accepted when due."""
    waits = (pl.col("timing") == BillingTiming.ON_ACCEPTANCE) & pl.col("accepted_on").is_null()
    accepted = plans.filter(waits).with_columns(accepted_on="due_from")
    return still_due(accepted, date.max, known) if accepted.height else pl.DataFrame(schema=_SUMS)


_SUMS = {"plan_id": pl.Int64, "net_minor": pl.Int64}


def _sums(charges: pl.DataFrame) -> dict[int, int]:
    return dict(charges.group_by("plan_id").agg(pl.sum("net_minor")).iter_rows())


def _read_told(contract_id: ContractId, plans: pl.DataFrame, known: Known, on: date) -> _Told:
    away: dict[int, list[DaysAway]] = defaultdict(list)
    for plan, start, until, for_good in known.away.sort("plan_id", "start").iter_rows():
        away[plan].append(DaysAway(start, until, for_good))
    moved = MovedDay.objects.filter(contract_id=contract_id).order_by("bill_on")
    named = Plan.objects.filter(contract_id=contract_id).values_list("pk", "description_en", "description_ja")
    return _Told(
        names={key: Text(en=en, ja=ja) for key, en, ja in named},
        holds=_held(contract_id, plans, on),
        away=away,
        withdrawn=_withdrawn(contract_id),
        failed=_failed(contract_id, plans),
        moved=tuple(Moved(*row) for row in moved.values_list("bill_on", "moved_to", "because")),
    )


def _failed(contract_id: ContractId, plans: pl.DataFrame) -> dict[int, Text]:
    """Return why the last run could not invoice, by plan: the contract, or all that its account pays."""
    causes = list_causes(FAILED, ACCOUNT, plans["account_id"].unique().to_list())
    own = list_causes(FAILED, CONTRACT, [contract_id]).get(contract_id)
    by_plan = {plan: own or causes.get(account) for plan, account in plans.select("plan_id", "account_id").iter_rows()}
    return {plan: cause for plan, cause in by_plan.items() if cause}


def _held(contract_id: ContractId, plans: pl.DataFrame, on: date) -> dict[int, list[OnHoldBy]]:
    """Return the holds that stand, by plan."""
    holds = {hold.pk: hold for hold in open_holds_of(contract_id, on).select_related("owner").order_by("id")}
    pairs = held_plans(list(holds)) if holds else pl.DataFrame(schema={"hold_id": pl.Int64, "plan_id": pl.Int64})
    held: dict[int, list[OnHoldBy]] = defaultdict(list)
    for hold_id, plan in pairs.join(plans.select("plan_id"), on="plan_id").sort("plan_id", "hold_id").iter_rows():
        held[plan].append(_said(holds[hold_id]))
    return held


def _said(hold: Hold) -> OnHoldBy:
    return OnHoldBy(
        hold_id=HoldId(hold.pk),
        condition=HoldCondition(hold.condition),
        because=hold.because,
        owner=hold.owner.name,
        since=hold.effective_on,
        expires_on=hold.expires_on,
    )


def _withdrawn(contract_id: ContractId) -> dict[int, list[Withdrawn]]:
    """Return the amendments that were taken back, by the plans that they were about."""
    found: dict[int, list[Withdrawn]] = defaultdict(list)
    for model in (Change, Away):
        rows = model.objects.filter(plan__contract_id=contract_id, amendment__withdrawn_by__isnull=False)
        named = ("plan_id", "amendment_id", "amendment__number", "amendment__withdrawn_by__number")
        for plan, key, number, by in rows.order_by("plan_id", "amendment_id").values_list(*named).distinct():
            one = Withdrawn(AmendmentId(key), number, by)
            if one not in found[plan]:
                found[plan].append(one)
    return found


def _lines(
    plans: pl.DataFrame,
    to_come: pl.DataFrame,
    sums: Mapping[str, Mapping[int, int]],
    told: _Told,
    on: date,
) -> tuple[LineOutlook, ...]:
    nexts: dict[int, list[tuple[date, int]]] = defaultdict(list)
    by_day = to_come.group_by("plan_id", "bill_on").agg(pl.sum("net_minor")).sort("plan_id", "bill_on")
    for plan, day, net in by_day.iter_rows():
        nexts[plan].append((day, net))
    return tuple(
        LineOutlook(
            plan_id=PlanId(row["plan_id"]),
            order_line_id=OrderLineId(row["order_line_id"]),
            order_id=OrderId(row["order_id"]),
            name=told.names[row["plan_id"]],
            reasons=reasons(_standing(row, nexts[row["plan_id"]], sums, told, on)),
        )
        for row in plans.sort("order_line_id").iter_rows(named=True)
    )


def _standing(
    row: Mapping[str, Any],
    to_come: Sequence[tuple[date, int]],
    sums: Mapping[str, Mapping[int, int]],
    told: _Told,
    on: date,
) -> Standing:
    plan, currency = row["plan_id"], row["currency"]
    next_on, net = to_come[0] if to_come else (None, 0)
    days = {day for day, _ in to_come}
    return Standing(
        on=on,
        service=Period(row["service_start"], row["service_until"]) if row["service_start"] else None,
        awaits_acceptance=row["timing"] == BillingTiming.ON_ACCEPTANCE and row["accepted_on"] is None,
        billed_until=row["billed_until"],
        next_on=next_on,
        to_come=Money(net, currency),
        due=Money(sums["due"].get(plan, 0), currency),
        waiting=Money(sums["waiting"].get(plan, 0), currency),
        holds=tuple(told.holds.get(plan, ())),
        moved=tuple(one for one in told.moved if one.moved_to in days),
        away=tuple(told.away.get(plan, ())),
        withdrawn=tuple(told.withdrawn.get(plan, ())),
        failed=told.failed.get(plan),
    )
