"""Payment terms: when an invoice falls due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kanjo.foundation.calendars import JAPAN, BusinessCalendar, Shift
from kanjo.foundation.periods import add_months
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

_MONTH_END = 31
_MOST_MONTHS = 12
_MOST_DAYS = 366


class TermsUnreadable(Refusal):
    """A stored code that is no payment term."""

    rule = "terms.unreadable"
    says = Text(en="“{code}” is not a payment term.", ja="「{code}」は支払条件として読めません。")
    remedy = Text(
        en="Write net:30:none or close:31:1:31:preceding.",
        ja="net:30:none または close:31:1:31:preceding の形で指定してください。",
    )


class TermsOutOfRange(Refusal):
    """Terms with a day, a month or a count that does not exist."""

    rule = "terms.out-of-range"
    says = Text(
        en="These payment terms have no such day: {term}.", ja="支払条件の日付または月数が範囲外です（{term}）。"
    )
    remedy = Text(
        en="Give days of the month from 1 to 31 (31 is the month end), 0 to 12 months, 0 to 366 days.",
        ja="日は1から31（31は月末）、月数は0から12、日数は0から366で指定してください。",
    )


class PaidBeforeClosing(Refusal):
    """A payment day before the closing it pays."""

    rule = "terms.paid-before-closing"
    says = Text(
        en="Payment on day {payment_day} of the same month comes before the closing on day {closing_day}.",
        ja="当月{payment_day}日払いでは、{closing_day}日の締めより前に支払期日が来ます。",
    )
    remedy = Text(
        en="Pay on a later day or in a later month.", ja="支払日を締め日以降にするか、翌月以降にしてください。"
    )


@dataclass(frozen=True, slots=True)
class DaysAfter:
    """Due a number of calendar days after the day of issue: 30 days net."""

    days: int
    shift: Shift = Shift.NONE

    def __post_init__(self) -> None:
        if not 0 <= self.days <= _MOST_DAYS:
            raise TermsOutOfRange(term=self.days)

    def due_on(self, issued_on: date, calendar: BusinessCalendar = JAPAN) -> date:
        """Return the due date of what was issued on that day."""
        return calendar.shift(issued_on + timedelta(days=self.days), self.shift)

    @property
    def code(self) -> str:
        """The terms in the form they are stored in; `payment_terms` reads it."""
        return f"net:{self.days}:{self.shift}"

    @property
    def shown(self) -> Text:
        """The terms as written on a quote or a contract."""
        said = Text(en="net {days} days", ja="発行日から{days}日以内").filled(days=self.days)
        return _with_shift(said, self.shift)


@dataclass(frozen=True, slots=True)
class ClosingDay:
    """Due on a payment day some months after the closing: 月末締め翌月末払い is `ClosingDay(31, 1, 31)`.

    31 is the month end, whatever its length. Refuses a payment that comes before its closing.
    """

    closing_day: int
    months: int
    payment_day: int
    shift: Shift = Shift.NONE

    def __post_init__(self) -> None:
        days_exist = all(1 <= day <= _MONTH_END for day in (self.closing_day, self.payment_day))
        if not (days_exist and 0 <= self.months <= _MOST_MONTHS):
            raise TermsOutOfRange(term=f"{self.closing_day}, {self.months}, {self.payment_day}")
        if self.months == 0 and self.payment_day < self.closing_day:
            raise PaidBeforeClosing(payment_day=self.payment_day, closing_day=self.closing_day)

    def closing_on(self, day: date) -> date:
        """Return the first closing on or after *day*."""
        this_month = add_months(day, 0, self.closing_day)
        return this_month if this_month >= day else add_months(day, 1, self.closing_day)

    def due_on(self, issued_on: date, calendar: BusinessCalendar = JAPAN) -> date:
        """Return the due date of what was issued (or supplied) on that day."""
        due_on = add_months(self.closing_on(issued_on), self.months, self.payment_day)
        return calendar.shift(due_on, self.shift)

    @property
    def code(self) -> str:
        """The terms in the form they are stored in; `payment_terms` reads it."""
        return f"close:{self.closing_day}:{self.months}:{self.payment_day}:{self.shift}"

    @property
    def shown(self) -> Text:
        """The terms as written on a quote or a contract: 月末締め翌月末払い."""
        said = Text(en="closing {closing}, payment {payment} {month}", ja="{closing}締め{month}{payment}払い").filled(
            closing=_day_shown(self.closing_day, Text(en="at month end", ja="月末")),
            payment=_day_shown(self.payment_day, Text(en="at the end of", ja="末"), of=True),
            month=_month_shown(self.months),
        )
        return _with_shift(said, self.shift)


PaymentTerms = DaysAfter | ClosingDay

_CODE = re.compile(
    r"(?:net:(?P<days>\d{1,3})|close:(?P<closing>\d{1,2}):(?P<months>\d{1,2}):(?P<payment>\d{1,2}))"
    rf":(?P<shift>{'|'.join(Shift)})",
    re.ASCII,
)


def payment_terms(code: str, *, at: str = "") -> PaymentTerms:
    """Return the terms of a stored code, `net:30:none` or `close:31:1:31:preceding`; refuses any other text."""
    written = _CODE.fullmatch(code)
    if written is None:
        raise TermsUnreadable(at=at, code=quoted(code))
    shift = Shift(written["shift"])
    if written["days"]:
        return DaysAfter(int(written["days"]), shift)
    return ClosingDay(int(written["closing"]), int(written["months"]), int(written["payment"]), shift)


def _day_shown(day: int, month_end: Text, *, of: bool = False) -> Text:
    if day == _MONTH_END:
        return month_end
    return Text(en=f"on day {day} of" if of else f"on day {day}", ja=f"{day}日")


def _month_shown(months: int) -> Text:
    match months:
        case 0:
            return Text(en="the same month", ja="当月")
        case 1:
            return Text(en="the next month", ja="翌月")
        case 2:
            return Text(en="the second next month", ja="翌々月")
        case _:
            return Text(en=f"the month {months} months later", ja=f"{months}か月後の")


def _with_shift(said: Text, shift: Shift) -> Text:
    if shift is Shift.NONE:
        return said
    return Text(
        en="{said} (bank holidays: {shift})",
        ja="{said}（休業日の場合は{shift}）",
    ).filled(said=said, shift=shift.shown)
