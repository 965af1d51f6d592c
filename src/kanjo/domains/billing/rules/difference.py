"""What is still to be charged and what to be given back: the days that should be billed, less those that are.

Guarantees, steps and worked tables: docs/algorithms/difference.md. Columns in, columns out; days half-open.
"""

from __future__ import annotations

import polars as pl

from kanjo.domains.billing.rules.shares import amount_above, measured
from kanjo.domains.billing.rules.stretches import met
from kanjo.foundation.columns import at_once

_DAYS: dict[str, type[pl.DataType]] = {
    "line_id": pl.Int64,
    "terms_id": pl.Int64,
    "start": pl.Date,
    "until": pl.Date,
    "whole_start": pl.Date,
    "whole_until": pl.Date,
    "price_minor": pl.Int64,
    "above_minor": pl.Int64,
    "day_count": pl.String,
    "month_days": pl.Int64,
}
COVERED: dict[str, type[pl.DataType]] = {**_DAYS, "bill_on": pl.Date}
"""Days of a line as they should be billed: a part of a whole period, what the whole of it costs, and from which day.

Days with the same `terms_id` are the same service on the same terms, however they are cut. No day of a line stands in
two rows.
"""

CHARGED: dict[str, type[pl.DataType]] = {"charge_id": pl.Int64, **_DAYS}
"""The same as posted. The days of a line that are charged and not given back stand in one row each."""

GIVEN_BACK: dict[str, type[pl.DataType]] = {"charge_id": pl.Int64, "start": pl.Date, "until": pl.Date}
"""Days of a charge that were given back; none of them twice."""


def difference(due: pl.DataFrame, charged: pl.DataFrame, given_back: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what is to be charged and what is to be given back, so that exactly the days of *due* are billed.

    Takes rows as `COVERED`, `CHARGED` and `GIVEN_BACK`. Each result has the columns of the side it comes from, cut to
    the days concerned, with their share and net_minor. What is given back names the charge and where its days ended
    (charge_until), at its price and with a negative amount; its bill_on is the first day on which anything is due in
    its place, or null: posted later, its days would be billed twice. With both posted, a second call is empty.
    """
    due = due.with_row_index("due_id")
    standing = at_once(_standing(charged, given_back))
    days = at_once(_compared(due.lazy(), standing.lazy())).lazy()
    wanted = due.lazy().drop("line_id", "start", "until")
    to_charge = _joined(days, "due_id").drop("bill_on").join(wanted, on="due_id")
    posted = charged.lazy().drop("line_id", "start").rename({"until": "charge_until"})
    back = _joined(days, "charge_id").join(posted, on="charge_id")
    return at_once(_priced(to_charge, 1, due)), at_once(_priced(back, -1, charged))


def _standing(charged: pl.DataFrame, given_back: pl.DataFrame) -> pl.LazyFrame:
    """Return the days of each charge that were not given back, a row for every stretch of them."""
    if given_back.is_empty():
        return charged.lazy().select("charge_id", "line_id", "terms_id", "start", "until")
    every = charged.lazy()
    ends = every.select("charge_id", start="until", until=pl.lit(None, dtype=pl.Date))
    return (
        pl.concat([given_back.lazy().select(*GIVEN_BACK), ends])
        .join(every.select("charge_id", "line_id", "terms_id", first="start"), on="charge_id")
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
    others = {"due_id": ["bill_on"], "charge_id": []}
    for side, row, terms in ((due, "due_id", "due_terms"), (standing, "charge_id", "charged_terms")):
        rows = side.select("line_id", row, *others[row], **{terms: "terms_id", "begins": "start", "ends": "until"})
        stretches = (
            stretches.join_asof(
                rows.sort("line_id", "begins"),
                left_on="start",
                right_on="begins",
                by="line_id",
                check_sortedness=False,
            )
            .with_columns(pl.when(pl.col("ends") > pl.col("start")).then(pl.col(row, terms, *others[row])))
            .drop("begins", "ends", strict=False)
        )
    return stretches.filter(pl.col("due_terms").ne_missing(pl.col("charged_terms"))).drop("due_terms", "charged_terms")


def _joined(days: pl.LazyFrame, row: str) -> pl.LazyFrame:
    """Return the days of a row on one side, those that meet as one, with the first day to be billed from."""
    stretches = days.drop_nulls(row).sort(row, "start").select("line_id", row, "start", "until", "bill_on")
    return met(stretches, [row], "start", "until", "bill_on")


def _priced(days: pl.LazyFrame, sign: int, of: pl.DataFrame) -> pl.LazyFrame:
    """Return the days with their share of the price: through their end less through their start, each rounded once."""
    parts = measured(days, of["day_count"].unique())
    return parts.with_columns(net_minor=sign * amount_above()).sort("line_id", "start")
