"""Instalments and milestones: one-time charges billed in parts, each on its day or when it is reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from kanjo.domains.billing.facts import Instalment
from kanjo.domains.billing.models import Acceptance, Away, Change, Charge, Plan
from kanjo.domains.billing.operations.locking import lock_accounts
from kanjo.domains.billing.operations.planning import PLANNERS
from kanjo.domains.billing.queries.instalments import standing
from kanjo.domains.billing.rules.guards import AlreadyAccepted, PlanMissing
from kanjo.domains.billing.rules.instalments import (
    AnothersDeal,
    BilledAlready,
    CutAwaitsAcceptance,
    CutUnexplained,
    LineEnds,
    refuse_unsound,
)
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, OrderLineId, PersonId, PlanId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb

OF = Text(en="{line} ({number} of {count})", ja="{line}（{number}/{count}回）")
AT = Text(en="{line} ({milestone})", ja="{line}（{milestone}）")
LONGEST = 200


OF_ANY_DEAL = (Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS, Role.RECEIVABLES, Role.ADMINISTRATOR)
"""Who cuts lines of any deal; a seller cuts those of the own deals."""

BEFORE_ACCEPTANCE = (Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS)
"""Who lets a line that waits for acceptance be billed in instalments that do not."""


@verb("billing.plan-instalments", *PLANNERS)
def plan_instalments(
    *,
    order_line_id: OrderLineId,
    instalments: Sequence[Instalment],
    because: str,
    on: date,
    owner_id: PersonId | None = None,
    by: Actor,
    at: datetime,
) -> tuple[PlanId, ...]:
    """Bill a one-time line in instalments in its place, and return their plans in order.

    Each is billed on its day, or from the day its milestone is reached. They add up to the line as it stands. A seller
    cuts it where *owner_id*, whose deal it is, is the own id (`AnothersDeal`); before its acceptance only
    `BEFORE_ACCEPTANCE` do (`CutAwaitsAcceptance`). Refuses `PlanMissing`, `CutUnexplained`, `BilledAlready`, `LineEnds`
    and instalments that are unsound.
    """
    found = Plan.objects.visible_to(by).filter(order_line_id=order_line_id, part=0)
    account = found.values_list("company_id", "account_id").first()
    if account is None:
        raise PlanMissing(key=order_line_id)
    _refuse_anothers(order_line_id, owner_id, by)
    if not because.strip():
        raise CutUnexplained(at="because")
    lock_accounts(CompanyId(account[0]), (account[1], account[1]))
    plan = standing(found).get()
    cut = Plan.objects.filter(order_line_id=order_line_id, part__gt=0).exists()
    billed = Charge.objects.filter(plan=plan).aggregate(net=Sum("amount_minor", default=0))["net"]
    if cut or billed:
        raise BilledAlready(line=order_line_id)
    refuse_unsound(order_line_id, ChargeKind(plan.charge), plan.stands_minor, instalments)
    ended = (
        Away.objects.filter(plan=plan, for_good=True, amendment__withdrawn_by__isnull=True).order_by("start").first()
    )
    if ended is not None:
        raise LineEnds(line=order_line_id, day=ended.start)
    waits = plan.timing == BillingTiming.ON_ACCEPTANCE and not Acceptance.objects.filter(plan=plan).exists()
    if waits and not by.holds(*BEFORE_ACCEPTANCE):
        raise CutAwaitsAcceptance(line=order_line_id, at="line")
    parts = [_part(plan, one, number, len(instalments), on) for number, one in enumerate(instalments, start=1)]
    made = Plan.objects.bulk_create(parts)
    Change.objects.create(
        company_id=plan.company_id,
        plan=plan,
        effective_on=on,
        net_minor=-plan.stands_minor,
        quantity=0,
        because=because.strip(),
    )
    return tuple(PlanId(part.pk) for part in made)


@verb("billing.reach-milestone", *PLANNERS)
def reach_milestone(
    *,
    order_line_id: OrderLineId,
    part: int,
    reached_on: date,
    owner_id: PersonId | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Let an instalment of a line, counted from 1, be billed from the day its milestone was reached.

    A seller notes it where *owner_id*, whose deal it is, is the own id (`AnothersDeal`). The same day again changes
    nothing, another is refused (`AlreadyAccepted`); `PlanMissing` for what waits for none. No reason is asked: no other
    way tells it, so that nothing is departed from.
    """
    parts = Plan.objects.visible_to(by).filter(order_line_id=order_line_id, part=part, part__gt=0)
    plan = parts.filter(timing=BillingTiming.ON_ACCEPTANCE).first()
    if plan is None:
        raise PlanMissing(key=order_line_id)
    _refuse_anothers(order_line_id, owner_id, by)
    reached, new = Acceptance.objects.get_or_create(plan=plan, defaults={"accepted_on": reached_on})
    if not new and reached.accepted_on != reached_on:
        raise AlreadyAccepted(key=plan.order_line_id, day=reached.accepted_on)


def _refuse_anothers(order_line_id: OrderLineId, owner_id: PersonId | None, by: Actor) -> None:
    if not by.holds(*OF_ANY_DEAL) and owner_id not in by.persons:
        raise AnothersDeal(line=order_line_id)


def _part(plan: Any, one: Instalment, number: int, count: int, on: date) -> Plan:
    name = Text(en=plan.description_en, ja=plan.description_ja)
    said = (
        AT.filled(line=name, milestone=one.milestone)
        if one.milestone
        else OF.filled(line=name, number=number, count=count)
    )
    same = ("company_id", "account_id", "order_line_id", "order_id", "contract_id", "customer_id", "currency")
    terms = (
        "payment_terms",
        "charge",
        "interval_months",
        "interval_days",
        "anchor_on",
        "tax_class",
        "policy_id",
    )
    served = ("service_start", "service_until")
    return Plan(
        **{field: getattr(plan, field) for field in (*same, *terms, *served)},
        part=number,
        quantity=plan.stands_units,
        description_en=said.en[:LONGEST],
        description_ja=said.ja[:LONGEST],
        timing=BillingTiming.ON_ACCEPTANCE if one.milestone else BillingTiming.IN_ADVANCE,
        net_minor=one.net_minor,
        due_from=one.bill_on or plan.due_from,
        effective_on=on,
    )
