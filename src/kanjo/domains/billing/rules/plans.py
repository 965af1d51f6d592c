"""Plans as columns: how a line is charged, and the policy it is charged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import BillingPolicy, LineToBill

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
    "anchor_on": pl.Date,
    "quantity": pl.Int64,
    "net_minor": pl.Int64,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "due_from": pl.Date,
    "accepted_on": pl.Date,
    "billed_until": pl.Date,
    **POLICY,
}
"""A plan with the policy it is billed by.

Every day before *billed_until* of a plan that never changed is billed, and none after. Of one that did, it is the last
day of which anything was posted.
"""


def as_plans(lines: Sequence[LineToBill], policy: BillingPolicy | None = None) -> pl.DataFrame:
    """Return lines of a quote or an order as plans, as if accepted on the day they are due; their place is the id."""
    chosen = asdict(policy or BillingPolicy())
    return pl.DataFrame(
        [
            {
                "plan_id": place,
                "charge": line.charge.value,
                "timing": line.timing.value,
                "interval_months": line.interval_months,
                "anchor_on": anchored_on(line),
                "quantity": line.quantity,
                "net_minor": line.net_minor,
                "service_start": line.service.start if line.service else None,
                "service_until": line.service.until if line.service else None,
                "due_from": line.due_from,
                "accepted_on": line.due_from,
                "billed_until": None,
                **chosen,
            }
            for place, line in enumerate(lines)
        ],
        schema=FOLLOWED,
    )


def anchored_on(line: LineToBill) -> date:
    """Return the day from which the line's periods are counted, both ways: by default its service start."""
    return line.anchor_on or (line.service.start if line.service else line.due_from)
