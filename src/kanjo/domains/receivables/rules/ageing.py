"""How old a debt is (売掛金年齢表)."""

from __future__ import annotations

from datetime import date

import polars as pl

BUCKETS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")
"""Days past the due day; the due day itself is not late."""
CREDITS = "credits"
"""What customers have to get, as of a credit note not used yet: negative, and no debt of any age."""


def aged(items: pl.DataFrame, on: date) -> pl.DataFrame:
    """Add `days_late` (0 when not due), one column per bucket that holds a debt or zero, and `CREDITS`.

    Needs due_on and open_minor, of which buckets and credits are the parts.
    """
    late = (pl.lit(on) - pl.col("due_on")).dt.total_days().clip(lower_bound=0)
    bounds = zip(BUCKETS, (0, 1, 31, 61, 91), (1, 31, 61, 91, None), strict=True)
    owed = pl.col("open_minor").clip(lower_bound=0)
    return items.with_columns(days_late=late, **{CREDITS: pl.col("open_minor").clip(upper_bound=0)}).with_columns(
        **{
            name: pl.when(
                (pl.col("days_late") >= first) & ((pl.col("days_late") < until) if until else pl.lit(value=True))
            )
            .then(owed)
            .otherwise(0)
            for name, first, until in bounds
        }
    )
