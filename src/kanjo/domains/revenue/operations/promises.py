"""What was promised, and that it was delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from kanjo.domains.revenue.facts import DeliveryNoted, LineToRecognise, ObligationsOpened
from kanjo.domains.revenue.models import Delivery, Obligation
from kanjo.domains.revenue.rules.promises import NothingPromised, PromisedAlready, refuse_unsound
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, OrderId, OrderLineId
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import refuse_unseen


@verb("revenue.open-obligations", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS, Role.REV_REC)
def open_obligations(
    *,
    company_id: CompanyId,
    contract_id: ContractId,
    order_id: OrderId,
    customer_id: CustomerId,
    currency: str,
    lines: Sequence[LineToRecognise],
    on: date,
    by: Actor,
    at: datetime,
) -> tuple[int, ...]:
    """Open one obligation per order line and return their ids, in the order of the lines.

    The same lines again return the obligations that are there; an order line with other terms is refused
    (`PromisedAlready`), and so is revenue over time without a service period.
    """
    refuse_unseen(company_id, by)
    refuse_unsound(lines)
    promised = partial(
        Obligation,
        company_id=company_id,
        contract_id=contract_id,
        order_id=order_id,
        customer_id=customer_id,
        currency=currency,
        effective_on=on,
    )
    wanted = [promised(**_terms(line)) for line in lines]
    known = {
        row.order_line_id: row
        for row in Obligation.objects.filter(order_line_id__in=[line.order_line_id for line in lines])
    }
    if known:
        return tuple(_same(known.get(row.order_line_id), row) for row in wanted)
    opened = Obligation.objects.bulk_create(wanted)
    record(
        ObligationsOpened(
            company_id=company_id,
            effective_on=on,
            contract_id=contract_id,
            order_id=order_id,
            currency=currency,
            price_minor=sum(line.total_minor for line in lines),
            lines=len(lines),
        ),
        by=by,
        at=at,
    )
    return tuple(row.pk for row in opened)


@verb("revenue.note-delivery", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS, Role.REV_REC)
def note_delivery(*, order_line_id: OrderLineId, delivered_on: date, by: Actor, at: datetime) -> None:
    """Note the day control of a line passed to the customer; told again with another day, the last word counts.

    The same day again changes nothing. The next run posts, or posts the difference. What is earned over time keeps
    to its service period; its delivery is noted all the same.
    """
    obligation = Obligation.objects.visible_to(by).filter(order_line_id=order_line_id).first()
    if obligation is None:
        raise NothingPromised(line=order_line_id)
    last = obligation.deliveries.order_by("-id").first()
    if last is not None and last.delivered_on == delivered_on:
        return
    Delivery.objects.create(company_id=obligation.company_id, obligation=obligation, delivered_on=delivered_on)
    record(
        DeliveryNoted(
            company_id=CompanyId(obligation.company_id), effective_on=delivered_on, order_line_id=order_line_id
        ),
        by=by,
        at=at,
    )


def _terms(line: LineToRecognise) -> dict[str, Any]:
    return {
        "order_line_id": line.order_line_id,
        "method": line.recognition,
        "price_minor": line.total_minor,
        "service_start": line.service.start if line.service else None,
        "service_until": line.service.until if line.service else None,
    }


def _same(known: Obligation | None, wanted: Obligation) -> int:
    terms = ("company_id", "order_id", "currency", "method", "price_minor", "service_start", "service_until")
    if known is None or any(getattr(known, term) != getattr(wanted, term) for term in terms):
        raise PromisedAlready(line=wanted.order_line_id)
    return known.pk
