"""Reads of instalments: what may be billed in instalments, and which wait for their milestone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from kanjo.domains.billing.facts import Instalment, Remainder
from kanjo.domains.billing.models import Acceptance, Charge, Plan
from kanjo.domains.billing.rules.instalments import equal_amounts, refuse_unsound
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import OrderId, OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import LastDayOfCalendar, add_months
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class PartRow:
    """A one-time line (part 0), or an instalment of one, counted from 1."""

    order_line_id: OrderLineId
    part: int
    description: Text
    net: Money


def list_uncut(actor: Actor, order_id: OrderId) -> list[PartRow]:
    """Return the one-time lines of an order of which nothing was billed, and that were not cut into instalments."""
    cut = Plan.objects.filter(order_line_id=OuterRef("order_line_id"), part__gt=0)
    once = Plan.objects.visible_to(actor).filter(order_id=order_id, part=0, charge=ChargeKind.ONE_TIME)
    found = once.exclude(net_minor=0).filter(~Exists(cut), ~Exists(Charge.objects.filter(plan=OuterRef("pk"))))
    return [_row(plan) for plan in found.order_by("id")]


def list_waiting(actor: Actor, order_id: OrderId) -> list[PartRow]:
    """Return the instalments of an order whose milestone was not reached yet."""
    parts = Plan.objects.visible_to(actor).filter(order_id=order_id, part__gt=0, timing=BillingTiming.ON_ACCEPTANCE)
    found = parts.filter(~Exists(Acceptance.objects.filter(plan=OuterRef("pk"))))
    return [_row(plan) for plan in found.order_by("order_line_id", "part")]


def equal_instalments(
    line: PartRow, *, count: int, first_on: date, months: int, remainder: Remainder, last: Sequence[Instalment] = ()
) -> list[Instalment]:
    """Return a line in equal instalments, each some months after the one before, and after them the *last* ones.

    What `plan_instalments` would refuse of them is refused, and an instalment on the last day of the calendar.
    """
    rest = line.net.minor - sum(one.net_minor for one in last)
    amounts = equal_amounts(rest, count, remainder)
    days = [add_months(first_on, number * months) for number in range(count)]
    if days[-1] == date.max:
        raise LastDayOfCalendar(at="first_on", last_on=days[-1])
    made = [*(Instalment(one, bill_on=on) for one, on in zip(amounts, days, strict=True)), *last]
    refuse_unsound(line.order_line_id, ChargeKind.ONE_TIME, line.net.minor, made)
    return made


def _row(plan: Plan) -> PartRow:
    return PartRow(
        order_line_id=OrderLineId(plan.order_line_id),
        part=plan.part,
        description=Text(en=plan.description_en, ja=plan.description_ja),
        net=Money(plan.net_minor, plan.currency),
    )
