"""Business days of a country, and how a day that falls on a closed one moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from holidays.countries.japan import Japan

from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class Shift(StrEnum):
    """Where a day goes that falls on a closed one.

    MODIFIED_FOLLOWING goes to the next business day unless that leaves the month, and then to the one before.
    """

    NONE = "none"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"

    @property
    def shown(self) -> Text:
        """The words people choose the rule by."""
        return _SHIFT_NAMES[self]


_SHIFT_NAMES = {
    Shift.NONE: Text(en="not moved", ja="変更なし"),
    Shift.FOLLOWING: Text(en="next business day", ja="翌営業日"),
    Shift.PRECEDING: Text(en="previous business day", ja="前営業日"),
    Shift.MODIFIED_FOLLOWING: Text(en="next business day, within the month", ja="翌営業日（月をまたぐ場合は前営業日）"),
}


class HolidaysUnknown(Refusal):
    """A day in a year whose holidays are not known; they are never guessed."""

    rule = "calendars.holidays-unknown"
    says = Text(
        en="The holidays of {year} are not known; the calendar covers {first_year} to {last_year}.",
        ja="{year}年の休日は登録されていません。カレンダーの範囲は{first_year}年から{last_year}年までです。",
    )
    remedy = Text(en="Choose a day within these years.", ja="この範囲内の日を指定してください。")


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The bank business days of Japan in the years its holidays are known for, first and last included.

    Closed are Saturdays, Sundays, national holidays and 31 December to 3 January. The equinox days of a year are
    announced in the February before it; later ones are foreseen astronomically.
    """

    first_year: int
    last_year: int

    def is_business_day(self, day: date) -> bool:
        """Return whether banks are open; refuses a day outside the known years."""
        return self.holiday_on(day) is None and day.weekday() < 5 and (day.month, day.day) not in _YEAR_END

    def holiday_on(self, day: date) -> Text | None:
        """Return the name of the national holiday on *day*, None when it is none; refuses unknown years."""
        if not self.first_year <= day.year <= self.last_year:
            raise HolidaysUnknown(year=day.year, first_year=self.first_year, last_year=self.last_year)
        return _national_holidays(day.year).get(day)

    def shift(self, day: date, rule: Shift) -> date:
        """Return *day* if banks are open on it, else where *rule* moves it."""
        match rule:
            case Shift.NONE:
                return day
            case Shift.FOLLOWING:
                return self._nearest(day, 1)
            case Shift.PRECEDING:
                return self._nearest(day, -1)
            case Shift.MODIFIED_FOLLOWING:
                following = self._nearest(day, 1)
                return following if following.month == day.month else self._nearest(day, -1)

    def add_business_days(self, day: date, count: int) -> date:
        """Return the business day *count* business days after *day*, before it when negative.

        Of zero it is *day* itself, or the next business day when that is closed.
        """
        step = 1 if count >= 0 else -1
        moved = self._nearest(day, 1) if count == 0 else day
        for _ in range(abs(count)):
            moved = self._nearest(moved + timedelta(days=step), step)
        return moved

    def business_days(self, period: Period) -> int:
        """Return how many business days the period has."""
        days = (period.start + timedelta(days=offset) for offset in range(period.days))
        return sum(self.is_business_day(day) for day in days)

    def _nearest(self, day: date, step: int) -> date:
        while not self.is_business_day(day):
            day += timedelta(days=step)
        return day


_YEAR_END = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})


@cache
def _national_holidays(year: int) -> Mapping[date, Text]:
    japanese, english = Japan(years=year, language="ja"), Japan(years=year, language="en_US")
    return MappingProxyType({day: Text(en=english[day], ja=name) for day, name in japanese.items()})


JAPAN = BusinessCalendar(first_year=Japan.start_year, last_year=Japan.end_year)
