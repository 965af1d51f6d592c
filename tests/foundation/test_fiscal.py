"""Fiscal years that start in any month."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.fiscal import FiscalCalendar, NoFiscalPart, NoFiscalStart
from kanjo.foundation.periods import Period

_DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
_CALENDARS = st.builds(FiscalCalendar, st.integers(1, 12), st.integers(1, 28), st.booleans())


def period(start: str, until: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(until))


class TestFiscalCalendar:
    @pytest.mark.parametrize(
        ("calendar", "day", "month_of", "quarter_of"),
        [
            (FiscalCalendar(), "2027-03-31", (2026, 12), (2026, 4)),
            (FiscalCalendar(), "2027-04-01", (2027, 1), (2027, 1)),
            (FiscalCalendar(2, named_by_start=False), "2026-11-21", (2027, 10), (2027, 4)),
            (FiscalCalendar(1), "2026-11-21", (2026, 11), (2026, 4)),
            (FiscalCalendar(1, named_by_start=False), "2026-11-21", (2026, 11), (2026, 4)),
            (FiscalCalendar(3, 21), "2026-03-20", (2025, 12), (2025, 4)),
            (FiscalCalendar(3, 21), "2026-03-21", (2026, 1), (2026, 1)),
            (FiscalCalendar(1, 15, named_by_start=False), "2026-01-14", (2026, 12), (2026, 4)),
        ],
    )
    def test_a_day_has_its_year_quarter_and_month(
        self, calendar: FiscalCalendar, day: str, month_of: tuple[int, int], quarter_of: tuple[int, int]
    ) -> None:
        """31 March 2027 closes 2026年度; in a year from February named by its end, November 2026 is in FY2027."""
        at = date.fromisoformat(day)
        assert (calendar.month_of(at), calendar.quarter_of(at)) == (month_of, quarter_of)
        assert calendar.year_of(at) == month_of[0]

    def test_the_boundaries_are_periods(self) -> None:
        """2026年度 runs from 1 April 2026 to 31 March 2027; its fourth quarter starts in January."""
        japanese, american = FiscalCalendar(), FiscalCalendar(2, named_by_start=False)
        assert japanese.year(2026) == period("2026-04-01", "2027-04-01")
        assert japanese.quarter(2026, 4) == period("2027-01-01", "2027-04-01")
        assert japanese.month(2026, 11) == period("2027-02-01", "2027-03-01")
        assert american.year(2027) == period("2026-02-01", "2027-02-01")
        assert FiscalCalendar(3, 21).month(2026, 1) == period("2026-03-21", "2026-04-21")
        assert (japanese.year_shown(2026).ja, american.year_shown(2027).en) == ("2026年度", "FY2027")

    @given(_CALENDARS, _DAYS)
    def test_a_day_lies_in_what_it_is_said_to_lie_in(self, calendar: FiscalCalendar, day: date) -> None:
        """The year, quarter and month of a day contain it."""
        assert calendar.year(calendar.year_of(day)).contains(day)
        assert calendar.quarter(*calendar.quarter_of(day)).contains(day)
        assert calendar.month(*calendar.month_of(day)).contains(day)

    @given(_CALENDARS, st.integers(1990, 2090))
    def test_months_and_quarters_fill_the_year(self, calendar: FiscalCalendar, name: int) -> None:
        """Twelve months and four quarters are the year, without gap or overlap, and years follow on."""
        year, months = calendar.year(name), calendar.months(name)
        quarters = [calendar.quarter(name, number) for number in range(1, 5)]
        for parts in (months, quarters):
            assert (parts[0].start, parts[-1].until) == (year.start, year.until)
            assert all(one.until == other.start for one, other in pairwise(parts))
        assert calendar.year(name + 1).start == year.until

    @given(_CALENDARS, _DAYS, st.integers(1, 400))
    def test_the_months_a_period_touches(self, calendar: FiscalCalendar, start: date, days: int) -> None:
        """The fiscal months of a period cover it, each has a day of it, and none is missing."""
        touched = Period(start, date.fromordinal(start.toordinal() + days))
        months = calendar.months_in(touched)
        assert sum(shared.days for month in months if (shared := month.intersect(touched))) == days
        assert all(month.intersect(touched) for month in months)
        assert months == [calendar.month(*calendar.month_of(month.start)) for month in months]
        assert calendar.months_in(Period(start, start)) == []

    @pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (4, 0), (2, 29)])
    def test_a_start_that_not_every_year_has_is_refused(self, month: int, day: int) -> None:
        """A fiscal year that starts on 29 February is refused."""
        with pytest.raises(NoFiscalStart, match=f"cannot start on {month}-{day}"):
            FiscalCalendar(month, day)

    def test_a_fifth_quarter_is_refused(self) -> None:
        """There are four quarters and twelve months."""
        with pytest.raises(NoFiscalPart, match="no part 5; they run from 1 to 4"):
            FiscalCalendar().quarter(2026, 5)
        with pytest.raises(NoFiscalPart, match="no part 0; they run from 1 to 12"):
            FiscalCalendar().month(2026, 0)
