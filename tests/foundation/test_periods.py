"""Periods of days and the months between them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.periods import (
    DateOutOfRange,
    LastDayOfCalendar,
    NoSuchAnchor,
    Period,
    PeriodReversed,
    TooFewMonths,
    add_months,
    billing_periods,
    month_of,
    whole_period,
)

_DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
_PERIODS = st.builds(lambda start, days: Period(start, start + timedelta(days=days)), _DAYS, st.integers(0, 1500))
_ANCHORS = st.none() | st.integers(1, 31)


def day(text: str) -> date:
    return date.fromisoformat(text)


def period(start: str, until: str) -> Period:
    return Period(day(start), day(until))


class TestPeriod:
    def test_the_end_is_not_in_it(self) -> None:
        """April runs from the 1st up to, not including, 1 May; people write its last day, the 30th."""
        april = period("2026-04-01", "2026-05-01")
        assert april.days == 30
        assert april.last_on == day("2026-04-30")
        assert april == Period.inclusive(day("2026-04-01"), day("2026-04-30")) == month_of(day("2026-04-17"))
        assert april.contains(day("2026-04-01"))
        assert april.contains(day("2026-04-30"))
        assert not april.contains(day("2026-05-01"))

    def test_it_does_not_run_backwards(self) -> None:
        """A period that ends before it starts is refused with both days."""
        with pytest.raises(PeriodReversed, match="from 2026-05-01 until 2026-04-30 ends before it starts"):
            period("2026-05-01", "2026-04-30")

    def test_it_may_be_empty(self) -> None:
        """A period without days contains none."""
        empty = period("2026-05-01", "2026-05-01")
        assert (empty.days, bool(empty), empty.contains(day("2026-05-01"))) == (0, False, False)

    def test_the_last_day_of_the_calendar_can_not_be_included(self) -> None:
        """9999-12-31, which other systems write for "no end", is refused with the way out."""
        with pytest.raises(LastDayOfCalendar, match="Give an earlier end, or none"):
            Period.inclusive(day("2026-04-01"), date.max)

    @pytest.mark.parametrize(
        ("stops_on", "left"),
        [
            ("2026-03-31", 30),
            ("2026-04-01", 29),
            ("2026-04-10", 20),
            ("2026-04-30", 0),
            ("2027-01-01", 0),
            ("2020-01-01", 30),
        ],
    )
    def test_what_is_left_after_the_last_used_day(self, stops_on: str, left: int) -> None:
        """Stopping on 10 April leaves 20 of its 30 days."""
        assert period("2026-04-01", "2026-05-01").left_on(day(stops_on)) == left

    @given(_PERIODS, _PERIODS)
    def test_what_two_periods_share_is_counted_day_by_day(self, one: Period, other: Period) -> None:
        """The intersection has the days that both contain, and is the same from either side."""
        shared = one.intersect(other)
        days = [one.start + timedelta(days=n) for n in range(one.days)]
        assert (shared.days if shared else 0) == sum(other.contains(each) for each in days)
        assert shared == other.intersect(one)
        assert shared is None or (one.covers(shared) and other.covers(shared))

    @given(_PERIODS, st.lists(_DAYS, max_size=6))
    def test_pieces_join_without_gap_or_overlap(self, whole: Period, cuts: list[date]) -> None:
        """A period cut at any days is again the period."""
        pieces = whole.split_at(*cuts)
        assert (pieces[0].start, pieces[-1].until) == (whole.start, whole.until)
        assert all(one.until == other.start for one, other in pairwise(pieces))
        assert sum(piece.days for piece in pieces) == whole.days
        assert all(pieces) or not whole

    @pytest.mark.parametrize(
        ("start", "until", "months", "days"),
        [
            ("2026-01-01", "2027-01-01", 12, 0),
            ("2026-01-10", "2026-03-01", 1, 19),
            ("2026-01-31", "2026-02-28", 1, 0),
            ("2026-01-31", "2026-03-30", 1, 30),
            ("2028-02-29", "2029-02-28", 12, 0),
            ("2026-05-05", "2026-05-05", 0, 0),
        ],
    )
    def test_months_then_days(self, start: str, until: str, months: int, days: int) -> None:
        """A period is so many whole months and so many days."""
        assert period(start, until).months_and_days() == (months, days)


class TestAddMonths:
    @pytest.mark.parametrize(
        ("start", "months", "anchor", "result"),
        [
            ("2026-01-31", 1, None, "2026-02-28"),
            ("2028-01-31", 1, None, "2028-02-29"),
            ("2026-02-28", 1, 31, "2026-03-31"),
            ("2026-03-31", 1, 31, "2026-04-30"),
            ("2026-02-28", 1, 30, "2026-03-30"),
            ("2028-02-29", 12, None, "2029-02-28"),
            ("2029-02-28", 36, 29, "2032-02-29"),
            ("2026-03-31", -1, None, "2026-02-28"),
            ("2026-12-15", 1, None, "2027-01-15"),
            ("2026-01-15", -13, None, "2024-12-15"),
            ("2026-02-28", 0, 31, "2026-02-28"),
        ],
    )
    def test_the_anniversary_day_is_kept(self, start: str, months: int, anchor: int | None, result: str) -> None:
        """31 January is followed by the last of February and, kept on the 31st, by 31 March."""
        assert add_months(day(start), months, anchor) == day(result)

    @given(_DAYS, st.integers(1, 31), st.integers(-600, 600))
    def test_there_and_back(self, start: date, anchor: int, months: int) -> None:
        """Months added and taken away again lead back to the same anniversary."""
        anniversary = add_months(start, 0, anchor)
        assert add_months(add_months(anniversary, months, anchor), -months, anchor) == anniversary

    @given(_DAYS, st.integers(1, 31), st.integers(-600, 600))
    def test_step_by_step_is_the_same_as_at_once(self, start: date, anchor: int, months: int) -> None:
        """No month loses the anniversary on the way."""
        walked = start
        for _ in range(abs(months)):
            walked = add_months(walked, 1 if months > 0 else -1, anchor)
        assert (walked if months else add_months(start, 0, anchor)) == add_months(start, months, anchor)
        assert add_months(start, months, anchor).day == min(anchor, monthrange(walked.year, walked.month)[1])

    def test_leaving_the_calendar_is_refused(self) -> None:
        """A month after the year 9999 is refused."""
        with pytest.raises(DateOutOfRange, match="1 months from 9999-12-01 leaves the calendar"):
            add_months(day("9999-12-01"), 1)

    @pytest.mark.parametrize("anchor", [0, 32, -1])
    def test_an_anchor_is_a_day_of_a_month(self, anchor: int) -> None:
        """An anchor day of 0 or 32 is refused."""
        with pytest.raises(NoSuchAnchor, match=f"^{anchor} is not a day of the month"):
            add_months(day("2026-01-01"), 1, anchor)


class TestBillingPeriods:
    def test_the_month_end_stays_the_month_end(self) -> None:
        """A subscription of 31 January is billed at each month's last day, the 31st where there is one."""
        starts = [each.start for each in billing_periods(day("2026-01-31"), day("2026-06-01"), 1)]
        assert [start.isoformat() for start in starts] == [
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
        ]

    def test_a_start_off_the_anchor_gives_a_short_first_period(self) -> None:
        """From 10 January on quarters that turn over on the 1st: first up to 1 February."""
        assert billing_periods(day("2026-01-10"), day("2026-06-15"), 3, 1) == [
            period("2026-01-10", "2026-02-01"),
            period("2026-02-01", "2026-05-01"),
            period("2026-05-01", "2026-06-15"),
        ]

    def test_a_renewal_from_february_keeps_its_31st(self) -> None:
        """Renewed on 28 February with the anchor 31, there is no stub and March ends on the 31st."""
        assert billing_periods(day("2026-02-28"), day("2026-04-30"), 1, 31) == [
            period("2026-02-28", "2026-03-31"),
            period("2026-03-31", "2026-04-30"),
        ]

    def test_no_days_no_periods(self) -> None:
        """A term without days is billed for nothing."""
        assert billing_periods(day("2026-01-10"), day("2026-01-10"), 1) == []

    @given(_PERIODS.filter(bool), st.integers(1, 36), _ANCHORS)
    def test_every_day_is_billed_once(self, term: Period, months: int, anchor: int | None) -> None:
        """The periods fill the term without gap or overlap and turn over on the anchor."""
        periods = billing_periods(term.start, term.until, months, anchor)
        assert (periods[0].start, periods[-1].until) == (term.start, term.until)
        assert all(one.until == other.start for one, other in pairwise(periods))
        assert all(each.start == add_months(each.start, 0, anchor or term.start.day) for each in periods[1:])

    @given(_PERIODS.filter(bool), st.integers(1, 36), _ANCHORS)
    def test_a_stub_is_measured_by_its_whole(self, term: Period, months: int, anchor: int | None) -> None:
        """The whole period of a piece covers it, is full months long, and is the piece itself when unclipped."""
        kept = anchor or term.start.day
        periods = billing_periods(term.start, term.until, months, anchor)
        for each in periods:
            whole = whole_period(each, months, kept)
            assert whole.covers(each)
            assert add_months(whole.start, months, kept) == whole.until
        assert all(whole_period(each, months, kept) == each for each in periods[1:-1])

    def test_the_whole_of_a_leading_stub_ends_on_the_anchor(self) -> None:
        """10 to 31 January is the end of the month from 1 January, not a month of its own."""
        assert whole_period(period("2026-01-10", "2026-02-01"), 1, 1) == period("2026-01-01", "2026-02-01")
        assert whole_period(period("2026-05-01", "2026-06-15"), 3, 1) == period("2026-05-01", "2026-08-01")

    def test_an_interval_that_never_advances_is_refused(self) -> None:
        """Billing every 0 months is refused, not attempted."""
        with pytest.raises(TooFewMonths, match="interval of 0 months"):
            billing_periods(day("2026-01-01"), day("2026-02-01"), 0)
        with pytest.raises(TooFewMonths):
            whole_period(period("2026-01-01", "2026-02-01"), -1)
