"""From days counted in months to days of the calendar: the history ends on the day it is played."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kanjo.foundation.calendars import JAPAN, Shift
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.periods import Period, add_months, month_of
from kanjo.processes.history.script import Day, Script


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a history of so many months, the last of them the month of *today*."""

    today: date
    months: int

    def happened(self, day: Day) -> date:
        """Return the business day on which something happened; what the month still has before it happens today."""
        return min(JAPAN.shift(self.written(day), Shift.MODIFIED_FOLLOWING), self.today)

    def written(self, day: Day) -> date:
        """Return the day as it is written on papers, past or to come."""
        return add_months(self.today, day.month, day.day)

    def after(self, day: date, business_days: int = 1) -> date:
        """Return the business day so many after *day*, today at the latest."""
        for _ in range(business_days):
            day = JAPAN.shift(day + timedelta(days=1), Shift.FOLLOWING)
        return min(day, self.today)

    @property
    def first(self) -> date:
        """The first day of the history."""
        return self.written(Day(1 - self.months, 1))

    def months_played(self) -> list[Period]:
        """Return every month of the history, the last one cut after today."""
        starts = [self.written(Day(number, 1)) for number in range(1 - self.months, 1)]
        until = self.today + timedelta(days=1)
        return [Period(start, min(month_of(start).until, until)) for start in starts]


def books_of(script: Script, today: date) -> Period:
    """Return the days whose books are open: from the fiscal year of the first month to the end of the next year."""
    fiscal = FiscalCalendar(first_month=script.charter.fiscal_first_month)
    first = Calendar(today, script.months).first
    return Period(fiscal.year(fiscal.year_of(first)).start, fiscal.year(fiscal.year_of(today) + 1).until)
