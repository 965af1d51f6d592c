"""The schedule one line at a time, with the calendar of the foundation: what the columns must equal."""

from __future__ import annotations

from datetime import date, timedelta

from kanjo.domains.billing.facts import ChargeToCome, LineToBill
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period, add_months

DAY = timedelta(days=1)


def schedule(line: LineToBill) -> list[ChargeToCome]:
    """Return every charge of a line, accepted on the day it is due."""
    if line.charge is ChargeKind.ONE_TIME:
        return [_once(line)]
    assert line.service
    wholes = _wholes(line, line.service, line.anchor_on or line.service.start)
    return [_recurring(line, part, whole) for whole in wholes if (part := whole.intersect(line.service))]


def _wholes(line: LineToBill, service: Period, anchor_on: date) -> list[Period]:
    """Walk from the anchor to the service, then along it."""

    def start_of(step: int) -> date:
        if line.interval_days:
            return anchor_on + DAY * (step * line.interval_days)
        return add_months(anchor_on, step * line.interval_months)

    step = 0
    while start_of(step) > service.start:
        step -= 1
    while start_of(step + 1) <= service.start:
        step += 1
    wholes = []
    while (start := start_of(step)) < service.until:
        wholes.append(Period(start, start_of(step + 1)))
        step += 1
    return wholes


def _once(line: LineToBill) -> ChargeToCome:
    bill_on = line.due_from
    if line.timing is BillingTiming.IN_ARREARS and line.service:
        bill_on = max(line.service.last_on, line.due_from)
    service = line.service or Period(bill_on, bill_on + DAY)
    return ChargeToCome(line.order_line_id, bill_on, service, line.net_minor, 0, 1, 1)


def _recurring(line: LineToBill, part: Period, whole: Period) -> ChargeToCome:
    first, last = (part.start - whole.start).days, (part.until - whole.start).days
    bill_on = part.last_on if line.timing is BillingTiming.IN_ARREARS else part.start
    return ChargeToCome(
        line.order_line_id,
        max(bill_on, line.due_from),
        part,
        _through(line, last, whole) - _through(line, first, whole),
        first,
        last,
        whole.days,
    )


def _through(line: LineToBill, days: int, whole: Period) -> int:
    return divide(line.net_minor * days, whole.days, Rounding.HALF_UP)
