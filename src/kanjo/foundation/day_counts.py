"""Day counts: which fraction of a period a part of it is.

Guarantees, steps and worked tables: docs/algorithms/day-counts.md.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class DayCount(StrEnum):
    """A named way to measure a part of a period.

    ACTUAL, THIRTY_360 and MONTHS_THEN_DAYS add up: the fractions of the pieces of a period sum to one. ACTUAL_30
    and FIXED_MONTH promise a price per day instead, so the pieces of a long month may reach more than one.
    """

    ACTUAL = "actual"
    ACTUAL_30 = "actual_30"
    THIRTY_360 = "thirty_360"
    FIXED_MONTH = "fixed_month"
    MONTHS_THEN_DAYS = "months_then_days"

    @property
    def shown(self) -> Text:
        """The name people choose the day count by."""
        return _NAMES[self]


_NAMES = {
    DayCount.ACTUAL: Text(en="Actual days of the period", ja="実日数（期間の実日数で日割り）"),
    DayCount.ACTUAL_30: Text(en="Actual days, 30-day months", ja="実日数（1か月を30日として日割り）"),
    DayCount.THIRTY_360: Text(en="30/360", ja="30/360（すべての月を30日として計算）"),
    DayCount.FIXED_MONTH: Text(en="Actual days, fixed days a month", ja="実日数（1か月を固定日数として日割り）"),
    DayCount.MONTHS_THEN_DAYS: Text(en="Months, then days of the month", ja="月割り（端数は当月の実日数で日割り）"),
}


class PartOutside(Refusal):
    """A part with days outside the period it is measured by."""

    rule = "periods.part-outside"
    says = Text(
        en="{part_start} to {part_until} is not inside the period {start} to {until}.",
        ja="{part_start}から{part_until}までは、期間（{start}から{until}まで）に収まっていません。",
    )
    remedy = Text(en="Cut the part at the period's ends.", ja="期間の両端で区切ってください。")


class EmptyWhole(Refusal):
    """A period without days, of which there are no parts."""

    rule = "periods.empty-whole"
    says = Text(
        en="The period on {start} has no days to take a part of.", ja="{start}の期間には日数がなく、日割りできません。"
    )
    remedy = Text(en="Give a period of one day or more.", ja="1日以上の期間を指定してください。")


class NoMonthDays(Refusal):
    """A month without days to count by."""

    rule = "periods.month-days"
    says = Text(
        en="A month of {month_days} days cannot be counted by.",
        ja="1か月を{month_days}日として日割りすることはできません。",
    )
    remedy = Text(en="Give one day or more.", ja="1日以上で指定してください。")


def fraction(part: Period, whole: Period, day_count: DayCount, *, month_days: int = 30) -> Fraction:
    """Return which share of *whole* the *part* is, exact, between 0 and 1; the whole of it is always 1.

    *month_days* is the length every month is taken to have under FIXED_MONTH. Refuses a part outside the whole
    and a whole without days.
    """
    if not whole:
        raise EmptyWhole(start=whole.start)
    if not whole.covers(part):
        raise PartOutside(part_start=part.start, part_until=part.until, start=whole.start, until=whole.until)
    match day_count:
        case DayCount.ACTUAL:
            return Fraction(part.days, whole.days)
        case DayCount.ACTUAL_30:
            return _per_day(part, whole, 30)
        case DayCount.FIXED_MONTH:
            return _per_day(part, whole, month_days)
        case DayCount.THIRTY_360:
            return _thirty_360(part, whole)
        case DayCount.MONTHS_THEN_DAYS:
            return _in_months(part, whole)


def days_30_360(start: date, until: date) -> int:
    """Return the days between with every month 30 days long.

    30E/360 ISDA: the 31st and the last day of February count as the 30th. Its exception for the last day of a
    contract is left out, so that pieces always add up.
    """
    return _position_30_360(until) - _position_30_360(start)


def _position_30_360(day: date) -> int:
    last_of_february = day.month == 2 and (day + timedelta(days=1)).month == 3
    return day.year * 360 + day.month * 30 + (30 if last_of_february else min(day.day, 30))


def _thirty_360(part: Period, whole: Period) -> Fraction:
    if days := days_30_360(whole.start, whole.until):
        return Fraction(days_30_360(part.start, part.until), days)
    # The 30th to the 31st: no day by this count, yet all of the period.
    return Fraction(part.days, whole.days)


def _per_day(part: Period, whole: Period, month_days: int) -> Fraction:
    if month_days < 1:
        raise NoMonthDays(month_days=month_days)
    if part == whole:
        return Fraction(1)
    months, days = whole.months_and_days()
    return min(Fraction(part.days, months * month_days + days), Fraction(1))


def _in_months(part: Period, whole: Period) -> Fraction:
    length = _months_from(whole.start, whole.until)
    return (_months_from(whole.start, part.until) - _months_from(whole.start, part.start)) / length


def _months_from(start: date, day: date) -> Fraction:
    """Return the months from *start* to *day*; days of an unfinished month count by that month's own length."""
    months, days = Period(start, day).months_and_days()
    return months + Fraction(days, Period(add_months(start, months), add_months(start, months + 1)).days)
