"""How the price of charged usage came about, as it was kept with the charge."""

from __future__ import annotations

from collections.abc import Collection

from kanjo.domains.billing.facts import PlanCharge, PricedStep, UsageStep
from kanjo.domains.billing.models import Charge, ChargeStep, InvoiceLine
from kanjo.foundation.money import Money


def steps_of(lines: Collection[InvoiceLine], currency: str) -> dict[int, tuple[PricedStep, ...]]:
    """Return the steps of each line that charges usage, by the line; what gives usage back has none.

    Of what several payers bear, each is shown all of them. Needs the plan of each line.
    """
    metered = [line for line in lines if line.net_minor > 0 and line.plan.charge == PlanCharge.USAGE]
    if not metered:
        return {}
    plans = {line.plan_id for line in metered}
    days = {line.service_start for line in metered}
    posted = Charge.objects.filter(plan_id__in=plans, service_start__in=days, credited_line_id=None)
    charges = list(posted.values_list(*_CHARGE, "invoice_line_id", "shared_line_id"))
    wanted = {line.pk for line in metered}
    borne: dict[int, list[int]] = {}
    for _, _, _, line, head in charges:
        if line in wanted:
            borne.setdefault(head or line, []).append(line)
    lines_of = {(plan, start, sequence): borne.get(line, ()) for plan, start, sequence, line, _ in charges}
    steps: dict[int, list[PricedStep]] = {}
    rows = ChargeStep.objects.filter(plan_id__in=plans, service_start__in=days).order_by(*_CHARGE, "position")
    for row in rows:
        for line in lines_of.get((row.plan_id, row.service_start, row.sequence), ()):
            steps.setdefault(line, []).append(_step(row, currency))
    return {line: tuple(found) for line, found in steps.items()}


_CHARGE = ("plan_id", "service_start", "sequence")


def _step(row: ChargeStep, currency: str) -> PricedStep:
    return PricedStep(
        UsageStep(row.kind),
        row.units,
        row.from_units,
        Money(row.price_minor, currency),
        row.per_units,
        Money(row.flat_minor, currency),
        Money(row.amount_minor, currency),
    )
