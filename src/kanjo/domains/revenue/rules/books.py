"""On which day of the books revenue is posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class NoOpenBooks(Refusal):
    """No accounting period is open on the day or after it."""

    rule = "revenue.no-open-books"
    kind = RefusalKind.CONFLICT
    says = Text(en="No accounting period is open on {day} or later.", ja="{day} 以降に開いている会計期間がありません。")
    remedy = Text(
        en="Rev/Rec or the CFO opens the next year first.", ja="収益認識担当または CFO が次の年度を開いてください。"
    )


def posting_day(day: date, open_periods: Sequence[tuple[date, date]]) -> date:
    """Return *day* where its period (start, until) is open, else the first open day after it."""
    for start, until in sorted(open_periods):
        if day < until:
            return max(day, start)
    raise NoOpenBooks(day=day)


def booked(slices: pl.DataFrame, until: date, open_periods: Sequence[tuple[date, date]]) -> pl.DataFrame:
    """Add `effective_on`: the last earned day of the month, or the first open day after it.

    Needs `month` and `promised_on`: nothing is posted before it was promised.
    """
    ended = pl.min_horizontal(pl.col("month").dt.offset_by("1mo"), pl.lit(until)).dt.offset_by("-1d")
    asked = slices.with_columns(day=pl.max_horizontal(ended, "promised_on"))
    days = {day: posting_day(day, open_periods) for day in asked["day"].unique()}
    posted = pl.DataFrame({"day": list(days), "effective_on": list(days.values())}, schema=_DAYS)
    return asked.join(posted, on="day", maintain_order="left").drop("day")


_DAYS = {"day": pl.Date, "effective_on": pl.Date}
