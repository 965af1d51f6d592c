"""What is charged once: accepted, cut into instalments, its milestones reached."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from kanjo.domains.billing.facts import HoldCondition, Instalment, PlanCharge
from kanjo.domains.billing.models import Plan
from kanjo.domains.billing.queries.instalments import standing
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.texts import Text
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.bill_in_instalments import plan_instalments, reach_milestone
from tests.harness.lives.living import Lived, Lives, NothingToDo
from tests.harness.lives.waiting import accepted, end
from tests.harness.office import morning

_OF_PLAN = {"payer_id": "account__payer_id"}
_LIVE = Text(en="Go-live", ja="本稼働")


def accept(lives: Lives, lived: Lived, on: date) -> None:
    """The customer accepted a delivery, today or lately: one that something is held for, or else any."""
    scope, key = lives.waiting(HoldCondition.ACCEPTANCE, on) or ("", 0)
    lines = _waiting(milestones=False)
    held = lines.filter(**{_OF_PLAN.get(scope, scope): key}) if scope else lines.none()
    line, day = _one(lives, held if held.exists() else lines), on - DAY * lives.chance.randrange(6)
    accept_delivery(
        order_line_id=OrderLineId(line.order_line_id), accepted_on=day, by=lives.office.deal_management, at=morning(on)
    )
    end(accepted(lives.waits, line.order_line_id, day), day, "fact")


def cut(lives: Lives, lived: Lived, on: date) -> None:
    """A charge is billed in two to four parts: the last with a milestone, the others by the month."""
    line = _one(lives, standing(Plan.objects.filter(charge=PlanCharge.ONE_TIME, part=0, charges=None)))
    count = lives.chance.randint(2, 4)
    part = lives.chance.randint(1, max(abs(line.stands_minor) // count, 1))
    dated = [Instalment(part, bill_on=on + DAY * (30 * place)) for place in range(count - 1)]
    plan_instalments(
        order_line_id=OrderLineId(line.order_line_id),
        instalments=[*dated, Instalment(line.stands_minor - part * (count - 1), milestone=_LIVE)],
        because="分割払い",
        on=on,
        by=lives.office.deal_management,
        at=morning(on),
    )


def reach(lives: Lives, lived: Lived, on: date) -> None:
    """A milestone was reached, today or lately."""
    part = _one(lives, _waiting(milestones=True))
    reach_milestone(
        order_line_id=OrderLineId(part.order_line_id),
        part=part.part,
        reached_on=on - DAY * lives.chance.randrange(20),
        by=lives.office.deal_management,
        at=morning(on),
    )


def _waiting(*, milestones: bool) -> QuerySet[Plan]:
    """Return the lines that wait for acceptance, or the instalments that wait for their milestones."""
    plans = Plan.objects.filter(timing=BillingTiming.ON_ACCEPTANCE, acceptance=None)
    return plans.filter(part__gt=0) if milestones else plans.filter(part=0)


def _one(lives: Lives, plans: QuerySet[Any]) -> Any:
    found = list(plans.order_by("id"))
    if not found:
        raise NothingToDo
    return lives.chance.choice(found)
