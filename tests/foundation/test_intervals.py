"""Intervals in months and in days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.intervals import LONGEST_DAYS, LONGEST_MONTHS, Interval
from kanjo.foundation.periods import Period, add_months

BEGIN = date(2026, 1, 31)
intervals = st.builds(Interval, st.integers(1, 24)) | st.builds(Interval, st.just(0), st.integers(1, 60))


@given(intervals, st.integers(1, 900))
def test_counting_equals_walking(interval: Interval, days: int) -> None:
    """Whole intervals and those that begin are what one meets on the way through the service."""
    service = Period(BEGIN, BEGIN + timedelta(days=days))
    ends: list[date] = []
    while (start := _later(interval, len(ends))) < service.until:
        assert start >= service.start
        ends.append(_later(interval, len(ends) + 1))
    assert interval.counted_in(service) == (sum(end <= service.until for end in ends), len(ends))


def _later(interval: Interval, number: int) -> date:
    if interval.days:
        return BEGIN + timedelta(days=number * interval.days)
    return add_months(BEGIN, number * interval.months)


@pytest.mark.parametrize(
    ("interval", "recurs", "once"),
    [
        (Interval(), False, True),
        (Interval(months=LONGEST_MONTHS), True, False),
        (Interval(months=LONGEST_MONTHS + 1), False, False),
        (Interval(days=LONGEST_DAYS), True, False),
        (Interval(days=LONGEST_DAYS + 1), False, False),
        (Interval(1, 7), False, False),
        (Interval(-1), False, False),
    ],
)
def test_it_is_in_months_or_in_days(interval: Interval, recurs: bool, once: bool) -> None:
    """Never in both, never in neither, and no longer than ten years."""
    assert (interval.recurs, interval.once) == (recurs, once)


@pytest.mark.parametrize(
    ("interval", "en", "ja"),
    [
        (Interval(1), "every month", "毎月"),
        (Interval(6), "every 6 months", "6か月ごと"),
        (Interval(days=1), "every day", "毎日"),
        (Interval(days=7), "every week", "毎週"),
        (Interval(days=14), "every 2 weeks", "2週間ごと"),
        (Interval(days=10), "every 10 days", "10日ごと"),
        (Interval(2, 3), "every 2 months and 3 days", "2か月と3日ごと"),
    ],
)
def test_it_is_said_as_people_say_it(interval: Interval, en: str, ja: str) -> None:
    """Seven days are a week."""
    assert (interval.shown.en, interval.shown.ja) == (en, ja)
    assert interval.length.en in en
