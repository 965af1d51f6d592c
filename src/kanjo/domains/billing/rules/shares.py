"""Which share of a whole period a part of it is, in whole numbers: parts *day_from* to *day_until* of *period_days*.

Guarantees, steps and worked tables: docs/algorithms/owed.md. Columns in, columns out; days half-open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from kanjo.foundation.columns import divided
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.money import Rounding
from kanjo.foundation.months import in_month, month_of

WHOLE = "whole"
"""Measured by nothing: it is charged whole or not at all."""

SHARE = ("day_from", "day_until", "period_days")


def measured(parts: pl.LazyFrame, counts: Iterable[str]) -> pl.LazyFrame:
    """Add `SHARE`: how far into its whole the part begins and ends, and the whole, counted as its day_count says.

    Needs start, until, whole_start, whole_until, month_days and day_count, each one of *counts*. The whole of a period
    is always all of it and no part counts beyond it, so that the parts of a period add up under every count. Rows come
    out in any order.
    """
    columns = (*parts.collect_schema().names(), *SHARE)
    used = {names: counting for names, counting in _COUNTING.items() if not set(counts).isdisjoint(names)}
    if len(used) > 1:
        apart = {names: parts.filter(pl.col("day_count").is_in(names)) for names in used}
        return pl.concat([used[names](rows).select(columns) for names, rows in apart.items()])
    (counting,) = used.values() or (_actual,)
    return counting(parts).select(columns)


def share_of(price: pl.Expr, edge: str) -> pl.Expr:
    """Return the price through *edge* parts of its period, rounded once, half up.

    Exact in 64 bits for any price below 2^63 as long as a period has fewer than 2^31 parts.
    """
    size, parts = price.abs(), pl.col("period_days")
    rest = divided(size % parts * pl.col(edge), parts, Rounding.HALF_UP)
    return (size // parts * pl.col(edge) + rest) * price.sign()


def amount(price: pl.Expr) -> pl.Expr:
    """Return what a part costs: the price through its end less the price through its start."""
    return share_of(price, "day_until") - share_of(price, "day_from")


def amount_above() -> pl.Expr:
    """Return what a part costs of a line that was parted from another: price_minor above above_minor of the whole.

    So that what was one line costs the same to the yen as long as both have the same days. Of other lines above_minor
    is 0, and it is `amount`.
    """
    price, above = pl.col("price_minor"), pl.col("above_minor")
    return amount(above + price) - amount(above)


def _days_to(day: str) -> pl.Expr:
    return (pl.col(day) - pl.col("whole_start")).dt.total_days().cast(pl.Int64)


def _undivided(parts: pl.LazyFrame) -> pl.LazyFrame:
    one = pl.lit(1, dtype=pl.Int64)
    return parts.with_columns(day_from=one - 1, day_until=one, period_days=one)


def _actual(parts: pl.LazyFrame) -> pl.LazyFrame:
    return parts.with_columns(
        day_from=_days_to("start"), day_until=_days_to("until"), period_days=_days_to("whole_until")
    )


def _per_day(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Count days against months of a fixed length; the last day closes a month that is longer or shorter."""
    length = pl.when(pl.col("day_count") == DayCount.ACTUAL_30).then(30).otherwise("month_days").cast(pl.Int64)
    whole = pl.col("whole_until_months") * length + pl.col("whole_until_over")

    def counted(day: str) -> pl.Expr:
        closes = pl.col(day) == pl.col("whole_until")
        return pl.when(closes).then("period_days").otherwise(pl.min_horizontal(_days_to(day), "period_days"))

    wholes = _split(parts, "whole_until").with_columns(period_days=whole)
    return wholes.with_columns(day_from=counted("start"), day_until=counted("until"))


def _thirty_360(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Count with every month 30 days long; the 30th to the 31st, no day by this count, is counted by its days."""
    placed = parts.with_columns(_position_30_360(day).alias(f"{day}_at") for day in ("whole_start", *_DAYS))
    whole = pl.col("whole_until_at") - pl.col("whole_start_at")

    def counted(day: str) -> pl.Expr:
        return pl.when(whole == 0).then(_days_to(day)).otherwise(pl.col(f"{day}_at") - pl.col("whole_start_at"))

    return placed.with_columns(
        day_from=counted("start"), day_until=counted("until"), period_days=counted("whole_until")
    )


def _position_30_360(day: str) -> pl.Expr:
    on = pl.col(day).dt
    last_of_february = (on.month() == 2) & (on.day() == on.month_end().dt.day())
    number = pl.when(last_of_february).then(30).otherwise(pl.min_horizontal(on.day().cast(pl.Int64), 30))
    return on.year().cast(pl.Int64) * 360 + on.month().cast(pl.Int64) * 30 + number.cast(pl.Int64)


def _in_months(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Count months, the days of an unfinished one by that month's own length; the three on one denominator.

    Of a day, done / length are the months to it and a part of one: of the whole, (done / length) / (whole's done /
    length).
    """
    for day in _DAYS:
        parts = _lengthened(_split(parts, day), day)
    done, length = ({day: pl.col(f"{day}_{name}") for day in _DAYS} for name in ("done", "length"))
    first, last, whole = _DAYS
    same = (length[first] == length[last]) & (length[last] == length[whole])
    return parts.with_columns(
        day_from=pl.when(same).then(done[first]).otherwise(done[first] * length[whole] * length[last]),
        day_until=pl.when(same).then(done[last]).otherwise(done[last] * length[whole] * length[first]),
        period_days=pl.when(same).then(done[whole]).otherwise(done[whole] * length[first] * length[last]),
    )


_DAYS = ("start", "until", "whole_until")


def _lengthened(parts: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """Add how long the month is that runs on *day*, and how many parts of it are done since the whole began.

    On the first day of a month nothing of it is done: it takes the length of the first, so that whole months are alike.
    """
    runs = pl.when(pl.col(f"{day}_over") == 0).then(0).otherwise(f"{day}_months").cast(pl.Int64)
    return (
        parts.with_columns(runs.alias("runs"))
        .with_columns(begins=_later("runs"), ends=_later(pl.col("runs") + 1))
        .with_columns((pl.col("ends") - pl.col("begins")).dt.total_days().cast(pl.Int64).alias(f"{day}_length"))
        .with_columns((pl.col(f"{day}_months") * pl.col(f"{day}_length") + pl.col(f"{day}_over")).alias(f"{day}_done"))
    )


def _split(parts: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """Add the whole months from the start of the whole to *day*, and the days that are left over."""
    months, over = f"{day}_months", f"{day}_over"
    return (
        parts.with_columns((_month(day) - _month("whole_start")).alias(months))
        .with_columns((pl.col(months) - (_later(months) > pl.col(day)).cast(pl.Int64)).alias(months))
        .with_columns((pl.col(day) - _later(months)).dt.total_days().cast(pl.Int64).alias(over))
    )


def _later(months: str | pl.Expr) -> pl.Expr:
    """Return the start of the whole so many months later, or the last day of a shorter month."""
    more = pl.col(months) if isinstance(months, str) else months
    return in_month(_month("whole_start") + more, pl.col("whole_start"))


def _month(day: str) -> pl.Expr:
    return month_of(pl.col(day))


_COUNTING: dict[tuple[str, ...], Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    (WHOLE,): _undivided,
    (DayCount.ACTUAL,): _actual,
    (DayCount.ACTUAL_30, DayCount.FIXED_MONTH): _per_day,
    (DayCount.THIRTY_360,): _thirty_360,
    (DayCount.MONTHS_THEN_DAYS,): _in_months,
}
