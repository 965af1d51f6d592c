"""What is still to be charged and what to be given back: the days that should be billed, less those that are.

Guarantees, steps and worked tables: docs/algorithms/difference.md. Columns in, columns out; days half-open.
"""

from __future__ import annotations

import polars as pl

from kanjo.foundation.columns import divided
from kanjo.foundation.money import Rounding

COVERED: dict[str, type[pl.DataType]] = {
    "line_id": pl.Int64,
    "terms_id": pl.Int64,
    "start": pl.Date,
    "until": pl.Date,
    "whole_start": pl.Date,
    "whole_until": pl.Date,
    "price_minor": pl.Int64,
}
"""Days of a line as they should be billed: a part of a whole period, and what the whole of it costs.

Days with the same `terms_id` are the same service at the same price, however its periods are cut. No day of a line
stands in two rows.
"""

CHARGED: dict[str, type[pl.DataType]] = {"charge_id": pl.Int64, **COVERED}
"""The same as posted. The days of a line that are charged and not given back stand in one row each."""

GIVEN_BACK: dict[str, type[pl.DataType]] = {"charge_id": pl.Int64, "start": pl.Date, "until": pl.Date}
"""Days of a charge that were given back; none of them twice."""


def difference(due: pl.LazyFrame, charged: pl.LazyFrame, given_back: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Return what is to be charged and what is to be given back, so that exactly the days of *due* are billed.

    Takes rows as `COVERED`, `CHARGED` and `GIVEN_BACK`. Both results have the columns of `CHARGED` and net_minor; a
    new charge has no charge_id, and what is given back names the charge, with its period and price and a negative
    amount. With both posted, a second call is empty.
    """
    due = due.with_columns(due_id=pl.int_range(pl.len(), dtype=pl.Int64))
    standing = _standing(charged, given_back)
    days = _compared(due, standing)
    missing = days.filter(pl.col("due_id").is_not_null()).drop("charge_id")
    surplus = days.filter(pl.col("charge_id").is_not_null()).drop("due_id")
    to_charge = _joined(missing, "due_id").join(due.drop("line_id", "start", "until"), on="due_id")
    to_give_back = _joined(surplus, "charge_id").join(charged.drop("line_id", "start", "until"), on="charge_id")
    return (
        _priced(to_charge.with_columns(charge_id=pl.lit(None, dtype=pl.Int64)), 1),
        _priced(to_give_back, -1),
    )


def _standing(charged: pl.LazyFrame, given_back: pl.LazyFrame) -> pl.LazyFrame:
    """Return the days of each charge that were not given back, a row for every stretch of them."""
    ends = charged.select("charge_id", start="until", until=pl.lit(None, dtype=pl.Date))
    return (
        pl.concat([given_back.select(*GIVEN_BACK), ends])
        .join(charged.select("charge_id", "line_id", "terms_id", first="start"), on="charge_id")
        .sort("charge_id", "start")
        .with_columns(after=pl.col("until").shift().over("charge_id").fill_null(pl.col("first")))
        .select("charge_id", "line_id", "terms_id", until="start", start="after")
        .filter(pl.col("start") < pl.col("until"))
    )


def _compared(due: pl.LazyFrame, standing: pl.LazyFrame) -> pl.LazyFrame:
    """Return the stretches of days where what stands is not what should: line, days, and the rows of both sides."""
    edges = [side.select("line_id", day=edge) for side in (due, standing) for edge in ("start", "until")]
    stretches = (
        pl.concat(edges)
        .unique()
        .sort("line_id", "day")
        .select("line_id", start="day", until=pl.col("day").shift(-1).over("line_id"))
        .drop_nulls("until")
    )
    for side, row, terms in ((due, "due_id", "due_terms"), (standing, "charge_id", "charged_terms")):
        rows = side.select("line_id", row, **{terms: "terms_id", "begins": "start", "ends": "until"})
        stretches = (
            stretches.join_asof(
                rows.sort("line_id", "begins"),
                left_on="start",
                right_on="begins",
                by="line_id",
                check_sortedness=False,
            )
            .with_columns(pl.when(pl.col("ends") > pl.col("start")).then(pl.col(row, terms)))
            .drop("begins", "ends", strict=False)
        )
    return stretches.filter(pl.col("due_terms").ne_missing(pl.col("charged_terms"))).drop("due_terms", "charged_terms")


def _joined(stretches: pl.LazyFrame, row: str) -> pl.LazyFrame:
    """Return stretches of the same row that meet as one."""
    meets = (pl.col("start") == pl.col("until").shift()) & (pl.col(row) == pl.col(row).shift())
    return (
        stretches.sort(row, "start")
        .with_columns(stretch=(~meets.fill_null(value=False)).cum_sum())
        .group_by("stretch", maintain_order=True)
        .agg(pl.col("line_id", row, "start").first(), pl.col("until").last())
        .drop("stretch")
    )


def _priced(days: pl.LazyFrame, sign: int) -> pl.LazyFrame:
    """Return the days with their share of the price: through their end less through their start, each rounded once."""
    share = _through("until") - _through("start")
    return days.with_columns(net_minor=sign * share).select(*CHARGED, "net_minor").sort("line_id", "start")


def _through(day: str) -> pl.Expr:
    length = (pl.col("whole_until") - pl.col("whole_start")).dt.total_days()
    return divided(
        pl.col("price_minor") * (pl.col(day) - pl.col("whole_start")).dt.total_days(), length, Rounding.HALF_UP
    )
