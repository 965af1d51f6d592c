"""On which days something is done by schedule, and at what time of the day where it is done."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

DAY = timedelta(days=1)
WEEKDAYS = range(1, 8)
"""Monday is 1, as ISO has it."""
MONTH_DAYS = range(1, 32)


class Rhythm(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def shown(self) -> Text:
        """The rhythm as people read it."""
        return _RHYTHMS[self]


_RHYTHMS = {
    Rhythm.DAILY: Text(en="Every day", ja="毎日"),
    Rhythm.WEEKLY: Text(en="On days of the week", ja="毎週（曜日指定）"),
    Rhythm.MONTHLY: Text(en="On days of the month", ja="毎月（日付指定）"),
}
WEEKDAY_NAMES = {
    1: Text(en="Monday", ja="月曜日"),
    2: Text(en="Tuesday", ja="火曜日"),
    3: Text(en="Wednesday", ja="水曜日"),
    4: Text(en="Thursday", ja="木曜日"),
    5: Text(en="Friday", ja="金曜日"),
    6: Text(en="Saturday", ja="土曜日"),
    7: Text(en="Sunday", ja="日曜日"),
}
LAST_DAY = Text(en="the last day", ja="末日")
OF_MONTH = Text(en="day {day}", ja="{day}日")


class NoDays(Refusal):
    """A weekly or monthly schedule without a day."""

    rule = "schedules.no-days"
    says = Text(en="No day is chosen.", ja="日または曜日が指定されていません。")
    remedy = Text(en="Choose at least one, or every day.", ja="1つ以上指定するか、毎日を選択してください。")


class NotSuchADay(Refusal):
    """A day that no week or month has."""

    rule = "schedules.not-such-a-day"
    says = Text(en="There is no day {day} here.", ja="{day} という日は指定できません。")
    remedy = Text(
        en="Days of the month are 1 to 31, where 31 is the last day of every month; days of the week are 1 to 7.",
        ja="毎月の日付は1から31（31は毎月の末日）、曜日は1から7の範囲で指定してください。",
    )


@dataclass(frozen=True, slots=True)
class Timetable:
    """On which days: all of them, given weekdays (Monday is 1), or given days of the month; and at what local time.

    A day that a month does not have is its last one: 31 is the end of every month. Refuses `NoDays`, `NotSuchADay`.
    """

    rhythm: Rhythm
    days: tuple[int, ...]
    at: time

    def __post_init__(self) -> None:
        if self.rhythm is Rhythm.DAILY:
            object.__setattr__(self, "days", ())
            return
        if not self.days:
            raise NoDays(at="days")
        there = WEEKDAYS if self.rhythm is Rhythm.WEEKLY else MONTH_DAYS
        odd = next((day for day in self.days if day not in there), None)
        if odd is not None:
            raise NotSuchADay(at="days", day=odd)
        object.__setattr__(self, "days", tuple(sorted(set(self.days))))

    def falls_on(self, day: date) -> bool:
        """Return whether a day is one of them."""
        if self.rhythm is Rhythm.DAILY:
            return True
        if self.rhythm is Rhythm.WEEKLY:
            return day.isoweekday() in self.days
        last = monthrange(day.year, day.month)[1]
        return day.day in self.days or (day.day == last and self.days[-1] > last)

    def moment(self, day: date, zone: ZoneInfo) -> datetime:
        """Return from when on a day it is time; an hour that clocks leave out is the one after it."""
        return datetime.combine(day, self.at, zone).astimezone(UTC)

    @property
    def shown(self) -> Text:
        """The days as people read them."""
        if self.rhythm is Rhythm.DAILY:
            return self.rhythm.shown
        weekly = self.rhythm is Rhythm.WEEKLY
        named = [WEEKDAY_NAMES[day] if weekly else _of_month(day) for day in self.days]
        listed = Text(en=", ".join(one.en for one in named), ja="・".join(one.ja for one in named))
        return (EVERY_WEEK if weekly else EVERY_MONTH).filled(days=listed)


EVERY_WEEK = Text(en="Every {days}", ja="毎週 {days}")
EVERY_MONTH = Text(en="On {days} of every month", ja="毎月 {days}")


def _of_month(day: int) -> Text:
    return LAST_DAY if day == MONTH_DAYS[-1] else OF_MONTH.filled(day=day)


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds from a day on: a timetable, or None while nothing is done."""

    effective_on: date
    timetable: Timetable | None


def in_force(versions: Sequence[InForce], day: date) -> Timetable | None:
    """Return what holds on a day: of the *versions* in the order of their days, the last that has begun."""
    begun = [one for one in versions if one.effective_on <= day]
    return begun[-1].timetable if begun else None


def days_due(versions: Sequence[InForce], *, after: date | None, until: date) -> Iterator[date]:
    """Return the days after one and before another on which something is done, in order; None is since ever."""
    if not versions:
        return
    day = versions[0].effective_on if after is None else max(after + DAY, versions[0].effective_on)
    while day < until:
        table = in_force(versions, day)
        if table is not None and table.falls_on(day):
            yield day
        day += DAY
