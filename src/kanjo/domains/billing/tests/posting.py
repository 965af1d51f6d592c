"""A house of plans whose lines are posted as the rule of what is owed finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import polars as pl

from kanjo.domains.billing.rules.owed import POSTED, RETURNED, Known, still_due
from kanjo.domains.billing.rules.plans import FOLLOWED
from kanjo.domains.billing.rules.stretches import AWAY, CHANGES
from kanjo.domains.billing.tests.owed_oracle import Life
from kanjo.domains.catalog.facts import ChargeKind


@dataclass(slots=True)
class House:
    """What was posted of plans: the lines charged, each under its number, and those given back."""

    charged: list[dict[str, Any]] = field(default_factory=list)
    given_back: list[dict[str, Any]] = field(default_factory=list)
    net: dict[int, int] = field(default_factory=dict)

    def known(self, plans: Sequence[Life]) -> Known:
        """Return what is known of the plans, with all that was posted of them."""
        return Known(
            changes=_frame(
                [
                    (place, change.effective_on, change.net, change.quantity, change.anchor_on, int(change.parted))
                    for place, life in enumerate(plans)
                    for change in life.changes
                ],
                CHANGES,
            ),
            away=_frame(
                [
                    (place, away.start, away.until, away.until is None)
                    for place, life in enumerate(plans)
                    for away in life.away
                ],
                AWAY,
            ),
            charged=pl.DataFrame(self.charged, schema=POSTED),
            given_back=pl.DataFrame(self.given_back, schema=RETURNED),
        )

    def bill(self, plans: Sequence[Life], on: date) -> pl.DataFrame:
        """Post what is due by a day and return it."""
        due = still_due(self.rows(plans), on, self.known(plans))
        for row in due.iter_rows(named=True):
            policy = plans[row["plan_id"]].policy
            self.post(row, policy.day_count.value, policy.month_days, plans[row["plan_id"]].above)
        return due

    def rows(self, plans: Sequence[Life]) -> pl.DataFrame:
        """Return the plans as the rule takes them."""
        ends: dict[int, date] = {}
        for row in self.charged:
            ends[row["line_id"]] = max(row["until"], ends.get(row["line_id"], row["until"]))
        return pl.DataFrame([_row(place, life, ends.get(place)) for place, life in enumerate(plans)], schema=FOLLOWED)

    def post(self, row: dict[str, Any], day_count: str, month_days: int, above: int = 0) -> None:
        """Post a line that is due, measured as given."""
        plan_id = row["plan_id"]
        self.net[plan_id] = self.net.get(plan_id, 0) + row["net_minor"]
        days = {"start": row["service_start"], "until": row["service_until"], "sequence": row["sequence"]}
        assert not [
            one
            for one in [*self.charged, *self.given_back]
            if (one["line_id"], one["start"], one["sequence"]) == (plan_id, days["start"], days["sequence"])
        ], "two lines under one number"
        if row["credited_line_id"] is not None:
            self.given_back.append({"line_id": plan_id, "charge_id": row["credited_line_id"], **days})
            return
        self.charged.append(
            {
                "charge_id": len(self.charged),
                "line_id": plan_id,
                "terms_id": row["price_minor"],
                **{name: row[name] for name in ("whole_start", "whole_until", "price_minor", "quantity")},
                "above_minor": above,
                "day_count": day_count,
                "month_days": month_days,
                **days,
            }
        )


def _frame(rows: list[tuple[object, ...]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema, orient="row")


def _row(place: int, life: Life, billed_until: date | None) -> dict[str, Any]:
    return {
        "plan_id": place,
        "charge": ChargeKind.RECURRING.value,
        "timing": life.timing.value,
        "interval_months": 0 if life.every_days else life.months,
        "interval_days": life.every_days,
        "anchor_on": life.anchor_on,
        "quantity": life.quantity,
        "net_minor": life.net,
        "service_start": life.service.start,
        "service_until": life.service.until,
        "due_from": life.due_from,
        "accepted_on": None,
        "billed_until": billed_until,
        "swapped": int(life.swapped),
        "above_minor": life.above,
        **asdict(life.policy),
    }
