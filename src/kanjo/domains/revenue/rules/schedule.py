"""How much of each price is earned in each month (IFRS 15.31-45, ASBJ Statement 29 paras 35-45).

Over time: straight line by day. The price is split over the days of the service period by largest remainder, so each
day earns a whole number of minor units and all days together earn the price. At a point: all of it on the day of the
delivery, nothing before. Usage: as invoiced, since that is what the customer has had so far (IFRS 15.B16), in the month
in which its period ended. Amounts are Int64 minor units; a credit is negative and earned alike.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kanjo.domains.catalog.facts import Recognition
from kanjo.foundation.columns import totals

OBLIGATIONS = {
    "obligation_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "method": pl.String,
    "price_minor": pl.Int64,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "delivered_on": pl.Date,
    "promised_on": pl.Date,
}
USAGE = {"obligation_id": pl.Int64, "used_until": pl.Date, "amount_minor": pl.Int64}
"""What was invoiced of usage, by the end of its period (half-open)."""

POSTED = {"obligation_id": pl.Int64, "month": pl.Date, "posted_minor": pl.Int64}


def earned_by_month(
    obligations: pl.DataFrame, until: date | None = None, usage: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return (obligation_id, month, earned_minor) of all days before *until*, or of all days. Zero months are left out.

    Needs columns as in OBLIGATIONS and USAGE; `delivered_on` is null while nothing was delivered.
    """
    earned = pl.concat([_over_time(obligations, until), _at_a_point(obligations, until)])
    if usage is not None and not usage.is_empty():
        earned = totals(
            pl.concat([earned, _as_invoiced(usage, until)]), by=["obligation_id", "month"], columns=["earned_minor"]
        )
    return earned.filter(pl.col("earned_minor") != 0)


def _as_invoiced(usage: pl.DataFrame, until: date | None) -> pl.DataFrame:
    ended = usage if until is None else usage.filter(pl.col("used_until") <= until)
    last = pl.col("used_until").dt.offset_by("-1d")
    return ended.select("obligation_id", month=last.dt.month_start(), earned_minor="amount_minor")


def _over_time(obligations: pl.DataFrame, until: date | None) -> pl.DataFrame:
    running = obligations.filter(pl.col("method") == Recognition.OVER_TIME.value)
    end = pl.col("service_until") if until is None else pl.min_horizontal("service_until", pl.lit(until))
    months = (
        running.with_columns(end=end)
        .filter(pl.col("end") > pl.col("service_start"))
        .with_columns(month=pl.date_ranges(pl.col("service_start").dt.month_start(), "end", "1mo", closed="left"))
        .explode("month")
    )
    first = pl.max_horizontal("month", "service_start")
    after = pl.min_horizontal(pl.col("month").dt.offset_by("1mo"), "end")
    return months.with_columns(earned_minor=_by_day(after) - _by_day(first)).select(
        "obligation_id", "month", "earned_minor"
    )


def _by_day(day: pl.Expr) -> pl.Expr:
    """Return what is earned before *day*: each day the whole share, the first days one unit more."""
    days = (pl.col("service_until") - pl.col("service_start")).dt.total_days()
    past = (day - pl.col("service_start")).dt.total_days()
    size = pl.col("price_minor").abs()
    return pl.col("price_minor").sign() * (past * (size // days) + pl.min_horizontal(past, size % days))


def _at_a_point(obligations: pl.DataFrame, until: date | None) -> pl.DataFrame:
    delivered = obligations.filter(
        (pl.col("method") == Recognition.AT_A_POINT.value) & pl.col("delivered_on").is_not_null()
    )
    if until is not None:
        delivered = delivered.filter(pl.col("delivered_on") < until)
    return delivered.select(
        "obligation_id", month=pl.col("delivered_on").dt.month_start(), earned_minor=pl.col("price_minor")
    )


def to_post(
    obligations: pl.DataFrame,
    posted: pl.DataFrame,
    until: date,
    reached: date | None = None,
    usage: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return (obligation_id, month, amount_minor): what should be earned before *until* less what was posted.

    Needs columns as in OBLIGATIONS, USAGE and POSTED (one row per obligation and month). Posting the result and asking
    again gives nothing. A fact that came late changes months long posted: their difference is returned. *reached* is
    the day up to which other runs have posted: a day that was reached is never given back because *until* is earlier.
    """
    should = earned_by_month(obligations, max(until, reached or until), usage)
    both = should.join(posted, on=["obligation_id", "month"], how="full", coalesce=True)
    difference = pl.col("earned_minor").fill_null(0) - pl.col("posted_minor").fill_null(0)
    return (
        both.filter(pl.col("month") < until)
        .select("obligation_id", "month", amount_minor=difference)
        .filter(pl.col("amount_minor") != 0)
        .sort("obligation_id", "month")
    )
