"""Prints what the foundation says about a few hundred business dates, for `test_time_zones`."""

from __future__ import annotations

from datetime import date, timedelta

from kanjo.foundation.calendars import JAPAN, Shift
from kanjo.foundation.day_counts import DayCount, fraction
from kanjo.foundation.eras import in_era, parse_day
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.periods import add_months, billing_periods, whole_period
from kanjo.foundation.terms import ClosingDay


def _lines() -> list[str]:
    lines: list[str] = []
    # Around the changes of summer time, month ends, leap day and year ends.
    starts = ["2024-02-26", "2026-01-29", "2026-03-06", "2026-04-03", "2026-10-02", "2026-10-30", "2026-12-29"]
    for first in map(date.fromisoformat, starts):
        for day in (first + timedelta(days=offset) for offset in range(8)):
            lines.append(f"{day} {in_era(day)} {parse_day(in_era(day))} {FiscalCalendar().month_of(day)}")
            lines.append(f"{add_months(day, 1, 31)} {[JAPAN.shift(day, rule).isoformat() for rule in Shift]}")
            lines.append(f"{ClosingDay(31, 1, 31, Shift.PRECEDING).due_on(day)}")
            for part in billing_periods(day, add_months(day, 5), 1, 31):
                whole = whole_period(part, 1, 31)
                lines.append(f"{part} {[str(fraction(part, whole, day_count)) for day_count in DayCount]}")
    return lines


if __name__ == "__main__":
    print("\n".join(_lines()))  # noqa: T201  # the page this program prints is its result
