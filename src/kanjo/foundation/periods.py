"""Periods of days, half-open inside, and the arithmetic of months that keeps the anniversary.

Day counts that turn a part of a period into a fraction are in `day_counts`.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class PeriodReversed(Refusal):
    """A period whose end comes before its start."""

    rule = "periods.reversed"
    says = Text(
        en="The period from {start} until {until} ends before it starts.",
        ja="{start}から{until}までの期間は、終了日が開始日より前です。",
    )
    remedy = Text(en="Give an end on or after the start.", ja="終了日を開始日以降にしてください。")


class DateOutOfRange(Refusal):
    """A month outside the years the calendar has."""

    rule = "periods.out-of-range"
    says = Text(
        en="{months} months from {day} leaves the calendar.", ja="{day}から{months}か月を数えると、暦の範囲を超えます。"
    )
    remedy = Text(en="Stay within the years 1 to 9999.", ja="西暦1年から9999年の範囲にしてください。")


class LastDayOfCalendar(Refusal):
    """A period with no day after it to end before."""

    rule = "periods.last-day"
    says = Text(
        en="A period cannot include {last_on}, the last day there is.",
        ja="暦の最終日である{last_on}を期間に含めることはできません。",
    )
    remedy = Text(en="Give an earlier end, or none.", ja="より前の日にするか、終了日を空けてください。")


class NoSuchAnchor(Refusal):
    """An anchor that is no day of a month."""

    rule = "periods.anchor-day"
    says = Text(en="{anchor_day} is not a day of the month.", ja="{anchor_day}日を基準日にすることはできません。")
    remedy = Text(
        en="Give a day from 1 to 31; 31 means the month end.", ja="1から31で指定してください。31は月末を表します。"
    )


class TooFewMonths(Refusal):
    """An interval that never advances."""

    rule = "periods.months"
    says = Text(
        en="A billing interval of {months} months cannot advance.",
        ja="請求間隔に{months}か月は指定できません。",
    )
    remedy = Text(en="Give one month or more.", ja="1か月以上で指定してください。")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, not including, `until`. May be empty; refuses to run backwards."""

    start: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.start:
            raise PeriodReversed(start=self.start, until=self.until)

    @classmethod
    def inclusive(cls, first_on: date, last_on: date) -> Period:
        """Return the period that people write with both its days, first and last."""
        if last_on == date.max:
            raise LastDayOfCalendar(last_on=last_on)
        return cls(first_on, last_on + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.until - self.start).days

    @property
    def last_on(self) -> date:
        """The last day, as people write it; of an empty period it is the day before its start."""
        return self.until - timedelta(days=1)

    def __bool__(self) -> bool:
        return self.start < self.until

    def contains(self, day: date) -> bool:
        """Return whether *day* is one of the days."""
        return self.start <= day < self.until

    def covers(self, other: Period) -> bool:
        """Return whether every day of *other* is also a day of this one."""
        return self.start <= other.start and other.until <= self.until

    def intersect(self, other: Period) -> Period | None:
        """Return the days both have, None when there are none."""
        start, until = max(self.start, other.start), min(self.until, other.until)
        return Period(start, until) if start < until else None

    def split_at(self, *days: date) -> list[Period]:
        """Return the period cut before each of *days* that falls inside; the pieces join without gap or overlap."""
        cuts = [self.start, *sorted({day for day in days if self.start < day < self.until}), self.until]
        return [Period(start, until) for start, until in pairwise(cuts)]

    def left_on(self, day: date) -> int:
        """Return how many days of the period come after *day*: what is unused when *day* is the last used."""
        return min(max((self.until - day).days - 1, 0), self.days)

    def months_and_days(self) -> tuple[int, int]:
        """Return the whole months that fit from the start, then the days that are left."""
        months = (self.until.year - self.start.year) * 12 + self.until.month - self.start.month
        if add_months(self.start, months) > self.until:
            months -= 1
        return months, (self.until - add_months(self.start, months)).days


def add_months(day: date, months: int, anchor_day: int | None = None) -> date:
    """Return the day *months* later (or earlier), on *anchor_day* or the last day of a shorter month.

    The anchor is the day of the month that an anniversary keeps: with 31, 28 February is followed by 31 March.
    Without it the day itself is the anchor. Refuses results outside the years 1 to 9999.
    """
    anchor = _anchored(day, anchor_day)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise DateOutOfRange(day=day, months=months)
    return date(year, month + 1, min(anchor, monthrange(year, month + 1)[1]))


def month_of(day: date) -> Period:
    """Return the calendar month of *day*."""
    return Period(day.replace(day=1), add_months(day.replace(day=1), 1))


def billing_periods(start: date, until: date, months: int, anchor_day: int | None = None) -> list[Period]:
    """Return the periods of *months* each that fill [start, until), turning over on *anchor_day*.

    A start off the anchor gives a first short period up to the next anchor; the last is clipped at *until*.
    """
    term = Period(start, until)
    first = _next_anchor(start, _anchored(start, anchor_day))
    cuts, step = [first], 1
    _refuse_standstill(months)
    while cuts[-1] < until:
        cuts.append(add_months(first, step * months, anchor_day or start.day))
        step += 1
    return term.split_at(*cuts) if term else []


def whole_period(part: Period, months: int, anchor_day: int | None = None) -> Period:
    """Return the full billing period a clipped *part* belongs to: the denominator of its proration.

    A part that starts on the anchor runs forward from its start; a leading stub is the end of the period that
    ends on the next anchor.
    """
    _refuse_standstill(months)
    anchor = _anchored(part.start, anchor_day)
    first = _next_anchor(part.start, anchor)
    if first == part.start:
        return Period(first, add_months(first, months, anchor))
    return Period(add_months(first, -months, anchor), first)


def _anchored(day: date, anchor_day: int | None) -> int:
    anchor = day.day if anchor_day is None else anchor_day
    if not 1 <= anchor <= 31:
        raise NoSuchAnchor(anchor_day=anchor)
    return anchor


def _next_anchor(day: date, anchor_day: int) -> date:
    """Return the first anchor on or after *day*."""
    this_month = add_months(day, 0, anchor_day)
    return this_month if this_month >= day else add_months(day, 1, anchor_day)


def _refuse_standstill(months: int) -> None:
    if months < 1:
        raise TooFewMonths(months=months)
