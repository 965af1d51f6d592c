"""Plans as columns: how a line is charged, and the policy it is charged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import Anchor, BillingPolicy, LineToBill
from kanjo.domains.catalog.facts import ChargeKind

POLICY: dict[str, type[pl.DataType]] = {
    "day_count": pl.String,
    "month_days": pl.Int64,
    "first_stub": pl.String,
    "last_stub": pl.String,
    "first_billed": pl.String,
    "changes_billed": pl.String,
    "change_day": pl.String,
    "restart": pl.String,
    "decrease": pl.String,
}
FOLLOWED: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "charge": pl.String,
    "timing": pl.String,
    "interval_months": pl.Int64,
    "interval_days": pl.Int64,
    "anchor_on": pl.Date,
    "quantity": pl.Int64,
    "net_minor": pl.Int64,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "due_from": pl.Date,
    "accepted_on": pl.Date,
    "billed_until": pl.Date,
    "swapped": pl.Int64,
    "above_minor": pl.Int64,
    **POLICY,
}
"""A plan with the policy it is billed by; *swapped* is 1 where it takes the place of a line that ends with it.

Of a line that was parted from another, *above_minor* is the price of the whole that it stands above.

Every day before *billed_until* of a plan that never changed is billed, and none after. Of one that did, it is the last
day of which anything was posted.
"""


def as_plans(lines: Sequence[LineToBill], policy: BillingPolicy | None = None) -> pl.DataFrame:
    """Return lines of a quote or an order as plans, as if accepted on the day they are due; their place is the id."""
    policy = policy or BillingPolicy()
    starts = [line.service.start for line in lines if line.service]
    chosen = {name: value for name, value in asdict(policy).items() if name in POLICY}
    return pl.DataFrame(
        [
            {
                "plan_id": place,
                "charge": line.charge.value,
                "timing": line.timing.value,
                "interval_months": line.interval_months,
                "interval_days": line.interval_days,
                "anchor_on": anchored_on(line),
                "quantity": line.quantity,
                "net_minor": line.net_minor,
                "service_start": line.service.start if line.service else None,
                "service_until": line.service.until if line.service else None,
                "due_from": line.due_from,
                "accepted_on": line.due_from,
                "billed_until": None,
                "swapped": int(line.swapped),
                "above_minor": line.above_minor,
                **chosen,
            }
            for place, line in enumerate(anchored(lines, common_anchor(starts, policy.anchor)))
        ],
        schema=FOLLOWED,
    )


def common_anchor(starts: Sequence[date], anchor: Anchor, account_on: date | None = None) -> date | None:
    """Return the day from which the periods of all lines are counted, None where each counts from its own service.

    *starts* are the first days of their services, *account_on* the anchor of the payer's first plan: where there is
    none yet, these lines begin it.
    """
    if anchor is Anchor.SERVICE_START or not starts:
        return None
    first = min(starts)
    if anchor is Anchor.CALENDAR:
        return first.replace(month=1, day=1)
    return account_on or first if anchor is Anchor.ACCOUNT else first


def anchored(lines: Sequence[LineToBill], anchor_on: date | None) -> list[LineToBill]:
    """Return *lines* with their periods counted from a common day; what has an anchor of its own keeps it."""
    return [
        replace(line, anchor_on=line.anchor_on or anchor_on) if line.charge is ChargeKind.RECURRING else line
        for line in lines
    ]


def anchored_on(line: LineToBill) -> date:
    """Return the day from which the line's periods are counted, both ways: by default its service start."""
    return line.anchor_on or (line.service.start if line.service else line.due_from)
