"""What should be billed of each plan, and what of it is still due. Columns in, columns out.

Guarantees, steps and worked tables: docs/algorithms/proration.md. A plan has the columns of `PLAN`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.columns import divided
from kanjo.foundation.money import Rounding
from kanjo.foundation.months import in_month, month_of

POLICY = 1
"""The version of the choices made here; every invoice line names the one it was made by."""

PLAN: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "charge": pl.String,
    "timing": pl.String,
    "interval_months": pl.Int64,
    "anchor_on": pl.Date,
    "net_minor": pl.Int64,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "due_from": pl.Date,
    "accepted_on": pl.Date,
}
POSTED: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "service_start": pl.Date,
    "posted_minor": pl.Int64,
    "sequence": pl.Int64,
}
DUE = ("plan_id", "bill_on", "service_start", "service_until", "day_from", "day_until", "period_days", "net_minor")


def due_charges(plans: pl.LazyFrame, posted: pl.LazyFrame, target_on: date) -> pl.LazyFrame:
    """Return what is to be billed by *target_on*: the schedule that should be, less what was posted.

    Needs *plans* as `PLAN` and *posted* as `POSTED`: per plan and period the sum posted and the next free sequence.
    Adds price_minor (the price of the whole period) and sequence. A second call with its own result posted is empty.
    """
    still = pl.col("net_minor") - pl.col("posted_minor").fill_null(0)
    return (
        should_be(plans, target_on)
        .join(posted, on=["plan_id", "service_start"], how="left")
        .with_columns(net_minor=still, sequence=pl.col("sequence").fill_null(0))
        .filter(pl.col("net_minor") != 0)
        .drop("posted_minor")
        .sort("plan_id", "service_start")
    )


def should_be(plans: pl.LazyFrame, until_on: date | None) -> pl.LazyFrame:
    """Return every charge of *plans* with a billing day up to *until_on*, or of the whole term, posted or not."""
    charges = pl.concat([_one_time(plans), _recurring(plans, until_on)])
    charges = charges.filter(pl.col("bill_on").is_not_null())
    return charges if until_on is None else charges.filter(pl.col("bill_on") <= until_on)


def as_plans(lines: Sequence[LineToBill]) -> pl.LazyFrame:
    """Return lines of a quote or an order as plans, as if accepted on the day they are due; their place is the id."""
    return pl.LazyFrame(
        [
            (
                place,
                line.charge.value,
                line.timing.value,
                line.interval_months,
                anchored_on(line),
                line.net_minor,
                line.service.start if line.service else None,
                line.service.until if line.service else None,
                line.due_from,
                line.due_from,
            )
            for place, line in enumerate(lines)
        ],
        schema=PLAN,
        orient="row",
    )


def anchored_on(line: LineToBill) -> date:
    """Return the day from which the line's periods are counted, both ways: by default its service start."""
    return line.anchor_on or (line.service.start if line.service else line.due_from)


def _one_time(plans: pl.LazyFrame) -> pl.LazyFrame:
    once = plans.filter(pl.col("charge") == ChargeKind.ONE_TIME)
    ends_on = pl.coalesce(pl.col("service_until").dt.offset_by("-1d"), "due_from")
    timing = pl.col("timing")
    bill_on = (
        pl.when(timing == BillingTiming.ON_ACCEPTANCE)
        .then("accepted_on")
        .when(timing == BillingTiming.IN_ARREARS)
        .then(pl.max_horizontal(ends_on, "due_from"))
        .otherwise("due_from")
    )
    whole = pl.lit(1, dtype=pl.Int64)
    return (
        once.with_columns(bill_on=bill_on, day_from=pl.lit(0, dtype=pl.Int64), day_until=whole, period_days=whole)
        .with_columns(
            service_start=pl.coalesce("service_start", "bill_on"),
            service_until=pl.coalesce("service_until", pl.col("bill_on").dt.offset_by("1d")),
            price_minor=pl.col("net_minor"),
        )
        .select(*DUE, "price_minor")
    )


def _recurring(plans: pl.LazyFrame, until_on: date | None) -> pl.LazyFrame:
    """Return one row per period of each recurring plan, prorated where the service covers only a part of it."""
    return (
        _periods(plans.filter(pl.col("charge") == ChargeKind.RECURRING), until_on)
        .with_columns(
            day_from=_days("whole_start", "part_start"),
            day_until=_days("whole_start", "part_until"),
            period_days=_days("whole_start", "whole_until"),
            bill_on=_bill_on(),
        )
        .with_columns(price_minor=pl.col("net_minor"), net_minor=_through("day_until") - _through("day_from"))
        .with_columns(service_start=pl.col("part_start"), service_until=pl.col("part_until"))
        .select(*DUE, "price_minor")
    )


def _periods(plans: pl.LazyFrame, until_on: date | None) -> pl.LazyFrame:
    """Return one row per period: the whole one, counted from the anchor, and the part of it that is served."""
    reach = pl.col("service_until") if until_on is None else pl.min_horizontal("service_until", pl.lit(until_on))
    anchor, months = pl.col("anchor_on"), pl.col("interval_months")
    start = month_of(pl.col("service_start"))
    reached = start - (in_month(start, anchor) > pl.col("service_start")).cast(pl.Int64)
    first = month_of(anchor) + (reached - month_of(anchor)) // months * months
    count = pl.max_horizontal((month_of(reach) - pl.col("first")) // months + 1, pl.lit(0))
    month = pl.col("first") + pl.col("step") * months
    return (
        plans.with_columns(first=first)
        .with_columns(step=pl.int_ranges(pl.lit(0, dtype=pl.Int64), count, dtype=pl.Int64))
        .explode("step")
        .drop_nulls("step")
        .with_columns(whole_start=in_month(month, anchor), whole_until=in_month(month + months, anchor))
        .with_columns(
            part_start=pl.max_horizontal("whole_start", "service_start"),
            part_until=pl.min_horizontal("whole_until", "service_until"),
        )
        .filter(pl.col("part_start") < pl.col("part_until"))
    )


def _bill_on() -> pl.Expr:
    """Return the day a period falls due: its first day in advance, its last in arrears, never before due_from."""
    timing = pl.col("timing")
    in_arrears = pl.max_horizontal(pl.col("part_until").dt.offset_by("-1d"), "due_from")
    in_advance = pl.max_horizontal("part_start", "due_from")
    accepted = pl.when(pl.col("accepted_on").is_not_null()).then(pl.max_horizontal("part_start", "accepted_on"))
    return (
        pl.when(timing == BillingTiming.IN_ARREARS)
        .then(in_arrears)
        .when(timing == BillingTiming.ON_ACCEPTANCE)
        .then(accepted)
        .otherwise(in_advance)
    )


def _through(days: str) -> pl.Expr:
    """Return the price through that many days of the period, rounded once: a part is the difference of two."""
    return divided(pl.col("net_minor") * pl.col(days), pl.col("period_days"), Rounding.HALF_UP)


def _days(start: str, until: str) -> pl.Expr:
    return (pl.col(until) - pl.col(start)).dt.total_days().cast(pl.Int64)
