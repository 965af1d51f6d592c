"""What is due of plans as they were known and as they are known now, and by how much the two schedules differ."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import PlanCharge
from kanjo.domains.billing.rules.owed import Known, still_due
from kanjo.foundation.ids import OrderLineId


def due_apart(
    plans: pl.DataFrame, known: Known, plans_before: pl.DataFrame, before: Known
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return all that is still due of plans by what is known, and what was due of them by what was known before.

    Both at once, what was before under ids below zero: of few rows it is the steps that cost, not the rows.
    """
    both = Known(**{one.name: _both(getattr(known, one.name), getattr(before, one.name)) for one in fields(Known)})
    due = still_due(pl.concat([plans, _turned(plans_before)]), date.max, both)
    return due.filter(pl.col("plan_id") >= 0), _turned(due.filter(pl.col("plan_id") < 0))


def _both(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    return rows if before.is_empty() else pl.concat([rows, _turned(before)])


def _turned(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with ids from zero on below zero, and those below zero as they were."""
    return frame.with_columns(-pl.col("^(plan|line|charge|credited_line)_id$") - 1)


def difference_per_line(plans: pl.DataFrame, due: pl.DataFrame, before: pl.DataFrame) -> dict[OrderLineId, int]:
    """Return by how much the whole schedule of each line differs: what is due now less what was, posted is the same.

    Lines of which nothing differs are left out, and so is usage: it is beside what is ordered.
    """
    both = pl.concat([due.select("plan_id", "net_minor"), before.select("plan_id", -pl.col("net_minor"))])
    ordered = plans.filter(pl.col("charge") != PlanCharge.USAGE).select("plan_id", "order_line_id")
    by_line = both.join(ordered, on="plan_id").group_by("order_line_id")
    nets = by_line.agg(pl.sum("net_minor")).filter(pl.col("net_minor") != 0).sort("order_line_id")
    return {OrderLineId(line): net for line, net in nets.iter_rows()}
