"""Fiscal years, quarters and months, starting in any month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class NoFiscalStart(Refusal):
    """A day no fiscal year of every length can start on."""

    rule = "fiscal.start"
    says = Text(
        en="A fiscal year cannot start on {month}-{day}.",
        ja="会計年度の開始日を{month}月{day}日にすることはできません。",
    )
    remedy = Text(
        en="Give a month from 1 to 12 and a day from 1 to 28.", ja="月は1から12、日は1から28で指定してください。"
    )


class NoFiscalPart(Refusal):
    """A quarter or month a fiscal year does not have."""

    rule = "fiscal.no-such-part"
    says = Text(
        en="A fiscal year has no part {number}; they run from 1 to {last}.",
        ja="会計年度に{number}番目の区分はありません（1から{last}まで）。",
    )
    remedy = Text(en="Give a number from 1 to {last}.", ja="1から{last}で指定してください。")


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """The fiscal year of a company.

    A year is named by the calendar year it starts in (2026年度 is April 2026 to March 2027) or, with
    `named_by_start` false, by the one it ends in (FY2027). Months turn over on `first_day`.
    """

    first_month: int = 4
    first_day: int = 1
    named_by_start: bool = True

    def __post_init__(self) -> None:
        if not (1 <= self.first_month <= 12 and 1 <= self.first_day <= 28):
            raise NoFiscalStart(month=self.first_month, day=self.first_day)

    def year_of(self, day: date) -> int:
        """Return the name of the fiscal year *day* is in."""
        return self.month_of(day)[0]

    def quarter_of(self, day: date) -> tuple[int, int]:
        """Return the year and the quarter, 1 to 4, *day* is in."""
        year, month = self.month_of(day)
        return year, (month - 1) // 3 + 1

    def month_of(self, day: date) -> tuple[int, int]:
        """Return the year and the month of it, 1 to 12 from its start, *day* is in."""
        months = day.year * 12 + day.month - self.first_month - (day.day < self.first_day)
        return months // 12 + self._name_offset, months % 12 + 1

    def year(self, name: int) -> Period:
        """Return the days of a fiscal year."""
        return self._months(name, 0, 12)

    def quarter(self, year: int, number: int) -> Period:
        """Return the days of a quarter, 1 to 4."""
        _refuse_outside(number, 4)
        return self._months(year, (number - 1) * 3, 3)

    def month(self, year: int, number: int) -> Period:
        """Return the days of a fiscal month, 1 to 12 from the start of the year."""
        _refuse_outside(number, 12)
        return self._months(year, number - 1, 1)

    def months(self, year: int) -> list[Period]:
        """Return the twelve months of a fiscal year."""
        return [self.month(year, number) for number in range(1, 13)]

    def months_in(self, period: Period) -> list[Period]:
        """Return the whole fiscal months that have a day of *period*."""
        if not period:
            return []
        months = [self.month(*self.month_of(period.start))]
        while months[-1].until < period.until:
            months.append(Period(months[-1].until, add_months(months[-1].until, 1)))
        return months

    def year_shown(self, name: int) -> Text:
        """Return the name of a fiscal year as people write it."""
        return Text(en=f"FY{name}", ja=f"{name}年度")

    @property
    def _name_offset(self) -> int:
        """How far the name is ahead of the calendar year of the first day."""
        ends_in_next_year = (self.first_month, self.first_day) != (1, 1)
        return int(ends_in_next_year and not self.named_by_start)

    def _months(self, year: int, skipped: int, count: int) -> Period:
        first_on = date(year - self._name_offset, self.first_month, self.first_day)
        return Period(add_months(first_on, skipped), add_months(first_on, skipped + count))


def _refuse_outside(number: int, last: int) -> None:
    if not 1 <= number <= last:
        raise NoFiscalPart(number=number, last=last)
