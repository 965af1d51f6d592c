"""What comes next: of lines that are only proposed, of plans, of an order, of a whole company."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from kanjo.domains.billing.facts import BillingPolicy, ChargeToCome, LineToBill, PlanCharge
from kanjo.domains.billing.models import Plan
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.rules.owed import Known, should_be, still_due
from kanjo.domains.billing.rules.plans import as_plans
from kanjo.domains.billing.rules.shares import SHARE
from kanjo.domains.billing.rules.stretches import stretches
from kanjo.domains.billing.rules.usage_offered import offered_usage
from kanjo.foundation.ids import CompanyId, OrderId, OrderLineId, PlanId
from kanjo.foundation.periods import Period
from kanjo.platform.bulk.reading import read_columns

if TYPE_CHECKING:
    from kanjo.foundation.actors import Actor
    from kanjo.foundation.times import AsKnown


def preview_schedule(
    lines: Sequence[LineToBill], until: date | None = None, policy: BillingPolicy | None = None
) -> list[ChargeToCome]:
    """Return every charge of *lines* with a billing day up to *until* (or all), in the order they will be billed.

    What waits for acceptance is shown on the day it may first be billed. The same rule makes the later charges: over
    the term they sum to what the quote says. Of usage there is what is owed whatever is used, or of what is expected.
    The plan of a charge is the place of its line; that of usage, the same after all of them.
    """
    plans = as_plans(lines, policy)
    usage_plans, metered = offered_usage(lines, plans)
    charges = should_be(pl.concat([plans, usage_plans]), until, Known(metered=metered))
    keys = {place: line.order_line_id for place, line in enumerate([*lines, *lines])}
    return to_come(charges, keys, usage_plans["plan_id"].to_list())


def next_charges(plan_id: PlanId, actor: Actor, *, limit: int = 12) -> list[ChargeToCome]:
    """Return what will be billed next of a plan: its schedule less what was posted; nothing before an acceptance."""
    company_id = Plan.objects.visible_to(actor).filter(pk=plan_id).values_list("company_id", flat=True).first()
    if company_id is None:
        return []
    return charges_to_come(Scope(CompanyId(company_id), plan_id=plan_id))[:limit]


def charges_of_order(order_id: OrderId) -> list[ChargeToCome]:
    """Return what is still to be billed of an order, soonest first.

    What waits for acceptance is shown as if it were accepted when due.
    """
    company_id = Plan.objects.filter(order_id=order_id).values_list("company_id", flat=True).first()
    if company_id is None:
        return []
    return charges_to_come(Scope(CompanyId(company_id), order_id=order_id), if_accepted=True)


def charges_to_come(scope: Scope, *, if_accepted: bool = False) -> list[ChargeToCome]:
    """Return all that is still to be billed and given back of some plans, as known now, soonest first."""
    plans, known = read_due(scope, known_now(), if_accepted=if_accepted)
    lines = dict(plans.select("plan_id", "order_line_id").iter_rows())
    return to_come(still_due(plans, date.max, known), lines, of_usage(plans))


def days_to_move(scope: Scope) -> dict[date, int]:
    """Return the billing days to come of some plans that were not moved yet, soonest first, with what is charged then.

    What is given back follows what takes its place, and what waits for acceptance has no day yet.
    """
    plans, known = read_due(scope, known_now())
    due = still_due(plans, date.max, replace(known, moved=known.moved.clear()))
    charges = due.filter(pl.col("credited_line_id").is_null()).join(known.moved, on=["plan_id", "bill_on"], how="anti")
    return dict(charges.group_by("bill_on").agg(pl.sum("net_minor")).sort("bill_on").iter_rows())


def anchor_of_line(order_line_id: OrderLineId, on: date) -> date | None:
    """Return from which day the periods of a recurring line are counted on a day, None of one that nobody planned.

    A standing change moves it, by a day of its own or because periods began anew; a pause does not.
    """
    plan = Plan.objects.filter(order_line_id=order_line_id, part=0).first()
    if plan is None:
        return None
    plans, known = read_due(Scope(CompanyId(plan.company_id), plan_id=PlanId(plan.pk)), known_now())
    begun = stretches(plans, known.changes, known.away.clear()).filter(pl.col("stretch_start") <= on)
    anchors: list[date] = begun.sort("stretch_start").collect()["anchor_on"].to_list()
    return anchors[-1] if anchors else plan.anchor_on


def due_and_not_invoiced(company_id: CompanyId, on: date) -> pl.DataFrame:
    """Return (currency, charges, net_minor): what is due for billing by the day and on no invoice yet."""
    plans, known = read_due(Scope(company_id, due_by=on), known_now())
    due = still_due(plans, on, known).join(plans.select("plan_id", "currency"), on="plan_id")
    return due.group_by("currency").agg(charges=pl.len(), net_minor=pl.sum("net_minor")).sort("currency")


def still_to_bill(company_id: CompanyId) -> pl.DataFrame:
    """Return (order_line_id, to_come_minor): the whole of what will be billed of each line less what was, no usage.

    What waits for acceptance counts as if accepted: it is asked what will be billed, not when.
    """
    plans, known = read_due(Scope(company_id), known_now(), if_accepted=True)
    priced = plans.filter(pl.col("charge") != PlanCharge.USAGE).select("plan_id", "order_line_id")
    due = still_due(plans, date.max, known).join(priced, on="plan_id")
    return due.group_by("order_line_id").agg(to_come_minor=pl.sum("net_minor"))


def invoiced(company_id: CompanyId, known: AsKnown) -> pl.DataFrame:
    """Return the net amount invoiced per order line as known: order_line_id, currency, invoiced_minor."""
    return read_columns(
        "SELECT p.order_line_id, p.currency, sum(c.amount_minor)::bigint FROM billing_charge c"
        " JOIN billing_plan p ON p.id = c.plan_id WHERE p.company_id = %(company)s AND c.effective_on <= %(on)s"
        " AND (%(known_at)s::timestamptz IS NULL OR c.recorded_at <= %(known_at)s)"
        " GROUP BY 1, 2 ORDER BY 1",
        {"company": company_id, "on": known.effective_on, "known_at": known.known_at},
        {"order_line_id": pl.Int64, "currency": pl.String, "invoiced_minor": pl.Int64},
    )


def of_usage(plans: pl.DataFrame) -> list[int]:
    """Return which of the plans charge what is used."""
    return plans.filter(pl.col("charge") == PlanCharge.USAGE)["plan_id"].to_list()


def to_come(charges: pl.DataFrame, lines: Mapping[int, OrderLineId], usage: Collection[int]) -> list[ChargeToCome]:
    """Return charges (rows of `owed.DUE`) as they cross the border, soonest first.

    *lines* are by plan, *usage* the plans that charge what is used.
    """
    return as_to_come(charges.sort("bill_on", "plan_id", "service_start"), lines, usage)


def as_to_come(charges: pl.DataFrame, lines: Mapping[int, OrderLineId], usage: Collection[int]) -> list[ChargeToCome]:
    """Return charges as they cross the border, in their order."""
    return [
        ChargeToCome(
            order_line_id=lines[plan_id],
            bill_on=bill_on,
            service=Period(start, until),
            net_minor=net_minor,
            day_from=day_from,
            day_until=day_until,
            period_days=period_days,
            plan_id=PlanId(plan_id),
            usage=plan_id in usage,
        )
        for plan_id, bill_on, start, until, net_minor, day_from, day_until, period_days in charges.select(
            "plan_id", "bill_on", "service_start", "service_until", "net_minor", *SHARE
        ).iter_rows()
    ]
