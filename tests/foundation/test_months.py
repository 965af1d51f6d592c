"""Months on columns equal the calendar of the foundation."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.months import in_month, month_of
from kanjo.foundation.periods import add_months

MOST = 120
days = st.dates(date(1, 1, 1), date(9989, 12, 31))


@given(st.lists(st.tuples(days, st.integers(0, MOST)), min_size=1))
def test_so_many_months_later(moved: list[tuple[date, int]]) -> None:
    """The same day, or the last of a shorter month, for any day there is."""
    frame = pl.DataFrame(moved, schema={"day": pl.Date, "months": pl.Int64}, orient="row")
    later = frame.select(in_month(month_of(pl.col("day")) + pl.col("months"), pl.col("day"))).to_series()
    assert later.to_list() == [add_months(day, months) for day, months in moved]


def test_around_the_days_there_are() -> None:
    """Periods may begin before the first day there is and end after the last."""
    frame = pl.DataFrame({"day": [date.min, date.max], "months": [-MOST, MOST]})
    month = month_of(pl.col("day")) + pl.col("months")
    found = frame.select(year=in_month(month, pl.col("day")).dt.year()).to_series()
    assert found.to_list() == [-9, 10_009]


def test_no_day_stays_none() -> None:
    """A day that is not known has no month and no later day."""
    frame = pl.DataFrame({"day": [None]}, schema={"day": pl.Date})
    assert frame.select(in_month(month_of(pl.col("day")) + 1, pl.col("day"))).to_series().to_list() == [None]
