"""A one-time line is billed in parts by whoever carries its deal, or by those who look after all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Instalment
from kanjo.domains.billing.queries import contract_of_line
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import OrderLineId, PlanId
from kanjo.processes.whose_deal import owner_of_deal


def plan_instalments(
    *, order_line_id: OrderLineId, instalments: Sequence[Instalment], because: str, on: date, by: Actor, at: datetime
) -> tuple[PlanId, ...]:
    """Bill a one-time line in instalments; refuses a seller whose deal it is not (`AnothersDeal`)."""
    return billing.plan_instalments(
        order_line_id=order_line_id,
        instalments=instalments,
        because=because,
        on=on,
        owner_id=owner_of_deal(contract_of_line(order_line_id, by), by),
        by=by,
        at=at,
    )


def reach_milestone(*, order_line_id: OrderLineId, part: int, reached_on: date, by: Actor, at: datetime) -> None:
    """Note that an instalment's milestone was reached; refuses a seller whose deal it is not (`AnothersDeal`)."""
    billing.reach_milestone(
        order_line_id=order_line_id,
        part=part,
        reached_on=reached_on,
        owner_id=owner_of_deal(contract_of_line(order_line_id, by), by),
        by=by,
        at=at,
    )
