"""Reads of instalments: what may be billed in instalments, and which wait for their milestone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, cast

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kanjo.domains.billing.facts import Instalment, Remainder
from kanjo.domains.billing.models import Acceptance, Change, Charge, Plan, Policy
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.rules.instalments import equal_amounts, refuse_unsound
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ContractId, OrderId, OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import LastDayOfCalendar, add_months
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class PartRow:
    """A one-time line (part 0), or an instalment of one, counted from 1.

    `remainder` is where its policy puts what does not divide.
    """

    order_line_id: OrderLineId
    part: int
    description: Text
    net: Money
    remainder: Remainder


@dataclass(frozen=True, slots=True)
class InstalmentRow(PartRow):
    """An instalment as it was agreed: from which day it is billed, None while its milestone is not reached, and why."""

    bill_on: date | None
    because: str


def list_instalments(actor: Actor, order_id: OrderId) -> list[InstalmentRow]:
    """Return the instalments of an order, line by line, with the reason they were agreed for."""
    parts = Plan.objects.visible_to(actor).filter(order_id=order_id, part__gt=0, charge=ChargeKind.ONE_TIME)
    told = Change.objects.filter(plan__order_id=order_id, amendment=None)
    why = dict(told.values_list("plan__order_line_id", "because"))
    return [
        InstalmentRow(
            **{one.name: getattr(_row(plan), one.name) for one in fields(PartRow)},
            bill_on=_bill_on(plan),
            because=why.get(plan.order_line_id, ""),
        )
        for plan in parts.select_related("acceptance", "policy").order_by("order_line_id", "part")
    ]


def _bill_on(plan: Plan) -> date | None:
    if plan.timing != BillingTiming.ON_ACCEPTANCE:
        return plan.due_from
    return plan.acceptance.accepted_on if hasattr(plan, "acceptance") else None


def contract_of_line(order_line_id: OrderLineId, actor: Actor) -> ContractId:
    """Return under which contract a line is billed, or refuse `PlanMissing`."""
    plans = Plan.objects.visible_to(actor).filter(order_line_id=order_line_id)
    found = plans.values_list("contract_id", flat=True).first()
    if found is None:
        raise PlanMissing(key=order_line_id)
    return ContractId(found)


def list_uncut(actor: Actor, order_id: OrderId) -> list[PartRow]:
    """Return the one-time lines of an order of which nothing was billed, and that were not cut into instalments."""
    cut = Plan.objects.filter(order_line_id=OuterRef("order_line_id"), part__gt=0)
    once = Plan.objects.visible_to(actor).filter(order_id=order_id, part=0, charge=ChargeKind.ONE_TIME)
    found = standing(once).exclude(stands_minor=0)
    uncut = found.filter(~Exists(cut), ~Exists(Charge.objects.filter(plan=OuterRef("pk"))))
    return [_row(plan, plan.stands_minor) for plan in uncut.select_related("policy").order_by("id")]


def standing(plans: QuerySet[Plan]) -> QuerySet[Any]:
    """Return *plans* with stands_minor and stands_units: price and units with the changes that stand."""
    told = Change.objects.filter(plan=OuterRef("pk"), amendment__withdrawn_by__isnull=True).order_by().values("plan")
    sums = told.annotate(net=Sum("net_minor"), units=Sum("quantity"))
    return plans.annotate(
        stands_minor=F("net_minor") + Coalesce(Subquery(sums.values("net"), BigIntegerField()), 0),
        stands_units=F("quantity") + Coalesce(Subquery(sums.values("units"), BigIntegerField()), 0),
    )


def list_waiting(actor: Actor, order_id: OrderId) -> list[PartRow]:
    """Return the instalments of an order whose milestone was not reached yet."""
    parts = Plan.objects.visible_to(actor).filter(order_id=order_id, part__gt=0, timing=BillingTiming.ON_ACCEPTANCE)
    found = parts.filter(~Exists(Acceptance.objects.filter(plan=OuterRef("pk"))))
    return [_row(plan) for plan in found.select_related("policy").order_by("order_line_id", "part")]


def equal_instalments(
    line: PartRow,
    *,
    count: int,
    first_on: date,
    months: int,
    remainder: Remainder | None = None,
    last: Sequence[Instalment] = (),
) -> list[Instalment]:
    """Return a line in equal instalments, each some months after the one before, and after them the *last* ones.

    What does not divide goes where *remainder* says, by default the policy of the line.
    What `plan_instalments` would refuse of them is refused, and an instalment on the last day of the calendar.
    """
    rest = line.net.minor - sum(one.net_minor for one in last)
    amounts = equal_amounts(rest, count, remainder or line.remainder)
    days = [add_months(first_on, number * months) for number in range(count)]
    if days[-1] == date.max:
        raise LastDayOfCalendar(at="first_on", last_on=days[-1])
    made = [*(Instalment(one, bill_on=on) for one, on in zip(amounts, days, strict=True)), *last]
    refuse_unsound(line.order_line_id, ChargeKind.ONE_TIME, line.net.minor, made)
    return made


def _row(plan: Plan, net_minor: int | None = None) -> PartRow:
    return PartRow(
        order_line_id=OrderLineId(plan.order_line_id),
        part=plan.part,
        description=Text(en=plan.description_en, ja=plan.description_ja),
        net=Money(plan.net_minor if net_minor is None else net_minor, plan.currency),
        remainder=Remainder(cast("Policy", plan.policy).remainder),
    )
