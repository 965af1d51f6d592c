"""Business days of Japan and payment terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.calendars import JAPAN, HolidaysUnknown, Shift
from kanjo.foundation.periods import Period
from kanjo.foundation.terms import (
    ClosingDay,
    DaysAfter,
    PaidBeforeClosing,
    PaymentTerms,
    TermsOutOfRange,
    TermsUnreadable,
    payment_terms,
)

_DAYS = st.dates(date(2000, 2, 1), date(2098, 12, 1))
_SHIFTS = st.sampled_from(Shift)
_TERMS: st.SearchStrategy[PaymentTerms] = st.one_of(
    st.builds(DaysAfter, st.integers(0, 366), _SHIFTS),
    st.builds(ClosingDay, st.integers(1, 31), st.integers(1, 12), st.integers(1, 31), _SHIFTS),
    st.builds(ClosingDay, st.integers(1, 15), st.just(0), st.integers(15, 31), _SHIFTS),
)

_HOLIDAYS = {
    2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
}


def day(text: str) -> date:
    return date.fromisoformat(text)


class TestBusinessCalendar:
    @pytest.mark.parametrize("year", _HOLIDAYS)
    def test_the_national_holidays(self, year: int) -> None:
        """The holidays of 2025 to 2027 are those of the law, substitute and in-between days included."""
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
        found = [f"{each.month}/{each.day}" for each in days if JAPAN.holiday_on(each)]
        assert found == _HOLIDAYS[year].split()

    def test_holidays_are_named_in_both_languages(self) -> None:
        """22 September 2026 lies between two holidays and becomes one."""
        name = JAPAN.holiday_on(day("2026-09-22"))
        assert name is not None
        assert (name.ja, name.en) == ("国民の休日", "National Holiday")

    @pytest.mark.parametrize(
        ("text", "is_open"),
        [
            ("2026-11-20", True),
            ("2026-11-21", False),
            ("2026-11-22", False),
            ("2026-11-23", False),
            ("2026-12-30", True),
            ("2026-12-31", False),
            ("2027-01-01", False),
            ("2027-01-02", False),
            ("2027-01-03", False),
            ("2027-01-04", True),
            ("2025-01-03", False),
        ],
    )
    def test_banks_close_on_weekends_holidays_and_over_new_year(self, text: str, is_open: bool) -> None:
        """31 December to 3 January are no business days, whatever the weekday."""
        assert JAPAN.is_business_day(day(text)) is is_open

    @pytest.mark.parametrize(
        ("text", "following", "preceding", "modified"),
        [
            ("2026-11-21", "2026-11-24", "2026-11-20", "2026-11-24"),
            ("2026-10-31", "2026-11-02", "2026-10-30", "2026-10-30"),
            ("2026-12-31", "2027-01-04", "2026-12-30", "2026-12-30"),
            ("2026-05-03", "2026-05-07", "2026-05-01", "2026-05-07"),
            ("2026-11-20", "2026-11-20", "2026-11-20", "2026-11-20"),
        ],
    )
    def test_a_closed_day_moves_by_rule(self, text: str, following: str, preceding: str, modified: str) -> None:
        """A day on a closed one goes on, back, or on within its month; an open day stays."""
        moved = {rule: JAPAN.shift(day(text), rule).isoformat() for rule in Shift}
        assert moved == {
            Shift.NONE: text,
            Shift.FOLLOWING: following,
            Shift.PRECEDING: preceding,
            Shift.MODIFIED_FOLLOWING: modified,
        }

    def test_counting_business_days(self) -> None:
        """Three business days after Friday 20 November 2026 is Thursday: Monday is a holiday."""
        assert JAPAN.add_business_days(day("2026-11-20"), 3) == day("2026-11-26")
        assert JAPAN.add_business_days(day("2026-11-26"), -3) == day("2026-11-20")
        assert JAPAN.add_business_days(day("2026-11-21"), 1) == day("2026-11-24")
        assert JAPAN.add_business_days(day("2026-11-21"), 0) == day("2026-11-24")
        assert JAPAN.business_days(Period(day("2026-11-01"), day("2026-12-01"))) == 19

    @given(_DAYS, st.integers(-15, 15))
    def test_business_days_there_and_back(self, start: date, count: int) -> None:
        """Business days added to one and taken away again lead back to it, and count as many as were added."""
        opened = JAPAN.shift(start, Shift.FOLLOWING)
        moved = JAPAN.add_business_days(opened, count)
        assert JAPAN.add_business_days(moved, -count) == opened
        assert JAPAN.business_days(Period(min(opened, moved), max(opened, moved))) == abs(count)

    def test_the_first_and_last_known_days(self) -> None:
        """The years 1949 and 2099 are both known, from end to end."""
        assert not JAPAN.is_business_day(day("1949-01-01"))
        assert JAPAN.is_business_day(day("2099-12-30"))

    @pytest.mark.parametrize("text", ["1948-12-31", "2100-01-01"])
    def test_unknown_years_are_refused(self, text: str) -> None:
        """Holidays that nobody knows are never guessed to be none."""
        with pytest.raises(HolidaysUnknown, match="the calendar covers 1949 to 2099"):
            JAPAN.is_business_day(day(text))
        with pytest.raises(HolidaysUnknown):
            JAPAN.shift(day(text), Shift.FOLLOWING)


class TestPaymentTerms:
    @pytest.mark.parametrize(
        ("terms", "issued_on", "due_on"),
        [
            (DaysAfter(30), "2026-11-21", "2026-12-21"),
            (DaysAfter(0), "2026-11-21", "2026-11-21"),
            (DaysAfter(30, Shift.FOLLOWING), "2026-12-01", "2027-01-04"),
            (ClosingDay(31, 1, 31), "2026-11-21", "2026-12-31"),
            (ClosingDay(31, 1, 31, Shift.PRECEDING), "2026-11-21", "2026-12-30"),
            (ClosingDay(31, 1, 31, Shift.FOLLOWING), "2026-11-21", "2027-01-04"),
            (ClosingDay(31, 1, 31), "2026-01-31", "2026-02-28"),
            (ClosingDay(20, 2, 10), "2026-11-20", "2027-01-10"),
            (ClosingDay(20, 2, 10), "2026-11-21", "2027-02-10"),
            (ClosingDay(20, 2, 10, Shift.FOLLOWING), "2026-11-20", "2027-01-12"),
            (ClosingDay(15, 0, 31), "2026-11-15", "2026-11-30"),
            (ClosingDay(15, 0, 31), "2026-11-16", "2026-12-31"),
            (ClosingDay(30, 1, 31), "2027-02-28", "2027-03-31"),
        ],
    )
    def test_the_due_date(self, terms: PaymentTerms, issued_on: str, due_on: str) -> None:
        """Closed on the first closing day from the issue on, paid on the payment day some months later."""
        assert terms.due_on(day(issued_on)) == day(due_on)

    @pytest.mark.parametrize(
        ("terms", "japanese", "english"),
        [
            (ClosingDay(31, 1, 31), "月末締め翌月末払い", "closing at month end, payment at the end of the next month"),
            (
                ClosingDay(20, 2, 10, Shift.PRECEDING),
                "20日締め翌々月10日払い（休業日の場合は前営業日）",
                "closing on day 20, payment on day 10 of the second next month (bank holidays: previous business day)",
            ),
            (ClosingDay(15, 0, 31), "15日締め当月末払い", "closing on day 15, payment at the end of the same month"),
            (
                ClosingDay(31, 3, 5),
                "月末締め3か月後の5日払い",
                "closing at month end, payment on day 5 of the month 3 months later",
            ),
            (DaysAfter(30), "発行日から30日以内", "net 30 days"),
        ],
    )
    def test_terms_read_as_the_trade_writes_them(self, terms: PaymentTerms, japanese: str, english: str) -> None:
        """Terms are named the way they stand in a contract."""
        assert (terms.shown.ja, terms.shown.en) == (japanese, english)

    @given(_TERMS)
    def test_stored_terms_read_back(self, terms: PaymentTerms) -> None:
        """Storing terms and reading them again is identity."""
        assert payment_terms(terms.code) == terms

    @given(_TERMS, _DAYS)
    def test_nothing_is_due_before_it_is_issued(self, terms: PaymentTerms, issued_on: date) -> None:
        """Unless a bank holiday pulls it back, the due date is never before the issue."""
        if terms.shift in {Shift.NONE, Shift.FOLLOWING}:
            assert terms.due_on(issued_on) >= issued_on

    @pytest.mark.parametrize(
        "code", ["", "net", "net:x:none", "net:30", "net:30:later", "close:31:1:none", "net:٣:none"]
    )
    def test_an_unknown_code_is_refused(self, code: str) -> None:
        """Text that is no payment term is refused with its place."""
        with pytest.raises(TermsUnreadable, match=r"^customer 7: "):
            payment_terms(code, at="customer 7")

    def test_impossible_terms_are_refused(self) -> None:
        """A closing on day 32, 13 months, minus one day: refused when made."""
        makes: list[Callable[[], object]] = [
            lambda: ClosingDay(32, 1, 31),
            lambda: ClosingDay(31, 1, 0),
            lambda: ClosingDay(31, 13, 31),
            lambda: DaysAfter(-1),
            lambda: payment_terms("net:999:none"),
        ]
        for make in makes:
            with pytest.raises(TermsOutOfRange):
                make()

    def test_payment_before_its_closing_is_refused(self) -> None:
        """Closing on day 20 and paying on day 10 of the same month is refused."""
        with pytest.raises(PaidBeforeClosing, match="day 10 of the same month comes before the closing on day 20"):
            ClosingDay(20, 0, 10)
